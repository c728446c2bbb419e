"""A stranger's report on its whole way: from a file to a blocked broadcast, and back to the stranger by a code."""

from deploy.seed.filings import wait_until_settled
from deploy.seed.market import Json
from tests.journeys.town import Town, failed
from tests.papers import NOTICE

FILED, APPROVED, UPHELD = "2020-04-27T10:00:00+08:00", "2020-04-28T10:00:00+08:00", "2020-05-20T10:00:00+08:00"


async def scheduled_filing(town: Town) -> Json:
    """A filing of the Demonstration County that passed every door."""
    case = town.demo_case("2020-06-03T10:00:00+08:00", FILED, "举报之后") | {"key": "reported", "approved_at": APPROVED}
    filing = await town.submit_filing(case, "reported")
    path, word = f"/filings/{filing['id']}/approve", {"authority_over_post": True}
    approved = await town.post(path, word, "demo-approver", at=APPROVED, idempotency_key="journey-approve-reported")
    assert approved.status_code == 200, approved.text
    return await wait_until_settled(town.desk, filing["id"], "demo-operator")


async def test_a_strangers_notice_blocks_the_broadcast_it_was_about(town: Town) -> None:
    filing = await scheduled_filing(town)
    assert filing["state"] == "scheduled", filing["binding"]["not_passed"]

    sent = await town.market.http.post(
        "/reports",
        data={"kind": "apportionment", "about_kind": "broadcast", "about_id": filing["broadcast_id"]},
        files=[("files", ("notice.txt", NOTICE.encode("gb18030"), "text/plain"))],
    )
    told = sent.json()
    assert (sent.status_code, told["region_code"], told["finding"]["result"]) == (201, "999901", "fail")

    queue = await town.market.get("/reports", "inspector")
    assert told["id"] in [item["id"] for item in queue["items"]]
    case = await town.market.get(f"/reports/{told['id']}", "inspector")
    body = {"reason_zh": "经查属实，要求立即撤回。", "published_text": case["proposed_text"]}
    upheld = await town.post(f"/reports/{told['id']}/uphold", body, "inspector", at=UPHELD)
    assert upheld.status_code == 200, upheld.text

    blocked = await town.desk.until(
        "the blocked filing",
        lambda: town.market.get(f"/filings/{filing['id']}", "demo-operator"),
        lambda now: now["state"] == "blocked",
    )
    decision = await town.decision(blocked["binding"]["decision_id"])
    assert "notice.apportion" in failed(decision)
    assert decision["at"] == UPHELD

    followed = await town.market.http.post("/reports:follow", json={"code": told["code"]})
    assert followed.json()["outcome"]["reason_zh"] == body["reason_zh"]
    root = town.stack.url
    headers = {"Origin": root, "Sec-Fetch-Site": "same-origin"}
    page = await town.market.http.post(f"{root}/zh/reports/case", data={"code": told["code"]}, headers=headers)
    assert body["reason_zh"] in page.text
    public = await town.market.http.get(f"{root}/zh/broadcasts/{filing['broadcast_id']}")
    assert "认定属实的举报" in public.text
    assert "每人不少于50元" in public.text
    logs = "\n".join(path.read_text() for path in sorted((town.stack.state / "log").glob("*.log")))
    assert logs
    assert [
        secret for secret in (told["code"], told["code"].replace(" ", ""), "每人不少于50元") if secret in logs
    ] == []


async def test_the_demonstration_has_one_report_that_waits_and_one_that_was_upheld(town: Town) -> None:
    waiting = await town.market.get("/reports", "inspector")
    found = {item["id"]: item["finding"] for item in waiting["items"]}
    assert found[town.ids["report:open"]] == "fail"
    upheld = await town.market.get("/reports/upheld")
    (staged,) = [item for item in upheld["items"] if item["id"] == town.ids["report:upheld"]]
    assert (staged["kind"], staged["region_code"], staged["about"]["kind"]) == ("below_cost", "999901", "broadcast")
    figures = await town.market.get("/reports/figures")
    assert figures["fewest"] == 10


async def test_the_operator_of_the_county_sees_no_report_about_it(town: Town) -> None:
    refused = await town.send("GET", "/reports", None, "demo-operator")
    assert refused.status_code == 403
    one = await town.send("GET", f"/reports/{town.ids['report:open']}", None, "demo-operator")
    assert one.status_code == 403
