"""What was done with filings, for everybody."""

from fastapi import APIRouter

from services.broadcast.actions import steps
from services.broadcast.schemas.filings import StepOut
from services.kit.db import Reading
from services.kit.page import Cursor, Limit, Page

router = APIRouter(prefix="/steps", tags=["filings"])


@router.get("")
async def list_filing_steps(db: Reading, cursor: Cursor = None, limit: Limit = 20) -> Page[StepOut]:
    """Every step of every filing of the public calendar, newest first. The database refuses to change or delete one."""
    return await steps.read_steps(db, cursor, limit)
