"""Every change is kept with what stood before and after, the office and its reason; every price since the first."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.actions.history import tell_edits
from services.catalog.domain.edits import changes
from services.catalog.domain.prices import Charged, lowest_in, median, per_kilogram
from services.kit.ids import new_id
from tests.catalog.market import DAY, Market, decision, form_of, lot_body, producer_body, specialty_body


async def test_a_changed_producer_shows_before_after_office_and_reason(market: Market) -> None:
    made = await market.producer()
    body = producer_body() | {"name": "砀山新名农民专业合作社", "phone": "13900000001"}
    headers = market.headers(organ="砀山县农业农村局")
    await market.put(f"/producers/{made['id']}?why=更名", body, headers=headers)
    newest, first = (await market.get(f"/edits/producer/{made['id']}", public=True))["items"]
    assert (newest["action"], newest["why"], newest["by_office"]) == ("changed", "更名", "砀山县农业农村局")
    changed = {each["field"]: each for each in newest["changes"]}
    assert changed["name"]["before"] == made["name"]
    assert changed["name"]["after"] == "砀山新名农民专业合作社"
    assert changed["tokens.phone"] == {"field": "tokens.phone", "before": None, "after": None, "secret": True}
    assert first["action"] == "entered"
    assert newest["by_account"] is None
    assert newest["title_zh"] == "砀山新名农民专业合作社"
    own = (await market.get(f"/edits/producer/{made['id']}"))["items"][0]
    assert own["by_account"] == "account-of-the-test"


async def test_a_draft_is_history_for_its_office_and_public_once_it_is_decided(market: Market) -> None:
    draft = await market.submitted(1)
    path = f"/edits/listing/{draft['id']}"
    assert [each["action"] for each in (await market.get(path))["items"]] == ["submitted", "entered"]
    await market.get(path, 404, public=True)
    await market.decide(draft)
    decided, submitted = (await market.get(path, public=True))["items"]
    assert (decided["action"], submitted["action"]) == ("decided", "submitted")
    assert decided["decision_id"]
    assert decided["title_en"] == "Dangshan Su pears from cold storage"
    assert decided["by_office"] is None
    assert decided["changes"] == [
        {"field": "lots[DS-0].state", "before": "submitted", "after": "listed", "secret": False}
    ]


async def test_a_saved_draft_that_changes_nothing_leaves_no_edit(market: Market) -> None:
    draft = await market.listing(1)
    await market.put(f"/listings/{draft['id']}", form_of(draft))
    assert len((await market.get(f"/edits/listing/{draft['id']}"))["items"]) == 1


async def test_the_public_log_hears_of_every_edit_once_by_its_hash_and_by_nothing_else(market: Market) -> None:
    made = await market.producer()
    await market.put(f"/producers/{made['id']}?why=更名", producer_body() | {"name": "砀山新名农民专业合作社"})
    async with market.service.database.sessions.begin() as db:
        assert await tell_edits(db) == 2
        assert await tell_edits(db) == 0
    (told,) = await market.service.said("catalog.edits.logged")
    shown = (await market.get(f"/edits/producer/{made['id']}", public=True))["items"]
    assert told["sha256"] == [each["sha256"] for each in reversed(shown)]
    assert told["region_code"] == "341321"
    assert made["id"] not in str(told)


async def test_the_audit_log_is_read_page_by_page_by_everyone(market: Market) -> None:
    specialty = await market.specialty()
    await market.put(f"/specialties/{specialty['id']}", specialty_body() | {"name_en": "Dangshan pear"})
    await market.producer()
    first = await market.get("/edits", public=True, limit=2)
    rest = await market.get("/edits", public=True, limit=2, cursor=first["next"])
    assert [each["kind"] for each in [*first["items"], *rest["items"]]] == ["producer", "specialty", "specialty"]
    assert [each["kind"] for each in (await market.get("/edits", public=True, kind="producer"))["items"]] == [
        "producer"
    ]
    await market.get("/edits", 422, public=True, cursor="rubbish")
    await market.get("/edits/producer/none", 404, public=True)
    await market.get("/edits/nothing/none", 422, public=True)


async def test_the_changes_of_a_region_are_those_of_everything_below_it(market: Market) -> None:
    await market.producer()
    everything = (await market.get("/edits", public=True))["items"]
    for region, found in (("340000", everything), ("341321", everything), ("610000", [])):
        assert (await market.get("/edits", public=True, region=region))["items"] == found
    await market.get("/edits", 404, public=True, region="nowhere")


async def test_a_new_price_is_added_and_the_lowest_of_thirty_days_is_shown(market: Market) -> None:
    draft = await market.listed(1)
    lot = draft["draft"]["lots"][0]
    form = form_of(draft)
    form["lots"][0]["price_fen"] = 3100
    await market.put(f"/listings/{draft['id']}", form)
    again = await market.post(f"/listings/{draft['id']}/submit", {})
    later = DAY + timedelta(days=2)
    await market.service.hear(decision(draft["id"], lot["id"], again["submitted_version"], at=later, occurred_at=later))
    prices = await market.get(f"/lots/{lot['id']}/prices")
    assert [each["price_fen"] for each in prices["items"]] == [3100, 2900]
    assert [each["per_kilogram_fen"] for each in prices["items"]] == [1240, 1160]
    assert prices["low_30d_fen"] == 2900
    middle = prices["medians"][0]
    assert (middle["offers"], middle["per_kilogram_fen"], middle["region"]["code"]) == (1, None, "341321")


async def test_the_median_of_a_region_needs_three_offers(market: Market) -> None:
    draft = await market.listed(3)
    prices = await market.get(f"/lots/{draft['draft']['lots'][0]['id']}/prices", public=True)
    county, province, country = prices["medians"]
    assert [each["per_kilogram_fen"] for each in prices["medians"]] == [1160, 1160, 1160]
    assert (county["offers"], province["region"]["code"], country["region"]) == (3, "340000", None)


async def test_a_withdrawn_lot_has_no_price_from_then_on(market: Market) -> None:
    draft = await market.listed(1)
    await market.post(f"/listings/{draft['id']}/withdraw", {"reason": "售罄"}, 200)
    prices = await market.get(f"/lots/{draft['draft']['lots'][0]['id']}/prices", public=True)
    assert [each["price_fen"] for each in prices["items"]] == [None, 2900]
    withdrawn = (await market.get(f"/edits/listing/{draft['id']}", public=True))["items"][0]
    assert (withdrawn["action"], withdrawn["why"]) == ("withdrawn", "售罄")


async def test_a_lot_that_was_never_listed_has_no_prices(market: Market) -> None:
    draft = await market.submitted(1)
    await market.get(f"/lots/{draft['draft']['lots'][0]['id']}/prices", 404)


async def add_price(db: AsyncSession, lot_id: str, price_fen: int | None) -> None:
    """As the lot's next price, for a kilogram."""
    await db.execute(
        sa.text(
            "INSERT INTO catalog.price_change SELECT :id, lot_id, listing_id, listing_version, since_at,"
            " CAST(:price AS bigint), 1000, price_unit, region_path, category_code"
            " FROM catalog.price_change WHERE lot_id = :lot ORDER BY id LIMIT 1"
        ),
        {"id": new_id(), "lot": lot_id, "price": price_fen},
    )


