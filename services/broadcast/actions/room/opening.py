"""Opening a room: everything of ours that must hold, then the gate's yes. Nothing opens without it."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.announce import Cause, shift
from services.broadcast.actions.room.asking import ask_gate, current_hosts
from services.broadcast.actions.room.halting import halt, leave_rehearsal
from services.broadcast.actions.room.scene import Scene, find_scene, require, require_real_time, step
from services.broadcast.actions.room.segments import begin
from services.broadcast.actions.room.shelf import put_on_shelf, refusals
from services.broadcast.actions.room.studio import enter_studio
from services.broadcast.actions.room.telling import append, note, tell
from services.broadcast.domain.duties import host_refusals
from services.broadcast.domain.life import Move, Refusal
from services.broadcast.domain.room import RoomState, Step, in_time, refused_state
from services.broadcast.errors import NotReady, RoomRefused
from services.broadcast.schemas.room import ShelfItemIn
from services.broadcast.store import goods as goods_store
from services.broadcast.store import room as rooms
from services.contracts.compliance import DecidingResult, DecisionMade
from services.contracts.room import WhyHalted
from services.kit.actor import Actor


async def ask_to_open(db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None) -> Scene:
    """Ask the gate to open the room. Raises NotReady with what is still owed."""
    scene = await enter_studio(db, actor, broadcast_id, token, "host", "moderator", "operator")
    require(in_time(scene.at, scene.filing.starts_at, scene.filing.ends_at))
    _require_no_stop(scene)
    await _require_ready(db, scene)
    await leave_rehearsal(db, scene)
    step(scene, Step.ASK)
    scene.room.not_opened = None
    await _fill_shelf(db, scene)
    await tell(db, scene)
    await ask_gate(db, scene)
    return scene


def _require_no_stop(scene: Scene) -> None:
    if scene.room.state == RoomState.HALTED and (scene.room.why_halted or {}).get("cause") == "inspector":
        raise RoomRefused(
            "An inspector stopped this room, and only an inspector lifts it. Remedy what they named and ask them.",
            "该直播间由监督人员暂停，须由监督人员解除。请按其要求整改后联系解除。",
        )


async def owed_by(db: AsyncSession, scene: Scene) -> list[Refusal]:
    """What must be done before the room may ask the gate: host duties, and stock set aside."""
    owed = host_refusals(await current_hosts(db, scene))
    stock = await goods_store.find_stock(db, scene.room.broadcast_id)
    if stock is None:
        owed.append(
            Refusal(
                "Stock has not been set aside for this broadcast yet. Try again in a moment.",
                "本场直播的库存尚未预留完成，请稍后重试。",
            )
        )
    elif stock.short:
        owed.append(
            Refusal(
                f"Stock is short for {len(stock.short)} lots. Revise the filing, or let the producer offer more.",
                f"有 {len(stock.short)} 个批次库存不足，请修改报备或由生产者增加供应。",
            )
        )
    return owed


async def _require_ready(db: AsyncSession, scene: Scene) -> None:
    owed = await owed_by(db, scene)
    stock = await goods_store.find_stock(db, scene.room.broadcast_id)
    if owed:
        raise NotReady(
            " ".join(each.en for each in owed),
            "".join(each.zh for each in owed),
            short=stock.short if stock else [],
        )


async def _fill_shelf(db: AsyncSession, scene: Scene) -> None:
    """A shelf that nobody arranged holds every filed lot that may stand on it."""
    if await rooms.list_shelf(db, scene.room.broadcast_id):
        return
    items = [ShelfItemIn(lot_id=lot_id, limit_units=None) for pin in scene.filing.pinned for lot_id in pin["lot_ids"]]
    refused = await refusals(db, scene, items)
    await put_on_shelf(db, scene, [item for item in items if item.lot_id not in refused])


async def take_room_answer(db: AsyncSession, event: DecisionMade) -> None:
    """The gate has answered about a room: it opens, stays open, or is halted with the rule that says so."""
    filing = await rooms.find_filing_of(db, event.about.id, lock=True)
    scene = await find_scene(db, filing) if filing is not None else None
    if scene is None or not _is_news(scene, event):
        return
    # An open room always rests on a pass, in the database too: what else must be read is read before that changes.
    why = None if event.outcome == "pass" else await why_of(db, scene, event)
    room = scene.room
    room.answered_at, room.unanswered_since = event.decided_at, None
    room.decision_id, room.decision_outcome = event.entity_id, event.outcome
    room.decision_valid_until = event.valid_until
    state = RoomState(room.state)
    if state is RoomState.OPENING:
        await (_open(db, scene) if why is None else refuse(db, scene, why))
    elif state is RoomState.OPEN:
        await (_stay_open(db, scene) if why is None else halt(db, scene, why))


def _is_news(scene: Scene, event: DecisionMade) -> bool:
    """Whether it answers what was asked last, and later than what is known."""
    room = scene.room
    if room.asked_version is None or event.about.version < room.asked_version:
        return False
    return room.answered_at is None or room.answered_at <= event.decided_at


async def _open(db: AsyncSession, scene: Scene) -> None:
    require_real_time()
    step(scene, Step.PASSED)
    scene.room.opened_at = scene.room.opened_at or scene.at
    scene.room.why_halted, scene.room.halted_by_organ = None, None
    await shift(db, scene.filing, Move.GO_LIVE, Cause(by="gate", decision_id=scene.room.decision_id))
    await note(db, scene, "open", decision_id=scene.room.decision_id)
    await begin(db, scene, "region")
    await tell(db, scene)


async def refuse(db: AsyncSession, scene: Scene, why: WhyHalted) -> None:
    """The room does not open; it goes back to where it asked from."""
    step(scene, Step.REFUSED)
    scene.room.state = refused_state(reopened=scene.room.opened_at is not None)
    scene.room.not_opened = why.model_dump(mode="json")
    scene.room.unanswered_since = None
    await append(db, scene, "refused", why.model_dump(mode="json", exclude_none=True))
    await tell(db, scene)


async def _stay_open(db: AsyncSession, scene: Scene) -> None:
    await append(db, scene, "renewed", {"decision_id": scene.room.decision_id})
    await tell(db, scene)


async def why_of(db: AsyncSession, scene: Scene, event: DecisionMade) -> WhyHalted:
    """The gate's reason: of the results as bad as the outcome, hard ones first; of its lots where they are why."""
    first = deciding_result(event)
    if first is not None and first.reason_code == "no_lot_left":
        first = await _lots_reason(db, scene) or first
    if first is None:
        return WhyHalted(
            cause="gate",
            decision_id=event.entity_id,
            reason_zh="核验未通过，原因见核验结论。",
            reason_en="The gate did not pass it; the decision says why.",
        )
    return WhyHalted(
        cause="gate",
        rule=first.rule,
        decision_id=event.entity_id,
        reason_zh=first.reason_zh,
        reason_en=first.reason_en,
    )


def deciding_result(event: DecisionMade) -> DecidingResult | None:
    """Of the results as bad as the outcome the gravest, hard ones first."""
    return min((each for each in event.not_passed if each.result == event.outcome), key=_soft, default=None)


async def _lots_reason(db: AsyncSession, scene: Scene) -> DecidingResult | None:
    """Why the first of the filed lots may not be sold."""
    lot_ids = [lot_id for pin in scene.filing.pinned for lot_id in pin["lot_ids"]]
    for answers in (await goods_store.answers_about(db, lot_ids)).values():
        if answers.golive is not None and answers.golive.not_passed:
            results = [DecidingResult.model_validate(each) for each in answers.golive.not_passed]
            return min(results, key=_soft)
    return None


def _soft(result: DecidingResult) -> tuple[bool, bool]:
    return result.result != "fail", not result.hard
