"""What the broadcast service is told from outside."""

from typing import Self

from pydantic import Field, SecretStr, model_validator

from services.kit.settings import DEMO_SECRET, ServiceSettings, require_strong


class Settings(ServiceSettings):
    """Settings of broadcast."""

    gateway_secret: SecretStr = Field(
        default=SecretStr(DEMO_SECRET),
        description="The gateway's own secret: who shows that they know it is the gateway.",
    )

    record_years: int = Field(
        default=3, ge=3, le=30, description="For how many years the record of a broadcast is kept; the law wants three."
    )
    gate_renewal_seconds: int = Field(
        default=300, ge=5, le=540, description="After how long a running room asks the gate again."
    )
    gate_grace_seconds: int = Field(
        default=120,
        ge=1,
        le=600,
        description="How long a room stays as it is while the gate does not answer; then it is closed. Published.",
    )
    chat_account_limit: int = Field(
        default=20, ge=1, description="Messages a minute that one account may say in one room."
    )
    chat_device_limit: int = Field(
        default=30, ge=1, description="Messages a minute that may be said in one room from one device."
    )

    @model_validator(mode="after")
    def refuse_weak_gateway_secret(self) -> Self:
        require_strong("SUNFAIR_GATEWAY_SECRET", self.gateway_secret, demo=self.demo)
        return self
