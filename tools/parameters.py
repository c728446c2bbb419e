"""Parameters between two releases: those long unchecked, values published meanwhile, cases that one decides anew."""

import argparse
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import httpx
import yaml

from services.compliance.rules import RULEBOOK
from services.compliance.rules.boundaries import Comparison, differing_cases
from services.compliance.rules.changes import Change, ChangeRefused, with_change
from services.compliance.rules.law import NOTICE, ParameterError, Parameters, laid_over, released_parameters, start_of
from services.compliance.rules.stages import Stage
from services.contracts.values import shanghai_day
from services.kit import clock

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "services" / "compliance" / "rules" / "parameters"
DOCUMENTS = ROOT / "tests" / "compliance" / "rules" / "base"
STAGES: tuple[Stage, ...] = ("listing", "filing", "golive")
STALE_DAYS = 180
MOST_SHOWN = 40


class Refused(Exception):
    """The task cannot be done; the message says why and what to do."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one operation; 1 when it was refused, or when something is stale."""
    asked = parser().parse_args(arguments)
    try:
        if asked.operation == "stale":
            return show_stale(released_parameters(), shanghai_day(clock.now()), asked.days)
        if asked.operation == "write":
            return write_back(published_values(asked.gateway), FOLDER)
        return compare(asked.name, asked.value, asked.since)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1


def parser() -> argparse.ArgumentParser:
    """What may be asked."""
    asked = argparse.ArgumentParser(prog="python3 sunfair.py parameters", description=__doc__)
    operations = asked.add_subparsers(dest="operation", required=True)
    stale = operations.add_parser("stale", help="parameters that nobody compared with their source for so long")
    stale.add_argument("--days", type=int, default=STALE_DAYS)
    writing = operations.add_parser("write", help="write the published values into the files of the next release")
    writing.add_argument("--gateway", default=f"http://127.0.0.1:{os.environ.get('SUNFAIR_PORT') or 8000}")
    comparing = operations.add_parser("compare", help="generated cases on which a value would decide otherwise")
    comparing.add_argument("name", help="the parameter, as GET /api/v1/rules names it")
    comparing.add_argument("value", help='the value, as JSON: 4, true, ["监制"]')
    comparing.add_argument(
        "--from", dest="since", type=date.fromisoformat, help="its first day; default: in seven days"
    )
    return asked


def show_stale(parameters: Parameters, today: date, days: int) -> int:
    """List the parameters whose source was last looked at more than so many days ago, the oldest first."""
    ages = [((today - each.checked_on).days, each) for each in parameters.values()]
    stale = sorted((age, each.name) for age, each in ages if age > days)
    for age, name in reversed(stale):
        print(f"{name:<40} checked {age} days ago, on {parameters[name].checked_on}")
    print(f"{len(stale)} of {len(parameters)} parameters were not checked for more than {days} days.")
    return 1 if stale else 0


def published_values(gateway: str) -> list[dict[str, Any]]:
    """Every value that is published there, the earliest first."""
    items: list[dict[str, Any]] = []
    query: dict[str, Any] = {"state": "published", "limit": 100}
    with httpx.Client(base_url=f"{gateway}/api/v1", timeout=30) as client:
        while True:
            try:
                answer = client.get("/parameter-changes", params=query).raise_for_status().json()
            except httpx.HTTPError as error:
                raise Refused(f"The published values could not be read from {gateway}: {error}") from error
            items += answer["items"]
            if answer["next"] is None:
                return sorted(items, key=lambda item: (item["from_on"], item["id"]))
            query["cursor"] = answer["next"]


