"""A lot that may no longer be sold leaves every shelf at once, and viewers are told why; the rest is sold on."""

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.room.opening import deciding_result
from services.broadcast.actions.room.scene import Scene, find_scene
from services.broadcast.actions.room.shelf import take_off
from services.broadcast.actions.room.telling import note, tell
from services.broadcast.domain.room import RoomState
from services.broadcast.domain.shelf import gone_sentence
from services.broadcast.store import goods as goods_store
from services.broadcast.store import room as rooms
from services.contracts.compliance import DecisionMade


@dataclass(frozen=True, slots=True)
class Why:
    """Why lots leave the shelf: the rule and the decision where the gate says so, and a sentence for everybody."""

    reason_zh: str
    reason_en: str
    rule: str | None = None
    decision_id: str | None = None


WITHDRAWN = Why("该批次已从产品目录撤下。", "It was taken off the catalogue.")


async def take_lot_off_shelves(db: AsyncSession, event: DecisionMade) -> None:
    """The gate's newest answer about the lot is no pass."""
    lot_id = event.about.id
    answers = (await goods_store.answers_about(db, [lot_id]))[lot_id]
    # An older answer that arrives late has not replaced the one that holds.
    if any(answer is not None and answer.outcome != "pass" for answer in (answers.listed, answers.golive)):
        await _take_off(db, await rooms.list_shelves_with(db, lot_id=lot_id), _why(event))


def _why(event: DecisionMade) -> Why:
    deciding = deciding_result(event)
    if deciding is None:
        return Why("核验未通过，原因见核验结论。", "The gate did not pass it.", decision_id=event.entity_id)
    return Why(deciding.reason_zh, deciding.reason_en, deciding.rule, event.entity_id)


async def take_listing_off_shelves(db: AsyncSession, listing_id: str, offered: Collection[str]) -> None:
    """Lots of the listing that are not offered any more."""
    found = await rooms.list_shelves_with(db, listing_id=listing_id)
    await _take_off(db, [(broadcast_id, lot_id) for broadcast_id, lot_id in found if lot_id not in offered], WITHDRAWN)


async def _take_off(db: AsyncSession, found: Iterable[tuple[str, str]], why: Why) -> None:
    by_room: dict[str, list[str]] = {}
    for broadcast_id, lot_id in found:
        by_room.setdefault(broadcast_id, []).append(lot_id)
    for broadcast_id, lot_ids in by_room.items():
        filing = await rooms.find_filing_of(db, broadcast_id, lock=True)
        scene = await find_scene(db, filing) if filing is not None else None
        if scene is not None and scene.room.state != RoomState.ENDED:
            await _say_why(db, scene, lot_ids, why)
            reason = {name: value for name, value in asdict(why).items() if value is not None}
            await take_off(db, scene, lot_ids, **reason)
            await tell(db, scene)


async def _say_why(db: AsyncSession, scene: Scene, lot_ids: Collection[str], why: Why) -> None:
    """A notice to those who see the shelf; in a region segment nobody speaks of goods."""
    if scene.room.state != RoomState.OPEN or scene.running.segment != "market":
        return
    cards = [row.goods for row in await rooms.list_shelf(db, scene.room.broadcast_id) if row.lot_id in lot_ids]
    zh, en = gone_sentence(cards, why.reason_zh, why.reason_en, why.rule)
    await note(db, scene, "notice", text_zh=zh, text_en=en, rule=why.rule, decision_id=why.decision_id)
