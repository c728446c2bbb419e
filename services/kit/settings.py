"""What every service is told from outside: one class per process, read from SUNFAIR_… variables."""

from typing import Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

DEMO_SECRET = "demonstration-only-secret"  # noqa: S105  It is refused outside demo mode; that is its purpose.
# The same for what stand-ins call back with: `whsec_` and base64.
DEMO_WEBHOOK_SECRET = "whsec_ZGVtb25zdHJhdGlvbi1vbmx5LXNlY3JldC1vZi13ZWJob29rcw=="  # noqa: S105  The same.
SHORTEST_SECRET = 32


class ProcessSettings(BaseSettings):
    """Settings of any process of Sunfair, the gateway included."""

    model_config = SettingsConfigDict(env_prefix="SUNFAIR_", frozen=True, extra="ignore")

    demo: bool = Field(default=False, description="Demonstration: demo accounts, demo regions and the settable clock.")
    nats_url: str = Field(default="nats://127.0.0.1:4222", description="NATS server with this process's own user.")
    public_url: str = Field(default="http://127.0.0.1:8000", description="Where the public reaches the gateway.")
    log_level: str = Field(default="INFO", description="Least level that is logged.")
    otlp_endpoint: str | None = Field(
        default=None, description="OTLP/HTTP collector for traces; none: traces are not sent."
    )
    stream_replicas: int = Field(default=1, ge=1, le=5, description="Copies of each JetStream stream; 3 in a cluster.")


class ServiceSettings(ProcessSettings):
    """Settings of a service that owns a PostgreSQL schema."""

    service_database_url: str = Field(
        default="postgresql+asyncpg://127.0.0.1/sunfair", description="This service's own database role."
    )
    token_secret: SecretStr = Field(default=SecretStr(DEMO_SECRET), description="The deployment's one token secret.")
    blobs: str = Field(
        default="file:///var/lib/sunfair/blobs",
        description="file:///folder or s3://bucket/prefix (then AWS_ENDPOINT, AWS_ACCESS_KEY_ID … apply).",
    )
    pool_size: int = Field(default=5, ge=1, le=50, description="Database connections of this process.")
    background: bool = Field(default=True, description="Run the relay and the consumers; tests switch them off.")

    @model_validator(mode="after")
    def refuse_weak_secrets(self) -> Self:
        require_strong("SUNFAIR_TOKEN_SECRET", self.token_secret, demo=self.demo)
        return self


def require_strong(variable: str, given: SecretStr, *, demo: bool) -> None:
    """Raises ValueError for a secret that anybody could know or guess, outside demo mode."""
    secret = given.get_secret_value()
    if not demo and (secret == DEMO_SECRET or len(secret) < SHORTEST_SECRET):
        raise ValueError(f"{variable} must be set to at least {SHORTEST_SECRET} random characters outside demo mode.")
