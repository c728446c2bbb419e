"""Fixtures of the tests of orders."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.apps import Tokens
from tests.conftest import ServiceOf
from tests.orders.buyers import Buyer, buyer
from tests.orders.market import Market
from tests.orders.outside import Outside, outside_of


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


@pytest.fixture
async def outside(service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Outside]:
    """Orders with an open market, and the companies outside: a payment provider and a courier."""
    async with outside_of(service_app, tokens, tmp_path) as made:
        yield made


@pytest.fixture
async def someone(outside: Outside) -> Buyer:
    """A buyer of that market."""
    return await buyer(outside.market)
