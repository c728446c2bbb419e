"""Fixtures of the tests of accounts."""

import pytest

from tests.accounts.people import People
from tests.apps import Tokens
from tests.conftest import ServiceOf


@pytest.fixture
async def people(service_app: ServiceOf, tokens: Tokens) -> People:
    """The accounts service, and an administrator who makes people."""
    return People(await service_app("accounts"), tokens)
