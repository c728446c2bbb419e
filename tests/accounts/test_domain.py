"""What holds of accounts without a database."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from services.accounts import domain
from services.accounts.domain import Failures

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def test_a_password_matches_its_own_hash_only() -> None:
    stored = domain.hash_password("three pears and a truck")
    assert stored.startswith("$argon2id$")
    assert domain.password_matches(stored, "three pears and a truck")
    assert not domain.password_matches(stored, "three pears and a trunk")
    assert not domain.needs_new_hash(stored)


def test_a_full_width_keyboard_types_the_same_password() -> None:
    assert domain.password_matches(domain.hash_password("pears2020!long"), "ｐｅａｒｓ２０２０！ｌｏｎｇ")


def test_nobody_has_no_password() -> None:
    assert not domain.password_matches(None, "nobody has this password")
    assert not domain.password_matches("not a hash", "anything at all")


@pytest.mark.parametrize(
    "password", ["short", "1234567890", "Qwertyuiop", "aaaaaaaaaaaa", "1qaz2wsx3edc", "x" * 201, "dangshan.office"]
)
def test_a_weak_password_is_named_as_such_in_both_languages(password: str) -> None:
    fault = domain.password_fault(password, "dangshan.office")
    assert fault is not None
    assert fault[0].endswith(".")
    assert fault[1].endswith("。")


def test_a_sentence_is_a_good_password() -> None:
    assert domain.password_fault("three pears and a truck", "dangshan.office") is None
    assert domain.password_fault("砀山的酥梨今年又大又甜", "dangshan.office") is None


def after(count: int) -> Failures:
    failures = None
    for _ in range(count):
        failures = domain.after_failure(failures, 5, NOON)
    assert failures is not None
    return failures


def test_the_fifth_failure_makes_wait_and_each_further_one_twice_as_long() -> None:
    assert [domain.wait_seconds(after(count), NOON) for count in range(1, 6)] == [0, 0, 0, 0, 31]
    assert [domain.wait_seconds(after(count), NOON) for count in range(6, 12)] == [61, 121, 241, 481, 901, 901]


def test_failures_are_forgotten_fifteen_minutes_after_the_wait() -> None:
    failures = after(5)
    assert failures.blocked_until is not None
    assert not domain.is_forgotten(failures, failures.blocked_until + timedelta(minutes=14))
    assert domain.is_forgotten(failures, failures.blocked_until + timedelta(minutes=15))
    assert domain.after_failure(failures, 5, NOON + timedelta(hours=1)).count == 1


@given(some.integers(1, 10_000))
def test_no_wait_is_longer_than_a_quarter_of_an_hour(count: int) -> None:
    failures = domain.after_failure(Failures(count, NOON), 5, NOON)
    assert 0 <= domain.wait_seconds(failures, NOON) <= 901


def test_a_session_slides_but_not_beyond_its_end() -> None:
    ends_at = NOON + timedelta(days=7)
    assert domain.slid(NOON, domain.SESSION_IDLE, ends_at) == NOON + timedelta(hours=12)
    assert domain.slid(ends_at - timedelta(hours=1), domain.SESSION_IDLE, ends_at) == ends_at


def test_the_next_signing_key_is_made_a_day_before_the_last_one_ends() -> None:
    ends_at = NOON + timedelta(days=1)
    assert domain.next_key_starts_at(None, NOON) == NOON
    assert domain.next_key_starts_at(ends_at, NOON - timedelta(seconds=1)) is None
    assert domain.next_key_starts_at(ends_at, NOON) == ends_at
    assert domain.next_key_starts_at(ends_at, ends_at + timedelta(days=9)) == ends_at + timedelta(days=9)


def test_a_historical_region_code_is_answered_with_its_successor() -> None:
    today = date(2026, 11, 2)
    assert domain.region_fault("341321", today, demo=False) is None
    assert "370114" in str(domain.region_fault("370181", today, demo=False))
    assert domain.region_fault("123456", today, demo=False) is not None


def test_the_demonstration_county_exists_in_demonstrations_only() -> None:
    today = date(2026, 11, 2)
    assert domain.region_fault("999901", today, demo=True) is None
    assert domain.region_fault("999901", today, demo=False) is not None


def test_a_key_tells_what_it_is_and_no_two_are_equal() -> None:
    assert domain.new_api_key(test=True).startswith("sf_test_")
    assert domain.new_api_key(test=False).startswith("sf_live_")
    assert domain.new_api_key(test=False) != domain.new_api_key(test=False)
