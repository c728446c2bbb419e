"""Which witnesses a log asks, and how many of them must sign."""

from dataclasses import dataclass

from services.disclosure.ledger.notes import COSIGNATURE_V1, VerifierKey


@dataclass(frozen=True)
class Witness:
    """A witness: its public key, and the address that checkpoints are brought to."""

    key: VerifierKey
    address: str


def read_witnesses(setting: str, quorum: int) -> tuple[Witness, ...]:
    """The witnesses of a setting, `public-key=address` each. Raises ValueError for what cannot give a quorum."""
    witnesses = []
    for part in filter(None, (part.strip() for part in setting.split(","))):
        # The key ends with base64, which may end with = itself.
        key, separator, rest = part.rpartition("=http")
        if not separator:
            raise ValueError(f"“{part}” is not public-key=address.")
        witnesses.append(Witness(VerifierKey.parse(key), f"http{rest}".rstrip("/")))
    keys = {witness.key.public for witness in witnesses}
    if len(keys) < len(witnesses) or any(witness.key.kind != COSIGNATURE_V1 for witness in witnesses):
        raise ValueError("Each witness needs a key of kind 04 of its own.")
    if quorum > len(keys):
        raise ValueError(f"A quorum of {quorum} cannot be had from {len(keys)} witnesses.")
    return tuple(witnesses)
