"""Where the files come from that are checked: a market's address, or a folder that somebody kept."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from services.disclosure.ledger.checkpoint import Checkpoint, Policy, open_checkpoint
from services.disclosure.ledger.verify import Logged, NotAsLogged, check_document, check_leaf

LARGEST_FILE_BYTES = 20_000_000
SECONDS = 30
LEDGER = "api/v1/ledger"


class NotFoundAnywhere(Exception):
    """What is to be checked cannot be had; the message says what and from where."""


class Misunderstood(Exception):
    """The question cannot be asked so."""


class Source:
    """Where published files come from: a market's address, or a folder that somebody kept."""

    def __init__(self, place: str) -> None:
        self.place = place.rstrip("/")
        self.is_web = place.startswith(("http://", "https://"))

    def fetch(self, path: str) -> bytes | None:
        """The file at a path below the log's prefix; None when it is not there. Raises NotFoundAnywhere."""
        if not self.is_web:
            kept = Path(self.place, path)
            return kept.read_bytes() if kept.is_file() else None
        return self.ask(f"{LEDGER}/{path}")

    def ask(self, path: str) -> bytes | None:
        """The answer at a path of the market; None for 404. Raises NotFoundAnywhere when nobody answers."""
        try:
            with urllib.request.urlopen(f"{self.place}/{path}", timeout=SECONDS) as answer:  # noqa: S310  Checked above.
                body: bytes = answer.read(LARGEST_FILE_BYTES)
                return body
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return None
            raise NotFoundAnywhere(f"{self.place}/{path} answers {error.code}.") from error
        except (OSError, ValueError) as error:
            raise NotFoundAnywhere(f"{self.place} cannot be reached: {error}") from error

    def get(self, path: str) -> bytes:
        """As `fetch`. Raises NotFoundAnywhere for a file that is not there."""
        found = self.fetch(path)
        if found is None:
            raise NotFoundAnywhere(f"{self.place} has no {path}.")
        return found

    def checkpoint(self, policy: Policy) -> Checkpoint:
        """The published checkpoint, believed."""
        return open_checkpoint(self.get("checkpoint"), policy)


def from_log(source: Source, kind: str, name: str, policy: Policy, keep: str | None) -> tuple[Logged, bytes]:
    """The last published leaf about an entity, proven, and the document it names."""
    file = source.get(f"leaves/{places(source, kind, name)[-1]}/proof")
    logged = check_leaf(file, policy)
    if (logged.record.kind, logged.record.id) != (kind, name):
        raise NotAsLogged(f"The market answers with a proof about {logged.record.kind} {logged.record.id}.")
    document = source.get(f"documents/{logged.record.sha256}")
    keep_file(keep, "leaf.tlog-proof", file)
    keep_file(keep, "document.json", document)
    return logged, document


def places(source: Source, kind: str, name: str) -> list[int]:
    """Where the published leaves about an entity are, oldest first. Raises NotFoundAnywhere when there are none."""
    path = f"entities/{quote(kind, safe='')}/{quote(name, safe='')}?limit=100"
    found: list[int] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = source.fetch(f"{path}&cursor={quote(cursor, safe='')}" if cursor else path)
        try:
            told = json.loads(answer or b'{"items": []}')
            found += [int(leaf["place"]) for leaf in told["items"] if leaf["published"]]
            cursor = told.get("next")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotFoundAnywhere(f"{source.place} answers with something that is no list of leaves.") from error
    if not found:
        raise NotFoundAnywhere(f"{source.place} has nothing in its log about {kind} {name} (yet).")
    return found


def keep_file(folder: str | None, name: str, content: bytes) -> None:
    """Keep a file, so that the check can be repeated without the market."""
    if folder is not None:
        kept = Path(folder, name)
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(content)


def documents(source: Source, kind: str, name: str, policy: Policy) -> list[tuple[Logged, dict[str, Any]]]:
    """Every published leaf about an entity, proven, with what it names, oldest first."""
    found = []
    for place in places(source, kind, name):
        logged = check_leaf(source.get(f"leaves/{place}/proof"), policy)
        if (logged.record.kind, logged.record.id) != (kind, name):
            raise NotAsLogged(f"The market answers with a proof about {logged.record.kind} {logged.record.id}.")
        found.append((logged, check_document(logged.record, source.get(f"documents/{logged.record.sha256}"))))
    return found


def pages(source: Source, path: str) -> Iterator[dict[str, Any]]:
    """Every line of a list of the market, page after page. Raises NotFoundAnywhere."""
    cursor: str | None = ""
    while cursor is not None:
        answer = source.ask(f"{path}&cursor={quote(cursor, safe='')}" if cursor else path)
        try:
            told = json.loads(answer or b"")
            yield from (dict(line) for line in told["items"])
            cursor = told.get("next")
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NotFoundAnywhere(f"{source.place}/{path} is no list.") from error
