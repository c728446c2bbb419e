"""A broadcast on air, through real processes: stopped and lifted, opened again, and halted when its ground is gone."""

import logging

from deploy.seed.market import Json
from services.broadcast.domain.record import first_break
from services.kit import clock
from tests.journeys.studio import OnAir
from tests.journeys.town import Town

REASON = {"reason_zh": "现场核查。", "reason_en": "A check on site."}


async def _record(on_air: OnAir) -> list[Json]:
    entries: list[Json] = []
    cursor = ""
    while True:
        page = await on_air.town.market.get(f"{on_air.path}/record?limit=100{cursor}")
        entries += page["items"]
        if page["next"] is None:
            return entries
        cursor = f"&cursor={page['next']}"


async def test_a_room_on_air_is_stopped_lifted_opened_again_and_halted_when_its_ground_is_gone(town: Town) -> None:
    (live, *_) = (await town.market.get("/broadcasts?state=live"))["items"]
    on_air = OnAir(town, live["id"])
    room = await on_air.see()
    assert (room["state"], room["segment"]["kind"]) == ("open", "market")
    assert all(lot["seller"]["address"] and lot["seller"]["contact"] for lot in room["shelf"])
    decision = await town.market.get(f"/decisions/{room['decision_id']}")
    assert (decision["stage"], decision["outcome"], decision["subject"]["kind"]) == ("golive", "pass", "broadcast")

    # Before an inspector nobody sells on, whoever holds the studio.
    await on_air.take_studio()
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

    entries = await _record(on_air)
    assert first_break(live["id"], entries) is None
    kinds = [entry["kind"] for entry in entries]
    assert kinds.index("off_shelf") < len(kinds) - 1 - kinds[::-1].index("halted")
