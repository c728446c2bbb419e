"""What is said in a room: captions, official notices, and the cues that explain what viewers do next."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.room.scene import Scene, require
from services.broadcast.actions.room.shelf import require_offering
from services.broadcast.actions.room.studio import enter_studio
from services.broadcast.actions.room.telling import note, tell
from services.broadcast.domain.room import may_steer
from services.broadcast.schemas.room import CaptionIn, CueIn, RoomNoticeIn, StudioRole
from services.kit.actor import Actor

ANY: tuple[StudioRole, ...] = ("host", "moderator", "operator")


async def caption(db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None, body: CaptionIn) -> Scene:
    """Show what is being said."""
    scene = await enter_studio(db, actor, broadcast_id, token, *ANY)
    require(may_steer(scene.running))
    scene.room.caption_zh, scene.room.caption_en = body.zh or None, body.en or None
    scene.room.on_air_asked_at = None
    await note(db, scene, "caption", text_zh=body.zh, text_en=body.en)
    await tell(db, scene)
    return scene


async def say_notice(db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None, body: RoomNoticeIn) -> Scene:
    """An official notice to everybody in the room."""
    scene = await enter_studio(db, actor, broadcast_id, token, *ANY)
    require(may_steer(scene.running))
    # What was said is put before the gate at once, not at the next turn.
    scene.room.on_air_asked_at = None
    await note(db, scene, "notice", text_zh=body.zh, text_en=body.en)
    await tell(db, scene)
    return scene


async def cue(db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None, body: CueIn) -> Scene:
    """Note a moment; a loss leader is an offer, and so belongs into a market segment."""
    scene = await enter_studio(db, actor, broadcast_id, token, "host", "moderator")
    require(may_steer(scene.running))
    if body.kind == "loss_leader" or body.lot_id is not None:
        require_offering(scene)
    await note(
        db,
        scene,
        body.kind,
        text_zh=body.text,
        text_en=body.text,
        lot_id=body.lot_id,
        limit_units=body.limit_units,
    )
    await tell(db, scene)
    return scene
