"""The scores as tables for a page."""

from collections import defaultdict

from bench.integrity.scenarios import SCENARIOS
from bench.integrity.score import ABUSES, FIGURES, Marks, Report, composite


def page(reports: list[Report]) -> str:
    """All tables, in Markdown."""
    total = composite(reports)
    lines = [
        f"Broadcasts: {len(reports)}, of them {int(total['honest'])} honest.",
        f"**Honest broadcasts with any finding: {int(total['accused'])}.**",
        f"Macro-F1 {total['macro_f1']:.3f}, mean relative error of the verified figures {total['error']:.4f},",
        f"composite **{total['composite']:.3f}**.",
        "",
        *_by_abuse(reports),
        "",
        *_by_scenario(reports),
        "",
        *_traps(reports),
    ]
    return "\n".join(lines) + "\n"


def _by_abuse(reports: list[Report]) -> list[str]:
    lines = [
        "| abuse | precision | recall | crude | careful | F1 pooled | F1 macro | worst F1 | found | found elsewhere |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for abuse in (*ABUSES, "any_fake_order"):
        marks = [report.marks[abuse] for report in reports if abuse in report.marks]
        if not marks:
            continue
        absent = [report for report in reports if abuse not in report.marks]
        wrong = sum(abuse in report.extra for report in absent)
        lines.append(f"| {abuse} | {_row(marks)} | {wrong}/{len(absent)} |")
    return lines


def _row(marks: list[Marks]) -> str:
    hit, wrong, missed = (sum(getattr(mark, name) for mark in marks) for name in ("hit", "wrong", "missed"))
    f1s = [mark.f1 for mark in marks]
    cells = [f"{hit / max(1, hit + wrong):.3f}", f"{hit / max(1, hit + missed):.3f}"]
    cells += [_recall([mark.crude for mark in marks]), _recall([mark.careful for mark in marks])]
    numbers = (2 * hit / max(1, 2 * hit + wrong + missed), sum(f1s) / len(f1s), min(f1s))
    cells += [f"{number:.3f}" for number in numbers]
    return " | ".join(cells) + f" | {sum(mark.found for mark in marks)}/{len(marks)}"


def _recall(found: list[tuple[int, int]]) -> str:
    """The share that was found; a dash where there was nothing to find."""
    there = sum(each[1] for each in found)
    return f"{sum(each[0] for each in found) / there:.3f}" if there else "–"


def _by_scenario(reports: list[Report]) -> list[str]:
    lines = [
        "| scenario | n | viewers err | orders err | sales err | honest items flagged | missed | extra | time |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for scenario in SCENARIOS:
        mine = [report for report in reports if report.scenario == scenario]
        if not mine:
            continue
        errors = " | ".join(f"{sum(report.errors[name] for report in mine) / len(mine):.4f}" for name in FIGURES)
        rates = []
        for entity in ("session", "order", "message"):
            wrong = sum(report.false_items[entity][0] for report in mine)
            rates.append(f"{wrong / max(1, sum(report.false_items[entity][1] for report in mine)):.5f}")
        missed = sum(len(report.missed) for report in mine) / len(mine)
        extra = sum(len(report.extra) for report in mine) / len(mine)
        seconds = max(report.seconds for report in mine)
        row = f"| {scenario} | {len(mine)} | {errors} | {' / '.join(rates)} | {missed:.2f} | {extra:.2f}"
        lines.append(f"{row} | ≤ {seconds:.1f} |")
    return lines


def _traps(reports: list[Report]) -> list[str]:
    totals: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for report in reports:
        for name, (hit, there) in report.traps.items():
            totals[name][0] += hit
            totals[name][1] += there
    lines = ["| honest trap | flagged | items | share |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {hit} | {there} | {hit / max(1, there):.5f} |" for name, (hit, there) in sorted(totals.items())
    ]
    return lines
