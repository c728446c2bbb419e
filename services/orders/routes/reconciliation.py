"""The public reconciliation of a broadcast. Nobody needs a token here."""

from fastapi import APIRouter

from services.kit.db import Reading
from services.orders import actions
from services.orders.schemas.reconciliation import Reconciliation

router = APIRouter(prefix="/reconciliation", tags=["reconciliation"])


@router.get("/{broadcast_id}")
async def get_reconciliation(broadcast_id: str, db: Reading) -> Reconciliation:
    """Whether stock, reservations, orders and checkouts of a broadcast add up; every difference is listed."""
    return await actions.reconcile(db, broadcast_id)
