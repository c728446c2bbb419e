"""Slow-sales evidence: submitted by those who have unsold stock, certified by somebody outside."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.cases import sales_fact
from services.compliance.actions.gate import ask_again_what_rests_on
from services.compliance.actions.registry import organ_of, require_category, require_region, require_scope
from services.compliance.actions.surroundings import Surroundings
from services.compliance.actions.trail import About, by, note
from services.compliance.domain.access import region_line
from services.compliance.errors import AlreadyCertified, OwnCase, WrongRegion
from services.compliance.models import SlowSales
from services.compliance.schemas.evidence import MayCertify, SlowSalesIn, SlowSalesOut
from services.compliance.store import registry as store
from services.contracts.compliance import SlowSalesCertified
from services.kit import clock
from services.kit.actor import Actor
from services.kit.attached import require_attached
from services.kit.ids import new_id
from services.kit.outbox import enqueue
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotAllowed, NotFound, Problem

_NAMED = {"region_code", "category_code", "season"}


async def submit_slow_sales(db: AsyncSession, around: Surroundings, actor: Actor, body: SlowSalesIn) -> SlowSalesOut:
    """New evidence of a region of the actor's."""
    require_region(body.region_code, "region_code", demo=around.settings.demo)
    require_category(body.category_code, "category_code")
    require_scope(actor, [body.region_code])
    await require_attached(around.blobs, actor, _papers(body))
    row = SlowSales(
        id=new_id(),
        version=1,
        region_code=body.region_code,
        region_line=region_line([body.region_code], clock.business_today()),
        category_code=body.category_code,
        season=body.season,
        body=body.model_dump(mode="json", exclude=_NAMED, exclude_none=True),
        submitted_by=actor.account_id,
        submitter_person=actor.person,
        submitter_organ=await organ_of(db, actor),
        submitted_at=clock.business_now(),
    )
    await store.save(db, row)
    role = "operator" if actor.has("operator") else "registrar"
    await note(db, "evidence.submitted", _about(row), by(actor, role, row.submitter_organ))
    return _out(row)


def _papers(body: SlowSalesIn) -> dict[str, str]:
    """Field → id of every document that the evidence names."""
    sources = {f"sources.{place}.document_sha256": each.document_sha256 for place, each in enumerate(body.sources)}
    cuts = {f"disruption_documents.{place}": each for place, each in enumerate(body.disruption_documents or ())}
    return {field: digest for field, digest in (sources | cuts).items() if digest}


async def certify_slow_sales(db: AsyncSession, actor: Actor, slow_sales_id: str) -> SlowSalesOut:
    """A certifier's word. Raises OwnCase for the one who submitted it."""
    row = await store.find_slow_sales(db, slow_sales_id, locked=True)
    if row is None:
        raise _no_evidence(slow_sales_id)
    _require_certifier(actor, row)
    row.certified_by, row.certifier_person = actor.account_id, actor.person
    row.certifier_organ, row.certified_at = await organ_of(db, actor), clock.business_now()
    row.version += 1
    await store.save(db, row)
    await note(db, "evidence.certified", _about(row), by(actor, "certifier", row.certifier_organ))
    await enqueue(db, certified(row))
    await ask_again_what_rests_on(db, [f"sales:{row.id}"])
    return _out(row)


def _about(row: SlowSales) -> About:
    return About("evidence", row.id, row.region_code)


async def may_certify(db: AsyncSession, actor: Actor, slow_sales_id: str) -> MayCertify:
    """Whether the actor may certify it; what would be refused is said before it is tried."""
    row = await store.find_slow_sales(db, slow_sales_id)
    if row is None:
        raise _no_evidence(slow_sales_id)
    why: Problem | None = None
    try:
        _require_certifier(actor, row)
    except (OwnCase, NotAllowed, WrongRegion, AlreadyCertified) as problem:
        why = problem
    return MayCertify(
        slow_sales_id=row.id,
        may_certify=why is None,
        why_not_zh=why.zh if why else None,
        why_not_en=why.en if why else None,
    )


def _require_certifier(actor: Actor, row: SlowSales) -> None:
    """Raises OwnCase, NotAllowed, WrongRegion or AlreadyCertified."""
    if actor.account_id == row.submitted_by or actor.person == row.submitter_person:
        raise OwnCase(
            "You submitted this evidence; somebody else must certify it.", "该证明材料由您提交，须由其他人员核证。"
        )
    if not actor.has("certifier"):
        raise NotAllowed(
            "Somebody else certifies it, who has the role of a certifier.", "须由具有核证员角色的其他人员核证。"
        )
    require_scope(actor, [row.region_code])
    if row.certified_at is not None:
        raise AlreadyCertified("Certified evidence cannot be certified again.", "已核证的材料不能重复核证。")


def certified(row: SlowSales) -> SlowSalesCertified:
    """The announcement of certified evidence."""
    return SlowSalesCertified(
        entity_id=row.id,
        version=row.version,
        region_code=row.region_code,
        category_code=row.category_code,
        season=row.season,
        certified_at=row.certified_at or clock.business_now(),
        document=row.body,
    )


async def get_slow_sales(db: AsyncSession, slow_sales_id: str) -> SlowSalesOut:
    """One piece of evidence. Raises NotFound."""
    row = await store.find_slow_sales(db, slow_sales_id)
    if row is None:
        raise _no_evidence(slow_sales_id)
    return _out(row)


async def list_slow_sales(
    db: AsyncSession,
    region: str | None,
    category: str | None,
    cursor: str | None,
    limit: int,
    *,
    certified: bool | None = None,
    scopes: Sequence[str] | None = None,
) -> Page[SlowSalesOut]:
    """Evidence of a region and below, newest first; `scopes`: only what lies in one of these."""
    before = str(decode_cursor(cursor, str)[0]) if cursor else None
    rows = await store.list_slow_sales(db, region, category, before, limit + 1, certified=certified, scopes=scopes)
    items = [_out(row) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


def _no_evidence(slow_sales_id: str) -> NotFound:
    return NotFound(f"There is no evidence {slow_sales_id}.", f"没有编号为 {slow_sales_id} 的滞销证明材料。")


def _out(row: SlowSales) -> SlowSalesOut:
    return SlowSalesOut(
        id=row.id,
        version=row.version,
        region_code=row.region_code,
        category_code=row.category_code,
        season=row.season,
        certified=row.certified_at is not None,
        certified_at=row.certified_at,
        certified_by_organ=(row.certifier_organ or {}).get("name"),
        submitted_by_organ=(row.submitter_organ or {}).get("name"),
        submitted_at=row.submitted_at,
        document=sales_fact(row),
    )
