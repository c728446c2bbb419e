"""What a stranger checks about one thing in the log: that the published document is the one the leaf names, unaltered.

A decision is more than its leaf: its facts and its answer are hashed again here from what the gate shows, so that a
decision page that was changed afterwards does not pass for the one that was logged.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785

from services.disclosure.ledger.canonical import NotCanonical, Record, read_record, sha256_hex
from services.disclosure.ledger.checkpoint import Checkpoint, Policy
from services.disclosure.ledger.merkle import ProofRefused
from services.disclosure.ledger.notes import decoded
from services.disclosure.ledger.proofs import Proof, parse_proof, verify_proof
from services.disclosure.ledger.receipts import Receipt, verify_receipt

ANSWER = ("outcome", "results", "at", "facts_sha256", "ruleset")
SAME_TEXT = ("stage", "outcome", "ruleset", "facts_sha256", "answer_sha256", "binding")
SAME_INSTANT = ("at", "decided_at", "valid_until")


class NotAsLogged(Exception):
    """What is shown is not what was logged; the message says what differs."""


@dataclass(frozen=True)
class Logged:
    """Something that is in the log: its record, where it is, and under which checkpoint."""

    record: Record
    proof: Proof
    checkpoint: Checkpoint


def check_leaf(proof_file: bytes, policy: Policy, record: bytes | None = None) -> Logged:
    """The record that a proof file is about. Raises ProofRefused, or NotAsLogged for bytes that are no record.

    `record`: its bytes; without them the file's own `extra`, which the proof itself then vouches for.
    """
    proof = parse_proof(proof_file)
    encoded = proof.extra if record is None else record
    if encoded is None:
        raise ProofRefused("The proof file does not bring its record along; give the record too.")
    checkpoint = verify_proof(proof, encoded, policy)
    try:
        return Logged(read_record(encoded), proof, checkpoint)
    except NotCanonical as error:
        raise NotAsLogged(str(error)) from error


def check_document(record: Record, document: bytes) -> dict[str, Any]:
    """The members of the document that a record names. Raises NotAsLogged for another document."""
    if sha256_hex(document) != record.sha256:
        raise NotAsLogged("The document is not the one that the leaf names: its SHA-256 is another.")
    return _members(document)


def check_decision(decision: bytes, record: Record, document: bytes) -> dict[str, Any]:
    """The decision, if it is the one that was logged, whole and unaltered. Raises NotAsLogged."""
    shown, logged = _members(decision), check_document(record, document)
    if record.kind != "decision" or record.id != shown.get("decision_id") or record.id != logged.get("decision_id"):
        raise NotAsLogged("The leaf is about something else than this decision.")
    _same("facts_sha256", _hash(shown.get("facts")), shown)
    _same("answer_sha256", _hash({name: shown.get(name) for name in ANSWER}), shown)
    for name in SAME_TEXT:
        if shown.get(name) != logged.get(name):
            raise NotAsLogged(f"{name} was logged as {logged.get(name)!r} and is shown as {shown.get(name)!r}.")
    for name in SAME_INSTANT:
        if _instant(shown.get(name)) != _instant(logged.get(name)):
            raise NotAsLogged(f"{name} was logged as {logged.get(name)!r} and is shown as {shown.get(name)!r}.")
    about, subject = logged.get("subject") or {}, shown.get("subject") or {}
    if (about.get("kind"), about.get("id")) != (subject.get("kind"), subject.get("id")):
        raise NotAsLogged("The decision is shown for another subject than it was logged for.")
    return shown


def check_receipt(receipt: Receipt, record: Record, release: bytes) -> dict[str, Any]:
    """What the logged release made of the order, if the receipt is under its root.

    Raises NotAsLogged when the release is not the logged one or not the one that the receipt names; ProofRefused.
    """
    members = check_document(record, release)
    about = members.get("broadcast")
    named = (about.get("broadcast_id") if isinstance(about, dict) else None, members.get("number"))
    if record.kind != "disclosure" or named != (receipt.status.get("broadcast_id"), receipt.status.get("release")):
        raise NotAsLogged("The receipt is about another release than this one.")
    try:
        root = decoded(members["receipts"]["root"])
    except (KeyError, TypeError, ValueError) as error:
        raise NotAsLogged("The release names no root of receipts.") from error
    return verify_receipt(receipt, root)


def check_tickets(heads: Mapping[int, str], leaves: Iterable[str]) -> int:
    """How many tickets a lot has, if every logged head (number of tickets → head) is that of its chain.

    Source: docs/tickets.md. Raises NotAsLogged.
    """
    head, count = bytes(32), 0
    for count, leaf in enumerate(leaves, 1):
        try:
            head = hashlib.sha256(head + bytes.fromhex(leaf)).digest()
        except ValueError as error:
            raise NotAsLogged(f"Ticket {count} has no leaf.") from error
        if heads.get(count, head.hex()) != head.hex():
            raise NotAsLogged(f"The first {count} tickets are not those whose head was logged: the order was changed.")
    if missing := [number for number in heads if number > count]:
        raise NotAsLogged(f"{max(missing)} tickets were logged and {count} are shown: some were left out.")
    return count


def check_recording(logged: Mapping[str, Any], entries: Sequence[Mapping[str, Any]]) -> None:
    """Raises NotAsLogged unless the entries of a room's record begin with those whose head was logged at its end."""
    name, count = str(logged.get("broadcast_id")), logged.get("entries")
    if type(count) is not int or len(entries) < count:
        raise NotAsLogged(f"{count} entries were logged and {len(entries)} are shown: some were left out.")
    head = hashlib.sha256(f"sunfair-room-record/1:{name}".encode()).hexdigest()
    for number, entry in enumerate(entries[:count], 1):
        said = {member: entry.get(member) for member in ("seq", "at", "stream_ms", "kind", "body")}
        head = _hash({"before": head, "broadcast_id": name, **said})
        if entry.get("seq") != number or entry.get("hash") != head:
            raise NotAsLogged(f"Entry {number} of the record is missing, moved or changed.")
    if head != logged.get("record_sha256"):
        raise NotAsLogged("The record is not the one whose head was logged when the broadcast ended.")


