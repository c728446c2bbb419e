"""Referrals: a notice of apportionment opens one, inspectors outside of the case forward or close it."""

from typing import Any

import sqlalchemy as sa

from tests.compliance.cases import PEOPLE, Case
from tests.compliance.second import inspector, reviewer

NOTICE = {"kind": "notice", "name": "通知.txt", "text": "各单位：要求全县干部职工积极购买酥梨，每人不少于50元。"}
REASON = {"reason_zh": "通知规定了最低消费额，涉嫌摊派。", "reason_en": "A least purchase was laid on staff."}


async def referred(case: Case) -> dict[str, Any]:
    """A filing whose notice lays purchases on staff, and the referral that this opened."""
    await case.prepare()
    await case.list_lots()
    facts = case.approved_facts()
    facts["texts"] = [*facts["texts"], NOTICE]
    await case.submit(facts={**facts, "filing": {k: v for k, v in facts["filing"].items() if k != "approvals"}})
    (found,) = await listed(case)
    return found


async def listed(case: Case, query: str = "") -> list[dict[str, Any]]:
    answer = await case.service.client.get(f"/referrals{query}", headers=inspector(case))
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_failed_notice_opens_one_with_the_words_and_the_law_of_the_day(case: Case) -> None:
    found = await referred(case)
    assert (found["state"], found["rule"], found["demonstration"]) == ("open", "notice.apportion", True)
    assert any("每人不少于50元" in quote for quote in found["quotes"])
    assert "行政机关公务员处分条例" in [ground["law"] for ground in found["grounds"]]
    trail = await case.service.client.get(f"/trail?subject={found['subject']['id']}", headers=inspector(case))
    (entry,) = trail.json()["items"]
    assert (entry["action"], entry["audience"], entry["by_role"]) == ("referral.opened", "internal", "gate")


async def test_the_same_words_are_referred_once_and_other_words_again(case: Case) -> None:
    found = await referred(case)
    facts = case.approved_facts()
    facts["texts"] = [*facts["texts"], NOTICE]
    await case.approve(facts=facts)
    assert [each["id"] for each in await listed(case)] == [found["id"]]
    other = NOTICE | {"text": "各单位：要求全县干部职工积极购买酥梨，每人不少于30元。"}
    facts["texts"] = [facts["texts"][0], other]
    await case.approve(3, facts=facts)
    assert len(await listed(case)) == 2


