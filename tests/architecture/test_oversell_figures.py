"""The oversell test that a release publishes: nothing failed in it, and it was made with the code of this release."""

import json

from bench.oversell import PUBLISHED
from tools.order_path import order_path_sha256

FIGURES = json.loads(PUBLISHED.read_bytes())


def test_the_published_oversell_test_was_made_with_this_very_code() -> None:
    assert FIGURES["order_path_sha256"] == order_path_sha256(), "run python3 sunfair.py bench oversell"


def test_nothing_was_oversold_lost_or_different_in_any_storm() -> None:
    failed = {(storm["name"], kind): storm[kind] for storm in FIGURES["storms"] for kind in ("oversold", "lost")}
    failed |= {(storm["name"], "differences"): storm["differences"] for storm in FIGURES["storms"]}
    assert set(failed.values()) == {0}


def test_the_storms_were_storms() -> None:
    rush, kills = FIGURES["storms"]
    assert (rush["name"], rush["placed"], rush["sold_out"]) == ("rush", 27_000, 500)
    assert (kills["name"], kills["kills"] >= 8, kills["placed"] >= 50) == ("kills", True, True)
