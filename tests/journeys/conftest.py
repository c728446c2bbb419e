"""The whole market for the journeys: with its demonstration data, or empty and started for one test alone."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.postgres import FORGETFUL
from deploy.process import remembered_port
from deploy.seed.data import rows
from deploy.seed.market import Market
from deploy.stack import Stack
from tests.journeys.street import Street
from tests.journeys.town import Town


@pytest.fixture(scope="session")
async def town(stack: Stack) -> AsyncIterator[Town]:
    """The running system and its people."""
    demo = stack.demo()
    passwords = {person["username"]: demo["password"] for person in rows("people")}
    passwords["admin"] = stack.administrator_password
    async with Market(stack.url, passwords) as market:
        yield Town(stack, market, passwords)


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    """A running system without demonstration data."""
    stack = Stack(
        tmp_path / "state",
        remembered_port(tmp_path / "port"),
        seed=False,
        say=lambda _line: None,
        postgres_settings=FORGETFUL,
    )
    try:
        await asyncio.to_thread(stack.start)
        async with Market(stack.url, {"admin": stack.administrator_password}) as market:
            yield Street(stack, market)
    finally:
        await asyncio.to_thread(stack.stop)
