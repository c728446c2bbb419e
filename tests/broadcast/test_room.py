"""The live room: it opens on the gate's yes alone, nothing is for sale beside the official, and every act is noted."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.broadcast.actions.room.tending import tend_rooms
from services.broadcast.models import ShelfRow
from services.contracts.compliance import DecidingResult
from services.kit import clock
from tests.apps import Tokens
from tests.broadcast.county import COUNTY, LOTS, listing
from tests.broadcast.studio import PRICE, Studio, goods, lot_decision, short
from tests.conftest import ServiceOf


@pytest.fixture
async def studio(service_app: ServiceOf, tokens: Tokens) -> Studio:
    """A broadcast whose hour has begun."""
    return await Studio(await service_app("broadcast"), tokens).due()


EXPIRED = DecidingResult(
    rule="quality.docs",
    result="fail",
    reason_code="certificate_expired",
    hard=True,
    reason_zh="合格证已过期。",
    reason_en="Its certificate has run out.",
)


async def record(studio: Studio) -> list[dict[str, Any]]:
    """What the record holds so far."""
    answer = await studio.app.client.get(f"/broadcasts/{studio.id}/room/record")
    entries: list[dict[str, Any]] = answer.json()["items"]
    return entries


def kind(answer: Any) -> str:
    """The last word of a problem's type."""
    return str(answer.json()["type"].rsplit("/", 1)[-1])


async def test_a_scheduled_broadcast_has_a_closed_room_with_nothing_for_sale(studio: Studio) -> None:
    room = await studio.see()
    assert (room["state"], room["segment"], room["shelf"], room["pinned_lot_id"]) == ("closed", None, [], None)


async def test_a_room_opens_only_when_the_gate_has_passed_it(studio: Studio) -> None:
    await studio.take_studio()
    assert (await studio.do("open"))["state"] == "opening"
    assert (await studio.see())["opened_at"] is None
    await studio.answer("pass")
    room = await studio.see()
    assert (room["state"], room["segment"]["kind"], room["shelf"]) == ("open", "region", [])
    assert room["decision_id"]


async def test_an_offer_for_a_time_closes_by_itself_at_the_moment_that_was_announced(studio: Studio) -> None:
    await studio.selling()
    seen = await studio.do("openings", {"lot_id": LOTS[0], "open": True, "flash": True, "minutes": 10})
    (told, *_), (lot, *_) = (await studio.told())["shelf"], seen["shelf"]
    until = datetime.fromisoformat(lot["open_until"])
    assert timedelta(minutes=9) < until - clock.now() <= timedelta(minutes=10)
    assert (lot["open"], lot["price_fen"], told["price_fen"]) == (True, PRICE, PRICE)
    assert datetime.fromisoformat(told["open_until"]) == until
    entry = (await record(studio))[-1]
    assert (entry["kind"], datetime.fromisoformat(entry["body"]["open_until"])) == ("flash_open", until)

    async with studio.app.database.sessions.begin() as db:
        await db.execute(sa.update(ShelfRow).values(open_until=clock.now() - timedelta(milliseconds=1)))
    assert not (await studio.see())["shelf"][0]["open"]
    await tend_rooms(studio.app.database, studio.app.app.state.settings)
    told = (await studio.told())["shelf"][0]
    assert (told["open"], "open_until" in told) == (False, False)
    assert [entry["body"].get("lot_id") for entry in await record(studio) if entry["kind"] == "lot_closed"] == [LOTS[0]]


@pytest.mark.parametrize(("was", "shown"), [(PRICE + 1, PRICE + 1), (PRICE, None), (None, None)])
async def test_a_former_price_is_shown_as_the_gate_passed_it(
    service_app: ServiceOf, tokens: Tokens, was: int | None, shown: int | None
) -> None:
    studio = await Studio(await service_app("broadcast"), tokens).due(listed=goods(lot={"was_price_fen": was}))
    await studio.selling()
    assert {lot["was_price_fen"] for lot in (await studio.see())["shelf"]} == {shown}


