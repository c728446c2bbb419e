"""Events through the door: entered by one office, compared with the originals and verified by another."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.kit.blobs import BlobStore
from tests.apps import ServiceUnderTest, Tokens
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house
from tests.gateway.offices import Accounts, Office, hidden_fields

ROOT = "/zh/desk/events"
PAPER = "安徽省启动重大突发公共卫生事件一级响应".encode()
EVENT = {
    "title_zh": "安徽省新冠肺炎疫情一级响应",
    "title_en": "Level I response of Anhui",
    "event_type": "public_health",
    "occurred_at": "2020-01-24T00:00",
    "regions.0.code": "340000",
    "regions.0.partial": "no",
    "impacts.0.category_code": "fruit",
    "impacts.0.mechanism": "transport",
}
FIRST = {
    "declarations.0.kind": "response",
    "declarations.0.system": "public_health",
    "declarations.0.event_grade": "2",
    "declarations.0.warning_level": "3",
    "declarations.0.response_level": "1",
    "declarations.0.authority.name": "安徽省人民政府",
    "declarations.0.authority.kind": "government",
    "declarations.0.authority.level": "province",
    "declarations.0.authority.region_code": "340000",
    "declarations.0.doc_no": "皖政〔2020〕1号",
    "declarations.0.title": "关于启动一级响应的公告",
    "declarations.0.issued_at": "2020-01-24T20:00",
}
SECOND = {
    "declarations.1.kind": "lockdown",
    "declarations.1.authority.name": "安徽省应急指挥部",
    "declarations.1.authority.kind": "emergency_command",
    "declarations.1.authority.level": "province",
    "declarations.1.joint_authorities.0.name": "安徽省公安厅",
    "declarations.1.joint_authorities.0.kind": "other_department",
    "declarations.1.joint_authorities.0.level": "province",
}
WHOLE = EVENT | FIRST | SECOND


@pytest.fixture
async def gate(committing_service_app: ServiceOf) -> ServiceUnderTest:
    """With a pool: some pages ask two things of it at once."""
    return await committing_service_app("compliance")


@pytest.fixture
async def house(
    gate: ServiceUnderTest, committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path
) -> AsyncIterator[House]:
    catalog, broadcast = await committing_service_app("catalog"), await committing_service_app("broadcast")
    apps: dict[str, Any] = {
        "compliance": gate.app,
        "catalog": catalog.app,
        "broadcast": broadcast.app,
        "accounts": Accounts(tokens),
    }
    async with open_house(apps, tmp_path) as opened:
        yield opened


@pytest.fixture
def registrar(house: House) -> Office:
    return Office(house, "registrar")


@pytest.fixture
def verifier(house: House) -> Office:
    return Office(house, "verifier")


def paper(name: str = "declarations.0.file_hash", content: bytes = PAPER) -> dict[str, Any]:
    return {name: ("公告.txt", content, "text/plain")}


async def register(office: Office, **changes: str) -> str:
    """Register the event, with the paper of its first declaration; the address of its page."""
    answer = await office.send(f"{ROOT}/new", ROOT, paper(), **(WHOLE | changes))
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def stored(gate: ServiceUnderTest, page: str) -> dict[str, Any]:
    return dict((await gate.client.get(f"/events/{page.rsplit('/', 1)[-1]}")).json())


async def verify(office: Office, page: str, **fields: str) -> httpx.Response:
    return await office.send(page, f"{page}/verify", compared="yes", **fields)


async def test_two_declarations_with_a_paper_are_entered_on_three_scales(
    registrar: Office, gate: ServiceUnderTest
) -> None:
    page = await register(registrar)
    event = await stored(gate, page)
    first, second = event["document"]["declarations"]
    assert (first["event_grade"], first["warning_level"], first["response_level"]) == (2, 3, 1)
    assert first["file_hash"] == first["stored_file_hash"] != ""
    assert not {"event_grade", "warning_level", "response_level"} & set(second)
    assert second["joint_authorities"][0]["name"] == "安徽省公安厅"
    assert event["document"]["impacts"] == [{"category_code": "fruit", "mechanism": "transport"}]
    assert event["document"]["regions"] == [{"code": "340000", "partial": False}]
    shown = (await registrar.see(page)).text
    for words in ("重大（Ⅱ级）", "黄色", "一级响应", "皖政〔2020〕1号", "等待核实", "安徽省公安厅"):
        assert words in shown, words
    assert f'href="/api/v1/documents/{first["file_hash"]}"' in shown


async def test_what_cannot_be_kept_comes_back_with_all_that_was_typed_and_the_paper(registrar: Office) -> None:
    wrong = WHOLE | {"title_en": "", "regions.0.code": "123456", "declarations.0.issued_at": "morgen"}
    unread = await registrar.send(f"{ROOT}/new", ROOT, paper(), **wrong)
    assert unread.status_code == 422
    assert 'id="e-declarations.0.issued_at"' in unread.text
    assert "皖政〔2020〕1号" in unread.text
    held = re.search(r'name="declarations.0.file_hash__held" value="([0-9a-f]{64})"', unread.text)
    assert held
    wrong["declarations.0.issued_at"] = ""
    refused = await registrar.send(f"{ROOT}/new", ROOT, **wrong, **{"declarations.0.file_hash__held": held[1]})
    assert refused.status_code == 422
    assert 'id="e-title_en"' in refused.text
    right = wrong | {"title_en": "x"}
    nowhere = await registrar.send(f"{ROOT}/new", ROOT, **right)
    assert 'id="e-regions.0.code"' in nowhere.text


async def test_a_region_of_somebody_else_is_named_and_nothing_typed_is_lost(registrar: Office) -> None:
    refused = await registrar.send(f"{ROOT}/new", ROOT, **WHOLE | {"regions.0.code": "610722"})
    assert (refused.status_code, "城固县" in refused.text, "皖政〔2020〕1号" in refused.text) == (422, True, True)


async def test_a_form_sent_twice_registers_one_event(registrar: Office, gate: ServiceUnderTest) -> None:
    hidden = hidden_fields((await registrar.see(f"{ROOT}/new")).text, ROOT)
    sent = [await registrar.send_again(hidden, ROOT, **WHOLE) for _ in range(2)]
    assert sent[0].headers["location"] == sent[1].headers["location"]
    assert len((await gate.client.get("/events")).json()["items"]) == 1


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_a_verifier_finds_it_opens_the_paper_asks_the_gate_and_verifies(
    registrar: Office, verifier: Office, gate: ServiceUnderTest, language: str
) -> None:
    page = (await register(registrar)).replace("/zh/", f"/{language}/")
    assert f'href="{page}"' in (await verifier.see(f"/{language}/desk")).text
    assert f'href="{page}"' in (await verifier.see(f"/{language}/desk/events?waiting=yes")).text
    shown = (await verifier.see(page)).text
    assert "fm.event" in shown
    assert "fm.authority" in shown
    (address,) = re.findall(r'href="(/api/v1/documents/[0-9a-f]{64})"', shown)
    original = await verifier.house.client.get(address, headers=verifier.cookie)
    assert (original.status_code, original.content) == (200, PAPER)
    done = await verifier.follow(await verify(verifier, page))
    assert "安徽省应急管理厅" in done.text
    assert (await stored(gate, page))["verified"] is True
    assert f'href="{page}"' not in (await verifier.see(f"/{language}/desk/events?waiting=yes")).text
    public = await verifier.house.client.get(page.replace("/desk", ""))
    assert "安徽省应急管理厅" in public.text


async def test_nobody_verifies_without_having_compared(
    registrar: Office, verifier: Office, gate: ServiceUnderTest
) -> None:
    page = await register(registrar)
    refused = await verifier.send(page, f"{page}/verify")
    assert (refused.status_code, 'id="e-compared"' in refused.text) == (422, True)
    assert (await stored(gate, page))["verified"] is False


async def test_who_registered_an_event_is_shown_why_they_cannot_verify_it(
    house: House, gate: ServiceUnderTest, registrar: Office
) -> None:
    both = Office(house, "both")
    page = await register(both)
    shown = (await both.see(page)).text
    assert "该事件由您登记，须由其他人员核实" in shown
    assert f'action="{page}/verify"' not in shown
    hidden = hidden_fields((await both.see(f"{page}/declarations/new")).text, f"{page}/declarations/new")
    forced = await both.send_again(hidden | {"version": "1"}, f"{page}/verify", compared="yes")
    assert "该事件由您登记" in (await both.follow(forced)).text or forced.status_code == 303
    assert (await stored(gate, page))["verified"] is False
    assert "须由具有核实员角色的其他人员核实" in (await registrar.see(page)).text
    elsewhere = (await Office(house, "stranger").see(page)).text
    assert "不在您的地区范围" in elsewhere


async def test_the_very_version_that_was_read_is_verified_and_no_other(
    registrar: Office, verifier: Office, gate: ServiceUnderTest
) -> None:
    page = await register(registrar)
    read = hidden_fields((await verifier.see(page)).text, f"{page}/verify")
    await registrar.send(f"{page}/declarations/new", f"{page}/declarations/new", kind="statement", title="补充")
    late = await verifier.send_again(read, f"{page}/verify", compared="yes")
    assert late.status_code == 303
    assert (await stored(gate, page))["verified"] is False


async def test_a_correction_says_that_it_must_be_verified_again_and_loses_nothing(
    registrar: Office, verifier: Office, gate: ServiceUnderTest
) -> None:
    page = await register(registrar, **{"declarations.0.signed_by": "340101198001011234"})
    await verify(verifier, page)
    before = await stored(gate, page)
    form = (await registrar.see(f"{page}/edit")).text
    assert "作此更改后须重新核实" in form
    shown = EVENT | {"title_zh": "更正后的标题", "regions.1.code": "341321", "regions.1.partial": "yes"}
    kept = await registrar.send(f"{page}/edit", f"{page}/edit", **shown)
    assert "等待核实" in (await registrar.follow(kept)).text
    after = await stored(gate, page)
    assert (after["title_zh"], after["verified"]) == ("更正后的标题", False)
    assert after["document"]["declarations"] == before["document"]["declarations"]
    assert after["document"]["regions"][1] == {"code": "341321", "partial": True}
    first = before["document"]["declarations"][0]
    address = f"{page}/declarations/{first['id']}"
    fields = {name.removeprefix("declarations.0."): value for name, value in FIRST.items()}
    corrected = await registrar.send(address, address, **fields | {"doc_no": "皖政〔2020〕2号"})
    assert corrected.status_code == 303, corrected.text
    now = (await stored(gate, page))["document"]["declarations"][0]
    assert now == first | {"doc_no": "皖政〔2020〕2号"}


async def test_a_lift_is_recorded_and_an_impossible_one_is_said_beside_its_field(
    registrar: Office, gate: ServiceUnderTest
) -> None:
    page = await register(registrar)
    declared = (await stored(gate, page))["document"]["declarations"][0]["id"]
    action = f"{page}/declarations/{declared}/lift"
    for typed in ("", "2019-01-01T00:00"):
        refused = await registrar.send(page, action, lifted_at=typed)
        assert refused.status_code == 422
        assert f'id="e-lifted_at-{declared}"' in refused.text
        assert f'value="{typed}"' in refused.text
    kept = await registrar.send(page, action, lifted_at="2020-02-26T00:00")
    assert "解除" in (await registrar.follow(kept)).text
    assert (await stored(gate, page))["document"]["declarations"][0]["lifted_at"] == "2020-02-25T16:00:00Z"


@pytest.mark.parametrize("path", ["", "/new", "/x/edit", "/x/declarations/new"])
async def test_the_registry_is_for_those_who_keep_it(house: House, path: str) -> None:
    assert (await Office(house, "buyer").see(f"{ROOT}{path}")).status_code == 403
    anonymous = await house.client.get(f"{ROOT}{path}")
    assert (anonymous.status_code, "sign-in" in anonymous.headers["location"]) == (303, True)


async def test_markup_in_an_entry_stays_words(registrar: Office) -> None:
    page = await register(registrar, **{"declarations.1.title": "<script>alert(1)</script>"})
    shown = (await registrar.see(page)).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


async def test_a_paper_that_is_not_here_is_said_to_be_missing(
    registrar: Office, gate: ServiceUnderTest, tokens: Tokens
) -> None:
    body = {
        "event_type": "natural",
        "title_zh": "甲",
        "title_en": "A",
        "occurred_at": "2020-01-24T00:00:00+08:00",
        "regions": [{"code": "340000"}],
        "declarations": [{"kind": "response", "file_hash": "a" * 64}, {"kind": "statement"}],
    }
    made = await gate.client.post("/events", json=body, headers=tokens.headers("registrar", scopes=("340000",)))
    shown = (await registrar.see(f"{ROOT}/{made.json()['id']}")).text
    assert "只提供了文件指纹" in shown
    assert "未附文件" in shown


async def test_the_file_store_of_catalog_is_that_of_the_gate(registrar: Office, gate: ServiceUnderTest) -> None:
    page = await register(registrar)
    digest = (await stored(gate, page))["document"]["declarations"][0]["file_hash"]
    blobs: BlobStore = gate.app.state.surroundings.blobs
    assert await blobs.get(digest) == PAPER


async def test_the_next_page_of_the_events_keeps_the_filter(registrar: Office, verifier: Office) -> None:
    registered = {await register(registrar, title_zh=f"第{number}次冰雹") for number in range(21)}
    first = (await verifier.see(f"{ROOT}?waiting=yes")).text
    (onward,) = re.findall(rf'href="({ROOT}\?waiting=yes&amp;cursor=[^"]+)"', first)
    second = (await verifier.see(onward.replace("&amp;", "&"))).text
    shown = [{page for page in registered if f'href="{page}"' in html} for html in (first, second)]
    assert (len(shown[0]), len(shown[1]), shown[0] | shown[1]) == (20, 1, registered)
