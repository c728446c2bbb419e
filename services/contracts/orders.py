"""What orders says: stock for a broadcast, and every order as it stands.

People, addresses, devices and payers in an order are tokens of its broadcast (`values.Token63`). Times ending in `_ms`
are milliseconds since 1970 UTC, as in the events that the integrity engine reads.
"""

from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.contracts.values import Fen, Grams, RegionCode, Token63
from services.kit.event import Event

Declared = Literal["organiser", "regional_organ", "producer", "told_to_buy"]
"""What a buyer says of themselves: works for the organiser, an organ of the region or the producer; was told to buy."""


class StockShortage(BaseModel):
    """A lot that has fewer units left than the broadcast would take."""

    model_config = ConfigDict(frozen=True)

    lot_id: str
    wanted_units: int
    free_units: int


class StockAllocated(Event):
    """Units of every lot are set aside for the broadcast; `units` maps lot id to units."""

    subject = "orders.stock.allocated"
    entity: Literal["stock"] = "stock"
    units: dict[str, int]


class StockShort(Event):
    """The lots no longer hold what the filing would sell; the room does not open until it is revised."""

    subject = "orders.stock.short"
    entity: Literal["stock"] = "stock"
    short: tuple[StockShortage, ...]


class StockLevelChanged(Event):
    """How many units of one lot of one broadcast can still be bought; told at most twice a second for each."""

    subject = "orders.level.changed"
    entity: Literal["stock_level"] = "stock_level"
    broadcast_id: str
    lot_id: str
    available_units: int
    sold_out: bool


class TicketChain(BaseModel):
    """How far the order of arrival of one lot is sealed: the head of the chain after this many tickets."""

    model_config = ConfigDict(frozen=True)

    lot_id: str
    tickets: int
    head: str = Field(description="SHA-256 in hex, computed as docs/tickets.md says.")


class TicketsSealed(Event):
    """The order of arrival in a broadcast as it is sealed; told now and then while goods are sold, and at the end."""

    subject = "orders.tickets.sealed"
    entity: Literal["ticket_chain"] = "ticket_chain"
    region_code: RegionCode
    chains: tuple[TicketChain, ...]
    closed: bool = Field(description="The room has ended: no ticket will follow.")


class Payment(BaseModel):
    """One captured leg of a payment."""

    model_config = ConfigDict(frozen=True)

    payment: Token63
    payer: Token63
    paid_ms: int
    amount_fen: Fen
    method: str


class Shipment(BaseModel):
    """One parcel. Times and distances are -1 where unknown."""

    model_config = ConfigDict(frozen=True)

    shipment: Token63
    courier: Token63
    weight_grams: int = -1
    label_ms: int = -1
    pickup_ms: int = -1
    signed_ms: int = -1
    scans: int = 0
    route_km: int = -1
    sign_km: int = -1
    sign_kind: Literal["recipient", "station", "locker", "reception", "self_pickup", "other", "unsigned"] = "unsigned"


class Refund(BaseModel):
    """One refund, whole or in part."""

    model_config = ConfigDict(frozen=True)

    refund: Token63
    requested_ms: int
    amount_fen: Fen
    reason: Literal["spoiled", "damaged", "not_as_described", "wrong_item", "changed_mind", "duplicate", "other"]
    has_photo: bool
    initiator: Literal["buyer", "seller", "platform"]
    to_payer: Token63
    refunded_ms: int = Field(-1, description="-1: not yet paid back.")


class OrderEvent(Event):
    """An order whose payment was captured, whole. Unpaid orders are nobody else's business."""

    entity: Literal["order"] = "order"
    broadcast_id: str
    region_code: RegionCode
    lot_id: str
    listing_id: str
    producer_uscc: str
    order_token: Token63
    buyer: Token63
    device: Token63
    ip: Token63
    units: int
    unit_grams: Grams
    unit_price_fen: Fen
    seller_discount_fen: Fen = 0
    subsidy_fen: Fen = 0
    freight_fen: Fen = 0
    paid_fen: Fen
    created_ms: int
    cart_ms: int
    page_view_ms: int
    entry: Literal["live_card", "search", "share_link", "private_link"]
    address: Token63
    consignee: Token63
    ship_region: RegionCode
    group_buy: Token63 = "0"
    declared: tuple[Declared, ...] = Field((), description="What the buyer said of themselves, if they chose to.")
    orders_365d: int = Field(-1, description="Other orders the account paid for in the 365 days before; -1: unknown.")
    page_sha256: str = Field(description="The goods page as it stood when the order was placed.")
    state: Literal["paid", "shipped", "signed", "refunded"]
    payment: Payment
    shipments: tuple[Shipment, ...] = ()
    refunds: tuple[Refund, ...] = ()


class OrderPaid(OrderEvent):
    """The payment of an order was captured."""

    subject = "orders.order.paid"


class OrderChanged(OrderEvent):
    """A paid order was shipped, scanned, signed for or refunded."""

    subject = "orders.order.changed"


class ComplaintChanged(Event):
    """A complaint about goods as it stands, with the moments that its clocks run by."""

    subject = "orders.complaint.changed"
    entity: Literal["complaint"] = "complaint"
    broadcast_id: str
    region_code: RegionCode
    lot_id: str
    kind: str
    received_at: AwareDatetime
    acknowledged_at: AwareDatetime | None = None
    decided_at: AwareDatetime | None = None
    upheld: bool | None = None
    refunded_at: AwareDatetime | None = None
    refund_owed: bool | None = Field(None, description="Whether money was promised with the decision; null: unknown.")


class OrderActsLogged(Event):
    """What offices did to orders, as hashes alone, in the order in which it was done; always the whole country's."""

    subject = "orders.acts.logged"
    entity: Literal["order_acts"] = "order_acts"
    region_code: RegionCode
    sha256: tuple[str, ...]
