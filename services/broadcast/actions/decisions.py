"""What the gate's answers do to a filing. Only the binding one opens or closes the door."""

from types import MappingProxyType

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.announce import Cause, shift
from services.broadcast.actions.lifting import lift_block
from services.broadcast.actions.room.on_air import take_on_air_answer
from services.broadcast.actions.room.opening import take_room_answer
from services.broadcast.actions.room.shelf_care import take_lot_off_shelves
from services.broadcast.domain.life import TABLE, Move, State
from services.broadcast.models import Decision, Filing
from services.broadcast.store.goods import save_lot_golive
from services.contracts.compliance import DecisionMade
from services.kit import clock

MOVES = MappingProxyType(
    {
        (False, "fail"): Move.PREVIEW_FAIL,
        (True, "pass"): Move.BINDING_PASS,
        (True, "review"): Move.BINDING_REVIEW,
        (True, "fail"): Move.BINDING_FAIL,
    }
)
LONGEST_REASON = 2000


async def take_decision(db: AsyncSession, event: DecisionMade) -> None:
    """Keep what the gate said about a filing of ours or a lot, and move the filing where that leads."""
    if event.about.kind == "lot" and event.binding:
        await _take_lot_answer(db, event)
    if event.about.kind == "broadcast":
        await (take_on_air_answer if event.stage == "onair" else take_room_answer)(db, event)
    if event.about.kind != "filing" or event.stage != "filing":
        return
    filing = await store.find_filing(db, event.about.id, lock=True)
    asked = store.question_version(filing, binding=event.binding) if filing is not None else None
    # An answer to an earlier question says nothing about the content that stands now.
    if filing is None or asked is None or event.about.version < asked:
        return
    newest = await store.find_decision(db, filing, binding=event.binding)
    await store.add_decision(db, _decision(event))
    if newest is None or newest.decided_at <= event.decided_at:
        await _move(db, filing, event)
        if newest is not None and newest.outcome == "fail" and event.outcome != "fail":
            await lift_block(db, filing, event)


async def _take_lot_answer(db: AsyncSession, event: DecisionMade) -> None:
    """Keep it, as offered or on its way to a room; a lot that did not pass leaves every shelf."""
    if event.stage in ("listing", "golive"):
        await (save_lot_golive if event.stage == "golive" else store.save_lot_decision)(db, event)
        if event.outcome != "pass":
            await take_lot_off_shelves(db, event)


def _decision(event: DecisionMade) -> Decision:
    return Decision(
        decision_id=event.entity_id,
        filing_id=event.about.id,
        filing_version=event.about.version,
        binding=event.binding,
        public=_is_public(event),
        stage=event.stage,
        outcome=event.outcome,
        at=event.at,
        decided_at=event.decided_at,
        valid_until=event.valid_until,
        ruleset=event.ruleset,
        not_passed=[result.model_dump() for result in event.not_passed],
    )


def _is_public(event: DecisionMade) -> bool:
    """A binding answer always is; a preview only when it fails a hard rule, which compliance says."""
    return event.binding or event.public


async def _move(db: AsyncSession, filing: Filing, event: DecisionMade) -> None:
    move = MOVES.get((event.binding, event.outcome))
    state = State(filing.state)
    if move is None or TABLE.get((state, move), state) is state:
        return
    if state is State.SCHEDULED and filing.ends_at <= clock.business_now():
        # It has been; a later answer goes into the record and does not undo what happened.
        return
    reason_zh, reason_en = _reasons(event)
    cause = Cause(by="gate", reason_zh=reason_zh, reason_en=reason_en, decision_id=event.entity_id)
    await shift(db, filing, move, cause)
    if filing.state == State.BLOCKED and _is_public(event):
        filing.published_at = filing.published_at or filing.updated_at


def _reasons(event: DecisionMade) -> tuple[str | None, str | None]:
    """The sentences that decided: of the results as bad as the outcome."""
    deciding = [result for result in event.not_passed if result.result == event.outcome]
    if not deciding:
        return None, None
    zh = "".join(dict.fromkeys(result.reason_zh for result in deciding))
    en = " ".join(dict.fromkeys(result.reason_en for result in deciding))
    return zh[:LONGEST_REASON], en[:LONGEST_REASON]
