"""The room's record: everything on one clock, chained, replayable, and honest about its own health."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from services.broadcast.actions.room.recorder import delete_old_records
from services.broadcast.domain.record import first_break, kept_until
from services.broadcast.store.room import longest_gap
from services.contracts.catalog import ListingWithdrawn
from services.kit import clock
from tests.apps import Tokens, instant
from tests.broadcast.county import COUNTY, LISTING, LOTS
from tests.broadcast.studio import Studio, lot_decision
from tests.conftest import ServiceOf


@pytest.fixture
async def studio(service_app: ServiceOf, tokens: Tokens) -> Studio:
    """A broadcast whose hour has begun."""
    return await Studio(await service_app("broadcast"), tokens).due()


async def record(studio: Studio, limit: int = 3) -> list[dict[str, Any]]:
    """The whole record, page by page."""
    entries: list[dict[str, Any]] = []
    cursor: str | None = None
    while True:
        query = {"limit": limit} | ({"cursor": cursor} if cursor else {})
        answer = await studio.app.client.get(f"/broadcasts/{studio.id}/room/record", params=query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        entries += page["items"]
        cursor = page["next"]
        if cursor is None:
            return entries


async def test_the_run_of_the_show_can_be_replayed_from_the_record(studio: Studio) -> None:
    await studio.selling()
    await studio.do("openings", {"lot_id": LOTS[0], "open": True})
    await studio.do("pins", {"lot_id": LOTS[0]})
    await studio.do("captions", {"zh": "欢迎来到砀山", "en": "Welcome to Dangshan"})
    await studio.do("notices", {"zh": "物流顺延一天", "en": "Parcels leave a day later"})
    await studio.do("end")
    kinds = [entry["kind"] for entry in await record(studio)]
    for kind in ("open", "segment_started", "segment_ended", "price", "pinned", "caption", "notice", "close"):
        assert kind in kinds
    assert kinds[-1] == "close"


async def test_the_chain_of_the_record_holds_and_a_stranger_can_check_it(studio: Studio) -> None:
    await studio.selling()
    entries = await record(studio)
    assert first_break(studio.id, entries) is None
    assert first_break(studio.id, [*entries[:2], entries[2] | {"kind": "notice"}, *entries[3:]]) == 3
    assert first_break(studio.id, [*entries[:1], *entries[2:]]) == 2


async def test_nobody_changes_an_entry_afterwards(studio: Studio) -> None:
    await studio.on_air()
    with pytest.raises(DBAPIError, match="never changed"):
        async with studio.app.database.sessions.begin() as db:
            await db.execute(sa.text("UPDATE broadcast.room_record SET kind = 'notice'"))


async def test_the_boundary_of_two_segments_is_one_moment_to_the_millisecond(studio: Studio) -> None:
    await studio.selling()
    entries = {entry["kind"] + entry["body"].get("segment", ""): entry for entry in await record(studio)}
    ended, started = entries["segment_endedregion"], entries["segment_startedmarket"]
    assert (ended["at"], ended["stream_ms"]) == (started["at"], started["stream_ms"])
    assert len(started["at"].rstrip("Z").split(".")[-1]) in (3, 6) or "." not in started["at"]


async def test_the_gate_hears_of_a_recorder_in_good_health(studio: Studio) -> None:
    await studio.take_studio()
    await studio.do("open")
    recorder = (await studio.asked())["facts"]["room"]["recorder"]
    healthy = [recorder[name] for name in recorder if name.endswith("_healthy")]
    assert healthy == [True] * 4


async def test_the_gate_hears_of_an_entry_that_is_missing(studio: Studio) -> None:
    await studio.take_studio()
    async with studio.app.database.sessions.begin() as db:
        await db.execute(sa.text("DELETE FROM broadcast.room_record WHERE seq = 1"))
    await studio.do("open")
    assert (await studio.asked())["facts"]["room"]["recorder"]["pin_log_healthy"] is False


async def test_the_gate_hears_of_a_shelf_whose_price_is_not_the_listings(studio: Studio) -> None:
    await studio.take_studio()
    await studio.do("shelf", {"items": [{"lot_id": LOTS[0]}]})
    async with studio.app.database.sessions.begin() as db:
        await db.execute(sa.text("UPDATE broadcast.shelf_item SET price_fen = 1"))
    await studio.do("open")
    assert (await studio.asked())["facts"]["room"]["recorder"]["snapshots_healthy"] is False


async def test_the_longest_silence_on_air_is_told(studio: Studio) -> None:
    await studio.on_air()
    opened = clock.now() - timedelta(minutes=3)
    async with studio.app.database.sessions() as db:
        assert 179 <= await longest_gap(db, studio.id, opened, clock.now()) <= 181


def test_a_record_is_kept_three_years_from_the_day_after_the_broadcast() -> None:
    assert kept_until(instant("2026-11-28T21:00:00")) == instant("2029-11-29T00:00:00")
    assert kept_until(instant("2024-02-29T21:00:00")) == instant("2027-03-02T00:00:00")


async def test_a_room_that_has_ended_tells_the_head_of_its_record_and_how_long_it_is_kept(studio: Studio) -> None:
    await studio.selling()
    assert (await studio.told())["record_sha256"] is None
    await studio.do("end")
    entries, told = await record(studio), await studio.told()
    assert (told["record_entries"], told["record_sha256"]) == (len(entries), entries[-1]["hash"])
    assert instant(told["record_kept_until"]) == kept_until(instant(told["ended_at"]))


async def end_long_ago(studio: Studio, years: int, days: int = 0) -> None:
    """As if the broadcast had ended so long ago."""
    await studio.selling()
    await studio.do("end")
    async with studio.app.database.sessions.begin() as db:
        statement = "UPDATE broadcast.live_room SET ended_at = now() - make_interval(years => :years, days => :days)"
        await db.execute(sa.text(statement), {"years": years, "days": days})


async def test_nobody_deletes_a_record_before_its_three_years_are_over(studio: Studio) -> None:
    await end_long_ago(studio, 2, 360)
    async with studio.app.database.sessions.begin() as db:
        assert await delete_old_records(db, 3) == 0
    with pytest.raises(DBAPIError, match="kept for three years"):
        async with studio.app.database.sessions.begin() as db:
            await db.execute(sa.text("DELETE FROM broadcast.room_record"))
    assert len(await record(studio)) > 3


@pytest.mark.parametrize(("kept_years", "left"), [(3, False), (5, True)])
async def test_a_record_is_deleted_when_the_years_of_the_settings_are_over(
    studio: Studio, kept_years: int, left: bool
) -> None:
    await end_long_ago(studio, 3, 2)
    async with studio.app.database.sessions.begin() as db:
        assert await delete_old_records(db, kept_years) == (0 if left else 1)
    async with studio.app.database.sessions.begin() as db:
        assert await delete_old_records(db, kept_years) == 0
    assert bool(await record(studio)) is left


async def test_a_lot_that_fails_on_air_leaves_the_shelf_and_the_room_goes_on(studio: Studio) -> None:
    await studio.selling()
    await studio.do("openings", {"lot_id": LOTS[1], "open": True})
    await studio.do("pins", {"lot_id": LOTS[1]})
    await studio.app.hear(lot_decision(LOTS[1], "fail"))
    told = await studio.told()
    assert (told["state"], told["pinned_lot_id"]) == ("open", None)
    assert [item["lot_id"] for item in told["shelf"]] == [LOTS[0], *LOTS[2:]]


async def test_a_withdrawn_listing_leaves_the_shelf_at_once(studio: Studio) -> None:
    await studio.selling()
    await studio.app.hear(ListingWithdrawn(entity_id=LISTING, version=9, region_code=COUNTY, reason="售罄"))
    assert (await studio.told())["shelf"] == []


async def test_the_desk_says_what_is_owed_and_which_lots_may_be_shown(studio: Studio) -> None:
    await studio.take_studio()
    await studio.app.hear(lot_decision(LOTS[3], "fail", stage="listing"))
    answer = await studio.app.client.get(f"/broadcasts/{studio.id}/room/desk", headers=studio.host_headers())
    desk = answer.json()
    assert (desk["owed"], desk["you"], desk["studio_tokens"]) == ([], ["host"], 1)
    assert [lot["against_en"] is None for lot in desk["lots"]] == [True, True, True, False]
    assert {lot["units"] for lot in desk["lots"]} == {500}


async def test_a_stranger_sees_no_desk(studio: Studio) -> None:
    headers = studio.tokens.headers("operator", scopes=("610722",))
    answer = await studio.app.client.get(f"/broadcasts/{studio.id}/room/desk", headers=headers)
    assert answer.status_code == 403


async def test_what_is_tried_out_in_rehearsal_leaves_its_own_trace(studio: Studio) -> None:
    await studio.take_studio()
    refused = await studio.act("rehearsed", {"action": "test_order", "lot_id": LOTS[0]})
    assert refused.status_code == 409
    await studio.do("rehearsal", {"on": True})
    noted = await studio.act("rehearsed", {"action": "test_order", "lot_id": LOTS[0]})
    assert noted.status_code == 204
    (told,) = await studio.app.said("broadcast.rehearsal.recorded")
    assert (told["acts"][0]["action"], told["acts"][0]["lot_id"]) == ("test_order", LOTS[0])
    assert "the-host" not in str(told)
    assert "test_order" not in [entry["kind"] for entry in await record(studio)]


async def test_the_sellers_panel_is_on_every_card_of_a_market_segment(studio: Studio) -> None:
    await studio.selling()
    for lot in (await studio.see())["shelf"]:
        assert {lot["seller"][name] for name in ("name", "address", "contact")} == {
            "砀山示例合作社",
            "砀山县梨园路 1 号",
            "0557-0000000",
        }
