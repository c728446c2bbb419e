"""Proof files (c2sp.org/tlog-proof@v1): everything that shows, without any network, that a record is in the log."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.disclosure.ledger.checkpoint import Checkpoint, Policy, open_checkpoint
from services.disclosure.ledger.merkle import HASH_BYTES, ProofRefused, leaf_hash, verify_inclusion
from services.disclosure.ledger.notes import NoteRefused, decoded, encoded

HEADER = "c2sp.org/tlog-proof@v1"
LARGEST_PROOF_BYTES = 1_000_000

_INDEX = re.compile(r"index (0|[1-9][0-9]{0,18})")


@dataclass(frozen=True)
class Proof:
    """A proof file: where the record is, the hashes beside its way to the root, and the checkpoint, not yet believed.

    `extra` is anything; nobody vouches for it. Ours is the record itself, so that the file stands alone.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        extra = [] if self.extra is None else [f"extra {encoded(self.extra)}"]
        lines = [HEADER, *extra, f"index {self.index}", *(encoded(step) for step in self.hashes), ""]
        return "\n".join(lines) + "\n" + self.checkpoint


def parse_proof(raw: bytes | str) -> Proof:
    """The proof in a file, nothing of it believed yet. Raises ProofRefused."""
    if len(raw) > LARGEST_PROOF_BYTES:
        raise ProofRefused(f"A proof has at most {LARGEST_PROOF_BYTES} bytes.")
    try:
        text = raw.decode() if isinstance(raw, bytes) else raw
    except UnicodeDecodeError as error:
        raise ProofRefused("The proof is not UTF-8.") from error
    head, separator, checkpoint = text.partition("\n\n")
    lines = head.split("\n")
    if lines[0] != HEADER or not separator:
        raise ProofRefused(f"The file does not begin with {HEADER}, or lacks its checkpoint.")
    extra = _decoded(lines.pop(1).removeprefix("extra ")) if lines[1:] and lines[1].startswith("extra ") else None
    index = _INDEX.fullmatch(lines[1]) if lines[1:] else None
    if index is None:
        raise ProofRefused("The proof does not say which leaf it is about.")
    return Proof(int(index[1]), _hashes(lines[2:]), checkpoint, extra)


def _hashes(lines: Sequence[str]) -> tuple[bytes, ...]:
    hashes = tuple(_decoded(line) for line in lines)
    if any(len(step) != HASH_BYTES for step in hashes):
        raise ProofRefused(f"The hashes of a proof have {HASH_BYTES} bytes.")
    return hashes


def _decoded(text: str) -> bytes:
    try:
        return decoded(text)
    except ValueError as error:
        raise ProofRefused("A line of the proof does not parse.") from error


def verify_proof(proof: Proof, record: bytes, policy: Policy) -> Checkpoint:
    """The checkpoint under which the record is in the log. Raises ProofRefused with the reason."""
    try:
        checkpoint = open_checkpoint(proof.checkpoint, policy)
    except NoteRefused as error:
        raise ProofRefused(str(error)) from error
    head = checkpoint.head
    verify_inclusion(leaf_hash(record), proof.index, head.size, proof.hashes, head.root)
    return checkpoint
