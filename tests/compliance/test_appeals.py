"""Appeals: who may appeal, within which time, who decides, and what a granted one does; a block is never paused."""

from datetime import timedelta
from typing import Any

from tests.apps import instant
from tests.compliance.cases import APPROVED, PEOPLE, Case
from tests.compliance.rules.documents import document
from tests.compliance.second import ORGANS, REASON, REASONED, RULE, inspector, named_company, proposed, reviewer
from tests.compliance.test_lots import SUSPENDED, producer
from tests.compliance.test_reviews import held, word

PATH = "/decisions/{}/appeals"
UNIT = {"rule": "price.label", "reason_code": "missing_fact:lot.price_unit"}


def appellant(case: Case, role: str = "operator", *scopes: str, key: str = "k", **claims: Any) -> dict[str, str]:
    given = {"at": APPROVED, **claims}
    return case.headers(role, *scopes, **given) | {"Idempotency-Key": f"{role}-{key}"}


def grounds(**changes: Any) -> dict[str, Any]:
    return {"rule": RULE, "reason_code": REASON, "grounds_zh": "文字中的名称是虚构示例。"} | changes


def verdict(outcome: str, **changes: Any) -> dict[str, Any]:
    return {"outcome": outcome, "reason_zh": "经复核，理由如下。", "reason_en": "Looked at again."} | changes


async def opened(case: Case, decision_id: str, **changes: Any) -> dict[str, Any]:
    return await case.post(PATH.format(decision_id), grounds(**changes), appellant(case))


async def hard(case: Case) -> dict[str, Any]:
    """A lot that a hard rule fails."""
    await case.prepare()
    facts = document()
    facts["seller"]["serious_dishonesty"] = True
    await case.list_lots(facts=facts)
    return (await case.decisions("lot"))[-1]


async def test_an_appeal_has_a_deadline_in_working_days_and_pauses_nothing(case: Case) -> None:
    lot = await named_company(case)
    appeal = await opened(case, lot["entity_id"])
    assert (appeal["state"], appeal["mine"], appeal["overdue"]) == ("open", True, False)
    assert instant(appeal["decide_by"]) == instant("2020-03-04T18:00:00")
    assert appeal["calendar"] == "final"
    assert len(await case.decisions("lot")) == 1


async def test_it_comes_within_ten_working_days_of_the_decision(case: Case) -> None:
    lot = await named_company(case)
    last = instant("2020-03-06T18:00:00")
    late = appellant(case, at=last + timedelta(minutes=1), key="late")
    refused = await case.post(PATH.format(lot["entity_id"]), grounds(), late, 409)
    assert refused["type"].endswith("/appeal-too-late")
    assert instant(refused["until"]) == last
    await case.post(PATH.format(lot["entity_id"]), grounds(), appellant(case, at=last))


async def test_those_concerned_may_appeal_and_nobody_else(case: Case) -> None:
    lot = await named_company(case)
    path = PATH.format(lot["entity_id"])
    await case.post(path, grounds(), reviewer(case), 403)
    await case.post(path, grounds(), appellant(case, "operator", "610000", key="far"), 403)
    assert (await case.service.client.post(path, json=grounds())).status_code == 401
    official = await case.post(path, grounds(), appellant(case, "official"))
    assert official["appellant_role"] == "official"


async def test_the_platform_may_appeal_without_a_region(case: Case) -> None:
    lot = await named_company(case)
    headers = case.tokens.headers("platform", at=APPROVED, account_id="platform", person="p-platform")
    made = await case.post(PATH.format(lot["entity_id"]), grounds(), headers | {"Idempotency-Key": "p"})
    assert (made["appellant_role"], made["region_code"]) == ("platform", "341321")


async def test_a_review_is_answered_and_not_appealed_against(case: Case) -> None:
    lot = await held(case)
    refused = await case.post(PATH.format(lot["entity_id"]), grounds(**UNIT), appellant(case), 409)
    assert refused["type"].endswith("/not-appealable")


