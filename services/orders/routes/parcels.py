"""Sending, and the buyer's word that the goods are here."""

from fastapi import APIRouter, Response

from services.kit.db import Writing
from services.kit.idempotency import OptionalKey
from services.orders.actions import parcels
from services.orders.routes.asked import Around, Operator, Person
from services.orders.schemas.parcels import ShipmentIn, ShipmentOut

router = APIRouter(tags=["parcels"])


@router.post("/orders/{order_id}/shipments", status_code=201, response_model=ShipmentOut)
async def send_parcel(
    order_id: str, db: Writing, actor: Operator, around: Around, once: OptionalKey, body: ShipmentIn | None = None
) -> Response:
    """Hand a parcel to the carrier, as the region that sold; it has its waybill a moment later."""
    return await once.answer(db, 201, lambda: parcels.send_parcel(db, around, actor, order_id, body or ShipmentIn()))


@router.post("/orders/{order_id}/receipt", status_code=204)
async def confirm_receipt(order_id: str, db: Writing, actor: Person, around: Around) -> None:
    """I have the goods."""
    await parcels.confirm_receipt(db, around, actor, order_id)
