"""A whole broadcast for platforms to try themselves against: its steps, the facts of each, and the answer to expect."""

import copy
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Document = dict[str, Any]
_FILE = Path(__file__).with_suffix(".yaml")


class _Plain(yaml.SafeLoader):
    """Leaves days and instants as text, as JSON has them."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@dataclass(frozen=True, slots=True)
class Step:
    """One question of the simulated broadcast. `previous`: the answer that the step before it expects."""

    name: str
    stage: str
    at: str
    expected: str
    previous: str | None
    text: Mapping[str, str]
    do: Mapping[str, str]
    facts: Document


@functools.cache
def title() -> Mapping[str, str]:
    """What is simulated, in both languages."""
    return dict(_written()["title"])


@functools.cache
def steps() -> tuple[Step, ...]:
    """The steps in the order in which a platform lives through them."""
    written = _written()
    found: list[Step] = []
    for step in written["steps"]:
        found.append(
            Step(
                name=step["name"],
                stage=step["stage"],
                at=step["at"],
                expected=step["expected"],
                previous=found[-1].expected if found else None,
                text={"zh": step["zh"], "en": step["en"]},
                do=dict(step["do"]),
                facts=_changed(written["facts"], step.get("change") or {}),
            )
        )
    return tuple(found)


def step_named(name: str) -> Step | None:
    """The step of that name."""
    return next((step for step in steps() if step.name == name), None)


def _written() -> Document:
    written: Document = yaml.load(_FILE.read_text("utf-8"), Loader=_Plain)  # noqa: S506  _Plain is a SafeLoader.
    return written


def _changed(facts: Document, changes: Mapping[str, Any]) -> Document:
    """The facts with these paths replaced; a value of None takes one away."""
    fresh: Document = copy.deepcopy(facts)
    for path, value in changes.items():
        *above, last = path.split(".")
        here = fresh
        for name in above:
            here = here[name]
        if value is None:
            here.pop(last, None)
        else:
            here[last] = copy.deepcopy(value)
    return fresh
