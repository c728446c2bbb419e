"""The pages of people in the loop over real services: queue, case, override by two, appeal, referral, trail."""

import hashlib
import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.sessions import COOKIE, Visitor
from services.kit import clock
from services.kit.pictures import drawn_anew
from tests.apps import ServiceUnderTest, Tokens
from tests.catalog.market import Market
from tests.compliance.cases import Case
from tests.compliance.second import ORGANS, list_with_company, named_company
from tests.compliance.test_referrals import of_earlier_years, referred
from tests.compliance.test_reviews import held
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house
from tests.papers import png

REASONS: dict[str, Any] = {"reason_zh": "该名称为虚构示例。", "reason_en": "No real company."}


@dataclass
class Desk:
    """The door before real services, the case at compliance, and a way to come in as somebody."""

    house: House
    case: Case
    tokens: Tokens
    services: dict[str, ServiceUnderTest]

    def come_as(self, who: str, *roles: str, scopes: tuple[str, ...] = ("340000",), organ: str = "") -> None:
        """From now on the browser is theirs: a session as the door remembers it after accounts was asked."""
        account = f"account-{who}"
        token = self.tokens.token(*roles, scopes=scopes, account_id=account, person=f"p-{who}", organ=organ)
        visitor = Visitor(account, who, frozenset(roles), scopes, organ, token, f"session-of-{who}")
        digest = hashlib.sha256(f"session_id:session-of-{who}".encode()).hexdigest()
        self.house.door.sessions.cached[digest] = (visitor, time.monotonic() + 60)
        self.house.client.cookies.set(COOKIE, f"session-of-{who}")

    async def open(self, path: str, status: int = 200) -> str:
        """A page as the browser shows it."""
        response = await self.house.client.get(path)
        assert response.status_code == status, response.text[:600]
        return response.text

    async def send(
        self, page: str, action: str, /, *, status: int = 303, files: dict[str, Any] | None = None, **fields: Any
    ) -> httpx.Response:
        """Fill in the form of a page that goes to this address, and send it."""
        form = next(found for found in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'action="{action}"' in found)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        headers = {"origin": "http://sunfair.test"}
        response = await self.house.client.post(action, data={**hidden, **fields}, files=files, headers=headers)
        assert response.status_code == status, response.text[:600]
        return response

    def first(self, organ: str = "first") -> None:
        """One of the reviewers."""
        self.come_as(f"reviewer-{organ}", "reviewer", organ=ORGANS[organ])


@pytest.fixture
async def desk(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Desk]:
    """The door before accounts, catalog, compliance and broadcast."""
    services = {
        name: await committing_service_app(name)
        for name in ("accounts", "catalog", "compliance", "broadcast", "orders", "disclosure")
    }
    apps = {name: service.app for name, service in services.items()}
    async with open_house(apps, tmp_path, cache_seconds=0) as house:
        yield Desk(house, Case(services["compliance"], tokens), tokens, services)


async def test_the_queue_shows_urgency_who_may_and_why_not(desk: Desk) -> None:
    await held(desk.case)
    desk.first()
    page = await desk.open("/zh/desk/reviews")
    for shown in ("砀山酥梨 20190920-1", "往日演示", "起等待", "且不属于砀山县商务局的复核人员办理"):
        assert shown in page
    desk.come_as("near", "reviewer", organ="砀山县商务局")
    assert "您与申请人同属一个单位" in await desk.open("/zh/desk/reviews")
    narrowed = await desk.open("/en/desk/reviews?rule=fm.window&kind=lot")
    assert "Nothing waits that fits" in narrowed
    desk.come_as("operator", "operator")
    await desk.open("/zh/desk/reviews", 403)


async def test_a_case_page_holds_everything_in_both_languages(desk: Desk) -> None:
    lot = await named_company(desk.case)
    desk.first()
    chinese = await desk.open(f"/zh/desk/reviews/{lot['entity_id']}")
    for shown in (
        "<mark>某某果业有限公司</mark>",
        "怎么办",
        "砀山县商务局",
        "安徽省应急管理厅",
        "启动一级响应的通告",
        "砀山演示一号梨果专业合作社",
        "提议推翻此项",
        "事件核实",
    ):
        assert shown in chinese, shown
    english = await desk.open(f"/en/desk/reviews/{lot['entity_id']}")
    for shown in ("Who is in the case", "Event and declarations", "Propose to override it", "Event verified"):
        assert shown in english, shown
    await desk.open("/zh/desk/reviews/none", 404)


