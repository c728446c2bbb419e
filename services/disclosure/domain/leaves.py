"""What other services announced, as public documents and the records that stand for them in the log."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.contracts.accounts import AccountActsLogged
from services.contracts.broadcast import StepsLogged
from services.contracts.catalog import EditsLogged
from services.contracts.compliance import (
    DecisionMade,
    OverrideConfirmed,
    ParameterPublished,
    ParameterWithdrawn,
    TrailLogged,
)
from services.contracts.orders import OrderActsLogged, TicketsSealed
from services.contracts.room import RoomChanged
from services.disclosure.ledger.canonical import Record, canonical, instant_text, sha256_hex
from services.disclosure.ledger.merkle import leaf_hash

HashesLogged = EditsLogged | TrailLogged | StepsLogged | AccountActsLogged | OrderActsLogged

DECISION, OVERRIDE, PARAMETER, WITHDRAWAL, PRICE = "decision", "override", "parameter", "parameter.withdrawn", "price"
TICKETS, RECORDING, EDITS, VIEWERS = "tickets", "recording", "edits", "viewers"

# What the two figures count, as docs/viewer-sessions.md defines a session; other words are another definition.
VIEWERS_DEFINITION = {
    "name": "sunfair-viewers/1",
    "counted": "distinct viewers, an account or a guest's device, with at least one viewer session in the room",
    "verified": "the same without those all of whose sessions were found to be injected traffic",
}


@dataclass(frozen=True)
class NewLeaf:
    """A record for the log, and the document that it names."""

    kind: str
    entity_id: str
    sha256: str
    record: bytes
    leaf_hash: bytes
    document: bytes


def new_leaf(
    kind: str, entity_id: str, at: datetime, document: Mapping[str, Any], commitment: str | None = None
) -> NewLeaf:
    """The leaf of a public document. `commitment` stands for what must be erasable and is not in the document."""
    body = canonical(dict(document))
    digest = sha256_hex(body)
    record = Record(kind, entity_id, instant_text(at), digest, commitment).encode()
    return NewLeaf(kind, entity_id, digest, record, leaf_hash(record), body)


def decision_leaf(event: DecisionMade) -> NewLeaf | None:
    """The leaf of a public decision; None for one that is not public."""
    if not event.public:
        return None
    document = {
        "decision_id": event.entity_id,
        "subject": event.about.model_dump(),
        "stage": event.stage,
        "binding": event.binding,
        "outcome": event.outcome,
        "at": instant_text(event.at),
        "decided_at": instant_text(event.decided_at),
        "valid_until": None if event.valid_until is None else instant_text(event.valid_until),
        "ruleset": event.ruleset,
        "facts_sha256": event.facts_sha256,
        "answer_sha256": event.answer_sha256,
        "copied_from": event.copied_from,
    }
    return new_leaf(DECISION, event.entity_id, event.decided_at, document)


def override_leaf(event: OverrideConfirmed) -> NewLeaf:
    """The leaf of an override: which organs overruled what, and their published reasons."""
    document = {
        "override_id": event.entity_id,
        "subject": {"kind": event.about_kind, "id": event.about_id},
        "region_code": event.region_code,
        "rule": event.rule,
        "reason_code": event.reason_code,
        "decision_id": event.decision_id,
        "new_decision_id": event.new_decision_id,
        "proposed_by_organ": event.proposed_by_organ,
        "proposed_at": instant_text(event.proposed_at),
        "reason_zh": event.reason_zh,
        "reason_en": event.reason_en,
        "confirmed_by_organ": event.confirmed_by_organ,
        "confirmed_at": instant_text(event.confirmed_at),
        "answer_zh": event.answer_zh,
        "answer_en": event.answer_en,
        "valid_until": instant_text(event.valid_until),
    }
    return new_leaf(OVERRIDE, event.entity_id, event.confirmed_at, document)


def tickets_leaf(event: TicketsSealed) -> NewLeaf:
    """The leaf of the order of arrival in a broadcast, as far as it was sealed; it says nothing about buyers."""
    document = {
        "broadcast_id": event.entity_id,
        "region_code": event.region_code,
        "closed": event.closed,
        "chains": [chain.model_dump() for chain in event.chains],
    }
    return new_leaf(TICKETS, event.entity_id, event.occurred_at, document)


def edits_leaf(event: HashesLogged) -> NewLeaf:
    """The leaf of what offices of a region changed or did, as hashes of the audit trail that holds it."""
    document = {"region_code": event.region_code, "batch": event.entity_id, "sha256": list(event.sha256)}
    if not isinstance(event, EditsLogged):
        document["trail"] = event.entity
    return new_leaf(EDITS, event.region_code, event.occurred_at, document)


def recording_leaf(event: RoomChanged) -> NewLeaf | None:
    """The leaf of the record of a room that has ended; None of one that was never on air."""
    if event.ended_at is None or event.record_sha256 is None or event.record_kept_until is None:
        return None
    document = {
        "broadcast_id": event.entity_id,
        "region_code": event.region_code,
        "ended_at": instant_text(event.ended_at),
        "entries": event.record_entries,
        "record_sha256": event.record_sha256,
        "kept_until": instant_text(event.record_kept_until),
    }
    return new_leaf(RECORDING, event.entity_id, event.ended_at, document)


def viewers_leaf(release: Mapping[str, Any], region_code: str, at: datetime) -> NewLeaf:
    """The leaf of who watched: as counted and as verified, in a release and by which definition."""
    told = {name: value for name, value in release["viewers"].items() if name != "over_time"}
    document = {
        "broadcast_id": release["broadcast"]["broadcast_id"],
        "region_code": region_code,
        "release": release["number"],
        "stage": release["stage"],
        "definition": VIEWERS_DEFINITION,
        "viewers": told,
    }
    return new_leaf(VIEWERS, document["broadcast_id"], at, document)


def parameter_leaf(event: ParameterPublished) -> NewLeaf:
    """The leaf of a published value. How many were published since does not belong to it."""
    return new_leaf(PARAMETER, event.entity_id, event.occurred_at, _parameter(event))


def withdrawal_leaf(event: ParameterWithdrawn) -> NewLeaf:
    """The leaf of a published value that was taken back before its day."""
    document = _parameter(event) | {
        "withdrawn_at": instant_text(event.withdrawn_at),
        "withdrawn_by_organ": event.withdrawn_by_organ,
        "withdrawal_zh": event.withdrawal_zh,
        "withdrawal_en": event.withdrawal_en,
    }
    return new_leaf(WITHDRAWAL, event.entity_id, event.withdrawn_at, document)


def _parameter(event: ParameterPublished) -> dict[str, Any]:
    return {
        "change_id": event.entity_id,
        "name": event.name,
        "rule": event.rule,
        "value": without_floats(event.value),
        "from_on": event.from_on.isoformat(),
        "published_on": event.published_on.isoformat(),
        "basis": event.basis,
        "source": event.source,
        "reason_zh": event.reason_zh,
        "reason_en": event.reason_en,
        "proposed_by_organ": event.proposed_by_organ,
        "published_by_organ": event.published_by_organ,
    }


def without_floats(value: Any) -> Any:
    """The value with every float written as text: programs differ in how they write floats."""
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return {str(name): without_floats(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [without_floats(inner) for inner in value]
    return value


def price_leaf(
    listing: Mapping[str, Any], lot_id: str, version: int, price_fen: int, before_fen: int | None, at: datetime
) -> NewLeaf:
    """The leaf of the price at which a lot is listed from a version of its listing on."""
    document = {
        "lot_id": lot_id,
        "listing_id": listing["listing_id"],
        "listing_version": version,
        "region_code": listing["region_code"],
        "title_zh": listing["title_zh"],
        "title_en": listing["title_en"],
        "price_fen": price_fen,
        "before_fen": before_fen,
    }
    return new_leaf(PRICE, lot_id, at, document)
