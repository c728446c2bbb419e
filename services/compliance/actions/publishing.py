"""Values between two releases: proposed by one, published by another of another organ, withdrawn before their day."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.impact import begin_impact, begin_open_impacts_again, live_since
from services.compliance.actions.parameters import change_of, current_parameters, remembered, values_sha256
from services.compliance.actions.registry import organ_of
from services.compliance.errors import (
    ImpactUnknown,
    OrganUnknown,
    OwnCase,
    ParameterChangeInvalid,
    ParameterChangeMoved,
)
from services.compliance.models import ParameterChange, Rulebook
from services.compliance.rules import RULEBOOK
from services.compliance.rules.changes import Change, ChangeRefused, rule_of, with_change
from services.compliance.rules.law import Parameters
from services.compliance.rules.revision import RELEASE
from services.compliance.schemas.parameters import ParameterChangeIn, WithdrawIn
from services.compliance.store import impact as impacts
from services.compliance.store import parameters as store
from services.contracts.compliance import ParameterPublished, ParameterWithdrawn
from services.contracts.values import shanghai_day
from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.outbox import enqueue
from services.kit.problem import FieldError, NotFound

KINDS = ("lot", "filing")


def today() -> date:
    """The civil day by the machine's clock: nobody shortens the notice by setting their own."""
    return shanghai_day(clock.now())


async def propose_change(db: AsyncSession, actor: Actor, body: ParameterChangeIn) -> ParameterChange:
    """Keep a proposal, and begin to ask what it would change. Raises ParameterChangeInvalid."""
    organ = await _organ(db, actor)
    change = Change(body.name, body.value, body.from_on, body.basis, body.source or "", body.article or "")
    _require_possible(await current_parameters(db), change)
    await _refuse_twice(db, change)
    row = ParameterChange(
        id=new_id(),
        version=1,
        name=change.name,
        value=change.value,
        from_on=change.since,
        basis=change.basis,
        source=change.source,
        article=change.article if change.basis == "law" else "",
        reason_zh=body.reason_zh,
        reason_en=body.reason_en,
        state="proposed",
        proposed_by=actor.account_id,
        proposer_person=actor.person,
        proposer_organ=organ,
        proposed_at=clock.now(),
        changed_at=clock.now(),
    )
    await store.save(db, row)
    await begin_impact(db, row, await store.find_revision(db))
    return row


def _require_possible(parameters: Parameters, change: Change) -> None:
    try:
        with_change(parameters, RULEBOOK, change, today())
    except ChangeRefused as refused:
        raise ParameterChangeInvalid(
            refused.en, refused.zh, errors=[FieldError(refused.field, refused.en, refused.zh)]
        ) from refused


async def _refuse_twice(db: AsyncSession, change: Change) -> None:
    for other in await store.list_changes(db, "proposed", change.name, None, 100):
        if (other.value, other.from_on) == (change.value, change.since):
            raise ParameterChangeMoved(
                "The same value is proposed for the same day already; look at that proposal.",
                "同一日期施行的相同参数值已有人提议，请查看该提议。",
                change_id=other.id,
            )


async def publish_change(db: AsyncSession, actor: Actor, change_id: str) -> ParameterChange:
    """Publish a proposal of somebody else's: announced now, in force from its day on."""
    organ = await _organ(db, actor)
    rulebook = await store.lock_rulebook(db)
    row = await _change(db, change_id)
    _require_proposed(row)
    _require_second(actor, organ, row)
    await _require_impact(db, row, rulebook)
    _require_still_possible(await current_parameters(db), row)
    row.state, row.version = "published", row.version + 1
    row.published_by, row.publisher_person, row.publisher_organ = actor.account_id, actor.person, organ
    row.published_at = row.changed_at = clock.now()
    row.published_on, row.release = today(), RELEASE
    await store.save(db, row)
    await _raise_revision(db, rulebook)
    await enqueue(db, parameter_published(row, rulebook.revision))
    return row


def _require_proposed(row: ParameterChange) -> None:
    if row.state != "proposed":
        said = {"published": ("is published already", "已经公布"), "withdrawn": ("was withdrawn", "已经撤回")}
        en, zh = said[row.state]
        raise ParameterChangeMoved(f"This value {en}.", f"该值{zh}。", state=row.state)


def _require_second(actor: Actor, organ: Mapping[str, Any], row: ParameterChange) -> None:
    if actor.account_id == row.proposed_by or actor.person == row.proposer_person:
        raise OwnCase(
            "You proposed this value; somebody of another organ must publish it.",
            "该值由您提议，须由其他单位的人员公布。",
        )
    if organ["name"] == row.proposer_organ["name"]:
        raise OwnCase(
            f"You and the proposer both belong to {organ['name']}; somebody of another organ must publish it.",
            f"您与提议人同属{organ['name']}，须由其他单位的人员公布。",
        )


