"""Publishes how accurate the engine is: the tables of `docs/integrity-accuracy.md`, and the same figures for pages."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.integrity.score import ABUSES, FIGURES, Marks, Report, composite
from bench.integrity.tables import page
from services.disclosure.integrity.config import published
from services.disclosure.integrity.engine import ENGINE_VERSION

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "integrity-accuracy.md"
FIGURES_FILE = ROOT / "services" / "disclosure" / "integrity" / "accuracy.json"
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"
_TITLES = {"market": "The first generator", "elsewhere": "The second generator", "all": "Both generators together"}


def publish(reports: Sequence[Report]) -> None:
    """Write the tables between the marks of the page, and the figures beside the engine."""
    between_marks(BEGIN, END, _tables(reports))
    text = json.dumps(figures(reports), ensure_ascii=False, indent=1)
    FIGURES_FILE.write_text(text + "\n", encoding="utf-8")


def between_marks(begin: str, end: str, text: str) -> None:
    """Put this text between two marks of the accuracy page, in place of what stood there."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(begin)
    after = rest.partition(end)[2]
    PAGE.write_text(f"{before}{begin}\n{text}\n{end}{after}", encoding="utf-8")


def _tables(reports: Sequence[Report]) -> str:
    parts = [f"\nThresholds: `config.yaml`, SHA-256 `{published().sha256}`."]
    for name, mine in _by_generator(reports).items():
        parts.append(f"### {_TITLES[name]}, seeds {_seeds(mine)}\n\n{page(list(mine))}")
    return "\n\n".join(parts)


def _by_generator(reports: Sequence[Report]) -> dict[str, list[Report]]:
    names = sorted({report.generator for report in reports}, reverse=True)
    return {name: [report for report in reports if report.generator == name] for name in names}


def _seeds(reports: Sequence[Report]) -> str:
    seeds = [report.seed for report in reports]
    return f"{min(seeds)} to {max(seeds)}"


def figures(reports: Sequence[Report]) -> dict[str, Any]:
    """What pages show: for each abuse precision, recall of the crude and of the careful, and false accusations."""
    generators = _by_generator(reports)
    parts: dict[str, Sequence[Report]] = {"all": reports, **generators}
    return {
        "schema": "sunfair-integrity-accuracy/1",
        "engine_version": ENGINE_VERSION,
        "config_sha256": published().sha256,
        "command": f"python3 sunfair.py bench integrity --publish --first {min(report.seed for report in reports)}",
        "generators": {name: {"seeds": [min(s), max(s)]} for name, s in _all_seeds(generators).items()},
        **{name: _part(list(mine)) for name, mine in parts.items()},
    }


def _all_seeds(generators: dict[str, list[Report]]) -> dict[str, list[int]]:
    return {name: [report.seed for report in mine] for name, mine in generators.items()}


def _part(reports: list[Report]) -> dict[str, Any]:
    total = composite(reports)
    return {
        "broadcasts": len(reports),
        "honest_broadcasts": int(total["honest"]),
        "honest_broadcasts_accused": int(total["accused"]),
        "macro_f1": round(total["macro_f1"], 3),
        "composite": round(total["composite"], 3),
        "mean_relative_error": round(total["error"], 4),
        "mean_relative_error_by_figure": {
            name: round(sum(report.errors[name] for report in reports) / max(1, len(reports)), 4) for name in FIGURES
        },
        "abuses": {abuse: _abuse(abuse, reports) for abuse in ABUSES if any(abuse in r.marks for r in reports)},
    }


def _abuse(abuse: str, reports: list[Report]) -> dict[str, Any]:
    marks = [report.marks[abuse] for report in reports if abuse in report.marks]
    absent = [report for report in reports if abuse not in report.marks]
    hit, wrong, missed = (sum(getattr(mark, name) for mark in marks) for name in ("hit", "wrong", "missed"))
    return {
        "precision": _share(hit, hit + wrong),
        "recall": _share(hit, hit + missed),
        "recall_crude": _of_care(marks, "crude"),
        "recall_careful": _of_care(marks, "careful"),
        "f1": _share(2 * hit, 2 * hit + wrong + missed),
        "f1_macro": round(sum(mark.f1 for mark in marks) / len(marks), 3),
        "broadcasts_with_it": len(marks),
        "broadcasts_found": sum(mark.found for mark in marks),
        "broadcasts_without_it": len(absent),
        "false_accusations": sum(abuse in report.extra for report in absent),
    }


def _of_care(marks: list[Marks], care: str) -> float | None:
    found, there = (sum(getattr(mark, care)[part] for mark in marks) for part in (0, 1))
    return _share(found, there) if there else None


def _share(part: int, whole: int) -> float:
    return round(part / max(1, whole), 3)
