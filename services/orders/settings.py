"""What the orders service is told from outside."""

from typing import Self

from pydantic import Field, SecretStr, model_validator

from services.kit.settings import DEMO_SECRET, DEMO_WEBHOOK_SECRET, ServiceSettings


class OrdersSettings(ServiceSettings):
    """Settings of the orders service."""

    reservation_seconds: int = Field(
        default=600, ge=30, le=86_400, description="How long units are kept for a checkout that is not paid yet."
    )
    batch_orders: int = Field(
        default=400, ge=1, le=5_000, description="Most orders of one lot that are written in one statement."
    )
    batch_wait_ms: float = Field(
        default=2.0, ge=0, le=100, description="How long a first order waits for others to share its statement."
    )
    payments_url: str = Field(default="http://127.0.0.1:8001", description="The payment provider's interface.")
    payments_key: SecretStr = Field(default=SecretStr(DEMO_SECRET), description="Our key at the payment provider.")
    payments_webhook_secret: SecretStr = Field(
        default=SecretStr(DEMO_WEBHOOK_SECRET), description="`whsec_…`: signs what the payment provider calls back."
    )
    courier_url: str = Field(default="http://127.0.0.1:8002", description="The carrier's interface.")
    courier_key: SecretStr = Field(default=SecretStr(DEMO_SECRET), description="Our key at the carrier.")
    courier_webhook_secret: SecretStr = Field(
        default=SecretStr(DEMO_WEBHOOK_SECRET), description="`whsec_…`: signs what the carrier calls back."
    )
    callbacks_url: str | None = Field(
        default=None,
        description="Where provider and carrier reach our callbacks; none: `/api/v1` below the public URL.",
    )
    payment_grace_seconds: int = Field(
        default=60, ge=1, le=3_600, description="How long an expired checkout waits for the provider's last word."
    )

    @model_validator(mode="after")
    def refuse_known_secrets(self) -> Self:
        given = (self.payments_key, self.payments_webhook_secret, self.courier_key, self.courier_webhook_secret)
        if not self.demo and {DEMO_SECRET, DEMO_WEBHOOK_SECRET} & {each.get_secret_value() for each in given}:
            raise ValueError("Set keys and webhook secrets of payment provider and carrier outside demo mode.")
        return self
