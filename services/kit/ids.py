"""Identifiers: UUIDv7 strings, so that ids sort by the time they were made."""

from uuid_utils import uuid7


def new_id() -> str:
    """A new UUIDv7 as a lower-case string of 36 characters (RFC 9562 §5.7)."""
    return str(uuid7())
