"""Parcels: sent by the region that sold, booked with the carrier by a loop, followed by the carrier's scans."""

import logging
from dataclasses import asdict
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.actor import Actor
from services.kit.db import Database
from services.kit.problem import NotFound
from services.orders import store
from services.orders.actions.access import paid_order, require_buyer, require_seller
from services.orders.actions.acts import note_act
from services.orders.actions.carrier import Parcel, Scan, Tracked
from services.orders.actions.outside import ProviderRefused
from services.orders.actions.surroundings import Surroundings
from services.orders.actions.telling import change_order, note, tell_changed
from services.orders.errors import OrderMoveRefused, ProviderUnavailable
from services.orders.models import Order, Shipment
from services.orders.schemas.parcels import ScanOut, ShipmentIn, ShipmentOut

log = logging.getLogger(__name__)

AT_ONCE = 20
MOST_PARCELS = 20
# Asked that often over half an hour, a carrier that says no means it.
MOST_REFUSALS = 10


async def send_parcel(
    db: AsyncSession, around: Surroundings, actor: Actor, order_id: str, body: ShipmentIn
) -> ShipmentOut:
    """Hand a parcel of an order to the carrier; it has a waybill a moment later. Raises OrderMoveRefused."""
    order, lot, leg = await paid_order(db, order_id)
    require_seller(actor, lot.region_code)
    known = [each for each in await store.shipments_of(db, [order_id]) if each.state != "refused"]
    if order.state not in ("paid", "shipped") or leg.refund_fen == leg.amount_fen or len(known) >= MOST_PARCELS:
        raise OrderMoveRefused(
            f"Only an order that is paid and not given back is sent, in at most {MOST_PARCELS} parcels.",
            f"只有已付款且未全额退款的订单可以发货，每单最多 {MOST_PARCELS} 个包裹。",
            state=order.state,
        )
    shipment = Shipment(
        order_id=order.id,
        broadcast_id=order.broadcast_id,
        carrier=around.carrier.name,
        state="asked",
        from_region=body.from_region or lot.region_code,
        to_region=await store.ship_region(db, order.checkout_id),
        declared_grams=body.weight_grams or order.units * order.unit_grams,
        sign_kind=body.sign_kind,
        scans=[],
        sent_by=actor.account_id,
        created_at=clock.now(),
        book_at=clock.now(),
    )
    await store.add_row(db, shipment)
    await change_order(db, order)
    await note_act(db, actor, "parcel.sent", order.id, order.account_id, lot.region_code, shipment_id=shipment.id)
    return shipment_out(shipment)


async def book_parcels(database: Database, around: Surroundings) -> int:
    """Ask the carrier for the waybills that are due; nothing is locked meanwhile. How many were due."""
    async with database.sessions.begin() as db:
        due = await store.take_due_parcels(db, clock.now(), AT_ONCE)
    for row in due:
        parcel = Parcel(
            reference=row["id"],
            from_region=row["from_region"],
            to_region=row["to_region"],
            weight_grams=max(1, row["declared_grams"]),
            notify_url=f"{around.callbacks_url}/carrier-callbacks/{around.carrier.name}",
            sign_kind=row["sign_kind"],
        )
        try:
            tracked = await around.carrier.take(parcel)
        except ProviderRefused as refusal:
            log.warning("The carrier refuses parcel %s for the %s. time: %s", row["id"], row["tries"], refusal)
            if row["tries"] >= MOST_REFUSALS:
                await _give_up(database, around, row["id"], refusal.why)
            continue
        except ProviderUnavailable as error:
            log.warning("Parcel %s is booked again: %s", row["id"], error)
            continue
        async with database.sessions.begin() as db:
            await take_tracked(db, around, tracked)
    return len(due)


async def _give_up(database: Database, around: Surroundings, shipment_id: str, why: str) -> None:
    """The carrier will not take this parcel; the seller sees it and sends another."""
    async with database.sessions.begin() as db:
        shipment = await store.find_shipment(db, shipment_id)
        if shipment is None:
            return
        order, _, _ = await paid_order(db, shipment.order_id)
        shipment = await store.find_shipment(db, shipment_id, lock=True)
        if shipment is None or shipment.state != "asked":
            return
        shipment.state, shipment.book_at = "refused", None
        await note(db, order, "parcel_not_taken", "carrier", why=why)
        await change_order(db, order)
        await tell_changed(db, around, order)


async def take_tracked(db: AsyncSession, around: Surroundings, tracked: Tracked) -> None:
    """Take in a parcel as the carrier shows it; one with no more scans than are known is old. Raises NotFound."""
    found = await store.find_shipment(db, tracked.reference)
    if found is None:
        raise NotFound("No parcel of this reference is known.", "没有该编号的包裹。")
    order, _, _ = await paid_order(db, found.order_id)
    shipment = await store.find_shipment(db, tracked.reference, lock=True)
    if shipment is None or (shipment.waybill is not None and len(tracked.scans) <= len(shipment.scans)):
        return
    fresh = tracked.scans[len(shipment.scans) :]
    _follow(shipment, tracked)
    for scan in fresh:
        await note(db, order, f"parcel_{scan.kind}", "carrier", waybill=tracked.waybill, at=scan.at.isoformat())
    await db.flush()
    await change_order(db, order, await _state_after(db, order))
    await tell_changed(db, around, order)


def _follow(shipment: Shipment, tracked: Tracked) -> None:
    signed_at = tracked.at("signed")
    shipment.waybill, shipment.courier = tracked.waybill, tracked.courier
    shipment.weight_grams, shipment.route_km = tracked.weight_grams, tracked.route_km
    shipment.scans = [_kept(scan) for scan in tracked.scans]
    shipment.label_at, shipment.pickup_at = tracked.at("label"), tracked.at("pickup")
    shipment.signed_at, shipment.state = signed_at, "signed" if signed_at else "under_way"
    shipment.sign_kind, shipment.sign_km = tracked.sign_kind, tracked.sign_km
    shipment.book_at = None


def _kept(scan: Scan) -> dict[str, Any]:
    return asdict(scan) | {"at": scan.at.isoformat()}


async def _state_after(db: AsyncSession, order: Order) -> str | None:
    """The order's next state: shipped with its first parcel under way, signed with its last one signed for."""
    parcels = [each for each in await store.shipments_of(db, [order.id]) if each.state != "refused"]
    if order.state in ("paid", "shipped") and all(each.state == "signed" for each in parcels):
        return "signed"
    return "shipped" if order.state == "paid" else None


async def confirm_receipt(db: AsyncSession, around: Surroundings, actor: Actor, order_id: str) -> None:
    """The buyer has the goods. Raises OrderMoveRefused when nothing is on its way."""
    order, _, _ = await paid_order(db, order_id)
    require_buyer(actor, order)
    if order.state == "signed":
        return
    if order.state != "shipped":
        raise OrderMoveRefused("Nothing of this order is on its way.", "该订单没有在途包裹。", state=order.state)
    await note(db, order, "received", "buyer")
    await change_order(db, order, "signed")
    await tell_changed(db, around, order)


def shipment_out(shipment: Shipment) -> ShipmentOut:
    """As the buyer and the region see it."""
    return ShipmentOut(
        **shipment.model_dump(include=set(ShipmentOut.model_fields) - {"scans"}),
        scans=[ScanOut(**scan) for scan in shipment.scans],
    )
