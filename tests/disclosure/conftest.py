"""Fixtures of the tests of disclosure."""

import pytest

from tests.conftest import ServiceOf
from tests.disclosure.announcing import Log


@pytest.fixture
async def log(service_app: ServiceOf) -> Log:
    """The log of a service that has just started: an empty tree, signed and published."""
    made = Log(await service_app("disclosure"))
    await made.grow()
    return made
