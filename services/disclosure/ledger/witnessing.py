"""The conversation between a log and a witness (c2sp.org/tlog-witness): both sides of it, without the network.

A witness remembers one head per log and signs only what that head grew into. That is the whole of its work, and it is
enough that a log that was rolled back or shown in two versions cannot get its signature.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from services.disclosure.ledger.checkpoint import Head, parse_head
from services.disclosure.ledger.cosignatures import verify_cosignature
from services.disclosure.ledger.merkle import EMPTY_ROOT, HASH_BYTES, ProofRefused, verify_consistency
from services.disclosure.ledger.notes import (
    NoteRefused,
    Signature,
    VerifierKey,
    decoded,
    encoded,
    parse_note,
    parse_signature,
    trusted_signatures,
    verify_plain,
)

MOST_HASHES = 63
LARGEST_REQUEST_BYTES = 100_000
SIZE_MEDIA_TYPE = "text/x.tlog.size"

_OLD = re.compile(r"old (0|[1-9][0-9]{0,18})")

KnownHead = Callable[[str], Head | None]
"""The head of that log which the witness signed last; None when it never has."""


class WitnessRefused(Exception):
    """The witness does not sign; the status of the answer, and its text."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class WitnessAhead(WitnessRefused):
    """The witness's own size is another than the log thinks; the answer tells it."""

    def __init__(self, size: int) -> None:
        super().__init__(409, f"{size}\n")
        self.size = size


@dataclass(frozen=True)
class Request:
    """A checkpoint brought to a witness, with the proof that it grew out of `old` leaves."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def encode(self) -> bytes:
        """The body of the request."""
        lines = [f"old {self.old}", *map(encoded, self.proof), ""]
        return ("\n".join(lines) + "\n" + self.checkpoint).encode()


def parse_request(body: bytes) -> Request:
    """The request in a body. Raises WitnessRefused with 400."""
    try:
        text = body.decode()
        head, separator, checkpoint = text.partition("\n\n")
        first, *rest = head.split("\n")
        old = _OLD.fullmatch(first)
        proof = tuple(decoded(line) for line in rest)
    except ValueError as error:
        raise WitnessRefused(400, "The request does not parse.\n") from error
    sound = len(body) <= LARGEST_REQUEST_BYTES and len(proof) <= MOST_HASHES
    if old is None or not separator or not sound or any(len(step) != HASH_BYTES for step in proof):
        raise WitnessRefused(400, "The request does not parse.\n")
    return Request(int(old[1]), proof, checkpoint)


def judge(body: bytes, logs: Mapping[str, Sequence[VerifierKey]], known: KnownHead) -> tuple[Head, str]:
    """The head to remember and the text to cosign. Raises WitnessRefused with the status that the specification asks.

    `logs`: origin → keys that may sign for it. The caller keeps the head in the same transaction that `known` read.
    """
    request = parse_request(body)
    head, text = _believed(request.checkpoint, logs)
    if request.old > head.size:
        raise WitnessRefused(400, "The old size is larger than the checkpoint.\n")
    last = known(head.origin) or Head(head.origin, 0, EMPTY_ROOT)
    if request.old != last.size:
        raise WitnessAhead(last.size)
    if head.size == last.size and head.root != last.root:
        raise WitnessAhead(last.size)
    try:
        verify_consistency(last.size, last.root, head.size, head.root, request.proof)
    except ProofRefused as error:
        raise WitnessRefused(422, "The checkpoint did not grow out of the one that was cosigned before.\n") from error
    return head, text


def _believed(checkpoint: str, logs: Mapping[str, Sequence[VerifierKey]]) -> tuple[Head, str]:
    """The head in a checkpoint, signed by a key of its log, and its text."""
    try:
        note = parse_note(checkpoint)
        head = parse_head(note.text)
    except NoteRefused as error:
        raise WitnessRefused(400, "The checkpoint does not parse.\n") from error
    if head.origin not in logs:
        raise WitnessRefused(404, "This log is not known here.\n")
    try:
        signed = trusted_signatures(note, logs[head.origin], verify_plain)
    except NoteRefused as error:
        raise WitnessRefused(403, "A signature of the log does not verify.\n") from error
    if not signed:
        raise WitnessRefused(403, "The checkpoint is not signed by a key of the log that is known here.\n")
    return head, note.text


def read_answer(status: int, body: str, text: str, key: VerifierKey) -> tuple[Signature, ...]:
    """The cosignatures in a witness's answer, verified. Raises WitnessAhead or WitnessRefused.

    Lines of unknown keys are passed over.
    """
    if status == 409 and re.fullmatch(r"(0|[1-9][0-9]{0,18})\n?", body):
        raise WitnessAhead(int(body))
    if status != 200:
        raise WitnessRefused(status, body[:200])
    try:
        lines = [parse_signature(line) for line in body.removesuffix("\n").split("\n")]
    except NoteRefused as error:
        raise WitnessRefused(status, "The witness answered something that is no signature.") from error
    good = tuple(line for line in lines if line.is_by(key) and verify_cosignature(text, line, key))
    if not good:
        raise WitnessRefused(status, "The witness answered with a signature that does not verify.")
    return good
