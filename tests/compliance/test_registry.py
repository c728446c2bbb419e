"""The registry of force majeure: three scales, two people, and what everybody may see of it."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from services.compliance.models import Declaration
from services.kit.ids import new_id
from tests.compliance.cases import FILED, PEOPLE, Case, event_body
from tests.compliance.rules.documents import document


async def test_grade_warning_and_response_stay_on_three_scales(case: Case) -> None:
    await case.know_people()
    declared = {"kind": "response", "event_grade": 2, "warning_level": 3, "response_level": 1, "doc_no": "演示第3号"}
    await case.register(declarations=[declared], verified=False)
    (shown,) = case.event["document"]["declarations"]
    assert (shown["event_grade"], shown["warning_level"], shown["response_level"]) == (2, 3, 1)


@pytest.mark.parametrize("scale", ["event_grade", "warning_level", "response_level"])
@pytest.mark.parametrize("level", [0, 5, "2", 2.0])
async def test_a_level_off_its_scale_is_refused(case: Case, scale: str, level: Any) -> None:
    body = event_body() | {"declarations": [{"kind": "warning", scale: level}]}
    answer = await case.service.client.post("/events", json=body, headers=case.headers("registrar"))
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == f"declarations.0.{scale}"


@pytest.mark.parametrize("scale", ["event_grade", "warning_level", "response_level"])
async def test_the_database_holds_each_scale_too(case: Case, scale: str) -> None:
    await case.register()
    row = {"id": new_id(), "force_majeure_id": case.event_id, "kind": "warning", "joint_authorities": [], scale: 5}
    with pytest.raises(IntegrityError):
        async with case.service.database.sessions.begin() as db:
            await db.execute(sa.insert(Declaration).values(**row))


async def test_whoever_registered_an_event_cannot_verify_it(case: Case) -> None:
    await case.register(verified=False)
    path = f"/events/{case.event_id}/verify"
    same_account = case.headers("verifier", account_id="registrar")
    same_person = case.headers("verifier", person=PEOPLE["registrar"][0])
    for headers in (same_account, same_person):
        refused = await case.post(path, {}, headers, 403)
        assert refused["type"].endswith("/own-case")
    await case.verify()
    assert (await case.service.client.get(f"/events/{case.event_id}")).json()["verified"] is True


async def test_a_declaration_added_later_must_be_verified_again(case: Case) -> None:
    await case.register()
    added = {"kind": "statement", "title": "补充说明"}
    changed = await case.post(f"/events/{case.event_id}/declarations", added, case.headers("registrar"))
    assert (changed["verified"], changed["verifications"]) == (False, [])
    await case.verify()
    assert (await case.service.client.get(f"/events/{case.event_id}")).json()["verified"] is True


async def test_a_lift_leaves_the_verification_standing(case: Case) -> None:
    await case.know_people()
    await case.register()
    await case.lift(1, "2020-02-26T00:00:00+08:00")
    event = (await case.service.client.get(f"/events/{case.event_id}")).json()
    assert (event["verified"], event["lifted"]) == (True, True)
    assert event["verifications"][0]["organ"] == "安徽省应急管理厅"
    announced = await case.service.said("compliance.force_majeure.changed")
    assert [change["version"] for change in announced] == [1, 2, 3]
    assert (announced[-1]["verified"], announced[-1]["lifted"]) == (True, True)


async def test_a_verifier_names_the_version_they_read(case: Case) -> None:
    await case.register(verified=False)
    path = f"/events/{case.event_id}/verify"
    refused = await case.post(path, {"version": 9}, case.headers("verifier"), 412)
    assert refused["version"] == 1
    await case.post(path, {"version": 1}, case.headers("verifier"), 200)
    twice = await case.post(path, {}, case.headers("verifier"), 409)
    assert twice["type"].endswith("/already-verified")


async def test_a_registrar_of_another_region_is_told_which_region_is_whose(case: Case) -> None:
    answer = await case.service.client.post(
        "/events", json=event_body(), headers=case.headers("registrar", "610722") | {"Accept-Language": "zh"}
    )
    assert (answer.status_code, answer.json()["regions"], answer.json()["scopes"]) == (403, ["340000"], ["610722"])
    assert "安徽省" in answer.json()["detail"]
    assert "城固县" in answer.json()["detail"]


@pytest.mark.parametrize("role", ["operator", "verifier", "reviewer"])
async def test_only_registrars_register(case: Case, role: str) -> None:
    await case.post("/events", event_body(), case.headers(role), 403)


async def test_unknown_regions_and_categories_are_named(case: Case) -> None:
    headers = case.headers("registrar")
    nowhere = await case.post("/events", event_body() | {"regions": [{"code": "123456"}]}, headers, 422)
    assert nowhere["errors"][0]["field"] == "regions.0.code"
    nothing = event_body() | {"impacts": [{"category_code": "fruit.unicorn", "mechanism": "transport"}]}
    assert (await case.post("/events", nothing, headers, 422))["errors"][0]["field"] == "impacts.0.category_code"


async def test_who_signed_travels_as_a_token(case: Case) -> None:
    body = event_body()
    body["declarations"][0]["signed_by"] = "340101198001011234"
    made = await case.post("/events", body, case.headers("registrar"))
    signer = made["document"]["declarations"][0]["signed_by"]
    assert signer == case.service.app.state.surroundings.token("id", "340101198001011234")


async def test_a_declaration_is_compared_with_the_file_we_hold(case: Case) -> None:
    digest = await case.service.app.state.surroundings.blobs.put("通告".encode())
    body = event_body()
    body["declarations"][0]["file_hash"] = digest
    made = await case.post("/events", body, case.headers("registrar"))
    held, not_held = made["document"]["declarations"]
    assert held["stored_file_hash"] == digest
    assert "stored_file_hash" not in not_held


async def test_an_event_is_found_by_the_regions_it_struck_and_by_its_title(case: Case) -> None:
    await case.register()
    for query in ("region=341321", "region=340000", "q=新冠", "q=anhui", f"region=340000&q={'演' * 0}"):
        found = (await case.service.client.get(f"/events?{query}")).json()["items"]
        assert [event["id"] for event in found] == [case.event_id], query
    for query in ("region=610722", "q=%25", "q=地震", "q=%00x"):
        assert (await case.service.client.get(f"/events?{query}")).json()["items"] == []


async def test_a_list_of_events_is_read_page_by_page(case: Case) -> None:
    for number in range(3):
        await case.register(title_zh=f"事件{number}")
    first = (await case.service.client.get("/events?limit=2")).json()
    second = (await case.service.client.get(f"/events?limit=2&cursor={first['next']}")).json()
    titles = [event["title_zh"] for event in first["items"] + second["items"]]
    assert (titles, second["next"]) == (["事件2", "事件1", "事件0"], None)


async def test_a_revision_based_on_an_old_reading_is_refused(case: Case) -> None:
    await case.register()
    body = {name: value for name, value in event_body().items() if name != "declarations"} | {"title_zh": "更正"}
    path = f"/events/{case.event_id}"
    stale = await case.service.client.put(path, json=body, headers={**case.headers("registrar"), "If-Match": '"1"'})
    assert stale.status_code == 412
    fresh = await case.service.client.put(path, json=body, headers={**case.headers("registrar"), "If-Match": '"2"'})
    assert (fresh.status_code, fresh.json()["verified"], fresh.json()["title_zh"]) == (200, False, "更正")
    assert fresh.headers["etag"] == '"3"'


async def test_registering_twice_with_one_key_registers_once(case: Case) -> None:
    headers = case.headers("registrar") | {"Idempotency-Key": "k1"}
    one, two = [await case.post("/events", event_body(), headers) for _ in range(2)]
    assert one["id"] == two["id"]


async def test_evidence_is_certified_by_somebody_else(case: Case) -> None:
    await case.certify()
    shown = (await case.service.client.get(f"/slow-sales/{case.slow_sales_id}")).json()
    assert (shown["certified"], shown["version"]) == (True, 2)
    assert shown["document"]["certified_by"] == "p-certifier"
    (announced,) = await case.service.said("compliance.slow_sales.certified")
    assert (announced["entity_id"], announced["version"]) == (case.slow_sales_id, 2)
    again = await case.post(f"/slow-sales/{case.slow_sales_id}/certify", {}, case.headers("certifier"), 409)
    assert again["type"].endswith("/already-certified")


async def test_nobody_certifies_their_own_evidence(case: Case) -> None:
    made = await case.post("/slow-sales", slow_sales(), case.headers("operator", at=FILED))
    path = f"/slow-sales/{made['id']}/certify"
    same_account = case.headers("certifier", account_id="operator")
    same_person = case.headers("certifier", person="p-operator")
    for headers in (same_account, same_person):
        refused = await case.post(path, {}, headers, 403)
        assert refused["type"].endswith("/own-case")
    await case.post(path, {}, case.headers("certifier", "610000"), 403)


async def test_evidence_is_found_by_region_and_category(case: Case) -> None:
    await case.certify()
    for query in ("region=341321", "region=340000&category=fruit.pear.su", ""):
        found = (await case.service.client.get(f"/slow-sales?{query}")).json()["items"]
        assert [row["id"] for row in found] == [case.slow_sales_id]
    assert (await case.service.client.get("/slow-sales?region=610722")).json()["items"] == []


@pytest.mark.parametrize("change", [{"unsold_grams": -1}, {"unsold_grams": 1.5}, {"season": "a\u0000b"}, {"x": 1}])
async def test_absurd_evidence_is_refused(case: Case, change: dict[str, Any]) -> None:
    await case.post("/slow-sales", slow_sales() | change, case.headers("operator"), 422)


async def test_evidence_names_only_papers_that_were_uploaded_for_the_region(case: Case) -> None:
    elsewhere = await case.service.app.state.blobs.put(b"figures of Chenggu", ["610722"])
    body = slow_sales() | {
        "sources": [{"org": "砀山县农业农村局", "document_sha256": elsewhere}],
        "disruption_documents": ["0" * 64],
    }
    refused = await case.post("/slow-sales", body, case.headers("operator", at=FILED), 422)
    assert refused["type"].endswith("/document-missing")
    assert [each["field"] for each in refused["errors"]] == ["sources.0.document_sha256", "disruption_documents.0"]
    assert elsewhere in refused["detail"]


async def test_an_event_names_only_papers_that_were_uploaded_for_its_registrar(case: Case) -> None:
    await case.know_people()
    foreign = await case.service.app.state.blobs.put(b"figures of Chenggu", ["610722"])
    for unknown in ("0" * 64, foreign):
        refused = await case.post("/events", cut_off(unknown), case.headers("registrar"), 422)
        assert refused["type"].endswith("/document-missing")
        assert [each["field"] for each in refused["errors"]] == ["impacts.1.document_sha256"]
        assert unknown in refused["detail"]
    assert (await case.service.client.get("/events")).json()["items"] == []


async def test_a_paper_accepted_before_stays_when_another_registrar_revises_the_event(case: Case) -> None:
    await case.know_people()
    accepted = await case.service.app.state.blobs.put(b"figures of Beijing", ["110000"])
    foreign = await case.service.app.state.blobs.put(b"figures of Chenggu", ["610722"])
    made = await case.post("/events", cut_off(accepted), case.headers("registrar", "340000", "110000"))
    other = case.headers("registrar", "340000", account_id="another")
    for digest, status in ((foreign, 422), (accepted, 200)):
        body = {name: value for name, value in cut_off(digest).items() if name != "declarations"}
        headers = other | {"If-Match": f'"{made["version"]}"'}
        answer = await case.service.client.put(f"/events/{made['id']}", json=body, headers=headers)
        assert answer.status_code == status, answer.text


def cut_off(digest: str) -> dict[str, Any]:
    """An event whose second impact rests on this document."""
    impact = {"category_code": "fruit.pear.su", "mechanism": "transport"}
    return event_body() | {"impacts": [impact, impact | {"document_sha256": digest}]}


def slow_sales() -> dict[str, Any]:
    return {"region_code": "341321", "category_code": "fruit.pear.su", "season": "2019"}


async def test_an_event_too_large_to_be_told_is_refused(case: Case) -> None:
    authority = {"name": "指" * 200, "kind": "government", "level": "province", "region_code": "340000"}
    declared = {"kind": "statement", "joint_authorities": [authority] * 20, "url": "u" * 2000}
    answer = await case.post(
        "/events", event_body() | {"declarations": [declared] * 50}, case.headers("registrar"), 413
    )
    assert answer["type"].endswith("/body-too-large")


ZONE = {
    "zone": "infected",
    "region_code": "341321",
    "township_codes": ["341321101"],
    "category_codes": ["meat.pork"],
    "sealed_at": "2020-02-01T12:00:00+08:00",
}


async def test_a_zone_is_entered_with_its_event_and_reaches_the_facts_of_every_lot(case: Case) -> None:
    await case.know_people()
    await case.register(quarantines=[ZONE])
    await case.certify()
    await case.list_lots()
    (lot,) = await case.decisions("lot")
    (told,) = (await case.decision(lot["entity_id"]))["facts"]["event"]["quarantines"]
    assert {name: told[name] for name in ("zone", "region_code", "township_codes", "category_codes")} == {
        name: ZONE[name] for name in ("zone", "region_code", "township_codes", "category_codes")
    }
    assert lot["outcome"] == "pass"


async def test_a_zone_entered_later_stops_what_was_listed(case: Case) -> None:
    await case.prepare()
    facts = document()
    certificate = {"kind": "quarantine", "number": "Q-1", "lot_number": "20190920-1", "issued_on": "2020-02-19"}
    pork = {"category_code": "meat.pork", "certificates": [*facts["lot"]["certificates"], certificate]}
    facts["lot"] |= pork
    await case.list_lots(facts=facts)
    body = {name: value for name, value in event_body().items() if name != "declarations"}
    revised = await case.service.client.put(
        f"/events/{case.event_id}", json=body | {"quarantines": [ZONE]}, headers=case.headers("registrar")
    )
    assert revised.status_code == 200, revised.text
    await case.ask_what_is_due()
    assert "fm.biosecurity" in [result["rule"] for result in (await case.decisions("lot"))[-1]["not_passed"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"region_code": "341399"}, "quarantines.0.region_code"),
        ({"category_codes": ["meat.unicorn"]}, "quarantines.0.category_codes.0"),
        ({"township_codes": ["341321"]}, "quarantines.0.township_codes.0"),
        ({"zone": "blue"}, "quarantines.0.zone"),
        ({"lifted_at": "2020-01-31T12:00:00+08:00"}, "quarantines.0"),
    ],
)
async def test_a_zone_that_would_hold_back_nothing_is_refused(case: Case, change: dict[str, Any], field: str) -> None:
    body = event_body() | {"quarantines": [ZONE | change]}
    answer = await case.service.client.post("/events", json=body, headers=case.headers("registrar"))
    assert answer.status_code in (404, 422), answer.text
    assert answer.json()["errors"][0]["field"] == field
