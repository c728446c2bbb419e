"""One service inside the test's own process: asked over HTTP, told events, and overheard, without a network."""

import inspect
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from sqlalchemy.engine import Engine
from starlette.routing import BaseRoute

from services.kit import clock, inbox, keys, tokens
from services.kit.db import Database
from services.kit.event import Event, KeyPublished
from services.kit.plumbing import plumbing
from services.kit.settings import ServiceSettings

TOKEN_SECRET = "a-secret-of-the-tests-and-of-nothing-else"


# Nobody answers a service that is alone: a test that plays the gate says how long to wait for it.
ALONE: dict[str, dict[str, Any]] = {"disclosure": {"gate_seconds": 0}}


class Tokens:
    """Signs access tokens as `accounts` would, so that a test may come as anybody."""

    def __init__(self) -> None:
        self.key = tokens.new_signing_key()

    def token(
        self,
        *roles: str,
        scopes: tuple[str, ...] = (),
        account_id: str = "account-of-the-test",
        lifetime: timedelta = timedelta(minutes=10),
        **claims: Any,
    ) -> str:
        """An access token. `scopes` are region codes; further claims: person, name, organ, may_set_clock, test_key."""
        now = clock.now()
        return tokens.sign(
            {
                "iss": keys.ACCESS_ISSUER,
                "aud": tokens.ACCESS_AUDIENCE,
                "sub": account_id,
                "person": f"person-of-{account_id}",
                "name": "Test",
                "roles": list(roles),
                "scopes": list(scopes),
                "iat": int(now.timestamp()),
                "exp": int((now + lifetime).timestamp()),
            }
            | claims,
            self.key,
            tokens.ACCESS_TYPE,
        )

    def headers(self, *roles: str, at: datetime | None = None, **claims: Any) -> dict[str, str]:
        """The headers of a request by somebody with these roles; `at` sets the business clock, as demo accounts may."""
        if at is None:
            return {"Authorization": f"Bearer {self.token(*roles, **claims)}"}
        token = self.token(*roles, may_set_clock=True, **claims)
        return {"Authorization": f"Bearer {token}", "Sunfair-Clock": at.isoformat()}

    async def publish_to(self, database: Database) -> None:
        """Let a service know the public half, as the event from accounts would."""
        event = KeyPublished(
            entity_id=self.key.kid, version=1, jwk=self.key.public_jwk, issuer=keys.ACCESS_ISSUER, not_after=None
        )
        async with database.sessions.begin() as db:
            await keys.add_public_key(db, event)


class ServiceUnderTest:
    """A service that runs, its HTTP client, and its two ends of the bus."""

    def __init__(self, name: str, app: FastAPI, client: AsyncClient, database: Database) -> None:
        self.name = name
        self.app = app
        self.client = client
        self.database = database

    async def hear(self, *events: Event) -> None:
        """Tell the service events of others, each handled once, as its listener would."""
        for event in events:
            await inbox.handle_once(self.database, event, self.app.state.handlers[type(event)])

    async def said(self, subject: str = "") -> list[dict[str, Any]]:
        """What the service announced, oldest first; of one subject only, if one is named."""
        outbox = plumbing(self.name).outbox
        statement = sa.select(outbox.c.payload).order_by(outbox.c.seq)
        if subject:
            statement = statement.where(outbox.c.subject == subject)
        async with self.database.sessions() as db:
            return [json.loads(payload) for payload in (await db.execute(statement)).scalars()]


def settings_of(name: str, **values: Any) -> ServiceSettings:
    """The service's own settings class, for tests: demo mode, and nothing in the background."""
    module = import_module(f"services.{name}.settings")
    own = [
        found
        for found in vars(module).values()
        if inspect.isclass(found) and issubclass(found, ServiceSettings) and found is not ServiceSettings
    ]
    chosen: type[ServiceSettings] = own[0] if own else ServiceSettings
    given: dict[str, Any] = {"demo": True, "token_secret": TOKEN_SECRET, "background": False}
    given |= ALONE.get(name, {}) | values
    return chosen(**given)


# Each service's routers as its first application included them, by service and router.
_INCLUDED: dict[tuple[str, int], BaseRoute] = {}


def share_routes(app: FastAPI, name: str) -> None:
    """Let an application have the routers of the first of its service, whose parameters and models are worked out.

    FastAPI does that at the first request to each router, for every application anew: half a second of processor
    time for a service, more than most tests need. Nothing in it depends on the application but its overrides of
    dependencies, which nobody here has.
    """
    app.router.routes[:] = [
        _INCLUDED.setdefault((name, id(route.original_router)), route) if hasattr(route, "original_router") else route
        for route in app.router.routes
    ]


@asynccontextmanager
async def running(name: str, database: Database, signer: Tokens, **settings: Any) -> AsyncIterator[ServiceUnderTest]:
    """Start a service on that database, with its lifespan, and stop it."""
    app: FastAPI = import_module(f"services.{name}.app").create_app(
        settings=settings_of(name, **settings), database=database
    )
    share_routes(app, name)
    await signer.publish_to(database)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url=f"http://{name}") as client,
    ):
        yield ServiceUnderTest(name, app, client, database)


def instant(text: str) -> datetime:
    """An aware instant from its ISO form; without an offset it is China's time."""
    parsed = datetime.fromisoformat(text)
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=clock.SHANGHAI)).astimezone(UTC)


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is read from the database meanwhile; the keys, at which a service looks once a second, left aside."""
    seen: list[str] = []

    def keep(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().startswith(("SELECT", "WITH")) and not re.search(r"public_key|revocation", statement):
            seen.append(statement)

    sa.event.listen(Engine, "before_cursor_execute", keep)
    try:
        yield seen
    finally:
        sa.event.remove(Engine, "before_cursor_execute", keep)
