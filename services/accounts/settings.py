"""What accounts is told from outside."""

from pydantic import Field, SecretStr

from services.kit.settings import ServiceSettings


class AccountsSettings(ServiceSettings):
    """Settings of the accounts service."""

    first_administrator_password: SecretStr | None = Field(
        default=None,
        min_length=10,
        max_length=200,
        description="Password of `admin`, made at start while no account exists; unused afterwards.",
    )
    signing_key_days: int = Field(default=30, ge=2, le=365, description="Days for which one token-signing key signs.")
    sign_in_failures_per_address: int = Field(
        default=50, ge=5, description="Failed sign-ins from one address before it must wait; many phones share one."
    )
    code_sender_url: str | None = Field(
        default=None,
        description="Where codes for phones are posted as signed JSON (Standard Webhooks), to go out as texts; "
        "none: no codes outside demo mode, and in demo mode they stand in the log.",
    )
    code_sender_secret: SecretStr | None = Field(
        default=None, description="The secret, `whsec_…`, that signs what is posted to the sender of codes."
    )
    codes_per_address: int = Field(
        default=50, ge=5, description="Codes asked for from one address before it must wait; many phones share one."
    )
    oidc_issuer: str | None = Field(
        default=None,
        description="Issuer of an OpenID Connect provider by which people may sign in; none: off.",
    )
    oidc_client_id: str | None = Field(default=None, description="Our client id at that provider.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="Our secret at that provider; none for a public client (PKCE is always used)."
    )
    oidc_name_zh: str = Field(default="统一身份认证", description="What the provider is called on Chinese pages.")
    oidc_name_en: str = Field(default="the unified sign-in", description="What it is called on English pages.")
    oidc_private: bool = Field(
        default=False, description="The provider lies in our own network: private addresses and http are allowed."
    )
    hashes_at_once: int = Field(default=2, ge=1, le=64, description="Password hashes made at once; 19 MiB each.")
