"""The words by which things are found."""

from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from services.catalog.domain.words import Findable, lexemes, pinyin_words, query, region_marks, runs

DAY = date(2020, 3, 2)
PEARS = Findable(
    kind="specialty",
    names=("砀山酥梨", "Dangshan Su pear"),
    prose=("果大皮薄，汁多味甜。",),
    region_code="341321",
    category_code="fruit.pear.su",
    months=(9, 10, 3),
)


def found_by(text: str, *marks: list[str], thing: Findable = PEARS) -> bool:
    """Whether the query finds the thing, as PostgreSQL would match it."""
    asked = query(text, *marks)
    if asked is None:
        return False
    words = set(lexemes(thing, DAY))
    return all(
        any(_matches(term.strip(" ()"), words) for term in group.split("|")) for group in asked.words.split(" & ")
    )


def _matches(term: str, words: set[str]) -> bool:
    if not term:
        return True
    lexeme = term.removesuffix(":*").strip("'")
    return any(word.startswith(lexeme) for word in words) if term.endswith(":*") else lexeme in words


def asked_for(text: str) -> str:
    """The query of what was typed; empty where it finds nothing."""
    asked = query(text)
    return asked.words if asked else ""


HANZI = ("砀山", "酥梨", "砀山酥梨", "梨", "安徽酥梨", "宿州 梨", "汁多", "水果")
PINYIN = ("dangshan", "suli", "dangshansuli", "su li", "dssl", "sl", "dangsh", "DANGSHAN", "ＤＡＮＧＳＨＡＮ")
ENGLISH = ("pear", "anhui pear", "Su Pear", "fruit", "")


@pytest.mark.parametrize("text", [*HANZI, *PINYIN, *ENGLISH])
def test_the_pears_of_dangshan_are_found_by(text: str) -> None:
    assert found_by(text)


@pytest.mark.parametrize(
    "text", ["砀山的梨", "安徽的 酥梨", "pear from Dangshan", "the pear of Anhui", "a pear and fruit"]
)
def test_words_that_say_nothing_do_not_stand_in_the_way(text: str) -> None:
    assert found_by(text)


def test_words_that_say_nothing_are_looked_for_where_nothing_else_was_typed() -> None:
    assert asked_for("的") == "'的'"
    assert asked_for("The of") == "'the':* & 'of':*"


@pytest.mark.parametrize("text", ["苹果", "徐闻", "apple", "广东酥梨", "dsslx", "酥梨苹果"])
def test_the_pears_of_dangshan_are_not_found_by(text: str) -> None:
    assert not found_by(text)


@pytest.mark.parametrize("text", ["🍐🍐", "'';--", "%%%", "( ) | & !", "，。！"])
def test_signs_alone_find_nothing_and_break_nothing(text: str) -> None:
    assert query(text) is None


@pytest.mark.parametrize(
    ("text", "rough"),
    [("自然成熟", "'自然'"), ("猕猴桃", "'猕猴桃'"), ("梨", "'梨'"), ("砀山 suli", "'砀山' & 'suli':*"), ("", "")],
)
def test_how_much_a_word_finds_is_guessed_by_one_of_its_pairs(text: str, rough: str) -> None:
    """The pairs of a word stand together: shares of them multiplied would make of something frequent something rare."""
    asked = query(text)
    assert asked is not None
    assert asked.rough == rough


def test_a_typed_mark_is_only_its_letters() -> None:
    assert asked_for("@r341321") == "'r341321':*"


def test_a_place_is_found_under_all_that_lies_above_it() -> None:
    for code in ("341321", "341300", "340000"):
        assert found_by("", region_marks(code))
    assert not found_by("", region_marks("440000"))


def test_a_former_code_finds_what_stands_under_the_present_one() -> None:
    onions = Findable("specialty", ("章丘大葱",), (), "370114", "vegetable", (11, 12))
    assert found_by("", region_marks("370181"), thing=onions)


def test_a_season_is_found_by_each_of_its_months() -> None:
    assert found_by("", ["@m3"])
    assert not found_by("", ["@m6"])


def test_pinyin_takes_v_and_u_alike_for_lu() -> None:
    assert {"lvcha", "lucha"} <= set(pinyin_words("绿茶"))


@given(st.text(max_size=300))
@example("沙地巴旦木 nuts")
def test_any_text_makes_a_query_of_safe_words_only(text: str) -> None:
    asked = asked_for(text)
    if asked:
        quoted = asked.split("'")
        assert all(set(outside) <= set(" &|():*") for outside in quoted[::2])
        assert not set("' \\&|!()<>:") & set("".join(quoted[1::2]))
    assert all(run for run in runs(text))