def write_back(changes: Iterable[Mapping[str, Any]], folder: Path) -> int:
    """Write published values into the parameter files; what stands there already is left as it is."""
    known, written = released_parameters(), 0
    for item in changes:
        change = Change(
            item["name"],
            item["value"],
            date.fromisoformat(item["from_on"]),
            item["basis"],
            item["source"],
            item["article"],
        )
        published_on = date.fromisoformat(item["published_on"])
        try:
            after = laid_over(known, change.name, change.dated(published_on))
        except ParameterError as error:
            raise Refused(f"{change.name} from {change.since} does not fit into the files: {error}") from error
        if after is not known:
            _write(change, published_on, folder)
            print(f"{change.name} from {change.since}: {change.value}")
            known, written = after, written + 1
    print(f"{written} values were written." if written else "The files say all that is published.")
    if written:
        print("Now run: python -m services.compliance.rules.history")
    return 0


def _write(change: Change, published_on: date, folder: Path) -> None:
    for path in sorted(folder.glob("*.yaml")):
        lines = path.read_text("utf-8").splitlines()
        if f"{change.name}:" in lines:
            path.write_text("\n".join(_with_value(lines, change, published_on)) + "\n", "utf-8")
            return
    raise Refused(f"No file in {folder} defines {change.name}.")


def _with_value(lines: list[str], change: Change, published_on: date) -> list[str]:
    """The file with the value below the others of its parameter; nothing else is touched."""
    first = lines.index(f"{change.name}:")
    inside = (number for number in range(first + 1, len(lines)) if lines[number] and not lines[number].startswith(" "))
    end = next(inside, len(lines))
    while not lines[end - 1].strip():
        end -= 1
    entry = {"from": change.since, "value": change.value, "source": change.source_line(), "published_on": published_on}
    text = yaml.safe_dump(entry, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10_000)
    return [*lines[:end], f"    - {text.strip()}", *lines[end:]]


def compare(name: str, value: str, since: date | None) -> int:
    """Show generated cases on which the value would decide otherwise, one fact moved at a time."""
    comparison = _comparison(name, value, since)
    count = 0
    for case in differing_cases(comparison, _documents(comparison.at)):
        count += 1
        if count <= MOST_SHOWN:
            where = f"{case.fact} = {_short(case.set_to)}" if case.fact else "as it is"
            print(f"{case.document} · {case.stage} · {where}: {case.outcomes[0]} → {case.outcomes[1]}")
            for change in case.changes:
                print(f"    {change['rule']}: {change['then']} → {change['now']}  {change['now_reason']['en']}")
    print(f"{count} generated cases differ." + (f" The first {MOST_SHOWN} are shown." if count > MOST_SHOWN else ""))
    return 0


def _comparison(name: str, value: str, since: date | None) -> Comparison:
    today, known = shanghai_day(clock.now()), released_parameters()
    try:
        read = json.loads(value)
    except ValueError as error:
        raise Refused(f"{value} is no JSON; write a number, true, false, a list or a table.") from error
    change = Change(name, read, since or today + NOTICE, "platform")
    try:
        return Comparison(RULEBOOK, known, with_change(known, RULEBOOK, change, today), name, start_of(change.since))
    except ChangeRefused as refused:
        raise Refused(f"{refused.field}: {refused.en}") from refused


def _documents(at: datetime) -> Iterator[tuple[str, Stage, dict[str, Any]]]:
    """The labelled documents, with every day as far from the moment as it was from its own broadcast's listing."""
    for path in sorted(DOCUMENTS.glob("*.yaml")):
        document = _moved(json.loads(json.dumps(yaml.safe_load(path.read_text("utf-8")), default=_text)), at)
        for stage in STAGES:
            yield path.stem, stage, document


def _text(value: Any) -> str:
    return str(value.isoformat())


def _moved(value: Any, at: datetime) -> Any:
    if isinstance(value, dict):
        return {name: _moved(inner, at) for name, inner in value.items()}
    if isinstance(value, list):
        return [_moved(inner, at) for inner in value]
    if not isinstance(value, str) or len(value) not in (10, 25):
        return value
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        return value
    return (day + (shanghai_day(at) - _OF_THE_DOCUMENTS)).isoformat() + value[10:]


# The day on which the labelled documents are asked in the rules' own tests.
_OF_THE_DOCUMENTS = date(2020, 3, 2)


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"


if __name__ == "__main__":
    sys.exit(main())
