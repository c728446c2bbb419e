"""Invoices of orders."""

from fastapi import APIRouter

from services.kit.db import Writing
from services.orders.actions import invoices
from services.orders.routes.asked import Operator, Person
from services.orders.schemas.invoices import InvoiceIn, InvoiceIssued, InvoiceOut

router = APIRouter(prefix="/orders/{order_id}/invoice", tags=["orders"])


@router.put("")
async def ask_invoice(order_id: str, body: InvoiceIn, db: Writing, actor: Person) -> InvoiceOut:
    """Ask for the invoice of a paid order of mine, or change what I asked before it is issued."""
    return await invoices.ask_invoice(db, actor, order_id, body)


@router.put("/number")
async def issue_invoice(order_id: str, body: InvoiceIssued, db: Writing, actor: Operator) -> InvoiceOut:
    """The invoice is issued under this number."""
    return await invoices.issue_invoice(db, actor, order_id, body)
