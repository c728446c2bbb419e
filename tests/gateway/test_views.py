"""Views: what people read is exact, in both languages, whatever the services say."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from gateway.views import (
    broadcasts,
    codes,
    decisions,
    desk,
    documentation,
    events,
    facts,
    findings,
    market,
    performance,
    rulebook,
    studio,
)
from gateway.views.parameter_names import parameter_name
from gateway.views.speaking import place, season
from services.compliance.rules.facts import facts_schema
from services.compliance.rules.law import released_parameters


class Reader:
    """Somebody who reads one language; English sentences stay as they are."""

    def __init__(self, language: str) -> None:
        self.language = language

    def _(self, message: str, **values: Any) -> str:
        return message % values if values else message


ZH, EN = Reader("zh"), Reader("en")
NOON = datetime(2020, 5, 9, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("months", "chinese", "english"),
    [
        ([3], "3月", "Mar"),
        ([9, 10, 11], "9月至11月", "Sep to Nov"),
        ([1, 2, 11, 12], "11月至次年2月", "Nov to Feb"),
        ([1, 5, 6, 12], "5月至6月、12月至次年1月", "May to Jun, Dec to Jan"),
        ([], None, None),
    ],
)
def test_a_season_is_said_as_people_say_it(months: list[int], chinese: str | None, english: str | None) -> None:
    assert (season(ZH, months), season(EN, months)) == (chinese, english)


def test_twelve_months_are_all_year_round() -> None:
    assert season(EN, list(range(1, 13))) == "All year round"


def test_a_place_is_named_from_the_province_down_in_chinese_and_up_in_english() -> None:
    assert place(ZH, "610722") == "陕西省汉中市城固县"
    assert place(EN, "610722") == "Chenggu County, Hanzhong City, Shaanxi Province"


def test_an_unknown_place_is_its_code() -> None:
    assert place(ZH, "000001") == "000001"


@pytest.mark.parametrize(
    ("fen", "grams", "per_jin", "per_kg"),
    [(2990, 5000, 299, 598), (1000, 3000, 167, 333), (1, 1000, 1, 1), (999, 333, 1500, 3000)],
)
def test_the_unit_price_is_rounded_half_up_to_the_fen(fen: int, grams: int, per_jin: int, per_kg: int) -> None:
    assert market.unit_price(fen, grams) == {"per_jin_fen": per_jin, "per_kg_fen": per_kg}


def test_no_offer_has_no_unit_price() -> None:
    assert market.unit_price(None, None) == {"per_jin_fen": None, "per_kg_fen": None}


def test_a_price_of_zero_freight_is_told_and_a_missing_one_is_not() -> None:
    lines = market.price_lines(EN, {"freight_fen": 0, "packing_fen": None})
    assert lines == [{"name": "Freight to the buyer", "value": "¥0"}]


def test_a_leaf_of_another_year_names_the_year() -> None:
    today = date(2026, 11, 23)
    assert broadcasts.leaf(ZH, date(2020, 5, 9), today)["month"] == "2020年5月"
    assert broadcasts.leaf(EN, today, today) | {"weekday": ""} == {
        "month": "Nov",
        "day": 23,
        "weekday": "",
        "iso": "2026-11-23",
        "today": True,
    }


def test_a_broadcast_begins_on_the_day_it_is_in_china() -> None:
    assert broadcasts.start_day({"starts_at": "2020-03-01T23:30:00Z"}).isoformat() == "2020-03-02"


@pytest.mark.parametrize("month", ["2020-13", "2020-3", "x", "2020-03-01", "9999-12", "2199-01"])
def test_what_is_no_month_is_refused(month: str) -> None:
    with pytest.raises(ValueError):
        broadcasts.month_bounds(month)


def test_december_ends_where_january_begins() -> None:
    assert [day.isoformat() for day in broadcasts.month_bounds("2020-12")] == ["2020-12-01", "2021-01-01"]


def decision_with(evidence: dict[str, Any], text: str) -> dict[str, Any]:
    """A decision whose one rule points at a text."""
    words = {"zh": "理由", "en": "Reason."}
    result = {
        "rule": "notice.apportion",
        "result": "fail",
        "hard": True,
        "title": words,
        "reason": words,
        "remedy": None,
        "evidence": [evidence],
        "calendar": None,
        "parameters": {},
        "sources": [],
    }
    return {
        "at": "2020-05-09T09:00:00+08:00",
        "outcome": "fail",
        "results": [result],
        "facts": {"texts": [{"kind": "notice", "text": text, "name": "notice.txt"}]},
    }


def test_a_quotation_stands_in_its_text() -> None:
    found = decisions.rulings(
        EN, decision_with({"fact": "texts[0]", "quote": "每人", "start": 2, "end": 4}, "要求每人购买")
    )
    assert found[0]["evidence"] == [
        {"quote": "每人", "before": "要求", "after": "购买", "source": "Notice · notice.txt", "lang_": "zh-CN"}
    ]


def test_a_quotation_of_a_text_that_is_not_there_stands_alone() -> None:
    found = decisions.rulings(EN, decision_with({"fact": "texts[7]", "quote": "每人", "start": 2, "end": 4}, ""))
    assert found[0]["evidence"][0]["before"] == ""


def test_a_hard_block_says_that_nobody_may_overrule_it() -> None:
    decision = decision_with({"fact": "texts", "quote": None, "start": None, "end": None}, "")
    assert decisions.title(EN, decision) == "The gate blocks it, and nobody may overrule that"
    assert decisions.summary(EN, decision) == "Reason."


def test_what_differs_from_case_to_case_is_dots() -> None:
    reason = {"code": "x", "reason": {"zh": "最多{share}，不超过{limit}。", "en": ""}, "remedy": None}
    assert rulebook.reason_lines(ZH, [reason])[0]["reason"] == "最多…，不超过…。"


def test_a_table_of_offices_is_read_line_by_line() -> None:
    table = {
        "crop_pest": {"warning": {"agriculture_department": {"from_level": "county", "together_with": "government"}}}
    }
    assert rulebook.table_lines(EN, table) == [
        "crop pest · warning · agriculture department, county or above (together with the government)"
    ]


def test_facts_are_shown_by_their_units() -> None:
    found = facts.groups(ZH, {"lot": {"price_fen": 2990, "net_grams": 5000, "origin_region_code": "610722"}})
    assert found[0]["entries"][0]["rows"] == [
        {"name": "价格", "value": "¥29.90"},
        {"name": "净重", "value": "10 斤"},
        {"name": "产地", "value": "城固县"},
    ]


def test_a_fingerprint_is_shortened_and_an_absent_fact_left_out() -> None:
    found = facts.groups(EN, {"suppliers": [{"name": "A", "phone": "a" * 64, "uscc": None}], "sales": None})
    assert found == [
        {
            "name": "Suppliers",
            "entries": [
                {
                    "title": "A",
                    "rows": [{"name": "Name", "value": "A"}, {"name": "Telephone", "value": "aaaaaaaa…aaaa"}],
                }
            ],
        }
    ]


def test_the_three_scales_of_a_declaration_stay_three() -> None:
    found = events.declarations(EN, {"declarations": [{"kind": "response", "response_level": 1}]}, NOON)
    assert [scale["value"] for scale in found[0]["scales"]] == ["not stated", "none", "Level I"]


def test_a_lifting_that_is_to_come_has_lifted_nothing_yet() -> None:
    document = {"declarations": [{"lifted_at": "2020-06-01T00:00:00Z"}]}
    assert events.declarations(EN, document, NOON)[0]["lifted"] == "ends on Mon 1 June 2020"
    assert events.declarations(EN, document, NOON.replace(year=2021))[0]["lifted"] == "lifted on Mon 1 June 2020"


def test_only_an_address_of_the_web_becomes_a_link() -> None:
    found = events.declarations(
        EN, {"declarations": [{"url": "javascript:alert(1)"}, {"url": "https://a.example/"}]}, NOON
    )
    assert [each["url"] for each in found] == [None, "https://a.example/"]


def test_a_schema_is_said_in_a_word_or_two() -> None:
    optional = {"anyOf": [{"type": "array", "items": {"$ref": "#/components/schemas/Lot"}}, {"type": "null"}]}
    assert documentation.type_of(optional) == "[Lot] | null"


def test_a_notice_that_nobody_could_read_asks_for_its_text() -> None:
    notices = [{"unreadable": False}, {"unreadable": True}]
    assert list(findings.unread(EN, {"notices": notices})) == ["notices.1.typed_text"]


def test_a_lot_is_not_found_beside_its_listing() -> None:
    listing = {"kind": "listing", "id": "a", "listing_id": "a"}
    own_lot = {"kind": "lot", "id": "b", "listing_id": "a"}
    lone_lot = {"kind": "lot", "id": "c", "listing_id": "d"}
    assert market.without_repeats([listing, own_lot, lone_lot]) == [listing, lone_lot]
    assert market.without_repeats([own_lot]) == [own_lot]


def test_every_parameter_of_the_rules_has_a_name() -> None:
    assert [name for name in released_parameters() if parameter_name(EN, name) == name] == []


def test_every_fact_and_every_code_of_the_rules_has_a_word() -> None:
    schema = facts_schema()
    parts = [schema, *schema["$defs"].values()]
    fields = {field for part in parts for field in part.get("properties", {})}
    lists = [value.value for p in released_parameters().values() for value in p.values if isinstance(value.value, list)]
    # The first signs of a credit code are shown as they are.
    listed = {str(word) for words in lists for word in words if str(word).isascii() and not isinstance(word, dict)}
    named = {code for code in listed if len(code) > 2}
    assert {field for field in fields if codes.field_name(ZH, field) == field.replace("_", " ")} == set()
    assert {code for code in _codes_of(schema) if codes.word_of(ZH, code) == code} == set()
    assert {code for code in named if rulebook.value_text(ZH, "", code) == code} == set()


def _codes_of(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from (str(code) for code in schema.get("enum", ()))
        for inner in schema.values():
            yield from _codes_of(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _codes_of(inner)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("order.staged.intercity_hours", 6, "6 hours"),
        ("live.record.check_minutes", 10, "10 minutes"),
        ("live.record.years", 3, "3 years"),
        ("order.captive.round_yuan", 5, "5 yuan"),
        ("disc.publish.full_working_days", 20, "20 working days"),
        ("complaint.sla.decide_days", 7, "7 days"),
        ("order.refund.baseline_times", 3, "3"),
    ],
)
def test_a_parameter_is_said_with_its_unit(name: str, value: int, said: str) -> None:
    assert rulebook.value_text(EN, name, value) == said


def test_what_an_official_declared_in_person_is_theirs_alone_to_take_back() -> None:
    row = {"id": "D-1", "declared_on": "2020-02-01", "recused": True, "relations": 2, "former_posts": 0, "grants": 0}
    row |= {"signed_document_sha256": None, "withdrawn_at": None, "withdrawn_reason": None}
    (own,) = desk.declaration_rows(EN, "O-1", [row], themself=True)
    (seen,) = desk.declaration_rows(EN, "O-1", [row], themself=False)
    assert own["withdraw"] == "/en/desk/officials/O-1/declarations/D-1/withdraw"
    assert seen["withdraw"] is None
    assert seen["said"].startswith("Steps back from this matter · Relations: 2")
    (recorded,) = desk.declaration_rows(EN, "O-1", [row | {"signed_document_sha256": "0" * 64}], themself=False)
    assert (recorded["withdraw"], recorded["paper"]) == (own["withdraw"], f"/api/v1/documents/{'0' * 64}")


def test_a_room_that_is_over_has_no_hard_stop_before_it_and_no_answer_to_renew() -> None:
    room = {"state": "ended", "starts_at": "2026-11-28T04:00:00Z", "ends_at": "2026-11-28T10:00:00Z"}
    room |= {"hard_stop_at": "2026-11-28T10:15:00Z", "decision_id": "d", "decision_valid_until": "2026-11-28T05:00:00Z"}
    shown = {row["name"]: row["value"] for row in studio.facts(EN, room, None)}
    assert "Hard stop" not in shown
    assert shown["The gate's answer"] == "there is one"
    running = {row["name"]: row["value"] for row in studio.facts(EN, room | {"state": "open"}, None)}
    assert running["Hard stop"] == "18:15"


def test_probes_of_the_machinery_are_no_answers_to_anybody() -> None:
    told = performance.read_metrics(
        'sunfair_http_request_seconds_count{method="GET",route="probe",service="gateway",status="503"} 60\n'
        'sunfair_http_request_seconds_count{method="GET",route="page",service="gateway",status="200"} 19\n'
        'sunfair_http_request_seconds_count{method="GET",route="page",service="gateway",status="500"} 1\n'
        'sunfair_http_request_seconds_bucket{le="0.5",method="GET",route="page",service="gateway",status="200"} 19\n'
        'sunfair_http_request_seconds_bucket{le="5",method="GET",route="page",service="gateway",status="200"} 20\n',
        by_route=True,
    )
    assert set(told.parts) == {"page"}
    pages = told.parts["page"]
    assert (pages.count, pages.faults, pages.within(95), pages.within(99)) == (20, 1, 0.5, 5)
