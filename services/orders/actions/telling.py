"""What orders tells of an order that was paid: the whole of it, with tokens in place of people."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts import orders as contract
from services.kit import clock
from services.kit.outbox import enqueue
from services.orders import store
from services.orders.actions.surroundings import Surroundings
from services.orders.models import Checkout, Complaint, Leg, Lot, Order, Payment, Refund, Shipment, Step


def milliseconds(instant: datetime | None) -> int:
    """Since 1970 UTC; -1 for a moment that has not come."""
    return -1 if instant is None else int(instant.timestamp() * 1000)


async def note(db: AsyncSession, order: Order, kind: str, by: str, **facts: Any) -> None:
    """Write a step into the order's history, which its buyer reads."""
    await store.add_row(db, step_of(order, kind, by, **facts))


def step_of(order: Order, kind: str, by: str, **facts: Any) -> Step:
    """A step, not yet written."""
    return Step(order_id=order.id, broadcast_id=order.broadcast_id, at=clock.now(), kind=kind, by=by, facts=facts)


async def change_order(db: AsyncSession, order: Order, state: str | None = None) -> None:
    """The order has changed, perhaps its state too: its version rises."""
    order.state = state or order.state
    order.version += 1
    order.changed_at = clock.now()
    await db.flush()


async def tell_paid(
    db: AsyncSession,
    around: Surroundings,
    orders: Sequence[Order],
    legs: Mapping[str, Leg],
    checkout: Checkout,
    payment: Payment,
) -> None:
    """Announce the orders of a checkout whose payment was captured just now: nothing was sent or given back yet."""
    lots = await store.lots_of(db, orders)
    _, address = await store.checkout_and_address(db, checkout.id)
    bought = await store.bought_before(db, orders)
    whole = [
        _Whole(
            order,
            lots[order.lot_id],
            legs[order.id],
            checkout,
            payment,
            address.region_code,
            address.recipient,
            bought=bought[order.id],
        )
        for order in orders
    ]
    await enqueue(db, *(contract.OrderPaid.model_validate(_told(around, each)) for each in whole))


async def tell_changed(db: AsyncSession, around: Surroundings, order: Order) -> None:
    """Announce that a paid order was sent, scanned, signed for or refunded."""
    await enqueue(db, *[event async for event in _events(db, around, [order], contract.OrderChanged)])


async def tell_complaint(db: AsyncSession, complaint: Complaint) -> None:
    """Announce a complaint as it stands."""
    await enqueue(db, complaint_event(complaint))


def complaint_event(complaint: Complaint) -> contract.ComplaintChanged:
    """The complaint as everybody who must know it is told: its kind and its clocks, no words and nobody's name."""
    return contract.ComplaintChanged(
        entity_id=complaint.id,
        version=complaint.version,
        broadcast_id=complaint.broadcast_id,
        region_code=complaint.region_code,
        lot_id=complaint.lot_id,
        kind=complaint.kind,
        received_at=complaint.received_at,
        acknowledged_at=complaint.acknowledged_at,
        decided_at=complaint.decided_at,
        upheld=complaint.upheld,
        refunded_at=complaint.refunded_at,
        refund_owed=complaint.refund_id is not None,
    )


async def republish_complaints(db: AsyncSession, since: datetime) -> AsyncIterator[contract.ComplaintChanged]:
    """Every complaint that has changed since, as it stands now."""
    async for complaint in store.complaints_since(db, since):
        yield complaint_event(complaint)


async def republish_orders(
    db: AsyncSession, around: Surroundings, since: datetime
) -> AsyncIterator[contract.OrderEvent]:
    """Every paid order that has changed since, as it stands now."""
    async for some in store.paid_orders_since(db, since):
        async for event in _events(db, around, some, contract.OrderChanged):
            yield event


async def _events(
    db: AsyncSession, around: Surroundings, orders: Sequence[Order], kind: type[contract.OrderEvent]
) -> AsyncIterator[contract.OrderEvent]:
    ids = [order.id for order in orders]
    lots, legs = await store.lots_of(db, orders), await store.legs_of(db, ids)
    shipments, refunds = await store.shipments_of(db, ids), await store.refunds_of(db, ids)
    placed = await store.placed_of(db, [order.checkout_id for order in orders])
    bought = await store.bought_before(db, orders)
    for order in orders:
        whole = _Whole(
            order,
            lots[order.lot_id],
            legs[order.id],
            *placed[order.checkout_id],
            [each for each in shipments if each.order_id == order.id],
            [each for each in refunds if each.order_id == order.id and each.state in ("approved", "refunded")],
            bought[order.id],
        )
        yield kind.model_validate(_told(around, whole))


