"""Finding what people mean: mistakes forgiven, prices and states, how finds are spread, what may be typed next."""

from datetime import timedelta
from typing import Any

import pytest

from services.catalog.domain.mistakes import guesses
from services.catalog.domain.produce import PRODUCE
from services.catalog.domain.words import Findable, lexemes, query
from services.catalog.schemas.specialties import Card
from services.catalog.store import finding
from services.catalog.store.cards import put_card
from tests.catalog.market import DAY as MOMENT
from tests.catalog.market import Json, Market
from tests.catalog.test_words import DAY

AROUND = (("砀山", "5斤装"), ("新鲜", "礼盒"), ("高山老树", " 特级"), ("", "干"))


async def found(market: Market, **asked: Any) -> Json:
    return await market.get("/search", public=True, **asked)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("苹裹", "苹果"),
        ("车匣子", "车厘子"),
        ("车厘", None),
        ("车厘子子", "车厘子"),
        ("沃甘", "沃柑"),
        ("蜜侯桃", "猕猴桃"),
        ("dangshn", "dangshan"),
        ("dnagshan", "dangshan"),
        ("aple", "apple"),
    ],
)
def test_a_mistake_is_led_back_to_what_was_probably_meant(typed: str, meant: str | None) -> None:
    assert meant is None or meant in guesses(typed)


@pytest.mark.parametrize("typed", ["", "🍐", "'; DROP TABLE x", "&|!", "a" * 200, "梨" * 200, "%%%"])
def test_guessing_never_fails_and_never_makes_many(typed: str) -> None:
    assert len(guesses(typed)) <= 4


async def test_what_is_typed_wrong_is_found_and_said_so(market: Market) -> None:
    await market.listed(lots=1)
    for typed in ("酥黎", "砀山苏梨", "dangshn"):
        answer = await found(market, q=typed)
        assert answer["items"], typed
        assert answer["understood_as"], typed
    assert "understood_as" not in await found(market, q="酥梨")
    assert await found(market, q="完全没有的东西") == {"items": [], "next": None}


async def test_prices_and_states_narrow(market: Market) -> None:
    await market.listed(lots=1)
    assert [card["kind"] for card in (await found(market, from_fen=2900, to_fen=2900, kind="lot"))["items"]] == ["lot"]
    assert (await found(market, from_fen=2901))["items"] == []
    assert (await found(market, to_fen=2899))["items"] == []
    assert len((await found(market, state="listed"))["items"]) == 2
    assert (await found(market, state="blocked"))["items"] == []
    await market.get("/search", 422, public=True, from_fen=-1)
    await market.get("/search", 422, public=True, state="Listed; --")


async def test_facets_count_what_is_found(market: Market) -> None:
    await market.listed(lots=2)
    facets = await market.get("/search/facets", public=True, q="酥梨")
    assert (facets["estimated"], facets["total"]) == (False, 4)
    assert [(row["key"], row["zh"], row["count"]) for row in facets["regions"]] == [("340000", "安徽省", 4)]
    assert {row["key"]: row["count"] for row in facets["kinds"]} == {"listing": 1, "lot": 2, "specialty": 1}
    assert facets["prices"] == [{"from_fen": 2000, "to_fen": 5000, "count": 3}]
    assert {row["month"] for row in facets["months"]} == {9, 10, 11, 12, 1, 2, 3, 4, 5}
    below = await market.get("/search/facets", public=True, region="340000", category="fruit")
    assert [row["key"] for row in below["regions"]] == ["341300"]
    assert [row["zh"] for row in below["categories"]] == ["梨"]
    nothing = await market.get("/search/facets", public=True, q="没有的东西")
    assert (nothing["total"], nothing["regions"], nothing["estimated"]) == (0, [], False)


async def test_facets_of_much_are_estimates_and_say_so(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finding, "COUNTED", 2)
    await market.listed(lots=3)
    facets = await market.get("/search/facets", public=True, kind="lot")
    assert facets["estimated"] is True
    assert facets["total"] >= 3


