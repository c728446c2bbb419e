"""Payments with their legs, refunds, and the callbacks that were heard."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.tables import Texts
from services.orders.domain.money import PAYMENT_STATES
from services.orders.domain.returns import REASONS, REFUND_STATES
from services.orders.models.base import (
    Base,
    id_column,
    instant_column,
    key_column,
    number_column,
    one_of,
    optional_instant_column,
    optional_text_column,
    text_column,
)


class Payment(Base, table=True):
    """The one payment of a checkout. Its reference at the provider is the checkout's id.

    `seen_version` is the provider's own counter: an older word changes nothing. `ask_at`: when we ask about it next.
    `wrong`: the provider showed another sum than was ordered; a person looks. `payer` is a token.
    """

    __table_args__ = (
        sa.CheckConstraint(one_of("state", PAYMENT_STATES), name="state"),
        sa.UniqueConstraint("provider", "number"),
        sa.Index("ix_payment_ask_at", "ask_at", postgresql_where=sa.text("state IN ('asked','open','failed')")),
        sa.Index(None, "broadcast_id"),
    )

    checkout_id: str = Field(sa_type=sa.Text, primary_key=True, foreign_key="orders.checkout.id")
    broadcast_id: str = text_column()
    account_id: str = text_column()
    provider: str = text_column()
    number: str | None = optional_text_column()
    pay_url: str | None = optional_text_column()
    state: str = text_column()
    seen_version: int = number_column()
    total_fen: int = number_column()
    payer: str | None = optional_text_column()
    method: str | None = optional_text_column()
    wrong: str | None = optional_text_column()
    paid_at: datetime | None = optional_instant_column()
    created_at: datetime = instant_column()
    changed_at: datetime = instant_column()
    ask_at: datetime = instant_column()
    asked: int = number_column()


class Leg(Base, table=True):
    """The captured money of one order; there can be one only, so no two callers complete an order.

    `refund_fen`: what of it was given back or is on its way, never more than was taken. `late`: it came when the order
    was over.
    """

    __table_args__ = (
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.CheckConstraint("refund_fen BETWEEN 0 AND amount_fen", name="refund"),
        sa.Index(None, "checkout_id"),
        sa.Index(None, "broadcast_id"),
    )

    order_id: str = key_column()
    broadcast_id: str = text_column()
    checkout_id: str = Field(sa_type=sa.Text, foreign_key="orders.payment.checkout_id")
    amount_fen: int = number_column()
    refund_fen: int = number_column()
    late: bool = False
    captured_at: datetime = instant_column()


class Refund(Base, table=True):
    """One refund, whole or in part. `attempt` numbers its tries at the provider; each has a reference of its own.

    `send_at`: when it is sent to the provider, or asked about, next. `first_responsibility`: the seller's clock ran out
    and the platform paid first.
    """

    __table_args__ = (
        sa.CheckConstraint(one_of("state", REFUND_STATES), name="state"),
        sa.CheckConstraint(one_of("reason", REASONS), name="reason"),
        sa.CheckConstraint("initiator IN ('buyer','seller','platform')", name="initiator"),
        sa.CheckConstraint("amount_fen > 0", name="amount"),
        sa.Index(None, "order_id"),
        sa.Index(None, "broadcast_id"),
        sa.Index(None, "region_code", "id"),
        sa.Index("ix_refund_send_at", "send_at", postgresql_where=sa.text("state = 'approved'")),
        sa.Index("ix_refund_decide_until", "decide_until", postgresql_where=sa.text("state = 'requested'")),
    )

    id: str = id_column()
    version: int = number_column(1)
    order_id: str = Field(sa_type=sa.Text, foreign_key="orders.leg.order_id")
    broadcast_id: str = text_column()
    region_code: str = text_column()
    account_id: str = text_column()
    amount_fen: int = number_column()
    reason: str = text_column()
    words: str | None = optional_text_column()
    photos: list[str] = Field(sa_type=Texts, nullable=False)
    has_photo: bool = False
    initiator: str = text_column()
    state: str = text_column()
    requested_at: datetime = instant_column()
    decide_until: datetime = instant_column()
    decided_at: datetime | None = optional_instant_column()
    decided_by: str | None = optional_text_column()
    decision_words: str | None = optional_text_column()
    first_responsibility: bool = False
    complaint_id: str | None = optional_text_column()
    attempt: int = number_column(1)
    tries: int = number_column()
    send_at: datetime | None = optional_instant_column()
    last_error: str | None = optional_text_column()
    refunded_at: datetime | None = optional_instant_column()


class Callback(Base, table=True):
    """A message of a provider or carrier that was taken; told again it has no second effect."""

    source: str = key_column()
    message_id: str = key_column()
    kind: str = text_column()
    outcome: str = text_column()
    received_at: datetime = instant_column()


__all__ = ["Callback", "Leg", "Payment", "Refund"]
