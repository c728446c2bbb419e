"""Cosignatures (c2sp.org/tlog-cosignature, version 1): a witness says when it saw a log, honestly grown, at a size."""

from datetime import UTC, datetime

from services.disclosure.ledger.notes import Signature, SignerKey, VerifierKey

_TIMESTAMP_BYTES = 8
# The last second of the year 9999: a witness that names a later one must not stop whoever reads it.
_LATEST_TIMESTAMP = 253_402_300_799


def cosigned_message(text: str, seconds: int) -> bytes:
    """What a witness signs: its statement, the time, and the text of the checkpoint."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def cosign(text: str, key: SignerKey, at: datetime) -> Signature:
    """The signature line of a witness under the text of a checkpoint that it has checked."""
    seconds = int(at.timestamp())
    signature = key.sign(cosigned_message(text, seconds))
    return Signature(key.name, key.verifier.id, seconds.to_bytes(_TIMESTAMP_BYTES, "big") + signature)


def verify_cosignature(text: str, signature: Signature, key: VerifierKey) -> bool:
    """Whether the line is a good cosignature by that key."""
    if len(signature.blob) != _TIMESTAMP_BYTES + 64:
        return False
    seconds = int.from_bytes(signature.blob[:_TIMESTAMP_BYTES], "big")
    if seconds > _LATEST_TIMESTAMP:
        return False
    return key.verifies(cosigned_message(text, seconds), signature.blob[_TIMESTAMP_BYTES:])


def cosigned_at(signature: Signature) -> datetime:
    """When the witness says it signed; of a cosignature that was verified."""
    return datetime.fromtimestamp(int.from_bytes(signature.blob[:_TIMESTAMP_BYTES], "big"), UTC)
