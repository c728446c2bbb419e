"""Checkouts and orders, as they are asked for and answered."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.contracts.orders import Declared
from services.kit.fields import Id, In, Instant, Out
from services.orders.domain.life import CheckoutState, OrderState

MOST_UNITS = 1_000
MOST_LINES = 50

Units = Annotated[int, Field(strict=True, ge=1, le=MOST_UNITS, description="Whole units, at least one.")]
Price = Annotated[int, Field(strict=True, ge=1, le=100_000_000, description="The price that the buyer saw, in fen.")]
Entry = Literal["live_card", "search", "share_link", "private_link"]


class LineIn(In):
    """So many units of one lot, at the price that was shown."""

    lot_id: Id
    units: Units
    price_fen: Price


class CheckoutIn(In):
    """A basket to order, all of it or nothing."""

    broadcast_id: Id
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=MOST_LINES)]
    address_id: Id
    entry: Entry = "live_card"
    cart_at: Instant | None = None
    page_view_ms: Annotated[int, Field(strict=True, ge=0, le=86_400_000)] = 0
    device: Annotated[str, Field(max_length=200)] = ""
    declared: list[Declared] = Field(
        default=[],
        max_length=4,
        description="What the buyer chooses to say of themselves. It never changes whether or what they may buy.",
    )


class CheckoutOrder(Out):
    """One order of a checkout: what was bought of one lot. `ticket`: its place in the lot's order of arrival."""

    order_id: str
    lot_id: str
    units: int
    unit_price_fen: int
    freight_fen: int
    amount_fen: int
    ticket: int
    state: OrderState


class CheckoutOut(Out):
    """A checkout. Its units are kept until `reserved_until`; then they can be bought by others."""

    checkout_id: str
    broadcast_id: str
    state: CheckoutState
    orders: list[CheckoutOrder]
    total_fen: int
    reserved_until: datetime
    created_at: datetime


class OrderOut(Out):
    """An order of the caller."""

    order_id: str
    checkout_id: str
    broadcast_id: str
    lot_id: str
    title_zh: str
    title_en: str
    lot_name: str | None
    specification: str | None
    seller_name: str | None
    producer_uscc: str
    return_policy: str | None
    units: int
    unit_grams: int
    unit_price_fen: int
    freight_fen: int
    amount_fen: int
    ticket: int
    state: OrderState
    page_sha256: str
    created_at: datetime
    changed_at: datetime
    version: int
