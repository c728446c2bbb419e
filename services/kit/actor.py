"""Who is asking: the actor read from the access token, the roles a route wants, and the clock they may set."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from services.kit import clock
from services.kit.keys import KeyRing
from services.kit.problem import ClockRefused, NotAllowed, NotSignedIn
from services.kit.tokens import TokenRefused

CLOCK_HEADER = "sunfair-clock"
# At the ends of the calendar an instant has no neighbours: working days, validity and time zones need some.
EARLIEST_YEAR, LATEST_YEAR = 1990, 2100


@dataclass(frozen=True)
class Actor:
    """The authenticated caller. `person` is an identity token, `scopes` are region codes whose subtrees they act in.

    Who comes with an API key has its `key_id`; such a caller may do only what the key's own scopes name.
    """

    account_id: str
    person: str
    name: str
    roles: frozenset[str]
    scopes: tuple[str, ...] = ()
    organ: str | None = None
    may_set_clock: bool = False
    test_key: bool = False
    key_id: str | None = None
    key_scopes: tuple[str, ...] = ()

    def may(self, key_scope: str) -> bool:
        """True for a person, and for an API key made for `key_scope`, such as "checks:write"."""
        return self.key_id is None or key_scope in self.key_scopes

    @property
    def owners(self) -> tuple[str, ...]:
        """In whose name files are brought: the actor's regions, or the account where it has none."""
        return self.scopes or (self.account_id,)

    def has(self, *roles: str) -> bool:
        """True when the actor holds any of `roles`."""
        return not self.roles.isdisjoint(roles)


def actor_of(claims: dict[str, object]) -> Actor:
    """The actor whom an access token describes (claims as `accounts` makes them)."""
    return Actor(
        account_id=str(claims["sub"]),
        person=str(claims.get("person", "")),
        name=str(claims.get("name", "")),
        roles=frozenset(_strings(claims.get("roles"))),
        scopes=_strings(claims.get("scopes")),
        organ=str(claims["organ"]) if claims.get("organ") else None,
        may_set_clock=claims.get("may_set_clock") is True,
        test_key=claims.get("test_key") is True,
        key_id=str(claims["key_id"]) if claims.get("key_id") else None,
        key_scopes=_strings(claims.get("key_scopes")),
    )


def _strings(value: object) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


async def optional_actor(request: Request) -> Actor | None:
    """Who sends this request, if anybody says so. Raises NotSignedIn for a token that is no good."""
    header = request.headers.get("authorization", "")
    if not header:
        return None
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn(
            "Send an access token as `Authorization: Bearer …`.", "请以 `Authorization: Bearer …` 方式提交访问令牌。"
        )
    keyring: KeyRing = request.app.state.keyring
    try:
        return actor_of(await keyring.claims(token))
    except TokenRefused as refused:
        raise NotSignedIn(
            f"The access token was refused: {refused} Sign in again.",
            "访问令牌无效或已过期，请重新登录。",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        ) from refused


async def _actor(actor: Annotated[Actor | None, Depends(optional_actor)]) -> Actor:
    return signed_in(actor)


def signed_in(actor: Actor | None) -> Actor:
    """The actor. Raises NotSignedIn when there is none."""
    if actor is None:
        raise NotSignedIn(
            "This needs an access token. Sign in and try again.",
            "此操作需要登录，请登录后重试。",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return actor


async def _business_clock(
    request: Request, actor: Annotated[Actor | None, Depends(optional_actor)]
) -> AsyncIterator[None]:
    """Honour `Sunfair-Clock` for those who may set it; anyone else is refused, never ignored."""
    with clock.set_to(clock_asked(request, actor)):
        yield


def clock_asked(request: Request, actor: Actor | None) -> datetime | None:
    """The clock that this request wants to set, None for the machine's. Raises ClockRefused for who may not."""
    asked = request.headers.get(CLOCK_HEADER)
    if asked is None:
        return None
    if not request.app.state.settings.demo or actor is None or not actor.may_set_clock:
        raise ClockRefused(
            "Sunfair-Clock is for demo accounts in demo mode. Leave the header out.",
            "Sunfair-Clock 仅供演示环境中的演示账户使用，请去掉该请求头。",
        )
    try:
        instant = datetime.fromisoformat(asked)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None or not EARLIEST_YEAR <= instant.year < LATEST_YEAR:
        raise ClockRefused(
            f"Sunfair-Clock must be an RFC 3339 instant from {EARLIEST_YEAR} to {LATEST_YEAR - 1} with its offset, "
            "such as 2020-03-02T09:00:00+08:00.",
            f"Sunfair-Clock 须为 {EARLIEST_YEAR} 至 {LATEST_YEAR - 1} 年之间带时区的 RFC 3339 时间，"
            "例如 2020-03-02T09:00:00+08:00。",
        )
    return instant


MaybeActor = Annotated[Actor | None, Depends(optional_actor)]
CurrentActor = Annotated[Actor, Depends(_actor)]
BusinessClock = Depends(_business_clock)


def role(*roles: str) -> Callable[..., Awaitable[Actor]]:
    """A dependency that wants an actor with one of `roles`: `Annotated[Actor, Depends(role("operator"))]`."""

    async def with_role(actor: CurrentActor) -> Actor:
        if not actor.has(*roles):
            raise NotAllowed(
                f"This needs the role {' or '.join(roles)}; you have {', '.join(sorted(actor.roles)) or 'none'}.",
                f"此操作需要角色：{'、'.join(roles)}；您当前的角色：{'、'.join(sorted(actor.roles)) or '无'}。",
            )
        return actor

    return with_role
