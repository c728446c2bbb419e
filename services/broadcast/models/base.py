"""What the tables of broadcast have in common: the schema and the kinds of column."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from services.kit.ids import new_id
from services.kit.tables import Instant, Texts, metadata_of


class Base(SQLModel):
    """All tables lie in the schema `broadcast`."""

    metadata = metadata_of("broadcast")


def id_column() -> Any:
    """An id that the row is made with."""
    return Field(default_factory=new_id, sa_type=sa.Text, primary_key=True)


def text_column(*, null: bool = False) -> Any:
    """Text."""
    return Field(default=None, sa_type=sa.Text, nullable=True) if null else Field(sa_type=sa.Text)


def texts_column() -> Any:
    """A list of texts."""
    return Field(sa_type=Texts, nullable=False)


def json_column(*, null: bool = False) -> Any:
    """A JSON document."""
    kind = JSONB(none_as_null=True)
    if null:
        return Field(default=None, sa_type=kind, nullable=True)
    return Field(sa_type=kind, nullable=False)


def instant_column(*, null: bool = False) -> Any:
    """An aware instant."""
    if null:
        return Field(default=None, sa_type=Instant, nullable=True)
    return Field(sa_type=Instant, nullable=False)


def version_column() -> Any:
    """The row's counter."""
    return Field(default=1, sa_type=sa.BigInteger)
