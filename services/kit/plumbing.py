"""The tables every service keeps in its own schema beside its own: outbox, inbox, dead letters, keys, idempotency."""

from functools import lru_cache
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, JSONB

from services.kit.tables import Instant


class Plumbing(NamedTuple):
    """One schema's plumbing tables."""

    metadata: sa.MetaData
    outbox: sa.Table
    inbox: sa.Table
    dead_letter: sa.Table
    idempotency: sa.Table
    public_key: sa.Table
    revocation: sa.Table


@lru_cache
def plumbing(schema: str) -> Plumbing:
    """The plumbing tables of `schema`, as SQLAlchemy Core tables."""
    metadata = sa.MetaData(schema=schema)
    return Plumbing(metadata, *_events(metadata), _idempotency(metadata), *_keys(metadata))


def _events(metadata: sa.MetaData) -> tuple[sa.Table, sa.Table, sa.Table]:
    """What is said, what was heard, and what was given up on."""
    outbox = sa.Table(
        "outbox",
        metadata,
        sa.Column("seq", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("event_id", sa.Text, nullable=False, unique=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("created_at", Instant, nullable=False, server_default=sa.text("now()")),
        sa.Column("sent_at", Instant),
        sa.Index("ix_outbox_unsent", "seq", postgresql_where=sa.text("sent_at IS NULL")),
        sa.Index("ix_outbox_sent_at", "sent_at", postgresql_where=sa.text("sent_at IS NOT NULL")),
    )
    inbox = sa.Table(
        "inbox",
        metadata,
        sa.Column("event_id", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("received_at", Instant, nullable=False, server_default=sa.text("now()")),
        sa.Index("ix_inbox_received_at", "received_at"),
    )
    dead_letter = sa.Table(
        "dead_letter",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("payload", BYTEA, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("deliveries", sa.Integer, nullable=False),
        sa.Column("failed_at", Instant, nullable=False, server_default=sa.text("now()")),
        sa.Column("replayed_at", Instant),
    )
    return outbox, inbox, dead_letter


def _idempotency(metadata: sa.MetaData) -> sa.Table:
    """Answers that a retry is given again."""
    return sa.Table(
        "idempotency",
        metadata,
        sa.Column("actor", sa.Text, primary_key=True),
        sa.Column("route", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("body_sha256", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("headers", JSONB, nullable=False),
        sa.Column("body", BYTEA, nullable=False),
        sa.Column("created_at", Instant, nullable=False, server_default=sa.text("now()")),
        sa.Index("ix_idempotency_created_at", "created_at"),
    )


def _keys(metadata: sa.MetaData) -> tuple[sa.Table, sa.Table]:
    """Whose tokens are believed, and whose no longer."""
    public_key = sa.Table(
        "public_key",
        metadata,
        sa.Column("kid", sa.Text, primary_key=True),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("jwk", JSONB, nullable=False),
        sa.Column("not_after", Instant),
    )
    revocation = sa.Table(
        "revocation",
        metadata,
        sa.Column("account_id", sa.Text, primary_key=True),
        sa.Column("revoked_at", Instant, nullable=False),
    )
    return public_key, revocation
