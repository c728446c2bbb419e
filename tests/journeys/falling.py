"""A room whose service is killed while it sells: what its viewers, its buyers and its record have of it."""

import asyncio
import json
import os
import signal
from contextlib import suppress

import httpx

from deploy.seed.market import Json
from services.broadcast.domain.record import first_break
from services.kit.ids import new_id
from tests.journeys.studio import OnAir, until

# What a viewer has before the eyes, and finds again as it was.
LASTING = ("state", "segment", "shelf", "pinned_lot_id", "explaining_lot_id", "opened_at", "why_halted")
SPEECHES = 200


class Watching:
    """One viewer's stream, read for as long as it lasts."""

    def __init__(self, on_air: OnAir) -> None:
        self.on_air = on_air
        self.states: list[Json] = []
        self.ended = False

    async def run(self) -> None:
        """Read until the stream ends."""
        path, name = f"/broadcasts/{self.on_air.broadcast_id}/stream", ""
        async with self.on_air.town.market.http.stream("GET", path, timeout=None) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data: ") and name == "state":
                    self.states.append(json.loads(line.removeprefix("data: ")))
        self.ended = True

    async def saw(self, caption: str) -> None:
        """Wait until that caption has come."""

        async def look() -> Json:
            return {"seen": any(state["caption"]["zh"] == caption for state in self.states)}

        await until(look, lambda seen: bool(seen["seen"]))


async def read_record(on_air: OnAir) -> list[Json]:
    """The whole record of the room."""
    entries: list[Json] = []
    cursor = ""
    while True:
        page = await on_air.town.market.get(f"{on_air.path}/record?limit=100{cursor}")
        entries += page["items"]
        if page["next"] is None:
            return entries
        cursor = f"&cursor={page['next']}"


async def speak(on_air: OnAir, said: list[str], over: asyncio.Event) -> None:
    """The host speaks without pause and notes what was taken; what got no answer is not said again."""
    for number in range(SPEECHES):
        text = f"第 {number} 句"
        with suppress(httpx.TransportError):
            headers = {"Sunfair_Studio": on_air.key}
            body = {"zh": text, "en": f"Sentence {number}"}
            answer = await on_air.town.send("POST", f"{on_air.path}/captions", body, on_air.host, **headers)
            assert answer.status_code == 200 or answer.status_code >= 500, answer.text
            said += [text] if answer.status_code == 200 else []
        if over.is_set():
            return
        await asyncio.sleep(0.02)


async def buy(on_air: OnAir, lot: Json) -> str:
    """One unit for the demonstration's buyer; the checkout."""
    market = on_air.town.market
    home = {"consignee": "演示买家", "phone": "13800000000", "region_code": "110101", "detail": "演示街道 1 号"}
    address = await market.write("POST", "/addresses", home, "buyer", key=new_id())
    line = {"lot_id": lot["lot_id"], "units": 1, "price_fen": lot["price_fen"]}
    body = {"broadcast_id": on_air.broadcast_id, "lines": [line], "address_id": address["id"]}
    return str((await market.write("POST", "/checkouts", body, "buyer", key=new_id()))["checkout_id"])


async def outlive_a_kill(on_air: OnAir) -> None:
    """Kill -9 of broadcast while the host speaks, a viewer watches and a buyer orders, before and in the outage."""
    before = await on_air.see()
    lot = next(lot for lot in before["shelf"] if lot["open"])
    await on_air.act("pins", {"lot_id": lot["lot_id"]})
    before = await on_air.act("explaining", {"lot_id": lot["lot_id"]})
    old, late, said, over = Watching(on_air), Watching(on_air), list[str](), asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        watching = [tasks.create_task(old.run())]
        speaking = tasks.create_task(speak(on_air, said, over))
        bought = [await buy(on_air, lot)]
        await until(lambda: _count(said), lambda found: bool(found["count"] >= 3))

        process = on_air.town.stack.services["broadcast"].process
        assert process.child is not None
        fallen = process.child.pid
        os.kill(fallen, signal.SIGKILL)
        # The rest of the market does not wait: who joins is shown the room, and who buys has bought.
        watching.append(tasks.create_task(late.run()))
        bought.append(await buy(on_air, lot))
        await until(lambda: _count(late.states), lambda found: bool(found["count"]))
        taken = len(said)
        await until(lambda: _count(said), lambda found: bool(found["count"] > taken))
        assert process.child.pid != fallen
        over.set()
        await speaking
        for viewer in (old, late):
            await viewer.saw(said[-1])
            assert not viewer.ended
        for task in watching:
            task.cancel()

    # Not one of the states that they were shown differs from what stood before.
    for seen in (*old.states, *late.states, await on_air.see()):
        assert {name: seen[name] for name in LASTING} == {name: before[name] for name in LASTING}
    entries = await read_record(on_air)
    assert first_break(on_air.broadcast_id, entries) is None
    captions = [entry["body"]["text_zh"] for entry in entries if entry["kind"] == "caption"]
    assert [text for text in captions if text in said] == said
    assert len(captions) == len(set(captions))
    assert [entry["kind"] for entry in entries].count("open") == 1
    for checkout_id in bought:
        kept = await on_air.town.market.get(f"/checkouts/{checkout_id}", "buyer")
        assert (kept["state"], kept["orders"][0]["units"]) == ("reserved", 1)
    path = f"/reconciliation/{on_air.broadcast_id}"
    assert (await on_air.town.market.get(path))["differences"] == []


async def _count(things: list[str] | list[Json]) -> Json:
    return {"count": len(things)}
