"""Facts documents for the tests: a good case, and changes to it that each test names."""

import copy
import functools
import re
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent
ABSENT = "(absent)"


class _Plain(yaml.CSafeLoader):
    """Leaves days and instants as text, as JSON has them."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


def read_plain(path: Path) -> Any:
    """A YAML file whose days and instants stay text."""
    return yaml.load(path.read_text("utf-8"), Loader=_Plain)  # noqa: S506 - _Plain is a CSafeLoader


@functools.cache
def _read_document(name: str) -> Any:
    """A document of its own, or one that says which other it is like and what differs at its moment."""
    written = read_plain(HERE / "base" / f"{name}.yaml")
    if "like" not in written:
        return written
    return changed(copy.deepcopy(_read_document(written["like"])), written["change"])


def document(name: str = "dangshan", **changes: Any) -> dict[str, Any]:
    """The facts document of a name, fresh, with changes by path: `lot__price_fen=0` or `{"lot.price_fen": 0}`."""
    fresh: dict[str, Any] = copy.deepcopy(_read_document(name))
    return changed(fresh, {path.replace("__", "."): value for path, value in changes.items()})


def changed(facts: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """The same document with the facts at these paths replaced; ABSENT takes one away.

    `people[role=verifier].organ` finds the entry by one of its values, `suppliers[+]` adds one.
    """
    for path, value in changes.items():
        _put(facts, _steps(path), copy.deepcopy(value))
    return facts


def _steps(path: str) -> list[str]:
    return [step for step in re.split(r"\.|(?=\[)", path) if step]


def _put(here: Any, steps: list[str], value: Any) -> None:
    step, rest = steps[0], steps[1:]
    if step == "[+]":
        here.append(value)
        return
    key = _index(here, step[1:-1]) if step.startswith("[") else step
    if rest:
        if isinstance(here, dict) and key not in here:
            here[key] = {}
        _put(here[key], rest, value)
    elif value == ABSENT:
        del here[key]
    else:
        here[key] = value


def _index(entries: list[Any], wanted: str) -> int:
    if "=" not in wanted:
        return int(wanted)
    name, _, value = wanted.partition("=")
    return next(index for index, entry in enumerate(entries) if str(entry.get(name)) == value)
