"""Rehearsal: the room is tried out before its hour. It sells nothing, and it leaves a trace of its own."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.room.halting import leave_rehearsal
from services.broadcast.actions.room.scene import Scene, enter, require_real_time
from services.broadcast.actions.room.studio import enter_studio, roles_of
from services.broadcast.actions.room.telling import note, tell, trace
from services.broadcast.actions.surroundings import Surroundings
from services.broadcast.domain.room import RoomState
from services.broadcast.errors import RoomRefused, StudioRefused
from services.broadcast.schemas.room import RehearsedIn
from services.contracts.room import RehearsalAct, RehearsalRecorded
from services.kit.actor import Actor
from services.kit.identity import broadcast_token
from services.kit.ids import new_id
from services.kit.outbox import enqueue

_EPOCH = datetime.fromisoformat("1970-01-01T00:00:00+00:00")


async def rehearse(db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None, on: bool) -> Scene:
    """Begin or end the rehearsal of a closed room."""
    scene = await enter_studio(db, actor, broadcast_id, token, "host", "moderator", "operator")
    if on and scene.room.state != RoomState.CLOSED:
        raise RoomRefused(
            "Only a room that has not opened can rehearse.", "只有尚未开播的直播间可以彩排。", state=scene.room.state
        )
    if on and not scene.room.rehearsing:
        scene.room.rehearsing = True
        await note(db, scene, "rehearsal_started")
    elif not on:
        await leave_rehearsal(db, scene)
    await tell(db, scene)
    return scene


async def note_rehearsed(
    db: AsyncSession, actor: Actor, broadcast_id: str, body: RehearsedIn, around: Surroundings
) -> None:
    """Keep what somebody of the studio tried out, and tell it with a token in place of the person."""
    require_real_time()
    scene = await enter(db, broadcast_id)
    if not await roles_of(db, actor, scene.filing):
        raise StudioRefused("Only the studio rehearses.", "仅直播间工作人员可以彩排。")
    if not scene.room.rehearsing:
        raise RoomRefused("The room is not in rehearsal.", "直播间当前不在彩排中。")
    await trace(db, scene, body.action, body.lot_id, actor.account_id)
    act = RehearsalAct(
        user=broadcast_token(broadcast_id, actor.account_id, around.token_secret),
        at_ms=(scene.at - _EPOCH) // timedelta(milliseconds=1),
        action=body.action,
        lot_id=body.lot_id,
    )
    await enqueue(db, RehearsalRecorded(entity_id=new_id(), version=1, broadcast_id=broadcast_id, acts=(act,)))
