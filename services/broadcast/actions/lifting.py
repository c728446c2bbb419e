"""A block that people lifted: the filing takes its place again, as it was filed, and goes on from where it stood."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.announce import Cause, shift
from services.broadcast.actions.filing_anew import reserve, would_be_sha256
from services.broadcast.domain.life import Move, State
from services.broadcast.errors import SlotTaken
from services.broadcast.models import Filing
from services.broadcast.schemas.filings import FilingContent
from services.contracts.compliance import DecisionMade
from services.kit import clock


async def lift_block(db: AsyncSession, filing: Filing, event: DecisionMade) -> None:
    """The gate no longer says no to what it blocked. An approval of that very content still stands.

    One that was rewritten meanwhile, whose hour has begun or whose slots are taken stays blocked: its operator files
    it anew.
    """
    if filing.state != State.BLOCKED or filing.starts_at <= clock.business_now() or not await _as_filed(db, filing):
        return
    if not await _take_slots_again(db, filing):
        return
    approved = filing.approval is not None
    cause = Cause(by="gate", decision_id=event.entity_id)
    await shift(db, filing, Move.LIFT, cause, quiet=approved)
    if approved:
        await shift(db, filing, Move.APPROVE, cause)


async def _as_filed(db: AsyncSession, filing: Filing) -> bool:
    return await would_be_sha256(db, filing, filing.content) == filing.content_sha256


async def _take_slots_again(db: AsyncSession, filing: Filing) -> bool:
    if filing.official_id is None:
        return False
    official = await store.find_official(db, filing.official_id)
    try:
        await reserve(db, filing, FilingContent.model_validate(filing.content), official)
    except SlotTaken:
        return False
    return True