async def _require_impact(db: AsyncSession, row: ParameterChange, rulebook: Rulebook) -> None:
    impact = await impacts.find(db, row.id)
    if impact is None or impact.revision != rulebook.revision or impact.done_at is None:
        failed = impact is not None and impact.problem is not None
        raise ImpactUnknown(
            "The rules cannot work with this value; withdraw it."
            if failed
            else "What the value would change is still being asked, or is asked anew because another value was "
            "published. Look at it first, then publish.",
            "规则无法使用该值，请撤回该提议。"
            if failed
            else "影响正在核算，或因另一参数值已公布而重新核算。请先查看影响再公布。",
            headers={} if failed else {"Retry-After": "2"},
        )


def _require_still_possible(parameters: Parameters, row: ParameterChange) -> None:
    try:
        with_change(parameters, RULEBOOK, change_of(row), today())
    except ChangeRefused as refused:
        raise ParameterChangeMoved(
            f"{refused.en} Withdraw the proposal and make another.", f"{refused.zh}请撤回该提议后重新提议。"
        ) from refused


async def withdraw_change(db: AsyncSession, actor: Actor, change_id: str, body: WithdrawIn) -> ParameterChange:
    """Withdraw a value before its day; what was in effect for a day already can only be followed by another value."""
    organ = await _organ(db, actor)
    rulebook = await store.lock_rulebook(db)
    row = await _change(db, change_id)
    if row.state == "withdrawn":
        raise ParameterChangeMoved("It was withdrawn already.", "该值已经撤回。", state=row.state)
    if row.state == "published" and row.from_on <= today():
        raise ParameterChangeMoved(
            f"It has held since {row.from_on}. Propose another value from a later day.",
            f"该值自 {row.from_on} 起已经施行。请另行提议自较晚日期施行的值。",
            state=row.state,
        )
    was_published = row.state == "published"
    row.state, row.version = "withdrawn", row.version + 1
    row.withdrawn_by, row.withdrawer_organ = actor.account_id, organ
    row.withdrawn_at = row.changed_at = clock.now()
    row.withdrawal_zh, row.withdrawal_en = body.reason_zh, body.reason_en
    await store.save(db, row)
    if was_published:
        await _raise_revision(db, rulebook)
        await enqueue(db, parameter_withdrawn(row, rulebook.revision))
    return row


async def _raise_revision(db: AsyncSession, rulebook: Rulebook) -> None:
    """Another revision begins: whoever decides takes it from now on, and what stands is asked again."""
    published = await store.list_published(db)
    remembered(published)
    rulebook.revision += 1
    rulebook.values_sha256 = values_sha256(published)
    await store.save(db, rulebook)
    await store.ask_everything_again(db, KINDS, clock.now(), live_since(clock.now()))
    await begin_open_impacts_again(db, rulebook.revision)


def parameter_published(row: ParameterChange, revision: int) -> ParameterPublished:
    """The announcement of a published value."""
    return ParameterPublished(**_announced(row, revision))


def parameter_withdrawn(row: ParameterChange, revision: int) -> ParameterWithdrawn:
    """The announcement of a value that shall not come after all."""
    return ParameterWithdrawn(
        **_announced(row, revision),
        withdrawn_at=cast(datetime, row.withdrawn_at),
        withdrawn_by_organ=(row.withdrawer_organ or {}).get("name", ""),
        withdrawal_zh=row.withdrawal_zh or "",
        withdrawal_en=row.withdrawal_en or "",
    )


def _announced(row: ParameterChange, revision: int) -> dict[str, Any]:
    rule = rule_of(row.name, RULEBOOK)
    return {
        "entity_id": row.id,
        "version": row.version,
        "name": row.name,
        "rule": rule.id if rule else row.name.rpartition(".")[0],
        "value": row.value,
        "from_on": row.from_on,
        "published_on": row.published_on,
        "basis": row.basis,
        "source": change_of(row).source_line(),
        "reason_zh": row.reason_zh,
        "reason_en": row.reason_en,
        "proposed_by_organ": row.proposer_organ["name"],
        "published_by_organ": (row.publisher_organ or {}).get("name", ""),
        "revision": revision,
    }


async def _change(db: AsyncSession, change_id: str) -> ParameterChange:
    row = await store.find_change(db, change_id, locked=True)
    if row is None:
        raise no_change(change_id)
    return row


def no_change(change_id: str) -> NotFound:
    """There is no such change."""
    return NotFound(
        f"There is no parameter change {change_id}; all of them: /api/v1/parameter-changes.",
        f"没有编号为 {change_id} 的参数变更，全部变更见 /api/v1/parameter-changes。",
    )


async def _organ(db: AsyncSession, actor: Actor) -> dict[str, Any]:
    """The actor's organ: two organs stand behind a value, so each must be named."""
    organ = await organ_of(db, actor)
    if organ is None or not organ.get("name"):
        raise OrganUnknown(
            "Two organs stand behind every value; have an administrator enter yours in your account.",
            "每个参数值须由两个单位负责，请由管理员在您的账户中填写单位。",
        )
    return organ
