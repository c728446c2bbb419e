"""People in the loop: a soft fail lifted by two organs, an appeal, a referral, each through the public door."""

from typing import Any

from tests.journeys.town import Town

REASON = {"reason_zh": "所述为旧地名，当地已无此公司。", "reason_en": "The name of a place; there is no such company."}


async def doubtful_lot(town: Town) -> dict[str, Any]:
    """The first lot of the week's listing whose wording is in doubt, with its answer."""
    key = next(name for name in town.ids if name.startswith("listing:doubt-"))
    listing = await town.listing(key.removeprefix("listing:"), "demo-operator")
    lot: dict[str, Any] = listing["lots"][0]
    return lot


async def said(town: Town, path: str, body: Any, who: str, key: str, status: int) -> dict[str, Any]:
    answer = await town.post(path, body, who, Idempotency_Key=key)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


async def test_two_reviewers_of_different_organs_bring_a_lot_to_the_market(town: Town) -> None:
    lot = await doubtful_lot(town)
    decision_id = lot["decision"]["decision_id"]
    (failed,) = lot["decision"]["not_passed"]
    assert (lot["state"], failed["rule"], failed["hard"]) == ("blocked", "adm.company_text", False)
    waiting = await town.market.get("/reviews", "reviewer", state="blocked", region="999901")
    assert decision_id in [item["decision_id"] for item in waiting["items"]]

    words = {"rule": failed["rule"], "reason_code": failed["reason_code"], **REASON}
    appeal = await said(
        town,
        f"/decisions/{decision_id}/appeals",
        {"rule": words["rule"], "reason_code": words["reason_code"], "grounds_zh": "是地名。"},
        "demo-operator",
        "journey-appeal",
        201,
    )
    granted = await said(
        town, f"/appeals/{appeal['id']}/decide", {"outcome": "granted", **REASON}, "reviewer", "journey-decide", 200
    )
    assert granted["effect"] == "override"
    confirm = f"/overrides/{granted['override_id']}/confirm"
    await said(town, confirm, REASON, "reviewer", "journey-own", 403)
    done = await said(town, confirm, REASON, "second-reviewer", "journey-confirm", 200)

    decision = await town.decision(done["new_decision_id"])
    assert decision["outcome"] == "pass"
    assert (await town.market.get(f"/decisions/{done['new_decision_id']}/replay"))["same"] is True
    listed = await town.desk.until(
        "the lot is listed", lambda: doubtful_lot(town), lambda now: now["state"] == "listed"
    )
    assert listed["decision"]["decision_id"] == done["new_decision_id"]
    trail = await town.market.get("/trail", subject=listed["id"])
    assert [entry["action"] for entry in trail["items"]] == [
        "override.confirmed",
        "appeal.granted",
        "override.proposed",
        "appeal.opened",
    ]
    assert all(entry["account_id"] is None for entry in trail["items"])


async def test_the_notice_of_chenggu_lies_before_the_inspector_and_not_before_the_public(town: Town) -> None:
    filing = await town.filing("S4", "chenggu-operator")
    found = await town.market.get("/referrals", "inspector")
    (referral,) = [row for row in found["items"] if row["subject"]["id"] == filing["id"]]
    assert (referral["state"], referral["region_code"]) == ("open", "610722")
    assert any("每人不少于50元" in quote for quote in referral["quotes"])
    assert (await town.market.get("/trail", subject=filing["id"]))["items"] == []
    assert (await town.send("GET", "/referrals", who="reviewer")).status_code == 403


async def test_the_events_and_the_evidence_of_dangshan_have_a_trail(town: Town) -> None:
    filing = await town.filing("S1", "dangshan-operator")
    decision = await town.decision(filing["binding"]["decision_id"])
    event, sales = decision["facts"]["event"]["id"], decision["facts"]["sales"]["id"]
    trail = await town.market.get("/trail", subject=event)
    assert {"event.registered", "event.verified"} <= {entry["action"] for entry in trail["items"]}
    trail = await town.market.get("/trail", subject=sales)
    assert [entry["action"] for entry in trail["items"]] == ["evidence.certified", "evidence.submitted"]
    assert all(entry["by_organ"] for entry in trail["items"])
