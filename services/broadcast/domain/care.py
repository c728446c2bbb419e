"""What a room needs at a moment, by nothing but its state and the clock: pure, and so the same for every replica."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from services.broadcast.domain.life import State
from services.broadcast.domain.room import RoomState

# A filing in one of these states will have no broadcast; in any other it may still, or again.
GONE = frozenset({State.WITHDRAWN, State.CANCELLED})
BEARING = frozenset({State.SCHEDULED, State.LIVE, State.HALTED})


class Care(StrEnum):
    """One thing to do for a room."""

    NONE = "none"
    BEAT = "beat"
    ASK = "ask"
    ASK_ON_AIR = "ask_on_air"
    CLOSE_OFFERS = "close_offers"
    HALT_EXPIRED = "halt_expired"
    HALT_UNREACHABLE = "halt_unreachable"
    REFUSE_UNREACHABLE = "refuse_unreachable"
    REFUSE_WITH_FILING = "refuse_with_filing"
    STOP_REHEARSAL = "stop_rehearsal"
    END_WITH_FILING = "end_with_filing"
    END_HARD = "end_hard"


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that decides what a room needs."""

    now: datetime
    state: RoomState
    filing: State
    rehearsing: bool
    hard_stop_at: datetime
    valid_until: datetime | None
    asked_at: datetime | None
    unanswered_since: datetime | None
    on_air_asked_at: datetime | None
    last_entry_at: datetime
    offer_over: bool
    renewal: timedelta
    grace: timedelta
    ask_again: timedelta
    watch: timedelta
    beat: timedelta


def care_for(facts: Facts) -> Care:
    """The gravest thing first: a room that must close is not asked about."""
    if facts.state is RoomState.ENDED:
        return Care.NONE
    if facts.filing in GONE:
        return Care.END_WITH_FILING
    if facts.now >= facts.hard_stop_at:
        return Care.END_HARD if facts.filing in BEARING else Care.NONE
    if facts.filing not in BEARING:
        return _without_filing(facts)
    if facts.state is RoomState.OPENING:
        return _opening(facts)
    if facts.state is RoomState.OPEN:
        return _open(facts)
    if facts.state is RoomState.HALTED:
        return _beat(facts)
    return Care.NONE


def _without_filing(facts: Facts) -> Care:
    """The filing is being looked at again, or was blocked: nothing opens, and nobody rehearses what may not be."""
    if facts.state is RoomState.OPENING:
        return Care.REFUSE_WITH_FILING
    return Care.STOP_REHEARSAL if facts.rehearsing else Care.NONE


def _opening(facts: Facts) -> Care:
    if _silent_for(facts, facts.grace):
        return Care.REFUSE_UNREACHABLE
    return Care.ASK if _asked_before(facts, facts.ask_again) else Care.NONE


def _open(facts: Facts) -> Care:
    if facts.valid_until is None or facts.valid_until <= facts.now:
        return Care.HALT_EXPIRED
    if _silent_for(facts, facts.grace):
        return Care.HALT_UNREACHABLE
    if facts.offer_over:
        return Care.CLOSE_OFFERS
    pause = facts.ask_again if facts.unanswered_since is not None else facts.renewal
    if _asked_before(facts, pause):
        return Care.ASK
    if facts.on_air_asked_at is None or facts.now - facts.on_air_asked_at >= facts.watch:
        return Care.ASK_ON_AIR
    return _beat(facts)


def _silent_for(facts: Facts, span: timedelta) -> bool:
    return facts.unanswered_since is not None and facts.now - facts.unanswered_since >= span


def _asked_before(facts: Facts, span: timedelta) -> bool:
    return facts.asked_at is None or facts.now - facts.asked_at >= span


def _beat(facts: Facts) -> Care:
    return Care.BEAT if facts.now - facts.last_entry_at >= facts.beat else Care.NONE
