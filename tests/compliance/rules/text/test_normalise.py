"""One spelling for many, and the exact way back to what was written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compliance.rules.text.normalise import normalise


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("每人不少于５０元，", "每人不少于50元,"),
        ("請 每 名 幹 部 購 買", "请每名干部购买"),
        ("每\u200b人\u2060不少于50元", "每人不少于50元"),
        ("书　记 推 荐", "书记推荐"),
        ("「梨花村」牌", "“梨花村”牌"),
        ("果然甜™", "果然甜®"),
        ("净重5㎏", "净重5kg"),
        ("砀山酥梨 新鲜水果", "砀山酥梨 新鲜水果"),
        ("pear 2020", "pear 2020"),
        ("每人不少于 50 元", "每人不少于50元"),
        ("每\n人\n不\n少\n于", "每人不少于"),
        ("最 佳口感", "最佳口感"),
        ("我们的梨最 佳口感", "我们的梨最佳口感"),
        ("我们的梨最-佳口感", "我们的梨最佳口感"),
        ("国·家·级品质", "国家级品质"),
        ("最🔥好吃", "最好吃"),
        ("第❶名", "第1名"),
        ("苐㊀名", "第一名"),
        ("國家級頂級貢品", "国家级顶级贡品"),
        ("壹号 貳號", "一号 二号"),
        ("砀山-酥梨", "砀山-酥梨"),
        ("一-三月", "一-三月"),
        ("每箱-斤", "每箱-斤"),
        ("糖度13°", "糖度13°"),
        ("一、活动时间\n二、活动要求", "一、活动时间\n二、活动要求"),
    ],
)
def test_many_spellings_are_read_as_one(written: str, read: str) -> None:
    assert normalise(written).text == read


def test_a_line_that_only_wraps_is_joined_and_a_paragraph_is_not() -> None:
    wrapped = "请各单位组织干部职工通过线上下单的方式购买直播带货农产品每人不少于\n50元。\n二、其他事项"
    assert "每人不少于50元。\n二、其他事项" in normalise(wrapped).text


def test_the_quote_is_what_was_written() -> None:
    words = normalise("请每 名 干 部 购 买 不少于 ５ ０ 元。")
    start = words.text.index("不少于")
    assert words.quote(start, start + len("不少于50元")) == "不少于 ５ ０ 元"


@given(st.text(max_size=200))
def test_every_character_leads_back_into_the_original(written: str) -> None:
    words = normalise(written)
    spans = [words.span(index, index + 1) for index in range(len(words.text))]
    assert all(0 <= start < end <= len(written) for start, end in spans)
    assert [start for start, _ in spans] == sorted(start for start, _ in spans)


@given(st.text(alphabet="每人不少于购买50元，。\n 　干部严禁", max_size=120))
def test_reading_twice_changes_nothing_more(written: str) -> None:
    once = normalise(written).text
    assert normalise(once).text.replace("\n", "").replace(" ", "") == once.replace("\n", "").replace(" ", "")
