"""The public log as it is stored: leaves, tiles, its head and checkpoints, its key, and the documents leaves name."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.disclosure.models.base import (
    Base,
    bytes_column,
    instant_column,
    key_column,
    number_column,
    number_key_column,
    optional_instant_column,
    optional_number_column,
    optional_text_column,
    text_column,
)


class Leaf(Base, table=True):
    """A record for the log. `place` is its index in the tree, given later by the sequencer and never changed.

    Adding one takes no lock that another adding waits for; the database itself refuses to change or remove one.
    """

    __table_args__ = (
        sa.UniqueConstraint("kind", "entity_id", "sha256"),
        sa.UniqueConstraint("place"),
        sa.Index("ix_leaf_unsequenced", "seq", postgresql_where=sa.text("place IS NULL")),
    )

    seq: int | None = Field(default=None, sa_type=sa.BigInteger, sa_column_args=[sa.Identity()], primary_key=True)
    kind: str = text_column()
    entity_id: str = text_column()
    sha256: str = text_column()
    record: bytes = bytes_column()
    leaf_hash: bytes = bytes_column()
    added_at: datetime = instant_column()
    place: int | None = optional_number_column()


class Document(Base, table=True):
    """What a leaf names by its hash: canonical JSON, public, about no person."""

    sha256: str = key_column()
    body: bytes = bytes_column()


class Tile(Base, table=True):
    """One tile of hashes, growing until it has 256; a partial tile is its beginning."""

    level: int = number_key_column()
    place: int = number_key_column()
    hashes: bytes = bytes_column()


class Head(Base, table=True):
    """How far the tree has grown: one row."""

    __table_args__ = (sa.CheckConstraint("id = 1", name="single"),)

    id: int = number_key_column()
    size: int = number_column()
    root: bytes = bytes_column()


class Checkpoint(Base, table=True):
    """A head that was signed. One per size, so that no two roots of one size are ever signed."""

    __table_args__ = (
        sa.Index("ix_checkpoint_published", "size", postgresql_where=sa.text("published_at IS NOT NULL")),
    )

    size: int = number_key_column()
    note: str = text_column()
    signed_at: datetime = instant_column()
    published_at: datetime | None = optional_instant_column()


class LedgerKey(Base, table=True):
    """A key that signs checkpoints; the newest one does. The seed is sealed."""

    __tablename__ = "ledger_key"

    public: str = key_column()
    sealed_seed: str = text_column()
    created_at: datetime = instant_column()


class Witness(Base, table=True):
    """What a witness last answered. `size`: the size it has seen; `refusal`: why it did not sign, if it did not."""

    name: str = key_column()
    size: int = number_column()
    asked_at: datetime = instant_column()
    refusal: str | None = optional_text_column()
