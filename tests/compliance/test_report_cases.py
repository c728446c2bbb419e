"""A report on the case worker's table: urgency, distance, every step, and what an upheld notice does to a filing."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.contracts.broadcast import FilingSubmitted
from services.kit import clock
from tests.apps import ServiceUnderTest, Tokens
from tests.compliance.cases import PEOPLE, Case, account_changed
from tests.compliance.tip import PROVINCE, Tips, reason
from tests.conftest import ServiceOf
from tests.papers import NOTICE

HARMLESS = "请查一查，好像有问题。"


@pytest.fixture
def tips(service: ServiceUnderTest, tokens: Tokens) -> Tips:
    return Tips(service, tokens)


async def soon_on_air(case: Case, hours: int = 3) -> None:
    """The Dangshan filing as it would be if its broadcast began in so many hours, by the present clock."""
    await case.prepare()
    await case.list_lots()
    starts_at = clock.now() + timedelta(hours=hours)
    await case.approve(starts_at=starts_at, ends_at=starts_at + timedelta(hours=2))


async def test_what_is_on_air_soon_comes_first_then_what_the_rule_found(case: Case, tips: Tips) -> None:
    await soon_on_air(case)
    neither = await tips.tip(kind="other", words=HARMLESS)
    found = await tips.tip()
    hurried = await tips.tip(kind="other", words=HARMLESS, about_kind="listing", about_id="LS-DANGSHAN-2019")
    both = await tips.tip(about_kind="broadcast", about_id="B-DANGSHAN")
    assert await tips.queue() == [both["id"], hurried["id"], found["id"], neither["id"]]


async def test_a_broadcast_of_next_week_is_no_hurry(case: Case, tips: Tips) -> None:
    await soon_on_air(case, hours=24 * 7)
    later = await tips.tip(kind="other", words=HARMLESS, about_kind="filing", about_id="F-DANGSHAN")
    found = await tips.tip()
    assert await tips.queue() == [found["id"], later["id"]]


async def test_the_queue_goes_on_page_by_page(tips: Tips) -> None:
    sent = {(await tips.tip(kind="other", words=f"{HARMLESS}{number}"))["id"] for number in range(5)}
    seen: list[str] = []
    cursor = ""
    for _ in range(3):
        answer = await tips.service.client.get(f"/reports?limit=2{cursor}", headers=tips.inspector())
        seen += [item["id"] for item in answer.json()["items"]]
        cursor = f"&cursor={answer.json()['next']}"
    assert (len(seen), set(seen)) == (5, sent)
    assert (await tips.service.client.get("/reports?cursor=nonsense", headers=tips.inspector())).status_code == 422


async def test_strangers_and_other_roles_and_regions_see_no_report(tips: Tips) -> None:
    told = await tips.tip()
    path = f"/reports/{told['id']}"
    assert (await tips.service.client.get(path)).status_code == 401
    assert (await tips.service.client.get("/reports", headers=tips.tokens.headers("operator"))).status_code == 403
    far = tips.inspector("610000")
    assert (await tips.service.client.get(path, headers=far)).status_code == 404
    assert (await tips.service.client.get("/reports", headers=far)).json()["items"] == []


async def test_nobody_of_the_reported_organ_or_government_or_case_sees_or_touches_it(case: Case, tips: Tips) -> None:
    await soon_on_air(case)
    named = await tips.tip(organ="安徽省 市场监督管理局")
    assert await tips.queue() == []
    assert (await tips.case(named["id"], 403))["type"].endswith("/own-case")
    await tips.do(named["id"], "acknowledge", status=403)

    about = await tips.tip(about_kind="broadcast", about_id="B-DANGSHAN")
    for role in ("operator", "official", "approver", "verifier", "certifier"):
        person, organ = PEOPLE[role]
        await tips.case(about["id"], 403, person=person, organ="another organ")
        if role in ("operator", "official"):
            await tips.case(about["id"], 403, person="p-somebody", organ=organ.name)
    assert about["id"] not in await tips.queue(person="p-operator")

    county = account_changed(
        "county-inspector",
        "p-county",
        PEOPLE["verifier"][1].model_copy(update={"name": "砀山县纪委监委", "region_code": "341321", "level": "county"}),
    )
    await tips.service.hear(county)
    own = {"account_id": "county-inspector", "person": "p-county", "organ": "砀山县纪委监委"}
    await tips.case(about["id"], 403, **own)
    assert await tips.queue(**own) == []
    assert about["id"] in await tips.queue(organ="another organ")


async def test_an_upheld_notice_blocks_the_scheduled_filing_it_names_at_once(case: Case, tips: Tips) -> None:
    await soon_on_air(case)
    (scheduled,) = await case.decisions("filing")
    assert "notice.apportion" not in [each["rule"] for each in scheduled["not_passed"]]
    told = await tips.tip(("n.txt", NOTICE.encode()), words="我叫张三。", about_kind="broadcast", about_id="B-DANGSHAN")
    table = await tips.case(told["id"])
    assert (table["proposed_text"], table["about"]["title_zh"]) == (NOTICE, "砀山酥梨直播")

    await tips.do(told["id"], "uphold", reason(published_text=table["proposed_text"]))
    assert await case.ask_what_is_due() == 1

    blocked = (await case.decisions("filing"))[-1]
    (failed,) = [each for each in blocked["not_passed"] if each["rule"] == "notice.apportion"]
    assert (blocked["binding"], blocked["outcome"], failed["hard"]) == (True, "fail", True)
    decision = await case.decision(blocked["entity_id"])
    (notice,) = [text for text in decision["facts"]["texts"] if text["kind"] == "notice"]
    assert (notice["text"], notice["name"]) == (NOTICE, f"举报 {told['id']}")
    assert "张三" not in str(decision)
    assert (await tips.follow(told["code"]))["outcome"]["reason_zh"] == reason()["reason_zh"]


async def test_a_filing_that_is_sent_in_again_still_meets_the_upheld_notice_until_it_is_corrected(
    case: Case, tips: Tips
) -> None:
    await soon_on_air(case)
    told = await tips.tip(about_kind="listing", about_id="LS-DANGSHAN-2019")
    await tips.do(told["id"], "uphold", reason(published_text=NOTICE))
    starts_at = clock.now() + timedelta(days=9)
    await case.service.hear(
        case.filing(FilingSubmitted, 3, starts_at=starts_at, ends_at=starts_at + timedelta(hours=1))
    )
    preview = (await case.decisions("filing"))[-1]
    assert "notice.apportion" in [each["rule"] for each in preview["not_passed"] if each["result"] == "fail"]

    corrected = await tips.do(told["id"], "correct", {"reason_zh": "通知已撤回并公开致歉。"})
    assert corrected["corrected_at"]
    await case.ask_what_is_due()
    cured = (await case.decisions("filing"))[-1]
    assert "notice.apportion" not in [each["rule"] for each in cured["not_passed"]]
    again = await tips.do(told["id"], "correct", reason(), 409)
    assert again["type"].endswith("/report-move-refused")


async def test_an_inspector_links_a_report_that_names_nothing_to_a_broadcast_under_way(case: Case, tips: Tips) -> None:
    await soon_on_air(case)
    told = await tips.tip()
    (choice,) = (await tips.case(told["id"]))["choices"]
    body = reason(about_kind="broadcast", about_id=choice["broadcast_id"], published_text=NOTICE)
    await tips.do(told["id"], "uphold", body)
    await case.ask_what_is_due()
    assert (await case.decisions("filing"))[-1]["outcome"] == "fail"
    upheld = await tips.service.client.get("/reports/upheld?about_kind=broadcast&about_id=B-DANGSHAN")
    assert [item["id"] for item in upheld.json()["items"]] == [told["id"]]


async def test_a_notice_is_upheld_only_with_words_that_everybody_may_read_and_numbers_of_people_are_covered(
    tips: Tips,
) -> None:
    told = await tips.tip()
    refused = await tips.do(told["id"], "uphold", reason(), 422)
    assert refused["errors"][0]["field"] == "published_text"
    await tips.do(told["id"], "uphold", reason(published_text=f"{NOTICE}联系人13812345678。"))
    (public,) = (await tips.service.client.get("/reports/upheld")).json()["items"]
    assert "138********" in public["published_text"]
    assert (public["reason_en"], public["organ"]) == (reason()["reason_en"], PROVINCE["name"])


async def test_a_report_that_is_not_upheld_or_forwarded_tells_the_reporter_why(tips: Tips) -> None:
    first, second = await tips.tip(kind="other", words=HARMLESS), await tips.tip(organ="砀山县商务局")
    await tips.do(first["id"], "dismiss", reason(reason_zh="未发现问题。"))
    own = await tips.do(second["id"], "forward", reason(organ="砀山县商务局"), 403)
    assert own["type"].endswith("/own-case")
    await tips.do(second["id"], "forward", reason(organ="安徽省纪委监委"))
    outcomes = [(await tips.follow(each["code"]))["outcome"] for each in (first, second)]
    assert [outcome["state"] for outcome in outcomes] == ["not_upheld", "forwarded"]
    assert (outcomes[0]["reason_zh"], outcomes[1]["forwarded_to"]) == ("未发现问题。", "安徽省纪委监委")
    assert (await tips.service.client.get("/reports/upheld")).json()["items"] == []


async def test_a_question_is_asked_and_answered_without_knowing_each_other(tips: Tips) -> None:
    told = await tips.tip(words="我们单位在摊派。")
    await tips.do(told["id"], "ask", {"question": "通知是哪一天发的？"})
    asked = await tips.follow(told["code"])
    assert (asked["state"], asked["question"]) == ("asked", "通知是哪一天发的？")
    answered = await tips.add(told["code"], words="5月8日。")
    assert (answered["state"], answered["question"]) == ("acknowledged", None)
    entries = (await tips.case(told["id"]))["entries"]
    assert [(entry["by"], entry["action"]) for entry in entries if entry["by"] != "gate"] == [
        ("reporter", "received"),
        ("organ", "asked"),
        ("reporter", "answered"),
    ]
    assert entries[-2]["words"] == ["5月8日。"]


async def test_the_same_file_is_shown_and_a_merged_report_ends_as_the_other_one(tips: Tips) -> None:
    lead = await tips.tip(("a.txt", NOTICE.encode()))
    twin = await tips.tip(("b.txt", NOTICE.encode("gb18030")))
    other = await tips.tip(("c.txt", HARMLESS.encode()))
    assert [each["id"] for each in (await tips.case(twin["id"]))["duplicates"]] == [lead["id"]]
    await tips.do(other["id"], "merge", {"into": twin["id"]})
    await tips.do(twin["id"], "merge", {"into": lead["id"]})
    await tips.do(lead["id"], "merge", {"into": twin["id"]}, 409)
    await tips.do(lead["id"], "merge", {"into": lead["id"]}, 409)
    await tips.do(lead["id"], "merge", {"into": "RNOBODY"}, 404)
    assert (await tips.follow(other["code"]))["outcome"] is None
    await tips.do(lead["id"], "uphold", reason(published_text=NOTICE))
    assert [(await tips.follow(each["code"]))["state"] for each in (lead, twin, other)] == ["upheld"] * 3
    assert [item["id"] for item in (await tips.service.client.get("/reports/upheld")).json()["items"]] == [lead["id"]]


async def test_what_is_decided_stays_decided(tips: Tips) -> None:
    told = await tips.tip()
    await tips.do(told["id"], "acknowledge")
    assert (await tips.do(told["id"], "acknowledge", status=409))["type"].endswith("/report-move-refused")
    await tips.do(told["id"], "dismiss", reason())
    for move, body in (("uphold", reason(published_text=NOTICE)), ("ask", {"question": "?"}), ("dismiss", reason())):
        assert (await tips.do(told["id"], move, body, 409))["type"].endswith("/report-closed")
    assert (await tips.add(told["code"], words="还有", status=409))["type"].endswith("/report-closed")
    await tips.do(told["id"], "correct", reason(), 409)


async def test_words_of_a_stranger_come_back_as_they_were_written_and_never_as_markup(tips: Tips) -> None:
    words = "<script>alert(1)</script>"
    told = await tips.tip(words=words)
    assert (await tips.case(told["id"]))["texts"][0]["pieces"] == [[words, False]]


async def test_the_history_of_a_case_is_only_added_to(tips: Tips) -> None:
    await tips.tip()
    for statement in ("DELETE FROM compliance.report_entry", "UPDATE compliance.report_entry SET action = 'x'"):
        async with tips.service.database.sessions() as db:
            with pytest.raises(DBAPIError, match="only added to"):
                await db.execute(sa.text(statement))
            await db.rollback()


async def test_two_inspectors_at_once_decide_a_report_once(committing_service_app: ServiceOf, tokens: Tokens) -> None:
    service = await committing_service_app("compliance")
    tips = Tips(service, tokens)
    told = await tips.tip()

    async def decide(move: str, body: Any) -> int:
        path = f"/reports/{told['id']}/{move}"
        return (await service.client.post(path, json=body, headers=tips.inspector())).status_code

    answers = await asyncio.gather(decide("dismiss", reason()), decide("uphold", reason(published_text=NOTICE)))
    assert sorted(answers) == [200, 409]
