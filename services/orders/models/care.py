"""What happens to an order afterwards: its parcels, its complaints, its history; and what lies in a basket before."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.tables import Texts
from services.orders.domain.complaints import KINDS
from services.orders.models.base import (
    Base,
    id_column,
    instant_column,
    json_column,
    key_column,
    number_column,
    one_of,
    optional_instant_column,
    optional_number_column,
    optional_text_column,
    text_column,
)

SHIPMENT_STATES = ("asked", "under_way", "signed", "refused")


class Shipment(Base, table=True):
    """One parcel of an order. `book_at`: when the carrier is asked for its waybill next. `scans`: all so far."""

    __table_args__ = (
        sa.CheckConstraint(one_of("state", SHIPMENT_STATES), name="state"),
        sa.UniqueConstraint("carrier", "waybill"),
        sa.Index(None, "order_id"),
        sa.Index(None, "broadcast_id"),
        sa.Index("ix_shipment_book_at", "book_at", postgresql_where=sa.text("state = 'asked'")),
    )

    id: str = id_column()
    order_id: str = Field(sa_type=sa.Text, foreign_key="orders.leg.order_id")
    broadcast_id: str = text_column()
    carrier: str = text_column()
    waybill: str | None = optional_text_column()
    state: str = text_column()
    from_region: str = text_column()
    to_region: str = text_column()
    declared_grams: int = number_column()
    weight_grams: int | None = optional_number_column()
    courier: str | None = optional_text_column()
    route_km: int | None = optional_number_column()
    sign_kind: str | None = optional_text_column()
    sign_km: int | None = optional_number_column()
    scans: list[dict[str, Any]] = json_column()
    label_at: datetime | None = optional_instant_column()
    pickup_at: datetime | None = optional_instant_column()
    signed_at: datetime | None = optional_instant_column()
    sent_by: str = text_column()
    created_at: datetime = instant_column()
    book_at: datetime | None = optional_instant_column()
    tries: int = number_column()
    last_error: str | None = optional_text_column()


class Complaint(Base, table=True):
    """A complaint about goods. Nobody can delete one: the service's own role has no right to.

    `…_until` are its clocks. Words and photos go when the buyer has their account erased; what happened stays.
    """

    __table_args__ = (
        sa.CheckConstraint(one_of("kind", KINDS), name="kind"),
        sa.Index(None, "region_code", "id"),
        sa.Index(None, "order_id"),
        sa.Index(None, "broadcast_id"),
        sa.Index("ix_complaint_open", "decide_until", postgresql_where=sa.text("decided_at IS NULL")),
    )

    id: str = id_column()
    version: int = number_column(1)
    order_id: str = Field(sa_type=sa.Text, foreign_key="orders.leg.order_id")
    broadcast_id: str = text_column()
    region_code: str = text_column()
    lot_id: str = text_column()
    account_id: str = text_column()
    kind: str = text_column()
    words: str | None = optional_text_column()
    photos: list[str] = Field(sa_type=Texts, nullable=False)
    received_at: datetime = instant_column()
    acknowledge_until: datetime = instant_column()
    decide_until: datetime = instant_column()
    refund_until: datetime = instant_column()
    acknowledged_at: datetime | None = optional_instant_column()
    acknowledged_by: str | None = optional_text_column()
    decided_at: datetime | None = optional_instant_column()
    decided_by: str | None = optional_text_column()
    upheld: bool | None = Field(default=None, nullable=True)
    decision_words: str | None = optional_text_column()
    refund_id: str | None = optional_text_column()
    refunded_at: datetime | None = optional_instant_column()


class Step(Base, table=True):
    """One step in the life of an order, for its buyer and its region; never changed afterwards."""

    __table_args__ = (sa.Index(None, "order_id", "id"),)

    id: str = id_column()
    order_id: str = text_column()
    broadcast_id: str = text_column()
    at: datetime = instant_column()
    kind: str = text_column()
    by: str = text_column()
    facts: dict[str, Any] = json_column()


class BasketLine(Base, table=True):
    """Some units of a lot that a buyer has put in the basket, at the price that was shown then."""

    __tablename__ = "basket_line"
    __table_args__ = (sa.CheckConstraint("units > 0", name="units"),)

    account_id: str = key_column()
    broadcast_id: str = key_column()
    lot_id: str = key_column()
    units: int = number_column()
    price_fen: int = number_column()
    put_at: datetime = instant_column()


class Invoice(Base, table=True):
    """The invoice of an order: what its buyer asks for, and the number under which the seller has issued it.

    《发票管理办法》第十九条: whoever receives the money issues the invoice. Its title goes with the buyer's account.
    """

    __table_args__ = (sa.CheckConstraint("(number IS NULL) = (issued_at IS NULL)", name="issued"),)

    order_id: str = Field(sa_type=sa.Text, primary_key=True, foreign_key="orders.leg.order_id")
    account_id: str = text_column()
    title: str | None = optional_text_column()
    tax_number: str | None = optional_text_column()
    asked_at: datetime = instant_column()
    number: str | None = optional_text_column()
    issued_at: datetime | None = optional_instant_column()
    issued_by: str | None = optional_text_column()
