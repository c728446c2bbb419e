"""The integrity engine on simulated broadcasts: precision, recall, false accusations and errors of the figures."""

import argparse
import json
import sys
import tempfile
import time
from dataclasses import asdict, replace
from pathlib import Path

from bench.integrity.elsewhere.dialects import respell
from bench.integrity.elsewhere.scenarios import simulate as elsewhere
from bench.integrity.files import write as write_events
from bench.integrity.publish import publish
from bench.integrity.scenarios import HONEST, SCENARIOS, simulate
from bench.integrity.score import Marks, Report, score
from bench.integrity.tables import page
from services.disclosure.integrity.engine import examine, write
from services.disclosure.integrity.tables import read_broadcast

GENERATORS = ("market", "elsewhere")
PUBLISHED_HONEST, PUBLISHED_ABUSIVE, PUBLISHED_SCALE = 34, 5, 0.4


def one(scenario: str, seed: int, folder: Path, options: argparse.Namespace) -> Report:
    """Simulate a broadcast, examine it, score it. The engine is given the folder of events and nothing else."""
    name = f"{scenario}-{seed}"
    events, labels, out = folder / "events" / name, folder / "labels" / name, folder / "out" / name
    make = elsewhere if options.generator == "elsewhere" else simulate
    write_events(make(scenario, seed, options.intensity, options.care, options.scale), events, labels)
    if options.generator == "elsewhere":
        respell(events, seed)
    began = time.perf_counter()
    outcome = examine(read_broadcast(events))
    write(outcome, out, time.perf_counter() - began)
    return replace(score(scenario, seed, out, labels), generator=options.generator)


def main() -> int:
    """Run scenarios × seeds and print the tables."""
    parser = argparse.ArgumentParser(prog="sunfair.py bench integrity", description=__doc__)
    parser.add_argument("--generator", choices=GENERATORS, default="market", help="whose broadcasts")
    parser.add_argument("--seeds", type=int, default=2, help="how many seeds for each scenario")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--scenarios", nargs="*", default=[name for name in SCENARIOS if name != "honest_flash"])
    parser.add_argument("--intensity", type=float, help="share of each abuse in the final total")
    parser.add_argument("--care", type=float, help="share of careful operators")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the broadcasts, 1: as described")
    parser.add_argument("--keep", type=Path, help="keep events, labels and findings in this folder")
    parser.add_argument("--out", type=Path, help="write the tables into this file as well")
    parser.add_argument("--record", type=Path, help="add each broadcast's scores to this file, one JSON line each")
    parser.add_argument("--recorded", type=Path, nargs="*", help="run nothing: make the tables of these files")
    parser.add_argument(
        "--publish", action="store_true", help="write the accuracy page and the figures that pages read"
    )
    options = parser.parse_args()
    if options.recorded:
        return _publish([loaded(line) for path in options.recorded for line in path.read_text().splitlines()], options)
    if options.publish:
        return _publish(_whole_run(options), options)
    reports = []
    with tempfile.TemporaryDirectory(prefix="sunfair-integrity-") as made:
        for scenario in options.scenarios:
            for seed in range(options.first, options.first + options.seeds):
                report = one(scenario, seed, options.keep or Path(made), options)
                reports.append(report)
                _say(report)
                if options.record:
                    with options.record.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(asdict(report)) + "\n")
    return _publish(reports, options)


def _whole_run(options: argparse.Namespace) -> list[Report]:
    """All that the accuracy page is made of: two hundred honest broadcasts, and every abuse, of both generators."""
    reports = []
    with tempfile.TemporaryDirectory(prefix="sunfair-integrity-") as made:
        for generator in GENERATORS:
            for scenario in options.scenarios:
                seeds = PUBLISHED_HONEST if scenario in HONEST else PUBLISHED_ABUSIVE
                for seed in range(options.first, options.first + seeds):
                    chosen = argparse.Namespace(**{**vars(options), "generator": generator, "scale": PUBLISHED_SCALE})
                    reports.append(one(scenario, seed, Path(made), chosen))
                    _say(reports[-1])
    return reports


def loaded(line: str) -> Report:
    """A report out of its JSON line."""
    fields = json.loads(line)
    fields.pop("suspected", None)
    fields["marks"] = {abuse: Marks(**mark) for abuse, mark in fields["marks"].items()}
    return Report(**fields)


def _publish(reports: list[Report], options: argparse.Namespace) -> int:
    text = page(reports)
    print(text)
    if options.out:
        options.out.write_text(text, encoding="utf-8")
    if options.publish:
        publish(reports)
    return 0


def _say(report: Report) -> None:
    marks = " ".join(
        f"{abuse}:{mark.f1:.2f}(p{mark.hit / max(1, mark.hit + mark.wrong):.2f},"
        f"c{mark.crude[0] / max(1, mark.crude[1]):.2f},k{mark.careful[0] / max(1, mark.careful[1]):.2f})"
        for abuse, mark in report.marks.items()
        if abuse != "any_fake_order"
    )
    errors = "/".join(f"{value:.3f}" for value in report.errors.values())
    extra = f" EXTRA {report.extra}" if report.extra else ""
    missed = f" MISSED {report.missed}" if report.missed else ""
    print(f"{report.scenario}-{report.seed} {marks} err {errors}{extra}{missed}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
