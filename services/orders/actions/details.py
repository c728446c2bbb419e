"""An order as its buyer and its region read it: everything in one answer, and what the reader may do now."""

import json
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.actor import Actor
from services.kit.problem import NotFound
from services.orders import store
from services.orders.actions.access import sells
from services.orders.actions.complaints import JUDGES, complaint_out
from services.orders.actions.invoices import invoice_out
from services.orders.actions.parcels import shipment_out
from services.orders.actions.payments import payment_out
from services.orders.actions.refunds import refund_out
from services.orders.domain.returns import REASONS, Reason, ReturnRules, rules_of_page, why_not
from services.orders.models import Address, Invoice, Shipment
from services.orders.schemas.details import ConsigneeOut, OrderDetail, ReturnRulesOut, StepOut

LIVE = ("paid", "shipped", "signed")


async def read_order(db: AsyncSession, actor: Actor, order_id: str) -> OrderDetail:
    """One order, whole. Raises NotFound for whoever neither bought, nor sells, nor inspects it."""
    shown = await store.find_order_shown(db, order_id, actor.account_id)
    mine = shown is not None and shown["account_id"] == actor.account_id
    seller = shown is not None and sells(actor, shown["region_code"])
    if shown is None or not (mine or seller or actor.has(*JUDGES)):
        raise NotFound("You have no such order.", "您没有该订单。")
    checkout, address = await store.checkout_and_address(db, shown["checkout_id"])
    leg, payment = await store.find_leg(db, order_id), await store.find_payment(db, checkout.id)
    shipments = await store.shipments_of(db, [order_id])
    page = await store.find_page(db, shown["page_sha256"])
    rules = rules_of_page(json.loads(page) if page else {})
    invoice = await store.find_invoice(db, order_id)
    left = leg.amount_fen - leg.refund_fen if leg and not leg.late else 0
    reasons = _reasons(rules, shown["state"], list(shipments)) if mine and left else []
    sees = mine or (seller and shown["state"] in ("paid", "shipped"))
    return OrderDetail(
        **shown,
        reserved_until=checkout.reserved_until if checkout.state == "reserved" else None,
        payment=payment_out(payment) if payment and mine else None,
        address=_consignee(address) if sees else None,
        shipments=[shipment_out(each) for each in shipments],
        refunds=[refund_out(each) for each in await store.refunds_of(db, [order_id])],
        complaints=[complaint_out(each) for each in await store.complaints_of(db, [order_id])],
        invoice=invoice_out(invoice, leg) if invoice and leg and (mine or seller) else None,
        steps=[StepOut.model_validate(each) for each in await store.steps_of(db, order_id)],
        returns=ReturnRulesOut(**rules.document()),
        left_fen=left,
        refundable_for=reasons,
        moves=[
            *_moves(shown, left, reasons, mine=mine, seller=seller, paid=bool(leg and not leg.late)),
            *_invoice_moves(invoice, mine=mine and left > 0, seller=seller),
        ],
    )


def _invoice_moves(invoice: Invoice | None, *, mine: bool, seller: bool) -> list[str]:
    if invoice is not None and invoice.number is not None:
        return []
    return [*(["invoice"] if mine else ()), *(["issue"] if seller and invoice is not None else ())]


def _consignee(address: Address) -> ConsigneeOut:
    return ConsigneeOut.model_validate(address)


def _reasons(rules: ReturnRules, state: str, shipments: list[Shipment]) -> list[Reason]:
    """For which reasons the buyer may ask now, with a photo where one is needed."""
    signed = max((each.signed_at for each in shipments if each.signed_at), default=None)
    now = clock.business_now()
    return [reason for reason in REASONS if why_not(rules, state, signed, now, reason, 1) is None]


def _moves(
    shown: dict[str, Any], left: int, reasons: list[Reason], *, mine: bool, seller: bool, paid: bool
) -> list[str]:
    state = shown["state"]
    table = {
        "pay": mine and state == "reserved",
        "cancel": mine and state == "reserved",
        "refund": (mine and bool(reasons)) or (seller and left > 0 and state in LIVE),
        "receipt": mine and state == "shipped",
        "complain": mine and paid,
        "ship": seller and state in ("paid", "shipped") and left > 0,
    }
    return [move for move, allowed in table.items() if allowed]
