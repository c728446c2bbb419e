"""A filing as facts: the documents the gate is asked with, and the hash over what is approved.

Facts are named as in the gate's schema. What was not said is left out: an absent fact is a missing one.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import rfc8785

Document = dict[str, Any]

INLINE_TEXT_BYTES = 64_000
# The room is where, not what: another room needs no new approval. What follows are facts of the filing by name.
NOT_APPROVED = ("room_id",)
PLAIN = (
    "segment_mode",
    "staff_count",
    "cost_fen",
    "funding_line",
    "emergency",
    "paired_assistance",
    "initiator_kind",
    "initiator",
    "payments",
    "commission_rate_bp",
    "tipping",
    "account_owner_kind",
    "bonus_links",
    "sales_tied_to_appraisal",
    "association_officer_is_supplier",
    "venue_supplier_uscc",
    "sponsors",
    "agencies",
    "promotions",
    "influencers",
)


@dataclass(frozen=True, slots=True)
class Case:
    """Everything that a filing says, gathered: stored content, people as facts, listings as pinned."""

    filing_id: str
    broadcast_id: str
    content: Mapping[str, Any]
    official: Document | None
    declaration: Document | None
    hosts: Mapping[str, Document]
    pinned: list[Document] = field(default_factory=list)
    event_id: str | None = None
    submitted_at: datetime | None = None
    approval: Document | None = None


@dataclass(frozen=True, slots=True)
class Prose:
    """A text of the filing. `sha256` is over the UTF-8 bytes of the text, or over the file when it is unreadable."""

    kind: str
    text: str | None
    name: str | None = None
    language: str | None = None
    sha256: str | None = None
    unreadable: bool = False
    exemption: str | None = None
    evidence_id: str | None = None
    case_id: str | None = None


def instant_text(instant: datetime) -> str:
    """RFC 3339 in UTC."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def known(document: Mapping[str, Any]) -> Document:
    """Without what was not said."""
    return {name: value for name, value in document.items() if value is not None}


def official_facts(
    person: str,
    post: str,
    organ: Mapping[str, Any],
    jurisdiction: Iterable[str],
    civil_servant: bool,
    left_office_on: date | None,
) -> Document:
    """The speaker, without declaration."""
    return known(
        {
            "person": person,
            "post": post,
            "organ": organ.get("name"),
            "organ_kind": organ.get("kind"),
            "level": organ.get("level"),
            "region_code": organ.get("region_code"),
            "jurisdiction": list(jurisdiction),
            "civil_servant": civil_servant,
            "left_office_on": left_office_on.isoformat() if left_office_on else None,
        }
    )


def content_sha256(case: Case) -> str:
    """SHA-256 over RFC 8785 of all that is approved: content, speaker, hosts, and the listing versions pinned.

    The declaration of interests is left out: it is renewed each year and stands on its own day.
    """
    content = {name: value for name, value in case.content.items() if name not in NOT_APPROVED}
    document = {
        "content": content,
        "official": case.official,
        "hosts": [case.hosts.get(host_id) for host_id in case.content.get("host_ids", [])],
        "listings": [_pin(pin) for pin in case.pinned],
    }
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()


def _pin(pin: Document) -> Document:
    return {name: pin[name] for name in ("listing_id", "listing_version", "lot_ids")}


def case_facts(case: Case, texts: list[Document]) -> Document:
    """The facts document of a filing: official, filing, texts, media."""
    official = case.official
    if official is not None:
        ai_generated = case.content.get("official_ai_generated")
        official = known(official | {"declaration": case.declaration, "ai_generated": ai_generated})
    document = {"official": official, "filing": filing_facts(case), "texts": texts, "media": _media(case.content)}
    return known(document)


def filing_facts(case: Case) -> Document:
    """The fact `filing`; `approvals` is there only when there is an approval."""
    content = case.content
    pinned = case.pinned or content.get("listings", [])
    return known(
        {
            "id": case.filing_id,
            "broadcast_id": case.broadcast_id,
            "region_code": content["region_code"],
            "event_id": case.event_id,
            "listing_ids": [each["listing_id"] for each in pinned],
            "lot_ids": [lot for each in pinned for lot in each["lot_ids"]],
            "segments": [_segment(each, case.hosts) for each in content.get("segments", [])],
            "hosts": [case.hosts[each] for each in content.get("host_ids", []) if each in case.hosts],
            "submitted_at": instant_text(case.submitted_at) if case.submitted_at else None,
            "starts_at": content["starts_at"],
            "ends_at": content["ends_at"],
            "approvals": [known(case.approval)] if case.approval else None,
            "content_sha256": content_sha256(case),
            "notices": [_notice(each) for each in content.get("notices", [])],
        }
        | {name: content.get(name) for name in PLAIN}
    )


