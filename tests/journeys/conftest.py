"""The whole market with its demonstration data, for the journeys."""

from collections.abc import AsyncIterator

import pytest

from deploy.seed.data import rows
from deploy.seed.market import Market
from deploy.stack import Stack
from tests.journeys.town import Town


@pytest.fixture(scope="session")
async def town(stack: Stack) -> AsyncIterator[Town]:
    """The running system and its people."""
    demo = stack.demo()
    passwords = {person["username"]: demo["password"] for person in rows("people")}
    passwords["admin"] = stack.administrator_password
    async with Market(stack.url, passwords) as market:
        yield Town(stack, market, passwords)
