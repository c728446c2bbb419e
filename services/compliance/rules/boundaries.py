"""Generated cases on which a changed parameter decides otherwise: one fact moved across the boundary at a time.

A formal comparison of two rule sets on documents that are known: each number, day, list and text that a rule reads is
set to just below, at and just above the old and the new value, and what the two answer is compared.
"""

import copy
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.compliance.rules.core import Rule
from services.compliance.rules.differences import Pair, answers_under
from services.compliance.rules.facts import FactsError, parse_facts
from services.compliance.rules.law import Parameters
from services.compliance.rules.stages import Stage

Document = dict[str, Any]
Place = tuple[str | int, ...]

# More copies of an entry than this say nothing that fewer do not.
_MOST_ENTRIES = 12


@dataclass(frozen=True, slots=True)
class BoundaryCase:
    """A document with one fact set anew, on which the two rule sets differ. `fact` is its path."""

    document: str
    stage: Stage
    fact: str
    set_to: Any
    outcomes: tuple[str, str]
    changes: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sets of parameters that differ in the values of one name, asked as of one moment."""

    rulebook: Sequence[Rule]
    present: Parameters
    proposed: Parameters
    name: str
    at: datetime

    def values(self) -> tuple[Any, Any]:
        """The value of each on the day."""
        day = self.at.date()
        old, new = self.present[self.name].on(day), self.proposed[self.name].on(day)
        return old.value if old else None, new.value if new else None


def differing_cases(comparison: Comparison, documents: Iterable[tuple[str, Stage, Document]]) -> Iterator[BoundaryCase]:
    """Every document and every neighbour of it on which the two differ; each by what was set."""
    for title, stage, document in documents:
        seen: set[str] = set()
        for fact, value, facts in [("", None, document), *neighbours(document, comparison)]:
            pair = _pair(comparison, stage, facts)
            told = repr((pair.outcomes, pair.changes(), fact)) if pair else ""
            if pair is None or not pair.changes() or told in seen:
                continue
            seen.add(told)
            yield BoundaryCase(title, stage, fact, value, pair.outcomes, tuple(pair.changes()))


def _pair(comparison: Comparison, stage: Stage, facts: Document) -> Pair | None:
    try:
        question = (parse_facts(facts), stage, comparison.at, None)
    except FactsError:
        return None  # The fact cannot have such a value, so nobody can be concerned.
    return answers_under(comparison.rulebook, question, comparison.present, comparison.proposed, comparison.name)


def neighbours(document: Document, comparison: Comparison) -> Iterator[tuple[str, Any, Document]]:
    """The document with one fact at a time set to the values around the old and the new value of the parameter."""
    for place in _places(document):
        for value in _values_around(_at(document, place), comparison):
            moved = copy.deepcopy(document)
            _at(moved, place[:-1])[place[-1]] = value
            yield _path(place), value, moved


def _values_around(known: Any, comparison: Comparison) -> Iterator[Any]:
    old, new = comparison.values()
    if isinstance(new, list):
        yield from _words_around(known, sorted(set(map(str, old)) ^ set(map(str, new))))
        return
    if type(new) is not int or type(old) is not int:
        return
    numbers = sorted({max(each, 0) for value in (old, new) for each in (value - 1, value, value + 1)})
    if type(known) is int:
        yield from (number for number in numbers if number != known)
    elif isinstance(known, str):
        yield from _days_around(known, comparison.at.date(), numbers)
    elif isinstance(known, list) and known:
        yield from (_resized(known, n) for n in numbers if 0 < n <= _MOST_ENTRIES and n != len(known))


def _words_around(known: Any, words: Sequence[str]) -> Iterator[Any]:
    if isinstance(known, str) and not _day(known):
        yield from (word if len(known) < 20 else f"{known}{word}" for word in words)


def _days_around(known: str, today: date, numbers: Sequence[int]) -> Iterator[str]:
    if _day(known) is None:
        return
    for number in numbers:
        if number <= 3660:
            yield (today - timedelta(days=number)).isoformat() + known[10:]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10]) if len(text) in (10, 25) else None
    except ValueError:
        return None


def _resized(entries: list[Any], count: int) -> list[Any]:
    return (entries * count)[:count] if count > len(entries) else entries[:count]


def _places(value: Any, above: Place = ()) -> Iterator[Place]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inner:
        place = (*above, key)
        yield place
        yield from _places(below, place)


def _at(value: Any, place: Place) -> Any:
    for key in place:
        value = value[key]
    return value


def _path(place: Place) -> str:
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place).removeprefix(".")
