"""A broadcast on air, through real processes: killed, stopped and lifted, opened again, halted without its ground."""

import logging

from services.broadcast.domain.record import first_break
from services.kit import clock
from tests.journeys.falling import outlive_a_kill, read_record
from tests.journeys.studio import OnAir
from tests.journeys.town import Town

REASON = {"reason_zh": "现场核查。", "reason_en": "A check on site."}


async def test_a_room_on_air_outlives_a_kill_is_stopped_lifted_opened_again_and_halted_without_its_ground(
    town: Town,
) -> None:
    (live, *_) = (await town.market.get("/broadcasts?state=live"))["items"]
    on_air = OnAir(town, live["id"])
    room = await on_air.see()
    assert (room["state"], room["segment"]["kind"]) == ("open", "market")
    assert all(lot["seller"]["address"] and lot["seller"]["contact"] for lot in room["shelf"])
    decision = await town.market.get(f"/decisions/{room['decision_id']}")
    assert (decision["stage"], decision["outcome"], decision["subject"]["kind"]) == ("golive", "pass", "broadcast")

    await on_air.take_studio()
    await outlive_a_kill(on_air)

    # Before an inspector nobody sells on, whoever holds the studio.
    await on_air.act("halt", REASON, "inspector")
    room = await on_air.see()
    assert (room["state"], room["shelf"], room["why_halted"]["cause"]) == ("halted", [], "inspector")
    await on_air.act("segments", {"kind": "market"}, status=403)
    await on_air.act("lift", REASON, "inspector")

    # Opened again it is asked about again, and begins with the region.
    await on_air.take_studio()
    await on_air.act("open", status=202)
    room = await on_air.until("open")
    assert (room["segment"]["kind"], room["shelf"]) == ("region", [])
    await on_air.act("pins", {"lot_id": None}, status=409)
    room = await on_air.act("segments", {"kind": "market"}, status=201)
    await on_air.act("openings", {"lot_id": room["shelf"][0]["lot_id"], "open": True})

    # What it sells is withdrawn: no lot is left, and the gate's changed answer halts it.
    listing_id = room["shelf"][0]["listing_id"]
    began = clock.now()
    answer = await town.post(f"/listings/{listing_id}/withdraw", {"reason": "抽检待复核"}, "demo-operator")
    assert answer.status_code == 200, answer.text
    room = await on_air.until("halted")
    took = (clock.now() - began).total_seconds()
    logging.getLogger(__name__).warning("The room was halted %.2f seconds after the withdrawal.", took)
    assert (room["shelf"], room["why_halted"]["cause"]) == ([], "gate")
    assert room["why_halted"]["reason_zh"]
    filing = await town.market.get(f"/filings/{room['filing_id']}", "demo-operator")
    assert filing["state"] == "halted"

    entries = await read_record(on_air)
    assert first_break(live["id"], entries) is None
    kinds = [entry["kind"] for entry in entries]
    assert kinds.index("off_shelf") < len(kinds) - 1 - kinds[::-1].index("halted")
