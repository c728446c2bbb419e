"""The facts that a listing tells the gate, assembled from what operators entered: plain documents, no judgement.

An absent key is a missing fact, which the gate will ask for; nothing is invented here to spare it the question.
What stands here without having been entered is true of every listing: our page shows the seller's panel, names the
producer, and sells under the specialty's name.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import rfc8785

from services.catalog.domain.shares import shares_bp

Document = dict[str, Any]

_PRODUCER_KINDS = ("enterprise", "cooperative", "rural_collective", "household", "sole_trader")
_NOT_FACTS = frozenset(
    {
        "id",
        "producer_id",
        "description_zh",
        "description_en",
        "texts",
        "media",
        "delivery_region_codes",
        "delivery_note",
        "attributes",
    }
)
_SUPPLIER_FACTS = (
    "uscc",
    "name",
    "trade_name",
    "kind",
    "region_code",
    "legal_rep",
    "controller",
    "phone",
    "account",
    "address",
    "shareholders",
    "executives",
    "people",
    "members",
    "open_membership",
)


@dataclass(frozen=True)
class Producer:
    """A producer as the gate may know it: `tokens` in place of identifying values."""

    id: str
    region_code: str
    name: str
    kind: str
    uscc: str | None
    seller_type: str
    public: Document
    tokens: Document
    admitted: bool = True


@dataclass(frozen=True)
class Specialty:
    """What is offered, in the words of its record."""

    id: str
    region_code: str
    category_code: str
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    season_months: Sequence[int]
    opening_days: Sequence[Document]


@dataclass(frozen=True)
class Listing:
    """A listing's form: `body` without its lots, `lots` with their ids, and the records they name."""

    id: str
    body: Document
    lots: Sequence[Document]
    specialty: Specialty
    marks: Sequence[Document]
    producers: Mapping[str, Producer]


def sha256_of(document: object) -> str:
    """SHA-256 in hex of the canonical JSON (RFC 8785)."""
    return hashlib.sha256(rfc8785.dumps(document)).hexdigest()  # type: ignore[arg-type]  # Any JSON is taken.


def shared_facts(listing: Listing) -> Document:
    """The facts that all lots of the listing have in common."""
    facts = {
        "subject": _subject(listing),
        "suppliers": list(_suppliers(listing)),
        "open_call": listing.body.get("open_call"),
        "marks": list(listing.marks),
        "texts": list(_shared_texts(listing)),
        "media": _media(listing.body),
        "context": _context(listing),
    }
    return {name: value for name, value in facts.items() if value is not None}


def own_facts(listing: Listing, lot: Document) -> Document:
    """The facts of one lot and its seller, with the lot's own texts and media; hashed into `lot.content_sha256`."""
    producer = listing.producers[lot["producer_id"]]
    facts: Document = {
        "lot": _lot(listing, lot, producer),
        "seller": _seller(producer),
        "media": _media(lot),
        "texts": list(_lot_texts(lot)),
    }
    facts["lot"]["content_sha256"] = sha256_of(facts)
    return facts


def whole_facts(shared: Document, own: Document) -> Document:
    """What the gate is asked about one lot: the shared facts and its own, texts and media joined."""
    joined = {name: [*shared[name], *own[name]] for name in ("media", "texts")}
    return {**shared, **own, **joined}


def content_of(body: Document) -> str:
    """Hash of what an operator wrote: of a listing without its lots, or of one lot."""
    return sha256_of({name: value for name, value in body.items() if name != "lots"})


def text_bytes(facts: Document) -> int:
    """How much prose the facts carry, in bytes of UTF-8."""
    return sum(len(text["text"].encode()) for text in facts["texts"])


