"""Bodies of requests and answers of the accounts service."""

from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    field_validator,
)

from services.accounts.domain import ROLES
from services.contracts.people import OrganKind, OrganLevel, Role
from services.contracts.values import RegionCode
from services.kit.fields import one_line

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), AfterValidator(one_line)]
Username = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{2,63}$"),
    Field(description="3 to 64 letters, digits, dots, hyphens or underscores; case does not matter."),
]
Identity = Annotated[
    SecretStr,
    Field(min_length=4, max_length=64, description="Number of an identity document. Kept only as a token."),
]
NewPassword = Annotated[SecretStr, Field(min_length=1, max_length=200)]
Credential = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Id = Annotated[str, StringConstraints(min_length=1, max_length=64)]
KeyScope = Literal["checks:write", "decisions:read", "webhooks:write"]

_INPUT = ConfigDict(extra="forbid")


class SignInIn(BaseModel):
    """`browser` gives a session that the gateway keeps in a cookie, `api` an access and a refresh token."""

    model_config = _INPUT

    username: Credential
    password: NewPassword
    kind: Literal["browser", "api"] = "browser"


class RefreshIn(BaseModel):
    model_config = _INPUT

    refresh_token: Credential


class ExchangeIn(BaseModel):
    """Exactly one of the two."""

    model_config = _INPUT

    session_id: Credential | None = None
    api_key: Credential | None = None


class SignOutIn(BaseModel):
    """What is to end; what has ended already is no error."""

    model_config = _INPUT

    session_id: Credential | None = None
    refresh_token: Credential | None = None


class PasswordIn(BaseModel):
    model_config = _INPUT

    old: NewPassword
    new: NewPassword


class AcceptIn(BaseModel):
    """The one-time code of an invitation or a reset, and the password chosen with it."""

    model_config = _INPUT

    code: Credential
    password: NewPassword


class PhoneIn(BaseModel):
    """A mainland mobile number, however it is written. Only a token of it is kept."""

    model_config = _INPUT

    phone: Credential


class PhoneSignInIn(BaseModel):
    """The number and the code that was sent to it; a number that is new makes a buyer's account."""

    model_config = _INPUT

    phone: Credential
    code: Credential
    kind: Literal["browser", "api"] = "browser"


class CodeSentOut(BaseModel):
    """A code is on its way. `demo_code` is the code itself, in demo mode only, where nobody's phone rings."""

    expires_at: AwareDatetime
    again_after_seconds: int
    demo_code: str | None = None


class EraseIn(BaseModel):
    """Erasing cannot be taken back."""

    model_config = _INPUT

    confirm: Literal[True]


class OutsideOut(BaseModel):
    """Whether one may sign in by a provider outside, and what it is called."""

    available: bool
    name_zh: str
    name_en: str


class OutsideIn(BaseModel):
    """`connect`: to connect the identity with the account that is signed in, not to sign in."""

    model_config = _INPUT

    language: Literal["zh", "en"] = "zh"
    connect: bool = False


class OutsideBegun(BaseModel):
    """Where the person signs in; `sealed` stays with the browser that began, and comes back with the code."""

    authorize_url: str
    sealed: str
    expires_at: AwareDatetime


Returned = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


class OutsideReturnIn(BaseModel):
    """What the provider sent back with the browser, and what that browser kept."""

    model_config = _INPUT

    sealed: Returned
    state: Returned
    code: Returned


class OutsideSignInIn(OutsideReturnIn):
    """As a return, for a session or for tokens."""

    kind: Literal["browser", "api"] = "browser"


class OutsideConnected(BaseModel):
    """Whether an identity outside opens your account, and since when."""

    connected_at: AwareDatetime | None


class OrganIn(BaseModel):
    """The body a person works for."""

    model_config = _INPUT

    name: Name
    kind: OrganKind
    level: OrganLevel
    region_code: RegionCode | None = None
    headcount: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None = Field(
        None, description="How many people work there, as far as it is known."
    )


def _each_once(values: list[str]) -> list[str]:
    if len(set(values)) != len(values):
        raise ValueError("Name each one once.", "请勿重复填写。")
    return values


