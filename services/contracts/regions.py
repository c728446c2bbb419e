"""The region tree with its history: pure look-ups in the committed table, without a database or a clock.

A code is valid from `valid_from`, that day included, until `valid_to`, that day excluded. Looking up a code
always finds the invented demonstration regions too; lists and counts leave them out unless `demo=True`.
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, TypeVar

Level = Literal["province", "prefecture", "county"]

_Key = TypeVar("_Key")

# Questions about the same few places come again and again; the answers never change while the process lives.
_REMEMBERED = 16_384
LEVELS: tuple[Level, ...] = ("province", "prefecture", "county")

_FOLDER = Path(__file__).parent
_SOURCES = {False: _FOLDER / "regions.csv", True: _FOLDER / "demo_regions.csv"}


@dataclass(frozen=True, slots=True)
class Region:
    """One code as it stood from `valid_from` until `valid_to`.

    `successors` are the codes that took over its land when it ended: one for a change of code or a merger,
    several for a division. `origins` are those its land came from when it began. `parent` is the administration
    above, None for a province. The English names are romanised names, not official translations.
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
    successors: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    demo: bool = False

    def holds(self, on: date) -> bool:
        """Whether the row is the one in force on the day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class _Tree:
    rows: Mapping[str, tuple[Region, ...]]
    children: Mapping[str | None, tuple[Region, ...]]


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


@lru_cache(maxsize=_REMEMBERED)
def ancestors(code: str, on: date) -> tuple[str, ...]:
    """The administrations above the code on the day, nearest first, up to the province; empty when unknown.

    A code that was not in force on the day is followed to the one that then stood for the whole of its land;
    where it was divided, only what stands above all the parts is returned.
    """
    row = _in_force(code, on)
    if row is None:
        return _shared_ancestors(code, on)
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


@lru_cache(maxsize=_REMEMBERED)
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


def subtree(code: str, on: date) -> tuple[str, ...]:
    """The code and all codes below it on the day."""
    return (code, *(each for row in children(code, on) for each in subtree(row.code, on)))


def regions(on: date, *, demo: bool = False) -> Iterator[Region]:
    """Every region in force on the day, by code."""
    for code in sorted(_tree().rows):
        row = region(code, on)
        if row is not None and (demo or not row.demo):
            yield row


def history() -> Iterator[Region]:
    """Every row of the table, ended ones and the demonstration's included, by code and first day."""
    for rows in _tree().rows.values():
        yield from rows


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
    if is_administration(wanted) and region(wanted, on) is None:
        heirs = (region(successor, on) for row in _tree().rows[wanted] for successor in row.successors)
        return tuple(heir for heir in heirs if heir is not None and (demo or not heir.demo))[:limit]
    in_force = ((row, names) for row, names in _searchable() if row.holds(on) and (demo or not row.demo))
    ranked = ((_rank(wanted, names), LEVELS.index(row.level), row.code, row) for row, names in in_force)
    found = sorted(entry for entry in ranked if entry[0] is not None)
    return tuple(row for *_, row in found[:limit])


def _rank(wanted: str, names: tuple[str, ...]) -> int | None:
    """0 for the name itself, 1 for a beginning of it, 2 for a part; None when the text is not in it."""
    if wanted in names:
        return 0
    if any(name.startswith(wanted) for name in names):
        return 1
    return 2 if any(wanted in name for name in names) else None


@cache
def _searchable() -> tuple[tuple[Region, tuple[str, ...]], ...]:
    return tuple(
        (row, (row.name_zh, row.short_zh, _folded(row.name_en), _folded(row.short_en), row.code)) for row in history()
    )


def _folded(text: str) -> str:
    kept = "".join(sign for sign in text.casefold().strip() if sign not in " '’-")
    return kept.replace("ü", "u").replace("lv", "lu").replace("nv", "nu")


def _in_force(code: str, on: date) -> Region | None:
    """The row in force on the day that stands for the whole land of the code, through any changes of code."""
    reached, waiting = {code}, [code] if is_administration(code) else []
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
    """The codes one step away whose land holds all the land of this one.

    The land of a code in force on the day is its land on that day; of any other, its land while it was in force.
    """
    yield from _same_or_larger(code, on)
    yield from _shared_ancestors(code, on)
    for row in _tree().rows[code]:
        # An ended row says nothing of what its former parent still holds: Jianyang went from Ziyang to Chengdu,
        # and Ziyang does not cover it today. When the parent is not in force either, its land is of its own time.
        if row.parent is not None and (row.holds(on) or region(row.parent, on) is None):
            yield row.parent


def _same_or_larger(code: str, on: date) -> Iterator[str]:
    """Steps through history: to the one successor, or to the one region of which this was all or a part."""
    first, *_, last = _tree().rows[code] * 2
    if len(last.successors) == 1 and not (last.holds(on) and region(last.successors[0], on)):
        yield last.successors[0]
    if len(first.origins) == 1 and (on < first.valid_from or region(first.origins[0], on) is None):
        yield first.origins[0]


def _shared_ancestors(code: str, on: date) -> tuple[str, ...]:
    """What stands above every part of a region that was divided before the day, nearest first."""
    last = known(code)
    if last is None or last.valid_to is None or on < last.valid_to or len(last.successors) < 2:
        return ()
    first, *others = (ancestors(successor, on) for successor in last.successors)
    return tuple(above for above in first if all(above in other for other in others))


@cache
def _tree() -> _Tree:
    """The whole table, read on the first look-up (about 3,600 rows)."""
    rows: dict[str, list[Region]] = {}
    children: dict[str | None, list[Region]] = {}
    for row in sorted(_read_all(), key=lambda row: (row.code, row.valid_from)):
        rows.setdefault(row.code, []).append(row)
        children.setdefault(row.parent, []).append(row)
    return _Tree(_frozen(rows), _frozen(children))


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
            origins=tuple(line["origins"].split()),
            demo=demo,
        )


def _level(text: str) -> Level:
    for level in LEVELS:
        if text == level:
            return level
    raise ValueError(f"The region table knows no level {text!r}.")
