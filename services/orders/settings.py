"""What the orders service is told from outside."""

from pydantic import Field

from services.kit.settings import ServiceSettings


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
