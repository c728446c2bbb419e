"""Officials are known by post, identities by token, and notices find the people whom they concern."""

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from services.compliance.rules import parse_facts
from tests.apps import instant
from tests.broadcast.county import COUNTY, NOW, PREFECTURE, County, account, decision, listing

ID_NUMBER = "342221198001010000"


async def _everything_stored(county: County) -> str:
    tables = ("official", "declaration", "host", "filing", "outbox", "idempotency")
    async with county.app.database.sessions() as db:
        found = [
            str(row)
            for table in tables
            for row in await db.execute(sa.text(f"SELECT t::text FROM broadcast.{table} t"))  # noqa: S608  Constants.
        ]
    return "\n".join(found)


async def test_a_raw_identity_is_never_kept(county: County) -> None:
    official = await county.add_official(ID_NUMBER, post_zh="县长", post_en="county head")
    declaration = {
        "declared_on": "2020-02-01",
        "relations": [{"relation": "spouse", "identity": ID_NUMBER + "X", "name": "某某某"}],
        "former_posts": [],
        "grants": [],
        "signed_document_sha256": await county.upload(),
    }
    await county.post(f"/officials/{official}/declarations", declaration, county.operator(), 201)
    await county.submitted(official_id=official, initiator=ID_NUMBER + "Y")
    stored = await _everything_stored(county)
    assert ID_NUMBER not in stored
    assert "某某某" not in stored


async def test_one_person_has_one_token_wherever_they_are_named(county: County) -> None:
    official = await county.add_official(ID_NUMBER, post_zh="县长", post_en="county head")
    await county.submitted(
        official_id=official, payments=[{"item": "travel", "payer_kind": "self", "payer": f" {ID_NUMBER} "}]
    )
    facts = (await county.app.said())[-1]["facts"]
    assert facts["official"]["person"] == facts["filing"]["payments"][0]["payer"]


async def test_saving_a_form_again_keeps_the_tokens(county: County) -> None:
    filing = await county.draft(initiator=ID_NUMBER)
    again = (await county.revise(filing)).json()
    assert again["content"]["initiator"] == filing["content"]["initiator"]


async def test_the_public_form_of_an_official_has_post_and_declaration_only(county: County) -> None:
    answer = await county.app.client.get(f"/officials/{county.official}")
    assert set(answer.json()) == {
        "id",
        "version",
        "post_zh",
        "post_en",
        "organ",
        "jurisdiction",
        "civil_servant",
        "left_office_on",
        "declaration",
    }
    assert answer.json()["declaration"] is None


def _declaration(**fields: Any) -> dict[str, Any]:
    return {"declared_on": "2020-02-01", "relations": [], "former_posts": [], "grants": []} | fields


async def test_an_official_declares_for_themself(county: County) -> None:
    await county.app.hear(account("of-the-official", COUNTY, "county"))
    official = await county.add_official("ignored", account_id="of-the-official", post_zh="县长", post_en="county head")
    headers = county.tokens.headers("official", at=NOW, account_id="of-the-official")
    await county.post(f"/officials/{official}/declarations", _declaration(), headers, 201)
    await county.post(f"/officials/{official}/declarations", _declaration(declared_on="2020-03-01"), headers, 201)
    shown = (await county.app.client.get(f"/officials?region={PREFECTURE}")).json()["items"]
    assert [each["declaration"] for each in shown if each["id"] == official] == [
        {"declared_on": "2020-03-01", "recused": False}
    ]
    other = county.tokens.headers("official", at=NOW, account_id="another")
    refused = await county.ask(f"/officials/{official}/declarations", _declaration(), other)
    assert refused.status_code == 403


async def test_an_operator_needs_the_signed_paper(county: County) -> None:
    answer = await county.ask(f"/officials/{county.official}/declarations", _declaration(), county.operator())
    assert answer.json()["errors"][0]["field"] == "signed_document_sha256"


async def test_a_declaration_of_tomorrow_is_refused(county: County) -> None:
    body = _declaration(declared_on="2020-03-03", signed_document_sha256=await county.upload())
    answer = await county.ask(f"/officials/{county.official}/declarations", body, county.operator())
    assert answer.json()["errors"][0]["field"] == "declared_on"


