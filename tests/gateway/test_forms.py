"""Long forms as data: what is typed becomes a body, a body fills the form, and nothing is invented on the way."""

from typing import Any

import pytest

from gateway.views import forms
from gateway.views.attributes import attribute_section
from gateway.views.filing_forms import money_sections, plan_sections
from gateway.views.forms import (
    Field,
    Rows,
    fields_of,
    found,
    names_of,
    nearest,
    packed,
    parts_of,
    read,
    row_count,
    shown_of,
)
from gateway.views.goods_forms import mark_sections, producer_sections, specialty_sections
from gateway.views.lot_forms import lot_sections
from services.catalog.schemas.lots import LotIn
from services.catalog.schemas.producers import MarkIn
from services.catalog.schemas.specialties import SpecialtyIn
from services.contracts.attributes import attributes_of
from tests.gateway.test_buying_views import READER


def plain(message: str) -> str:
    return message


LOT = fields_of(lot_sections(plain, [("p1", "One")], [], [(month, str(month)) for month in range(1, 13)]))


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("yuan", "29.90", 2990),
        ("yuan", "1,234", 123400),
        ("kg", "2.5", 2500),
        ("tonnes", "120.5", 120_500_000),
        ("percent", "12.5", 1250),
        ("count", "100", 100),
        ("flag", "yes", True),
        ("flag", "no", False),
        ("lines", "a\n\n b ", ["a", "b"]),
        ("day", "2020-03-02", "2020-03-02"),
        ("moment", "2020-03-02T19:30", "2020-03-02T19:30:00+08:00"),
        ("line", " pear ", "pear"),
    ],
)
def test_what_is_typed_becomes_the_services_units(kind: Any, text: str, value: object) -> None:
    assert read([Field("x", "X", kind)], {"x": text}, plain).body == {"x": value}


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("yuan", "abc"),
        ("yuan", "1.005"),
        ("kg", "1e99"),
        ("tonnes", "much"),
        ("count", "1.5"),
        ("count", "NaN"),
        ("moment", "tomorrow"),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field_and_kept(kind: Any, text: str) -> None:
    typed = read([Field("x", "X", kind)], {"x": text}, plain)
    assert typed.body == {}
    assert typed.errors["x"].startswith("Write a")
    assert typed.shown["x"] == text


def test_an_empty_field_is_left_out_and_never_a_no() -> None:
    assert read(LOT, {"cold_stored": "", "price_fen": "", "variety": "  "}, plain).body == {}


def test_records_move_up_over_the_empty_ones_with_their_errors() -> None:
    typed = read(LOT, {"certificates.1.number": "A", "certificates.3.quantity_grams": "heavy"}, plain)
    assert typed.body == {"certificates": [{"number": "A"}]}
    assert list(typed.errors) == ["certificates.1.quantity_grams"]


def test_none_of_them_is_a_known_absence_and_silence_is_not() -> None:
    money = fields_of(money_sections(plain))
    assert read(money, {"none__payments": "yes"}, plain).body == {"payments": []}
    assert "payments" not in read(money, {}, plain).body
    filled = read(money, {"none__payments": "yes", "payments.0.amount_fen": "5"}, plain)
    assert filled.body == {"payments": [{"amount_fen": 500}]}


def test_a_stored_lot_fills_the_form_and_comes_back_as_it_was() -> None:
    lot = {
        "producer_id": "p1",
        "lot_number": "A-1",
        "price_fen": 2990,
        "net_grams": 2500,
        "offered_units": 100,
        "cold_stored": False,
        "season_months": [9, 10],
        "complaint_share_7d_bp": 125,
        "plots": [{"township_code": "341321100", "area_square_metres": 12}],
        "price_history": [{"price_fen": 3000, "since_at": "2020-03-02T09:00:00+08:00"}],
        "certificates": [{"kind": "test_report", "conforming": True, "document_sha256": "f" * 64}],
        "samplings": [],
        "label": {"name": True},
    }
    shown = shown_of(LOT, lot)
    sent = {(f"{name}{forms.HELD}" if name.endswith("sha256") else name): value for name, value in shown.items()}
    form = {name: value for name, value in sent.items() if not isinstance(value, list)}
    typed = read(LOT, _Several(form, {"season_months": shown["season_months"]}), plain)
    assert typed.errors == {}
    assert typed.body == lot


