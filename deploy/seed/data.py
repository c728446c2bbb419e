"""The demonstration data as written in `data/*.yaml`, with days and instants as text, as JSON has them."""

import functools
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).parent / "data"

Row = dict[str, Any]


class _Plain(yaml.SafeLoader):
    """Leaves days and instants as text."""


_Plain.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@functools.cache
def _read(name: str) -> Any:
    return yaml.load((HERE / f"{name}.yaml").read_text("utf-8"), Loader=_Plain)  # noqa: S506 - _Plain is a SafeLoader


def rows(name: str) -> list[Row]:
    """A list of rows."""
    found: list[Row] = _read(name)
    return found


def table(name: str) -> dict[str, Row]:
    """Rows by name."""
    found: dict[str, Row] = _read(name)
    return found


def row(name: str, key: str) -> Row:
    """The row of a list with this key."""
    return next(each for each in rows(name) if each["key"] == key)
