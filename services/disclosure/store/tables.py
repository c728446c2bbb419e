"""The table behind a model."""

import sqlalchemy as sa

from services.disclosure.models import Base


def table_of(model: type[Base]) -> sa.Table:
    """The table of a model, for statements that the ORM does not write."""
    table: sa.Table = model.__table__  # type: ignore[attr-defined]  # SQLModel sets it on table models only.
    return table
