"""The tables of accounts. Every secret in them is hashed or sealed; no column holds a raw identity number."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from services.kit.acts import act_tables
from services.kit.tables import Instant, Texts, metadata_of


class Base(SQLModel):
    """What all tables of accounts share."""

    metadata = metadata_of("accounts")


ACTS = act_tables(Base.metadata)


def _owner() -> Any:
    """The account to which a row belongs; accounts are switched off, never deleted."""
    return Field(sa_column=sa.Column(sa.Text, sa.ForeignKey("accounts.account.id"), nullable=False, index=True))


class Account(Base, table=True):
    """One account of a person or a platform. `version` counts its states, `revocations` its revocations of tokens."""

    __tablename__ = "account"

    id: str = Field(sa_type=sa.Text, primary_key=True)
    username: str = Field(sa_type=sa.Text, unique=True)
    name: str = Field(sa_type=sa.Text)
    person: str = Field(sa_type=sa.Text, index=True)
    identified: bool
    roles: list[str] = Field(sa_type=Texts, nullable=False)
    scopes: list[str] = Field(sa_type=Texts, nullable=False)
    organ: dict[str, Any] | None = Field(default=None, sa_column=sa.Column(JSONB(none_as_null=True)))
    post: str | None = Field(default=None, sa_type=sa.Text)
    superior_account_id: str | None = Field(
        default=None, sa_column=sa.Column(sa.Text, sa.ForeignKey("accounts.account.id"), index=True)
    )
    head_of_government: bool = False
    may_set_clock: bool = False
    active: bool = True
    password_hash: str | None = Field(default=None, sa_type=sa.Text)
    phone: str | None = Field(default=None, sa_type=sa.Text, unique=True)
    erased_at: datetime | None = Field(default=None, sa_type=Instant, nullable=True)
    version: int = Field(default=1, sa_type=sa.BigInteger)
    revocations: int = Field(default=0, sa_type=sa.BigInteger)
    created_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant, index=True)


class BrowserSession(Base, table=True):
    """A browser that is signed in, by the SHA-256 of its id."""

    __tablename__ = "browser_session"

    session_sha256: str = Field(sa_type=sa.Text, primary_key=True)
    account_id: str = _owner()
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)
    ends_at: datetime = Field(sa_type=Instant)


class RefreshFamily(Base, table=True):
    """All refresh tokens that came of one sign-in; they end together."""

    __tablename__ = "refresh_family"

    id: str = Field(sa_type=sa.Text, primary_key=True)
    account_id: str = _owner()
    created_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant, index=True)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class RefreshToken(Base, table=True):
    """One refresh token, by its SHA-256; a used one is kept to recognise its second use."""

    __tablename__ = "refresh_token"

    token_sha256: str = Field(sa_type=sa.Text, primary_key=True)
    family_id: str = Field(
        sa_column=sa.Column(
            sa.Text, sa.ForeignKey("accounts.refresh_family.id", ondelete="CASCADE"), nullable=False, index=True
        )
    )
    expires_at: datetime = Field(sa_type=Instant)
    used_at: datetime | None = Field(default=None, sa_type=Instant)


class OneTimeCode(Base, table=True):
    """A code with which a password may be set once, by its SHA-256."""

    __tablename__ = "one_time_code"

    code_sha256: str = Field(sa_type=sa.Text, primary_key=True)
    account_id: str = _owner()
    purpose: str = Field(sa_type=sa.Text)
    created_by: str = Field(sa_type=sa.Text)
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)


class PhoneCode(Base, table=True):
    """The code last sent to a phone, of which only a token is kept; and how often it was guessed."""

    __tablename__ = "phone_code"

    phone: str = Field(sa_type=sa.Text, primary_key=True)
    code_hmac: str = Field(sa_type=sa.Text)
    tries: int = 0
    sent_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant, index=True)


class OutsideIdentity(Base, table=True):
    """Who at a provider of identity outside may open an account; of them a token is kept."""

    __tablename__ = "outside_identity"

    token: str = Field(sa_type=sa.Text, primary_key=True)
    account_id: str = Field(
        sa_column=sa.Column(sa.Text, sa.ForeignKey("accounts.account.id"), nullable=False, unique=True)
    )
    connected_at: datetime = Field(sa_type=Instant)


class ApiKey(Base, table=True):
    """A platform's API key, by its SHA-256 and its first characters."""

    __tablename__ = "api_key"

    id: str = Field(sa_type=sa.Text, primary_key=True)
    account_id: str = _owner()
    name: str = Field(sa_type=sa.Text)
    prefix: str = Field(sa_type=sa.Text)
    key_sha256: str = Field(sa_type=sa.Text, unique=True)
    scopes: list[str] = Field(sa_type=Texts, nullable=False)
    test: bool
    created_by: str = Field(sa_type=sa.Text)
    created_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)


class SigningKey(Base, table=True):
    """A private key that signs access tokens from `starts_at`, sealed with the deployment's token secret."""

    __tablename__ = "signing_key"

    kid: str = Field(sa_type=sa.Text, primary_key=True)
    sealed_pem: str = Field(sa_type=sa.Text)
    public_jwk: dict[str, str] = Field(sa_column=sa.Column(JSONB, nullable=False))
    created_at: datetime = Field(sa_type=Instant)
    starts_at: datetime = Field(sa_type=Instant, index=True)
    ends_at: datetime = Field(sa_type=Instant)


class SignInFailure(Base, table=True):
    """Failed sign-ins under one name or from one address, of which only a keyed hash is kept."""

    __tablename__ = "sign_in_failure"

    kind: str = Field(sa_type=sa.Text, primary_key=True)
    token: str = Field(sa_type=sa.Text, primary_key=True)
    count: int
    last_at: datetime = Field(sa_type=Instant, index=True)
    blocked_until: datetime | None = Field(default=None, sa_type=Instant)