async def test_a_declaration_made_before_the_approval_goes_to_the_gate(county: County) -> None:
    filing = await county.previewed()
    body = _declaration(signed_document_sha256=await county.upload())
    await county.post(f"/officials/{county.official}/declarations", body, county.operator(), 201)
    await county.approve(filing["id"])
    (asked,) = await county.app.said("broadcast.filing.submitted")
    (approved,) = await county.app.said("broadcast.filing.approved")
    assert asked["facts"]["official"]["declaration"] == {}
    assert approved["facts"]["official"]["declaration"]["declared_on"] == "2020-02-01"
    assert asked["content_sha256"] == approved["content_sha256"]


async def test_a_filing_of_the_past_knows_no_later_declaration(county: County) -> None:
    path = f"/officials/{county.official}/declarations"
    early = _declaration(signed_document_sha256=await county.upload())
    await county.post(path, early, county.operator(), 201)
    later = county.operator(at=instant("2020-03-20T09:00:00"))
    await county.post(path, early | {"declared_on": "2020-03-20"}, later, 201)
    await county.submitted()
    told = (await county.app.said())[-1]["facts"]["official"]["declaration"]
    assert told["declared_on"] == "2020-02-01"


async def test_all_that_the_gate_compares_of_interests_reaches_it(county: County) -> None:
    relation = {"relation": "spouse", "identity": ID_NUMBER, "name": "某某某", "region_code": COUNTY}
    declaration = _declaration(
        relations=[{**relation, "employer_uscc": "91341321MA8DM0D494"}],
        former_posts=[
            {"organ": "演示公司", "organ_uscc": "91341321MA8DM0D494", "left_on": "2018-01-31", "leading": True}
        ],
        grants=[{"supplier_uscc": "91341321MA8DM0D494", "approved_on": "2019-12-01", "amount_fen": 1}],
        signed_document_sha256=await county.upload(),
    )
    await county.post(f"/officials/{county.official}/declarations", declaration, county.operator(), 201)
    await county.submitted(sponsors=["91341321MA8DM0D494"], agencies=["91341321MA8DM0C37U"])
    facts = (await county.app.said())[-1]["facts"]
    told = parse_facts({name: facts[name] for name in ("official", "filing")})
    assert told.official is not None
    assert told.official.declaration is not None
    (named,) = told.official.declaration.relations or ()
    assert None not in (named.person, named.name, named.region_code, named.employer_uscc)
    (post,) = told.official.declaration.former_posts or ()
    former = (post.organ, post.organ_uscc, post.left_on, post.leading)
    assert former == ("演示公司", "91341321MA8DM0D494", date(2018, 1, 31), True)
    assert [grant.supplier_uscc for grant in told.official.declaration.grants or ()] == ["91341321MA8DM0D494"]
    assert told.filing is not None
    assert (told.filing.sponsors, told.filing.agencies) == (("91341321MA8DM0D494",), ("91341321MA8DM0C37U",))


async def test_a_person_is_entered_once_per_post(county: County) -> None:
    body = {
        "identity": f"official-{COUNTY}",
        "post_zh": "副县长",
        "post_en": "again",
        "organ": {"name": "砀山县人民政府", "kind": "peoples_government", "level": "county", "region_code": COUNTY},
        "jurisdiction": [COUNTY],
        "civil_servant": True,
    }
    answer = await county.ask("/officials", body, county.operator())
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (409, "already-entered")


async def test_a_post_may_change_but_not_the_person(county: County) -> None:
    shown = (await county.app.client.get(f"/officials/{county.official}")).json()
    body = {name: shown[name] for name in ("post_en", "organ", "jurisdiction", "civil_servant")}
    path = f"/officials/{county.official}"
    changed = await county.app.client.put(path, json=body | {"post_zh": "县长"}, headers=county.operator())
    assert (changed.status_code, changed.json()["version"], changed.json()["post_zh"]) == (200, 2, "县长")
    other = body | {"post_zh": "县长", "identity": "somebody else"}
    refused = await county.app.client.put(path, json=other, headers=county.operator())
    assert refused.status_code == 422


