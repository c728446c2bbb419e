"""Shares sum to the whole, whatever is shared."""

from hypothesis import given
from hypothesis import strategies as st

from services.catalog.domain.shares import WHOLE, shares_bp

AMOUNTS = st.dictionaries(st.text(max_size=5), st.integers(min_value=0, max_value=10**15), max_size=40)


def test_three_equal_parts_are_divided_by_largest_remainder() -> None:
    assert shares_bp({"a": 1, "b": 1, "c": 1}) == {"a": 3334, "b": 3333, "c": 3333}


def test_nothing_is_shared_when_there_is_nothing() -> None:
    assert shares_bp({}) == {}
    assert shares_bp({"a": 0}) == {}


@given(AMOUNTS)
def test_shares_sum_to_the_whole_and_are_within_one_of_exact(amounts: dict[str, int]) -> None:
    total = sum(amounts.values())
    shares = shares_bp(amounts)
    if total == 0:
        assert shares == {}
        return
    assert sum(shares.values()) == WHOLE
    for key, amount in amounts.items():
        assert abs(shares[key] * total - amount * WHOLE) < total


@given(AMOUNTS)
def test_who_offers_more_never_has_the_smaller_share(amounts: dict[str, int]) -> None:
    shares = shares_bp(amounts)
    ordered = sorted(shares, key=lambda key: (amounts[key], shares[key]))
    assert [shares[key] for key in ordered] == sorted(shares.values())
