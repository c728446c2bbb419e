"""The formal comparison of two rule sets: generated cases on both sides of a boundary."""

from datetime import datetime
from typing import Any

import pytest

from services.compliance.rules import RULEBOOK, decide, parse_facts
from services.compliance.rules.boundaries import BoundaryCase, Comparison, differing_cases, neighbours
from services.compliance.rules.changes import Change, as_if_published
from services.compliance.rules.law import released_parameters
from tests.compliance.rules.documents import document

AT = datetime.fromisoformat("2020-03-02T09:00:00+08:00")


def comparison(name: str, value: Any) -> Comparison:
    present = released_parameters()
    proposed = as_if_published(present, Change(name, value, AT.date(), "platform"))
    return Comparison(RULEBOOK, present, proposed, name, AT)


def found(name: str, value: Any, stage: Any = "listing") -> list[BoundaryCase]:
    return list(differing_cases(comparison(name, value), [("dangshan", stage, document())]))


@pytest.mark.parametrize(
    ("name", "value", "stage", "fact"),
    [
        ("adm.suppliers.enough", 4, "listing", "suppliers"),
        ("adm.suppliers.share_bp", 4000, "listing", "suppliers[0].offered_share_bp"),
        ("quality.docs.test_days", 20, "listing", "lot.certificates[1].issued_on"),
        ("price.label.comparison_words", ["市场价", "批发价"], "listing", "texts[0].text"),
    ],
)
def test_a_case_at_the_boundary_is_found(name: str, value: Any, stage: Any, fact: str) -> None:
    assert fact in [case.fact for case in found(name, value, stage)]


def test_every_case_that_is_shown_really_differs() -> None:
    asked = comparison("quality.docs.test_days", 20)
    shown = {(case.fact, str(case.set_to)) for case in differing_cases(asked, [("d", "listing", document())])}
    assert shown
    checked = 0
    for fact, value, facts in neighbours(document(), asked):
        if (fact, str(value)) in shown:
            pair = [decide(parse_facts(facts), "listing", AT, parameters=p) for p in (asked.present, asked.proposed)]
            assert [r["reason_codes"] for r in pair[0].results] != [r["reason_codes"] for r in pair[1].results]
            checked += 1
    assert checked == len(shown)


def test_equal_rule_sets_differ_nowhere() -> None:
    released = released_parameters()
    same = Comparison(RULEBOOK, released, released, "adm.suppliers.enough", AT)
    assert list(differing_cases(same, [("dangshan", "listing", document())])) == []


def test_a_document_that_differs_as_it_is_comes_first() -> None:
    (first, *_) = found("adm.suppliers.enough", 5)
    assert (first.fact, first.outcomes) == ("", ("pass", "review"))
