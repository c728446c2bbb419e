"""A small kill storm: four kinds of processes fall while buyers order and pay, and nothing is lost or doubled."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.kill_orders import calm_stack, storm
from deploy.stack import Stack


@pytest.fixture
def fragile(tmp_path: Path) -> Iterator[Stack]:
    """A market of its own that keeps what it commits, and that nobody raises but the storm."""
    stack = calm_stack(tmp_path)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()


async def test_nothing_is_oversold_lost_or_doubled_while_processes_are_killed(fragile: Stack) -> None:
    raging, differences = await storm(fragile, kills=5)
    assert {name: count for name, count in differences.items() if count} == {}
    assert len(raging.told.checkouts) > 20
    assert raging.told.paid
