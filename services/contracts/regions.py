"""The region tree with its history: pure look-ups in the committed table, without a database or a clock.

A code is valid from `valid_from`, that day included, until `valid_to`, that day excluded. Looking up a code
always finds the invented demonstration regions too; lists and counts leave them out unless `demo=True`.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

Level = Literal["province", "prefecture", "county"]

_Key = TypeVar("_Key")

LEVELS: tuple[Level, ...] = ("province", "prefecture", "county")

_FOLDER = Path(__file__).parent
_SOURCES = {False: _FOLDER / "regions.csv", True: _FOLDER / "demo_regions.csv"}


@dataclass(frozen=True, slots=True)
class Region:
    """One code as it stood from `valid_from` until `valid_to`.

    `successors` are the codes that took over its land when it ended: one for a change of code or a merger,
    several for a division. `parent` is the administration above, None for a province. The English names are
    romanised names, not official translations.
    """

    code: str
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    level: Level
    parent: str | None
    valid_from: date
    valid_to: date | None
    successors: tuple[str, ...]
    demo: bool = False

    def holds(self, on: date) -> bool:
        """Whether the row is the one in force on the day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class _Tree:
    rows: Mapping[str, tuple[Region, ...]]
    children: Mapping[str | None, tuple[Region, ...]]
    predecessors: Mapping[str, tuple[Region, ...]]


def region(code: str, on: date) -> Region | None:
    """The region of that code as it stood on the day; None when the code was not in force or never existed."""
    return next((row for row in _tree().rows.get(code, ()) if row.holds(on)), None)


def known(code: str) -> Region | None:
    """The newest row of a code whenever it was in force: for naming what an old record says."""
    rows = _tree().rows.get(code)
    return rows[-1] if rows else None


def is_administration(code: str) -> bool:
    """Whether the code is, or once was, a government that can declare and decide.

    The prefixes of counties without a prefecture (469000, 429000, 500100, 110100 …) are not.
    """
    return code in _tree().rows


def ancestors(code: str, on: date) -> tuple[str, ...]:
    """The administrations above the code on the day, nearest first, up to the province; empty when unknown.

    A code that was not in force on the day is followed to the one that then stood for the whole of its land.
    """
    row = _in_force(code, on)
    above: list[str] = []
    while row is not None and row.parent is not None:
        above.append(row.parent)
        row = region(row.parent, on)
    return tuple(above)


def approving_level(code: str, on: date) -> str | None:
    """The level above, which approves: the prefecture, or the province where no prefecture lies between.

    None for a province and for an unknown code.
    """
    above = ancestors(code, on)
    return above[0] if above else None


def covers(scope: str, code: str, on: date) -> bool:
    """Whether the whole land of `code` lies in `scope`, as both stood on the day.

    Old and new codes of the same land cover each other. A divided region covers each of its parts, but a part
    does not cover the whole, and a merged region covers what went into it, but not the reverse. A code
    outside the table covers nothing but itself, and itself only when it is in the table.
    """
    if not is_administration(code):
        return False
    reached, waiting = {code}, [code]
    while waiting:
        here = waiting.pop()
        if here == scope:
            return True
        above = set(_containing(here, on)) - reached
        reached |= above
        waiting.extend(above)
    return False


def current(code: str) -> str | None:
    """The code that stands today for the whole land of this one; None when unknown, divided or dissolved."""
    seen: set[str] = set()
    row = known(code)
    while row is not None and row.valid_to is not None:
        seen.add(row.code)
        onward = row.successors[0] if len(row.successors) == 1 else None
        row = known(onward) if onward is not None and onward not in seen else None
    return row.code if row else None


def provinces(on: date, *, demo: bool = False) -> tuple[Region, ...]:
    """The provinces, autonomous regions, municipalities and special administrative regions, by code."""
    return tuple(row for row in _tree().children.get(None, ()) if row.holds(on) and (demo or not row.demo))


def children(code: str, on: date) -> tuple[Region, ...]:
    """The regions directly below a code on the day, by code."""
    return tuple(row for row in _tree().children.get(code, ()) if row.holds(on))


def regions(on: date, *, demo: bool = False) -> Iterator[Region]:
    """Every region in force on the day, by code."""
    for code in sorted(_tree().rows):
        row = region(code, on)
        if row is not None and (demo or not row.demo):
            yield row


def counts(on: date) -> dict[Level, int]:
    """How many regions of each level were in force on the day."""
    found: dict[Level, int] = dict.fromkeys(LEVELS, 0)
    for row in regions(on):
        found[row.level] += 1
    return found


