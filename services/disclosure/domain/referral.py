"""The file with which a finding goes to those who supervise the people behind it: `sunfair-referral/1`.

One document holds all that its PDF shows, and its hash stands in the public log. Nobody is named: exhibits are tokens.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.contracts.values import shanghai_day
from services.disclosure.domain.cases import grounds_of
from services.disclosure.domain.evidence import Payload
from services.disclosure.domain.leaves import NewLeaf, new_leaf, without_floats
from services.disclosure.ledger.canonical import canonical, instant_text

SCHEMA = "sunfair-referral/1"
REFERRAL = "referral"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Release:
    """The release of the record in which the finding stands, and its place in the log (None: it waits for one)."""

    number: int
    sha256: str
    released_at: datetime
    origin: str
    place: int | None


@dataclass(frozen=True, slots=True)
class Sending:
    """To whom it goes, in whose name and why."""

    organ: str
    by_organ: str | None
    at: datetime
    reason_zh: str
    reason_en: str | None


def referral_file(case: Payload, release: Release | None, acts: Sequence[Payload], sending: Sending | None) -> Document:
    """The file of a case. The same case at the same moment gives the same bytes. `sending`: None before it is sent."""
    exhibits = [_exhibit(item) for finding in case["findings"] for item in finding["exhibits"]]
    same = ("id", "broadcast_id", "region_code", "title_zh", "title_en", "abuse", "severity")
    document = {
        "schema": SCHEMA,
        **{name: case[name] for name in same},
        "ended_at": instant_text(case["ended_at"]),
        "opened_at": instant_text(case["opened_at"]),
        "engine": case["engine"],
        "figures": case["figures"],
        "findings": [_finding(each) for each in case["findings"]],
        "exhibits": exhibits,
        "exhibits_sha256": _sha256(exhibits),
        "grounds": grounds_of(case["abuse"], shanghai_day(case["ended_at"])),
        "record": None if release is None else _release(release),
        "acts": [_act(each) for each in acts],
        "referral": None if sending is None else _sending(sending),
    }
    plain: Document = without_floats(document)
    return plain


def _sha256(value: Any) -> str:
    return hashlib.sha256(canonical(without_floats(value))).hexdigest()


def _exhibit(item: Payload) -> Document:
    shown = {"id": str(item["id"]), "values": dict(item["values"]), "rules": list(item["rules"])}
    return shown | {"sha256": _sha256(shown)}


def _finding(finding: Payload) -> Document:
    said = ("entity", "grade", "n", "share", "text_zh", "text_en", "rules", "alternatives_considered", "numbers")
    return {name: finding[name] for name in said}


def _release(release: Release) -> Document:
    said = {name: getattr(release, name) for name in ("number", "sha256", "origin", "place")}
    return said | {"released_at": instant_text(release.released_at)}


def _act(act: Payload) -> Document:
    said = {name: act[name] for name in ("action", "by_organ", "reason_zh", "reason_en")}
    return said | {"at": instant_text(act["at"])}


def _sending(sending: Sending) -> Document:
    said = {name: getattr(sending, name) for name in ("organ", "by_organ", "reason_zh", "reason_en")}
    return said | {"at": instant_text(sending.at)}


def file_sha256(document: Mapping[str, Any]) -> str:
    """The hash of a file, as the log and the PDF name it."""
    return hashlib.sha256(canonical(dict(document))).hexdigest()


def referral_leaf(document: Document, at: datetime) -> NewLeaf:
    """What the public log keeps of a referral: that it was sent, of which finding, and the hashes; not to whom."""
    record = document["record"] or {}
    said = {
        "case_id": document["id"],
        "broadcast_id": document["broadcast_id"],
        "abuse": document["abuse"],
        "file_sha256": file_sha256(document),
        "exhibits_sha256": document["exhibits_sha256"],
        "release_sha256": record.get("sha256"),
    }
    return new_leaf(REFERRAL, document["id"], at, said)
