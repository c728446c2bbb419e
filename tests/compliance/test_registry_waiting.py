"""What waits for a second person, who that may be, and how an entry is mended before it counts."""

from typing import Any

import pytest

from tests.compliance.cases import FILED, PEOPLE, Case, event_body, slow_sales_body


async def listed(case: Case, path: str, headers: dict[str, str] | None = None) -> list[str]:
    answer = await case.service.client.get(path, headers=headers or {})
    assert answer.status_code == 200, answer.text
    return [item["id"] for item in answer.json()["items"]]


async def test_what_nobody_verified_waits_for_the_verifiers_of_its_regions(case: Case) -> None:
    await case.register(verified=False)
    waiting = "/events?verified=false&mine=true"
    assert await listed(case, waiting, case.headers("verifier")) == [case.event_id]
    assert await listed(case, waiting, case.headers("verifier", "610000")) == []
    assert await listed(case, "/events?verified=true") == []
    await case.verify()
    assert await listed(case, waiting, case.headers("verifier")) == []
    assert await listed(case, "/events?verified=true") == [case.event_id]


async def test_what_was_changed_after_its_verification_waits_again(case: Case) -> None:
    await case.register()
    added = {"kind": "statement", "title": "补充说明"}
    await case.post(f"/events/{case.event_id}/declarations", added, case.headers("registrar"))
    assert await listed(case, "/events?verified=false") == [case.event_id]


@pytest.mark.parametrize("path", ["/events", "/slow-sales"])
async def test_only_who_is_signed_in_has_something_of_their_own(case: Case, path: str) -> None:
    await case.register()
    await case.certify()
    assert (await case.service.client.get(f"{path}?mine=true")).status_code == 401
    assert len(await listed(case, f"{path}?mine=true", case.headers("verifier"))) == 1
    assert await listed(case, f"{path}?mine=true", case.tokens.headers("verifier", scopes=())) == []


async def test_who_may_verify_is_told_so_and_everybody_else_why_not(case: Case) -> None:
    await case.register(verified=False)
    verifier = case.headers("verifier")

    async def ask(headers: dict[str, str]) -> dict[str, Any]:
        answer = await case.service.client.get(f"/events/{case.event_id}/verification", headers=headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    allowed = await ask(verifier)
    assert (allowed["may_verify"], allowed["version"], allowed["why_not_en"]) == (True, 1, None)
    own = await ask(case.headers("verifier", person=PEOPLE["registrar"][0]))
    assert (own["may_verify"], "由您登记" in own["why_not_zh"]) == (False, True)
    assert "610000" in (await ask(case.headers("verifier", "610000")))["why_not_en"]
    assert "role of a verifier" in (await ask(case.headers("operator")))["why_not_en"]
    await case.verify()
    assert "没有变化" in (await ask(verifier))["why_not_zh"]
    unknown = await case.service.client.get("/events/nothing/verification", headers=verifier)
    assert unknown.status_code == 404
    assert (await case.service.client.get(f"/events/{case.event_id}/verification")).status_code == 401


async def test_a_declaration_entered_wrongly_is_corrected_and_must_be_verified_again(case: Case) -> None:
    await case.register()
    before = (await case.service.client.get(f"/events/{case.event_id}")).json()
    first, second = before["document"]["declarations"]
    path = f"/events/{case.event_id}/declarations/{first['id']}"
    body = event_body()["declarations"][0] | {"doc_no": "更正〔2020〕1号", "response_level": 2, "signed_by": "身份甲"}
    stale = await case.service.client.put(path, json=body, headers={**case.headers("registrar"), "If-Match": '"1"'})
    assert stale.status_code == 412
    headers = {**case.headers("registrar"), "If-Match": f'"{before["version"]}"'}
    corrected = await case.service.client.put(path, json=body, headers=headers)
    assert (corrected.status_code, corrected.headers["etag"]) == (200, f'"{before["version"] + 1}"')
    shown = corrected.json()
    assert shown["verified"] is False
    now = shown["document"]["declarations"]
    assert (now[0]["id"], now[0]["doc_no"], now[0]["response_level"]) == (first["id"], "更正〔2020〕1号", 2)
    assert len(now[0]["signed_by"]) == 64
    assert now[1] == second


async def test_a_declaration_of_another_event_or_region_is_not_corrected(case: Case) -> None:
    await case.register()
    declared = case.event["document"]["declarations"][0]["id"]
    body = {"kind": "statement"}
    client, path = case.service.client, f"/events/{case.event_id}/declarations"
    assert (await client.put(f"{path}/nothing", json=body, headers=case.headers("registrar"))).status_code == 404
    elsewhere = case.headers("registrar", "610000")
    assert (await client.put(f"{path}/{declared}", json=body, headers=elsewhere)).status_code == 403
    assert (await client.put(f"{path}/{declared}", json=body, headers=case.headers("verifier"))).status_code == 403


async def test_nothing_is_lifted_before_it_was_issued(case: Case) -> None:
    await case.register()
    declared = case.event["document"]["declarations"][0]
    path = f"/events/{case.event_id}/declarations/{declared['id']}/lift"
    refused = await case.post(path, {"lifted_at": "2019-01-01T00:00:00+08:00"}, case.headers("registrar"), 422)
    assert refused["errors"][0]["field"] == "lifted_at"


async def test_evidence_waits_for_certifiers_of_its_region_and_no_longer_once_certified(case: Case) -> None:
    made = await case.post("/slow-sales", slow_sales_body(), case.headers("operator", at=FILED))
    waiting, path = "/slow-sales?certified=false&mine=true", f"/slow-sales/{made['id']}/certification"
    assert await listed(case, waiting, case.headers("certifier")) == [made["id"]]
    assert await listed(case, waiting, case.headers("certifier", "610000")) == []

    async def ask(headers: dict[str, str]) -> dict[str, Any]:
        return dict((await case.service.client.get(path, headers=headers)).json())

    assert (await ask(case.headers("certifier")))["may_certify"] is True
    own = await ask(case.headers("certifier", account_id="operator"))
    assert (own["may_certify"], "由您提交" in own["why_not_zh"]) == (False, True)
    assert "role of a certifier" in (await ask(case.headers("registrar")))["why_not_en"]
    await case.post(f"/slow-sales/{made['id']}/certify", {}, case.headers("certifier", at=FILED), 200)
    assert await listed(case, waiting, case.headers("certifier")) == []
    assert await listed(case, "/slow-sales?certified=true") == [made["id"]]
    assert "重复核证" in (await ask(case.headers("certifier")))["why_not_zh"]