async def test_this_years_training_is_entered_for_a_host(county: County) -> None:
    (host,) = (await county.app.client.get("/hosts", headers=county.operator())).json()["items"]
    body = {name: value for name, value in host.items() if name not in ("id", "version")}
    body["training_passed_on"] = "2020-03-01"
    answer = await county.app.client.put(f"/hosts/{host['id']}", json=body, headers=county.operator())
    assert (answer.status_code, answer.json()["training_passed_on"]) == (200, "2020-03-01")


async def test_an_official_of_another_region_is_not_entered(county: County) -> None:
    body = {
        "identity": "x1",
        "post_zh": "县长",
        "post_en": "county head",
        "organ": {"name": "萧县人民政府", "kind": "peoples_government", "level": "county", "region_code": "341322"},
        "jurisdiction": ["341322"],
        "civil_servant": True,
    }
    assert (await county.ask("/officials", body, county.operator())).status_code == 403


async def test_the_applicant_hears_what_happens_and_reads_it_once(county: County) -> None:
    filing = await county.scheduled()
    client, headers = county.app.client, county.operator()
    items = (await client.get("/notices", headers=headers)).json()["items"]
    assert [(each["kind"], each["filing_id"]) for each in items] == [
        ("scheduled", filing["id"]),
        ("approved", filing["id"]),
    ]
    assert items[0]["text_zh"] == "《砀山酥梨直播专场》已列入直播日历。"
    read = await client.post(f"/notices/{items[0]['id']}/read", headers=headers)
    assert read.json()["read_at"] is not None
    unread = (await client.get("/notices?unread=true", headers=headers)).json()["items"]
    assert [each["kind"] for each in unread] == ["approved"]


async def test_a_notice_is_its_owners_alone(county: County) -> None:
    await county.scheduled()
    client = county.app.client
    (notice, *_) = (await client.get("/notices", headers=county.operator())).json()["items"]
    answer = await client.post(f"/notices/{notice['id']}/read", headers=county.approver())
    assert answer.status_code == 404
    assert (await client.get("/notices", headers=county.approver())).json()["items"] == []


async def test_a_blocked_filing_tells_the_sentence_that_blocked_it(county: County) -> None:
    await county.previewed("fail")
    (notice,) = (await county.app.client.get("/notices", headers=county.operator())).json()["items"]
    assert notice["text_zh"] == "《砀山酥梨直播专场》未通过核验，已被拦截。原因：通知规定了最低消费。"


async def test_what_other_services_said_last_is_kept_in_any_order(county: County) -> None:
    await county.app.hear(listing(COUNTY, version=4), listing(COUNTY, version=3, lots=("lot-1",)))
    filing = await county.submitted()
    assert filing["pinned_listings"][0]["listing_version"] == 4


async def test_the_same_answer_twice_has_one_effect(county: County) -> None:
    filing = await county.approved()
    answer = decision(filing, "pass")
    await county.app.hear(answer, answer)
    assert len(await county.app.said("broadcast.filing.scheduled")) == 1


@pytest.mark.parametrize("kind", ["document", "listing", "broadcast"])
async def test_answers_about_other_things_are_let_pass(county: County, kind: Any) -> None:
    filing = await county.approved()
    other = decision(filing, "fail")
    other = other.model_copy(update={"about": other.about.model_copy(update={"kind": kind})})
    await county.app.hear(other)
    assert (await county.read(filing["id"]))["state"] == "approved"


async def test_evidence_whose_certification_is_unknown_is_named(county: County) -> None:
    from services.contracts.compliance import SlowSalesCertified

    certified = SlowSalesCertified(
        entity_id="certified", version=1, region_code=COUNTY, category_code="pear", season="2020", certified_at=NOW
    )
    await county.app.hear(certified)
    filing = await county.submitted(slow_sales_ids=["certified", "unknown"])
    assert filing["uncertified_slow_sales_ids"] == ["unknown"]
    assert (await county.app.said())[-1]["slow_sales_ids"] == ["certified", "unknown"]
