"""Fixtures of the tests of orders."""

import pytest

from tests.apps import Tokens
from tests.conftest import ServiceOf
from tests.orders.market import Market


@pytest.fixture
async def market(service_app: ServiceOf, tokens: Tokens) -> Market:
    """Orders with one broadcast whose lots have units set aside; its room is still closed."""
    return await Market(await service_app("orders"), tokens).settle()


@pytest.fixture
async def rush(committing_service_app: ServiceOf, tokens: Tokens) -> Market:
    """As `market`, with a pool and real commits, and its room open in a market segment."""
    market = await Market(await committing_service_app("orders"), tokens).settle()
    await market.open()
    return market