async def test_a_passing_filing_and_a_mere_question_open_none(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.approve()
    body = {"stage": "filing", "rules": ["notice.apportion"], "facts": {"texts": [NOTICE]}}
    assert (await case.service.client.post("/checks", json=body)).json()["outcome"] == "fail"
    assert await listed(case) == []


async def test_an_inspector_forwards_and_closes_it_with_reasons(case: Case) -> None:
    found = await referred(case)
    path = f"/referrals/{found['id']}"
    forwarded = await case.post(f"{path}/forward", {"organ": "砀山县纪委监委", **REASON}, inspector(case), 200)
    assert (forwarded["state"], forwarded["forwarded_to"]) == ("forwarded", "砀山县纪委监委")
    assert [each["id"] for each in await listed(case, "?state=forwarded")] == [found["id"]]
    closed = await case.post(f"{path}/close", REASON, inspector(case, key="close"), 200)
    assert (closed["state"], closed["version"]) == ("closed", 3)
    late = await case.post(f"{path}/forward", {"organ": "某机关", **REASON}, inspector(case, key="late"), 409)
    assert late["type"].endswith("/referral-closed")
    trail = await case.service.client.get(f"/trail?subject={found['subject']['id']}", headers=inspector(case))
    assert [entry["action"] for entry in trail.json()["items"]][:2] == ["referral.closed", "referral.forwarded"]


async def test_it_is_for_inspectors_of_the_region_who_stand_outside(case: Case) -> None:
    found = await referred(case)
    path = f"/referrals/{found['id']}"
    assert (await case.service.client.get("/referrals", headers=reviewer(case))).status_code == 403
    assert (await case.service.client.get("/referrals")).status_code == 401
    far = inspector(case, "610000", key="far")
    assert (await case.service.client.get("/referrals", headers=far)).json()["items"] == []
    assert (await case.service.client.get(path, headers=far)).status_code == 403
    own = inspector(case, key="own", person=PEOPLE["operator"][0])
    assert (await case.post(f"{path}/close", REASON, own, 403))["type"].endswith("/own-case")
    missing = await case.post("/referrals/none/close", REASON, inspector(case, key="none"), 404)
    assert missing["type"].endswith("/not-found")


async def test_the_public_reads_nothing_of_it(case: Case) -> None:
    found = await referred(case)
    trail = await case.service.client.get(f"/trail?subject={found['subject']['id']}")
    assert trail.json()["items"] == []


async def of_earlier_years(case: Case) -> str:
    """A decision whose notice failed before there were referrals; its id."""
    found = await referred(case)
    async with case.service.database.sessions.begin() as db:
        await db.execute(sa.text("DELETE FROM compliance.referral"))
    return str(found["decision_id"])


async def refer(case: Case, decision_id: str, key: str, status: int = 200, **claims: Any) -> dict[str, Any]:
    return await case.post(f"/decisions/{decision_id}/referral", None, inspector(case, key=key, **claims), status)


async def test_an_inspector_opens_the_referral_of_an_earlier_decision_once(case: Case) -> None:
    decision_id = await of_earlier_years(case)
    seen = await case.service.client.get(f"/cases/{decision_id}", headers=inspector(case))
    assert seen.json()["referral"] == {"referral_id": None, "allowed": True, "why": None}
    opened = await refer(case, decision_id, "first")
    assert (opened["state"], opened["decision_id"]) == ("open", decision_id)
    assert any("每人不少于50元" in quote for quote in opened["quotes"])
    assert (await refer(case, decision_id, "second"))["id"] == opened["id"]
    assert [each["id"] for each in await listed(case)] == [opened["id"]]
    trail = await case.service.client.get(f"/trail?subject={opened['subject']['id']}", headers=inspector(case))
    (entry, *_) = [each for each in trail.json()["items"] if each["record_id"] == opened["id"]]
    assert (entry["action"], entry["by_role"], entry["by_organ"]) == ("referral.opened", "inspector", "全国监督处")
    assert len(trail.json()["items"]) == 2
    seen = await case.service.client.get(f"/cases/{decision_id}", headers=inspector(case))
    assert seen.json()["referral"] == {"referral_id": opened["id"], "allowed": False, "why": None}
    as_reviewer = await case.service.client.get(f"/cases/{decision_id}", headers=reviewer(case))
    assert as_reviewer.json()["referral"] is None


async def test_a_closed_one_is_answered_with_and_not_opened_again(case: Case) -> None:
    found = await referred(case)
    await case.post(f"/referrals/{found['id']}/close", REASON, inspector(case, key="close"), 200)
    again = await refer(case, found["decision_id"], "again")
    assert (again["id"], again["state"]) == (found["id"], "closed")


async def test_not_every_decision_and_not_every_inspector_refers(case: Case) -> None:
    decision_id = await of_earlier_years(case)
    own = await refer(case, decision_id, "own", 403, person=PEOPLE["operator"][0])
    assert own["type"].endswith("/own-case")
    far = inspector(case, "610000", key="far")
    assert (await case.post(f"/decisions/{decision_id}/referral", None, far, 403))["type"].endswith("/wrong-region")
    await case.post(f"/decisions/{decision_id}/referral", None, reviewer(case), 403)
    (lot,) = await case.decisions("lot")
    nothing = await refer(case, lot["entity_id"], "lot", 409)
    assert nothing["type"].endswith("/not-referable")
    assert (await refer(case, "none", "none", 404))["type"].endswith("/not-found")
    assert await listed(case) == []
