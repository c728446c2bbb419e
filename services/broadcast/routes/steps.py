"""What was done with filings, for everybody."""

from fastapi import APIRouter

from services.broadcast.actions import steps
from services.broadcast.routes.asked import InRegion
from services.broadcast.schemas.filings import StepOut
from services.kit.db import Reading
from services.kit.page import Cursor, Limit, Page

router = APIRouter(prefix="/steps", tags=["filings"])


@router.get("")
async def list_filing_steps(
    db: Reading, region: InRegion = None, cursor: Cursor = None, limit: Limit = 20
) -> Page[StepOut]:
    """Every step of every filing of the public calendar, or of a region and below, newest first.

    The database refuses to change or delete one.
    """
    return await steps.read_steps(db, region, cursor, limit)
