"""The shelf: which lots stand on it, which one is pinned, explained, open. Nothing on it without the gate's yes."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.room.scene import Scene
from services.broadcast.actions.room.studio import enter_studio
from services.broadcast.actions.room.telling import note, tell
from services.broadcast.domain.life import Refusal
from services.broadcast.domain.room import RoomState, may_offer
from services.broadcast.domain.shelf import listed_refusal, panel_refusal, price_of, stock_refusal
from services.broadcast.errors import LotNotCleared, NothingForSale, RoomRefused
from services.broadcast.models import GoodsCopy, ShelfRow
from services.broadcast.schemas.room import OpeningIn, ShelfIn, ShelfItemIn, StudioRole
from services.broadcast.store import goods as goods_store
from services.broadcast.store import room as rooms
from services.kit.actor import Actor

ON_AIR: tuple[StudioRole, ...] = ("host", "moderator")


async def arrange_shelf(db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None, body: ShelfIn) -> Scene:
    """Put exactly these lots on the shelf, in this order. Raises LotNotCleared, naming the first that may not."""
    scene = await enter_studio(db, actor, broadcast_id, token, "host", "moderator", "operator")
    _require_arrangeable(scene)
    lot_ids = [item.lot_id for item in body.items]
    if len(set(lot_ids)) != len(lot_ids):
        raise RoomRefused("Name each lot once.", "每个批次只填一次。")
    refused = await refusals(db, scene, body.items)
    for lot_id, refusal in refused.items():
        raise LotNotCleared(refusal.en, refusal.zh, lot_id=lot_id)
    await put_on_shelf(db, scene, body.items)
    await tell(db, scene)
    return scene


def _require_arrangeable(scene: Scene) -> None:
    state = RoomState(scene.room.state)
    if state is RoomState.ENDED:
        raise RoomRefused("The broadcast has ended.", "直播已结束。")
    if state is RoomState.OPEN or scene.room.rehearsing:
        require_offering(scene)


def require_offering(scene: Scene) -> None:
    """Raises NothingForSale in a region segment, RoomRefused while nothing is on air."""
    refusal = may_offer(scene.running)
    if refusal is None:
        return
    if scene.running.segment == "region":
        raise NothingForSale(refusal.en, refusal.zh)
    raise RoomRefused(refusal.en, refusal.zh)


async def refusals(db: AsyncSession, scene: Scene, items: list[ShelfItemIn]) -> dict[str, Refusal]:
    """The lots among these that may not stand on the shelf, and why."""
    lot_ids = [item.lot_id for item in items]
    known = await goods_store.list_goods(db, scene.filing.pinned)
    answers = await goods_store.answers_about(db, lot_ids)
    stock = await goods_store.find_stock(db, scene.room.broadcast_id)
    found: dict[str, Refusal] = {}
    for item in items:
        goods, listed = known.get(item.lot_id), answers[item.lot_id].listed
        refusal = (
            _unknown(goods)
            or listed_refusal(listed.outcome if listed else None, listed.valid_until if listed else None, scene.at)
            or panel_refusal(goods.seller if goods else {})
            or stock_refusal(stock.units if stock else None, item.lot_id, item.limit_units)
        )
        if refusal is not None:
            found[item.lot_id] = refusal
    return found


def _unknown(goods: GoodsCopy | None) -> Refusal | None:
    if goods is not None and price_of(goods.lot) is not None:
        return None
    return Refusal(
        "This lot is not among those that the filing takes to market, or its listing has not arrived.",
        "该批次不在本次报备的销售范围内，或其上架申报尚未同步。",
    )


async def put_on_shelf(db: AsyncSession, scene: Scene, items: list[ShelfItemIn]) -> None:
    """Write the shelf; a lot that stays keeps whether it is open."""
    known = await goods_store.list_goods(db, scene.filing.pinned)
    standing = {row.lot_id: row for row in await rooms.list_shelf(db, scene.room.broadcast_id)}
    gone = [lot_id for lot_id in standing if lot_id not in {item.lot_id for item in items}]
    await take_off(db, scene, gone)
    for place, item in enumerate(items):
        goods = known[item.lot_id]
        row = standing.get(item.lot_id) or _new_row(scene, goods)
        row.place, row.limit_units, row.units_per_buyer = place, item.limit_units, item.units_per_buyer
        db.add(row)
    await db.flush()
    lots = [item.model_dump(exclude_none=True) for item in items]
    await note(db, scene, "shelf", lots=lots)


def _new_row(scene: Scene, goods: GoodsCopy) -> ShelfRow:
    return ShelfRow(
        broadcast_id=scene.room.broadcast_id,
        lot_id=goods.lot_id,
        listing_id=goods.listing_id,
        place=0,
        price_fen=price_of(goods.lot) or 0,
        goods=card_of(goods),
        is_open=False,
    )


def card_of(goods: GoodsCopy) -> dict[str, Any]:
    """What a card shows of a lot, with the seller's panel."""
    shown = goods.seller.get("shown") or {}
    pictures = [each["sha256"] for each in goods.media if each.get("sha256") and each.get("kind") == "product_image"]
    return {
        "title_zh": goods.title_zh,
        "title_en": goods.title_en,
        "specification": goods.lot.get("specification"),
        "net_grams": goods.lot.get("net_grams"),
        "picture_sha256": pictures[0] if pictures else None,
        "seller": {
            "name": goods.seller.get("name"),
            "uscc": goods.seller.get("uscc"),
            "kind": goods.supplier.get("kind") or goods.lot.get("producer_kind"),
            "address": shown.get("address"),
            "contact": shown.get("contact"),
        },
    }


