"""Codes, bounds and days that every service writes alike."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from services.contracts.values import (
    MAX_FEN,
    ActorId,
    BasisPoints,
    Fen,
    Grams,
    RegionCode,
    Uscc,
    shanghai_day,
    uscc_check_digit,
    uscc_kind,
    uscc_problem,
)

VALID = {
    "91350100M000100Y43": "enterprise",
    "91341321MA8DM0D494": "enterprise",
    "93341321MA8DM0A15D": "cooperative",
    "93341321MA8DM0B2XE": "cooperative",
    "93610722MA8DM0E53G": "cooperative",
    "93440825MA8DM0F686": "cooperative",
    "51341321MJ8DM0C37U": "association",
    "92451002MA8DM0H87G": "sole_trader",
    "11341321003999016X": "organ",
    "12450000MB8DM0J91M": "institution",
    "N1422801MF8DM0G70Y": "rural_collective",
}
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
BODIES = st.tuples(st.text(ALPHABET, min_size=2, max_size=2), st.text("0123456789", min_size=6, max_size=6)).flatmap(
    lambda head: st.text(ALPHABET, min_size=9, max_size=9).map(lambda tail: "".join(head) + tail)
)


@pytest.mark.parametrize(("code", "kind"), VALID.items())
def test_a_well_formed_code_has_no_problem_and_names_its_kind(code: str, kind: str) -> None:
    assert uscc_problem(code) is None
    assert uscc_kind(code) == kind


@pytest.mark.parametrize("code", ["91310115MA1H8R7C6D", "91350211M0000XUF46", "91350100M000100Y44"])
def test_a_wrong_check_digit_is_not_a_wrong_format(code: str) -> None:
    assert uscc_problem(code) == "check_digit"


@pytest.mark.parametrize(
    "code",
    [
        "",
        "91350100M000100Y4",
        "91350100M000100Y433",
        "91350100M000100I43",
        "91350100m000100y43",
        "9135010AM000100Y43",
        "９1350100M000100Y43",
        "91350100M000100Y4\n",
    ],
)
def test_another_length_letter_or_region_is_a_wrong_format(code: str) -> None:
    assert uscc_problem(code) == "format"


def test_a_sum_divisible_by_31_ends_in_zero() -> None:
    assert uscc_check_digit("0" * 17) == "0"
    assert uscc_problem("0" * 18) is None


@pytest.mark.parametrize(("code", "kind"), [("52", "ngo"), ("N9", "rural_collective"), ("N0", "other"), ("", "other")])
def test_the_kind_comes_from_the_first_two_characters(code: str, kind: str) -> None:
    assert uscc_kind(code) == kind


@given(BODIES, st.integers(0, 17), st.sampled_from(ALPHABET))
def test_changing_one_character_is_always_noticed(body: str, place: int, sign: str) -> None:
    code = body + uscc_check_digit(body)
    changed = code[:place] + sign + code[place + 1 :]
    assert uscc_problem(code) is None
    assert (uscc_problem(changed) is None) == (changed == code)


@pytest.mark.parametrize("adapter", [TypeAdapter(Fen), TypeAdapter(Grams)])
def test_money_and_mass_are_whole_and_bounded(adapter: TypeAdapter[int]) -> None:
    assert adapter.validate_python(0) == 0
    assert adapter.validate_python(MAX_FEN) == MAX_FEN
    for wrong in (-1, MAX_FEN + 1, 1.0, "1", True, None):
        with pytest.raises(ValidationError):
            adapter.validate_python(wrong)


def test_a_share_may_be_negative_but_never_a_fraction() -> None:
    adapter: TypeAdapter[int] = TypeAdapter(BasisPoints)
    assert adapter.validate_python(-250) == -250
    with pytest.raises(ValidationError):
        adapter.validate_python(0.5)


def test_codes_of_regions_and_actors_have_one_form() -> None:
    TypeAdapter(RegionCode).validate_python("341321")
    TypeAdapter(ActorId).validate_python("019a1b2c-3d4e-7f60-8a9b-0c1d2e3f4a5b")
    for wrong in ("34132", "034132", "34132１", "341321\n"):
        with pytest.raises(ValidationError):
            TypeAdapter(RegionCode).validate_python(wrong)
    with pytest.raises(ValidationError):
        TypeAdapter(ActorId).validate_python("019a1b2c-3d4e-4f60-8a9b-0c1d2e3f4a5b")


def test_a_code_is_written_in_capitals_and_its_shape_is_left_to_the_gate() -> None:
    adapter: TypeAdapter[str] = TypeAdapter(Uscc)
    assert adapter.validate_python(" 91350100m000100y43 ") == "91350100M000100Y43"
    assert adapter.validate_python("not a code") == "NOT A CODE"


def test_the_day_in_shanghai_begins_at_sixteen_hours_utc() -> None:
    assert shanghai_day(datetime(2020, 3, 2, 15, 59, 59, tzinfo=UTC)) == date(2020, 3, 2)
    assert shanghai_day(datetime(2020, 3, 2, 16, 0, tzinfo=UTC)) == date(2020, 3, 3)
    assert shanghai_day(datetime(2020, 3, 2, 23, 0, tzinfo=timezone(timedelta(hours=8)))) == date(2020, 3, 2)


def test_an_instant_without_an_offset_has_no_day() -> None:
    with pytest.raises(ValueError, match="offset"):
        shanghai_day(datetime(2020, 3, 2, 9, 0))  # noqa: DTZ001 - the naive instant is what is tested
