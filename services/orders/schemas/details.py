"""An order with all that has happened to it, for its buyer and for the region that sold it."""

from datetime import datetime
from typing import Any

from pydantic import Field

from services.kit.fields import Out
from services.orders.domain.returns import Reason
from services.orders.schemas.checkouts import OrderOut
from services.orders.schemas.complaints import ComplaintOut
from services.orders.schemas.invoices import InvoiceOut
from services.orders.schemas.parcels import ShipmentOut
from services.orders.schemas.payments import PaymentOut
from services.orders.schemas.refunds import RefundOut


class StepOut(Out):
    """One step: paid, paid_too_late, parcel_pickup, parcel_signed, refund_approved, refunded, complained …"""

    at: datetime
    kind: str
    by: str
    facts: dict[str, Any]


class ReturnRulesOut(Out):
    """The return rules of this order, as its goods page showed them when it was placed."""

    fresh: bool
    no_reason_days: int
    claim_hours: int
    photo_needed: bool


class ConsigneeOut(Out):
    """Where the goods go; null where the buyer has had the account erased."""

    consignee: str | None
    phone: str | None
    region_code: str
    detail: str | None


class OrderDetail(OrderOut):
    """One order, whole. `address` is shown to its buyer, and to the region that must send it, while it must."""

    region_code: str
    reserved_until: datetime | None = Field(description="Until when it must be paid; null once it is.")
    payment: PaymentOut | None
    address: ConsigneeOut | None
    shipments: list[ShipmentOut]
    refunds: list[RefundOut]
    complaints: list[ComplaintOut]
    invoice: InvoiceOut | None = Field(description="For its buyer and the region that sold; null until asked for.")
    steps: list[StepOut]
    returns: ReturnRulesOut
    left_fen: int = Field(description="What of the payment can still be given back.")
    refundable_for: list[Reason] = Field(description="For which reasons its buyer may ask for money back now.")
    moves: list[str] = Field(
        description="What the caller may do: pay, cancel, refund, receipt, complain, ship, invoice, issue."
    )


class OrderToSend(OrderOut):
    """An order as the desk of its region lists it."""

    region_code: str
    refund_fen: int = Field(description="Given back, or on its way back.")
    parcels: int
    open_refunds: int
    open_complaints: int
    invoice_waits: bool = Field(description="An invoice was asked for and is not issued yet.")
    paid_at: datetime
    address: ConsigneeOut | None
