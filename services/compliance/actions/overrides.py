"""Overrides: one person proposes to lift a soft fail, a second of another organ confirms or declines it.

Only the confirmation makes a fact of it, which the rules then read; a hard fail is beyond everybody's reach.
"""

from datetime import datetime
from typing import Any, Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.parameters import current_parameters
from services.compliance.actions.people import (
    DecidedCase,
    decide_again,
    decided_case,
    hand_of,
    require_clear,
    who_resolved,
)
from services.compliance.actions.registry import require_scope
from services.compliance.actions.surroundings import Surroundings
from services.compliance.actions.trail import About, By, by, note
from services.compliance.domain.conditions import GATE
from services.compliance.domain.deadlines import override_ends
from services.compliance.domain.independence import Hand, Obstacle, Party, obstacle, obstacle_beside
from services.compliance.domain.registry import instant_text
from services.compliance.domain.reviewing import basis_of
from services.compliance.errors import DecisionSuperseded, NotOverridable, OverrideAnswered
from services.compliance.models import Override
from services.compliance.schemas.checks import SubjectOut
from services.compliance.schemas.people import OverrideIn, OverrideOut, ReasonIn
from services.compliance.store import decisions
from services.compliance.store import people as store
from services.contracts.compliance import OverrideConfirmed
from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.outbox import enqueue
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import FieldError, NotFound

Document = dict[str, Any]


async def propose_override(db: AsyncSession, actor: Actor, decision_id: str, body: OverrideIn) -> OverrideOut:
    """The first person's word. It changes nothing yet."""
    case = await decided_case(db, decision_id)
    hand, organ = await hand_of(db, actor)
    require_clear(obstacle(hand, case.parties), await refuser_is(db, case, body.rule, body.reason_code, hand))
    row = await new_override(db, actor, case, body, organ)
    return override_out(row)


async def new_override(
    db: AsyncSession, actor: Actor, case: DecidedCase, body: OverrideIn, organ: Document | None
) -> Override:
    """Keep a proposal by somebody of whom it is known that they stand outside."""
    case.require_present()
    require_scope(actor, [case.standing.region_code] if case.standing.region_code else [])
    require_soft_fail(case, body.rule, body.reason_code)
    now = clock.business_now()
    if body.valid_until is not None and body.valid_until <= now:
        raise NotOverridable(
            "An override must last beyond this moment. Choose a later end.",
            "推翻的有效期须晚于当前时间，请重新选择。",
            errors=[FieldError("valid_until", "Must lie in the future.", "须晚于当前时间。")],
        )
    basis = basis_of(case.document["facts"], body.rule, body.reason_code)
    await _make_room(db, case, basis)
    row = Override(
        id=new_id(),
        state="proposed",
        subject_kind=case.standing.subject_kind,
        subject_id=case.standing.subject_id,
        decision_id=case.stored.id,
        region_code=case.standing.region_code,
        region_line=case.standing.region_line,
        title_zh=case.standing.title_zh,
        title_en=case.standing.title_en,
        rule=body.rule,
        reason_code=body.reason_code,
        basis=basis,
        valid_until=override_ends(await current_parameters(db), body.valid_until, now),
        proposed_at=now,
        proposer_account=actor.account_id,
        proposer_person=actor.person,
        proposer_organ=organ or {},
        reason_zh=body.reason_zh,
        reason_en=body.reason_en,
    )
    await store.save(db, row)
    who = by(actor, "reviewer", organ)
    await note(db, "override.proposed", about_override(row), who, body.reason_zh, body.reason_en)
    return row


def require_soft_fail(case: DecidedCase, rule: str, reason_code: str) -> None:
    """Raises NotOverridable for what is no soft fail of a rule."""
    result = case.result_of(rule)
    if result is None or reason_code not in result["reason_codes"] or result["result"] != "fail" or rule == GATE:
        raise NotOverridable(
            f"The decision has no fail of {rule} for the reason {reason_code} that people could override.",
            f"该决定中没有规则 {rule}、原因 {reason_code} 的可推翻结论。",
        )
    if result["hard"]:
        raise NotOverridable(
            "Nobody overrides a hard rule; only changed facts can cure it. " + result["reason"]["en"],
            "强制性规则任何人都不能推翻，只能更正事实。" + result["reason"]["zh"],
        )