@dataclass(frozen=True, slots=True)
class _Whole:
    """All that an order is told by."""

    order: Order
    lot: Lot
    leg: Leg
    checkout: Checkout
    payment: Payment
    region: str
    recipient: str
    shipments: Sequence[Shipment] = ()
    refunds: Sequence[Refund] = ()
    bought: int = -1


def _told(around: Surroundings, whole: _Whole) -> dict[str, Any]:
    order, payment = whole.order, whole.payment
    return _order(around, order, whole.lot, whole.checkout) | {
        "ship_region": whole.region,
        "orders_365d": whole.bought,
        "consignee": around.broadcast_token(order.broadcast_id, f"consignee:{whole.recipient}"),
        "paid_fen": whole.leg.amount_fen,
        "payment": _payment(around, order, payment, whole.leg),
        "shipments": tuple(_shipment(around, each) for each in whole.shipments),
        "refunds": tuple(_refund(around, each, payment) for each in whole.refunds),
    }


def _order(around: Surroundings, order: Order, lot: Lot, checkout: Checkout) -> dict[str, Any]:
    placed = checkout.placed
    return {
        "entity_id": order.id,
        "version": order.version,
        "broadcast_id": order.broadcast_id,
        "region_code": lot.region_code,
        "lot_id": order.lot_id,
        "listing_id": lot.listing_id,
        "producer_uscc": lot.producer_uscc,
        "order_token": around.broadcast_token(order.broadcast_id, f"order:{order.id}"),
        "buyer": placed["buyer"],
        "device": placed["device"],
        "ip": placed["ip"],
        "units": order.units,
        "unit_grams": order.unit_grams,
        "unit_price_fen": order.unit_price_fen,
        "freight_fen": order.freight_fen,
        "created_ms": milliseconds(order.created_at),
        "cart_ms": placed["cart_ms"],
        "page_view_ms": placed["page_view_ms"],
        "entry": placed["entry"],
        "declared": tuple(placed.get("declared", ())),
        "address": around.broadcast_token(order.broadcast_id, f"address:{order.household}"),
        "page_sha256": order.page_sha256,
        "state": order.state,
    }


def _payer(around: Surroundings, broadcast_id: str, payment: Payment) -> str:
    return around.broadcast_token(broadcast_id, f"payer:{payment.payer}" if payment.payer else "")


def _payment(around: Surroundings, order: Order, payment: Payment, leg: Leg) -> contract.Payment:
    return contract.Payment(
        payment=around.broadcast_token(order.broadcast_id, f"payment:{payment.checkout_id}"),
        payer=_payer(around, order.broadcast_id, payment),
        paid_ms=milliseconds(payment.paid_at),
        amount_fen=leg.amount_fen,
        method=payment.method or "",
    )


def _shipment(around: Surroundings, shipment: Shipment) -> contract.Shipment:
    def known(number: int | None) -> int:
        return -1 if number is None else number

    courier = f"courier:{shipment.courier}" if shipment.courier else ""
    told = {
        "shipment": around.broadcast_token(shipment.broadcast_id, f"shipment:{shipment.id}"),
        "courier": around.broadcast_token(shipment.broadcast_id, courier),
        "weight_grams": known(shipment.weight_grams),
        "label_ms": milliseconds(shipment.label_at),
        "pickup_ms": milliseconds(shipment.pickup_at),
        "signed_ms": milliseconds(shipment.signed_at),
        "scans": len(shipment.scans),
        "route_km": known(shipment.route_km),
        "sign_km": known(shipment.sign_km),
        # Until it is signed for, it holds how the parcel is meant to be handed over.
        "sign_kind": shipment.sign_kind if shipment.signed_at else "unsigned",
    }
    return contract.Shipment.model_validate(told)


def _refund(around: Surroundings, refund: Refund, payment: Payment) -> contract.Refund:
    told = {
        "refund": around.broadcast_token(refund.broadcast_id, f"refund:{refund.id}"),
        "requested_ms": milliseconds(refund.requested_at),
        "amount_fen": refund.amount_fen,
        "reason": refund.reason,
        "has_photo": refund.has_photo,
        "initiator": refund.initiator,
        "to_payer": _payer(around, refund.broadcast_id, payment),
        "refunded_ms": milliseconds(refund.refunded_at),
    }
    return contract.Refund.model_validate(told)