@pytest.mark.parametrize(
    "body",
    [{"minutes": 0}, {"minutes": 121}, {"minutes": -5}, {"minutes": "ten"}, {"minutes": 5, "open": False}],
    ids=["none", "over two hours", "negative", "a word", "of a closing"],
)
async def test_an_offer_for_a_time_that_makes_no_sense_is_refused(studio: Studio, body: dict[str, Any]) -> None:
    await studio.selling()
    answer = await studio.act("openings", {"lot_id": LOTS[0], "open": True, **body})
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("outcome", ["review", "fail"])
async def test_a_room_that_the_gate_does_not_pass_stays_closed(studio: Studio, outcome: Any) -> None:
    await studio.take_studio()
    await studio.do("open")
    await studio.answer(outcome)
    assert (await studio.see())["state"] == "closed"


async def test_an_answer_to_an_earlier_question_opens_nothing(studio: Studio) -> None:
    await studio.take_studio()
    await studio.do("open")
    await studio.answer("pass", version=1)
    assert (await studio.see())["state"] == "opening"


async def test_a_room_does_not_open_while_stock_is_short(studio: Studio) -> None:
    await studio.take_studio()
    await studio.app.hear(short(studio.id))
    answer = await studio.act("open")
    assert (answer.status_code, kind(answer)) == (409, "room-not-ready")
    assert answer.json()["short"][0]["lot_id"] == LOTS[0]


async def test_a_room_does_not_open_before_its_hour(service_app: ServiceOf, tokens: Tokens) -> None:
    studio = await Studio(await service_app("broadcast"), tokens).due(clock.now() + timedelta(hours=1))
    await studio.take_studio()
    assert (await studio.act("open")).status_code == 409


async def test_in_a_market_segment_a_lot_is_pinned_and_opened_at_the_price_of_its_listing(studio: Studio) -> None:
    await studio.selling()
    await studio.do("openings", {"lot_id": LOTS[0], "open": True, "flash": True})
    await studio.do("pins", {"lot_id": LOTS[0]})
    await studio.do("explaining", {"lot_id": LOTS[0]})
    room = await studio.see()
    assert [(lot["price_fen"], lot["open"]) for lot in room["shelf"]] == [(PRICE, n == 0) for n in range(4)]
    assert room["shelf"][0]["seller"]["uscc"] == "93341321MA00000000"
    told = await studio.told()
    assert (told["pinned_lot_id"], told["shelf"][0]["open"]) == (LOTS[0], True)
    noted = [note["kind"] for note in await studio.app.said("broadcast.room.noted")]
    assert noted[-2:] == ["flash_open", "product"]


@pytest.mark.parametrize(
    ("act", "body"),
    [
        ("pins", {"lot_id": LOTS[0]}),
        ("openings", {"lot_id": LOTS[0], "open": True}),
        ("explaining", {"lot_id": LOTS[0]}),
        ("shelf", {"items": [{"lot_id": LOTS[0]}]}),
        ("cues", {"kind": "loss_leader", "text": "特价", "lot_id": LOTS[0]}),
    ],
)
async def test_in_a_region_segment_nothing_can_be_offered(studio: Studio, act: str, body: Any) -> None:
    await studio.on_air()
    answer = await studio.act(act, body)
    assert (answer.status_code, kind(answer)) == (409, "nothing-for-sale")
    assert "shelf" not in {note["kind"] for note in await studio.app.said("broadcast.room.noted")}


async def test_back_in_a_region_segment_nothing_stays_pinned_or_open(studio: Studio) -> None:
    await studio.selling()
    await studio.do("openings", {"lot_id": LOTS[0], "open": True})
    await studio.do("pins", {"lot_id": LOTS[0]})
    await studio.do("segments", {"kind": "region"})
    told = await studio.told()
    assert (told["segment"]["kind"], told["shelf"], told["pinned_lot_id"]) == ("region", [], None)
    await studio.do("segments", {"kind": "market"})
    assert [lot["open"] for lot in (await studio.see())["shelf"]] == [False] * 4
    assert (await studio.see())["pinned_lot_id"] is None


