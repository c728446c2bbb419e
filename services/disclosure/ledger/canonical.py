"""The bytes of a leaf: a small canonical JSON record that names a document by its hash and nobody by name.

A leaf is for ever, so it never holds the document itself nor anything about a person: the document stands beside the
log under its hash, and what must be erasable is only committed to, under a salt that can be thrown away.
"""

import hashlib
import hmac
import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

LARGEST_RECORD_BYTES = 4096
LARGEST_SAFE_INTEGER = 2**53 - 1
SALT_BYTES = 32

_DIGEST = re.compile(r"[0-9a-f]{64}")
_KIND = re.compile(r"[a-z][a-z_]{0,39}(\.[a-z][a-z_]{0,39})?")
_HALF = re.compile("[\ud800-\udfff]")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z")


class NotCanonical(ValueError):
    """The value has no canonical form here; the message says where and what to do."""


def canonical(value: Any) -> bytes:
    """RFC 8785 bytes. Raises NotCanonical for a float, a number that JSON readers lose digits of, or half a character.

    Ids and integers beyond ±(2^53 − 1) are written as strings by whoever makes the document.
    """
    _refuse(value, "$")
    return rfc8785.dumps(value)


def _refuse(value: Any, where: str) -> None:
    """Refuse what two programs could read differently."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise NotCanonical(f"{where}: a name must be text.")
            _refuse(key, where)
            _refuse(inner, f"{where}.{key}")
    elif isinstance(value, list | tuple):
        for position, inner in enumerate(value):
            _refuse(inner, f"{where}[{position}]")
    else:
        _refuse_plain(value, where)


def _refuse_plain(value: Any, where: str) -> None:
    if value is None or isinstance(value, bool):
        return
    if isinstance(value, int):
        if abs(value) > LARGEST_SAFE_INTEGER:
            raise NotCanonical(f"{where}: write an integer beyond 2^53 - 1 as a string.")
    elif isinstance(value, str):
        if not value.isascii() and _HALF.search(value):
            raise NotCanonical(f"{where}: the text holds half of a character (a lone surrogate).")
    else:
        raise NotCanonical(f"{where}: a {type(value).__name__} has no canonical form; write it as a string.")


def sha256_hex(document: bytes) -> str:
    """The name of a document."""
    return hashlib.sha256(document).hexdigest()


def instant_text(at: datetime) -> str:
    """An aware instant as RFC 3339 in UTC with a Z; microseconds only where there are some."""
    if at.tzinfo is None:
        raise NotCanonical("An instant in the log needs an offset.")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def commitment(salt: bytes, value: bytes) -> str:
    """What is published in place of a value that must be erasable: HMAC-SHA256 under a salt of 32 bytes, hex.

    Once the salt is gone, nobody can find the value by trying all possible ones.
    """
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} random bytes.")
    return hmac.digest(salt, value, "sha256").hex()


@dataclass(frozen=True)
class Record:
    """One leaf: that the document with this hash stood for this entity at that moment."""

    kind: str
    id: str
    at: str
    sha256: str
    commitment: str | None = None

    def encode(self) -> bytes:
        """The bytes that are hashed into the tree. Raises NotCanonical for a record that is none, or too large."""
        _refuse_shape(self)
        encoded = canonical(asdict(self))
        if len(encoded) > LARGEST_RECORD_BYTES:
            raise NotCanonical(f"A leaf has at most {LARGEST_RECORD_BYTES} bytes, not {len(encoded)}.")
        return encoded


def _refuse_shape(record: Record) -> None:
    if not _KIND.fullmatch(record.kind):
        raise NotCanonical(f"“{record.kind[:60]}” is no kind of leaf.")
    if not 0 < len(record.id) <= LARGEST_RECORD_BYTES:
        raise NotCanonical("A leaf names its entity, in less than it may have bytes in all.")
    if not _INSTANT.fullmatch(record.at):
        raise NotCanonical("The instant of a leaf is RFC 3339 in UTC and ends with Z.")
    for digest in (record.sha256, record.commitment):
        if digest is not None and not _DIGEST.fullmatch(digest):
            raise NotCanonical("A hash in a leaf is 64 lower-case hexadecimal digits.")


def read_record(encoded: bytes) -> Record:
    """The record in a leaf. Raises NotCanonical unless these are exactly the bytes that the record has."""
    if len(encoded) > LARGEST_RECORD_BYTES:
        raise NotCanonical(f"A leaf has at most {LARGEST_RECORD_BYTES} bytes, not {len(encoded)}.")
    try:
        members = json.loads(encoded)
        record = Record(**members)
        again = record.encode()
    except (ValueError, TypeError, RecursionError) as error:
        raise NotCanonical("The leaf is not a record of this log.") from error
    if again != encoded:
        raise NotCanonical("The leaf is not in its canonical form.")
    return record
