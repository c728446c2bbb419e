"""SQL of invoices."""

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from services.orders.models import Invoice


async def find_invoice(db: AsyncSession, order_id: str) -> Invoice | None:
    """The invoice of an order, if one was asked for."""
    return (await db.exec(select(Invoice).where(Invoice.order_id == order_id))).one_or_none()


async def erase_titles(db: AsyncSession, account_id: str) -> None:
    """Forget to whom invoices of an account were made out; their numbers stay, they are the seller's books."""
    statement = update(Invoice).where(col(Invoice.account_id) == account_id).values(title=None, tax_number=None)
    await db.exec(statement)