def check_viewers(logged: Sequence[Mapping[str, Any]], shown: Sequence[bytes]) -> list[dict[str, Any]]:
    """The figures of viewers of every release that has a leaf of them, if they are those that were logged.

    `shown`: the releases, oldest first. Raises NotAsLogged for a figure that is another one in the release.
    """
    releases = {release.get("number"): release for release in map(_members, shown)}
    found = []
    for told in logged:
        figures = (releases.get(told.get("release")) or {}).get("viewers")
        if not isinstance(figures, dict):
            raise NotAsLogged(f"Release {told.get('release')}, whose viewers were logged, is not shown any more.")
        if {name: value for name, value in figures.items() if name != "over_time"} != told.get("viewers"):
            raise NotAsLogged(f"The viewers of release {told.get('release')} are not those that were logged.")
        found.append(dict(told))
    return found


def check_edits(logged: Collection[str], shown: Iterable[Mapping[str, Any]]) -> tuple[int, int]:
    """How many of the shown edits of records are as they were logged, and how many of these by their hash alone.

    `logged`: the hashes in the log. An edit without a commitment to its author is of a time when part of what was
    hashed was not public. Raises NotAsLogged.
    """
    count = by_hash = 0
    for edit in shown:
        if edit.get("sha256") not in logged:
            raise NotAsLogged(f"The edit {edit.get('id')} was never logged, or its hash was changed.")
        if edit.get("by_sha256") is None and edit.get("decision_id") is None:
            by_hash += 1
        elif _hash(_hashed_of(edit)) != edit["sha256"]:
            raise NotAsLogged(f"The edit {edit.get('id')} does not have the hash that it names: it was changed.")
        count += 1
    return count, by_hash