async def test_a_lot_that_the_gate_has_not_passed_cannot_be_pinned(studio: Studio) -> None:
    await studio.selling()
    await studio.app.hear(lot_decision(LOTS[0], "fail"))
    answer = await studio.act("pins", {"lot_id": LOTS[0]})
    assert (answer.status_code, kind(answer)) == (409, "lot-not-cleared")


async def test_a_lot_whose_answer_has_run_out_cannot_be_opened(studio: Studio) -> None:
    await studio.selling()
    await studio.app.hear(lot_decision(LOTS[0], "pass", valid_until=clock.now() - timedelta(seconds=1)))
    answer = await studio.act("openings", {"lot_id": LOTS[0], "open": True})
    assert (answer.status_code, kind(answer)) == (409, "lot-not-cleared")


async def test_an_inspector_stops_a_room_and_says_why(studio: Studio) -> None:
    await studio.selling()
    body = {"reason_zh": "现场宣传与核验内容不符。", "reason_en": "What is said differs from what was passed."}
    answer = await studio.act("halt", body, studio.tokens.headers("inspector", organ="市场监管局"))
    assert answer.status_code == 200, answer.text
    told = await studio.told()
    assert (told["state"], told["shelf"], told["why_halted"]["cause"]) == ("halted", [], "inspector")
    refused = await studio.act("segments", {"kind": "region"})
    assert (refused.status_code, kind(refused)) == (403, "studio-refused")


async def test_the_gates_changed_answer_halts_a_running_room_with_its_rule(studio: Studio) -> None:
    await studio.selling()
    await studio.answer("fail")
    room = await studio.see()
    assert (room["state"], room["why_halted"]["rule"], room["shelf"]) == ("halted", "fm.event", [])


async def test_a_room_without_a_lot_left_is_halted_with_the_rule_that_took_its_lots(studio: Studio) -> None:
    await studio.selling()
    await studio.app.hear(*(lot_decision(lot, "fail") for lot in LOTS))
    nothing_left = DecidingResult(
        rule="gate.records",
        result="fail",
        reason_code="no_lot_left",
        hard=False,
        reason_zh="本场直播没有可以销售的批次。",
        reason_en="No lot of this broadcast may be sold at present.",
    )
    await studio.answer("fail", not_passed=(nothing_left,))
    told = await studio.told()
    assert (told["state"], told["why_halted"]["rule"]) == ("halted", "fm.event")


async def test_a_lot_that_falls_while_it_is_sold_leaves_the_shelf_and_viewers_are_told_the_rule(studio: Studio) -> None:
    await studio.selling()
    for lot_id in LOTS[:2]:
        await studio.do("openings", {"lot_id": lot_id, "open": True})
    await studio.do("pins", {"lot_id": LOTS[0]})
    fallen = lot_decision(LOTS[0], "fail", stage="listing", not_passed=(EXPIRED,))
    await studio.app.hear(fallen)
    told, seen = await studio.told(), await studio.see()
    assert (told["state"], told["pinned_lot_id"]) == ("open", None)
    assert [item["lot_id"] for item in told["shelf"]] == [lot["lot_id"] for lot in seen["shelf"]] == list(LOTS[1:])
    assert [lot["open"] for lot in seen["shelf"]] == [True, False, False]
    notice = (await studio.app.said("broadcast.room.noted"))[-1]
    assert notice["kind"] == "notice"
    assert "砀山示例合作社「砀山酥梨」。合格证已过期。（规则 quality.docs）" in notice["text_zh"]
    assert "Dangshan pears of 砀山示例合作社. Its certificate has run out. (rule quality.docs)" in notice["text_en"]
    assert [each["zh"] for each in seen["notices"]] == [notice["text_zh"]]
    (left,) = [entry for entry in await record(studio) if entry["kind"] == "off_shelf"]
    assert (left["body"]["rule"], left["body"]["decision_id"]) == ("quality.docs", fallen.entity_id)
    # The gate's answer on the way to the room says it a second time; nothing happens twice.
    await studio.app.hear(lot_decision(LOTS[0], "fail", not_passed=(EXPIRED,)))
    assert (await studio.told())["version"] == told["version"]