def search(text: str, on: date, *, demo: bool = False, limit: int = 20) -> tuple[Region, ...]:
    """Regions whose Chinese or romanised name or code begins with the text, then those that contain it.

    Case, spaces, apostrophes and hyphens do not matter, and ü may be written u or v. A former code finds its
    successors.
    """
    wanted = _folded(text)
    if not wanted:
        return ()
    former = known(wanted)
    if former is not None and not former.holds(on):
        heirs = (region(successor, on) for successor in former.successors)
        return tuple(heir for heir in heirs if heir is not None and (demo or not heir.demo))[:limit]
    ranked = ((_rank(wanted, row), row) for row in regions(on, demo=demo))
    found = sorted((rank, LEVELS.index(row.level), row.code, row) for rank, row in ranked if rank is not None)
    return tuple(row for *_, row in found[:limit])


def _rank(wanted: str, row: Region) -> int | None:
    """0 for the name itself, 1 for a beginning of it, 2 for a part; None when the text is not in it."""
    names = _search_names(row)
    if wanted in names:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    return 2 if any(wanted in name for name in names) else None


@cache
def _search_names(row: Region) -> tuple[str, ...]:
    english, short = _folded(row.name_en), _folded(row.short_en)
    return row.name_zh, row.short_zh, english, short, row.code


def _folded(text: str) -> str:
    kept = "".join(sign for sign in text.casefold().strip() if sign not in " '’-")
    return kept.replace("ü", "u").replace("lv", "lu").replace("nv", "nu")


def _in_force(code: str, on: date) -> Region | None:
    """The row in force on the day that stands for the whole land of the code, through any changes of code."""
    reached, waiting = {code}, [code]
    while waiting:
        here = waiting.pop(0)
        row = region(here, on)
        if row is not None:
            return row
        onward = [other for other in _same_or_larger(here, on) if other not in reached]
        reached.update(onward)
        waiting.extend(onward)
    return None


def _containing(code: str, on: date) -> Iterator[str]:
    """The codes one step away whose land holds all the land of this one on the day."""
    yield from _same_or_larger(code, on)
    for row in _tree().rows[code]:
        if row.parent is None:
            continue
        # An ended row says nothing of what its former parent still holds: Jianyang went from Ziyang to Chengdu,
        # and Ziyang does not cover it today. When the parent has ended too, its land is that of its own time.
        if row.holds(on) or (region(code, on) is None and region(row.parent, on) is None):
            yield row.parent


def _same_or_larger(code: str, on: date) -> Iterator[str]:
    """Steps through history: to the one successor, or to the one region of which this is all or a part."""
    tree = _tree()
    for row in tree.rows[code]:
        if row.valid_to is not None and len(row.successors) == 1 and not row.holds(on):
            yield row.successors[0]
    first = tree.rows[code][0]
    origins = [row for row in tree.predecessors.get(code, ()) if row.valid_to == first.valid_from]
    # A region made of several, or one that existed before and only grew, is in none of them.
    if len(origins) == 1 and region(origins[0].code, on) is None:
        yield origins[0].code


@cache
def _tree() -> _Tree:
    """The whole table, read on the first look-up (about 3,500 rows)."""
    rows: dict[str, list[Region]] = {}
    children: dict[str | None, list[Region]] = {}
    predecessors: dict[str, list[Region]] = {}
    for row in sorted(_read_all(), key=lambda row: (row.code, row.valid_from)):
        rows.setdefault(row.code, []).append(row)
        children.setdefault(row.parent, []).append(row)
        for successor in row.successors:
            predecessors.setdefault(successor, []).append(row)
    return _Tree(_frozen(rows), _frozen(children), _frozen(predecessors))


def _frozen(lists: Mapping[_Key, list[Region]]) -> dict[_Key, tuple[Region, ...]]:
    return {key: tuple(items) for key, items in lists.items()}


def _read_all() -> Iterator[Region]:
    for demo, path in _SOURCES.items():
        with path.open(encoding="utf-8", newline="") as lines:
            yield from _read(lines, demo=demo)


def _read(lines: Iterable[str], *, demo: bool) -> Iterator[Region]:
    for line in csv.DictReader(line for line in lines if not line.startswith("#")):
        yield Region(
            code=line["code"],
            name_zh=line["name_zh"],
            name_en=line["name_en"],
            short_zh=line["short_zh"],
            short_en=line["short_en"],
            level=_level(line["level"]),
            parent=line["parent"] or None,
            valid_from=date.fromisoformat(line["valid_from"]),
            valid_to=date.fromisoformat(line["valid_to"]) if line["valid_to"] else None,
            successors=tuple(line["successors"].split()),
            demo=demo,
        )


def _level(text: str) -> Level:
    for level in LEVELS:
        if text == level:
            return level
    raise ValueError(f"The region table knows no level {text!r}.")
