"""Checkpoints (c2sp.org/tlog-checkpoint): the signed head of the log, and how many witnesses must have seen it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.disclosure.ledger.cosignatures import cosigned_at, verify_cosignature
from services.disclosure.ledger.merkle import HASH_BYTES
from services.disclosure.ledger.notes import (
    COSIGNATURE_V1,
    ED25519,
    Note,
    NoteRefused,
    SignerKey,
    VerifierKey,
    decoded,
    encoded,
    parse_note,
    sign_note,
    trusted_signatures,
    verify_plain,
)

LARGEST_SIZE = 2**63 - 1

_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class CheckpointRefused(NoteRefused):
    """The checkpoint cannot be believed; the message says why."""


@dataclass(frozen=True)
class Head:
    """What a checkpoint says: the log, how many leaves it has, and their root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The text that is signed."""
        return f"{self.origin}\n{self.size}\n{encoded(self.root)}\n"


@dataclass(frozen=True)
class Policy:
    """Whom a reader trusts: the log's key, the witnesses' keys, and how many of them must have signed."""

    log: VerifierKey
    witnesses: tuple[VerifierKey, ...] = ()
    quorum: int = 0

    def __post_init__(self) -> None:
        if self.log.kind != ED25519 or any(key.kind != COSIGNATURE_V1 for key in self.witnesses):
            raise ValueError("A log signs with a key of kind 01, a witness with one of kind 04.")
        # One key under two names would count twice: the names are not part of what a witness signs.
        if len({key.public for key in self.witnesses}) != len(self.witnesses):
            raise ValueError("Two witnesses share one key.")
        if not 0 <= self.quorum <= len(self.witnesses):
            raise ValueError(f"A quorum of {self.quorum} cannot be had from {len(self.witnesses)} witnesses.")


@dataclass(frozen=True)
class Checkpoint:
    """A head that was believed, the note it came in, and which witnesses signed it when."""

    head: Head
    note: Note
    witnessed: tuple[tuple[VerifierKey, datetime], ...] = ()


def parse_head(text: str) -> Head:
    """The head in the text of a checkpoint. Raises CheckpointRefused."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise CheckpointRefused("A checkpoint is at least three lines: origin, size and root.")
    origin, size, root = lines[:3]
    if not _SIZE.fullmatch(size) or int(size) > LARGEST_SIZE:
        raise CheckpointRefused("The size in the checkpoint is no number.")
    try:
        raw = decoded(root)
    except ValueError as error:
        raise CheckpointRefused("The root in the checkpoint does not parse.") from error
    if len(raw) != HASH_BYTES:
        raise CheckpointRefused(f"The root in the checkpoint must have {HASH_BYTES} bytes.")
    return Head(origin, int(size), raw)


def sign_checkpoint(head: Head, key: SignerKey) -> Note:
    """The checkpoint, signed by the log alone."""
    text = head.text()
    return Note(text, (sign_note(text, key),))


def open_checkpoint(raw: bytes | str, policy: Policy) -> Checkpoint:
    """The checkpoint, if the log and a quorum of witnesses signed it. Raises NoteRefused with the reason."""
    note = parse_note(raw)
    head = parse_head(note.text)
    if head.origin != policy.log.name:
        raise CheckpointRefused(f"The checkpoint is of {head.origin}, not of {policy.log.name}.")
    if not trusted_signatures(note, [policy.log], verify_plain):
        raise CheckpointRefused("The checkpoint is not signed by the log's key.")
    witnessed = witnesses_of(note, policy.witnesses)
    if len(witnessed) < policy.quorum:
        raise CheckpointRefused(f"{len(witnessed)} of {policy.quorum} witnesses signed the checkpoint.")
    return Checkpoint(head, note, witnessed)


def witnesses_of(note: Note, keys: Sequence[VerifierKey]) -> tuple[tuple[VerifierKey, datetime], ...]:
    """The witnesses that signed the note, and when. Raises NoteRefused for a bad line of one of them."""
    signed = trusted_signatures(note, keys, verify_cosignature)
    return tuple((key, max(cosigned_at(line) for line in note.signatures if line.is_by(key))) for key in signed)
