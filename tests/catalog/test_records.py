"""Marks, producers, specialties, regions and categories over HTTP."""

from typing import Any

import pytest

from tests.apps import Tokens
from tests.catalog.market import DANGSHAN, Market, listing_body, lot_body, producer_body, specialty_body
from tests.conftest import ServiceOf


async def test_a_producer_is_shown_as_the_law_wants_and_no_further(market: Market) -> None:
    made = await market.producer()
    assert made["address"] == "安徽省宿州市砀山县演示路1号"
    assert made["region"]["name_en"] == "Dangshan County"
    assert not {"legal_rep", "controller", "phone", "account", "tokens"} & set(made)


@pytest.mark.parametrize(
    ("uscc", "kind", "fields"),
    [
        ("93341321MA8DM0A15D", "cooperative", []),
        ("93341321MA8DM0A15E", "cooperative", ["uscc"]),
        ("not a code", "cooperative", ["uscc"]),
        ("93341321MA8DM0A15D", "enterprise", ["kind"]),
    ],
)
async def test_a_doubtful_code_is_stored_with_a_warning(
    market: Market, uscc: str, kind: str, fields: list[str]
) -> None:
    made = await market.producer(uscc=uscc, kind=kind)
    assert [warning["field"] for warning in made["warnings"]] == fields


async def test_an_absurd_code_is_refused(market: Market) -> None:
    refused = await market.post("/producers", producer_body() | {"uscc": "9" * 33}, 422)
    assert [error["field"] for error in refused["errors"]] == ["uscc"]


async def test_the_kind_comes_from_the_code_and_a_household_needs_none(market: Market) -> None:
    body = {name: value for name, value in producer_body().items() if name not in ("kind", "uscc")}
    assert (await market.post("/producers", body | {"uscc": "91341321MA8DM0D494"}))["kind"] == "enterprise"
    household = await market.post("/producers", body | {"seller_type": "farmer_exempt"})
    assert (household["kind"], household["uscc"]) == ("household", None)
    await market.post("/producers", {"region_code": DANGSHAN, "name": "无码"}, 422)


async def test_a_villages_proof_is_told_to_the_offices_of_the_region_and_to_nobody_else(market: Market) -> None:
    proof = await market.upload(kind="village_proof")
    body = {name: value for name, value in producer_body().items() if name not in ("kind", "uscc")}
    entered = {**body, "seller_type": "farmer_exempt", "village_proof_sha256": proof}
    path = f"/producers/{(await market.post('/producers', entered))['id']}"
    assert (await market.get(path))["village_proof_sha256"] == proof
    assert (await market.get(path, public=True))["village_proof_sha256"] is None
    stranger = market.headers("operator", scopes=("330822",))
    assert (await market.client.get(path, headers=stranger)).json()["village_proof_sha256"] is None


async def test_one_code_is_one_producer(market: Market) -> None:
    await market.producer()
    assert (await market.post("/producers", producer_body(), 409))["type"].endswith("/producer-exists")


async def test_a_producer_is_changed_under_its_version(market: Market) -> None:
    made = await market.producer()
    path = f"/producers/{made['id']}"
    changed = await market.put(path, producer_body() | {"contact": "0557-1111111"}, headers={"If-Match": '"1"'})
    assert (changed["version"], changed["contact"]) == (2, "0557-1111111")
    await market.put(path, producer_body(), 412, headers={"If-Match": '"1"'})


async def test_what_identifies_a_person_stays_when_it_is_left_out(market: Market) -> None:
    draft = await market.listing(lots=1)
    producer_id = draft["draft"]["lots"][0]["producer_id"]
    before = (await market.get(f"/listings/{draft['id']}/facts"))["items"][0]["facts"]["suppliers"][0]
    body = {name: value for name, value in producer_body().items() if name not in ("legal_rep", "phone")}
    await market.put(f"/producers/{producer_id}", body)
    after = (await market.get(f"/listings/{draft['id']}/facts"))["items"][0]["facts"]["suppliers"][0]
    assert (after["legal_rep"], after["phone"]) == (before["legal_rep"], before["phone"])


async def test_one_human_is_one_token_whatever_their_part(market: Market) -> None:
    specialty = await market.specialty()
    first = await market.producer(0, legal_rep="DEMO-SAME")
    second = await market.producer(1, controller="demo-same")
    lots = [lot_body(first["id"], "1"), lot_body(second["id"], "2")]
    draft = await market.post("/listings", listing_body(specialty["id"], lots))
    suppliers = (await market.get(f"/listings/{draft['id']}/facts"))["items"][0]["facts"]["suppliers"]
    assert suppliers[0]["legal_rep"] == suppliers[1]["controller"]


