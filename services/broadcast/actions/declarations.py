"""Declarations of interests: made, listed, withdrawn. Raw identities end here: only tokens go on.

Whatever changes is announced with the official, so that the filings in which they speak are asked about again.
"""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.access import refused_fields, require_scope
from services.broadcast.actions.surroundings import Surroundings
from services.broadcast.errors import DeclarationWithdrawn
from services.broadcast.models import Declaration, Official
from services.broadcast.schemas.fields import ReasonIn
from services.broadcast.schemas.officials import (
    DeclarationIn,
    DeclarationList,
    DeclarationOut,
    FormerPostIn,
    GrantIn,
    RelationIn,
)
from services.contracts.broadcast import OfficialDeclared
from services.kit import clock
from services.kit.actor import Actor
from services.kit.attached import require_attached
from services.kit.outbox import enqueue
from services.kit.problem import FieldError, NotAllowed


async def declare_interests(
    db: AsyncSession, actor: Actor, official_id: str, body: DeclarationIn, around: Surroundings
) -> DeclarationOut:
    """Keep a declaration of interests; who was named is known by token only."""
    official = await store.find_official(db, official_id, lock=True)
    await _require_declarer(actor, official, body, around)
    if body.declared_on > clock.business_today():
        raise refused_fields([FieldError("declared_on", "This day is still to come.", "申报日期不能晚于今天。")])
    declaration = Declaration(
        official_id=official_id,
        declared_on=body.declared_on,
        recused=body.recused,
        facts=_declaration_facts(body, around),
        signed_document_sha256=body.signed_document_sha256,
        recorded_by=actor.account_id,
        recorded_at=clock.business_now(),
    )
    db.add(declaration)
    await _announce(db, official)
    return declaration_out(declaration)


async def list_declarations(db: AsyncSession, actor: Actor, official_id: str) -> DeclarationList:
    """Every declaration of an official, those withdrawn too, for the official and whoever records for them."""
    official = await store.find_official(db, official_id)
    if not _is_self(actor, official):
        _require_office(actor, official)
    return DeclarationList(items=[declaration_out(row) for row in await store.list_declarations(db, official_id)])


async def withdraw_declaration(
    db: AsyncSession, actor: Actor, official_id: str, declaration_id: str, body: ReasonIn
) -> DeclarationOut:
    """Take a wrong declaration back: it stays in the list with the reason, and the one before it stands again."""
    official = await store.find_official(db, official_id, lock=True)
    declaration = await store.get_declaration(db, official_id, declaration_id)
    _require_withdrawer(actor, official, declaration)
    if declaration.withdrawn_at is not None:
        raise DeclarationWithdrawn(
            "It was withdrawn before, with a reason. Declare anew what is true.",
            "该申报此前已附理由撤回，请重新申报真实情况。",
        )
    declaration.withdrawn_at = clock.business_now()
    declaration.withdrawn_by, declaration.withdrawn_reason = actor.account_id, body.reason
    await _announce(db, official)
    return declaration_out(declaration)


async def _announce(db: AsyncSession, official: Official) -> None:
    official.version += 1
    await db.flush()
    await enqueue(db, official_declared(official, await store.find_newest_declaration(db, official.id)))


def official_declared(official: Official, declaration: Declaration | None) -> OfficialDeclared:
    """The event that tells which declaration of an official stands."""
    return OfficialDeclared(
        entity_id=official.id,
        version=official.version,
        person=official.person,
        region_code=official.region_code,
        declared_on=declaration.declared_on if declaration else None,
        declaration=declaration.facts if declaration else {},
    )


def declaration_out(row: Declaration) -> DeclarationOut:
    """The receipt: how much was declared, never about whom."""
    return DeclarationOut(
        id=row.id,
        official_id=row.official_id,
        declared_on=row.declared_on,
        recused=row.recused,
        relations=len(row.facts["relations"]),
        former_posts=len(row.facts["former_posts"]),
        grants=len(row.facts["grants"]),
        signed_document_sha256=row.signed_document_sha256,
        recorded_at=row.recorded_at,
        withdrawn_at=row.withdrawn_at,
        withdrawn_reason=row.withdrawn_reason,
    )


def _is_self(actor: Actor, official: Official) -> bool:
    return actor.has("official") and actor.person == official.person


def _require_office(actor: Actor, official: Official) -> None:
    if not actor.has("operator", "administrator"):
        raise NotAllowed(
            "The official declares for themself, or an operator of the region records the signed paper.",
            "须由官员本人申报，或由该地区经办人登记其签字的纸质申报。",
        )
    require_scope(actor, official.region_code)


async def _require_declarer(actor: Actor, official: Official, body: DeclarationIn, around: Surroundings) -> None:
    if not _is_self(actor, official):
        _require_office(actor, official)
        if body.signed_document_sha256 is None:
            raise refused_fields(
                [
                    FieldError(
                        "signed_document_sha256",
                        "Upload the signed declaration and give its hash.",
                        "请上传本人签字的申报文件并填写其哈希值。",
                    )
                ]
            )
    if body.signed_document_sha256 is not None:
        await require_attached(around.blobs, actor, {"signed_document_sha256": body.signed_document_sha256})


def _require_withdrawer(actor: Actor, official: Official, declaration: Declaration) -> None:
    """Raises NotAllowed for an operator where the official declared in person: only they take back their own word."""
    if _is_self(actor, official):
        return
    _require_office(actor, official)
    if declaration.signed_document_sha256 is None and not actor.has("administrator"):
        raise NotAllowed(
            "The official made this declaration in person; only they, or an administrator, can withdraw it.",
            "该申报由官员本人作出，只能由本人或管理员撤回。",
        )


def _declaration_facts(body: DeclarationIn, around: Surroundings) -> dict[str, Any]:
    return {
        "declared_on": body.declared_on.isoformat(),
        "recused": body.recused,
        "relations": [_relation(each, around) for each in body.relations],
        "former_posts": [_said(each) for each in body.former_posts],
        "grants": [_said(each) for each in body.grants],
    }


def _relation(relation: RelationIn, around: Surroundings) -> dict[str, Any]:
    said = relation.model_dump(mode="json", exclude_none=True, exclude={"identity", "name"})
    if relation.identity is not None:
        said["person"] = around.token("id", relation.identity)
    if relation.name is not None:
        said["name"] = around.token("name", relation.name)
    return said


def _said(body: FormerPostIn | GrantIn) -> dict[str, Any]:
    return body.model_dump(mode="json", exclude_none=True)
