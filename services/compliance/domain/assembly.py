"""The facts of our own cases, assembled from what catalog, broadcast and accounts told and what the registry holds."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.contracts.broadcast import FilingEvent
from services.contracts.catalog import ListingSubmitted, SubmittedLot
from services.contracts.categories import category_within
from services.contracts.regions import covers

Document = dict[str, Any]

_SHARED = ("subject", "suppliers", "open_call", "marks", "context")


@dataclass(frozen=True, slots=True)
class Involved:
    """Somebody in a case: the role, the person's token, and who they are as accounts told it."""

    role: str
    person: str
    organ: Mapping[str, Any] | None = None
    post: str | None = None
    superior: str | None = None
    head_of_government: bool | None = None
    confirmed: bool | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Slow-sales evidence: where, what, and the fact as the rules read it, with those who stand behind it."""

    id: str
    region_code: str
    category_code: str
    fact: Document
    certifier: Involved | None


def known(document: Mapping[str, Any]) -> Document:
    """Without what was not said."""
    return {name: value for name, value in document.items() if value is not None}


def lot_facts(listing: ListingSubmitted, lot: SubmittedLot, event: Document | None) -> Document:
    """What the gate is asked about one lot: the listing's facts, its own, and the event it rests on."""
    facts: Document = {**listing.facts, **lot.facts}
    for name in ("media", "texts"):
        facts[name] = [*listing.facts.get(name, ()), *lot.facts.get(name, ())]
    if event is not None:
        facts["event"] = event
    return facts


def filing_facts(
    filing: FilingEvent,
    listing: ListingSubmitted | None,
    event: Document | None,
    sales: Evidence | None,
    people: Sequence[Involved],
) -> Document:
    """What the gate is asked about a filing, for one of its listings: a filing must hold for each."""
    facts: Document = dict(filing.facts)
    if listing is not None:
        facts |= {name: listing.facts[name] for name in _SHARED if name in listing.facts}
    if event is not None:
        facts["event"] = event
    if sales is not None:
        facts["sales"] = sales.fact
    facts["people"] = [person_fact(person) for person in people]
    return facts


def shared_context(facts: Document, contexts: Iterable[Mapping[str, Any]]) -> Document:
    """The facts with every name of all filed listings in their context: a notice may name any supplier of any."""
    merged: Document = dict(facts.get("context") or {})
    for context in contexts:
        for name, value in context.items():
            if isinstance(value, list):
                merged[name] = list(dict.fromkeys([*merged.get(name, ()), *value]))
    return {**facts, "context": merged} if merged else facts


def person_fact(person: Involved) -> Document:
    """The fact about one person in a case."""
    organ = person.organ or {}
    return known(
        {
            "role": person.role,
            "person": person.person,
            "organ": organ.get("name"),
            "organ_kind": organ.get("kind"),
            "organ_level": organ.get("level"),
            "organ_region_code": organ.get("region_code"),
            "post": person.post,
            "superior": person.superior,
            "head_of_government": person.head_of_government,
            "confirmed_declaration": person.confirmed,
        }
    )


def presenter(person: Involved, official: Mapping[str, Any]) -> Involved:
    """The speaker: what the filing says of the official stands where accounts told nothing."""
    stated = known(
        {
            "name": official.get("organ"),
            "kind": official.get("organ_kind"),
            "level": official.get("level"),
            "region_code": official.get("region_code"),
        }
    )
    organ = stated | known(person.organ or {})
    return Involved(
        "presenter",
        person.person,
        organ or None,
        person.post or official.get("post"),
        person.superior,
        person.head_of_government,
    )


def sales_for(listing: ListingSubmitted | None, evidence: Sequence[Evidence], on: date) -> Evidence | None:
    """The evidence that speaks of the listing's goods and place; else the first, which the rules then find wanting."""
    if listing is None:
        return evidence[0] if evidence else None
    for item in evidence:
        same_goods = category_within(listing.category_code, item.category_code)
        if same_goods and covers(item.region_code, listing.region_code, on):
            return item
    return evidence[0] if evidence else None


def texts_by_hash(facts: Document) -> list[str]:
    """Hashes of texts that travel beside the event because they are long."""
    return [
        text["sha256"]
        for text in facts.get("texts", ())
        if text.get("text") is None and not text.get("unreadable") and text.get("sha256")
    ]


def with_texts(facts: Document, fetched: Mapping[str, str | None]) -> tuple[Document, list[str]]:
    """The facts with fetched texts put in, and the names of those that are missing, which a person must read."""
    texts, missing = [], []
    for text in facts.get("texts", ()):
        digest = text.get("sha256")
        if text.get("text") is not None or text.get("unreadable") or digest not in fetched:
            texts.append(text)
        elif (said := fetched[digest]) is not None:
            texts.append({**text, "text": said})
        else:
            texts.append({**text, "unreadable": True})
            missing.append(str(text.get("name") or text.get("kind") or digest))
    return {**facts, "texts": texts}, missing


def lot_numbers(listings: Iterable[ListingSubmitted], lot_ids: Iterable[str]) -> list[str]:
    """The lots' numbers as people know them; the id where the lot is unknown."""
    named = {lot.lot_id: lot.lot_number for listing in listings for lot in listing.lots}
    return [named.get(lot_id, lot_id) for lot_id in lot_ids]
