"""The facts are read strictly, and their schema never loses a field."""

import json
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import HealthCheck, given, settings
from pydantic import TypeAdapter, ValidationError

from services.compliance.rules.facts import (
    Facts,
    FactsError,
    facts_document,
    facts_schema,
    parse_facts,
    records,
    values,
)
from tests.compliance.rules.documents import HERE, changed, document
from tests.compliance.rules.generated import facts_documents

SCHEMA = Path(__file__).parents[3] / "services/compliance/rules/facts.schema.json"
TOP_LEVEL = [
    *("subject", "suppliers", "open_call", "marks", "event", "sales", "people", "official", "filing", "lot", "seller"),
    *("media", "texts", "context", "resolutions", "overrides", "orders", "room", "complaints", "disclosure"),
]


def fields_of(schema: dict[str, Any]) -> set[str]:
    named = {"Facts": schema, **schema["$defs"]}
    return {f"{name}.{field}" for name, part in named.items() for field in part.get("properties", {})}


def test_the_committed_schema_is_the_one_in_force() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == json.loads(json.dumps(facts_schema()))


def test_no_field_was_ever_lost() -> None:
    promised = set((HERE / "fields.txt").read_text("utf-8").split())
    now = fields_of(facts_schema())
    assert promised - now == set()
    assert now - promised == set(), "a new field is promised from now on: add it to fields.txt"


def test_the_top_level_is_what_was_decided() -> None:
    assert list(facts_schema()["properties"]) == TOP_LEVEL


def test_every_object_of_the_schema_is_closed() -> None:
    schema = facts_schema()
    for name, part in {"Facts": schema, **schema["$defs"]}.items():
        assert part["additionalProperties"] is False, name


def test_absent_and_empty_differ() -> None:
    assert parse_facts({"filing": {}}).filing != parse_facts({"filing": {"approvals": []}}).filing
    assert facts_document(parse_facts({"filing": {"approvals": []}})) == {"filing": {"approvals": []}}
    assert facts_document(parse_facts({"filing": {"approvals": None}})) == {"filing": {}}


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(facts_documents())
def test_a_document_and_its_facts_go_back_and_forth(facts: dict[str, Any]) -> None:
    parsed = parse_facts(facts)
    assert parse_facts(facts_document(parsed)) == parsed


@pytest.mark.parametrize(
    ("facts", "path", "nearest"),
    [
        ({"subjct": {}}, "subjct", "subject"),
        ({"suppliers": [{"legal_reps": "x"}]}, "suppliers[0].legal_reps", "legal_rep"),
        (
            {"event": {"declarations": [{"authority": {"levl": "county"}}]}},
            "event.declarations[0].authority.levl",
            "level",
        ),
        ({"lot": {"label": {"shelflife": True}}}, "lot.label.shelflife", "shelf_life"),
        ({"zzzzzzzz": 1}, "zzzzzzzz", None),
        ({"": None}, "", None),
        ({"lot[0]": {}}, "lot[0]", "lot"),
        ({"lot": {"(": 1}}, "lot.(", None),
    ],
)
def test_an_unknown_name_is_refused_with_the_nearest(facts: dict[str, Any], path: str, nearest: str | None) -> None:
    with pytest.raises(FactsError) as refused:
        parse_facts(facts)
    assert [(p.path, p.nearest) for p in refused.value.problems] == [(path, nearest)]


@pytest.mark.parametrize("value", [1.0, 1.5, True, "12", -1, 10**12 + 1, [], {}])
def test_a_price_is_a_whole_number_within_reason(value: object) -> None:
    with pytest.raises(FactsError):
        parse_facts({"lot": {"price_fen": value}})


@pytest.mark.parametrize("value", [0, 1, 10**12])
def test_the_bounds_of_a_price_are_prices(value: int) -> None:
    assert parse_facts({"lot": {"price_fen": value}}).lot is not None


@pytest.mark.parametrize("value", [-1, 10_001, 50.0, "5000"])
def test_a_share_lies_between_nothing_and_all(value: object) -> None:
    with pytest.raises(FactsError):
        parse_facts({"suppliers": [{"offered_share_bp": value}]})


@pytest.mark.parametrize(
    "value",
    [
        *("2020-03-02T09:00:00", "2020-03-02 09:00:00+08:00", "2020-03-02", "2020-02-30T09:00:00Z", 1583110800),
        *("2020-03-02T09:00:00+24:00", "1800-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2020-3-2T09:00:00Z", ""),
        "2020-03-02T09:00:00+08:00\n",
        "２０２０-03-02T09:00:00Z",
    ],
)
def test_an_instant_without_offset_or_sense_is_refused(value: object) -> None:
    with pytest.raises(FactsError):
        parse_facts({"filing": {"submitted_at": value}})


@pytest.mark.parametrize("value", ["2020-03-02T01:00:00Z", "2020-03-02t09:00:00.123456789+08:00"])
def test_an_instant_of_rfc_3339_is_read(value: str) -> None:
    facts = parse_facts({"filing": {"submitted_at": value}})
    assert facts.filing is not None
    assert facts.filing.submitted_at is not None
    assert facts.filing.submitted_at.utcoffset() is not None


@pytest.mark.parametrize("value", ["2020-02-30", "2020-2-3", "2020-03-02T00:00:00Z", 20200302, "", "2020-W10-1"])
def test_a_day_that_does_not_exist_is_refused(value: object) -> None:
    with pytest.raises(FactsError):
        parse_facts({"lot": {"harvested_on": value}})


