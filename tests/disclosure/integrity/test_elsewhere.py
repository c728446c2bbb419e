"""The engine in another market: other habits, rates, words, formats and doses than those it was made beside."""

from pathlib import Path

import pytest

from bench.integrity.elsewhere.dialects import respell
from bench.integrity.elsewhere.scenarios import simulate
from bench.integrity.files import write as write_events
from services.disclosure.integrity.engine import examine
from services.disclosure.integrity.tables import read_broadcast
from tests.disclosure.integrity.rooms import found, marks


@pytest.mark.parametrize("scenario", ["honest_small", "honest_groupbuy", "honest_spoiled_refunds"])
@pytest.mark.parametrize("seed", [5001, 5002])
def test_an_honest_broadcast_of_another_market_is_not_accused(scenario: str, seed: int, tmp_path: Path) -> None:
    write_events(simulate(scenario, seed, scale=0.3), tmp_path, None)
    respell(tmp_path, seed)
    assert found(examine(read_broadcast(tmp_path))) == set()


@pytest.mark.parametrize("abuse", ["false_order", "refund_cycling", "second_signing", "rehearsed", "below_cost"])
def test_the_crude_of_another_market_are_found(abuse: str, tmp_path: Path) -> None:
    scenario = {"false_order": "false_orders", "refund_cycling": "false_orders"}.get(abuse, abuse)
    world = simulate(scenario, 5003, intensity=0.15, care=0.0, scale=0.3)
    write_events(world, tmp_path, None)
    outcome = examine(read_broadcast(tmp_path))
    precision, recall = marks(world, outcome, abuse)
    assert precision >= 0.9
    assert recall >= 0.85


def test_a_dialect_says_the_same(tmp_path: Path) -> None:
    world = simulate("second_signing", 5004, intensity=0.1, care=0.2, scale=0.2)
    for name in ("plain", "dialect"):
        write_events(world, tmp_path / name, None)
    respell(tmp_path / "dialect", 3)
    plain, other = (examine(read_broadcast(tmp_path / name)).document for name in ("plain", "dialect"))
    assert plain["verified"] == other["verified"]
    assert plain["removed"] == other["removed"]