async def refuser_is(db: AsyncSession, case: DecidedCase, rule: str, reason_code: str, hand: Hand) -> Obstacle | None:
    """What keeps somebody from lifting a refusal that they spoke themselves; their organ may."""
    rows = await decisions.list_resolutions(db, case.standing.subject_kind, case.standing.subject_id)
    spoken = [row for row in rows if (row.fact["rule"], row.fact["reason_code"]) == (rule, reason_code)]
    persons = [Party("reviewer", party.person) for party in who_resolved(spoken)]
    return obstacle_beside(hand, persons)


async def _make_room(db: AsyncSession, case: DecidedCase, basis: Document) -> None:
    """A proposal about facts that have changed since lapses; one that still waits is not made twice."""
    for row in await store.list_overrides(db, [case.standing.subject_id]):
        if row.state != "proposed" or (row.rule, row.reason_code) != (basis["rule"], basis["reason_code"]):
            continue
        if row.basis == basis and row.valid_until > clock.business_now():
            raise OverrideAnswered(
                "An override of this is proposed already and waits for a second person. Confirm or decline that one.",
                "已有推翻提议等待第二人答复，请对该提议作出确认或不予确认。",
                override_id=row.id,
            )
        row.state = "lapsed"
        await store.save(db, row)
        await note(db, "override.lapsed", about_override(row), By("gate"))


async def answer_override(
    db: AsyncSession,
    around: Surroundings,
    actor: Actor,
    override_id: str,
    answer: Literal["confirmed", "declined"],
    body: ReasonIn,
) -> OverrideOut:
    """The second person's word; confirmed, the override speaks and the gate decides again."""
    row = await store.find_override(db, override_id, locked=True)
    if row is None:
        raise _no_override(override_id)
    standing = await decisions.find_standing(db, row.subject_kind, row.subject_id)
    case = await decided_case(db, standing.decision_id if standing else row.decision_id)
    hand, organ = await hand_of(db, actor)
    require_clear(
        obstacle(hand, case.parties),
        obstacle_beside(hand, [first_of(row)]),
        await refuser_is(db, case, row.rule, row.reason_code, hand),
    )
    require_scope(actor, [row.region_code] if row.region_code else [])
    _require_waiting(row, case)
    row.state, row.answered_at = answer, clock.business_now()
    row.answerer_account, row.answerer_person, row.answerer_organ = actor.account_id, actor.person, organ
    row.answer_zh, row.answer_en = body.reason_zh, body.reason_en
    row.fact = _fact(row) if answer == "confirmed" else None
    await store.save(db, row)
    who = by(actor, "reviewer", organ)
    action: Literal["override.confirmed", "override.declined"] = (
        "override.confirmed" if answer == "confirmed" else "override.declined"
    )
    await note(db, action, about_override(row), who, body.reason_zh, body.reason_en)
    if answer == "confirmed":
        row.new_decision_id = await decide_again(db, around, case.standing)
        await store.save(db, row)
        await enqueue(db, override_confirmed(row))
    return override_out(row)


def override_confirmed(row: Override) -> OverrideConfirmed:
    """The announcement of an override that speaks."""
    told = override_out(row)
    return OverrideConfirmed(
        entity_id=row.id,
        version=1,
        about_kind=row.subject_kind,
        about_id=row.subject_id,
        region_code=row.region_code,
        rule=row.rule,
        reason_code=row.reason_code,
        decision_id=row.decision_id,
        new_decision_id=row.new_decision_id,
        proposed_by_organ=told.proposed_by_organ,
        proposed_at=row.proposed_at,
        reason_zh=row.reason_zh,
        reason_en=row.reason_en,
        confirmed_by_organ=told.answered_by_organ,
        confirmed_at=row.answered_at or row.proposed_at,
        answer_zh=row.answer_zh,
        answer_en=row.answer_en,
        valid_until=row.valid_until,
    )


def first_of(row: Override) -> Party:
    """The one who proposed."""
    return Party("reviewer", row.proposer_person, row.proposer_organ.get("name"))


