"""The room behind the scenes: what its studio must know to steer it, and what is still owed before it opens."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.actions.room.opening import owed_by
from services.broadcast.actions.room.recorder import recorder_facts
from services.broadcast.actions.room.scene import WITH_ROOM, Scene, new_room, no_such_broadcast
from services.broadcast.actions.room.shelf import card_of, refusals
from services.broadcast.actions.room.shown import room_out
from services.broadcast.actions.room.studio import roles_of
from services.broadcast.domain.room import stream_clock
from services.broadcast.domain.shelf import price_of
from services.broadcast.errors import StudioRefused
from services.broadcast.models import StockCopy
from services.broadcast.schemas.room import DeskLot, DeskOut, Owed, ShelfItemIn
from services.broadcast.settings import Settings
from services.broadcast.store import goods as goods_store
from services.broadcast.store import room as rooms
from services.contracts.room import WhyHalted
from services.kit.actor import Actor

SEES_ANY = ("inspector", "reviewer", "administrator")


async def read_desk(db: AsyncSession, actor: Actor, broadcast_id: str, settings: Settings) -> DeskOut:
    """The desk of a room. Raises StudioRefused for whoever has nothing to do with it."""
    filing = await rooms.find_filing_of(db, broadcast_id)
    if filing is None or filing.published_at is None:
        raise no_such_broadcast(broadcast_id)
    roles = await roles_of(db, actor, filing)
    if not roles and not actor.has(*SEES_ANY):
        raise StudioRefused(
            "The desk is for the hosts of the filing, moderators and operators of the region, and for inspectors.",
            "直播间工作台仅供报备中的主播、本地区的直播间管理员和经办人以及监督人员查看。",
        )
    now = await rooms.database_now(db)
    room = await rooms.find_live_room(db, broadcast_id)
    if room is None and filing.state not in WITH_ROOM:
        raise no_such_broadcast(broadcast_id)
    room = room or new_room(filing, now)
    scene = Scene(filing, room, await rooms.running_segment(db, broadcast_id), stream_clock(now, room.last_at))
    stock = await goods_store.find_stock(db, broadcast_id)
    return DeskOut(
        room=await room_out(db, scene, behind=True),
        lots=await _lots(db, scene, stock),
        owed=[Owed(zh=each.zh, en=each.en) for each in await owed_by(db, scene)],
        not_opened=WhyHalted.model_validate(room.not_opened) if room.not_opened else None,
        on_air=room.on_air,
        studio_tokens=await rooms.count_studio_tokens(db, broadcast_id),
        asked_at=room.asked_at,
        answered_at=room.answered_at,
        gate_grace_seconds=settings.gate_grace_seconds,
        recorder=await recorder_facts(db, scene),
        short=stock.short if stock else [],
        you=roles,
    )


async def _lots(db: AsyncSession, scene: Scene, stock: StockCopy | None) -> list[DeskLot]:
    """Every filed lot whose listing has arrived, in the order of the filing."""
    goods = await goods_store.list_goods(db, scene.filing.pinned)
    lot_ids = [lot_id for pin in scene.filing.pinned for lot_id in pin["lot_ids"] if lot_id in goods]
    against = await refusals(db, scene, [ShelfItemIn(lot_id=lot_id, limit_units=None) for lot_id in lot_ids])
    answers = await goods_store.answers_about(db, lot_ids)
    on_shelf = {row.lot_id for row in await rooms.list_shelf(db, scene.room.broadcast_id)}
    found = []
    for lot_id in lot_ids:
        card, golive, refusal = card_of(goods[lot_id]), answers[lot_id].golive, against.get(lot_id)
        lot = DeskLot(
            lot_id=lot_id,
            title_zh=card["title_zh"],
            title_en=card["title_en"],
            specification=card["specification"],
            price_fen=price_of(goods[lot_id].lot),
            units=stock.units.get(lot_id, 0) if stock else 0,
            on_shelf=lot_id in on_shelf,
            golive=golive.outcome if golive else None,  # type: ignore[arg-type]  # One of the gate's three.
            golive_until=golive.valid_until if golive else None,
            against_zh=refusal.zh if refusal else None,
            against_en=refusal.en if refusal else None,
        )
        found.append(lot)
    return found
