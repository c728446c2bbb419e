"""What all tables of disclosure share."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, JSONB
from sqlmodel import Field, SQLModel

from services.kit.tables import Instant, metadata_of


class Base(SQLModel):
    """All tables lie in the schema `disclosure`."""

    metadata = metadata_of("disclosure")


def key_column() -> Any:
    """A key that comes from elsewhere."""
    return Field(sa_type=sa.Text, primary_key=True)


def number_key_column() -> Any:
    """A number that is a key and is not counted by the database."""
    return Field(sa_type=sa.BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})


def text_column() -> Any:
    """A text that is always there."""
    return Field(sa_type=sa.Text)


def optional_text_column() -> Any:
    """A text that may be absent."""
    return Field(default=None, sa_type=sa.Text, nullable=True)


def number_column() -> Any:
    """A whole number."""
    return Field(sa_type=sa.BigInteger)


def optional_number_column() -> Any:
    """A whole number that may be absent."""
    return Field(default=None, sa_type=sa.BigInteger, nullable=True)


def bytes_column() -> Any:
    """Bytes that are always there."""
    return Field(sa_type=BYTEA, nullable=False)


def optional_bytes_column() -> Any:
    """Bytes that may be absent."""
    return Field(default=None, sa_type=BYTEA, nullable=True)


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
