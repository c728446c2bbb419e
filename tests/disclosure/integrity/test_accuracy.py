"""What is published about the engine's accuracy belongs to the engine that runs."""

import json
from pathlib import Path

from bench.integrity.publish import FIGURES_FILE, PAGE, figures
from bench.integrity.score import ABUSES, Marks, Report
from services.disclosure.integrity.config import published


def test_the_published_accuracy_is_of_the_thresholds_in_force_and_names_its_seeds() -> None:
    said = json.loads(FIGURES_FILE.read_text(encoding="utf-8"))
    assert said["config_sha256"] == published().sha256
    assert published().sha256 in PAGE.read_text(encoding="utf-8")
    assert set(said["generators"]) == {"market", "elsewhere"}
    assert set(said["all"]["abuses"]) == set(ABUSES)


def test_no_honest_broadcast_of_two_hundred_is_accused_and_the_figures_are_within_two_percent() -> None:
    said = json.loads(FIGURES_FILE.read_text(encoding="utf-8"))["all"]
    assert said["honest_broadcasts"] >= 200
    assert said["honest_broadcasts_accused"] == 0
    assert said["mean_relative_error"] <= 0.02


def test_figures_add_up_what_each_broadcast_showed() -> None:
    def report(seed: int, hit: int, wrong: int, missed: int, *, extra: tuple[str, ...] = ()) -> Report:
        marks = {"false_order": Marks(hit, wrong, missed, (hit, hit + missed), (0, 0), hit > 0)}
        errors = dict.fromkeys(("viewers", "orders", "net_sales_fen"), 0.1)
        return Report("false_orders", seed, marks, list(extra), [], errors, {}, {}, 1.0)

    said = figures([report(1, 8, 2, 0), report(2, 0, 0, 10)])["all"]["abuses"]["false_order"]
    assert said["precision"] == 0.8
    assert said["recall"] == said["recall_crude"] == 0.444
    assert said["recall_careful"] is None
    assert (said["broadcasts_found"], said["broadcasts_with_it"]) == (1, 2)


def test_the_page_and_the_figures_lie_where_others_look_for_them() -> None:
    root = Path(__file__).parents[3]
    assert root / "services/disclosure/integrity/accuracy.json" == FIGURES_FILE
    assert root / "docs/integrity-accuracy.md" == PAGE
