"""Array operators that SQLModel's types do not know."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY


def overlaps(column: Any, values: Sequence[str]) -> sa.ColumnElement[bool]:
    """Whether the array has any of the values; an index of kind GIN answers it."""
    condition: sa.ColumnElement[bool] = column.op("&&", is_comparison=True)(sa.cast(list(values), ARRAY(sa.Text)))
    return condition