async def test_two_people_override_through_the_pages_and_everybody_reads_why(desk: Desk) -> None:
    lot = await named_company(desk.case)
    path = f"/zh/desk/reviews/{lot['entity_id']}"
    desk.first()
    await desk.send(await desk.open(path), f"{path}/override", **REASONS)
    own = await desk.open(path)
    assert "您已经处理过此项，须由其他人员办理。" in own
    assert f'action="{path}/override/' not in own
    desk.first("second")
    assert ORGANS["first"] in await desk.open("/zh/desk/reviews")
    page = await desk.open(path)
    action = re.findall(rf'action="({path}/override/[^"]+)"', page)[0]
    answered = await desk.send(page, action, answer="confirm", reason_zh="同意，确为示例。")
    decision_id = answered.headers["location"].rsplit("/", 1)[1]
    desk.house.client.cookies.clear()
    public = await desk.open(f"/zh/decisions/{decision_id}")
    for shown in ("已由两人推翻", ORGANS["first"], ORGANS["second"], "该名称为虚构示例。", "同意，确为示例。"):
        assert shown in public, shown
    assert "reviewer-first" not in public


async def test_a_refused_move_is_said_on_the_page_it_came_from(desk: Desk) -> None:
    lot = await named_company(desk.case)
    path = f"/zh/desk/reviews/{lot['entity_id']}"
    desk.first()
    page = await desk.open(path)
    await desk.send(page, f"{path}/override", **REASONS)
    await desk.send(page, f"{path}/override", **REASONS)
    response = await desk.send(page, f"{path}/override", key="another", **REASONS)
    assert response.headers["location"] == path
    assert "已有推翻提议等待第二人答复" in await desk.open(path)


async def test_a_form_of_another_site_does_nothing(desk: Desk) -> None:
    lot = await named_company(desk.case)
    path = f"/zh/desk/reviews/{lot['entity_id']}"
    desk.first()
    page = await desk.open(path)
    await desk.send(page, f"{path}/override", status=403, csrf_token="forged", **REASONS)
    assert "有人提议推翻" not in await desk.open(path)


async def test_a_review_is_answered_on_the_page_of_its_case(desk: Desk) -> None:
    lot = await held(desk.case)
    path = f"/zh/desk/reviews/{lot['entity_id']}"
    desk.first()
    await desk.send(await desk.open(path), path, resolution="refused", reason_zh="标签与实物不符。")
    old = await desk.open(path)
    assert "该事项已有新的进展" in old
    assert "复核人员不予认可" in old
    assert "标签与实物不符。" in old


async def test_an_operator_appeals_and_a_reviewer_of_another_organ_decides(desk: Desk) -> None:
    await desk.case.prepare()
    await list_with_company(desk.case, at=clock.now())
    lot = (await desk.case.decisions("lot"))[-1]
    decision = f"/zh/decisions/{lot['entity_id']}"
    desk.come_as("seller", "operator", organ="砀山县商务局")
    form = f"/zh/desk/decisions/{lot['entity_id']}/appeal"
    assert f"{form}?rule=adm.company_text" in await desk.open(decision)
    page = await desk.open(f"{form}?rule=adm.company_text")
    await desk.open(f"{form}?rule=no.such", 404)
    await desk.send(page, form, status=422, grounds_zh=" ", key="empty")
    opened = await desk.send(page, form, grounds_zh="文字中的名称是虚构示例。")
    appeal = opened.headers["location"]
    assert "申诉处理期间继续拦截。" in await desk.open(appeal)
    assert "文字中的名称是虚构示例。" in await desk.open("/zh/desk/appeals") + await desk.open(appeal)
    desk.first()
    page = await desk.open(appeal)
    await desk.send(page, f"{appeal}/decide", outcome="upheld", **REASONS)
    desk.come_as("seller", "operator", organ="砀山县商务局")
    decided = await desk.open(appeal)
    for shown in (ORGANS["first"], REASONS["reason_zh"], "维持原核验结论。"):
        assert shown in decided, shown
    desk.house.client.cookies.clear()
    assert "文字中的名称是虚构示例。" not in await desk.open(decision)
    assert "申诉办结：维持原结论" in await desk.open(decision)
    assert "申诉统计" in await desk.open("/zh/appeals")


