"""Looking after rooms: the gate is asked again in time, and what has run out is halted or ended, whoever is watching.

Every step takes the room's lock and judges by the database's clock, so any number of replicas may do this at once, and
one that was killed leaves nothing half done.
"""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.room.asking import ask_gate
from services.broadcast.actions.room.halting import end, halt, leave_rehearsal
from services.broadcast.actions.room.on_air import ask_on_air
from services.broadcast.actions.room.opening import refuse
from services.broadcast.actions.room.scene import WITH_ROOM, Scene, find_scene, hard_stop_of, new_room
from services.broadcast.actions.room.shelf import close_what_is_over
from services.broadcast.actions.room.telling import append, room_changed, tell
from services.broadcast.domain.care import Care, Facts, care_for
from services.broadcast.domain.life import State
from services.broadcast.domain.room import RoomState
from services.broadcast.settings import Settings
from services.broadcast.store import room as rooms
from services.contracts.room import RoomChanged, WhyHalted
from services.kit.db import Database

BEAT = timedelta(seconds=20)
ASK_AGAIN = timedelta(seconds=20)
WATCH = timedelta(minutes=1)

EXPIRED = WhyHalted(
    cause="gate",
    reason_zh="开播核验的有效期已过，且未获续期。",
    reason_en="The gate's answer has run out and was not renewed.",
)
UNREACHABLE = WhyHalted(
    cause="gate_unreachable",
    reason_zh="合规核验系统无法连通，已超过公布的宽限时间。",
    reason_en="The gate could not be reached for longer than the published grace.",
)
HARD_STOP = WhyHalted(
    cause="hard_stop",
    reason_zh="已到强制结束时间。",
    reason_en="The hour at which every broadcast is closed was reached.",
)
FILING_GONE = WhyHalted(
    cause="filing",
    reason_zh="本场直播的报备已撤回、取消或被拦截。",
    reason_en="The filing of this broadcast was withdrawn, cancelled or blocked.",
)


async def tend_rooms(database: Database, settings: Settings) -> int:
    """One round: each room that needs it, in a transaction of its own; how many were looked at."""
    async with database.sessions.begin() as db:
        waiting = await rooms.list_to_tend(db, BEAT.total_seconds())
    for broadcast_id in waiting:
        async with database.sessions.begin() as db:
            await tend_room(db, broadcast_id, settings)
    return len(waiting)


async def tend_room(db: AsyncSession, broadcast_id: str, settings: Settings) -> None:
    """Do what one room needs at this moment."""
    filing = await rooms.find_filing_of(db, broadcast_id, lock=True)
    if filing is None:
        return
    if filing.state in WITH_ROOM and await rooms.find_live_room(db, broadcast_id) is None:
        await rooms.make_live_room(db, new_room(filing, await rooms.database_now(db)))
    scene = await find_scene(db, filing)
    if scene is not None:
        await _give(db, scene, care_for(await _facts(db, scene, settings)))


async def _facts(db: AsyncSession, scene: Scene, settings: Settings) -> Facts:
    room = scene.room
    return Facts(
        now=scene.at,
        state=RoomState(room.state),
        filing=State(scene.filing.state),
        rehearsing=room.rehearsing,
        hard_stop_at=await hard_stop_of(db, scene.filing),
        valid_until=room.decision_valid_until,
        asked_at=room.asked_at,
        unanswered_since=room.unanswered_since,
        on_air_asked_at=room.on_air_asked_at,
        last_entry_at=room.last_at,
        offer_over=await rooms.has_offer_over(db, room.broadcast_id, scene.at),
        renewal=timedelta(seconds=settings.gate_renewal_seconds),
        grace=timedelta(seconds=settings.gate_grace_seconds),
        ask_again=ASK_AGAIN,
        watch=WATCH,
        beat=BEAT,
    )


async def _give(db: AsyncSession, scene: Scene, care: Care) -> None:  # noqa: C901  One line for each kind of care.
    match care:
        case Care.END_HARD:
            await end(db, scene, HARD_STOP)
        case Care.END_WITH_FILING:
            await end(db, scene, FILING_GONE)
        case Care.REFUSE_WITH_FILING:
            await refuse(db, scene, FILING_GONE)
        case Care.STOP_REHEARSAL:
            await leave_rehearsal(db, scene)
            await tell(db, scene)
        case Care.REFUSE_UNREACHABLE:
            await refuse(db, scene, UNREACHABLE)
        case Care.HALT_UNREACHABLE:
            await halt(db, scene, UNREACHABLE)
        case Care.HALT_EXPIRED:
            await halt(db, scene, EXPIRED)
        case Care.ASK:
            scene.room.version += 1
            await ask_gate(db, scene)
        case Care.CLOSE_OFFERS:
            await close_what_is_over(db, scene)
        case Care.ASK_ON_AIR:
            await ask_on_air(db, scene)
        case Care.BEAT:
            await append(db, scene, "beat", {})
        case Care.NONE:
            return


async def republish_rooms(db: AsyncSession, since: datetime) -> AsyncIterator[RoomChanged]:
    """Every room that changed since, as it stands now."""
    for broadcast_id in await rooms.list_changed_since(db, since):
        filing = await rooms.find_filing_of(db, broadcast_id)
        scene = await find_scene(db, filing) if filing is not None else None
        if scene is not None:
            yield await room_changed(db, scene)