async def test_marks_stand_with_their_specialty_and_in_its_facts(market: Market) -> None:
    mark = await market.post(
        "/marks", {"region_code": DANGSHAN, "mark_type": "gi_product", "name": "砀山酥梨", "licensees": 40}
    )
    specialty = await market.specialty(mark_ids=[mark["id"]])
    assert specialty["marks"][0]["mark"]["licensees"] == 40
    assert (await market.get("/marks", public=True, region="340000"))["items"][0]["id"] == mark["id"]
    refused = await market.post("/specialties", specialty_body() | {"name_zh": "别的", "mark_ids": ["nothing"]}, 422)
    assert [error["field"] for error in refused["errors"]] == ["mark_ids.0"]


async def test_a_specialty_is_entered_once(market: Market) -> None:
    await market.specialty()
    assert (await market.post("/specialties", specialty_body(), 409))["type"].endswith("/specialty-exists")


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"region_code": "370181"}, "region_code", "370114 Zhangqiu District"),
        ({"region_code": "999999"}, "region_code", "six digits"),
        ({"region_code": "34132"}, "region_code", "pattern"),
        ({"category_code": "fruit.paer"}, "category_code", "fruit.pear"),
        ({"season_months": [13]}, "season_months.0", "at most 12"),
        ({"season_months": [3, 3]}, "season_months", "repeat"),
    ],
)
async def test_a_wrong_specialty_is_told_what_would_be_right(
    market: Market, change: dict[str, Any], field: str, said: str
) -> None:
    refused = await market.post("/specialties", specialty_body() | change, 422)
    assert [error["field"] for error in refused["errors"]] == [field]
    assert said in refused["errors"][0]["detail"]


async def test_producers_are_listed_by_page_and_region(market: Market) -> None:
    made = [await market.producer(number) for number in range(3)]
    first = await market.get("/producers", public=True, region="341300", limit=2)
    rest = await market.get("/producers", public=True, region="341300", limit=2, cursor=first["next"])
    assert [row["id"] for row in first["items"] + rest["items"]] == [row["id"] for row in reversed(made)]
    assert rest["next"] is None
    assert (await market.get("/producers", public=True, region="440000"))["items"] == []
    await market.get("/producers", 422, public=True, cursor="rubbish")
    await market.get("/producers", 404, public=True, region="123456")


async def test_a_region_is_shown_with_what_is_above_and_below_it(market: Market) -> None:
    county = await market.get("/regions/341321", public=True)
    assert [row["code"] for row in county["ancestors"]] == ["341300", "340000"]
    assert county["approving_code"] == "341300"
    wenchang = await market.get("/regions/469005", public=True)
    assert (wenchang["parent"], wenchang["approving_code"]) == ("460000", "460000")
    anhui = await market.get("/regions/340000/children", public=True)
    assert len(anhui["items"]) == (await market.get("/regions/340000", public=True))["children_count"] == 16


async def test_a_former_code_says_when_it_ended_and_what_followed(market: Market) -> None:
    former = await market.get("/regions/370181", public=True)
    assert (former["in_force"], former["valid_to"]) == (False, "2016-12-31")
    assert [row["code"] for row in former["history"]["successors"]] == ["370114"]
    present = await market.get("/regions/370114", public=True)
    assert [row["code"] for row in present["history"]["predecessors"]] == ["370181"]
    assert (await market.get("/regions/370181", public=True, on="2015-01-01"))["in_force"] is True


async def test_an_unknown_code_says_what_a_code_looks_like_and_what_is_near(market: Market) -> None:
    for code in ("341399", "469000", "34132", "%00", "x" * 100):
        unknown = await market.get(f"/regions/{code}", 404, public=True)
        assert "six digits" in unknown["detail"]
    near = (await market.get("/regions/341399", 404, public=True))["nearest"]
    assert near[0].startswith("3413")


async def test_regions_are_found_by_name_in_both_languages_and_by_level(market: Market) -> None:
    for text in ("砀山", "dangshan", "Dang shan"):
        found = await market.get("/regions", public=True, q=text)
        assert found["items"][0]["code"] == "341321"
    assert len((await market.get("/regions", public=True))["items"]) == 35  # The invented province is one of them.
    counties, cursor = 0, None
    while True:
        given: dict[str, Any] = {"cursor": cursor} if cursor else {}
        page = await market.get("/regions", public=True, level="county", limit=500, on="2026-11-22", **given)
        counties, cursor = counties + len([row for row in page["items"] if not row["demo"]]), page["next"]
        if cursor is None:
            break
    assert counties == 2847


async def test_categories_say_what_the_law_asks_of_them(market: Market) -> None:
    pear = await market.get("/categories/fruit.pear.su", public=True)
    assert (pear["certificate_class"], pear["fresh"], pear["ancestors"][0]) == ("fruit", True, "fruit.pear")
    assert pear["illustration"] == "pear"
    await market.get("/categories/nothing", 404, public=True)
    tree = await market.get("/categories", public=True)
    assert pear in tree["items"]


async def test_ids_that_never_were_are_not_found(market: Market) -> None:
    for path in ("marks", "producers", "specialties", "listings", "lots"):
        await market.get(f"/{path}/0190b2c4-0000-7000-8000-000000000000", 404, public=True)
        assert (await market.client.get(f"/{path}/%00")).status_code in (404, 422)


