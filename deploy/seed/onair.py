"""One broadcast of the Demonstration County that is on air now, with goods to buy; after it another, as each ends.

It has a room, an official and a host of its own, so that it stands beside whatever the calendar holds. Everything is
done as its people would: filed and approved days before, opened by its host when the gate says yes, and sold in a
market segment after the official has introduced the region.
"""

import asyncio
from datetime import UTC, datetime, timedelta

from deploy.seed import rolling
from deploy.seed.catalogue import KEEPER, submit_listing
from deploy.seed.data import Row
from deploy.seed.desk import Desk
from deploy.seed.filings import enter_host, file_broadcast, host_body
from deploy.seed.market import Json, Refused
from deploy.seed.registry import register_event
from deploy.seed.rolling import Slot
from services.contracts.values import SHANGHAI
from services.contracts.workdays import add_working_days

LENGTH = timedelta(hours=6)
HOST, BUYER = "demo-live-host", "buyer"
REGION = "999901"
TITLE = "演示县酥梨正在直播"
PRODUCT = 0
ON_AIR = ("live", "halted")
# Three lots are open from the start; the fourth is for whoever tries the studio.
OPEN_AT_ONCE = 3
SAID = (
    (BUYER, "这个梨是今年的新梨吗？"),
    (HOST, "是今年的新梨，屏幕上有各合作社的采收日期。"),
    (BUYER, "几天能到？坏果怎么赔？"),
)


class OnAir(Slot):
    """The slot of the broadcast that is on air."""

    @property
    def key(self) -> str:
        """Its own name, beside what else starts at that hour."""
        return f"onair-{self.starts_at:%Y%m%d-%H%M}"


def slot_at(now: datetime) -> OnAir:
    """The slot that began at this full hour, filed six working days before, or two days ago on a feast day."""
    start = now.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
    return OnAir(start, PRODUCT, add_working_days(start.date(), -rolling.WORKING_DAYS_AHEAD)[0])


async def go_on_air(desk: Desk, now: datetime | None = None) -> bool:
    """See to it that one is on air; True when a new one was brought there."""
    now = now or datetime.now(UTC)
    if await _runs(desk, now):
        return False
    slot = slot_at(now)
    await _prepare(desk, slot)
    case = filing_case(slot, desk)
    await _train(desk, case)
    filing_id = await file_broadcast(desk, case)
    filing = await desk.market.get(f"/filings/{filing_id}", "demo-operator")
    if filing["state"] not in ("scheduled", *ON_AIR):
        return False
    broadcast_id = str(filing["broadcast_id"])
    try:
        await _open(desk, broadcast_id)
        await _sell(desk, broadcast_id)
    except Refused as refusal:
        desk.astray.append(f"{slot.key} is not on air: {refusal}")
        return False
    await _talk(desk, broadcast_id)
    return True


async def _runs(desk: Desk, now: datetime) -> bool:
    """Whether one runs, whoever brought it on air. One that people halted is left to them.

    One whose hour is over is ended by its host, as a host would, and stays with its record.
    """
    found = await _on_air(desk)
    if found is None:
        return False
    if datetime.fromisoformat(found["ends_at"]) > now:
        await _resume(desk, found["id"])
        return True
    await _act(desk, found["id"], "end", None, await _token(desk, found["id"]))
    return False


async def _on_air(desk: Desk) -> Json | None:
    """The broadcast of ours that is on air; the market knows it, also where the book was lost."""
    for state in ON_AIR:
        shown = await desk.market.get("/broadcasts", region=REGION, state=state, order="latest", limit=50)
        mine: list[Json] = [each for each in shown["items"] if each["title_zh"] == TITLE]
        if mine:
            return mine[0]
    return None


async def _resume(desk: Desk, broadcast_id: str) -> None:
    """Open a room again that was halted for no fault of its own, while the machine was switched off."""
    room = await _room(desk, broadcast_id)
    why = room["why_halted"] or {}
    if room["state"] != "halted" or why.get("rule") or why["cause"] not in ("gate", "gate_unreachable"):
        return
    try:
        await _open(desk, broadcast_id)
        await _sell(desk, broadcast_id)
    except Refused as refusal:
        desk.astray.append(f"Broadcast {broadcast_id} stays halted: {refusal}")


async def _prepare(desk: Desk, slot: OnAir) -> None:
    known = await rolling.producers_of(desk, slot.filed_on)
    await register_event(desk, rolling.event_of(rolling.half_of(slot.filed_on)))
    await submit_listing(desk, listing_case(slot), known)

    async def make() -> Json:
        body = {"region_code": REGION, "name_zh": "演示县第二直播间", "name_en": "Second room of Demonstration County"}
        return await desk.market.write("POST", "/rooms", body, KEEPER, key="seed-room-onair")

    async def look() -> Json | None:
        return await desk.standing("/rooms", lambda item: item["name_zh"], "演示县第二直播间", region=REGION)

    await desk.once("room:onair", make, look)


def listing_case(slot: OnAir) -> Row:
    """Its listing."""
    case = rolling.listing_case(slot)
    return case | {
        "title_zh": f"演示县酥梨 {slot.starts_at:%m月%d日}正在直播",
        "title_en": f"Demonstration County Pears, on air {slot.starts_at:%d %b}",
    }


