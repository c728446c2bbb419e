"""What a use case needs beside the database: secrets, files, and the companies outside."""

from dataclasses import dataclass

from services.kit.blobs import BlobStore
from services.kit.identity import broadcast_token, identity_token
from services.orders.actions.carrier import Carrier
from services.orders.actions.outside import Outside
from services.orders.actions.provider import PaymentProvider


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the service runs. `callbacks_url` is where companies outside reach our callbacks."""

    token_secret: str
    demo: bool
    blobs: BlobStore
    provider: PaymentProvider
    carrier: Carrier
    public_url: str
    callbacks_url: str
    grace_seconds: int
    outside: tuple[Outside, ...] = ()

    async def close(self) -> None:
        """Hang up on the companies outside."""
        for company in self.outside:
            await company.close()

    def token(self, kind: str, value: str) -> str:
        """The token of an identity value."""
        return identity_token(kind, value, self.token_secret)

    def broadcast_token(self, broadcast_id: str, value: str) -> str:
        """The token that stands for a value in one broadcast and nowhere else."""
        return broadcast_token(broadcast_id, value, self.token_secret)
