"""What the tables of every service have in common: schema, names of constraints, instants and lists of text."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

Instant: Any = sa.DateTime(timezone=True)
Texts: Any = ARRAY(sa.Text)

# A constraint is named after its columns, because the name is how a violated one is recognised.
_NAMING = {
    "pk": "pk_%(table_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
}


def metadata_of(schema: str) -> sa.MetaData:
    """The metadata under which the models of one service are collected."""
    return sa.MetaData(schema=schema, naming_convention=_NAMING)
