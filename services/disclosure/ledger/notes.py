"""Signed notes (c2sp.org/signed-note): a text and signatures under it, each by a named Ed25519 key.

A note is read only with the keys that one trusts. Lines of other keys are passed over; a line of a trusted key that
does not verify condemns the whole note.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

ED25519 = 0x01
COSIGNATURE_V1 = 0x04
LARGEST_NOTE_BYTES = 1_000_000
MOST_SIGNATURES = 100

_SIGNATURE_LINE = re.compile(r"— (\S+) (\S+)")


class NoteRefused(Exception):
    """The note is malformed or not signed by a trusted key; the message says which."""


def decoded(text: str) -> bytes:
    """Bytes of strict standard base64: one spelling per value. Raises ValueError."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("Base64 with bits that say nothing.")
    return raw


def encoded(raw: bytes) -> str:
    """Standard base64."""
    return base64.b64encode(raw).decode()


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Four bytes that tell keys of one name apart."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def refuse_name(name: str) -> None:
    """Raises ValueError for what cannot name a key: empty, with white space, or with a plus sign."""
    if not name or "+" in name or any(sign.isspace() or sign < " " for sign in name):
        raise ValueError(f"“{name}” cannot name a key.")


@dataclass(frozen=True)
class VerifierKey:
    """A public key with its name, as it is printed and handed round: `name+keyid+base64(kind ‖ key)`."""

    name: str
    kind: int
    public: bytes

    @classmethod
    def parse(cls, text: str) -> "VerifierKey":
        """A printed key. Raises ValueError for one that is damaged or of a kind that is not known here."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3:
            raise ValueError("A public key looks like name+1a2b3c4d+base64.")
        name, printed_id, material = parts
        refuse_name(name)
        raw = decoded(material)
        if len(raw) != 33 or raw[0] not in (ED25519, COSIGNATURE_V1):
            raise ValueError("The public key is not an Ed25519 key of a log or of a witness.")
        key = cls(name, raw[0], raw[1:])
        if key.id.hex() != printed_id:
            raise ValueError("The public key is damaged: its id does not fit it.")
        return key

    @property
    def id(self) -> bytes:
        """The four bytes in front of each of its signatures."""
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{encoded(bytes([self.kind]) + self.public)}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether it signed exactly this message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class SignerKey:
    """A private key with its name. `seed` are the 32 bytes of RFC 8032."""

    name: str
    kind: int
    seed: bytes

    @classmethod
    def new(cls, name: str, kind: int = ED25519) -> "SignerKey":
        """A fresh key."""
        refuse_name(name)
        return cls(name, kind, Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        private = Ed25519PrivateKey.from_private_bytes(self.seed)
        return VerifierKey(self.name, self.kind, private.public_key().public_bytes_raw())

    def sign(self, message: bytes) -> bytes:
        """64 bytes."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)


@dataclass(frozen=True)
class Signature:
    """One signature line, believed or not."""

    name: str
    key_id: bytes
    blob: bytes

    def line(self) -> str:
        """As it stands in a note, with its newline."""
        return f"— {self.name} {encoded(self.key_id + self.blob)}\n"

    def is_by(self, key: VerifierKey) -> bool:
        """Whether the line claims to be by that key."""
        return self.name == key.name and self.key_id == key.id


@dataclass(frozen=True)
class Note:
    """A text with its newline at the end, and the lines under it."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)

    def with_signatures(self, more: Iterable[Signature]) -> "Note":
        """The same text with further lines, none twice."""
        return Note(self.text, tuple(dict.fromkeys((*self.signatures, *more))))


class Verifies(Protocol):
    """How the signature lines of one kind of key are checked."""

    def __call__(self, text: str, signature: Signature, key: VerifierKey) -> bool: ...


def sign_note(text: str, key: SignerKey) -> Signature:
    """A plain signature over a text, which ends with a newline."""
    return Signature(key.name, key.verifier.id, key.sign(text.encode()))


def verify_plain(text: str, signature: Signature, key: VerifierKey) -> bool:
    """Whether a plain signature line is good."""
    return key.verifies(text.encode(), signature.blob)


def parse_note(raw: bytes | str) -> Note:
    """The note, nobody believed yet. Raises NoteRefused for what is no note."""
    text = _note_text(raw)
    body, separator, lines = text.rpartition("\n\n")
    if not separator or not lines.endswith("\n"):
        raise NoteRefused("The note has no signatures under an empty line.")
    signatures = [parse_signature(line) for line in lines[:-1].split("\n")]
    if len(signatures) > MOST_SIGNATURES:
        raise NoteRefused(f"The note has more than {MOST_SIGNATURES} signatures.")
    return Note(body + "\n", tuple(signatures))


def _note_text(raw: bytes | str) -> str:
    if len(raw) > LARGEST_NOTE_BYTES:
        raise NoteRefused(f"The note has more than {LARGEST_NOTE_BYTES} bytes.")
    try:
        text = raw.decode() if isinstance(raw, bytes) else raw
    except UnicodeDecodeError as error:
        raise NoteRefused("The note is not UTF-8.") from error
    if any(sign < " " and sign != "\n" for sign in text):
        raise NoteRefused("The note holds control characters.")
    return text


def parse_signature(line: str) -> Signature:
    """One signature line without its newline. Raises NoteRefused."""
    found = _SIGNATURE_LINE.fullmatch(line)
    if found is None:
        raise NoteRefused("A line under the note is no signature.")
    try:
        refuse_name(found[1])
        raw = decoded(found[2])
    except (ValueError, binascii.Error) as error:
        raise NoteRefused("A signature under the note does not parse.") from error
    if len(raw) < 5:
        raise NoteRefused("A signature under the note is too short.")
    return Signature(found[1], raw[:4], raw[4:])


def trusted_signatures(note: Note, keys: Sequence[VerifierKey], verifies: Verifies) -> list[VerifierKey]:
    """The keys that signed the note. Raises NoteRefused when a line of one of them does not verify."""
    signed = []
    for key in keys:
        lines = [signature for signature in note.signatures if signature.is_by(key)]
        if not all(verifies(note.text, line, key) for line in lines):
            raise NoteRefused(f"The signature of {key.name} does not fit the text.")
        if lines:
            signed.append(key)
    return signed