def filing_case(slot: OnAir, desk: Desk) -> Row:
    """Its filing: another official and another room than those of the calendar, and a host with an account."""
    case = rolling.filing_case(slot)
    # Once in each half-year, as the other hosts are.
    trained = case["host"]["trained"]
    return case | {
        "official": {
            "account": "demo-second-deputy",
            "post_zh": "演示县副县长（分管农业）",
            "post_en": "Deputy Head of Demonstration County for agriculture",
            "declared": case["official"]["declared"],
        },
        "host": {"region": REGION, "account": HOST, "name": "演示县现场主播", "trained": trained},
        "title_zh": TITLE,
        "title_en": "Demonstration County Pears, on air now (demonstration)",
        "listing_case": listing_case(slot),
        "room_id": desk.book["room:onair"],
        "length": LENGTH,
        "or_later": (*ON_AIR, "ended"),
    }


async def _train(desk: Desk, case: Row) -> None:
    """The host's training of this half-year, where the one that was entered is older."""
    host_id = await enter_host(desk, case)
    trained = case["host"]["trained"]
    if desk.book.get("onair:trained") not in (None, trained):
        hosts = [each async for each in desk.market.every("/hosts", case["by"], region=REGION)]
        host = next(each for each in hosts if each["id"] == host_id)
        body = host_body(case, desk)
        await desk.market.write("PUT", f"/hosts/{host_id}", body, case["by"], version=host["version"])
    desk.book.note("onair:trained", trained)


async def _act(desk: Desk, broadcast_id: str, what: str, body: Json | None, token: str, method: str = "POST") -> Json:
    path = f"/broadcasts/{broadcast_id}/room/{what}"
    return await desk.market.write(method, path, body, HOST, headers={"Sunfair-Studio": token})


async def _token(desk: Desk, broadcast_id: str) -> str:
    path = f"/broadcasts/{broadcast_id}/room/studio-token"
    return str((await desk.market.write("POST", path, {"role": "host"}, HOST))["token"])


async def _room(desk: Desk, broadcast_id: str) -> Json:
    return await desk.market.get(f"/broadcasts/{broadcast_id}/room")


async def _open(desk: Desk, broadcast_id: str) -> None:
    """Ask the gate, and wait for its answer. Raises Refused with the gate's reason."""
    room = await _room(desk, broadcast_id)
    if room["state"] in ("closed", "halted"):
        await _ready(desk, broadcast_id, await _token(desk, broadcast_id))
        room = await desk.until(
            f"the gate's answer for the room {broadcast_id}",
            lambda: _room(desk, broadcast_id),
            lambda found: found["state"] != "opening",
        )
    if room["state"] != "open":
        raise Refused(409, {"title": "Not opened", "detail": f"The room is {room['state']}."}, f"room {broadcast_id}")


async def _ready(desk: Desk, broadcast_id: str, token: str) -> None:
    """Ask to open, again while stock is still being set aside."""
    for _ in range(30):
        try:
            await _act(desk, broadcast_id, "open", None, token)
        except Refused as refusal:
            if refusal.kind != "room-not-ready":
                raise
            await asyncio.sleep(1.0)
        else:
            return


async def _sell(desk: Desk, broadcast_id: str) -> None:
    """The official's words, then the market segment with its first lots open."""
    token = await _token(desk, broadcast_id)
    room = await _room(desk, broadcast_id)
    if room["segment"] is None or room["segment"]["kind"] == "region":
        said = {
            "zh": "各位好，这里是演示县东坡，今年受灾后梨园外运受阻。",
            "en": "Good day from the eastern slope of Demonstration County.",
        }
        await _act(desk, broadcast_id, "captions", said, token)
        room = await _act(desk, broadcast_id, "segments", {"kind": "market"}, token)
    said = {
        "zh": "今天的酥梨都来自屏幕上列明的合作社，自愿购买，坏果包赔。",
        "en": "All pears come from the cooperatives named here.",
    }
    await _act(desk, broadcast_id, "captions", said, token)
    await _act(
        desk,
        broadcast_id,
        "notices",
        {
            "zh": "本场直播全程留痕，购买和留言均属自愿。",
            "en": "This broadcast is recorded. Buying and writing are voluntary.",
        },
        token,
    )
    lots = [lot["lot_id"] for lot in room["shelf"]]
    if not lots:
        raise Refused(409, {"title": "Empty", "detail": "No lot stands on the shelf."}, f"room {broadcast_id}")
    for lot_id in lots[:OPEN_AT_ONCE]:
        await _act(desk, broadcast_id, "openings", {"lot_id": lot_id, "open": True}, token)
    await _act(desk, broadcast_id, "pins", {"lot_id": lots[0]}, token)
    await _act(desk, broadcast_id, "explaining", {"lot_id": lots[0]}, token)


async def _talk(desk: Desk, broadcast_id: str) -> None:
    """A few words of the chat, no faster than people write; a room whose chat is closed to us stays silent."""
    await desk.market.enter(broadcast_id)
    for number, (who, text) in enumerate(SAID):
        body = {"text": text, "client_id": f"seed-{number}"}
        try:
            await desk.market.write("POST", f"/broadcasts/{broadcast_id}/messages", body, who)
        except Refused:
            return
        await asyncio.sleep(1.0)