@pytest.mark.parametrize("table", ["edit", "price_change"])
@pytest.mark.parametrize("statement", ["UPDATE catalog.{} SET id = id", "DELETE FROM catalog.{}"])
async def test_the_database_lets_nobody_rewrite_what_was(market: Market, table: str, statement: str) -> None:
    await market.listed(1)
    async with market.service.database.sessions() as db:
        with pytest.raises(DBAPIError, match="only ever added"):
            await db.execute(sa.text(statement.format(table)))
        await db.rollback()


def test_a_lot_keeps_its_name_in_a_change_whatever_its_place() -> None:
    one, other = lot_body("p1", "A"), lot_body("p2", "B")
    assert changes({"lots": [one, other]}, {"lots": [other, one]}) == []
    cheaper = {**one, "price_fen": 2000}
    assert changes({"lots": [one]}, {"lots": [cheaper]}) == [
        {"field": "lots[A].price_fen", "before": 2900, "after": 2000}
    ]


def test_a_price_that_still_held_when_the_window_began_counts() -> None:
    history = [Charged(DAY - timedelta(days=90), 1000), Charged(DAY - timedelta(days=29), 3000)]
    assert lowest_in(history, DAY) == history[0]
    assert lowest_in([history[0], Charged(DAY - timedelta(days=30), 3000)], DAY) == Charged(
        DAY - timedelta(days=30), 3000
    )
    assert lowest_in([Charged(DAY - timedelta(days=90), 1000), Charged(DAY - timedelta(days=60), None)], DAY) is None


async def test_half_of_the_offers_ask_no_more_than_the_median_and_half_no_less(market: Market) -> None:
    """Of an odd and of an even number of offers, after each changed and one was withdrawn."""
    lots = [lot["id"] for lot in (await market.listed(4))["draft"]["lots"]]
    async with market.service.database.sessions.begin() as db:
        for place, lot_id in enumerate(lots):
            await add_price(db, lot_id, 1_000 * (place + 1) + 500 * (place % 2))

    async def around(lot_id: str) -> list[tuple[int, int]]:
        prices = await market.get(f"/lots/{lot_id}/prices", public=True)
        return [(each["offers"], each["per_kilogram_fen"]) for each in prices["medians"]]

    # 1000 2500 3000 4500 fen for a kilogram.
    assert await around(lots[0]) == [(4, 2750)] * 3
    async with market.service.database.sessions.begin() as db:
        await add_price(db, lots[0], None)
    assert await around(lots[3]) == [(3, 3000)] * 3


def test_a_kilogram_is_priced_to_the_fen_rounded_half_up() -> None:
    assert per_kilogram(2900, 2500) == 1160
    assert per_kilogram(1, 2000) == 1
    assert per_kilogram(1, 2001) == 0


def test_a_median_of_two_offers_would_tell_what_a_neighbour_asks() -> None:
    assert median(2, [1, 2]) is None
    assert median(0, []) is None
    assert (median(3, [5]), median(4, [5, 8])) == (5, 6)
