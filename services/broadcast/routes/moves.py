"""The moves of a filing's life: submit, approve, return, withdraw, cancel."""

from fastapi import APIRouter, Response

from services.broadcast import actions
from services.broadcast.routes.asked import Approver, Around, IfMatch, Operator, Stopper
from services.broadcast.schemas.fields import ReasonIn
from services.broadcast.schemas.filings import ApproveIn, FilingOut
from services.kit.db import Writing
from services.kit.idempotency import OptionalKey, RequiredKey

router = APIRouter(prefix="/filings/{filing_id}", tags=["filings"])


@router.post("/submit", response_model=FilingOut)
async def submit_filing(
    filing_id: str, expect: IfMatch, db: Writing, actor: Operator, around: Around, once: RequiredKey
) -> Response:
    """Submit it: slots are reserved, the gate gives a preview, the level above is asked."""
    return await once.answer(db, 200, lambda: actions.submit_filing(db, actor, filing_id, around, expect))


@router.post("/approve", response_model=FilingOut)
async def approve_filing(
    filing_id: str, body: ApproveIn, expect: IfMatch, db: Writing, actor: Approver, once: RequiredKey
) -> Response:
    """Approve it, as the level above, with the gate's preview at hand; the gate then gives its binding answer."""
    return await once.answer(db, 200, lambda: actions.approve_filing(db, actor, filing_id, body, expect))


@router.post("/return", response_model=FilingOut)
async def return_filing(
    filing_id: str, body: ReasonIn, expect: IfMatch, db: Writing, actor: Approver, once: OptionalKey
) -> Response:
    """Return it with a reason, as the level above; its slots are released."""
    return await once.answer(db, 200, lambda: actions.return_filing(db, actor, filing_id, body, expect))


@router.post("/withdraw", response_model=FilingOut)
async def withdraw_filing(
    filing_id: str, body: ReasonIn, expect: IfMatch, db: Writing, actor: Operator, once: OptionalKey
) -> Response:
    """Withdraw it, as its operator, before it begins."""
    return await once.answer(db, 200, lambda: actions.withdraw_filing(db, actor, filing_id, body, expect))


@router.post("/cancel", response_model=FilingOut)
async def cancel_filing(
    filing_id: str, body: ReasonIn, expect: IfMatch, db: Writing, actor: Stopper, once: OptionalKey
) -> Response:
    """Cancel it, as the level above, an inspector or an administrator, before it begins."""
    return await once.answer(db, 200, lambda: actions.cancel_filing(db, actor, filing_id, body, expect))
