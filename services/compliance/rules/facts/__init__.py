"""All that a rule may know: the one definition of facts, its parser and its schema."""

import difflib
import functools
import re
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

import msgspec
from pydantic import TypeAdapter, ValidationError

from services.compliance.rules.facts import records
from services.compliance.rules.facts.admission import Mark, OpenCall, Subject, Supplier, SupplierPerson
from services.compliance.rules.facts.force_majeure import (
    Authority,
    Declaration,
    Event,
    EventRegion,
    Impact,
    Quarantine,
    Sales,
    Source,
)
from services.compliance.rules.facts.lots import Certificate, Label, Lot, Panel, Plot, PriceChange, Sampling, Seller
from services.compliance.rules.facts.officials import (
    Approval,
    ConflictDeclaration,
    Filing,
    FormerOffice,
    Grant,
    Host,
    Influencer,
    Notice,
    Official,
    Payment,
    Person,
    Promotion,
    Relation,
    Segment,
)
from services.compliance.rules.facts.on_air import (
    Appearance,
    Context,
    Media,
    PraiseWindow,
    Recorder,
    Room,
    Text,
    Traffic,
)
from services.compliance.rules.facts.publication import (
    BulkDeal,
    Complaints,
    Disclosure,
    Orders,
    Override,
    PriceBunch,
    Redaction,
    Resolution,
    SupplierShare,
)
from services.compliance.rules.facts.values import Many, fact

__all__ = [
    "Appearance",
    "Approval",
    "Authority",
    "BulkDeal",
    "Certificate",
    "Complaints",
    "ConflictDeclaration",
    "Context",
    "Declaration",
    "Disclosure",
    "Event",
    "EventRegion",
    "FactProblem",
    "Facts",
    "FactsError",
    "Filing",
    "FormerOffice",
    "Grant",
    "Host",
    "Impact",
    "Influencer",
    "Label",
    "Lot",
    "Mark",
    "Media",
    "Notice",
    "Official",
    "OpenCall",
    "Orders",
    "Override",
    "Panel",
    "Payment",
    "Person",
    "Plot",
    "PraiseWindow",
    "PriceBunch",
    "PriceChange",
    "Promotion",
    "Quarantine",
    "Recorder",
    "Redaction",
    "Relation",
    "Resolution",
    "Room",
    "Sales",
    "Sampling",
    "Segment",
    "Seller",
    "Source",
    "Subject",
    "Supplier",
    "SupplierPerson",
    "SupplierShare",
    "Text",
    "Traffic",
    "facts_document",
    "facts_schema",
    "parse_facts",
    "read_facts",
    "says_nothing",
]


@fact
class Facts:
    """The facts of one question to the gate; an absent key is a missing fact, an empty list is a known absence."""

    subject: Subject | None = None
    suppliers: Many[Supplier] | None = None
    open_call: OpenCall | None = None
    marks: Many[Mark] | None = None
    event: Event | None = None
    sales: Sales | None = None
    people: Many[Person] | None = None
    official: Official | None = None
    filing: Filing | None = None
    lot: Lot | None = None
    seller: Seller | None = None
    media: Many[Media] | None = None
    texts: Many[Text] | None = None
    context: Context | None = None
    resolutions: Many[Resolution] | None = None
    overrides: Many[Override] | None = None
    orders: Orders | None = None
    room: Room | None = None
    complaints: Complaints | None = None
    disclosure: Disclosure | None = None


@dataclass(frozen=True, slots=True)
class FactProblem:
    """One thing wrong with the facts: where, what, and the nearest name where a name was unknown."""

    path: str
    message: str
    nearest: str | None = None


class FactsError(ValueError):
    """The facts cannot be read; carries every problem found, at most fifty."""

    def __init__(self, problems: Sequence[FactProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.path}: {p.message}" for p in self.problems))


@functools.cache
def _adapter() -> TypeAdapter[Facts]:
    return TypeAdapter(Facts)


def parse_facts(document: Mapping[str, object]) -> Facts:
    """The facts of a JSON document, as records of the same fields: none of them equals a fact that code made itself.

    Raises FactsError for unknown names at any level, wrong kinds, values out of bounds and instants without offset.
    """
    return read_facts(document)[0]


def read_facts(document: Mapping[str, object]) -> tuple[Facts, dict[str, Any]]:
    """As `parse_facts`, with the document of the facts as `facts_document` would write it."""
    found = records.read(Facts, document)
    if found is None:
        strict = _strictly_parsed(document)
        found = strict, records.document_of(strict)
    return found


def _strictly_parsed(document: Mapping[str, object]) -> Any:
    """As `parse_facts`, by the definition itself, which accepts other spellings and says everything that is wrong."""
    try:
        facts = _adapter().validate_python(dict(document))
    except ValidationError as error:
        problems = [_problem(item) for item in error.errors(include_url=False, include_input=False)[:50]]
        raise FactsError(problems) from error
    written = _adapter().dump_python(facts, mode="json", exclude_none=True)
    return msgspec.convert(written, records.record_of(Facts))


def facts_document(facts: Facts) -> dict[str, Any]:
    """The JSON document of these facts, absent ones left out: what is hashed, stored and returned."""
    return records.document_of(facts)


def says_nothing(fact: Any) -> bool:
    """Whether a fact that is there has nothing in it."""
    return not records.document_of(fact)


@functools.cache
def facts_schema() -> dict[str, Any]:
    """JSON Schema of the facts."""
    schema = _adapter().json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _problem(item: Mapping[str, Any]) -> FactProblem:
    unknown = item["type"] == "unexpected_keyword_argument"
    named = item["loc"][-1:] if unknown else ()
    # Pydantic names its own unions and functions in the place, in brackets; a name that nobody knows may hold anything.
    known = item["loc"][: len(item["loc"]) - len(named)]
    location = [part for part in known if isinstance(part, int) or re.fullmatch(r"[^\[\]()]+", part)] + [*named]
    path = ""
    for part in location:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    if not unknown:
        return FactProblem(path, str(item["msg"]))
    siblings = _names_at(location[:-1])
    nearest = difflib.get_close_matches(str(location[-1]), siblings, n=1, cutoff=0.5)
    return FactProblem(path, "unknown fact", nearest[0] if nearest else None)


def _names_at(location: Sequence[int | str]) -> list[str]:
    here: type[Any] = Facts
    for part in location:
        if isinstance(part, str):
            here = _definition_in(typing.get_type_hints(here)[part])
    return [field.name for field in fields(here)]


def _definition_in(annotation: Any) -> type[Any]:
    """The fact class inside an optional, annotated or tuple annotation."""
    if is_dataclass(annotation) and isinstance(annotation, type):
        return annotation
    for inner in typing.get_args(annotation):
        found = _definition_in(inner)
        if found is not Facts:
            return found
    return Facts
