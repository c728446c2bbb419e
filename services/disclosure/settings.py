"""What disclosure is told from outside."""

from pydantic import Field, SecretStr

from services.kit.settings import ServiceSettings


class DisclosureSettings(ServiceSettings):
    """Settings of the disclosure service."""

    ledger_origin: str = Field(
        default="sunfair.example/ledger",
        pattern=r"^[!-*,-~]{1,200}$",
        description="Name of the public log and of its key; never changed afterwards.",
    )
    ledger_witnesses: str = Field(
        default="",
        description="Witnesses that are asked to cosign: `public-key=address`, comma-separated; other organisations'.",
    )
    ledger_quorum: int = Field(
        default=0,
        ge=0,
        le=100,
        description="How many witnesses must have cosigned a checkpoint before it is published.",
    )
    ledger_key: SecretStr = Field(
        default=SecretStr(""),
        description="Private key of the log, 64 hexadecimal digits; empty: one is made and sealed.",
    )
    ledger_seconds: float = Field(default=1.0, gt=0, le=3600, description="Pause between two checkpoints.")
    gate_seconds: float = Field(
        default=120.0, ge=0, le=86_400, description="How long a release waits for the gate's answer about it."
    )
    record_seconds: float = Field(default=5.0, gt=0, le=3600, description="Pause between two looks for records due.")
    open_data_seconds: float = Field(
        default=60.0, gt=0, le=86_400, description="Pause between two looks for months whose open data is behind."
    )
