"""What all tables of orders share."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from services.kit.acts import act_tables
from services.kit.ids import new_id
from services.kit.tables import Instant, metadata_of


class Base(SQLModel):
    """All tables lie in the schema `orders`."""

    metadata = metadata_of("orders")


ACTS = act_tables(Base.metadata)


def id_column() -> Any:
    """A UUIDv7 that is made here."""
    return Field(default_factory=new_id, sa_type=sa.Text, primary_key=True)


def key_column() -> Any:
    """A key that comes from elsewhere."""
    return Field(sa_type=sa.Text, primary_key=True)


def text_column() -> Any:
    """A text that is always there."""
    return Field(sa_type=sa.Text)


def optional_text_column() -> Any:
    """A text that may be absent."""
    return Field(default=None, sa_type=sa.Text, nullable=True)


def number_column(default: int = 0) -> Any:
    """A whole number: units, fen, grams, a version."""
    return Field(default=default, sa_type=sa.BigInteger)


def optional_number_column() -> Any:
    """A whole number that may be absent."""
    return Field(default=None, sa_type=sa.BigInteger, nullable=True)


def instant_column() -> Any:
    """An instant that is always there."""
    return Field(sa_type=Instant, nullable=False)


def optional_instant_column() -> Any:
    """An instant that may be absent."""
    return Field(default=None, sa_type=Instant, nullable=True)


def json_column() -> Any:
    """A document that is always there."""
    return Field(sa_type=JSONB, nullable=False)


def optional_json_column() -> Any:
    """A document that may be absent."""
    return Field(default=None, sa_type=JSONB(none_as_null=True), nullable=True)


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The condition that `column` holds one of `values`."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"
