"""Praise of an official is told from ordinary talk, however it is spelled, and the same praise has one wording."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from services.compliance.rules.text.praise import bare, collapsed, is_praise, wording
from tests.compliance.rules.documents import HERE, read_plain

LABELLED = read_plain(HERE / "corpus" / "praise.yaml")
# What may be strewn into a comment without changing what it says.
NOISE = st.sampled_from(["👍", "!", "。", " ", "\u200b", "~", "❤️", "…", "\ufeff"])


@pytest.mark.parametrize("text", LABELLED["praise"])
def test_praise_of_an_official_is_praise(text: str) -> None:
    assert is_praise(text)


@pytest.mark.parametrize("text", LABELLED["innocent"])
def test_talk_of_goods_greetings_and_complaints_are_none(text: str) -> None:
    assert not is_praise(text)


def test_the_list_is_balanced_and_repeats_nothing() -> None:
    praise, innocent = LABELLED["praise"], LABELLED["innocent"]
    assert min(len(praise), len(innocent)) >= 40
    assert len({*praise, *innocent}) == len(praise) + len(innocent)


def test_an_official_is_known_by_name_too() -> None:
    assert is_praise("赵某人真亲切", ["赵某人"])
    assert not is_praise("赵某人真亲切")
    assert not is_praise("赵某人推荐的梨真好", ["赵某人"])


@pytest.mark.parametrize(
    "text",
    [
        "领导好帅",
        "领导好帅!!",
        "领导好帅啊",
        "领导 好帅呀呀",
        "领导好帅６６６",
        "领导好帅领导好帅",
        "领导👍好帅了",
        "领岛好帅abc",
    ],
)
def test_the_same_praise_has_one_wording(text: str) -> None:
    assert wording(text) == "领导好帅"


def test_what_is_all_particles_keeps_its_wording() -> None:
    assert (wording("666"), wording("哈哈哈"), wording("👍")) == ("6", "哈", "")


@pytest.mark.parametrize(("text", "once"), [("", ""), ("aaa", "a"), ("abab", "ab"), ("aba", "aba"), ("ababa", "ababa")])
def test_what_repeats_is_written_once(text: str, once: str) -> None:
    assert collapsed(text) == once


@given(st.text(alphabet="ab", max_size=12).map(collapsed), st.integers(1, 4))
def test_repeating_a_comment_changes_nothing(text: str, times: int) -> None:
    # Where end and beginning are one character, they run together: bab twice is read as babab.
    assume(text[:1] != text[-1:] or len(text) < 2)
    assert collapsed(text * times) == text


@given(st.sampled_from(LABELLED["praise"] + LABELLED["innocent"]), st.lists(NOISE, max_size=30))
def test_noise_between_the_characters_changes_nothing(text: str, noise: list[str]) -> None:
    # Before a character that combines with the one before it nothing can be strewn in.
    strewn = "".join(character + (noise[place] if place < len(noise) else "") for place, character in enumerate(text))
    assert (bare(strewn), is_praise(strewn)) == (bare(text), is_praise(text))


@given(st.text(max_size=600))
def test_any_comment_is_read(text: str) -> None:
    is_praise(text)
    assert bare(bare(text)) == bare(text)