@pytest.mark.parametrize("value", ["34132", "3413210", "34132a", "３４１３２１", 341321, ""])
def test_a_region_code_has_six_ascii_digits(value: object) -> None:
    with pytest.raises(FactsError):
        parse_facts({"subject": {"region_code": value}})


def test_a_malformed_credit_code_reaches_the_rule_that_refuses_it_in_words() -> None:
    assert parse_facts({"seller": {"uscc": "nonsense"}}).seller is not None


def test_a_lone_surrogate_is_refused() -> None:
    with pytest.raises(FactsError):
        parse_facts({"texts": [{"kind": "title", "text": "\ud800"}]})


def test_truth_is_neither_a_number_nor_a_word() -> None:
    for value in (1, 0, "true", "是"):
        with pytest.raises(FactsError):
            parse_facts({"filing": {"tipping": value}})


def test_all_problems_are_told_at_once() -> None:
    bad = changed(document(), {"lot.price_fen": -1, "lot.harvested_on": "x", "texts[0].kind": "poem"})
    with pytest.raises(FactsError) as refused:
        parse_facts(bad)
    assert {problem.path for problem in refused.value.problems} == {
        "lot.price_fen",
        "lot.harvested_on",
        "texts[0].kind",
    }


@values.fact
class Inner:
    """A fact inside another."""

    fen: values.Fen | None = None


@values.fact
class Every:
    """A fact of every kind of value that facts are made of."""

    fen: values.Fen | None = None
    grams: values.Grams | None = None
    share: values.Share | None = None
    rate: values.Rate | None = None
    count: values.Count | None = None
    days: values.Days | None = None
    level: values.Level | None = None
    month: values.Month | None = None
    flag: values.Flag | None = None
    day: values.Day | None = None
    instant: values.Instant | None = None
    region: values.Region | None = None
    township: values.Township | None = None
    code: values.Code | None = None
    id: values.Id | None = None
    token: values.Token | None = None
    name: values.Name | None = None
    line: values.Line | None = None
    hash: values.Hash | None = None
    uscc: values.Uscc | None = None
    words: values.Many[values.Code] | None = None
    chosen: Literal["pear", "tea"] | None = None
    inner: Inner | None = None
    many: values.Many[Inner] | None = None


_ODD: list[object] = [
    *(
        None,
        True,
        False,
        0,
        1,
        -1,
        4,
        5,
        12,
        13,
        10_000,
        10_001,
        100_000,
        100_001,
        10**9,
        10**9 + 1,
        10**12,
        10**12 + 1,
    ),
    *(10**13, 10**13 + 1, -1_000_000, -1_000_001, 1_000_000, 1_000_001, 2**70, 1.0, 0.5, float("nan")),
    *(
        "",
        "x",
        "pear",
        "1",
        "341321",
        "341321\n",
        "３４１３２１",
        "341321101",
        "34132110１",
        "🍐" * 64,
        "🍐" * 65,
        "\ud800",
    ),
    *("x" * length for edge in (64, 128, 200, 300, 2_000) for length in (edge, edge + 1)),
    *("2020-02-29", "2021-02-29", "20200229", "1949-09-30", "1949-10-01", "2199-12-31", "2200-01-01", "２０２０-02-29"),
    *("2020-03-02T09:00:00+08:00", "2020-03-02T09:00:00Z", "2020-03-02T09:00:00+00:00", "2020-03-02t09:00:00z"),
    *("2020-03-02 09:00:00Z", "2020-03-02T09:00:00", "2020-03-02T09:00:00.5Z", "2020-03-02T09:00:00.500000Z"),
    *("2020-03-02T09:00:00.123456+08:00", "2020-03-02T09:00:00.1234569Z", "2020-03-02T09:00:00+24:00"),
    *("2020-03-02T09:00:60Z", "2020-03-02T24:00:00Z", "1949-10-01T00:00:00Z", "1949-10-02T00:00:00Z"),
    *("2199-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "2020-03-02T09:00:00-00:00", "2020-03-02T09:00:00+0800"),
    *(
        [],
        ["x"],
        ["x", None],
        [1],
        ["x"] * 2_000,
        ["x"] * 2_001,
        {},
        {"fen": 1},
        {"fen": -1},
        {"fun": 1},
        {"fen": None},
    ),
]


@pytest.mark.parametrize("name", [*Every.__annotations__, "unknown"])
def test_what_is_read_at_once_the_definition_reads_just_so(name: str) -> None:
    """The compiled reader may leave a document to the strict parser; it never lets pass what that one refuses."""
    strict: TypeAdapter[Every] = TypeAdapter(Every)
    read_at_once = 0
    for value in _ODD:
        found = records.read(Every, {name: value})
        if found is None:
            continue
        try:
            parsed = strict.validate_python({name: value})
        except ValidationError:
            pytest.fail(f"{value!r} is no {name}")
        dumped = strict.dump_python(parsed, mode="json", exclude_none=True)
        assert json.dumps(found[1]) == json.dumps(records.document_of(found[0])) == json.dumps(dumped)
        read_at_once += 1
    assert read_at_once > 0 or name == "unknown"


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(facts_documents())
def test_facts_written_as_we_write_them_are_read_at_once(facts: dict[str, Any]) -> None:
    written = facts_document(parse_facts(facts))
    assert records.read(Facts, written) == (parse_facts(facts), written)
    assert list(written) == [name for name in TOP_LEVEL if name in facts]
