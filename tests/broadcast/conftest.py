"""Fixtures of the tests of broadcast."""

import pytest

from tests.apps import Tokens
from tests.broadcast.county import County
from tests.conftest import ServiceOf


@pytest.fixture
async def county(service_app: ServiceOf, tokens: Tokens) -> County:
    """Broadcast with one county that has all it needs to file."""
    return await County(await service_app("broadcast"), tokens).settle()
