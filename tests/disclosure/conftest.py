"""Fixtures of the tests of disclosure."""

from collections.abc import AsyncIterator

import pytest

from tests.apps import ServiceUnderTest
from tests.conftest import ServiceOf
from tests.disclosure.announcing import Log
from tests.disclosure.schema import require_release


@pytest.fixture
async def log(service_app: ServiceOf) -> Log:
    """The log of a service that has just started: an empty tree, signed and published."""
    made = Log(await service_app("disclosure"))
    await made.grow()
    return made


@pytest.fixture
async def service_app(service_app: ServiceOf) -> AsyncIterator[ServiceOf]:
    """As for every service; whatever a test had disclosure release is held against the published schema afterwards."""
    started: list[ServiceUnderTest] = []

    async def start(name: str, **settings: object) -> ServiceUnderTest:
        started.append(await service_app(name, **settings))
        return started[-1]

    yield start
    for service in started:
        if service.name == "disclosure":
            for row in await service.database.fetch_rows("SELECT body FROM disclosure.release"):
                require_release(row["body"])
