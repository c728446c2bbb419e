"""What the broadcast service is told from outside."""

from pydantic import Field

from services.kit.settings import ServiceSettings


class BroadcastSettings(ServiceSettings):
    """Settings of the broadcast service."""

    gate_renewal_seconds: int = Field(
        default=300, ge=5, le=540, description="After how long a running room asks the gate again."
    )
    gate_grace_seconds: int = Field(
        default=120,
        ge=1,
        le=600,
        description="How long a room stays as it is while the gate does not answer; then it is closed. Published.",
    )
    record_kept_years: int = Field(
        default=3, ge=3, le=30, description="Years for which the record of a room is kept after its end."
    )
