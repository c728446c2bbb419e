"""What a use case needs beside the database: the settings, the witnesses, and the key that signs checkpoints."""

from dataclasses import dataclass

from services.disclosure.domain.witnesses import Witness, read_witnesses
from services.disclosure.ledger.notes import SignerKey
from services.disclosure.settings import DisclosureSettings
from services.kit.blobs import BlobStore


@dataclass(slots=True)
class Surroundings:
    """Where the service runs. `key` is there once the service has started."""

    settings: DisclosureSettings
    witnesses: tuple[Witness, ...]
    blobs: BlobStore
    key: SignerKey | None = None

    @classmethod
    def of(cls, settings: DisclosureSettings) -> "Surroundings":
        """From the settings. Raises ValueError for witnesses that cannot give the quorum."""
        witnesses = read_witnesses(settings.ledger_witnesses, settings.ledger_quorum)
        return cls(settings, witnesses, BlobStore(settings.blobs))

    def signer(self) -> SignerKey:
        """The key that signs checkpoints."""
        if self.key is None:
            raise RuntimeError("Checkpoints are signed once the service has started.")
        return self.key
