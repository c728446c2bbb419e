"""What a witness is told from outside."""

import secrets
from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.disclosure.ledger.notes import COSIGNATURE_V1, SignerKey, VerifierKey, refuse_name


class WitnessSettings(BaseSettings):
    """Settings of a witness."""

    model_config = SettingsConfigDict(env_prefix="SUNFAIR_WITNESS_", frozen=True, extra="ignore")

    name: str = Field(default="witness.example/demonstration", description="Name of the witness and of its key.")
    logs: str = Field(default="", description="Public keys of the logs that it witnesses, comma-separated.")
    state: Path = Field(default=Path("/var/lib/sunfair/witness"), description="Folder of its key and its memory.")
    key: SecretStr | None = Field(
        default=None, description="Its private key, 64 hexadecimal digits; none: one is made and kept in its folder."
    )

    def signer(self) -> SignerKey:
        """The key it signs with. Raises ValueError for one that is none."""
        refuse_name(self.name)
        if self.key is not None:
            return SignerKey(self.name, COSIGNATURE_V1, _seed(self.key.get_secret_value()))
        kept = self.state / "witness.key"
        if not kept.exists():
            self.state.mkdir(mode=0o700, parents=True, exist_ok=True)
            kept.touch(mode=0o600)
            kept.write_text(secrets.token_hex(32), encoding="ascii")
        return SignerKey(self.name, COSIGNATURE_V1, _seed(kept.read_text(encoding="ascii").strip()))

    def known_logs(self) -> dict[str, list[VerifierKey]]:
        """Origin → the keys that may sign for it. Raises ValueError for a damaged one."""
        known: dict[str, list[VerifierKey]] = {}
        for text in filter(None, (part.strip() for part in self.logs.split(","))):
            key = VerifierKey.parse(text)
            known.setdefault(key.name, []).append(key)
        return known


def _seed(text: str) -> bytes:
    seed = bytes.fromhex(text)
    if len(seed) != 32:
        raise ValueError("A private key has 64 hexadecimal digits.")
    return seed