class AccountIn(BaseModel):
    """A new account. Without `password` (allowed in demo mode only) a one-time invitation code is answered."""

    model_config = _INPUT

    username: Username
    name: Name = Field(description="Shown beside what the account does; for an official the post stands there instead.")
    roles: list[Role] = Field(min_length=1, max_length=len(ROLES))
    scopes: list[RegionCode] = Field(default=[], max_length=40, description="Regions whose subtrees they act in.")
    organ: OrganIn | None = None
    post: Name | None = None
    identity: Identity | None = None
    superior_account_id: Id | None = None
    head_of_government: bool = False
    may_set_clock: bool = False
    password: NewPassword | None = None

    _roles_once = field_validator("roles", "scopes")(_each_once)


class AccountPatch(BaseModel):
    """What is to change; what is left out stays. The person behind an account never changes."""

    model_config = _INPUT

    name: Name | None = None
    roles: list[Role] | None = Field(None, min_length=1, max_length=len(ROLES))
    scopes: list[RegionCode] | None = Field(None, max_length=40)
    organ: OrganIn | None = None
    post: Name | None = None
    superior_account_id: Id | None = None
    head_of_government: bool | None = None
    active: bool | None = None

    @field_validator("name", "roles", "scopes", "head_of_government", "active", mode="before")
    @classmethod
    def _never_empty(cls, value: Any) -> Any:
        if value is None:
            raise ValueError("This cannot be emptied. Leave it out to keep it.", "此项不能清空；不修改请勿填写。")
        return value

    @field_validator("roles", "scopes")
    @classmethod
    def _once(cls, values: list[str]) -> list[str]:
        return _each_once(values)


class ApiKeyIn(BaseModel):
    """A new API key, for oneself or, made by an administrator, for another platform's account."""

    model_config = _INPUT

    name: Name
    scopes: list[KeyScope] = Field(min_length=1, max_length=3)
    test: bool = False
    account_id: Id | None = None


class OrganOut(BaseModel):
    name: str
    kind: OrganKind
    level: OrganLevel
    region_code: str | None = None
    headcount: int | None = None


class OrganRowOut(OrganOut):
    """A body that people work for, and how many accounts say so."""

    accounts: int


class HeadcountIn(BaseModel):
    """How many people work at a body; null where it is no longer known."""

    model_config = _INPUT

    name: Name
    region_code: RegionCode | None = None
    headcount: Annotated[int, Field(strict=True, ge=1, le=1_000_000)] | None


class AccountOut(BaseModel):
    """An account as its owner and administrators see it. `person` is a token: equal for all accounts of one human."""

    id: str
    username: str
    name: str
    person: str
    roles: list[Role]
    scopes: list[str]
    organ: OrganOut | None
    post: str | None
    superior_account_id: str | None
    head_of_government: bool
    may_set_clock: bool
    active: bool
    has_password: bool
    created_at: AwareDatetime
    changed_at: AwareDatetime
    version: int


class AccountMade(AccountOut):
    """The answer to making an account; the code is shown this once, and not again to a repeated request."""

    invitation_code: str | None = None
    invitation_expires_at: AwareDatetime | None = None


class SessionOut(BaseModel):
    """A browser's session; the id is shown this once and stored as a hash."""

    session_id: str
    expires_at: AwareDatetime
    account: AccountOut


class TokensOut(BaseModel):
    """An access token for five minutes and the refresh token that renews it once."""

    access_token: str
    expires_at: AwareDatetime
    refresh_token: str
    refresh_expires_at: AwareDatetime
    account: AccountOut


class AccessOut(BaseModel):
    """An access token for five minutes."""

    access_token: str
    expires_at: AwareDatetime
    account: AccountOut


class CodeOut(BaseModel):
    """A one-time code to set a password with; shown this once."""

    code: str
    expires_at: AwareDatetime


class ApiKeyOut(BaseModel):
    """An API key as listed: its beginning, never the whole."""

    id: str
    account_id: str
    name: str
    prefix: str
    scopes: list[KeyScope]
    test: bool
    created_at: AwareDatetime
    revoked_at: AwareDatetime | None


class ApiKeyMade(ApiKeyOut):
    """The answer to making a key; `key` is shown this once, and not again to a repeated request."""

    key: str | None


class Jwks(BaseModel):
    """A JWK set (RFC 7517 §5)."""

    keys: list[dict[str, str]]
