"""Segments: which one is on air, on one clock; what is for sale ends with the market segment in the same moment."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.room.scene import Scene, require
from services.broadcast.actions.room.shelf import close
from services.broadcast.actions.room.studio import enter_studio
from services.broadcast.actions.room.telling import note, tell
from services.broadcast.domain.room import SegmentKind, may_start
from services.broadcast.models import LiveSegment
from services.broadcast.store import room as rooms
from services.kit.actor import Actor


async def start_segment(
    db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None, kind: SegmentKind
) -> Scene:
    """End the running segment and start one of the other kind, in one moment."""
    scene = await enter_studio(db, actor, broadcast_id, token, "host", "moderator")
    require(may_start(scene.running, kind))
    await end_running(db, scene)
    await begin(db, scene, kind)
    await tell(db, scene)
    return scene


async def begin(db: AsyncSession, scene: Scene, kind: SegmentKind) -> None:
    """A segment starts now."""
    number = await rooms.last_number(db, scene.room.broadcast_id) + 1
    segment = LiveSegment(
        broadcast_id=scene.room.broadcast_id,
        number=number,
        kind=kind,
        rehearsal=scene.room.rehearsing,
        started_at=scene.at,
    )
    db.add(segment)
    await db.flush()
    scene.segment = segment
    await note(db, scene, "segment_started", segment_id=segment.id, number=number, segment=kind)
    if kind == "region":
        await note(db, scene, "leader_on")


async def end_running(db: AsyncSession, scene: Scene) -> None:
    """The running segment ends now, if there is one; with a market segment ends everything that was for sale."""
    segment = scene.segment
    if segment is None:
        return
    if segment.kind == "market":
        await close_offers(db, scene)
    else:
        await note(db, scene, "leader_off")
    segment.ended_at = scene.at
    await db.flush()
    await note(db, scene, "segment_ended", segment_id=segment.id, number=segment.number, segment=segment.kind)
    scene.segment = None


async def close_offers(db: AsyncSession, scene: Scene) -> None:
    """Nothing is pinned, explained or open for ordering any more."""
    for row in await rooms.list_shelf(db, scene.room.broadcast_id):
        if row.is_open:
            await close(db, scene, row)
    if scene.room.pinned_lot_id is not None:
        await note(db, scene, "unpinned", lot_id=scene.room.pinned_lot_id)
    scene.room.pinned_lot_id = None
    scene.room.explaining_lot_id = None
