"""Halting and ending a room: the shelf is shut, the studio's tokens are void, and everybody is told why, at once."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.access import require_scope
from services.broadcast.actions.announce import Cause, shift
from services.broadcast.actions.room.scene import Scene, enter, require_real_time, step
from services.broadcast.actions.room.segments import close_offers, end_running
from services.broadcast.actions.room.studio import enter_studio
from services.broadcast.actions.room.telling import append, note, tell
from services.broadcast.domain.life import TABLE, Move, State
from services.broadcast.domain.room import RoomState, Step
from services.broadcast.errors import RoomRefused
from services.broadcast.schemas.room import HaltIn
from services.broadcast.store import room as rooms
from services.contracts.room import WhyHalted
from services.kit.actor import Actor

LIFTED_ZH = "监督暂停已解除，等待重新核验开播。"
LIFTED_EN = "The inspector's stop is lifted; the room waits to be opened again."


async def stop_as_inspector(db: AsyncSession, actor: Actor, broadcast_id: str, body: HaltIn) -> Scene:
    """An inspector stops the room; the reason is published."""
    require_real_time()
    scene = await enter(db, broadcast_id)
    _require_in_charge(actor, scene)
    why = WhyHalted(cause="inspector", reason_zh=body.reason_zh, reason_en=body.reason_en)
    await halt(db, scene, why, organ=actor.organ or "inspector")
    return scene


def _require_in_charge(actor: Actor, scene: Scene) -> None:
    """Raises OutOfRegion for an inspector of other regions; one without regions inspects everywhere."""
    if actor.scopes:
        require_scope(actor, scene.filing.region_code)


async def stop_as_studio(db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None, body: HaltIn) -> Scene:
    """The studio stops itself."""
    scene = await enter_studio(db, actor, broadcast_id, token, "host", "moderator", "operator")
    await halt(db, scene, WhyHalted(cause="studio", reason_zh=body.reason_zh, reason_en=body.reason_en))
    return scene


async def lift_as_inspector(db: AsyncSession, actor: Actor, broadcast_id: str, body: HaltIn) -> Scene:
    """An inspector lifts what an inspector stopped, with a published reason; the room itself asks the gate again."""
    require_real_time()
    scene = await enter(db, broadcast_id)
    _require_in_charge(actor, scene)
    why = scene.room.why_halted or {}
    if scene.room.state != RoomState.HALTED or why.get("cause") != "inspector":
        raise RoomRefused(
            "No inspector's stop stands in this room. What else halted it is answered by asking to open it again.",
            "该直播间没有生效中的监督暂停；因其他原因暂停的，由直播间重新申请开播。",
            state=scene.room.state,
        )
    lifted = {"organ": actor.organ or "inspector", "reason_zh": body.reason_zh, "reason_en": body.reason_en}
    scene.room.why_halted = why | {"cause": "studio"} | {"reason_zh": LIFTED_ZH, "reason_en": LIFTED_EN}
    scene.room.halted_by_organ = None
    await append(db, scene, "stop_lifted", lifted)
    await note(db, scene, "notice", text_zh=f"{LIFTED_ZH}{body.reason_zh}", text_en=f"{LIFTED_EN} {body.reason_en}")
    await tell(db, scene)
    return scene


async def halt(db: AsyncSession, scene: Scene, why: WhyHalted, *, organ: str | None = None) -> None:
    """Halt a room that is open or opening."""
    was_open = scene.room.state == RoomState.OPEN
    step(scene, Step.HALT)
    await end_running(db, scene)
    scene.room.why_halted = why.model_dump(mode="json")
    scene.room.halted_by_organ = organ
    await note(db, scene, "halted", text_zh=why.reason_zh, text_en=why.reason_en, cause=why.cause, rule=why.rule)
    await rooms.revoke_studio_tokens(db, scene.room.broadcast_id, scene.at)
    if was_open:
        await shift(db, scene.filing, Move.HALT, _cause(why))
    await tell(db, scene)


def _cause(why: WhyHalted | None) -> Cause:
    if why is None:
        return Cause(by="studio")
    return Cause(by=why.cause, reason_zh=why.reason_zh, reason_en=why.reason_en, decision_id=why.decision_id)


async def end_as_studio(db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None) -> Scene:
    """The studio ends the broadcast."""
    scene = await enter_studio(db, actor, broadcast_id, token, "host", "moderator", "operator")
    await end(db, scene)
    return scene


async def end(db: AsyncSession, scene: Scene, why: WhyHalted | None = None) -> None:
    """End the broadcast for good; `why` when somebody or something else ended it."""
    step(scene, Step.END)
    await leave_rehearsal(db, scene)
    await end_running(db, scene)
    if why is not None:
        scene.room.why_halted = why.model_dump(mode="json")
    scene.room.ended_at = scene.at
    said = {"text_zh": why.reason_zh, "text_en": why.reason_en, "cause": why.cause} if why else {}
    await note(db, scene, "close", **said)
    await rooms.revoke_studio_tokens(db, scene.room.broadcast_id, scene.at)
    if (State(scene.filing.state), Move.END) in TABLE:
        await shift(db, scene.filing, Move.END, _cause(why))
    await tell(db, scene)


async def leave_rehearsal(db: AsyncSession, scene: Scene) -> None:
    """What was rehearsed ends and leaves nothing pinned or open."""
    if not scene.room.rehearsing:
        return
    await end_running(db, scene)
    await close_offers(db, scene)
    await note(db, scene, "rehearsal_ended")
    scene.room.rehearsing = False
    scene.room.caption_zh = scene.room.caption_en = None
