"""What all tables of compliance share."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from services.kit.tables import metadata_of


class Base(SQLModel):
    """What all tables of compliance share."""

    metadata = metadata_of("compliance")


def json_column() -> Any:
    """A document that is always there."""
    return Field(sa_column=sa.Column(JSONB, nullable=False))


def optional_json_column() -> Any:
    """A document that may be absent."""
    return Field(default=None, sa_column=sa.Column(JSONB(none_as_null=True)))