async def test_a_decision_is_appealed_once_unless_the_appeal_was_withdrawn(case: Case) -> None:
    lot = await named_company(case)
    appeal = await opened(case, lot["entity_id"])
    twice = await case.post(PATH.format(lot["entity_id"]), grounds(), appellant(case, key="2"), 409)
    assert twice["type"].endswith("/appeal-answered")
    others = appellant(case, "official", key="w")
    await case.post(f"/appeals/{appeal['id']}/withdraw", {}, others, 403)
    gone = await case.post(f"/appeals/{appeal['id']}/withdraw", {"reason_zh": "已改正"}, appellant(case, key="w"), 200)
    assert gone["state"] == "withdrawn"
    again = await case.post(PATH.format(lot["entity_id"]), grounds(), appellant(case, key="3"))
    assert again["state"] == "open"


async def test_an_unknown_file_is_named(case: Case) -> None:
    lot = await named_company(case)
    files = [{"sha256": "0" * 64, "name": "证明.pdf"}]
    refused = await case.post(PATH.format(lot["entity_id"]), grounds(files=files), appellant(case), 409)
    assert [error["field"] for error in refused["errors"]] == ["files.0.sha256"]
    blobs = case.service.app.state.surroundings.blobs
    strangers = await blobs.put("别人的文件".encode(), ["610000"])
    files = [{"sha256": strangers, "name": "别人的.pdf"}]
    await case.post(PATH.format(lot["entity_id"]), grounds(files=files), appellant(case, key="s"), 409)
    digest = await blobs.put("证明".encode(), ["340000"])
    made = await case.post(
        PATH.format(lot["entity_id"]), grounds(files=[{"sha256": digest, "name": "证明.pdf"}]), appellant(case, key="f")
    )
    assert made["files"] == [{"sha256": digest, "name": "证明.pdf"}]


async def test_an_upheld_one_leaves_the_answer_as_it_is(case: Case) -> None:
    lot = await named_company(case)
    appeal = await opened(case, lot["entity_id"])
    path = f"/appeals/{appeal['id']}/decide"
    decided = await case.post(path, verdict("upheld"), reviewer(case), 200)
    assert (decided["state"], decided["effect"], decided["decided_by_organ"]) == ("upheld", "stands", ORGANS["first"])
    assert len(await case.decisions("lot")) == 1
    late = await case.post(path, verdict("granted"), reviewer(case, "second"), 409)
    assert late["type"].endswith("/appeal-answered")


async def test_a_granted_one_against_a_soft_fail_begins_an_override_that_still_needs_its_second(case: Case) -> None:
    lot = await named_company(case)
    appeal = await opened(case, lot["entity_id"])
    decided = await case.post(f"/appeals/{appeal['id']}/decide", verdict("granted"), reviewer(case), 200)
    assert decided["effect"] == "override"
    assert len(await case.decisions("lot")) == 1
    path = f"/overrides/{decided['override_id']}/confirm"
    await case.post(path, REASONED, reviewer(case, key="own"), 403)
    await case.post(path, REASONED, reviewer(case, "second"), 200)
    assert (await case.decisions("lot"))[-1]["outcome"] == "pass"


async def test_a_granted_one_joins_an_override_that_waits_already(case: Case) -> None:
    lot = await named_company(case)
    first = await proposed(case, lot["entity_id"])
    appeal = await opened(case, lot["entity_id"])
    near = await case.post(f"/appeals/{appeal['id']}/decide", verdict("granted"), reviewer(case, key="own"), 403)
    assert near["type"].endswith("/own-case")
    decided = await case.post(f"/appeals/{appeal['id']}/decide", verdict("granted"), reviewer(case, "second"), 200)
    assert decided["override_id"] == first["id"]


