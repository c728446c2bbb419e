"""Ask the gate: a question typed by anybody, the answer on a page that can be shown to others, and the marked words."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.views import asking, decisions
from gateway.views.asking import NotFacts
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house

RULES = ["notice.apportion", "adm.company_text", "text.official_image", "fm.event", "fm.authority"]


@pytest.fixture
async def house(service_app: ServiceOf, tmp_path: Path) -> AsyncIterator[House]:
    gate = await service_app("compliance")
    async with open_house({"compliance": gate.app}, tmp_path) as opened:
        yield opened


async def ask(house: House, about: str, **fields: Any) -> Any:
    headers = {"Origin": "http://sunfair.test"}
    return await house.client.post(f"/en/ask?about={about}", data=fields, headers=headers)


async def test_a_notice_is_asked_about_and_its_words_are_marked(house: House) -> None:
    text = "各单位干部职工自愿购买，每人不少于50元。"
    asked = await ask(house, "text", kind="notice", text=text, at="2020-05-09T09:00")
    assert asked.status_code == 303, asked.text
    page = await house.client.get(asked.headers["location"])
    assert page.status_code == 200
    assert "notice.apportion" in page.text
    marked = re.findall(r'<mark class="marked__fail">([^<]+)</mark>', page.text)
    assert "不少于50元" in "".join(marked)
    assert "A trial" in page.text


async def test_an_event_is_asked_about(house: House) -> None:
    asked = await ask(house, "event", **{"event.event_type": "market_glut", "subject.region_code": "469024"})
    page = await house.client.get(asked.headers["location"])
    assert "fm.event" in page.text
    assert "The gate blocks it" in page.text


async def test_facts_are_asked_about_as_data(house: House) -> None:
    asked = await ask(house, "facts", stage="listing", facts='{"suppliers": []}')
    page = await house.client.get(asked.headers["location"])
    assert "adm.suppliers" in page.text


@pytest.mark.parametrize(
    ("about", "fields", "said"),
    [
        ("text", {"kind": "notice", "text": ""}, "Fill this in."),
        ("text", {"text": "x"}, "Fill this in."),
        ("facts", {"stage": "listing", "facts": "[1]"}, "This is no JSON object."),
        ("facts", {"stage": "listing", "facts": "{" * 3000}, "This is no JSON object."),
        ("facts", {"stage": "listing", "facts": '{"suplliers": []}'}, "did you mean `suppliers`?"),
        ("facts", {"stage": "nothing", "facts": "{}"}, "stage"),
        ("event", {"event.event_type": "market_glut", "subject.region_code": "34"}, "subject.region_code"),
        ("event", {"event.event_type": "market_glut", "event.occurred_at": "soon"}, "Write a day and a time"),
        ("text", {"kind": "notice", "text": "好", "at": "2199-01-01T00:00"}, "366 days"),
    ],
)
async def test_a_question_that_cannot_be_asked_is_shown_again_with_what_to_do(
    house: House, about: str, fields: dict[str, str], said: str
) -> None:
    answer = await ask(house, about, **fields)
    assert answer.status_code == 422
    assert said in answer.text.replace("&#39;", "'")


async def test_another_site_cannot_ask_in_a_visitors_name(house: House) -> None:
    elsewhere = await house.client.post("/en/ask?about=text", data={}, headers={"Origin": "https://elsewhere.example"})
    assert elsewhere.status_code == 403


async def test_what_was_pasted_never_becomes_markup(house: House) -> None:
    text = "<script>alert(1)</script>各单位干部职工每人不少于50元购买。"
    asked = await ask(house, "text", kind="notice", text=text)
    page = await house.client.get(asked.headers["location"])
    assert "<script>alert" not in page.text
    assert "&lt;script&gt;alert" in page.text


def test_rules_that_do_not_exist_yet_are_not_asked() -> None:
    asked = asking.question("text", {"kind": "title", "text": "梨"}, ["adm.company_text"])
    assert asked["rules"] == ["adm.company_text"]
    with pytest.raises(NotFacts):
        asking.question("facts", {"stage": "listing", "facts": "12"}, RULES)


def test_overlapping_spans_are_marked_once_with_the_graver_result() -> None:
    def result(kind: str, start: int, end: int) -> dict[str, Any]:
        return {"result": kind, "evidence": [{"fact": "texts[0]", "quote": "x", "start": start, "end": end}]}

    class Plain:
        language = "en"

        def _(self, message: str, **values: Any) -> str:
            return message

    decision = {
        "facts": {"texts": [{"kind": "notice", "text": "0123456789"}]},
        "results": [result("review", 1, 4), result("fail", 3, 6), result("pass", 8, 9)],
    }
    (text,) = decisions.marked_texts(Plain(), decision)
    assert [(piece["text"], piece["tone"]) for piece in text["pieces"]] == [
        ("0", None),
        ("12345", "fail"),
        ("6789", None),
    ]
