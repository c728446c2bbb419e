"""Steps of filings as everybody reads them, and those of which the public log has not heard."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.models import Filing, Step

_TAKE_UNTOLD = sa.text("""
DELETE FROM broadcast.step_untold WHERE id IN (
  SELECT id FROM broadcast.step_untold ORDER BY id LIMIT :most FOR UPDATE SKIP LOCKED)
RETURNING id
""")


async def list_public_steps(
    db: AsyncSession, regions: Sequence[str], before: str | None, limit: int
) -> Sequence[tuple[Step, Filing]]:
    """Steps of filings that stand in the public calendar, of these regions if any are named, each with its filing.

    The newest come first.
    """
    wanted = (
        select(Step, Filing)
        .join(Filing, col(Step.filing_id) == col(Filing.id))
        .where(col(Filing.published_at).is_not(None))
        .order_by(col(Step.id).desc())
        .limit(limit)
    )
    if regions:
        wanted = wanted.where(col(Filing.region_code).in_(regions))
    if before is not None:
        wanted = wanted.where(col(Step.id) < before)
    return (await db.exec(wanted)).all()


async def take_untold_steps(db: AsyncSession, most: int) -> Sequence[tuple[Step, str]]:
    """Steps of which the log has not heard, for good, in the order in which they were made, with their regions."""
    ids = list((await db.execute(_TAKE_UNTOLD, {"most": most})).scalars())
    wanted = (
        select(Step, Filing.region_code)
        .join(Filing, col(Step.filing_id) == col(Filing.id))
        .where(col(Step.id).in_(ids))
        .order_by(col(Step.id))
    )
    return (await db.exec(wanted)).all()
