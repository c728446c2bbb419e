"""Checkouts, their orders, and the addresses they go to."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.orders.domain.life import CHECKOUT_STATES, ORDER_STATES
from services.orders.models.base import (
    Base,
    id_column,
    instant_column,
    json_column,
    key_column,
    number_column,
    one_of,
    optional_instant_column,
    optional_text_column,
    text_column,
)


class Address(Base, table=True):
    """Where a buyer has goods sent. It never changes: a corrected one is a new row, so an order keeps its own.

    `household` and `recipient` are tokens; they stay when the words are erased. `gone_at`: no longer in the book.
    `person` is the verified human behind the account, the same for all of their accounts; it goes with the words.
    """

    __table_args__ = (
        sa.Index(None, "account_id", "id"),
        sa.Index(
            "uq_address_default",
            "account_id",
            unique=True,
            postgresql_where=sa.text("is_default AND gone_at IS NULL"),
        ),
        sa.Index("ix_address_person", "person", postgresql_where=sa.text("person IS NOT NULL")),
    )

    id: str = id_column()
    account_id: str = text_column()
    consignee: str | None = optional_text_column()
    phone: str | None = optional_text_column()
    region_code: str = text_column()
    detail: str | None = optional_text_column()
    household: str = text_column()
    recipient: str = text_column()
    person: str | None = optional_text_column()
    created_at: datetime = instant_column()
    gone_at: datetime | None = optional_instant_column()
    is_default: bool = False


class Checkout(Base, table=True):
    """A basket that was ordered: one payment, one order per lot. `placed` holds tokens and times, no identities.

    `idempotency_key` and `body_sha256` are those of the request that made it: the same row is effect and memory.
    """

    __table_args__ = (
        sa.CheckConstraint(one_of("state", CHECKOUT_STATES), name="state"),
        sa.UniqueConstraint("account_id", "idempotency_key"),
        sa.Index("ix_checkout_reserved_until", "reserved_until", postgresql_where=sa.text("state = 'reserved'")),
        sa.Index(None, "broadcast_id"),
    )

    id: str = id_column()
    broadcast_id: str = text_column()
    account_id: str = text_column()
    idempotency_key: str = text_column()
    body_sha256: str = text_column()
    state: str = text_column()
    version: int = number_column(1)
    address_id: str = Field(sa_type=sa.Text, foreign_key="orders.address.id")
    total_fen: int = number_column()
    placed: dict[str, Any] = json_column()
    reserved_until: datetime = instant_column()
    created_at: datetime = instant_column()
    changed_at: datetime = instant_column()


class Order(Base, table=True):
    """What one buyer bought of one lot. `ticket`: its place among the orders of the lot, in order of arrival."""

    __table_args__ = (
        sa.CheckConstraint(one_of("state", ORDER_STATES), name="state"),
        sa.CheckConstraint("units > 0", name="units"),
        sa.CheckConstraint("amount_fen = units * unit_price_fen + freight_fen", name="amount"),
        sa.UniqueConstraint("broadcast_id", "lot_id", "ticket"),
        sa.Index(None, "account_id", "id"),
        sa.Index(None, "household"),
        sa.Index(None, "checkout_id"),
    )

    broadcast_id: str = key_column()
    id: str = key_column()
    checkout_id: str = Field(sa_type=sa.Text, foreign_key="orders.checkout.id")
    account_id: str = text_column()
    household: str = text_column()
    lot_id: str = text_column()
    lot_version: int = number_column()
    ticket: int = number_column()
    units: int = number_column()
    unit_grams: int = number_column()
    unit_price_fen: int = number_column()
    freight_fen: int = number_column()
    amount_fen: int = number_column()
    page_sha256: str = text_column()
    state: str = text_column()
    version: int = number_column(1)
    created_at: datetime = instant_column()
    changed_at: datetime = instant_column()
