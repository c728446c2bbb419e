"""Who demands and who only speaks of a demand: prohibitions, corrections, news, lists and double negations."""

import pytest

from services.compliance.rules.text.normalise import normalise
from services.compliance.rules.text.sentences import sentences
from services.compliance.rules.text.stance import read_stance


def stance_at(written: str, word: str) -> str:
    text = normalise(written).text
    return read_stance(text, sentences(text)).stance(text.index(normalise(word).text))


@pytest.mark.parametrize(
    ("written", "word", "stance"),
    [
        ("请每人购买50元", "购买", "demand"),
        ("严禁要求职工购买", "购买", "disowned"),
        ("职工购买不得少于50元", "少于", "demand"),
        ("职工不得购买", "购买", "disowned"),
        ("不准不购买", "购买", "demand"),
        ("严禁少报漏报购买数量", "购买", "demand"),
        ("严禁下达指标，强制职工购买", "购买", "disowned"),
        ("严禁弄虚作假，各单位必须购买", "购买", "demand"),
        ("严禁摊派，将购买纳入考核", "购买", "doubtful"),
        ("通知中要求购买的内容是错误的", "购买", "disowned"),
        ("某县因要求职工购买被通报", "购买", "disowned"),
        ("未购买的将被通报", "购买", "demand"),
        ("如发现强制购买，请拨打电话举报", "购买", "disowned"),
        ("问：单位要求购买合规吗？", "购买", "disowned"),
        ("下列做法一律禁止：1.要求购买；2.要求转发", "转发", "disowned"),
        ("原要求有误，现更正为每人购买30元", "购买", "demand"),
    ],
)
def test_the_writer_stands_to_the_words_so(written: str, word: str, stance: str) -> None:
    assert stance_at(written, word) == stance


def test_a_list_of_forbidden_conduct_ends_where_another_heading_begins() -> None:
    written = "三、下列行为属于摊派：\n1.规定数量；\n2.提交截图。\n四、各单位购买30箱。"
    assert stance_at(written, "截图") == "disowned"
    assert stance_at(written, "购买") == "demand"


def test_an_earlier_order_is_only_reported_once_the_text_withdraws_it() -> None:
    written = "5月8日我办下发通知，要求每人购买50元。该要求是错误的，现予撤回。请各单位下单30箱。"
    assert stance_at(written, "购买") == "disowned"
    assert stance_at(written, "下单") == "demand"
