"""What accounts is told from outside."""

from pydantic import Field, SecretStr

from services.kit.settings import ServiceSettings


class AccountsSettings(ServiceSettings):
    """Settings of the accounts service."""

    first_administrator_password: SecretStr | None = Field(
        None,
        min_length=10,
        max_length=200,
        description="Password of `admin`, made at start while no account exists; unused afterwards.",
    )
    signing_key_days: int = Field(30, ge=2, le=365, description="Days for which one token-signing key signs.")
    sign_in_failures_per_address: int = Field(
        50, ge=5, description="Failed sign-ins in 15 minutes from one address before it must wait; phones share addresses."
    )
    hashes_at_once: int = Field(2, ge=1, le=64, description="Password hashes computed at once; each takes 19 MiB.")