async def test_what_comes_too_late_is_said_with_all_that_was_typed(desk: Desk) -> None:
    lot = await named_company(desk.case)
    desk.come_as("seller", "operator", organ="砀山县商务局")
    form = f"/en/desk/decisions/{lot['entity_id']}/appeal"
    page = await desk.open(f"{form}?rule=adm.company_text")
    refused = (await desk.send(page, form, status=422, grounds_zh="虚构示例，并非企业。")).text
    assert "The time to appeal is over" in refused
    assert "虚构示例，并非企业。" in refused


async def test_an_inspector_forwards_a_referral(desk: Desk) -> None:
    found = await referred(desk.case)
    desk.come_as("inspector", "inspector", organ="全国监督处")
    assert "砀山酥梨直播" in await desk.open("/zh/desk/referrals?state=open")
    path = f"/zh/desk/referrals/{found['id']}"
    page = await desk.open(path)
    assert "每人不少于50元" in page
    await desk.send(page, f"{path}/forward", organ="砀山县纪委监委", reason_zh="涉嫌摊派，移送处理。")
    forwarded = await desk.open(path)
    for shown in ("已移送砀山县纪委监委", "涉嫌摊派，移送处理。", "移送其他机关"):
        assert shown in forwarded, shown
    desk.first()
    await desk.open(path, 403)


async def test_strangers_are_asked_to_sign_in_and_others_turned_away(desk: Desk) -> None:
    for path in ("/desk/reviews", "/desk/reviews/x", "/desk/appeals", "/desk/appeals/x", "/desk/referrals"):
        response = await desk.house.client.get(f"/zh{path}")
        assert (response.status_code, "/sign-in" in response.headers["location"]) == (303, True), path
    desk.come_as("buyer", "buyer", scopes=())
    for path in ("/desk/reviews", "/desk/appeals", "/desk/referrals"):
        await desk.open(f"/zh{path}", 403)


async def test_an_inspector_refers_a_decision_of_earlier_years_from_its_page(desk: Desk) -> None:
    decision_id = await of_earlier_years(desk.case)
    here = f"/en/desk/reviews/{decision_id}"
    desk.first()
    assert "Put it before inspectors" not in await desk.open(here)
    desk.come_as("inspector", "inspector", organ="全国监督处")
    page = await desk.open(here)
    done = await desk.send(page, f"{here}/refer")
    assert "每人不少于50元" in await desk.open(done.headers["location"])
    after = await desk.open(here)
    assert "Put it before inspectors" not in after
    assert done.headers["location"].partition("?")[0] in after


async def test_declarations_are_listed_and_a_wrong_one_is_withdrawn_on_the_page(desk: Desk) -> None:
    catalog, broadcast = desk.services["catalog"], desk.services["broadcast"]
    desk.come_as("operator", "operator", scopes=("341321",), organ="砀山县商务局")
    organ = {"name": "砀山县人民政府", "kind": "peoples_government", "level": "county", "region_code": "341321"}
    post = {"post_zh": "副县长", "post_en": "deputy county head", "jurisdiction": ["341321"], "civil_servant": True}
    headers = desk.tokens.headers("operator", scopes=("341321",), account_id="account-operator")
    made = await broadcast.client.post("/officials", json={"identity": "x1", "organ": organ} | post, headers=headers)
    files, kind = {"file": ("signed.txt", b"signed")}, {"kind": "declaration"}
    paper = (await catalog.client.post("/documents", files=files, data=kind, headers=headers)).json()["sha256"]
    declaration = {"declared_on": "2020-02-01", "relations": [], "former_posts": [], "grants": []}
    path = f"/officials/{made.json()['id']}/declarations"
    body = declaration | {"signed_document_sha256": paper}
    earlier = await broadcast.client.post(path, json=body | {"declared_on": "2020-01-15"}, headers=headers)
    declared = await broadcast.client.post(path, json=body, headers=headers)
    assert (earlier.status_code, declared.status_code) == (201, 201), declared.text

    here = f"/zh/desk/officials/{made.json()['id']}/declare"
    page = await desk.open(here)
    assert f"/api/v1/documents/{paper}" in page
    action = f"/zh/desk{path}/{declared.json()['id']}/withdraw"
    assert states_of(page) == ["有效", "已被替代"]
    await desk.send(page, action, reason="")
    page = await desk.open(here)
    assert states_of(page) == ["有效", "已被替代"]
    await desk.send(page, action, reason="登记时选错了人。")
    after = await desk.open(here)
    assert states_of(after) == ["已撤回", "有效"]
    assert "登记时选错了人。" in after
    assert action not in after
    assert f"/zh/desk{path}/{earlier.json()['id']}/withdraw" in after
    desk.come_as("colleague", "official", scopes=("341321",), organ="砀山县人民政府")
    assert "历次申报" not in await desk.open(here)


