"""A decision as the gate shows it, whose hashes are in order, and its announcement."""

import hashlib
import json
from typing import Any

import rfc8785

from services.contracts.compliance import DecisionMade
from tests.disclosure.announcing import decision


def sha256(value: Any) -> str:
    """Of the RFC 8785 form."""
    return hashlib.sha256(rfc8785.dumps(value)).hexdigest()


def shown_decision(name: str = "decision-1", **changes: Any) -> dict[str, Any]:
    """The document at `/decisions/{id}`."""
    document: dict[str, Any] = {
        "decision_id": name,
        "stage": "filing",
        "subject": {"kind": "filing", "id": "F-1", "version": 2},
        "trial": False,
        "binding": True,
        "outcome": "fail",
        "ruleset": "2026.11.0+sha256:00",
        "at": "2026-11-28T11:00:00+08:00",
        "decided_at": "2026-11-28T03:00:00Z",
        "valid_until": None,
        "facts": {"filing": {"id": "F-1", "notice": "每人不少于50元", "share": 0.25}},
        "results": [{"rule": "notice.apportion", "result": "fail", "hard": True}],
    } | changes
    document["facts_sha256"] = sha256(document["facts"])
    document["answer_sha256"] = sha256(
        {member: document[member] for member in ("outcome", "results", "at", "facts_sha256", "ruleset")}
    )
    return document


def announced(document: dict[str, Any]) -> DecisionMade:
    """What the gate says of it."""
    return decision(
        entity_id=document["decision_id"],
        outcome=document["outcome"],
        facts_sha256=document["facts_sha256"],
        answer_sha256=document["answer_sha256"],
    )


def as_bytes(document: dict[str, Any]) -> bytes:
    """As it is sent."""
    return json.dumps(document, ensure_ascii=False).encode()
