"""What a stand-in is told from outside."""

from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.kit.settings import DEMO_SECRET, DEMO_WEBHOOK_SECRET

Milliseconds = Annotated[int, Field(ge=0, le=86_400_000)]
Times = Annotated[int, Field(ge=0, le=100)]


class Behaviour(BaseModel):
    """How well or badly a stand-in behaves from now on; real ones do all of this."""

    model_config = ConfigDict(extra="forbid")

    delay_ms: Milliseconds = Field(default=200, description="How long a callback takes to leave.")
    duplicates: Times = Field(default=0, description="How often each callback is sent once more.")
    shuffle: bool = Field(default=False, description="Callbacks leave in any order.")
    lose_every: Times = Field(default=0, description="Every so many-th callback is never sent; 0: none is lost.")
    outages: Times = Field(default=0, description="How many of the coming requests are answered 503.")
    refund_failures: Times = Field(default=0, description="How many of the coming refunds fail at the bank.")
    refund_ms: Milliseconds = Field(default=500, description="How long a refund takes.")
    late_ms: Milliseconds = Field(
        default=90_000,
        description="How long after its expiry a late payment arrives; by default when the market waits no longer.",
    )
    pace_ms: Milliseconds = Field(default=20_000, description="Time between two scans of a parcel.")


class SandboxSettings(BaseSettings):
    """Settings of a stand-in; the key and the secret are the ones that orders is told."""

    model_config = SettingsConfigDict(env_prefix="SUNFAIR_SANDBOX_", frozen=True, extra="ignore")

    demo: bool = Field(default=False, validation_alias="SUNFAIR_DEMO", description="Secrets may be the known ones.")
    key: SecretStr = Field(default=SecretStr(DEMO_SECRET), min_length=16, description="Bearer key of the merchant.")
    webhook_secret: SecretStr = Field(
        default=SecretStr(DEMO_WEBHOOK_SECRET), description="`whsec_…`: signs what is called back."
    )
    public_url: str = Field(default="http://127.0.0.1:8001", description="Where the public reaches this stand-in.")
    state: Path = Field(default=Path("/var/lib/sunfair/sandbox"), description="Folder of its state.")
    delay_ms: int = Field(default=200, ge=0, description="How long a callback takes to leave.")
    duplicates: int = Field(default=0, ge=0, le=100, description="How often each callback is sent once more.")
    shuffle: bool = Field(default=False, description="Callbacks leave in any order.")
    lose_every: int = Field(default=0, ge=0, le=100, description="Every so many-th callback is never sent.")
    pace_ms: int = Field(default=20_000, ge=0, description="Time between two scans of a parcel.")

    @model_validator(mode="after")
    def refuse_known_secrets(self) -> Self:
        known = {DEMO_SECRET, DEMO_WEBHOOK_SECRET}
        if not self.demo and known & {self.key.get_secret_value(), self.webhook_secret.get_secret_value()}:
            raise ValueError("Set SUNFAIR_SANDBOX_KEY and SUNFAIR_SANDBOX_WEBHOOK_SECRET outside demo mode.")
        return self

    def behaviour(self) -> Behaviour:
        """How it behaves at first; `PUT /v1/behaviour` changes it."""
        return Behaviour(
            delay_ms=self.delay_ms,
            duplicates=self.duplicates,
            shuffle=self.shuffle,
            lose_every=self.lose_every,
            pace_ms=self.pace_ms,
        )
