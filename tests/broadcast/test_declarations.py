"""A declaration of interests that changes is announced, and a wrong one is taken back in the open."""

from datetime import timedelta
from typing import Any

from services.broadcast.app import republish_officials
from tests.broadcast.county import NOW, County

PAPER = b"signed by the official"
WHY = {"reason": "登记时选错了人，应为另一位官员。"}


async def declared(county: County, **fields: Any) -> dict[str, Any]:
    body = {
        "declared_on": "2020-02-01",
        "relations": [{"relation": "spouse", "identity": "342221198001010000"}],
        "former_posts": [],
        "grants": [],
        "signed_document_sha256": await county.upload(PAPER),
    }
    return await county.post(f"/officials/{county.official}/declarations", body | fields, county.operator(), 201)


def path_of(county: County, declaration: dict[str, Any]) -> str:
    return f"/officials/{county.official}/declarations/{declaration['id']}/withdraw"


async def told(county: County) -> list[dict[str, Any]]:
    return await county.app.said("broadcast.official.declared")


async def test_a_declaration_is_announced_with_the_official_whole(county: County) -> None:
    await declared(county)
    later = await declared(county, declared_on="2020-03-01", recused=True)
    first, second = await told(county)
    assert (first["declared_on"], second["declared_on"]) == ("2020-02-01", "2020-03-01")
    assert second["entity_id"] == later["official_id"] == county.official
    assert second["version"] == first["version"] + 1
    assert second["declaration"]["recused"] is True
    assert "342221198001010000" not in str(second)


async def test_a_filing_says_as_of_which_state_of_its_official_it_asks(county: County) -> None:
    await declared(county)
    await county.submitted()
    (asked,) = await county.app.said("broadcast.filing.submitted")
    assert (asked["official_id"], asked["official_version"]) == (county.official, (await told(county))[-1]["version"])


async def test_a_withdrawn_declaration_stays_in_the_list_and_the_one_before_it_stands(county: County) -> None:
    first = await declared(county)
    wrong = await declared(county, declared_on="2020-03-01")
    answer = await county.post(path_of(county, wrong), WHY, county.operator(), 200)
    assert (answer["withdrawn_reason"], answer["withdrawn_at"] is not None) == (WHY["reason"], True)
    assert (await told(county))[-1]["declared_on"] == "2020-02-01"
    public = (await county.app.client.get(f"/officials/{county.official}")).json()
    assert public["declaration"]["declared_on"] == "2020-02-01"
    listed = await county.app.client.get(f"/officials/{county.official}/declarations", headers=county.operator())
    assert [(each["id"], each["withdrawn_reason"]) for each in listed.json()["items"]] == [
        (wrong["id"], WHY["reason"]),
        (first["id"], None),
    ]
    again = await county.post(path_of(county, wrong), WHY, county.operator(), 409)
    assert again["type"].endswith("/declaration-withdrawn")


async def test_after_the_only_one_none_stands(county: County) -> None:
    only = await declared(county)
    await county.post(path_of(county, only), WHY, county.operator(), 200)
    last = (await told(county))[-1]
    assert (last["declared_on"], last["declaration"]) == (None, {})
    await county.submitted()
    assert (await county.app.said("broadcast.filing.submitted"))[-1]["facts"]["official"]["declaration"] == {}


async def test_an_operator_does_not_take_back_what_the_official_said_in_person(county: County) -> None:
    account, person = "the-official", "p-the-official"
    official = await county.add_official("a" * 64)
    themself = county.tokens.headers("official", at=NOW, account_id=account, person="a" * 64)
    body = {"declared_on": "2020-02-01", "relations": [], "former_posts": [], "grants": []}
    made = await county.post(f"/officials/{official}/declarations", body, themself, 201)
    path = f"/officials/{official}/declarations/{made['id']}/withdraw"
    assert (await county.post(path, WHY, county.operator(), 403))["type"].endswith("/not-allowed")
    stranger = county.tokens.headers("official", at=NOW, account_id="another", person=person)
    await county.post(path, WHY, stranger, 403)
    far = county.operator(scopes=("610722",))
    assert (await county.app.client.get(f"/officials/{official}/declarations", headers=far)).status_code == 403
    assert (await county.post(path, {"reason": ""}, themself, 422))["errors"][0]["field"] == "reason"
    await county.post(path, WHY, themself, 200)


async def test_a_declaration_of_somebody_else_is_not_found(county: County) -> None:
    made = await declared(county)
    other = await county.add_official("b" * 64)
    path = f"/officials/{other}/declarations/{made['id']}/withdraw"
    await county.post(path, WHY, county.operator(), 404)


async def test_the_signed_paper_is_one_that_was_uploaded_for_the_region(county: County) -> None:
    foreign = str(await county.app.app.state.blobs.put(b"signed elsewhere", ["610722"]))
    body = {"declared_on": "2020-02-01", "relations": [], "former_posts": [], "grants": []}
    path = f"/officials/{county.official}/declarations"
    refused = await county.post(path, body | {"signed_document_sha256": foreign}, county.operator(), 422)
    assert refused["type"].endswith("/document-missing")
    assert refused["errors"][0]["field"] == "signed_document_sha256"
    assert await told(county) == []


async def test_it_can_be_told_again(county: County) -> None:
    await declared(county)
    async with county.app.database.sessions() as db:
        again = [each async for each in republish_officials(db, NOW - timedelta(days=1))]
    assert [each.model_dump(mode="json")["version"] for each in again] == [(await told(county))[-1]["version"]]