async def test_a_granted_one_against_a_refused_review_accepts_it(case: Case) -> None:
    lot = await held(case)
    refused = await case.post(f"/decisions/{lot['entity_id']}/review", word("refused"), reviewer(case, key="word"))
    appeal = await opened(case, refused["decision_id"], **UNIT)
    path = f"/appeals/{appeal['id']}/decide"
    own = await case.post(path, verdict("granted"), reviewer(case, key="own"), 403)
    assert own["type"].endswith("/own-case")
    decided = await case.post(path, verdict("granted"), reviewer(case, "second"), 200)
    assert decided["effect"] == "resolution"
    newest = await case.decision(decided["new_decision_id"])
    assert newest["outcome"] == "pass"
    label = next(result for result in newest["results"] if result["rule"] == "price.label")
    assert label["resolved_by"]["organ"] == ORGANS["second"]


async def test_of_a_hard_fail_only_the_facts_can_be_corrected(case: Case) -> None:
    lot = await hard(case)
    (failed,) = lot["not_passed"]
    appeal = await opened(case, lot["entity_id"], rule=failed["rule"], reason_code=failed["reason_code"])
    assert appeal["hard"] is True
    body = verdict("granted", reason_zh="失信记录已移出，请更正经营者信息后重新提交。")
    decided = await case.post(f"/appeals/{appeal['id']}/decide", body, reviewer(case), 200)
    assert (decided["state"], decided["effect"], decided["override_id"]) == ("granted", "correct_facts", None)
    assert len(await case.decisions("lot")) == 1
    assert (await case.service.client.get("/overrides", headers=reviewer(case))).json()["items"] == []


async def test_the_decider_is_of_another_organ_than_all_who_acted(case: Case) -> None:
    lot = await named_company(case)
    appeal = await opened(case, lot["entity_id"])
    path = f"/appeals/{appeal['id']}/decide"
    for role in ("operator", "registrar", "verifier"):
        near = reviewer(case, organ=PEOPLE[role][1].name, key=role)
        assert (await case.post(path, verdict("granted"), near, 403))["type"].endswith("/own-case")
    far = reviewer(case, "first", "610000", key="far")
    assert (await case.post(path, verdict("granted"), far, 403))["type"].endswith("/wrong-region")
    await case.post(path, verdict("granted"), appellant(case, key="role"), 403)


async def test_a_case_that_has_moved_on_leaves_nothing_to_lift(case: Case) -> None:
    lot = await named_company(case)
    appeal = await opened(case, lot["entity_id"])
    await case.list_lots(version=2)
    assert (await case.decisions("lot"))[-1]["outcome"] == "pass"
    decided = await case.post(f"/appeals/{appeal['id']}/decide", verdict("granted"), reviewer(case), 200)
    assert (decided["state"], decided["effect"]) == ("granted", "moot")
    old = await case.post(PATH.format(lot["entity_id"]), grounds(), appellant(case, key="old"), 409)
    assert old["type"].endswith("/decision-superseded")


async def test_it_is_listed_by_deadline_for_those_who_may_read_it(case: Case) -> None:
    lot = await named_company(case)
    appeal = await opened(case, lot["entity_id"])
    for headers in (reviewer(case), inspector(case), appellant(case), appellant(case, "official")):
        listed = (await case.service.client.get("/appeals?state=open", headers=headers)).json()["items"]
        assert [item["id"] for item in listed] == [appeal["id"]]
        assert (await case.service.client.get(f"/appeals/{appeal['id']}", headers=headers)).status_code == 200
    subject = lot["about"]["id"]
    for about in (subject, lot["about"]["parent_id"]):
        found = await case.service.client.get(f"/appeals?subject={about}", headers=appellant(case))
        assert len(found.json()["items"]) == 1
    far = appellant(case, "operator", "610000", account_id="far", person="p-far")
    assert (await case.service.client.get("/appeals", headers=far)).json()["items"] == []
    assert (await case.service.client.get(f"/appeals/{appeal['id']}", headers=far)).status_code == 404
    assert (await case.service.client.get("/appeals")).status_code == 401