@pytest.mark.parametrize("typed", ["酥", "酥梨", "su", "sl", "SuL"])
async def test_a_beginning_suggests_names_under_which_there_is_something(market: Market, typed: str) -> None:
    assert (await market.get("/search/suggestions", public=True, q=typed))["items"] == []
    await market.specialty()
    items = (await market.get("/search/suggestions", public=True, q=typed))["items"]
    assert {"text": "酥梨", "kind": "produce"} in items
    assert len(items) <= 8


@pytest.mark.parametrize("typed", ["", "  ", "🍐", "%", "'; --", "的", "a" * 200])
async def test_a_strange_beginning_suggests_nothing_and_breaks_nothing(market: Market, typed: str) -> None:
    await market.specialty()
    assert isinstance((await market.get("/search/suggestions", public=True, q=typed))["items"], list)
    assert isinstance((await market.get("/search/facets", public=True, q=typed))["total"], int)
    await market.get("/search/suggestions", 422, public=True, q="a" * 10_000)
    await market.get("/search/facets", 422, public=True, q="a" * 10_000)


async def test_pages_follow_each_other_through_all_windows_of_time(market: Market) -> None:
    """Whatever the age of what is found, the pages are those of one list in the order of time."""
    database = market.service.database
    specialty = await market.specialty()
    ages = [0, 1, 2, 3, 6, 8, 13, 20, 35, 41, 60, 100, 180, 200, 240, 400, 1_000, 2_000]
    async with database.sessions.begin() as db:
        card = Card.model_validate((await found(market, q="酥梨"))["items"][0])
        for age in ages:
            aged = card.model_copy(update={"id": f"aged-{age:04d}", "published_at": MOMENT - timedelta(days=age)})
            thing = Findable("specialty", ("酥梨",), (), "341321", "fruit.pear.su", (9,), specialty["id"])
            await put_card(db, aged, thing)
    wanted = [f"aged-{age:04d}" for age in ages]
    for limit in (1, 4, 50):
        seen: list[str] = []
        asked: Json = {"q": "酥梨", "limit": limit}
        while True:
            page = await found(market, **asked)
            seen += [each["id"] for each in page["items"]]
            if page["next"] is None:
                break
            asked["cursor"] = page["next"]
        assert [each for each in seen if each.startswith("aged")] == wanted
        assert len(seen) == len(set(seen))


@pytest.mark.parametrize("typed", ["的", "了", "the", "和 的 是", "。，！"])
async def test_words_that_say_nothing_find_nothing_and_break_nothing(market: Market, typed: str) -> None:
    await market.listed(lots=1)
    assert (await found(market, q=typed))["items"] == []


async def test_every_produce_word_is_found_wherever_it_stands_in_a_name(market: Market) -> None:
    """Recall against LIKE is a promise about every word: 沃柑 and 车厘子 as much as the rest."""
    assert len(set(PRODUCE)) >= 300
    assert {"沃柑", "车厘子"} <= set(PRODUCE)
    titles = [f"{AROUND[number % 4][0]}{word}{AROUND[number % 4][1]}" for number, word in enumerate(PRODUCE)]
    things = [lexemes(Findable("lot", (title,), (), "341321", "fruit", (9,)), DAY) for title in titles]
    vectors = [" ".join("'" + each.replace("'", "''") + "'" for each in thing) for thing in things]
    rows = await market.service.database.fetch_rows(
        """SELECT word, bool_or(vector::tsvector @@ asked::tsquery) AS hit
        FROM unnest($1::text[], $2::text[]) AS wanted (word, asked), unnest($3::text[], $4::text[]) AS t (title, vector)
        WHERE title LIKE '%' || word || '%' GROUP BY word HAVING NOT bool_and(vector::tsvector @@ asked::tsquery)""",
        list(PRODUCE),
        [asked.words for word in PRODUCE if (asked := query(word))],
        titles,
        vectors,
    )
    assert [row["word"] for row in rows] == []
