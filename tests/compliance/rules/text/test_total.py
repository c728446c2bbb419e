"""Whatever a text contains, the text rules answer, and every quotation is taken from where it says."""

from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from services.compliance.rules import decide, parse_facts
from tests.compliance.rules.corpus_report import RULES, entries

AT = datetime.fromisoformat("2020-05-09T09:00:00+08:00")
FRAGMENTS = [
    *(
        "每人",
        "不少于",
        "50元",
        "购买",
        "，",
        "。",
        "\n",
        " ",
        "严禁",
        "县长",
        "推荐",
        "“",
        "”",
        "牌",
        "有限公司",
        "（一）",
        "１",
        "①",
    ),
    *(
        "要求",
        "任务",
        "考核",
        "某某",
        "果业",
        "同款",
        "@",
        "®",
        "\u200b",
        "县",
        "\ud7ff",
        "𠮷",
        "1" * 18,
        "?",
        "：",
        "各单位",
        "5000",
    ),
]
TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=40).map("".join)


def evidence_of(kind: str, text: str) -> list[tuple[str, int, int]]:
    facts = parse_facts({"texts": [{"kind": kind, "text": text}], "suppliers": [], "context": {}, "media": []})
    results = [decide(facts, stage, AT, [rule]).result_of(rule) for rule, stage in RULES.items()]
    items = [item for result in results for item in result["evidence"] if item["quote"] is not None]
    return [(item["quote"], item["start"], item["end"]) for item in items]


@settings(max_examples=150, deadline=None)
@given(TEXTS, st.sampled_from(["notice", "description", "script"]))
def test_any_text_has_an_answer_whose_quotes_are_in_it(text: str, kind: str) -> None:
    for quote, start, end in evidence_of(kind, text):
        assert text[start:end] == quote


def test_every_guilty_text_of_the_corpus_is_quoted_where_it_says() -> None:
    for entry in entries("seen"):
        for quote, start, end in evidence_of(entry["kind"], entry["text"]):
            assert entry["text"][start:end] == quote
