"""Every fact that the API takes of an operator, a registrar or a certifier has a field on some form, or a reason."""

from collections.abc import Iterator, Sequence
from typing import Any, get_args

import pytest
from pydantic import BaseModel

from gateway.views import event_forms, filing_forms, goods_forms, lot_forms, people_forms, words_forms
from gateway.views.forms import Rows, Section, fields_of
from services.broadcast.schemas.filings import FilingIn
from services.broadcast.schemas.officials import DeclarationIn as InterestsIn
from services.broadcast.schemas.officials import HostIn, OfficialIn
from services.catalog.schemas.listings import ListingIn
from services.catalog.schemas.lots import LotIn
from services.catalog.schemas.producers import MarkIn, ProducerIn
from services.catalog.schemas.specialties import SpecialtyIn
from services.compliance.schemas.evidence import SlowSalesIn
from services.compliance.schemas.registry import DeclarationIn, EventIn


class Reader:
    """Somebody who reads English, as far as a form asks."""

    language = "en"

    def _(self, message: str, **values: Any) -> str:
        return message % values if values else message


READER: Any = Reader()
SAY = READER._
GOODS = words_forms.words_sections(READER, [], words_forms.TEXTS_OF_GOODS, words_forms.PICTURES_OF_GOODS)
ON_AIR = words_forms.words_sections(READER, [], words_forms.TEXTS_ON_AIR, words_forms.PICTURES_ON_AIR, on_air=True)
FORMS: dict[type[BaseModel], list[Section]] = {
    FilingIn: [
        *filing_forms.when_sections(SAY, [], []),
        *filing_forms.who_sections(SAY, [], []),
        *filing_forms.what_sections(SAY, [], []),
        *filing_forms.plan_sections(SAY, []),
        *filing_forms.money_sections(SAY),
        *ON_AIR,
    ],
    LotIn: [*lot_forms.lot_sections(SAY, [], [], []), *GOODS],
    ListingIn: [*goods_forms.listing_sections(SAY, [], [], new=True), *GOODS],
    MarkIn: goods_forms.mark_sections(SAY, []),
    ProducerIn: goods_forms.producer_sections(SAY, []),
    SpecialtyIn: goods_forms.specialty_sections(SAY, [], [], [], []),
    OfficialIn: people_forms.official_sections(SAY, [], new=True),
    HostIn: people_forms.host_sections(SAY, []),
    InterestsIn: people_forms.declaration_sections(SAY, signed=True),
    EventIn: event_forms.event_sections(READER, [], [], "", new=True),
    DeclarationIn: event_forms.declaration_sections(READER),
    SlowSalesIn: event_forms.evidence_sections(READER, [], ""),
}
# Field of the API → where it comes from instead, or why nobody is asked.
ELSEWHERE: dict[type[BaseModel], dict[str, str]] = {
    FilingIn: {
        "listings": "the lots that are chosen name their listings",
        "sponsors": "rows of credit codes",
        "agencies": "rows of credit codes",
        "segments.pinned_lots": "everything chosen is pinned in the market, nothing in the region segment",
        "segment_mode": "the market runs in strict segments; the other mode is for cases of 2020 to 2025",
        "influencers.named_in_filing": "whoever is entered here is named in the filing",
        "notices.media_type": "the upload tells it",
        "media.id": "the gate names a picture by its place",
    },
    ListingIn: {"lots": "each lot has a form of its own"},
    LotIn: {"attributes": "each kind of goods asks its own, as its schema says"},
    EventIn: {
        "declarations.joint_authorities": "the first one here, more of them on the declaration's own page",
    },
}


@pytest.mark.parametrize("body", list(FORMS), ids=lambda body: f"{body.__module__}.{body.__name__}")
def test_every_field_of_the_api_is_asked_somewhere(body: type[BaseModel]) -> None:
    asked, reasons = _asked(FORMS[body]), ELSEWHERE.get(body, {})
    unasked = [path for path in _paths(body) if path not in asked and not _reasoned(path, reasons)]
    assert unasked == []


@pytest.mark.parametrize("body", list(ELSEWHERE), ids=lambda body: body.__name__)
def test_every_reason_is_about_a_field_that_there_is(body: type[BaseModel]) -> None:
    assert [name for name in ELSEWHERE[body] if not any(_reasoned(path, {name: ""}) for path in _paths(body))] == []


def _reasoned(path: str, reasons: dict[str, str]) -> bool:
    return any(path == name or path.startswith(f"{name}.") for name in reasons)


def _paths(body: type[BaseModel], before: str = "") -> Iterator[str]:
    for name, field in body.model_fields.items():
        inner = _model_in(field.annotation)
        if inner is None:
            yield f"{before}{name}"
        else:
            yield from _paths(inner, f"{before}{name}.")


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for each in get_args(annotation) if (found := _model_in(each)) is not None), None)


def _asked(sections: Sequence[Section]) -> set[str]:
    names: set[str] = set()
    for entry in fields_of(sections):
        if isinstance(entry, Rows):
            names |= {f"{entry.name}.{field.name}" for field in entry.fields}
        else:
            names.add(entry.name)
    return {".".join(word for word in name.split(".") if not word.isdigit()) for name in names}
