"""What the tables of catalog share. Money is bigint fen, mass bigint grams; what is only carried is JSONB."""

from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from services.kit.tables import Texts, metadata_of

ADMISSIONS = ("applied", "recommended", "admitted", "returned", "refused")
EXPORT_STATES = ("waiting", "done", "given_up")
IMPORT_STATES = ("waiting", "done", "checked", "faulty", "refused")
STATES = ("draft", "submitted", "listed", "in_review", "blocked", "withdrawn")


def one_of(column: str, values: tuple[str, ...]) -> str:
    """The condition that a column holds one of these words."""
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


def json(*, nullable: bool = False) -> Any:
    """A column of JSON."""
    return Field(sa_type=JSONB, nullable=nullable)


def texts() -> Any:
    """A column of text values."""
    return Field(sa_type=Texts, nullable=False)


class Base(SQLModel):
    """What every table shares: the schema and the way constraints are named."""

    metadata = metadata_of("catalog")