def still_holds(row: Override, case: DecidedCase) -> bool:
    """Whether the subject still fails so, and on the very facts that the first person had before them."""
    result = case.result_of(row.rule)
    if not case.alive or result is None or result["result"] != "fail" or row.reason_code not in result["reason_codes"]:
        return False
    return basis_of(case.document["facts"], row.rule, row.reason_code) == row.basis


def _require_waiting(row: Override, case: DecidedCase) -> None:
    if row.state != "proposed":
        raise OverrideAnswered("It was answered before; see its answer.", "该提议此前已有答复。", state=row.state)
    if row.valid_until <= clock.business_now():
        raise OverrideAnswered("It has run out. Propose a new one.", "该提议已过有效期，请重新提议。", state="lapsed")
    if not still_holds(row, case):
        raise DecisionSuperseded(
            "The facts have changed since it was proposed; look at the newer decision.",
            "提议之后事实已有变化，请查看更新的决定。",
            decision_id=case.standing.decision_id,
        )
    require_soft_fail(case, row.rule, row.reason_code)


def _fact(row: Override) -> Document:
    """What the rules read of it."""
    first, second = row.proposer_organ, row.answerer_organ or {}
    fact = {
        **row.basis,
        "decision_id": row.decision_id,
        "proposed_by_organ": first.get("name"),
        "proposed_by_region_code": first.get("region_code"),
        "proposed_at": instant_text(row.proposed_at),
        "confirmed_by_organ": second.get("name"),
        "confirmed_by_region_code": second.get("region_code"),
        "confirmed_at": instant_text(row.answered_at),
        "valid_until": instant_text(row.valid_until),
    }
    return {name: value for name, value in fact.items() if value is not None}


async def get_override(db: AsyncSession, override_id: str) -> OverrideOut:
    """An override; everybody may read it."""
    row = await store.find_override(db, override_id)
    if row is None:
        raise _no_override(override_id)
    return override_out(row)


async def list_proposed(db: AsyncSession, actor: Actor, cursor: str | None, limit: int) -> Page[OverrideOut]:
    """Proposals that wait for a second person in the actor's regions and still hold, oldest first."""
    after = str(decode_cursor(cursor, str)[0]) if cursor else None
    rows = await store.list_proposed(db, actor.scopes or None, after, limit + 1)
    items = [override_out(row) for row in rows[:limit] if await _waits(db, row)]
    return Page(items=items, next=encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


async def _waits(db: AsyncSession, row: Override) -> bool:
    standing = await decisions.find_standing(db, row.subject_kind, row.subject_id)
    if standing is None or row.valid_until <= clock.business_now():
        return False
    return still_holds(row, await decided_case(db, standing.decision_id))


def about_override(row: Override) -> About:
    """What the trail says an override is about."""
    kind, subject_id = row.subject_kind, row.subject_id
    return About(kind, subject_id, row.region_code, row.decision_id, row.rule, row.reason_code, row.id)


def _no_override(override_id: str) -> NotFound:
    return NotFound(f"There is no override {override_id}.", f"没有编号为 {override_id} 的推翻提议。")


def override_out(row: Override) -> OverrideOut:
    """An override as everybody may see it."""
    return OverrideOut(
        id=row.id,
        state=_state_now(row, clock.business_now()),
        subject=SubjectOut(kind=row.subject_kind, id=row.subject_id),  # type: ignore[arg-type]  # The table checks it.
        decision_id=row.decision_id,
        region_code=row.region_code,
        title_zh=row.title_zh,
        title_en=row.title_en,
        rule=row.rule,
        reason_code=row.reason_code,
        proposed_by_organ=row.proposer_organ.get("name"),
        proposed_at=row.proposed_at,
        reason_zh=row.reason_zh,
        reason_en=row.reason_en,
        answered_by_organ=(row.answerer_organ or {}).get("name"),
        answered_at=row.answered_at,
        answer_zh=row.answer_zh,
        answer_en=row.answer_en,
        valid_until=row.valid_until,
        new_decision_id=row.new_decision_id,
    )


def _state_now(row: Override, now: datetime) -> Any:
    return "lapsed" if row.state == "proposed" and row.valid_until <= now else row.state
