"""Which regions sell."""

import sqlalchemy as sa
from sqlmodel.ext.asyncio.session import AsyncSession

_SELLING = "SELECT region_code FROM orders.sale UNION SELECT region_code FROM orders.lot"


async def selling_regions(db: AsyncSession) -> list[str]:
    """The code of every region that has a sale or a lot."""
    return list((await db.execute(sa.text(_SELLING))).scalars())
