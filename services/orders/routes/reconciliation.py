"""The reconciliation of a broadcast: for everybody, and beside the provider's books for whoever is on duty."""

from fastapi import APIRouter

from services.kit.db import Reading
from services.orders import actions
from services.orders.actions.reconciliation import compare_with_provider as compare
from services.orders.routes.asked import Around, OnDuty
from services.orders.schemas.reconciliation import ProviderComparison, Reconciliation

router = APIRouter(prefix="/reconciliation", tags=["reconciliation"])


@router.get("/{broadcast_id}")
async def get_reconciliation(broadcast_id: str, db: Reading) -> Reconciliation:
    """Whether stock, reservations, orders and checkouts of a broadcast add up; every difference is listed."""
    return await actions.reconcile(db, broadcast_id)


@router.get("/{broadcast_id}/provider")
async def compare_with_provider(broadcast_id: str, db: Reading, around: Around, actor: OnDuty) -> ProviderComparison:
    """For whoever is on duty: our money beside the provider's own books, payment by payment."""
    return await compare(db, around, broadcast_id)