async def take_off(db: AsyncSession, scene: Scene, lot_ids: list[str], **reason: str) -> None:
    """Take lots off the shelf, with pin and explanation of them; the record keeps the reason where there is one."""
    if not lot_ids:
        return
    if scene.room.pinned_lot_id in lot_ids:
        scene.room.pinned_lot_id = None
    if scene.room.explaining_lot_id in lot_ids:
        scene.room.explaining_lot_id = None
    await rooms.delete_from_shelf(db, scene.room.broadcast_id, lot_ids)
    for lot_id in lot_ids:
        await note(db, scene, "off_shelf", lot_id=lot_id, **reason)


async def open_lot(db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None, body: OpeningIn) -> Scene:
    """Open a lot for ordering, or close it."""
    scene = await enter_studio(db, actor, broadcast_id, token, *ON_AIR)
    require_offering(scene)
    row = await _cleared(db, scene, body.lot_id) if body.open else await _on_shelf(db, scene, body.lot_id)
    row.is_open = body.open
    kind = "lot_closed" if not body.open else "flash_open" if body.flash else "price"
    await note(db, scene, kind, lot_id=row.lot_id, price_fen=row.price_fen, limit_units=row.limit_units)
    await tell(db, scene)
    return scene


async def pin_lot(db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None, lot_id: str | None) -> Scene:
    """Pin a lot, or take the pin off."""
    scene = await enter_studio(db, actor, broadcast_id, token, *ON_AIR)
    require_offering(scene)
    if lot_id is not None:
        row = await _cleared(db, scene, lot_id)
        await note(db, scene, "pinned", lot_id=lot_id, price_fen=row.price_fen)
    elif scene.room.pinned_lot_id is not None:
        await note(db, scene, "unpinned", lot_id=scene.room.pinned_lot_id)
    scene.room.pinned_lot_id = lot_id
    await tell(db, scene)
    return scene


async def explain_lot(db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None, lot_id: str) -> Scene:
    """This lot is being explained from now on."""
    scene = await enter_studio(db, actor, broadcast_id, token, *ON_AIR)
    require_offering(scene)
    row = await _cleared(db, scene, lot_id)
    scene.room.explaining_lot_id = lot_id
    await note(db, scene, "product", lot_id=lot_id, price_fen=row.price_fen, limit_units=row.limit_units)
    await tell(db, scene)
    return scene


async def _on_shelf(db: AsyncSession, scene: Scene, lot_id: str) -> ShelfRow:
    for row in await rooms.list_shelf(db, scene.room.broadcast_id):
        if row.lot_id == lot_id:
            return row
    raise LotNotCleared(
        "This lot is not on the shelf of the room. Put it there first.",
        "该批次不在本直播间货架上，请先上架。",
        lot_id=lot_id,
    )


async def _cleared(db: AsyncSession, scene: Scene, lot_id: str) -> ShelfRow:
    """The lot's place on the shelf. Raises LotNotCleared unless the gate's newest answers are passes that hold."""
    row = await _on_shelf(db, scene, lot_id)
    answers = (await goods_store.answers_about(db, [lot_id]))[lot_id]
    # In rehearsal nothing is sold, and the gate has not been asked to open yet.
    asked = [answers.listed] if scene.room.rehearsing else [answers.golive, answers.listed]
    for answer in asked:
        refusal = listed_refusal(answer.outcome if answer else None, answer.valid_until if answer else None, scene.at)
        if refusal is not None:
            raise LotNotCleared(
                refusal.en, refusal.zh, lot_id=lot_id, decision_id=answer.decision_id if answer else None
            )
    return row
