"""How the service performs, read from the very metrics that operations read: success, speed, faults, cost.

Figures of one process since it started. What is not known is said to be unknown, and never shown as nought.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from gateway.views import instant, show_instant
from gateway.views.speaking import Speaker

Json = dict[str, Any]

REQUESTS = "sunfair_http_request_seconds"
# Probes of the machinery: a process that is starting says 503 to them, and nobody was kept waiting.
UNASKED = frozenset({"probe", "/healthz", "/readyz", "/metrics"})
# A share of fewer answers than this says more about chance than about us.
FEWEST = 20
SHARES = (50, 95, 99)


@dataclass
class Answers:
    """What one part of a process answered: how many, how many of them failed by our fault, and how fast."""

    count: int = 0
    faults: int = 0
    buckets: dict[float, int] = field(default_factory=lambda: defaultdict(int))

    def within(self, share: int) -> float | None:
        """The bound in seconds within which so many in a hundred were answered; None beyond the last bound."""
        wanted = -(-self.count * share // 100)
        return next((bound for bound, below in sorted(self.buckets.items()) if below >= wanted), None)


@dataclass
class Process:
    """What the metrics of one process say."""

    parts: dict[str, Answers] = field(default_factory=lambda: defaultdict(Answers))
    values: dict[str, float] = field(default_factory=lambda: defaultdict(float))


def read_metrics(text: str, *, by_route: bool = False) -> Process:
    """The figures in a process's Prometheus text. `by_route`: the door tells pages and interface apart by its route."""
    process = Process()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            if sample.name.startswith(REQUESTS):
                if sample.labels["route"] in UNASKED:
                    continue
                _take(process.parts[sample.labels["route"] if by_route else "all"], sample.name, sample)
            else:
                process.values[sample.name] += sample.value
    return process


def _take(answers: Answers, name: str, sample: Any) -> None:
    if name == f"{REQUESTS}_count":
        answers.count += int(sample.value)
        answers.faults += int(sample.value) if sample.labels["status"].startswith("5") else 0
    elif name == f"{REQUESTS}_bucket" and sample.labels["le"] != "+Inf":
        answers.buckets[float(sample.labels["le"])] += int(sample.value)


def part_row(speaker: Speaker, name: str, answers: Answers | None) -> list[Json | str]:
    """One line of the table; a part that does not answer is said not to."""
    if answers is None:
        return [name, speaker._("does not answer now"), "–", "–", "–", "–"]
    speeds = [_speed(speaker, answers, share) for share in SHARES]
    return [name, f"{answers.count:,}", _success(speaker, answers), *speeds]


def _success(speaker: Speaker, answers: Answers) -> str:
    if answers.count < FEWEST:
        return speaker._("too few to say")
    # Rounded down: 99.99 % is never shown as all.
    per_ten_thousand = (answers.count - answers.faults) * 10_000 // answers.count
    return f"{per_ten_thousand // 100}.{per_ten_thousand % 100:02d} %"


def _speed(speaker: Speaker, answers: Answers, share: int) -> str:
    if answers.count < FEWEST:
        return speaker._("too few to say")
    bound = answers.within(share)
    return speaker._("over %(seconds)s s", seconds="5") if bound is None else f"≤ {bound * 1000:g} ms"


def summary(speaker: Speaker, processes: Mapping[str, Process | None]) -> list[Json]:
    """Faults and cost over all processes that answer, and since when."""
    known = [each for each in processes.values() if each is not None]
    answers = [part for each in known for part in each.parts.values()]
    count, faults = sum(each.count for each in answers), sum(each.faults for each in answers)
    seconds = sum(each.values["process_cpu_seconds_total"] for each in known)
    starts = [each.values["process_start_time_seconds"] for each in known if each.values["process_start_time_seconds"]]
    per_thousand = f"{seconds / count * 1000:.1f} s" if count >= FEWEST and seconds else speaker._("too few to say")
    return [
        {"name": speaker._("Faults of ours (5xx)"), "value": f"{faults:,}"},
        {"name": speaker._("Messages given up on"), "value": f"{_sum(known, 'sunfair_dead_letters_total'):,}"},
        {"name": speaker._("Events that wait to be told"), "value": f"{_sum(known, 'sunfair_outbox_waiting'):,}"},
        {
            "name": speaker._("Cost of a thousand answers"),
            "value": per_thousand,
            "note": speaker._("processor time of all processes"),
        },
        {"name": speaker._("Counted since"), "when": _since(speaker, starts)},
    ]


def _sum(processes: list[Process], name: str) -> int:
    return int(sum(each.values[name] for each in processes))


def _since(speaker: Speaker, starts: list[float]) -> str:
    if not starts:
        return speaker._("unknown")
    return show_instant(instant(datetime.fromtimestamp(min(starts), UTC)), speaker.language)
