"""Keyset pages: a cursor names the last row seen, so a page never shifts under the reader and never counts."""

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel

from services.kit.problem import BodyInvalid, FieldError

Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=100, description="Rows on a page.")]
Cursor = Annotated[str | None, Query(max_length=500, description="`next` of the page before.")]


class Page(BaseModel, Generic[Item]):
    """One page: `next` is the cursor of the following one, null on the last."""

    items: list[Item]
    next: str | None = None


def encode_cursor(*values: str | int) -> str:
    """An opaque cursor over the sort values of the last row on a page."""
    return base64.urlsafe_b64encode(json.dumps(values, ensure_ascii=False).encode()).rstrip(b"=").decode()


def _storable(value: object) -> bool:
    """Whether PostgreSQL can be asked about it: no null characters, no lone surrogates, no number beyond its own."""
    if isinstance(value, str):
        return "\0" not in value and value.encode("utf-8", "replace").decode() == value
    return isinstance(value, int) and -(2**63) <= value < 2**63


def decode_cursor(cursor: str, *kinds: type) -> list[str | int]:
    """The sort values in a cursor, each of its kind. Raises BodyInvalid for anything we did not make."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.urlsafe_b64decode(padded.encode("ascii")))
    except (ValueError, binascii.Error, RecursionError):
        values = None
    shaped = isinstance(values, list) and len(values) == len(kinds) and all(map(_storable, values))
    if not shaped or any(type(value) is not kind for value, kind in zip(values, kinds, strict=True)):
        raise _not_ours()
    return list(values)


def instant_in(value: str | int) -> datetime:
    """An instant in a cursor. Raises BodyInvalid for anything else."""
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        raise _not_ours() from None
    if instant.tzinfo is None:
        raise _not_ours()
    return instant


def _not_ours() -> BodyInvalid:
    return BodyInvalid(
        "The cursor is not one of ours. Start again without it.",
        "分页游标无效，请从第一页重新开始。",
        errors=[FieldError("cursor", "Not a cursor of this list.", "不是本列表的游标。")],
    )