class _Several(dict[str, Any]):
    """A form in which a name may stand several times, as Starlette's FormData."""

    def __init__(self, single: dict[str, Any], several: dict[str, list[str]]) -> None:
        super().__init__(single)
        self.several = several

    def getlist(self, name: str) -> list[Any]:
        return self.several.get(name, [])


def test_a_form_draws_what_there_is_and_room_for_more() -> None:
    rows = Rows("notices", "Notices", (Field("name", "Name"),))
    assert row_count(rows, {}) == 1
    assert row_count(rows, {"notices.1.name": "B"}) == 3
    assert list(names_of([rows], {"notices.0.name": "A"})) == ["notices.0.name", "notices.1.name", "notices"]


@pytest.mark.parametrize(
    ("path", "drawn"),
    [
        ("certificates.0.number", "certificates.0.number"),
        ("certificates.7.number", "certificates"),
        ("label", "label.photo_sha256"),
        ("unheard.of", "unheard.of"),
    ],
)
def test_an_error_stands_at_the_nearest_field_that_is_drawn(path: str, drawn: str) -> None:
    assert nearest(path, ["certificates.0.number", "certificates", "label.photo_sha256"]) == drawn


def test_paths_pack_into_bodies_and_are_found_in_them() -> None:
    body = packed({"a.b": 1, "c.0.d": 2, "c.1.d": 3, "e": []})
    assert body == {"a": {"b": 1}, "c": [{"d": 2}, {"d": 3}], "e": []}
    assert found(body, "c.1.d") == 3
    assert found(body, "c.9.d") is None
    assert found(body, "a.b.c") is None


def test_another_file_in_the_place_of_a_kept_one_replaces_it() -> None:
    body: forms.Json = {"papers": ["old"]}
    forms.put(body, ["papers", "0"], "new")
    forms.put(body, ["papers", "1"], "second")
    assert body == {"papers": ["new", "second"]}


def test_every_field_of_a_form_has_a_name_of_its_own() -> None:
    for sections in (
        producer_sections(plain, []),
        lot_sections(plain, [], [], []),
        plan_sections(plain, []),
        money_sections(plain),
    ):
        names = [entry.name for entry in fields_of(sections)]
        assert len(set(names)) == len(names)


def test_the_forms_of_the_desk_ask_all_that_the_gate_reads_of_marks_and_opening_days() -> None:
    mark = {entry.name for entry in fields_of(mark_sections(plain, []))}
    assert set(MarkIn.model_fields) <= mark
    specialty = {entry.name for entry in fields_of(specialty_sections(plain, [], [], [], []))}
    assert set(SpecialtyIn.model_fields) <= specialty
    pears = fields_of(attribute_section(READER, "fruit.pear"))
    assert {entry.name for entry in pears} == {f"attributes.{each.name}" for each in attributes_of("fruit.pear")}
    lot = {entry.name.split(".")[0] for entry in [*LOT, *pears]}
    assert set(LotIn.model_fields) - {"texts", "media", "opening_day_expected"} <= lot


def test_an_opening_day_is_typed_as_a_row() -> None:
    typed = read(
        fields_of(specialty_sections(plain, [], [], [], [])),
        {"opening_days.0.variety": "金煌", "opening_days.0.year": "2027", "opening_days.0.opens_on": "2027-07-01"},
        plain,
    )
    assert typed.body == {"opening_days": [{"variety": "金煌", "year": 2027, "opens_on": "2027-07-01"}]}


def test_of_a_very_long_form_the_parts_that_must_be_filled_or_mended_stand_open() -> None:
    sections = lot_sections(plain, [("p1", "One")], [], [])
    shown = {"variety": "酥梨", "was_price_fen": "29.90", "certificates.0.number": "A", "certificates.0.kind": "origin"}
    parts = parts_of(sections, shown, ["certificates.0.number"])
    must = {section.id for section in sections if any(getattr(entry, "required", False) for entry in section.entries)}
    assert {name for name, part in parts.items() if part.open} == {"goods", "papers"} | must
    assert "price" in must
    assert "papers" not in must
    assert [name for name, part in parts.items() if not part.folds] == ["goods"]
    assert {name: part.filled for name, part in parts.items() if part.filled} == {"goods": 1, "price": 1, "papers": 2}


def test_a_shorter_form_stands_open_as_a_whole() -> None:
    assert not any(part.folds for part in parts_of(plan_sections(plain, []), {}, []).values())