def _hashed_of(edit: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an edit under its hash, from what is shown of it."""
    names = ["kind", "record_id", "version", "action"]
    names += ["decision_id"] if edit.get("by_sha256") is None else ["by_office", "by_sha256", "why"]
    made_at = _instant(edit.get("made_at"))
    changes = [{name: value for name, value in each.items() if name != "secret" or value} for each in _listed(edit)]
    return {
        **{name: edit.get(name) for name in names},
        "changes": changes,
        "made_at": None if made_at is None else made_at.astimezone(UTC).isoformat(),
    }


def _listed(edit: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    changes = edit.get("changes")
    if not isinstance(changes, list) or not all(isinstance(each, Mapping) for each in changes):
        raise NotAsLogged(f"The edit {edit.get('id')} lists no changes.")
    return changes


ACT = ("id", "action", "about", "subject", "region_code", "by_role", "by_office", "facts", "inside_sha256")
# What stands under the hash of a line of each trail, beside its moment.
TRAILS: Mapping[str, tuple[str, ...]] = {
    "accounts": ACT,
    "orders": ACT,
    "cases": (
        *("id", "action", "subject_kind", "subject_id", "region_code", "decision_id", "rule", "reason_code"),
        *("record_id", "by_role", "by_organ", "by_region_code", "reason_zh", "reason_en"),
    ),
    "filings": (
        *("id", "filing_id", "version", "move", "from_state", "to_state", "by", "decision_id", "reasons_sha256"),
    ),
}


def check_acts(trail: str, logged: Collection[str], shown: Iterable[Mapping[str, Any]]) -> int:
    """How many of the shown lines of a trail have the hash that was logged of them. Raises NotAsLogged."""
    count = 0
    for act in shown:
        at = _instant(act.get("at"))
        told = {name: act.get(name) for name in TRAILS[trail]}
        if at is None or _hash(told | {"at": at.astimezone(UTC).isoformat()}) != act.get("sha256"):
            raise NotAsLogged(f"The act {act.get('id')} does not have the hash that it names: it was changed.")
        if act["sha256"] not in logged:
            raise NotAsLogged(f"The act {act.get('id')} was never logged, or its hash was changed.")
        count += 1
    return count


def check_releases(broadcast_id: str, shown: Sequence[bytes], logged: Sequence[Record]) -> list[dict[str, Any]]:
    """The releases of a disclosure as they are shown, oldest first, if they are exactly those that were logged.

    Raises NotAsLogged for one that was changed, left out, or put in another's place.
    """
    if any((record.kind, record.id) != ("disclosure", broadcast_id) for record in logged):
        raise NotAsLogged("A leaf is about something else than this disclosure.")
    known = {record.sha256 for record in logged}
    found = [sha256_hex(release) for release in shown]
    for number, digest in enumerate(found, 1):
        if digest not in known:
            raise NotAsLogged(f"Release {number} is not one that was logged: it was changed, or never published.")
    if left_out := known - set(found):
        raise NotAsLogged(f"{len(left_out)} logged releases are not shown any more, such as {min(left_out)}.")
    releases = [_members(release) for release in shown]
    if [release.get("number") for release in releases] != list(range(1, len(releases) + 1)):
        raise NotAsLogged("The releases are not shown under their own numbers.")
    return releases


def _members(document: bytes) -> dict[str, Any]:
    try:
        members = json.loads(document)
    except (ValueError, RecursionError) as error:
        raise NotAsLogged("The document is not JSON.") from error
    if not isinstance(members, dict):
        raise NotAsLogged("The document is not a JSON object.")
    return members


def _hash(value: Any) -> str:
    """Of the RFC 8785 form. The gate's own numbers may be floats, unlike those of the log."""
    try:
        return hashlib.sha256(rfc8785.dumps(value)).hexdigest()
    except (rfc8785.CanonicalizationError, RecursionError) as error:
        raise NotAsLogged("The document has no canonical form.") from error


def _same(name: str, found: str, shown: Mapping[str, Any]) -> None:
    if shown.get(name) != found:
        raise NotAsLogged(f"What the decision shows does not have the {name} that it names.")


def _instant(value: Any) -> datetime | None:
    try:
        return None if value is None else datetime.fromisoformat(str(value))
    except ValueError as error:
        raise NotAsLogged(f"“{value}” is no instant.") from error
