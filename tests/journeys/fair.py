"""A fair of the demonstration county with buyers of its own: from the listing to the last paid order.

It stands for Dangshan, whose name only the cases of its own years bear. It has a room, an official and a host that no
other broadcast of the demonstration needs, so that it can be on air beside whatever the calendar holds.
"""

import asyncio
import ssl
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import httpx

from deploy.outside import merchant_key
from deploy.seed import onair, rolling
from deploy.seed.book import Book
from deploy.seed.catalogue import KEEPER, enter_producer, submit_listing
from deploy.seed.data import Row
from deploy.seed.desk import Desk
from deploy.seed.filings import enter_host, file_broadcast, host_body
from deploy.seed.market import Json
from deploy.seed.registry import register_event
from services.kit import clock
from services.kit.ids import new_id
from tests.journeys.crowd import Buyer
from tests.journeys.studio import OnAir, until
from tests.journeys.told import an_hour, earlier, heard, retell, two_days_on_the_road
from tests.journeys.town import Town

HOST = "demo-host"
OFFICIAL = "demo-head"
OPERATOR = "demo-operator"
SCANS_AFTER_THE_LABEL = ("pickup", "hub", "out_for_delivery", "signed")
# Read once: a browser of its own for every buyer would read the machine's certificates each time.
CERTIFICATES = ssl.create_default_context()


@dataclass(frozen=True)
class FairSlot(onair.OnAir):
    """The slot of a fair."""

    name: str = "fair"

    @property
    def key(self) -> str:
        """Its own name, beside the broadcast of the demonstration that is on air at the same hour."""
        return f"{self.name}-{self.starts_at:%Y%m%d-%H%M}"


@dataclass(frozen=True)
class Wish:
    """What somebody wants: so many boxes of the lot at this place on the shelf."""

    buyer: Buyer
    place: int = 0
    units: int = 1


@dataclass(frozen=True)
class Bought:
    """What somebody bought: the order, and what was paid for the goods."""

    buyer: Buyer
    order_id: str
    lot_id: str
    units: int
    paid_fen: int


