"""Background loops: what passes by itself is waited out, and a defect is not hidden."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import asyncpg
import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from nats.errors import ConnectionClosedError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from services.kit.app import build_app
from services.kit.db import Database
from services.kit.settings import ServiceSettings
from tests.apps import settings_of
from tests.conftest import DatabaseOf

PASSING = [
    PoolTimeoutError,
    asyncpg.ConnectionDoesNotExistError,
    asyncpg.InterfaceError,
    ConnectionClosedError,
    OSError,
]


class Loop:
    """A loop that falls at its first round."""

    def __init__(self, error: Exception) -> None:
        self.error: Exception | None = error
        self.again = asyncio.Event()

    async def __call__(self, _app: FastAPI) -> None:
        if self.error is not None:
            falls, self.error = self.error, None
            raise falls
        self.again.set()
        await asyncio.Event().wait()


@asynccontextmanager
async def with_loop(loop: Loop, database: Database, nats_url: str) -> AsyncIterator[AsyncClient]:
    """A service that has this loop beside its own."""
    settings = settings_of("catalog", nats_url=nats_url, background=True)
    assert isinstance(settings, ServiceSettings)
    app = build_app("catalog", settings, [], handlers={}, republishers={}, loops=[loop], database=database)
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://catalog") as client,
    ):
        yield client


@pytest.mark.parametrize("kind", PASSING, ids=lambda kind: kind.__name__)
async def test_a_loop_that_fell_while_something_was_away_goes_on(
    kind: type[Exception], committing_database: DatabaseOf, fresh_nats_url: Callable[[str], str]
) -> None:
    loop = Loop(kind("away"))
    async with with_loop(loop, await committing_database("catalog"), fresh_nats_url("catalog")) as client:
        await loop.again.wait()
        assert (await client.get("/readyz")).status_code == 200


async def test_a_loop_that_fell_by_a_defect_makes_the_service_unready_and_says_so(
    committing_database: DatabaseOf, fresh_nats_url: Callable[[str], str]
) -> None:
    loop = Loop(ValueError("a defect"))
    async with with_loop(loop, await committing_database("catalog"), fresh_nats_url("catalog")) as client:
        told = await client.get("/readyz")
        assert (told.status_code, told.json()["waiting"], loop.again.is_set()) == (503, ["background loop"], False)