async def test_the_public_reads_how_appeals_end_and_how_many_are_late(case: Case) -> None:
    lot = await named_company(case)
    appeal = await opened(case, lot["entity_id"])
    headers = case.headers("operator", at=APPROVED + timedelta(days=30))
    counts = (await case.service.client.get("/appeals/counts", headers=headers)).json()
    assert counts["demonstrations"] | {"open": 1, "overdue": 1, "opened": 1} == counts["demonstrations"]
    assert (counts["figures"]["opened"], counts["file_working_days"], counts["decide_working_days"]) == (0, 10, 5)
    late = reviewer(case, at=APPROVED + timedelta(days=20))
    await case.post(f"/appeals/{appeal['id']}/decide", verdict("upheld"), late, 200)
    counts = (await case.service.client.get("/appeals/counts")).json()
    assert counts["demonstrations"] | {"upheld": 1, "late": 1, "open": 0} == counts["demonstrations"]


async def test_the_numbers_of_procedure_are_published_with_their_days(case: Case) -> None:
    found = (await case.service.client.get("/procedure?at=2020-03-02")).json()
    named = {each["name"]: each["values"][0]["value"] for each in found["parameters"]}
    assert named == {
        "people.appeal.decide_working_days": 5,
        "people.appeal.file_working_days": 10,
        "people.override.valid_days": 30,
        "people.reply.answer_working_days": 10,
        "people.reply.decide_working_days": 10,
    }


async def suspended(case: Case) -> dict[str, Any]:
    """The decision that took down the lot of a producer whom the inspector suspended."""
    await case.prepare()
    await case.list_lots()
    await case.service.hear(producer(1, SUSPENDED))
    await case.ask_what_is_due()
    return (await case.decisions("lot"))[-1]


SUSPENSION = {"rule": "quality.seller", "reason_code": "seller_suspended"}
OVERTURNED = "compliance.suspension.overturned"


async def test_a_granted_one_against_a_suspension_tells_whose_it_is_to_end_it(case: Case) -> None:
    lot = await suspended(case)
    appeal = await opened(case, lot["entity_id"], **SUSPENSION)
    decided = await case.post(f"/appeals/{appeal['id']}/decide", verdict("granted"), reviewer(case, "second"), 200)
    assert decided["effect"] == "suspension_lifted"
    (told,) = await case.service.said(OVERTURNED)
    assert told["suspension"] == SUSPENDED.model_dump(mode="json")
    assert (told["producer_id"], told["entity_id"], told["version"]) == ("P-A", appeal["id"], decided["version"])
    assert (told["decided_by_organ"], told["reason_en"]) == (ORGANS["second"], "Looked at again.")
    await case.service.hear(producer(2, None))
    await case.ask_what_is_due()
    assert (await case.decisions("lot"))[-1]["outcome"] == "pass"


async def test_an_upheld_one_leaves_the_suspension(case: Case) -> None:
    lot = await suspended(case)
    appeal = await opened(case, lot["entity_id"], **SUSPENSION)
    await case.post(f"/appeals/{appeal['id']}/decide", verdict("upheld"), reviewer(case, "second"), 200)
    assert await case.service.said(OVERTURNED) == []


async def test_the_office_that_suspended_does_not_decide_the_appeal(case: Case) -> None:
    lot = await suspended(case)
    appeal = await opened(case, lot["entity_id"], **SUSPENSION)
    own = reviewer(case, organ=SUSPENDED.office)
    refused = await case.post(f"/appeals/{appeal['id']}/decide", verdict("granted"), own, 403)
    assert refused["type"].endswith("/own-case")


async def test_a_suspension_lifted_meanwhile_leaves_nothing_to_lift(case: Case) -> None:
    lot = await suspended(case)
    appeal = await opened(case, lot["entity_id"], **SUSPENSION)
    await case.service.hear(producer(2, None))
    decided = await case.post(f"/appeals/{appeal['id']}/decide", verdict("granted"), reviewer(case, "second"), 200)
    assert decided["effect"] == "moot"
    assert await case.service.said(OVERTURNED) == []
