"""States and scopes, without a database."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.access import in_scope, may_see, shares_a_region
from services.catalog.domain.states import ANSWERS, is_newer, lot_state, version_state
from services.kit.ids import new_id

DAY = date(2020, 3, 2)


@dataclass(frozen=True)
class Person:
    roles: frozenset[str]
    scopes: tuple[str, ...] = ()

    def has(self, *roles: str) -> bool:
        return not self.roles.isdisjoint(roles)


def person(*roles: str, scopes: tuple[str, ...] = ()) -> Person:
    return Person(frozenset(roles), scopes)


@pytest.mark.parametrize(
    ("lots", "state"),
    [
        (["listed", "submitted"], "submitted"),
        (["listed", "blocked"], "listed"),
        (["in_review", "blocked"], "in_review"),
        (["blocked", "blocked"], "blocked"),
    ],
)
def test_a_version_waits_for_every_lot_and_then_is_what_its_best_lot_is(lots: list[str], state: str) -> None:
    assert version_state(lots) == state


@given(st.lists(st.sampled_from(sorted(ANSWERS.values())), min_size=1))
def test_one_more_answer_never_makes_a_version_worse(lots: list[str]) -> None:
    order = ["blocked", "in_review", "listed"]
    assert order.index(version_state([*lots, "blocked"])) >= order.index(version_state(lots))


def test_outcomes_are_states_of_a_lot() -> None:
    assert [lot_state(outcome) for outcome in ("pass", "review", "fail")] == ["listed", "in_review", "blocked"]


def test_the_decision_that_was_made_later_stands() -> None:
    earlier, later = new_id(), new_id()
    assert is_newer(earlier, None)
    assert is_newer(later, earlier)
    assert not is_newer(earlier, later)
    assert not is_newer(later, later)


@pytest.mark.parametrize(
    ("scope", "code", "inside"),
    [
        ("341300", "341321", True),
        ("341321", "341321", True),
        ("341322", "341321", False),
        ("460000", "469005", True),
        ("500000", "500101", True),
        ("370181", "370114", True),
    ],
)
def test_a_scope_reaches_down_the_tree_and_through_changed_codes(scope: str, code: str, inside: bool) -> None:
    assert in_scope(person("operator", scopes=(scope,)), code, DAY) is inside


def test_only_an_administrator_without_scopes_is_national() -> None:
    assert in_scope(person("administrator"), "341321", DAY)
    assert not in_scope(person("administrator", scopes=("440000",)), "341321", DAY)
    assert not in_scope(person("operator"), "341321", DAY)


def test_what_is_not_public_is_for_the_operators_and_the_offices_above() -> None:
    assert may_see(person("operator", scopes=("341321",)), "341321", DAY)
    assert may_see(person("reviewer"), "341321", DAY)
    assert may_see(person("approver", scopes=("341300",)), "341321", DAY)
    assert not may_see(person("approver", scopes=("440000",)), "341321", DAY)
    assert not may_see(person("buyer", scopes=("341321",)), "341321", DAY)
    assert not may_see(None, "341321", DAY)


def test_an_office_below_reads_what_its_office_above_uploaded_and_the_other_way_round() -> None:
    county = person("operator", scopes=("341321",))
    assert shares_a_region(county, ["341300"], DAY)
    assert shares_a_region(person("approver", scopes=("340000",)), ["341321"], DAY)
    assert not shares_a_region(county, ["341322"], DAY)
    assert not shares_a_region(person("buyer"), ["341321"], DAY)
