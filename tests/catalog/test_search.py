"""What the public finds, through the one index, in PostgreSQL itself."""

from typing import Any

import pytest

from services.kit.ids import new_id
from services.kit.page import encode_cursor
from tests.catalog.market import Json, Market, form_of, specialty_body

NUL_CURSOR = encode_cursor("2020-03-02T00:00:00+00:00", "\0")


async def kinds(market: Market, **query: Any) -> list[str]:
    found = await market.get("/search", public=True, **query)
    return sorted(card["kind"] for card in found["items"])


async def test_a_specialty_is_found_at_once_and_a_listing_once_it_is_listed(market: Market) -> None:
    submitted = await market.submitted(lots=2)
    assert await kinds(market, q="酥梨") == ["specialty"]
    await market.decide(submitted, ["pass", "fail"])
    assert await kinds(market, q="酥梨") == ["listing", "lot", "specialty"]


@pytest.mark.parametrize(
    "text", ["砀山酥梨", "安徽酥梨", "dangshan suli", "dssl", "su pear", "冷库", "演示一号", "砀山 冷库鲜果"]
)
async def test_the_listing_is_found_in_chinese_pinyin_and_english(market: Market, text: str) -> None:
    await market.listed(lots=1)
    found = await market.get("/search", public=True, q=text)
    assert found["items"], text
    card = found["items"][0]
    assert card["region"]["short_en"] == "Dangshan"
    assert card["category"]["illustration"] == "pear"


@pytest.mark.parametrize(
    "text", ["苹果", "🍐", "'; DROP TABLE catalog.listing; --", "%", "a" * 200, "\\", "& | ! ( ) :*"]
)
async def test_what_is_not_there_is_an_empty_page_and_never_an_error(market: Market, text: str) -> None:
    await market.listed(lots=1)
    assert await market.get("/search", public=True, q=text) == {"items": [], "next": None}


async def test_ten_thousand_characters_are_refused_with_a_sentence(market: Market) -> None:
    refused = await market.get("/search", 422, public=True, q="a" * 10_000)
    assert refused["errors"] == [{"field": "q", "detail": "Must have at most 200 characters."}]


async def test_a_null_character_finds_nothing_and_breaks_nothing(market: Market) -> None:
    answer = await market.client.get("/search?q=%00%E6%A2%A8")
    assert answer.status_code == 200


async def test_region_category_and_month_narrow_together(market: Market) -> None:
    await market.listed(lots=1)
    assert await kinds(market, region="340000", category="fruit", month=3) == ["listing", "lot", "specialty"]
    assert await kinds(market, region="440000") == []
    assert await kinds(market, category="vegetable") == []
    assert await kinds(market, month=7) == []
    await market.get("/search", 404, public=True, region="123456")
    await market.get("/search", 404, public=True, category="nothing")
    await market.get("/search", 422, public=True, month=13)


async def test_specialties_in_season_are_listed_by_month(market: Market) -> None:
    specialty = await market.specialty()
    march = await market.get("/specialties", public=True, month=3)
    assert [card["id"] for card in march["items"]] == [specialty["id"]]
    assert (await market.get("/specialties", public=True, month=7))["items"] == []


async def test_pages_follow_each_other_without_gap_or_repeat(market: Market) -> None:
    made = [await market.specialty(name_zh=f"砀山梨{number}", name_en=f"Pear {number}") for number in range(5)]
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await market.get("/specialties", public=True, limit=2, **cursor)
        seen += [card["id"] for card in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == [specialty["id"] for specialty in reversed(made)]


@pytest.mark.parametrize("cursor", ["rubbish", "WyJhIiwgImIiXQ", "W10", NUL_CURSOR, "WyIwMDAxLTAxLTAxIiwgImEiXQ=="])
async def test_a_cursor_that_is_not_ours_is_refused(market: Market, cursor: str) -> None:
    refused = await market.get("/search", 422, public=True, cursor=cursor)
    assert refused["errors"][0]["field"] == "cursor"


async def test_the_price_on_the_card_is_that_of_the_cheapest_listed_lot(market: Market) -> None:
    draft = await market.listing(lots=2)
    form = form_of(draft)
    form["lots"][0]["price_fen"] = 1
    await market.put(f"/listings/{draft['id']}", form)
    await market.decide(await market.post(f"/listings/{draft['id']}/submit", {}), ["fail", "pass"])
    (card,) = (await market.get("/listings", public=True))["items"]
    assert (card["price_from_fen"], card["lots_listed"]) == (2900, 1)


async def test_search_agrees_with_a_plain_scan_of_the_titles(market: Market) -> None:
    """Recall against LIKE on what was entered: nothing that contains the words is missed."""
    names = ["砀山酥梨", "砀山黄桃", "酥梨膏", "山药", "梨园鸡", "黄金梨", "Su pear", "砀城苹果"]
    for name in names:
        await market.specialty(name_zh=name, name_en=f"E {name}")
    for text in ("梨", "酥梨", "山", "砀山", "黄", "桃", "黄桃", "苹果", "梨园", "pear"):
        found = await market.get("/specialties", public=True, limit=100)
        wanted = {card["id"] for card in found["items"] if text in card["title_zh"]}
        hit = await market.get("/search", public=True, q=text, limit=100)
        assert wanted <= {card["id"] for card in hit["items"]}, text


async def test_an_invented_county_is_found_in_demonstrations(market: Market) -> None:
    headers = market.headers("operator", scopes=("999901",)) | {"Idempotency-Key": new_id()}
    body: Json = specialty_body() | {"region_code": "999901", "name_zh": "演示梨"}
    answer = await market.client.post("/specialties", json=body, headers=headers)
    assert answer.json()["region"]["demo"] is True


async def test_listings_of_one_specialty_and_cards_of_one_kind(market: Market) -> None:
    draft = await market.listed(lots=2)
    mine = await market.get("/listings", public=True, specialty=draft["specialty_id"])
    assert [card["id"] for card in mine["items"]] == [draft["id"]]
    assert (await market.get("/listings", public=True, specialty="0-0"))["items"] == []
    own = await market.get("/listings", mine=True, specialty=draft["specialty_id"], month=3, category="fruit")
    assert [card["id"] for card in own["items"]] == [draft["id"]]
    assert await kinds(market, kind="lot", q="梨") == ["lot", "lot"]
