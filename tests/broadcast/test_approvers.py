"""The level above approves, and nobody approves their own filing."""

from typing import Any

import pytest

from tests.apps import Tokens
from tests.broadcast.county import COUNTY, NOW, PREFECTURE, PROVINCE, County, account, decision
from tests.conftest import ServiceOf

APPROVE = {"authority_over_post": True}


async def _refusal(county: County, filing_id: str, **claims: Any) -> str:
    answer = await county.ask(f"/filings/{filing_id}/approve", APPROVE, county.approver(**claims))
    assert answer.status_code == 403, answer.text
    return str(answer.json()["type"].rsplit("/", 1)[-1])


@pytest.mark.parametrize("scope", [PROVINCE, COUNTY, "341600"], ids=["two above", "the county", "another prefecture"])
async def test_only_the_level_directly_above_approves(county: County, scope: str) -> None:
    filing = await county.previewed()
    assert await _refusal(county, filing["id"], scopes=(scope,)) == "wrong-approver"


async def test_the_refusal_names_the_level_that_approves(county: County) -> None:
    filing = await county.previewed()
    headers = county.approver(scopes=(PROVINCE,)) | {"Accept-Language": "zh"}
    answer = await county.ask(f"/filings/{filing['id']}/approve", APPROVE, headers)
    assert answer.json()["detail"] == "须由直接上级审批：安徽省宿州市（341300）的审批人。"


async def test_nobody_approves_with_the_account_that_filed(county: County) -> None:
    filing = await county.previewed()
    assert await _refusal(county, filing["id"], account_id=f"operator-{COUNTY}") == "approver-is-applicant"


async def test_nobody_approves_their_own_filing_with_a_second_account(county: County) -> None:
    filing = await county.previewed()
    person = f"person-of-operator-{COUNTY}"
    assert await _refusal(county, filing["id"], account_id="second", person=person) == "approver-is-applicant"


async def test_the_presenter_does_not_approve(county: County) -> None:
    filing = await county.previewed()
    presenter = (await county.app.said())[0]["people"]["presenter"]
    assert await _refusal(county, filing["id"], account_id="third", person=presenter) == "approver-is-applicant"


async def test_an_operator_cannot_approve(county: County) -> None:
    filing = await county.previewed()
    answer = await county.ask(f"/filings/{filing['id']}/approve", APPROVE, county.operator())
    assert answer.json()["type"].endswith("/problems/not-allowed")


async def test_the_queue_holds_what_awaits_ones_level(county: County) -> None:
    filing = await county.previewed()
    await county.draft(start=NOW.replace(month=4))
    client = county.app.client
    own = (await client.get("/filings?awaiting=true", headers=county.approver())).json()["items"]
    other = (await client.get("/filings?awaiting=true", headers=county.approver(scopes=(PROVINCE,)))).json()["items"]
    assert [row["id"] for row in own] == [filing["id"]]
    assert own[0]["preview_outcome"] == "review"
    assert other == []


@pytest.mark.parametrize(
    ("region", "province"),
    [
        ("419001", "410000"),
        ("659001", "650000"),
        ("500101", "500000"),
        ("500236", "500000"),
        ("110101", "110000"),
        ("469005", "460000"),
        ("429005", "420000"),
    ],
    ids=["济源", "石河子", "重庆万州", "奉节", "北京东城", "文昌", "潜江"],
)
async def test_a_county_without_a_prefecture_is_approved_by_its_province(
    service_app: ServiceOf, tokens: Tokens, region: str, province: str
) -> None:
    county = await County(await service_app("broadcast"), tokens, region, province).settle()
    await county.app.hear(account(f"approver-{province}", province, "province", version=2))
    filing = await county.submitted()
    assert filing["approving_region"] == province
    await county.app.hear(decision(filing, "review", binding=False))
    assert (await county.approve(filing["id"]))["state"] == "approved"


async def test_a_provincial_leader_has_nobody_above(county: County) -> None:
    governor = await county.add_official(
        "governor", post_zh="副省长", post_en="vice governor", organ={"level": "province", "region_code": PROVINCE}
    )
    filing = await county.draft(official_id=governor)
    answer = await county.ask(f"/filings/{filing['id']}/submit", None, county.operator() | {"Accept-Language": "zh"})
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("副省长没有可以审批的上级")


async def test_a_prefecture_official_is_approved_by_the_province(county: County) -> None:
    mayor = await county.add_official(
        "mayor", post_zh="副市长", post_en="deputy mayor", organ={"level": "prefecture", "region_code": PREFECTURE}
    )
    filing = await county.submitted(official_id=mayor)
    assert filing["approving_region"] == PROVINCE


async def test_an_approver_whose_organ_has_not_arrived_waits(county: County) -> None:
    filing = await county.previewed()
    answer = await county.ask(
        f"/filings/{filing['id']}/approve", APPROVE, county.approver(account_id="new", person="somebody else")
    )
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "1")


async def test_an_approval_of_what_has_changed_meanwhile_is_refused(county: County) -> None:
    filing = await county.previewed()
    headers = county.approver() | {"If-Match": '"1"'}
    answer = await county.ask(f"/filings/{filing['id']}/approve", APPROVE, headers)
    assert answer.status_code == 412
