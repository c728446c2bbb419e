"""Invoices: the buyer says to whom, the seller issues it with the tax office and writes its number here."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.actor import Actor
from services.orders import store
from services.orders.actions.access import paid_order, require_buyer, require_seller
from services.orders.actions.acts import note_act
from services.orders.actions.telling import note
from services.orders.errors import InvoiceIssuedAlready, InvoiceNotAsked, OrderMoveRefused
from services.orders.models import Invoice, Leg
from services.orders.schemas.invoices import InvoiceIn, InvoiceIssued, InvoiceOut


async def ask_invoice(db: AsyncSession, actor: Actor, order_id: str, body: InvoiceIn) -> InvoiceOut:
    """Ask for the invoice, or change what was asked. Raises OrderMoveRefused, InvoiceIssuedAlready."""
    order, _, leg = await paid_order(db, order_id)
    require_buyer(actor, order)
    if leg.refund_fen == leg.amount_fen:
        raise OrderMoveRefused(
            "All of the money was given back; there is nothing to invoice.",
            "款项已全额退还，无需开具发票。",
            state=order.state,
        )
    invoice = await store.find_invoice(db, order_id)
    if invoice is None:
        invoice = Invoice(order_id=order_id, account_id=actor.account_id, asked_at=clock.now())
        await note(db, order, "invoice_asked", "buyer")
    _require_open(invoice)
    invoice.title, invoice.tax_number = body.title, body.tax_number
    await store.add_row(db, invoice)
    return invoice_out(invoice, leg)


async def issue_invoice(db: AsyncSession, actor: Actor, order_id: str, body: InvoiceIssued) -> InvoiceOut:
    """The seller has issued it; the same number again changes nothing. Raises InvoiceNotAsked, InvoiceIssuedAlready."""
    order, lot, leg = await paid_order(db, order_id)
    require_seller(actor, lot.region_code)
    invoice = await store.find_invoice(db, order_id)
    if invoice is None:
        raise InvoiceNotAsked("The buyer has asked for no invoice.", "买家未申请开具发票。", order_id=order_id)
    if invoice.number == body.number:
        return invoice_out(invoice, leg)
    _require_open(invoice)
    invoice.number, invoice.issued_at, invoice.issued_by = body.number, clock.now(), actor.account_id
    await note(db, order, "invoice_issued", "seller", number=body.number)
    await note_act(db, actor, "invoice.issued", order.id, order.account_id, lot.region_code)
    return invoice_out(invoice, leg)


def _require_open(invoice: Invoice) -> None:
    if invoice.number is not None:
        raise InvoiceIssuedAlready(
            f"It was issued under the number {invoice.number}. Ask the seller to cancel it if it is wrong.",
            f"发票已开具，号码 {invoice.number}。如有错误，请联系卖方作废或红冲。",
            number=invoice.number,
        )


def invoice_out(invoice: Invoice, leg: Leg) -> InvoiceOut:
    """As its buyer and the region that sold see it."""
    return InvoiceOut(
        title=invoice.title,
        tax_number=invoice.tax_number,
        amount_fen=leg.amount_fen - leg.refund_fen,
        asked_at=invoice.asked_at,
        number=invoice.number,
        issued_at=invoice.issued_at,
    )
