"""The scene of one use case: the room, held, with its filing, its running segment and the moment on its clock."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.domain.facts import instant_text
from services.broadcast.domain.life import Refusal, State
from services.broadcast.domain.record import first_hash
from services.broadcast.domain.room import RoomState, Running, SegmentKind, Step, hard_stop, next_state, stream_clock
from services.broadcast.errors import NotOnAir, RoomRefused
from services.broadcast.models import Filing, LiveRoom, LiveSegment
from services.broadcast.store import room as rooms
from services.kit import clock
from services.kit.problem import NotFound

# Filings that have, or will have, a room.
WITH_ROOM = frozenset({State.SCHEDULED, State.LIVE, State.HALTED, State.ENDED})


@dataclass(slots=True)
class Scene:
    """A room that is held until the transaction ends; `at` is the moment, which every entry of it bears."""

    filing: Filing
    room: LiveRoom
    segment: LiveSegment | None
    at: datetime

    @property
    def running(self) -> Running:
        """As much of it as decides what may be done."""
        kind: SegmentKind | None = self.segment.kind if self.segment else None  # type: ignore[assignment]  # A check holds it.
        return Running(RoomState(self.room.state), self.room.rehearsing, kind)


def no_such_broadcast(broadcast_id: str) -> NotFound:
    """The problem for a broadcast without a public place."""
    return NotFound(
        f"There is no broadcast {broadcast_id} in the public calendar.",
        f"公开日历中没有编号为 {broadcast_id} 的直播。",
    )


async def enter(db: AsyncSession, broadcast_id: str) -> Scene:
    """Hold the filing and its room, and read the clock; the room is made when nobody was in it before.

    Whoever needs both takes the filing first. Raises NotFound, and NotOnAir for a filing that is not scheduled.
    """
    filing = await rooms.find_filing_of(db, broadcast_id, lock=True)
    if filing is None or filing.published_at is None:
        raise no_such_broadcast(broadcast_id)
    if filing.state not in WITH_ROOM:
        raise NotOnAir(
            "Only a scheduled broadcast has a room. Wait until the gate's binding answer is pass.",
            "只有已排期的直播才有直播间，请待正式核验通过后再操作。",
            state=filing.state,
        )
    if await rooms.find_live_room(db, broadcast_id) is None:
        await rooms.make_live_room(db, new_room(filing, await rooms.database_now(db)))
    scene = await find_scene(db, filing)
    if scene is None:
        raise no_such_broadcast(broadcast_id)
    return scene


async def find_scene(db: AsyncSession, filing: Filing) -> Scene | None:
    """Hold the room of a filing that is held already; None before anybody prepared it."""
    room = await rooms.find_live_room(db, filing.broadcast_id, lock=True)
    if room is None:
        return None
    at = stream_clock(await rooms.database_now(db), room.last_at)
    return Scene(filing, room, await rooms.running_segment(db, filing.broadcast_id), at)


def new_room(filing: Filing, now: datetime) -> LiveRoom:
    """A closed room, with an empty record."""
    return LiveRoom(
        broadcast_id=filing.broadcast_id,
        filing_id=filing.id,
        version=1,
        state=RoomState.CLOSED,
        rehearsing=False,
        media_kind="stills",
        last_at=stream_clock(now, now.replace(microsecond=0)),
        slow_mode_seconds=0,
        record_hash=first_hash(filing.broadcast_id),
    )


def require(refusal: Refusal | None) -> None:
    """Raises RoomRefused when there is a reason against it."""
    if refusal is not None:
        raise RoomRefused(refusal.en, refusal.zh)


def step(scene: Scene, what: Step) -> RoomState:
    """Take the step. Raises RoomRefused where the table has none."""
    reached = next_state(RoomState(scene.room.state), what)
    if isinstance(reached, Refusal):
        raise RoomRefused(reached.en, reached.zh, state=scene.room.state)
    scene.room.state = reached
    return reached


def require_real_time() -> None:
    """Raises RoomRefused under a set clock: a room runs on the clock of now, and on no other."""
    if clock.is_set():
        raise RoomRefused(
            "A room runs by the real time only. Send no Sunfair-Clock.",
            "直播间只按真实时间运行，请勿发送 Sunfair-Clock。",
        )


def moment_text(at: datetime) -> str:
    """A moment of the stream clock, to the millisecond, as the record writes it."""
    return instant_text(at)


async def hard_stop_of(db: AsyncSession, filing: Filing) -> datetime:
    """When the room closes whatever is said in it."""
    following = await rooms.next_slot_of_resources(db, filing.broadcast_id, filing.ends_at)
    return hard_stop(filing.ends_at, following)