async def test_lots_taken_off_the_catalogue_leave_the_shelf_with_one_notice(studio: Studio) -> None:
    await studio.selling()
    await studio.app.hear(listing(COUNTY, version=2, lots=LOTS[2:], at=clock.now()))
    assert [lot["lot_id"] for lot in (await studio.see())["shelf"]] == list(LOTS[2:])
    notices = [each for each in await studio.app.said("broadcast.room.noted") if each["kind"] == "notice"]
    assert len(notices) == 1
    assert "taken off the catalogue" in notices[0]["text_en"]


async def test_while_the_official_speaks_nobody_is_told_of_goods_and_the_record_is(studio: Studio) -> None:
    await studio.on_air()
    await studio.app.hear(lot_decision(LOTS[0], "fail", stage="listing", not_passed=(EXPIRED,)))
    assert not [each for each in await studio.app.said("broadcast.room.noted") if each["kind"] == "notice"]
    assert "quality.docs" in [entry["body"].get("rule") for entry in await record(studio)]


async def test_nobody_steers_a_room_without_its_studio_token(studio: Studio) -> None:
    await studio.on_air()
    answer = await studio.act("segments", {"kind": "market"}, key="forged")
    assert (answer.status_code, kind(answer)) == (403, "studio-refused")


async def test_a_segment_is_changed_by_nobody_who_is_not_in_the_studio(studio: Studio) -> None:
    await studio.on_air()
    strangers = [
        studio.tokens.headers("buyer"),
        studio.tokens.headers("official"),
        studio.tokens.headers("approver", scopes=("341300",)),
        studio.tokens.headers("inspector", organ="市场监管局"),
        studio.tokens.headers("platform"),
        studio.tokens.headers("operator", scopes=("610722",)),
    ]
    answers = [await studio.act("segments", {"kind": "market"}, headers) for headers in strangers]
    assert {answer.status_code for answer in answers} == {403}
    # Nor with the right person and the token of another room.
    assert (await studio.act("segments", {"kind": "market"}, key="studio-of-another-room")).status_code == 403
    assert (await studio.see())["segment"]["kind"] == "region"


async def test_a_host_of_another_filing_gets_no_studio_token(studio: Studio) -> None:
    await studio.take_studio()
    stranger = studio.host_headers(account_id="another-host", person="another-person")
    assert (await studio.act("studio-token", {"role": "host"}, stranger)).status_code == 403


async def test_a_rehearsal_sells_nothing_and_viewers_see_a_closed_room(studio: Studio) -> None:
    await studio.take_studio()
    await studio.do("shelf", {"items": [{"lot_id": LOTS[0]}]})
    await studio.do("rehearsal", {"on": True})
    await studio.do("segments", {"kind": "region"})
    behind = await studio.do("segments", {"kind": "market"})
    assert behind["segment"]["kind"] == "market"
    room = await studio.see()
    assert (room["state"], room["rehearsing"], room["segment"], room["shelf"]) == ("closed", True, None, [])
    assert await studio.app.said("broadcast.room.noted") == []
    assert (await studio.told())["rehearsing"]


async def test_the_end_is_the_end(studio: Studio) -> None:
    await studio.selling()
    await studio.do("end")
    room = await studio.see()
    assert (room["state"], room["segment"], room["shelf"]) == ("ended", None, [])
    assert [note["kind"] for note in await studio.app.said("broadcast.room.noted")][-1] == "close"
    assert (await studio.act("studio-token", {"role": "host"})).status_code == 409
