"""Buyers who say that they were told to buy, and people who say so falsely: what their words do to the findings.

`python3 -m bench.integrity.witnesses [--publish]`. Each simulated broadcast is examined four times. Nothing is written
anywhere and nobody knows how many work where, so that only orders and words are left: first nobody speaks, then those
speak who had to buy, then only liars do, then both. Liars work in organisations whose people bought because they
wanted to, and there may be many of them.
"""

import argparse
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from bench.integrity.draws import Array, Dice
from bench.integrity.elsewhere.dialects import respell
from bench.integrity.elsewhere.scenarios import simulate as elsewhere
from bench.integrity.files import write as write_events
from bench.integrity.publish import between_marks
from bench.integrity.scenarios import HONEST, simulate
from bench.integrity.score import Report, score
from services.disclosure.integrity.engine import examine, write
from services.disclosure.integrity.tables import read_broadcast

ABUSE = "apportionment"
SCENARIOS = ("honest_groupbuy", ABUSE)
SPEAK = ("nobody", "witnesses", "liars", "both")
# How many of an organisation's buyers speak: few dare, and a grudge can be shared by most of a staff.
DARE, GRUDGE = (0.05, 0.6), (0.05, 0.6)
# Of the organisations whose people bought freely, those in which somebody lies; and of all buyers, who tick anything.
SPITEFUL, CARELESS = 0.5, 0.002
MARKS = ("<!-- witnesses -->", "<!-- end of witnesses -->")


@dataclass(frozen=True)
class Asked:
    """One broadcast, examined with these people speaking."""

    speak: str
    report: Report


def without_papers(events: Path) -> None:
    """Nothing was written, and nobody tells how many work anywhere."""
    (events / "notices.parquet").unlink(missing_ok=True)
    employers = events / "employers.parquet"
    if employers.exists():
        told = pl.read_parquet(employers)
        told.with_columns(pl.lit(-1, dtype=told.schema["headcount"]).alias("headcount")).write_parquet(employers)


def speak(orders: pl.DataFrame, users: pl.DataFrame, made_to_buy: Array, dice: Dice, who: str) -> pl.DataFrame:
    """The orders with `told_to_buy`: 1 where the buyer says so."""
    buyers = orders["user_id"].to_numpy()
    employer = _employer_of(buyers, users)
    had_to = np.isin(orders["order_id"].to_numpy(), made_to_buy)
    witnesses = _some_of(employer, had_to, dice, 1.0, DARE)
    liars = _some_of(employer, ~had_to & (employer != 0), dice, SPITEFUL, GRUDGE)
    liars |= ~had_to & (dice.random(len(buyers)) < CARELESS)
    said = {"nobody": had_to & False, "witnesses": witnesses, "liars": liars, "both": witnesses | liars}[who]
    return orders.with_columns(pl.Series("told_to_buy", said.astype(np.int64)))


def _employer_of(buyers: Array, users: pl.DataFrame) -> Array:
    joined = pl.DataFrame({"user_id": buyers}).join(
        users.select("user_id", "employer_id").unique("user_id"), on="user_id", how="left", maintain_order="left"
    )
    return joined["employer_id"].fill_null(0).to_numpy()


def _some_of(employer: Array, mine: Array, dice: Dice, organisations: float, share: tuple[float, float]) -> Array:
    """Some orders of some organisations, another share in each."""
    chosen = np.zeros(len(employer), dtype=bool)
    for each in np.unique(employer[mine]):
        theirs = mine & (employer == each)
        speaks, part, drawn = dice.random() < organisations, dice.uniform(*share), dice.random(len(employer))
        if speaks:
            chosen |= theirs & (drawn < part)
    return chosen


def ask(scenario: str, seed: int, generator: str, scale: float, folder: Path) -> Iterator[Asked]:
    """One broadcast with each group of people speaking."""
    events, labels = folder / "events", folder / "labels"
    make = elsewhere if generator == "elsewhere" else simulate
    write_events(make(scenario, seed, scale=scale), events, labels)
    without_papers(events)
    orders, users = pl.read_parquet(events / "orders.parquet"), pl.read_parquet(events / "users.parquet")
    true = pl.read_parquet(labels / "labels.parquet")
    made_to_buy = true.filter(pl.col("name") == ABUSE)["id"].to_numpy()
    for who in SPEAK:
        heard, out = folder / f"events-{who}", folder / f"out-{who}"
        shutil.copytree(events, heard)
        # The same words whoever else speaks: dice of their own.
        said = speak(orders, users, made_to_buy, np.random.default_rng([seed, 7]), who)
        said.write_parquet(heard / "orders.parquet")
        if generator == "elsewhere":
            respell(heard, seed)
        write(examine(read_broadcast(heard)), out, 0.0)
        yield Asked(who, score(scenario, seed, out, labels))


def table(asked: list[Asked]) -> str:
    """What each group's words did, in Markdown."""
    lines = [
        "| who says that they were told to | honest broadcasts accused | precision | recall | broadcasts found |",
        "|---|---|---|---|---|",
    ]
    for who in SPEAK:
        mine = [each.report for each in asked if each.speak == who]
        honest = [report for report in mine if report.scenario in HONEST]
        marks = [report.marks[ABUSE] for report in mine if ABUSE in report.marks]
        hit, wrong = sum(mark.hit for mark in marks), sum(mark.wrong for mark in marks)
        missed, found = sum(mark.missed for mark in marks), sum(mark.found for mark in marks)
        accused = sum(ABUSE in report.extra for report in honest)
        lines.append(
            f"| {who} | {accused}/{len(honest)} | {hit / max(1, hit + wrong):.3f} | {hit / max(1, hit + missed):.3f}"
            f" | {found}/{len(marks)} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Run both generators and print the table."""
    parser = argparse.ArgumentParser(prog="python3 -m bench.integrity.witnesses", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="broadcasts of each scenario and generator")
    parser.add_argument("--first", type=int, default=4001, help="the first seed")
    parser.add_argument("--scale", type=float, default=0.4, help="size of the broadcasts, 1: as described")
    parser.add_argument("--publish", action="store_true", help="write the table into docs/integrity-accuracy.md")
    options = parser.parse_args()
    asked: list[Asked] = []
    for generator in ("market", "elsewhere"):
        for scenario in SCENARIOS:
            for seed in range(options.first, options.first + options.seeds):
                with tempfile.TemporaryDirectory(prefix="sunfair-witnesses-") as made:
                    asked += ask(scenario, seed, generator, options.scale, Path(made))
                print(f"{generator} {scenario}-{seed}", file=sys.stderr, flush=True)
    print(table(asked))
    if options.publish:
        between_marks(*MARKS, table(asked))
    return 0


if __name__ == "__main__":
    sys.exit(main())
