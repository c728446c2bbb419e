"""Fixtures of catalog's tests."""

import pytest

from tests.apps import Tokens
from tests.catalog.market import Market
from tests.conftest import ServiceOf


@pytest.fixture
async def market(service_app: ServiceOf, tokens: Tokens) -> Market:
    """Catalog in this process, rolled back afterwards."""
    return Market(await service_app("catalog"), tokens)


@pytest.fixture
async def committing_market(committing_service_app: ServiceOf, tokens: Tokens) -> Market:
    """Catalog with real commits, for races."""
    return Market(await committing_service_app("catalog"), tokens)