def _segment(segment: Document, hosts: Mapping[str, Document]) -> Document:
    said = {name: value for name, value in segment.items() if name != "host_id"}
    host = hosts.get(segment.get("host_id") or "")
    return known(said | {"host": host["person"] if host else None})


def _notice(notice: Document) -> Document:
    names = ("sha256", "allocates_supply", "fair_competition_review_no", "ends_on")
    return known({name: notice.get(name) for name in names})


def _media(content: Mapping[str, Any]) -> list[Document]:
    return [known(each) for each in content.get("media", [])]


def text_sha256(text: str) -> str:
    """SHA-256 over the UTF-8 bytes."""
    return hashlib.sha256(text.encode()).hexdigest()


def texts_of(content: Mapping[str, Any], notice_texts: Mapping[str, str]) -> list[Prose]:
    """Titles, scripts, declared texts and notices, in order. `notice_texts`: each readable notice by its hash."""
    said = [
        ("title", content.get("title_zh"), "zh"),
        ("title", content.get("title_en"), "en"),
        ("script", content.get("script_zh"), "zh"),
        ("script", content.get("script_en"), "en"),
    ]
    declared = content.get("texts") or []
    # A title or a script that is declared word for word is read once, with what stands behind it.
    behind = {(each["kind"], each["text"]) for each in declared}
    texts = [
        Prose(kind, text, language=language, sha256=text_sha256(text))
        for kind, text, language in said
        if text and (kind, text) not in behind
    ]
    texts += [Prose(**each, sha256=text_sha256(each["text"])) for each in map(known, declared)]
    for notice in content.get("notices", []):
        texts += _notice_texts(notice, notice_texts)
    return texts


def _notice_texts(notice: Document, notice_texts: Mapping[str, str]) -> list[Prose]:
    name, digest = notice["name"], notice.get("text_sha256")
    if digest is not None:
        # An absent blob must not read as "nothing objectionable": its text is named by hash, and the gate waits.
        return [Prose("notice", notice_texts.get(digest), name=name, sha256=digest)]
    # What somebody typed is read by the rules, and the file itself still has to be read by a person.
    unreadable = Prose("notice", None, name=name, sha256=notice["sha256"], unreadable=True)
    typed = notice.get("typed_text")
    if not typed:
        return [unreadable]
    return [Prose("notice", typed, name=name, sha256=text_sha256(typed)), unreadable]


def text_documents(texts: Iterable[Prose], budget: int | None = INLINE_TEXT_BYTES) -> tuple[list[Document], list[str]]:
    """The fact `texts`, and the texts that did not fit and travel by their hash; no budget: all of them inline."""
    documents, by_hash, used = [], [], 0
    for prose in texts:
        document = known(
            {
                "kind": prose.kind,
                "text": prose.text,
                "language": prose.language,
                "name": prose.name,
                "sha256": prose.sha256,
                "unreadable": True if prose.unreadable else None,
                "exemption": prose.exemption,
                "evidence_id": prose.evidence_id,
                "case_id": prose.case_id,
            }
        )
        size = len((prose.text or "").encode())
        if budget is not None and used + size > budget:
            by_hash.append(str(document.pop("text")))
        else:
            used += size
        documents.append(document)
    return documents, by_hash


def without_lots(content: Mapping[str, Any], lost: frozenset[str]) -> Document:
    """The content without lots that are no longer offered."""
    listings = [known(listing_without(each, lost)) for each in content.get("listings", [])]
    segments = [_segment_without(each, lost) for each in content.get("segments", [])]
    return {**content, "listings": [each for each in listings if each["lot_ids"]], "segments": segments}


def listing_without(listing: Mapping[str, Any], lost: frozenset[str]) -> Document:
    """A filed listing without lots that are no longer offered, nor the units that were asked of them."""
    units = {lot_id: units for lot_id, units in (listing.get("units") or {}).items() if lot_id not in lost}
    lots = [lot_id for lot_id in listing["lot_ids"] if lot_id not in lost]
    return {**listing, "lot_ids": lots} | ({"units": units} if listing.get("units") else {})


def _segment_without(segment: Document, lost: frozenset[str]) -> Document:
    if segment.get("pinned_lots") is None:
        return segment
    return segment | {"pinned_lots": [lot for lot in segment["pinned_lots"] if lot not in lost]}
