"""Parameters by date: which value holds, when it changes, and what may not be law."""

from datetime import date, datetime
from typing import Any

import pytest

from services.compliance.rules import RULEBOOK
from services.compliance.rules.law import (
    DatedValue,
    Law,
    NoParameter,
    ParameterError,
    _parameter,
    laid_over,
    released_parameters,
)

MANDATORY = "quality.docs.certificate_mandatory"


def law_on(day: str) -> Law:
    return Law(released_parameters(), datetime.fromisoformat(f"{day}T12:00:00+08:00"), "listing")


def entry(*values: dict[str, Any]) -> dict[str, Any]:
    return {"means": "something", "checked_on": date(2026, 11, 22), "values": list(values)}


def test_a_value_holds_from_its_day_on() -> None:
    assert law_on("2026-01-31")[MANDATORY] is False
    assert law_on("2026-02-01")[MANDATORY] is True


def test_the_law_remembers_what_was_asked_and_when_it_changes() -> None:
    law = law_on("2020-03-02")
    assert law.next_change() is None
    assert law[MANDATORY] is False
    assert law.asked == {MANDATORY: False}
    assert law.next_change() == datetime.fromisoformat("2026-02-01T00:00:00+08:00")
    assert law.for_another_rule().asked == {}


def test_a_part_of_a_table_is_all_that_counts_as_asked() -> None:
    law = law_on("2020-03-02")
    assert "weather_station" in law.part("fm.authority.matrix", "weather", "warning")
    assert list(law.asked["fm.authority.matrix"]) == ["weather"]
    assert law.part("fm.authority.matrix", "nothing", "known") == {}


@pytest.mark.parametrize("day", ["2019-12-31", "1990-01-01"])
def test_before_the_first_day_there_is_no_value(day: str) -> None:
    with pytest.raises(NoParameter):
        law_on(day)["adm.suppliers.enough"]


def test_an_unknown_name_and_another_kind_have_no_value() -> None:
    with pytest.raises(NoParameter):
        law_on("2020-03-02")["no.such"]
    with pytest.raises(NoParameter):
        law_on("2020-03-02").number("fm.window.point_hazards")
    with pytest.raises(NoParameter):
        law_on("2020-03-02").words("adm.suppliers.enough")


@pytest.mark.parametrize(
    "bad",
    [
        {"means": "x", "values": []},
        entry(),
        entry({"from": date(2020, 1, 1), "value": 1.5, "source": "platform rule"}),
        entry({"from": date(2020, 1, 1), "value": {"a": [None]}, "source": "platform rule"}),
        entry({"from": date(2020, 1, 1), "value": 1}),
        entry({"from": date(2020, 1, 1), "value": 1, "source": "law", "until": date(2021, 1, 1)}),
        entry(
            {"from": date(2021, 1, 1), "value": 1, "source": "law"},
            {"from": date(2020, 1, 1), "value": 2, "source": "law"},
        ),
        entry({"from": date(2020, 6, 1), "value": 1, "source": "platform rule"}),
        entry({"from": date(2020, 6, 8), "value": 1, "source": "platform rule", "published_on": date(2020, 6, 2)}),
    ],
)
def test_what_may_not_be_law_is_refused(bad: dict[str, Any]) -> None:
    with pytest.raises(ParameterError):
        _parameter("some.name", bad)


def test_our_own_value_holds_seven_days_after_it_was_published() -> None:
    good = entry({"from": date(2020, 6, 8), "value": 1, "source": "platform rule", "published_on": date(2020, 6, 1)})
    assert _parameter("some.name", good).on(date(2020, 6, 8)) is not None


def test_a_value_of_law_needs_no_notice_of_ours() -> None:
    assert _parameter("some.name", entry({"from": date(2026, 2, 1), "value": True, "source": "某办法"})).values


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("no.such", DatedValue(date(2030, 1, 1), 1, "platform rule", date(2029, 1, 1))),
        ("adm.suppliers.enough", DatedValue(date(2030, 1, 1), "three", "platform rule", date(2029, 1, 1))),
        ("adm.suppliers.enough", DatedValue(date(2030, 1, 1), 4, "platform rule", date(2029, 12, 26))),
    ],
)
def test_what_may_not_be_published_is_refused(name: str, value: DatedValue) -> None:
    with pytest.raises(ParameterError):
        laid_over(released_parameters(), name, value)


def test_every_parameter_belongs_to_a_rule_or_to_procedure_and_was_checked() -> None:
    rules = {rule.id for rule in RULEBOOK} | {"people.appeal", "people.override", "people.reply"}
    for name, parameter in released_parameters().items():
        assert name.rpartition(".")[0] in rules, name
        assert parameter.means, name
        assert parameter.checked_on >= date(2026, 11, 22), name