async def test_people_behind_a_producer_are_told_by_name_and_by_number_as_tokens_only(market: Market) -> None:
    number = "34132119800101123X"
    entered = {"legal_rep": f"演示甲 {number}", "controller": "演示甲", "executives": [number, "演示乙"]}
    specialty, producer = await market.specialty(), await market.producer(0, **entered)
    draft = await market.post("/listings", listing_body(specialty["id"], [lot_body(producer["id"])]))
    (supplier,) = (await market.get(f"/listings/{draft['id']}/facts"))["items"][0]["facts"]["suppliers"]
    people = supplier["people"]
    both = next(person for person in people if {"name", "person"} <= set(person))
    assert (supplier["legal_rep"], both["person"]) == (both["person"], supplier["legal_rep"])
    assert {"name": both["name"]} in people
    assert {"person": both["person"]} in people
    assert len(people) == 4
    assert supplier["controller"] != supplier["legal_rep"]
    assert number not in str(supplier)
    assert "演示甲" not in str(supplier)


async def test_invented_regions_are_there_in_demonstrations_only(service_app: ServiceOf, tokens: Tokens) -> None:
    market = Market(await service_app("catalog", demo=False), tokens)
    for path in ("/regions/999901", "/regions/990000/children"):
        assert (await market.client.get(path)).status_code == 404
    provinces = (await market.client.get("/regions")).json()["items"]
    assert len(provinces) == 34
    assert (await market.client.get("/regions", params={"q": "演示"})).json()["items"] == []


MARK = {
    "region_code": DANGSHAN,
    "mark_type": "gi_product",
    "name": "砀山酥梨",
    "mark_no": "GI-1",
    "expires_on": "2020-03-01",
    "authorised_suppliers": ["93341321MA8DM0A15D"],
}


async def test_a_renewed_mark_tells_its_new_end_and_its_new_licensees(market: Market) -> None:
    made = await market.post("/marks", MARK)
    codes = [*MARK["authorised_suppliers"], "93341321MA8DM0B2XE"]
    renewed = MARK | {"expires_on": "2030-03-01", "authorised_suppliers": codes}
    path = f"/marks/{made['id']}"
    changed = await market.put(path, renewed, headers={"If-Match": '"1"'})
    assert (changed["version"], changed["mark"]["expires_on"]) == (2, "2030-03-01")
    assert (await market.get(path, public=True))["mark"]["authorised_suppliers"] == codes
    await market.put(path, renewed, 412, headers={"If-Match": '"1"'})
    moved = await market.put(path, renewed | {"region_code": "341322"}, 422)
    assert [error["field"] for error in moved["errors"]] == ["region_code"]
    await market.put("/marks/nowhere", renewed, 404)


async def test_the_opening_day_of_a_new_year_is_entered_at_the_specialty_and_reaches_its_lots(market: Market) -> None:
    specialty, producer = await market.specialty(), await market.producer()
    lots = [lot_body(producer["id"], variety="早酥")]
    draft = await market.post("/listings", listing_body(specialty["id"], lots))
    path = f"/specialties/{specialty['id']}"
    days = [{"variety": "早酥", "year": 2019, "opens_on": "2019-09-15"}]
    changed = await market.put(path, specialty_body() | {"opening_days": days}, headers={"If-Match": '"1"'})
    assert (changed["version"], changed["opening_days"]) == (2, days)
    lot = (await market.get(f"/listings/{draft['id']}/facts"))["items"][0]["facts"]["lot"]
    assert (lot["opening_day_expected"], lot["opens_on"]) == (True, "2019-09-15")
    await market.put(path, specialty_body(), 412, headers={"If-Match": '"1"'})


@pytest.mark.parametrize("change", [{"region_code": "341322"}, {"category_code": "fruit.apple"}])
async def test_a_specialty_stays_what_it_is(market: Market, change: dict[str, str]) -> None:
    made = await market.specialty()
    refused = await market.put(f"/specialties/{made['id']}", specialty_body() | change, 422)
    assert [error["field"] for error in refused["errors"]] == list(change)


async def test_marks_and_specialties_of_others_are_not_mine_to_change(market: Market) -> None:
    mark, specialty = await market.post("/marks", MARK), await market.specialty()
    stranger = market.headers("operator", scopes=("330822",))
    await market.put(f"/marks/{mark['id']}", MARK, 403, headers=stranger)
    await market.put(f"/specialties/{specialty['id']}", specialty_body(), 403, headers=stranger)
    await market.put("/specialties/nowhere", specialty_body(), 404)


async def test_a_producer_is_found_by_a_part_of_the_name_or_by_the_whole_code(market: Market) -> None:
    made = await market.producer()
    for words in (made["name"][2:6], made["uscc"].lower()):
        assert [each["id"] for each in (await market.get("/producers", q=words))["items"]] == [made["id"]]
    for words in ("没有这个名字", "%", made["uscc"][:8]):
        assert (await market.get("/producers", q=words))["items"] == []
