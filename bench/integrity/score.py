"""Scores what the engine said of a broadcast against what is true of it, and adds the scores up."""

import json
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from bench.integrity.scenarios import HONEST, PRESENT

ABUSES = (
    *("injected_traffic", "false_order", "refund_cycling", "second_signing", "rehearsed", "below_cost"),
    *("apportionment", "water_army"),
)
FAKE = ("false_order", "refund_cycling", "second_signing", "rehearsed")
FIGURES = ("viewers", "orders", "net_sales_fen")
ENTITY = {"injected_traffic": "session", "water_army": "message"}


@dataclass
class Marks:
    """True positives, false positives and misses of one abuse in one broadcast; hits apart for each operator."""

    hit: int
    wrong: int
    missed: int
    crude: tuple[int, int]
    careful: tuple[int, int]
    found: bool

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.hit / max(1, 2 * self.hit + self.wrong + self.missed)


@dataclass
class Report:
    """One broadcast: marks of the abuses that were there, findings that should not be, errors, traps."""

    scenario: str
    seed: int
    marks: dict[str, Marks]
    extra: list[str]
    missed: list[str]
    errors: dict[str, float]
    traps: dict[str, tuple[int, int]]
    false_items: dict[str, tuple[int, int]]
    seconds: float
    generator: str = "market"


def score(scenario: str, seed: int, out: Path, labels: Path) -> Report:
    """Compare one broadcast's findings with its labels."""
    document: dict[str, Any] = json.loads((out / "findings.json").read_text(encoding="utf-8"))
    truth: dict[str, Any] = json.loads((labels / "truth.json").read_text(encoding="utf-8"))
    found = {finding["abuse"] for finding in document["findings"]}
    flags = pl.read_parquet(out / "flags.parquet").filter(pl.col("abuse").is_in(sorted(found)))
    true = pl.read_parquet(labels / "labels.parquet")
    # What a tiny broadcast has no room for is not there, whatever the scenario is called.
    made = set(true["name"])
    present = tuple(abuse for abuse in PRESENT.get(scenario, ()) if abuse in made)
    marks = {abuse: _marks(abuse, flags, true, found) for abuse in present}
    if any(abuse in FAKE for abuse in present):
        marks["any_fake_order"] = _any_fake(flags, true, found)
    verified = document["verified"]
    return Report(
        scenario,
        seed,
        marks,
        extra=sorted(found - set(present)),
        missed=sorted(set(present) - found),
        errors={name: abs(verified[name] - truth[name]) / max(1, truth[name]) for name in FIGURES},
        traps=_traps(flags, true, pl.read_parquet(labels / "traps.parquet")),
        false_items=_false_items(flags, true, truth["counts"]),
        seconds=document["runtime_s"],
    )


def _marks(abuse: str, flags: pl.DataFrame, true: pl.DataFrame, found: set[str]) -> Marks:
    said = set(flags.filter(pl.col("abuse") == abuse)["id"])
    mine = true.filter(pl.col("name") == abuse)
    ids = set(mine["id"])
    by_care = {}
    for care in ("crude", "careful"):
        theirs = set(mine.filter(pl.col("care") == care)["id"])
        by_care[care] = (len(theirs & said), len(theirs))
    return Marks(
        len(ids & said), len(said - ids), len(ids - said), by_care["crude"], by_care["careful"], abuse in found
    )


def _any_fake(flags: pl.DataFrame, true: pl.DataFrame, found: set[str]) -> Marks:
    said = set(flags.filter(pl.col("abuse").is_in(FAKE))["id"])
    ids = set(true.filter(pl.col("name").is_in(FAKE))["id"])
    return Marks(len(ids & said), len(said - ids), len(ids - said), (0, 0), (0, 0), bool(found & set(FAKE)))


def _traps(flags: pl.DataFrame, true: pl.DataFrame, traps: pl.DataFrame) -> dict[str, tuple[int, int]]:
    """For each trap: honest items flagged, and honest items there were."""
    honest = traps.join(true.select("id", "entity"), on=["id", "entity"], how="anti")
    said = flags.select("id", "entity").unique().with_columns(pl.lit(1).alias("said"))
    counted = honest.join(said, on=["id", "entity"], how="left").group_by("name").agg(pl.col("said").sum(), pl.len())
    return {name: (int(hit or 0), int(total)) for name, hit, total in counted.iter_rows()}


def _false_items(flags: pl.DataFrame, true: pl.DataFrame, counts: dict[str, int]) -> dict[str, tuple[int, int]]:
    """For each kind of item: those flagged for anything although nothing is wrong with them, and all honest ones."""
    out = {}
    for entity, total in counts.items():
        bad = set(true.filter(pl.col("entity") == entity)["id"])
        said = set(flags.filter(pl.col("entity") == entity)["id"])
        out[entity] = (len(said - bad), total - len(bad))
    return out


def composite(reports: list[Report]) -> dict[str, float]:
    """0.5·macro-F1 + 0.3·(1 − min(1, 5·mean relative error)) + 0.2·(1 − share of honest broadcasts with a finding)."""
    by_abuse = defaultdict(list)
    for report in reports:
        for abuse in ABUSES:
            if abuse in report.marks:
                by_abuse[abuse].append(report.marks[abuse].f1)
    macro = sum(sum(each) / len(each) for each in by_abuse.values()) / max(1, len(by_abuse))
    error = sum(sum(report.errors.values()) / len(FIGURES) for report in reports) / max(1, len(reports))
    honest = [report for report in reports if report.scenario in HONEST]
    accused = sum(bool(report.extra) for report in honest)
    whole = 0.5 * macro + 0.3 * (1 - min(1, 5 * error)) + 0.2 * (1 - accused / max(1, len(honest)))
    return {"macro_f1": macro, "error": error, "honest": len(honest), "accused": accused, "composite": whole}
