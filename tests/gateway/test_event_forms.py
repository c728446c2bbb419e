"""The forms of the registry ask for all that compliance takes, and keep the three scales apart."""

from typing import Any

import pytest

from gateway.views.event_forms import declaration_sections, event_sections, evidence_sections
from gateway.views.forms import Rows, Section, fields_of
from services.compliance.schemas.evidence import SlowSalesIn, SourceIn
from services.compliance.schemas.registry import (
    AuthorityIn,
    DeclarationIn,
    EventBody,
    EventIn,
    EventRegionIn,
    ImpactIn,
    QuarantineIn,
)


class English:
    """Speaks without a catalogue."""

    language = "en"

    def _(self, message: str, **values: Any) -> str:
        return message % values if values else message


SPEAKER = English()
EVENT = event_sections(SPEAKER, [], [], "", new=True)
EVENT_AGAIN = event_sections(SPEAKER, [], [], "", new=False)
DECLARATION = declaration_sections(SPEAKER)
EVIDENCE = evidence_sections(SPEAKER, [], "")


def asked(sections: list[Section]) -> set[str]:
    return {entry.name.split(".")[0] for entry in fields_of(sections)}


def asked_in(sections: list[Section], rows: str) -> set[str]:
    (found,) = [entry for entry in fields_of(sections) if isinstance(entry, Rows) and entry.name == rows]
    return {field.name.split(".")[0] for field in found.fields}


def test_every_field_of_an_event_and_of_evidence_is_asked_for() -> None:
    assert asked(EVENT) == set(EventIn.model_fields)
    assert asked(EVENT_AGAIN) == set(EventBody.model_fields)
    assert asked(DECLARATION) == set(DeclarationIn.model_fields)
    assert asked(EVIDENCE) == set(SlowSalesIn.model_fields)


@pytest.mark.parametrize(
    ("sections", "rows", "body"),
    [
        (EVENT, "declarations", DeclarationIn),
        (EVENT, "regions", EventRegionIn),
        (EVENT, "impacts", ImpactIn),
        (EVENT, "quarantines", QuarantineIn),
        (DECLARATION, "joint_authorities", AuthorityIn),
        (EVIDENCE, "sources", SourceIn),
    ],
)
def test_every_field_of_their_records_is_asked_for(sections: list[Section], rows: str, body: Any) -> None:
    assert asked_in(sections, rows) == set(body.model_fields)


@pytest.mark.parametrize("sections", [EVENT, EVENT_AGAIN, DECLARATION, EVIDENCE])
def test_every_field_has_a_name_of_its_own(sections: list[Section]) -> None:
    names = [entry.name for entry in fields_of(sections)]
    assert len(set(names)) == len(names)


def test_no_two_scales_share_a_word() -> None:
    scales = {"event_grade", "warning_level", "response_level"}
    options = {
        entry.name: {words for _, words in entry.options}
        for entry in fields_of(DECLARATION)
        if not isinstance(entry, Rows) and entry.name in scales
    }
    assert set(options) == scales
    assert all(len(words) == 4 for words in options.values())
    assert len(set.union(*options.values())) == 12