def documents_of(listing: Listing) -> list[str]:
    """Hashes of the documents that become public with the listing, each once.

    A village's proof is not among them: it names a person and their identity number.
    """
    found = {listing.body.get("open_call", {}).get("document_sha256") if listing.body.get("open_call") else None}
    found.update(item["sha256"] for item in listing.body.get("media", ()))
    for lot in listing.lots:
        found.update(item["sha256"] for item in lot.get("media", ()))
        found.update(item.get("document_sha256") for item in lot.get("certificates") or ())
        found.update(lot.get(name) for name in ("storage_record_sha256", "clearance_statement_sha256"))
        found.add((lot.get("label") or {}).get("photo_sha256"))
    for producer in listing.producers.values():
        found.add((producer.public.get("licence") or {}).get("image_sha256"))
    return sorted(sha256 for sha256 in found if sha256)


def _subject(listing: Listing) -> Document:
    shared = {name: value for name, value in listing.body.items() if name != "lots"}
    return {
        "subject_kind": "region_category",
        "region_code": listing.specialty.region_code,
        "category_code": listing.specialty.category_code,
        "display_name": listing.specialty.name_zh,
        "season": listing.body["season"],
        "specialty_id": listing.specialty.id,
        "listing_id": listing.id,
        "content_sha256": sha256_of({"listing": shared, "marks": list(listing.marks)}),
    }


def _suppliers(listing: Listing) -> Iterator[Document]:
    grams: dict[str, int] = {}
    for lot in sorted(listing.lots, key=lambda lot: str(lot["producer_id"])):
        grams[lot["producer_id"]] = grams.get(lot["producer_id"], 0) + offered_grams(lot)
    shares = shares_bp(grams)
    for producer_id in grams:
        producer = listing.producers[producer_id]
        known = {**producer.public, **producer.tokens, **_identity(producer), "people": _people(producer)}
        facts = {name: known[name] for name in _SUPPLIER_FACTS if known.get(name) is not None}
        if producer_id in shares:
            facts["offered_share_bp"] = shares[producer_id]
        yield facts


def offered_grams(lot: Document) -> int:
    """What the lot offers in all: as stated, else units times net grams."""
    stated = lot.get("offered_grams")
    return int(stated) if stated is not None else int(lot["offered_units"]) * int(lot["net_grams"])


def _people(producer: Producer) -> list[Document] | None:
    """Everybody behind the producer by name and number, each once; None when nobody was entered so."""
    named = producer.tokens.get("people")
    if not named:
        return None
    people = {rfc8785.dumps(person): person for field in sorted(named) for person in named[field]}
    return [people[key] for key in sorted(people)]


def _identity(producer: Producer) -> Document:
    return {
        "uscc": producer.uscc,
        "name": producer.name,
        "kind": producer.kind,
        "region_code": producer.region_code,
        "address": producer.tokens.get("address"),
    }


def _lot(listing: Listing, lot: Document, producer: Producer) -> Document:
    entered = {name: value for name, value in lot.items() if name not in _NOT_FACTS and value is not None}
    derived = {
        "id": lot["id"],
        "samplings": _samplings(listing, lot),
        "supplier_uscc": producer.uscc,
        "producer_kind": producer.kind if producer.kind in _PRODUCER_KINDS else None,
        "category_code": listing.specialty.category_code,
        "named_producer_shown": True,
    }
    assumed = {
        "display_name": listing.specialty.name_zh,
        "origin_region_code": listing.specialty.region_code,
        "season_months": list(listing.specialty.season_months) or None,
        "offered_grams": offered_grams(lot),
    }
    # The day that the region published stands, whatever a lot's form says of it.
    merged = {**assumed, **entered, **_opening(listing.specialty, lot), **derived}
    return {name: value for name, value in merged.items() if value is not None}


def _samplings(listing: Listing, lot: Document) -> list[Document] | None:
    """What is told of the same producer at any lot of the listing: a sampling speaks of all goods of one kind."""
    own = (each.get("samplings") for each in listing.lots if each["producer_id"] == lot["producer_id"])
    told = [samplings for samplings in own if samplings is not None]
    if not told:
        return None
    return list({rfc8785.dumps(sampling): sampling for samplings in told for sampling in samplings}.values())


