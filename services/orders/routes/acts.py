"""What offices did to orders, for everybody."""

from fastapi import APIRouter

from services.kit.actor import MaybeActor
from services.kit.acts import ActOut, read_acts
from services.kit.db import Reading
from services.kit.page import Cursor, Limit, Page
from services.orders.models import ACTS

router = APIRouter(prefix="/order-acts", tags=["trail"])


@router.get("")
async def list_order_acts(actor: MaybeActor, db: Reading, cursor: Cursor = None, limit: Limit = 20) -> Page[ActOut]:
    """What offices did to orders, newest first: refunds, complaints, parcels, invoices; which order is not said.

    An act is shown once the same office has done the same to ten buyers, and the next ones with ten more, so that none
    leads to a buyer. The database refuses to change or delete one; the public log has every hash at once.
    """
    return await read_acts(db, ACTS, actor, cursor, limit)
