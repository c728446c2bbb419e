"""A declaration of interests after the approval, on its whole way: it blocks, until it is taken back."""

from collections.abc import Callable

from deploy.seed.filings import wait_until_settled
from deploy.seed.market import Json
from deploy.seed.people import identity_of
from tests.journeys.town import Town, failed

FILED, APPROVED = "2020-04-27T10:00:00+08:00", "2020-04-28T10:00:00+08:00"
# Within the days for which the lots' answers hold: other stories look at the same lots by an earlier clock.
DECLARED, TAKEN_BACK = "2020-04-29T10:00:00+08:00", "2020-04-30T10:00:00+08:00"
NOTHING: Json = {"relations": [], "former_posts": [], "grants": []}


async def an_official(town: Town) -> str:
    """Another official of the Demonstration County, with a declaration that names nothing."""
    organ = {"name": "演示县人民政府", "kind": "peoples_government", "level": "county", "region_code": "999901"}
    body: Json = {"identity": identity_of("declaring"), "post_zh": "演示县副县长（申报）", "post_en": "Deputy head"}
    body |= {"organ": organ, "jurisdiction": ["999901"], "civil_servant": True}
    made = await town.post("/officials", body, "demo-operator", at=FILED)
    assert made.status_code == 201, made.text
    await declare(town, made.json()["id"], FILED)
    return str(made.json()["id"])


async def declare(town: Town, official_id: str, at: str, **said: object) -> Json:
    """An operator records what the official signed."""
    paper = await town.market.upload("interests.txt", f"申报 {at}", "declaration", "demo-operator")
    body = {"declared_on": at[:10], **NOTHING, "signed_document_sha256": paper, **said}
    answer = await town.post(f"/officials/{official_id}/declarations", body, "demo-operator", at=at)
    assert answer.status_code == 201, answer.text
    declared: Json = answer.json()
    return declared


async def test_a_wrong_declaration_after_the_approval_blocks_until_it_is_taken_back(
    town: Town,
) -> None:
    official_id = await an_official(town)
    case = town.demo_case("2020-06-11T15:00:00+08:00", FILED, "申报之后") | {"key": "declared", "approved_at": APPROVED}
    filing = await town.submit_filing(case, "declared", official_id=official_id)
    path, word = f"/filings/{filing['id']}/approve", {"authority_over_post": True}
    approved = await town.post(path, word, "demo-approver", at=APPROVED, idempotency_key="journey-approve-declared")
    assert approved.status_code == 200, approved.text
    filing = await wait_until_settled(town.desk, filing["id"], "demo-operator")
    assert filing["state"] == "scheduled", failed(await town.decision(filing["binding"]["decision_id"]))

    wrong = await declare(town, official_id, DECLARED, recused=True)
    blocked = await once(town, filing["id"], lambda now: bool(now["state"] == "blocked"))
    decision = await town.decision(blocked["binding"]["decision_id"])
    assert failed(decision)["official.conflict"] == "recused"

    path = f"/officials/{official_id}/declarations/{wrong['id']}/withdraw"
    taken = await town.post(path, {"reason": "登记时勾选有误。"}, "demo-operator", at=TAKEN_BACK)
    assert taken.status_code == 200, taken.text
    listed = await town.market.get(f"/officials/{official_id}/declarations", "demo-operator")
    assert [each["withdrawn_reason"] for each in listed["items"]] == ["登记时勾选有误。", None]

    path, key = f"/filings/{filing['id']}/submit", "journey-anew-declared"
    anew = await town.post(path, None, "demo-operator", at=TAKEN_BACK, idempotency_key=key)
    assert anew.is_success, anew.text
    asked = await town.preview(filing["id"], "demo-operator")
    assert failed(await town.decision(asked["preview"]["decision_id"], "demo-operator")) == {}


async def once(town: Town, filing_id: str, ready: Callable[[Json], bool]) -> Json:
    """The filing once it is so."""
    return await town.desk.until("the filing", lambda: town.market.get(f"/filings/{filing_id}", "demo-operator"), ready)