def _opening(specialty: Specialty, lot: Document) -> Document:
    """The official opening day of the lot's variety in the year of its harvest, where the specialty records one.

    金煌芒 is the variety 金煌: the recorded name is the shorter one. Where days are on record but the lot names no
    variety, whether it has one is not known and left out.
    """
    if not specialty.opening_days:
        return {} if "opening_day_expected" in lot else {"opening_day_expected": False}
    variety, harvested_on = lot.get("variety"), lot.get("harvested_on")
    if variety is None:
        return {}
    days = [day for day in specialty.opening_days if day["variety"] in variety or variety in day["variety"]]
    if not days:
        return {} if "opening_day_expected" in lot else {"opening_day_expected": False}
    facts: Document = {"opening_day_expected": True}
    for day in days:
        if harvested_on is not None and str(day["year"]) == harvested_on[:4]:
            facts["opens_on"] = day["opens_on"]
    return facts


def _seller(producer: Producer) -> Document:
    licence = producer.public.get("licence") or {}
    facts = {
        "uscc": producer.uscc,
        "seller_type": producer.seller_type,
        "name": producer.name,
        "licence_name": licence.get("name"),
        "licence_expires_on": licence.get("expires_on"),
        "licence_long_term": licence.get("long_term"),
        "licence_image_sha256": licence.get("image_sha256"),
        "identity": producer.tokens.get("identity"),
        "panel": {
            "shown": True,
            "name": True,
            "address": bool(producer.public.get("address")),
            "contact": bool(producer.public.get("contact")),
            "hops": 0,
            "obstructed": False,
        },
    }
    verified = (
        "verified_at",
        "abnormal_operation",
        "serious_dishonesty",
        "identity_verified",
        "village_proof_sha256",
    )
    facts |= {name: producer.public.get(name) for name in verified}
    return {name: value for name, value in facts.items() if value is not None}


def _media(body: Document) -> list[Document]:
    return [dict(item) for item in body.get("media", ())]


def _shared_texts(listing: Listing) -> Iterator[Document]:
    body, specialty = listing.body, listing.specialty
    own = [
        *_texts("title", body["title_zh"], body.get("title_en")),
        *_texts("description", body.get("description_zh"), body.get("description_en")),
    ]
    yield from _declared_instead(own, body)
    yield from _texts("title", specialty.name_zh, specialty.name_en, name="specialty")
    yield from _texts("description", specialty.description_zh, specialty.description_en, name="specialty")
    yield from (dict(text) for text in body.get("texts", ()))


def _lot_texts(lot: Document) -> Iterator[Document]:
    own = [
        *_texts("title", lot.get("display_name"), None, name=lot["lot_number"]),
        *_texts("description", lot.get("description_zh"), lot.get("description_en"), name=lot["lot_number"]),
    ]
    yield from _declared_instead(own, lot)
    yield from (dict(text) for text in lot.get("texts", ()))


def _declared_instead(own: Iterable[Document], body: Document) -> Iterator[Document]:
    """These texts but those that the body declares word for word, with the exemption, evidence or case behind them."""
    declared = {(text["kind"], text["text"]) for text in body.get("texts", ())}
    return (text for text in own if (text["kind"], text["text"]) not in declared)


def _texts(kind: str, zh: str | None, en: str | None, name: str | None = None) -> Iterator[Document]:
    for language, text in (("zh", zh), ("en", en)):
        if text:
            yield {"kind": kind, "text": text, "language": language} | ({"name": name} if name else {})


def _context(listing: Listing) -> Document:
    producers = [listing.producers[each] for each in sorted({lot["producer_id"] for lot in listing.lots})]
    shared = [mark for mark in listing.marks if mark["mark_type"] != "ordinary"]
    ordinary = [mark["name"] for mark in listing.marks if mark["mark_type"] == "ordinary"]
    return {
        "region_code": listing.specialty.region_code,
        "category_code": listing.specialty.category_code,
        "supplier_names": [producer.name for producer in producers],
        "trade_names": [producer.public["trade_name"] for producer in producers if producer.public.get("trade_name")],
        "marks": [mark["name"] for mark in shared],
        "mark_ids": [mark["mark_id"] for mark in shared],
        "ordinary_marks": ordinary,
    }
