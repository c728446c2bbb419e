"""The scenarios that words alone decide: the Chenggu notice, its apology, and names in the panel and out of it."""

from datetime import datetime

from services.compliance.rules import Answer, Stage, decide, parse_facts
from tests.compliance.rules.documents import changed, document

MARCH = datetime.fromisoformat("2020-03-02T09:00:00+08:00")
NOTICE = (
    "各镇（街道）、县级各部门：活动定于5月9日举行。要求全县帮扶干部通过线上下单或线下认购的方式，"
    "购买直播带货农产品每人不少于50元。"
)
APOLOGY = (
    "《通知》中“要求全县帮扶干部购买直播带货农产品每人不少于50元”的要求是错误的，与自愿消费的原则不符。"
    "对此造成的不良影响，我们表示歉意，坚决杜绝在消费扶贫中给干部职工下任务、搞摊派的错误行为。"
)


def ask(stage: Stage, **text: str) -> Answer:
    return decide(parse_facts(changed(document(), {"texts[+]": text})), stage, MARCH)


def failing(answer: Answer) -> list[str]:
    return [result["rule"] for result in answer.results if result["result"] == "fail"]


def test_s4_the_notice_blocks_the_whole_broadcast_and_is_quoted() -> None:
    answer = ask("filing", kind="notice", text=NOTICE)
    assert (answer.outcome, failing(answer)) == ("fail", ["notice.apportion"])
    result = answer.result_of("notice.apportion")
    assert result["hard"]
    assert any("每人不少于50元" in item["quote"] for item in result["evidence"])
    assert "请撤回该通知" in result["remedy"]["zh"]


def test_s5_the_apology_passes() -> None:
    assert ask("filing", kind="correction", text=APOLOGY).outcome == "pass"


def test_s5_the_apology_passes_as_a_notice_too() -> None:
    assert ask("filing", kind="notice", text=APOLOGY).outcome == "pass"


def test_s16_a_company_in_the_seller_panel_passes_and_in_the_description_does_not() -> None:
    name = "某某果业有限公司"
    assert ask("listing", kind="seller_panel", text=name).outcome == "pass"
    assert failing(ask("listing", kind="description", text=name)) == ["adm.company_text"]
