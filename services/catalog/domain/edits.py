"""What an edit changed: the fields of a record with what stood in them before and after."""

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import rfc8785

Document = Mapping[str, Any]
KINDS = ("producer", "mark", "specialty", "listing")

# What lies under these names identifies a person or a paper about one: that it changed is told, never what it is.
SECRET = frozenset({"village_proof_sha256", "tokens"})


def changes(before: Document, after: Document) -> list[dict[str, Any]]:
    """Every field that differs, in the order of their names: `{"field", "before", "after"}`, or `"secret": true`.

    Fields of a part are written with a dot; a lot of a listing goes by its number, so that `lots[DS-1].price_fen` is
    the same field whatever its place in the form.
    """
    old, new = dict(_flat(before)), dict(_flat(after))
    return [
        _change(name, old.get(name), new.get(name)) for name in sorted({*old, *new}) if old.get(name) != new.get(name)
    ]


def _change(field: str, before: Any, after: Any) -> dict[str, Any]:
    if not SECRET.isdisjoint(field.split(".")):
        return {"field": field, "before": None, "after": None, "secret": True}
    return {"field": field, "before": before, "after": after}


def _flat(value: Document, path: str = "") -> Iterator[tuple[str, Any]]:
    for name, inner in value.items():
        here = f"{path}{name}"
        if isinstance(inner, Mapping):
            yield from _flat(inner, f"{here}.")
        elif name == "lots" and isinstance(inner, list):
            for lot in inner:
                yield from _flat({key: each for key, each in lot.items() if key != "id"}, f"lots[{lot['lot_number']}].")
        elif inner not in (None, "", []):
            yield here, inner


def commitment(edit_id: str, account_id: str) -> str:
    """What stands for whoever made an edit: it binds them to it, and no two edits show that one person made both."""
    return hashlib.sha256(f"{edit_id}:{account_id}".encode()).hexdigest()


def fingerprint(edit: Document) -> str:
    """SHA-256 in hex of the edit's canonical JSON (RFC 8785) as everybody may read it: without the account."""
    public = {name: value for name, value in edit.items() if name != "by_account"}
    return hashlib.sha256(rfc8785.dumps(public)).hexdigest()