class Fair:
    """The fair while it is being held."""

    def __init__(self, town: Town, name: str = "fair") -> None:
        self.town = town
        self.market = town.market
        self.desk = Desk(town.market, Book(town.stack.state / f"book-of-the-{name}.json"), print)
        self.desk.book.done |= town.ids
        now = onair.slot_at(clock.now())
        self.slot = FairSlot(now.starts_at, now.product, now.filed_on, name)
        self.titles = {"title_zh": f"演示县酥梨专场 {name}", "title_en": f"A fair of pears, {name}"}
        self.broadcast_id = ""
        # What the record has to have heard of before it can be right: orders, parcels, refunds.
        self.told = Counter[str]()

    async def file(self, producers: dict[str, Row] | None = None, units: Sequence[int] = ()) -> Json:
        """Listed, filed, approved and scheduled, as its people would days before.

        `producers`: who offers, by key, if it is not those of the demonstration; `units`: how much each of them has.
        """
        known = await rolling.producers_of(self.desk, self.slot.filed_on)
        for key, body in (producers or {}).items():
            await enter_producer(self.desk, key, body)
        await register_event(self.desk, rolling.event_of(rolling.half_of(self.slot.filed_on)))
        listing = onair.listing_case(self.slot) | self.titles
        if producers:
            listing |= {"suppliers": list(producers), "units": list(units)}
        await submit_listing(self.desk, listing, known | (producers or {}))
        case = await self._case(listing)
        await self._train(case)
        filing_id = await file_broadcast(self.desk, case)
        filing = await self.market.get(f"/filings/{filing_id}", OPERATOR)
        self.broadcast_id = str(filing["broadcast_id"])
        return filing

    async def _case(self, listing: Row) -> Row:
        body = {"region_code": "999901", "name_zh": "演示县第三直播间", "name_en": "Third room of the county"}
        room = await self.market.write("POST", "/rooms", body, KEEPER, key="room-of-the-fair")
        case = rolling.filing_case(self.slot)
        official = {"account": OFFICIAL, "post_zh": "演示县县长", "post_en": "Head of Demonstration County"}
        host = {"region": "999901", "account": HOST, "name": "演示县主播", "trained": case["host"]["trained"]}
        return case | {
            "official": official | {"declared": case["official"]["declared"]},
            "host": host,
            **self.titles,
            "listing_case": listing,
            "room_id": room["id"],
            "length": timedelta(hours=2),
            "or_later": ("live", "ended"),
        }

    async def _train(self, case: Row) -> None:
        """The host's training of this half-year: the one that was entered is years old."""
        host_id = await enter_host(self.desk, case)
        hosts = [each async for each in self.market.every("/hosts", case["by"], region="999901")]
        host = next(each for each in hosts if each["id"] == host_id)
        body = host_body(case, self.desk)
        await self.market.write("PUT", f"/hosts/{host_id}", body, case["by"], version=host["version"])

    async def enter(self) -> OnAir:
        """The room before its hour, its studio taken by the host."""
        room = OnAir(self.town, self.broadcast_id, HOST)
        await room.take_studio()
        return room

    async def open(self, lots: int = 1) -> OnAir:
        """On air: the region first, then the market with its first lots open."""
        room = await self.enter()
        for _ in range(60):
            answer = await self.town.send("POST", f"{room.path}/open", None, HOST, Sunfair_Studio=room.key)
            if answer.status_code == 202:
                break
            # Stock is still being set aside.
            await asyncio.sleep(0.5)
        await room.until("open")
        await room.act("captions", {"zh": "各位好，这里是演示县。", "en": "Good day from Demonstration County."})
        shown = await room.act("segments", {"kind": "market"}, status=201)
        for lot in shown["shelf"][:lots]:
            await room.act("openings", {"lot_id": lot["lot_id"], "open": True})
        return room

    async def sell(self, shelf: Sequence[Json], wishes: Iterable[Wish]) -> list[Bought]:
        """Everybody looks in, orders and pays, each from a home and a phone of their own."""
        bought = await asyncio.gather(*(self._buy(number, shelf, wish) for number, wish in enumerate(wishes)))
        self.told["orders"] += len(bought)
        return list(bought)

    async def _buy(self, number: int, shelf: Sequence[Json], wish: Wish) -> Bought:
        who, lot = wish.buyer.name, shelf[wish.place]
        line = {"lot_id": lot["lot_id"], "units": wish.units, "price_fen": lot["price_fen"]}
        body: Json = {"broadcast_id": self.broadcast_id, "lines": [line], "address_id": wish.buyer.address_id}
        body |= {"device": wish.buyer.phone, "page_view_ms": 30_000 + 1_700 * (number % 20)}
        checkout = await self.market.write("POST", "/checkouts", body, who, key=new_id())
        path = f"/checkouts/{checkout['checkout_id']}/payment"
        payment = await self.market.write("POST", path, {}, who, key=new_id())
        await pay(payment["pay_url"])
        # The provider sends buyers back to a page of ours, which asks it what became of the payment.
        paid = await self.market.write("POST", f"/checkouts/{checkout['checkout_id']}/confirm", None, who)
        assert paid["state"] == "paid", paid
        return Bought(
            wish.buyer, checkout["orders"][0]["order_id"], lot["lot_id"], wish.units, wish.units * lot["price_fen"]
        )

    async def rehearse(self, room: OnAir, people: Iterable[Buyer], lot_id: str) -> None:
        """The room is tried out before its hour: one after the other they try to order, and nothing is sold."""
        await room.act("rehearsal", {"on": True})
        tried: Json = {"action": "test_order", "lot_id": lot_id}
        for buyer in people:
            await self.market.write("POST", f"{room.path}/rehearsed", tried, buyer.name)
            self.told["rehearsed"] += 1
        await room.act("rehearsal", {"on": False})

    async def end(self, room: OnAir) -> None:
        """Over, and its record's service knows it."""
        await room.act("end")
        self.told["ended"] = 1
        await heard(self.town, self.broadcast_id, self.told)

    async def send(self, orders: Iterable[Bought], grams: int | None = None) -> None:
        """The region sends each of them, and the carrier has taken them in. `grams`: what it puts on the scale."""
        sent = list(orders)
        body = {} if grams is None else {"weight_grams": grams}
        await asyncio.gather(
            *(
                self.market.write("POST", f"/orders/{each.order_id}/shipments", body, OPERATOR, key=new_id())
                for each in sent
            )
        )
        self.told["parcels"] += len(sent)
        await heard(self.town, self.broadcast_id, self.told)

    async def deliver(self, orders: Sequence[Bought]) -> None:
        """All of them are signed for after two days on the road: the carrier scans at once, and time is moved after."""
        async with httpx.AsyncClient(trust_env=False, verify=CERTIFICATES) as client:
            courier = self.town.stack.services["courier"].address
            client.headers["Authorization"] = f"Bearer {merchant_key('courier', self.town.stack.secret)}"
            for each in orders:
                order = await self.market.get(f"/orders/{each.order_id}", each.buyer.name)
                for _ in SCANS_AFTER_THE_LABEL:
                    path = f"{courier}/v1/parcels/{order['shipments'][0]['waybill']}/advance"
                    assert (await client.post(path)).status_code == 200
        self.told["signed"] += len(orders)
        await heard(self.town, self.broadcast_id, self.told)
        await retell(self.town, self.broadcast_id, two_days_on_the_road)

    async def took_an_hour(self, deals: Sequence[Bought]) -> None:
        """As if it had been on air for an hour, with a pause between two of these deals as in their rehearsal."""
        await heard(self.town, self.broadcast_id, self.told)
        await retell(self.town, self.broadcast_id, an_hour([each.order_id for each in deals]))

    async def pass_time(self, days: int = 0) -> None:
        """As if so many days had gone by: its record is due, and goods can no longer be given back after fifteen."""
        await heard(self.town, self.broadcast_id, self.told)
        if days:
            await retell(self.town, self.broadcast_id, earlier(timedelta(days=days)))
        sql = "UPDATE disclosure.course SET due_at = now(), ended_at = (room ->> 'ended_at')::timestamptz"
        await self.town.as_owner(f"{sql} WHERE broadcast_id = $1", self.broadcast_id)

    async def record(self, number: int) -> Json:
        """The release of that number, once it is out."""
        path = f"/disclosures/{self.broadcast_id}"

        async def look() -> Json:
            answer = await self.market.http.get(path)
            return dict(answer.json())

        return await until(look, lambda seen: seen.get("number") == number)


def truth(bought: Iterable[Bought]) -> Json:
    """What was sold, as those who bought know it."""
    known = list(bought)
    return {
        "orders": len(known),
        "units": sum(each.units for each in known),
        "paid_fen": sum(each.paid_fen for each in known),
    }


async def pay(pay_url: str) -> None:
    """What a buyer does on the provider's page."""
    async with httpx.AsyncClient(trust_env=False, verify=CERTIFICATES) as browser:
        await browser.get(pay_url, params={"lang": "en"})
        assert (await browser.post(pay_url, data={"act": "pay"})).status_code == 303
