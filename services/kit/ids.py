"""Identifiers: UUIDv7 strings, so that ids sort by the time they were made."""

import re
from datetime import UTC, datetime

from uuid_utils import uuid7

_UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def new_id() -> str:
    """A new UUIDv7 as a lower-case string of 36 characters (RFC 9562 §5.7)."""
    return str(uuid7())


def made_at(identifier: str) -> datetime | None:
    """When a UUIDv7 was made, to the millisecond; None for anything else."""
    if not _UUID7.fullmatch(identifier):
        return None
    return datetime.fromtimestamp(int(identifier[:8] + identifier[9:13], 16) / 1000, UTC)