def states_of(page: str) -> list[str]:
    """What the page says of each declaration, newest first."""
    return re.findall(r"</svg>(有效|已被替代|已撤回)</span>", page)


async def test_a_proof_is_chosen_from_the_documents_of_the_region_or_uploaded_with_the_text(desk: Desk) -> None:
    catalog, broadcast = desk.services["catalog"], desk.services["broadcast"]
    headers = desk.tokens.headers("operator", scopes=("341321",), account_id="account-operator")
    files, kind = {"file": ("统计公报.txt", "产量".encode())}, {"kind": "proof"}
    proof = (await catalog.client.post("/documents", files=files, data=kind, headers=headers)).json()["sha256"]
    start = clock.now() + timedelta(days=30)
    times = {"starts_at": start.isoformat(), "ends_at": (start + timedelta(hours=1)).isoformat()}
    draft = {"region_code": "341321", "title_zh": "砀山酥梨专场"} | times
    key = {"Idempotency-Key": "draft"}
    filing = (await broadcast.client.post("/filings", json=draft, headers=headers | key)).json()

    desk.come_as("operator", "operator", scopes=("341321",), organ="砀山县商务局")
    here = f"/zh/desk/filings/{filing['id']}/plan"
    page = await desk.open(here)
    assert f'<option value="{proof}">统计公报.txt' in page
    said = {
        "texts.0.kind": "caption",
        "texts.0.text": "2019年全县产量第一",
        "texts.0.evidence_id": proof,
        "texts.0.exemption": "time_and_place",
        "texts.1.kind": "caption",
        "texts.1.text": "孤儿院的孩子也来看花",
        "texts.1.case_id": "CASE-1",
    }
    own = {"texts.1.evidence_upload": ("核实.txt", "核实".encode(), "text/plain")}
    await desk.send(page, here, files=own, **said)
    answer = await broadcast.client.get(f"/filings/{filing['id']}", headers=headers)
    first, second = answer.json()["content"]["texts"]
    assert (first["evidence_id"], first["exemption"]) == (proof, "time_and_place")
    assert (second["evidence_id"], second["case_id"]) == (hashlib.sha256("核实".encode()).hexdigest(), "CASE-1")
    again = await desk.open(here)
    assert f'<option value="{proof}" selected>' in again
    assert f'<option value="{second["evidence_id"]}" selected>' in again


async def test_what_a_lot_says_keeps_its_proof_and_its_pictures_through_the_form(desk: Desk) -> None:
    market = Market(desk.services["catalog"], desk.tokens)
    listing, proof = await market.listing(lots=1), await market.upload("产量".encode(), "统计公报.txt", "proof")
    (lot,) = listing["draft"]["lots"]
    desk.come_as("operator", "operator", scopes=("341321",), organ="砀山县商务局")
    here = f"/zh/desk/listings/{listing['id']}/lots"
    page = await desk.open(f"{here}/new")
    said = {
        "producer_id": lot["producer_id"],
        "lot_number": "DS-9",
        "price_fen": "29",
        "price_unit": "箱",
        "net_grams": "2.5",
        "offered_units": "100",
        "texts.0.kind": "description",
        "texts.0.text": "2019年全县产量第一",
        "texts.0.exemption": "time_and_place",
        "texts.0.evidence_id": proof,
        "media.0.kind": "cover",
        "media.0.goods_shown": "yes",
    }
    await desk.send(page, f"{here}/new", files={"media.0.sha256": ("cover.png", png(), "image/png")}, **said)
    kept = (await market.get(f"/listings/{listing['id']}/draft"))["draft"]["lots"][1]
    assert [(each["evidence_id"], each["exemption"]) for each in kept["texts"]] == [(proof, "time_and_place")]
    assert [(each["sha256"], each["goods_shown"]) for each in kept["media"]] == [
        (hashlib.sha256(drawn_anew(png())[0]).hexdigest(), True)
    ]
    again = await desk.open(f"{here}/2")
    assert f'<option value="{proof}" selected>统计公报.txt' in again
    assert '<option value="time_and_place" selected>' in again
