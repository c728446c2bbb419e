"""Units of a lot are counted once, however many broadcasts want them, and what is not sold goes back."""

from services.contracts.broadcast import FiledListing, FilingReturned, FilingScheduled, FilingWithdrawn
from services.kit import clock
from services.kit.ids import new_id
from services.orders.actions.allocation import republish_stock
from tests.orders.market import LOT, OTHER_LOT, PRICE_FEN, Market, listing


def second(market: Market, lot_id: str = LOT, units: int | None = None) -> FilingScheduled:
    """Another broadcast's filing that wants a lot of the same listing."""
    wanted = FiledListing(listing_id=market.listing_id, listing_version=1, lot_ids=(lot_id,))
    other = Market(market.app, market.tokens)
    filing = other.filing(listings=(wanted,), units={} if units is None else {lot_id: units})
    assert isinstance(filing, FilingScheduled)
    return filing


async def test_a_scheduled_filing_takes_every_free_unit_of_its_lots_and_says_so(market: Market) -> None:
    said = (await market.app.said("orders.stock.allocated"))[-1]
    assert (said["entity_id"], said["units"]) == (market.broadcast_id, {LOT: 20, OTHER_LOT: 20})


async def test_a_second_broadcast_of_the_same_lot_is_short(market: Market) -> None:
    await market.app.hear(filing := second(market))
    said = (await market.app.said("orders.stock.short"))[-1]
    assert said["entity_id"] == filing.broadcast_id
    assert said["short"] == [{"lot_id": LOT, "wanted_units": 1, "free_units": 0}]


async def test_units_go_back_when_the_filing_is_withdrawn_and_whoever_waited_gets_them(market: Market) -> None:
    await market.app.hear(filing := second(market), market.filing(FilingWithdrawn))
    said = (await market.app.said("orders.stock.allocated"))[-1]
    assert (said["entity_id"], said["units"]) == (filing.broadcast_id, {LOT: 20})


async def test_a_returned_filing_holds_no_units_until_it_is_scheduled_again(market: Market) -> None:
    await market.app.hear(market.filing(FilingReturned), second(market))
    assert not await market.app.said("orders.stock.short")
    await market.app.hear(market.filing())
    assert (await market.app.said("orders.stock.short"))[-1]["entity_id"] == market.broadcast_id


async def test_a_filing_that_names_its_units_takes_these_and_leaves_the_others(market: Market) -> None:
    await market.app.hear(market.filing(FilingWithdrawn))
    await market.app.hear(first := second(market, units=15), other := second(market, units=6))
    allocated = {said["entity_id"]: said["units"] for said in await market.app.said("orders.stock.allocated")}
    assert allocated[first.broadcast_id] == {LOT: 15}
    short = (await market.app.said("orders.stock.short"))[-1]
    assert short["entity_id"] == other.broadcast_id
    assert short["short"] == [{"lot_id": LOT, "wanted_units": 6, "free_units": 5}]


async def test_an_older_word_about_a_filing_changes_nothing(market: Market) -> None:
    older = market.filing(FilingWithdrawn)
    await market.app.hear(market.filing(), older)
    await market.open()
    assert (await market.sale())[LOT]["available_units"] == 20


async def test_a_filing_that_arrives_before_its_listing_waits_for_it(market: Market) -> None:
    late = Market(market.app, market.tokens, {"late-lot": 7})
    await late.app.hear(late.filing())
    await late.app.hear(listing(late.listing_id, late.units))
    said = (await market.app.said("orders.stock.allocated"))[-1]
    assert (said["entity_id"], said["units"]) == (late.broadcast_id, {"late-lot": 7})


async def test_a_room_that_ends_gives_its_unsold_units_back(market: Market) -> None:
    await market.open()
    await market.app.hear(filing := second(market), market.room(state="ended", segment=None))
    said = (await market.app.said("orders.stock.allocated"))[-1]
    assert said["entity_id"] == filing.broadcast_id


async def test_the_public_shelf_shows_price_and_stock_and_the_page_that_was_kept(market: Market) -> None:
    await market.open(limit_units=5, units_per_buyer=2)
    lot = (await market.sale())[LOT]
    shown = (lot["price_fen"], lot["available_units"], lot["open"], lot["units_per_buyer"])
    assert shown == (PRICE_FEN, 5, True, 2)
    page = await market.get(f"/sales/pages/{lot['page_sha256']}")
    assert page["seller"]["name"] == "砀山示例果业合作社"


async def test_in_a_region_segment_nothing_is_sold(market: Market) -> None:
    await market.open()
    await market.app.hear(market.room(segment="region"))
    answer = await market.get(f"/sales/{market.broadcast_id}")
    assert (answer["selling"], answer["lots"]) == (False, [])


async def test_an_unknown_sale_and_an_unknown_page_are_not_found(market: Market) -> None:
    await market.get(f"/sales/{new_id()}", status=404)
    await market.get("/sales/pages/" + "0" * 64, status=404)


async def test_what_is_set_aside_and_what_is_short_can_be_told_again_as_it_stands(market: Market) -> None:
    await market.app.hear(filing := second(market))
    before = [await market.app.said(f"orders.stock.{word}") for word in ("allocated", "short")]
    async with market.app.database.sessions() as db:
        told = {event.entity_id: event async for event in republish_stock(db, clock.now())}
    again = [told[market.broadcast_id], told[filing.broadcast_id]]
    assert [(event.subject, event.version) for event in again] == [
        ("orders.stock.allocated", before[0][-1]["version"]),
        ("orders.stock.short", before[1][-1]["version"]),
    ]
    assert [event.model_dump(mode="json").get("units") for event in again] == [before[0][-1]["units"], None]
    assert again[1].model_dump(mode="json")["short"] == before[1][-1]["short"]
