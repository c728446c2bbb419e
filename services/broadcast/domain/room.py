"""A room's life as a table, and what may be done in it when: pure, so that a plain model can be held against it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Literal

from services.broadcast.domain.life import Refusal

SegmentKind = Literal["region", "market"]
HARD_STOP_AFTER = timedelta(minutes=15)


class RoomState(StrEnum):
    """Where a room stands."""

    CLOSED = "closed"
    OPENING = "opening"
    OPEN = "open"
    HALTED = "halted"
    ENDED = "ended"


class Step(StrEnum):
    """What can happen to a room. `ask` asks the gate; it opens only by `passed`."""

    ASK = "ask"
    PASSED = "passed"
    REFUSED = "refused"
    HALT = "halt"
    END = "end"


RUNNING = frozenset({RoomState.OPENING, RoomState.OPEN, RoomState.HALTED})

TABLE = MappingProxyType(
    {
        (RoomState.CLOSED, Step.ASK): RoomState.OPENING,
        (RoomState.HALTED, Step.ASK): RoomState.OPENING,
        (RoomState.OPENING, Step.PASSED): RoomState.OPEN,
        (RoomState.OPENING, Step.REFUSED): RoomState.CLOSED,
        (RoomState.OPENING, Step.HALT): RoomState.HALTED,
        (RoomState.OPEN, Step.HALT): RoomState.HALTED,
        (RoomState.CLOSED, Step.END): RoomState.ENDED,
        (RoomState.OPENING, Step.END): RoomState.ENDED,
        (RoomState.OPEN, Step.END): RoomState.ENDED,
        (RoomState.HALTED, Step.END): RoomState.ENDED,
    }
)

_STATE_WORDS = MappingProxyType(
    {
        RoomState.CLOSED: ("closed", "尚未开播"),
        RoomState.OPENING: ("waiting for the gate", "等待开播核验"),
        RoomState.OPEN: ("open", "直播中"),
        RoomState.HALTED: ("halted", "已暂停"),
        RoomState.ENDED: ("ended", "已结束"),
    }
)
_STEP_WORDS = MappingProxyType(
    {
        Step.ASK: ("ask the gate to open", "申请开播"),
        Step.PASSED: ("open", "开播"),
        Step.REFUSED: ("be refused", "被拒绝开播"),
        Step.HALT: ("be halted", "暂停"),
        Step.END: ("end", "结束"),
    }
)


def next_state(state: RoomState, step: Step) -> RoomState | Refusal:
    """Where the step leads, or why it does not."""
    reached = TABLE.get((state, step))
    if reached is not None:
        return reached
    state_en, state_zh = _STATE_WORDS[state]
    step_en, step_zh = _STEP_WORDS[step]
    return Refusal(
        f"The room is {state_en}; it cannot {step_en} now. Read its present state first.",
        f"直播间当前状态为“{state_zh}”，不能{step_zh}。请先刷新查看最新状态。",
    )


def refused_state(*, reopened: bool) -> RoomState:
    """Where a room goes that the gate does not open: back to where it asked from."""
    return RoomState.HALTED if reopened else RoomState.CLOSED


@dataclass(frozen=True, slots=True)
class Running:
    """As much of a room as decides what may be done in it."""

    state: RoomState
    rehearsing: bool
    segment: SegmentKind | None


def may_steer(room: Running) -> Refusal | None:
    """Why nothing can be shown in the room now; None when it can."""
    if room.state is RoomState.OPEN or room.rehearsing:
        return None
    state_en, state_zh = _STATE_WORDS[room.state]
    return Refusal(
        f"The room is {state_en}. This needs an open room or a rehearsal.",
        f"直播间{state_zh}。此操作须在直播中或彩排中进行。",
    )


def may_offer(room: Running) -> Refusal | None:
    """Why nothing can be pinned, priced or opened for sale now; None when it can."""
    refused = may_steer(room)
    if refused is not None:
        return refused
    if room.segment == "market":
        return None
    return Refusal(
        "In a region segment nothing is for sale: no pin, price, opening or link. Start a market segment first.",
        "产地环节不得挂商品：不得置顶、报价、开售或放购买链接。请先切换到集市环节。",
    )


def may_start(room: Running, kind: SegmentKind) -> Refusal | None:
    """Why a segment of this kind cannot start now; the first one is always the region's."""
    refused = may_steer(room)
    if refused is not None:
        return refused
    if room.segment == kind:
        return Refusal(
            f"A {kind} segment is running already. Start the other kind, or go on.",
            f"当前已是{_KIND_ZH[kind]}，无需重复切换。",
        )
    if room.segment is None and kind == "market":
        return Refusal(
            "The first segment is the region's: the official introduces it before anything is for sale.",
            "第一个环节须为产地环节：先介绍地区，再进入集市环节。",
        )
    return None


_KIND_ZH = MappingProxyType({"region": "产地环节", "market": "集市环节"})


def in_time(now: datetime, starts_at: datetime, ends_at: datetime) -> Refusal | None:
    """Why the hour does not allow the room to open; None between the filed start and end."""
    if now < starts_at:
        return Refusal(
            "It is not yet the hour that was filed. Rehearse until then, and open the room at its start.",
            "尚未到报备的开播时间，请先彩排，到点再开播。",
        )
    if now >= ends_at:
        return Refusal("The hour that was filed is over. File another broadcast.", "报备的直播时间已过，请另行报备。")
    return None


def hard_stop(ends_at: datetime, next_slot_at: datetime | None) -> datetime:
    """When the room closes whatever is said in it: 15 minutes after its end, or when somebody else's slot begins."""
    latest = ends_at + HARD_STOP_AFTER
    return latest if next_slot_at is None else max(ends_at, min(latest, next_slot_at))


def stream_clock(database_now: datetime, last_at: datetime) -> datetime:
    """The stream's moment to the millisecond: the database's clock, which may jump, held to never run backwards."""
    now = database_now.replace(microsecond=database_now.microsecond // 1000 * 1000)
    return max(now, last_at)


def stream_ms(opened_at: datetime | None, at: datetime) -> int:
    """Milliseconds since the room opened; 0 before."""
    if opened_at is None:
        return 0
    return max(0, (at - opened_at) // timedelta(milliseconds=1))
