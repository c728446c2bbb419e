"""Reviews: what waits for a person, who may speak, and what their word changes."""

from typing import Any

from tests.compliance.cases import APPROVED, PEOPLE, Case
from tests.compliance.rules.documents import document

PATH = "/decisions/{}/review"


def word(resolution: str = "accepted", **changes: Any) -> dict[str, Any]:
    """A reviewer's word on the unit of the price."""
    return {
        "rule": "price.label",
        "reason_code": "missing_fact:lot.price_unit",
        "resolution": resolution,
        "reason_zh": "实物标签已写明按箱计价。",
    } | changes


async def held(case: Case) -> dict[str, Any]:
    """A lot that is held because nobody stated the unit of its price."""
    await case.prepare()
    facts = document()
    del facts["lot"]["price_unit"]
    await case.list_lots(facts=facts)
    (lot,) = await case.decisions("lot")
    assert lot["outcome"] == "review"
    return lot


def reviewer(case: Case, *scopes: str, key: str = "k", **claims: Any) -> dict[str, str]:
    return case.headers("reviewer", *scopes, at=APPROVED, **claims) | {"Idempotency-Key": key}


async def test_what_waits_is_listed_for_the_reviewers_of_its_region(case: Case) -> None:
    lot = await held(case)
    mine = (await case.service.client.get("/reviews", headers=case.headers("reviewer", at=None))).json()["items"]
    assert [item["decision_id"] for item in mine] == [lot["entity_id"]]
    assert mine[0]["title_zh"] == "砀山酥梨 20190920-1"
    assert [(r["rule"], r["resolvable"]) for r in mine[0]["results"]] == [("price.label", True)]
    others = await case.service.client.get("/reviews", headers=case.headers("reviewer", "610000", at=None))
    assert others.json()["items"] == []
    await_operator = await case.service.client.get("/reviews", headers=case.headers("operator", at=None))
    assert await_operator.status_code == 403


async def test_an_accepted_review_lets_the_lot_pass_and_says_who_said_so(case: Case) -> None:
    lot = await held(case)
    new = await case.post(PATH.format(lot["entity_id"]), word(), reviewer(case))
    assert (new["outcome"], new["binding"]) == ("pass", True)
    label = next(result for result in new["results"] if result["rule"] == "price.label")
    assert label["resolved_by"]["organ"] == "安徽省市场监督管理局"
    assert label["resolved_by"]["decision_id"] == lot["entity_id"]
    assert (await case.decisions("lot"))[-1]["outcome"] == "pass"
    assert (await case.service.client.get("/reviews", headers=case.headers("reviewer", at=None))).json()["items"] == []
    replay = (await case.service.client.get(f"/decisions/{new['decision_id']}/replay")).json()
    assert replay["same"] is True


async def test_a_refused_review_fails_and_can_be_cured_by_facts_only(case: Case) -> None:
    lot = await held(case)
    new = await case.post(PATH.format(lot["entity_id"]), word("refused"), reviewer(case))
    assert (new["outcome"], new["results"][-1]["hard"]) == ("fail", False)
    again = await case.post(PATH.format(new["decision_id"]), word(), reviewer(case, key="k2"), 409)
    assert again["type"].endswith("/not-reviewable")


async def test_a_word_does_not_outlive_the_facts_it_was_about(case: Case) -> None:
    lot = await held(case)
    await case.post(PATH.format(lot["entity_id"]), word(), reviewer(case))
    facts = document()
    del facts["lot"]["price_unit"]
    facts["lot"]["price_fen"] = facts["lot"]["detail_price_fen"] = 2790
    await case.list_lots(version=2, facts=facts)
    assert (await case.decisions("lot"))[-1]["outcome"] == "review"


async def test_a_fail_is_never_overridden(case: Case) -> None:
    await case.prepare()
    facts = document()
    facts["seller"]["serious_dishonesty"] = True
    await case.list_lots(facts=facts)
    (lot,) = await case.decisions("lot")
    (result,) = lot["not_passed"]
    body = word(rule=result["rule"], reason_code=result["reason_code"])
    refused = await case.post(PATH.format(lot["entity_id"]), body, reviewer(case), 409)
    assert refused["type"].endswith("/not-reviewable")
    assert result["reason_en"] in refused["detail"]


async def test_a_gap_in_our_records_is_not_closed_by_a_word(case: Case) -> None:
    await case.know_people()
    await case.register(verified=False)
    await case.list_lots()
    (lot,) = await case.decisions("lot")
    body = word(rule="gate.records", reason_code="event_unverified")
    await case.post(PATH.format(lot["entity_id"]), body, reviewer(case), 409)


async def test_whoever_has_a_part_in_the_case_cannot_review_it(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    facts = case.approved_facts()
    del facts["filing"]["cost_fen"]
    await case.approve(facts=facts)
    (filing,) = await case.decisions("filing")
    (result,) = filing["not_passed"]
    body = word(rule=result["rule"], reason_code=result["reason_code"])
    path = PATH.format(filing["entity_id"])
    for role in ("operator", "official", "verifier", "certifier", "approver"):
        refused = await case.post(path, body, reviewer(case, person=PEOPLE[role][0], key=role), 403)
        assert refused["type"].endswith("/own-case")
    same_organ = reviewer(case, organ=PEOPLE["operator"][1].name, key="organ")
    assert (await case.post(path, body, same_organ, 403))["type"].endswith("/own-case")
    await case.post(path, body, reviewer(case, "610000", key="far"), 403)
    new = await case.post(path, body, reviewer(case, key="good"))
    assert new["outcome"] == "pass"
    assert "reviewer" in [person["role"] for person in new["facts"]["people"]]


async def test_a_superseded_decision_cannot_be_reviewed(case: Case) -> None:
    lot = await held(case)
    await case.post(PATH.format(lot["entity_id"]), word(), reviewer(case))
    late = await case.post(PATH.format(lot["entity_id"]), word(), reviewer(case, key="late"), 409)
    assert late["type"].endswith("/decision-superseded")
    repeated = await case.post(PATH.format(lot["entity_id"]), word(), reviewer(case))
    assert repeated["outcome"] == "pass"


async def test_a_preview_waits_for_the_approver_and_not_for_a_reviewer(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.submit()
    (preview,) = await case.decisions("filing")
    body = word(rule="official.filing", reason_code="awaiting_approval")
    await case.post(PATH.format(preview["entity_id"]), body, reviewer(case), 409)


async def test_a_review_needs_a_key(case: Case) -> None:
    lot = await held(case)
    headers = case.headers("reviewer", at=APPROVED)
    missing = await case.post(PATH.format(lot["entity_id"]), word(), headers, 400)
    assert missing["type"].endswith("/idempotency-key-missing")
