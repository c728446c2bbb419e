"""A lot that may no longer be sold leaves every shelf at once; the rooms go on with what is left."""

from collections.abc import Collection, Iterable

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.room.scene import find_scene
from services.broadcast.actions.room.shelf import take_off
from services.broadcast.actions.room.telling import tell
from services.broadcast.domain.room import RoomState
from services.broadcast.store import goods as goods_store
from services.broadcast.store import room as rooms


async def take_lot_off_shelves(db: AsyncSession, lot_id: str) -> None:
    """The gate's newest answer about the lot is no pass."""
    answers = (await goods_store.answers_about(db, [lot_id]))[lot_id]
    # An older answer that arrives late has not replaced the one that holds.
    if any(answer is not None and answer.outcome != "pass" for answer in (answers.listed, answers.golive)):
        await _take_off(db, await rooms.list_shelves_with(db, lot_id=lot_id))


async def take_listing_off_shelves(db: AsyncSession, listing_id: str, offered: Collection[str]) -> None:
    """Lots of the listing that are not offered any more."""
    found = await rooms.list_shelves_with(db, listing_id=listing_id)
    await _take_off(db, [(broadcast_id, lot_id) for broadcast_id, lot_id in found if lot_id not in offered])


async def _take_off(db: AsyncSession, found: Iterable[tuple[str, str]]) -> None:
    by_room: dict[str, list[str]] = {}
    for broadcast_id, lot_id in found:
        by_room.setdefault(broadcast_id, []).append(lot_id)
    for broadcast_id, lot_ids in by_room.items():
        filing = await rooms.find_filing_of(db, broadcast_id, lock=True)
        scene = await find_scene(db, filing) if filing is not None else None
        if scene is not None and scene.room.state != RoomState.ENDED:
            await take_off(db, scene, lot_ids)
            await tell(db, scene)
