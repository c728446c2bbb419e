"""The published history of the rules: for each release, which rules changed, how, and from which day on.

`python -m services.compliance.rules.history [DAY]` brings `history.yaml` up to date: it names the present content of
every rule, and adds an entry, published on DAY, for each that changed since its last release.
"""

import functools
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

import yaml

from services.compliance.rules import RULEBOOK
from services.compliance.rules.fingerprint import ENGINE, engine_fingerprint, fingerprint
from services.compliance.rules.law import NOTICE
from services.compliance.rules.revision import RELEASE

Kind = Literal["new", "changed", "mended"]
Basis = Literal["platform", "law"]

FIRST_RELEASE = "2026.11.0"
_FILE = Path(__file__).parent / "history.yaml"
_HEAD = """\
# What changed in the rules, release by release; served at /api/v1/rules/changes. Written by
# `python -m services.compliance.rules.history [DAY]`; after a merge, run it again.
# kind: new; changed (ours: seven days after publication, law: from its own day); mended (a defect, at once).
# zh and en say what changed for those whom the rule concerns.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """What one release did to one rule. `sha256` names the rule's content as of that release."""

    release: str
    rule: str
    sha256: str
    kind: Kind
    basis: Basis
    published_on: date
    effective_on: date
    zh: str
    en: str


@functools.cache
def released_history() -> tuple[Entry, ...]:
    """Every entry, the oldest release first."""
    return tuple(read_history(_FILE.read_text("utf-8")))


def read_history(text: str) -> list[Entry]:
    """The entries of a history file."""
    return [
        Entry(release=str(block["release"]), rule=rule, published_on=block["published_on"], **fields)
        for block in yaml.safe_load(text) or ()
        for rule, fields in block["rules"].items()
    ]


def contents() -> dict[str, str]:
    """What the rules are now: rule → the name of its content, in reading order, the common part last."""
    return {**{rule.id: fingerprint(rule) for rule in RULEBOOK}, ENGINE: engine_fingerprint()}


def faults(entries: Sequence[Entry], now: Mapping[str, str]) -> list[str]:
    """What is wrong with a history of rules that are so now; one sentence each."""
    newest = {entry.rule: entry for entry in entries}
    found = [f"{rule}: no entry names its present content" for rule in now if not _is_current(newest.get(rule), now)]
    for entry in entries:
        found += [f"{entry.release} {entry.rule}: {fault}" for fault in _faults_of(entry)]
    return found


def _is_current(entry: Entry | None, now: Mapping[str, str]) -> bool:
    return entry is not None and entry.sha256 == now[entry.rule]


def _faults_of(entry: Entry) -> Iterator[str]:
    if not entry.zh.strip() or not entry.en.strip():
        yield "say in zh and en what changed"
    if entry.release == FIRST_RELEASE or entry.basis == "law":
        return
    if entry.kind == "mended" and entry.effective_on != entry.published_on:
        yield "a defect is mended at once"
    if entry.kind != "mended" and entry.effective_on < entry.published_on + NOTICE:
        yield "our own rules change seven days after they are published"


def brought_up_to_date(entries: Sequence[Entry], now: Mapping[str, str], release: str, day: date | None) -> list[Entry]:
    """The history with the present content of every rule named in it.

    Raises ValueError when a new release begins and `day`, that of its publication, was not given.
    """
    newest = {entry.rule: entry for entry in entries}
    found = [
        replace(entry, sha256=now[entry.rule])
        if entry.release == release and newest[entry.rule] is entry and entry.rule in now
        else entry
        for entry in entries
    ]
    published = next((entry.published_on for entry in entries if entry.release == release), day)
    for rule, content in now.items():
        earlier = newest.get(rule)
        if earlier is not None and (earlier.release == release or earlier.sha256 == content):
            continue
        if published is None:
            raise ValueError(f"{release} begins with {rule}: give the day of its publication, such as 2026-12-01.")
        found.append(_first_entry(rule, content, release, published, earlier))
    return found


def _first_entry(rule: str, content: str, release: str, day: date, earlier: Entry | None) -> Entry:
    """A new rule introduces itself; of a changed one, its maintainer must say what changed."""
    since = {each.id: each.since for each in RULEBOOK}.get(rule, day)
    effective = since if release == FIRST_RELEASE else day + NOTICE
    if earlier is None:
        return Entry(release, rule, content, "new", "platform", day, effective, "首次公布。", "First published.")
    return Entry(release, rule, content, "changed", "platform", day, effective, "", "")


def written(entries: Iterable[Entry]) -> str:
    """The history as the file has it."""
    order = {name: place for place, name in enumerate([*(rule.id for rule in RULEBOOK), ENGINE])}
    blocks: dict[tuple[str, date], list[Entry]] = {}
    for entry in entries:
        blocks.setdefault((entry.release, entry.published_on), []).append(entry)
    lines = [_HEAD.rstrip()]
    for (release, day), block in blocks.items():
        lines += [f"- release: {release}", f"  published_on: {day}", "  rules:"]
        lines += [_line(entry) for entry in sorted(block, key=lambda each: order.get(each.rule, len(order)))]
    return "\n".join(lines) + "\n"


def _line(entry: Entry) -> str:
    zh, en = (json.dumps(words, ensure_ascii=False) for words in (entry.zh, entry.en))
    told = f"kind: {entry.kind}, basis: {entry.basis}, effective_on: {entry.effective_on}, zh: {zh}, en: {en}"
    return f'    {entry.rule}: {{sha256: "{entry.sha256}", {told}}}'


def main(arguments: Sequence[str]) -> int:
    """Bring the file up to date; 1 when something is left for the maintainer to say."""
    day = date.fromisoformat(arguments[0]) if arguments else None
    known = read_history(_FILE.read_text("utf-8")) if _FILE.exists() else []
    now = contents()
    try:
        entries = brought_up_to_date(known, now, RELEASE, day)
    except ValueError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    _FILE.write_text(written(entries), "utf-8")
    left = faults(entries, now)
    sys.stdout.write("\n".join([*left, "" if left else f"{_FILE.name} is up to date.\n"]))
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
