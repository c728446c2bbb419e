"""The kind and shape of a parameter's value: a number, a word, a list of such, or a table down to its records."""

from collections.abc import Iterator, Mapping
from typing import Any


def alike(old: Any, new: Any) -> bool:
    """Whether a value has the kind and the shape of another, so that the rule that reads the one can read the other."""
    if type(old) is not type(new):
        return False
    if isinstance(old, list):
        return all(any(alike(known, item) for known in old) for item in new)
    return _same_table(old, new) if isinstance(old, dict) else True


def words_in(value: Any) -> frozenset[str]:
    """Every word of a value, names of entries included."""
    if isinstance(value, dict):
        return frozenset(value).union(*(words_in(inner) for inner in value.values()))
    if isinstance(value, list):
        return frozenset().union(*(words_in(inner) for inner in value))
    return frozenset([value]) if isinstance(value, str) else frozenset()


def _same_table(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Records stand as deep as before, keep the entries that all had, and each entry is of a kind it had."""
    known, asked = list(_records(old)), list(_records(new))
    if not asked or {depth for depth, _ in asked} - {depth for depth, _ in known}:
        return False
    kinds = {(name, type(value)) for _, record in known for name, value in record.items()}
    any_kind = {kind for _, kind in kinds}
    names = {name for name, _ in kinds}
    for depth, record in asked:
        shared = set.intersection(*(set(other) for place, other in known if place == depth))
        if not shared <= set(record):
            return False
        if any(
            (name, type(value)) not in kinds and (name in names or type(value) not in any_kind)
            for name, value in record.items()
        ):
            return False
    return True


def _records(table: Mapping[str, Any], depth: int = 0) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The innermost tables with how deep they lie; a table that is empty or mixed counts as a record."""
    inner = [value for value in table.values() if isinstance(value, dict)]
    if len(inner) < len(table) or not table:
        yield depth, table
        return
    for value in inner:
        yield from _records(value, depth + 1)
