"""Lots described as their class wants it, and specialties that many counties share."""

import pytest

from tests.catalog.market import Market, form_of, listing_body, lot_body, specialty_body

XIAOXIAN = "341322"
PREFECTURE = "341300"


async def test_the_schema_of_a_class_says_what_its_lots_are_described_by(market: Market) -> None:
    told = await market.get("/categories/fruit.pear.su/attributes", public=True)
    assert [each["name"] for each in told["items"]] == ["solids_bp", "diameter_mm", "piece_grams", "ripeness", "waxed"]
    assert told["json_schema"]["properties"]["diameter_mm"] == {"type": "integer", "minimum": 1, "maximum": 500}
    assert (await market.get("/categories/seedling/attributes", public=True))["items"] == []
    await market.get("/categories/none/attributes", 404, public=True)


async def test_a_lot_carries_its_attributes_to_its_page_and_not_to_the_gate(market: Market) -> None:
    specialty, producer = await market.specialty(), await market.producer()
    described = {"solids_bp": 1250, "diameter_mm": 75, "ripeness": "ready", "waxed": False}
    lot = lot_body(producer["id"]) | {"attributes": described}
    draft = await market.post("/listings", listing_body(specialty["id"], [lot]))
    submitted = await market.post(f"/listings/{draft['id']}/submit", {})
    (said,) = await market.service.said("catalog.listing.submitted")
    assert "attributes" not in said["lots"][0]["facts"]["lot"]
    await market.decide(submitted)
    shown = await market.get(f"/lots/{draft['draft']['lots'][0]['id']}", public=True)
    assert shown["lot"]["attributes"] == described


@pytest.mark.parametrize(
    "attributes",
    [{"solids_bp": 9_999}, {"solids_bp": 12.5}, {"ripeness": "best"}, {"crop_year": 2026}, {"Waxed": True}],
    ids=["out-of-bounds", "fraction", "no-choice", "of-another-class", "no-name"],
)
async def test_an_attribute_that_does_not_fit_is_refused_at_its_field(
    market: Market, attributes: dict[str, object]
) -> None:
    specialty, producer = await market.specialty(), await market.producer()
    lot = lot_body(producer["id"]) | {"attributes": attributes}
    refused = await market.post("/listings", listing_body(specialty["id"], [lot]), 422)
    assert refused["errors"][0]["field"].startswith("lots.0.attributes")


async def test_counties_share_the_specialty_of_their_prefecture(market: Market) -> None:
    prefecture = market.headers("operator", scopes=(PREFECTURE,))
    shared = await market.post("/specialties", specialty_body() | {"region_code": PREFECTURE}, headers=prefecture)
    producer = await market.producer()
    body = listing_body(shared["id"], [lot_body(producer["id"])])
    drafts = []
    for code in ("341321", XIAOXIAN):
        own = market.headers("operator", scopes=(code,))
        draft = await market.post("/listings", body | {"region_code": code}, headers=own)
        assert draft["region"]["code"] == code
        drafts.append(await market.post(f"/listings/{draft['id']}/submit", {}, headers=own))
    first, second = await market.service.said("catalog.listing.submitted")
    assert [each["region_code"] for each in (first, second)] == ["341321", XIAOXIAN]
    assert second["facts"]["subject"]["region_code"] == XIAOXIAN
    assert second["lots"][0]["facts"]["lot"]["origin_region_code"] == XIAOXIAN
    for draft in drafts:
        await market.decide(draft)
    listed = await market.get("/listings", public=True, specialty=shared["id"])
    assert {card["region"]["code"] for card in listed["items"]} == {"341321", XIAOXIAN}
    found = await market.get("/listings", public=True, region=XIAOXIAN)
    assert [card["id"] for card in found["items"]] == [drafts[1]["id"]]


async def test_a_county_outside_the_specialtys_region_cannot_list_it(market: Market) -> None:
    specialty, producer = await market.specialty(), await market.producer()
    body = listing_body(specialty["id"], [lot_body(producer["id"])])
    refused = await market.post("/listings", body | {"region_code": XIAOXIAN}, 422)
    assert refused["errors"][0]["field"] == "region_code"
    elsewhere = market.headers("operator", scopes=(XIAOXIAN,))
    await market.post("/listings", body, 403, elsewhere)
    draft = await market.post("/listings", body)
    moved = await market.put(f"/listings/{draft['id']}", form_of(draft) | {"region_code": XIAOXIAN}, 422)
    assert moved["errors"][0]["field"] == "region_code"
