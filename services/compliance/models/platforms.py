"""The tables of what other platforms are told: revoked clearances, webhooks and the messages to them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.compliance.models.base import Base
from services.kit.tables import Instant, Texts


class Revocation(Base, table=True):
    """A clearance that no longer holds although its time is not over, and why; public."""

    __tablename__ = "clearance_revocation"

    decision_id: str = Field(sa_type=sa.Text, primary_key=True)
    revoked_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant, index=True)
    reason_zh: str = Field(sa_type=sa.Text)
    reason_en: str = Field(sa_type=sa.Text)
    revoked_by: str | None = Field(default=None, sa_type=sa.Text)


class Webhook(Base, table=True):
    """Where a platform wants to be told of changed answers. Secrets are sealed with the deployment's secret."""

    __tablename__ = "webhook"

    id: str = Field(sa_type=sa.Text, primary_key=True)
    account_id: str = Field(sa_type=sa.Text, index=True)
    url: str = Field(sa_type=sa.Text)
    kinds: list[str] = Field(sa_type=Texts, nullable=False)
    region_codes: list[str] = Field(sa_type=Texts, nullable=False)
    trial: bool
    sealed_secret: str = Field(sa_type=sa.Text)
    sealed_earlier: str | None = Field(default=None, sa_type=sa.Text)
    earlier_until: datetime | None = Field(default=None, sa_type=Instant)
    created_at: datetime = Field(sa_type=Instant)
    last_success_at: datetime | None = Field(default=None, sa_type=Instant)
    paused_at: datetime | None = Field(default=None, sa_type=Instant)
    paused_because: str | None = Field(default=None, sa_type=sa.Text)


class Delivery(Base, table=True):
    """One message to one webhook, and how its attempts went."""

    __tablename__ = "delivery"
    __table_args__ = (
        sa.Index("ix_delivery_next_attempt_at", "next_attempt_at", postgresql_where=sa.text("state = 'waiting'")),
        sa.Index("ix_delivery_created_at", "webhook_id", "created_at", "message_id"),
    )

    webhook_id: str = Field(
        sa_column=sa.Column(
            sa.Text, sa.ForeignKey("compliance.webhook.id", ondelete="CASCADE"), primary_key=True, nullable=False
        )
    )
    message_id: str = Field(sa_type=sa.Text, primary_key=True)
    kind: str = Field(sa_type=sa.Text)
    body: bytes = Field(sa_type=sa.LargeBinary)
    state: str = Field(sa_type=sa.Text)
    created_at: datetime = Field(sa_type=Instant)
    attempts: int = Field(sa_type=sa.Integer)
    next_attempt_at: datetime | None = Field(default=None, sa_type=Instant)
    last_attempt_at: datetime | None = Field(default=None, sa_type=Instant)
    last_status: int | None = Field(default=None, sa_type=sa.Integer)
    last_error: str | None = Field(default=None, sa_type=sa.Text)
