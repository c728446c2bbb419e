"""Making a move: the next state, its version, its step in the history, its event, its notices; all in one place."""

from dataclasses import dataclass
from types import MappingProxyType

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.domain.life import HOLDING_SLOTS, Move, Refusal, State, next_state
from services.broadcast.errors import MoveRefused
from services.broadcast.models import Filing, Notice, Step
from services.contracts.broadcast import (
    FiledListing,
    FilingApproved,
    FilingBlocked,
    FilingEnded,
    FilingEvent,
    FilingHeld,
    FilingOnAir,
    FilingReturned,
    FilingScheduled,
    FilingSubmitted,
    FilingWithdrawn,
)
from services.kit import clock
from services.kit.actor import Actor
from services.kit.outbox import enqueue

EVENTS: MappingProxyType[State, type[FilingEvent]] = MappingProxyType(
    {
        State.SUBMITTED: FilingSubmitted,
        State.APPROVED: FilingApproved,
        State.RETURNED: FilingReturned,
        State.SCHEDULED: FilingScheduled,
        State.BLOCKED: FilingBlocked,
        State.IN_REVIEW: FilingHeld,
        State.WITHDRAWN: FilingWithdrawn,
        State.LIVE: FilingOnAir,
        State.HALTED: FilingOnAir,
        State.ENDED: FilingEnded,
        State.CANCELLED: FilingWithdrawn,
    }
)
TOLD = MappingProxyType(
    {
        State.RETURNED: "returned",
        State.BLOCKED: "blocked",
        State.APPROVED: "approved",
        State.SCHEDULED: "scheduled",
        State.IN_REVIEW: "in_review",
        State.WITHDRAWN: "withdrawn",
        State.CANCELLED: "cancelled",
    }
)
TOLD_TO_PRESENTER = frozenset({"scheduled", "withdrawn", "cancelled", "changed"})


@dataclass(frozen=True, slots=True)
class Cause:
    """Who or what moves a filing, and why."""

    by: str
    account_id: str | None = None
    reason_zh: str | None = None
    reason_en: str | None = None
    decision_id: str | None = None


def by_actor(actor: Actor, role: str, reason: str | None = None) -> Cause:
    """A person who acts in a role; what they write stands in both languages as they wrote it."""
    by = actor.organ or role
    return Cause(by=by, account_id=actor.account_id, reason_zh=reason, reason_en=reason)


def require_move(filing: Filing, move: Move) -> State:
    """The state that the move leads to. Raises MoveRefused."""
    reached = next_state(State(filing.state), move)
    if isinstance(reached, Refusal):
        raise MoveRefused(reached.en, reached.zh, state=filing.state)
    return reached


async def shift(db: AsyncSession, filing: Filing, move: Move, cause: Cause, *, quiet: bool = False) -> None:
    """Make the move, and tell everybody who must know in the same transaction; `quiet`: another one follows at once."""
    before, reached = State(filing.state), require_move(filing, move)
    filing.state = reached
    filing.version += 1
    filing.updated_at = clock.business_now()
    if move is not Move.REVISE:
        filing.reason_zh, filing.reason_en = cause.reason_zh, cause.reason_en
    if move in (Move.SUBMIT, Move.REFILE):
        filing.submitted_version = filing.version
    if move in (Move.SUBMIT, Move.REFILE, Move.APPROVE):
        filing.asked_version = filing.version
    if reached is State.SCHEDULED:
        filing.scheduled_at = filing.scheduled_at or filing.updated_at
        filing.published_at = filing.published_at or filing.updated_at
    if before in HOLDING_SLOTS and reached not in HOLDING_SLOTS:
        await store.release_slots(db, filing.broadcast_id)
    await note_step(db, filing, move, before, cause)
    if filing.asked_version is not None and move is not Move.REVISE and not quiet:
        await enqueue(db, event_of(filing))
        await _tell(db, filing, "changed" if move is Move.REFILE else TOLD.get(reached), cause)


async def note_step(db: AsyncSession, filing: Filing, move: str, before: State | None, cause: Cause) -> None:
    """Write the step into the history."""
    await store.add_step(
        db,
        Step(
            filing_id=filing.id,
            version=filing.version,
            at=filing.updated_at,
            move=move,
            from_state=before,
            to_state=filing.state,
            by=cause.by,
            account_id=cause.account_id,
            reason_zh=cause.reason_zh,
            reason_en=cause.reason_en,
            decision_id=cause.decision_id,
        ),
    )


def event_of(filing: Filing) -> FilingEvent:
    """The event that tells the filing's present state."""
    people = {
        "applicant": filing.applicant_person,
        "presenter": filing.presenter_person,
        "approver": filing.approver_person,
    }
    accounts = {
        "applicant": filing.applicant_account,
        "presenter": filing.presenter_account,
        "approver": filing.approver_account,
    }
    listings = tuple(FiledListing.model_validate(_pin(pin)) for pin in filing.pinned)
    return EVENTS[State(filing.state)](
        entity_id=filing.id,
        version=filing.version,
        broadcast_id=filing.broadcast_id,
        state=filing.state,
        region_code=filing.region_code,
        event_id=filing.event_id or "",
        title_zh=filing.title_zh,
        title_en=filing.title_en,
        starts_at=filing.starts_at,
        ends_at=filing.ends_at,
        content_sha256=filing.content_sha256 or "",
        listings=listings,
        units={lot_id: units for pin in filing.pinned for lot_id, units in pin.get("units", {}).items()},
        slow_sales_ids=tuple(filing.slow_sales_ids),
        people={role: person for role, person in people.items() if person},
        accounts={role: account for role, account in accounts.items() if account},
        facts=filing.facts or {},
        reason=filing.reason_zh or filing.reason_en,
        official_id=filing.official_id,
        official_version=filing.official_version,
    )


def _pin(pin: dict[str, object]) -> dict[str, object]:
    return {name: pin[name] for name in ("listing_id", "listing_version", "lot_ids")}


async def _tell(db: AsyncSession, filing: Filing, kind: str | None, cause: Cause) -> None:
    if kind is None:
        return
    accounts = {filing.applicant_account, filing.written_by}
    if kind in TOLD_TO_PRESENTER:
        accounts.add(filing.presenter_account)
    for account_id in sorted(account for account in accounts if account and account != cause.account_id):
        notice = Notice(
            account_id=account_id,
            filing_id=filing.id,
            kind=kind,
            reason_zh=cause.reason_zh,
            reason_en=cause.reason_en,
            created_at=filing.updated_at,
        )
        await store.add_notice(db, notice)
