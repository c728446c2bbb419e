"""Changes of parameters: what may be published, and what the shape of a value must be."""

import copy
from datetime import date, timedelta
from typing import Any

import pytest

from services.compliance.rules import RULEBOOK, ruleset_revision
from services.compliance.rules.changes import Change, ChangeRefused, with_change
from services.compliance.rules.law import LaidOver, ParameterError, laid_over, released_parameters
from services.compliance.rules.shapes import alike

TODAY = date(2026, 12, 1)
IN_A_WEEK = TODAY + timedelta(days=7)
ENOUGH, MATRIX, NORM = "adm.suppliers.enough", "fm.authority.matrix", "fm.authority.response_norm"
LAW: dict[str, Any] = {"basis": "law", "source": "某某办法", "article": "第八条"}


def change(name: str = ENOUGH, value: Any = 4, since: date = IN_A_WEEK, **other: Any) -> Change:
    return Change(name, value, since, **({"basis": "platform"} | other))


def refusal(asked: Change) -> ChangeRefused:
    with pytest.raises(ChangeRefused) as refused:
        with_change(released_parameters(), RULEBOOK, asked, TODAY)
    assert refused.value.en
    assert refused.value.zh
    return refused.value


def matrix(**offices: Any) -> Any:
    value = copy.deepcopy(released_parameters()[MATRIX].values[-1].value)
    value["animal_disease"]["epidemic"] |= offices
    return value


def test_our_own_value_holds_after_seven_days_and_gives_another_revision() -> None:
    known = with_change(released_parameters(), RULEBOOK, change(source="after the first season"), TODAY)
    value = known[ENOUGH].on(IN_A_WEEK)
    assert value is not None
    assert (value.value, value.source, value.platform) == (4, "platform rule; after the first season", True)
    assert known[ENOUGH].on(IN_A_WEEK - timedelta(days=1)) == released_parameters()[ENOUGH].values[0]
    assert ruleset_revision(known) != ruleset_revision()


def test_a_value_of_law_holds_from_its_own_day_even_when_we_learn_of_it_late() -> None:
    late = change("quality.docs.test_days", 45, date(2026, 3, 1), **LAW)
    value = with_change(released_parameters(), RULEBOOK, late, TODAY)["quality.docs.test_days"].on(TODAY)
    assert value is not None
    assert (value.value, value.source, value.platform) == (45, "某某办法 第八条", False)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (change("adm.suppliers.enogh"), "name"),
        (change(value="4"), "value"),
        (change(value=True), "value"),
        (change(value=4.5), "value"),
        (change(value=None), "value"),
        (change(value=-1), "value"),
        (change(value=10**13), "value"),
        (change("adm.suppliers.share_bp", 10_001), "value"),
        (change(value=3), "value"),
        (change("quality.docs.certificate_mandatory", 1), "value"),
        (change("official.organ.organ_words", ["县政府", "县政府"]), "value"),
        (change("official.organ.organ_words", ["县政府", " "]), "value"),
        (change("official.organ.organ_words", ["县政府", 3]), "value"),
        (change("official.organ.organ_words", ["县政府", ["市政府"]]), "value"),
        (change("official.organ.organ_words", [1.5]), "value"),
        (change(NORM, {"1": "province"}), "value"),
        (change(NORM, {"1": "province", "2": "province", "3": "prefecture", "4": "village"}), "value"),
        (change(NORM, {}), "value"),
        (change(MATRIX, matrix(government={"from_level": 1})), "value"),
        (change(MATRIX, matrix(government={"above": "county"})), "value"),
        (change(MATRIX, matrix(government="county")), "value"),
        (change(since=date(2020, 1, 1), **LAW), "from_on"),
        (change(since=IN_A_WEEK - timedelta(days=1)), "from_on"),
        (change(**(LAW | {"article": ""})), "article"),
        (change(**(LAW | {"article": "Article 8"})), "article"),
        (change(**(LAW | {"source": ""})), "source"),
        (change(**(LAW | {"source": "platform rule"})), "source"),
    ],
)
def test_what_cannot_be_law_is_refused_beside_its_field(asked: Change, field: str) -> None:
    assert refusal(asked).field == field


def test_a_misspelt_parameter_is_told_the_nearest_one() -> None:
    assert ENOUGH in refusal(change("adm.suppliers.enogh")).en


def test_a_law_that_the_rule_cites_is_not_applied_before_it_is_in_force() -> None:
    name, rule = "quality.docs.test_days", next(rule for rule in RULEBOOK if rule.id == "quality.docs")
    ground = max(rule.grounds, key=lambda each: each.since)
    early = change(name, 45, ground.since - timedelta(days=1), **(LAW | {"source": ground.law}))
    assert str(ground.since) in refusal(early).en


def test_a_table_may_gain_a_row_of_the_kind_it_has() -> None:
    wider = change(MATRIX, matrix(government={"from_level": "province"}))
    assert with_change(released_parameters(), RULEBOOK, wider, TODAY)[MATRIX].on(IN_A_WEEK) is not None


def test_a_list_may_have_new_words_and_a_record_other_ones() -> None:
    words = change("official.organ.organ_words", ["县政府", "乡政府"])
    norm = change(NORM, {"1": "province", "2": "province", "3": "province", "4": "county"})
    for asked in (words, norm):
        assert with_change(released_parameters(), RULEBOOK, asked, TODAY)[asked.name].values[-1].value == asked.value


def test_values_are_alike_by_kind_and_shape() -> None:
    assert alike(3, 4)
    assert not alike(3, True)
    assert alike(["a"], [])
    assert not alike({"a": {"b": 1}}, {"a": 1})
    assert not alike({"a": 1}, {"a": "x"})
    assert alike({"a": {"b": 1}, "c": {"b": 2, "d": "x"}}, {"a": {"b": 3, "d": "y"}})


def test_a_value_that_the_release_has_already_changes_nothing() -> None:
    released = released_parameters()
    assert laid_over(released, ENOUGH, released[ENOUGH].values[-1]) is released


def test_what_is_laid_over_is_held_to_the_files_rules_again() -> None:
    with pytest.raises(ParameterError):
        laid_over(released_parameters(), ENOUGH, change(value=2.5).dated(TODAY))


def test_equal_values_have_equal_revisions_whatever_way_they_came() -> None:
    first = with_change(released_parameters(), RULEBOOK, change(), TODAY)
    both = [
        with_change(first, RULEBOOK, change("adm.suppliers.households", 60), TODAY),
        with_change(
            with_change(released_parameters(), RULEBOOK, change("adm.suppliers.households", 60), TODAY),
            RULEBOOK,
            change(),
            TODAY,
        ),
    ]
    assert ruleset_revision(both[0]) == ruleset_revision(both[1]) != ruleset_revision(first)
    assert isinstance(both[0], LaidOver)
