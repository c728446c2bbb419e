"""An order's whole way through real processes: bought, paid at the provider, sent, signed for, given back in part."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import httpx
import nats
import pytest

from deploy.outside import merchant_key
from deploy.postgres import FORGETFUL
from deploy.process import remembered_port
from deploy.seed.market import Json, Market, Refused
from deploy.stack import Stack
from services.kit.event import Event
from services.kit.ids import new_id
from tests import papers
from tests.orders.market import LOT, PRICE_FEN, listing
from tests.orders.market import Market as Sale

PATIENCE_SECONDS = 60


class Street:
    """A running market without demonstration data, in which one broadcast sells."""

    def __init__(self, stack: Stack, market: Market) -> None:
        self.stack = stack
        self.market = market
        self.sale = Sale(cast(Any, None), cast(Any, None), {LOT: 20})

    async def tell(self, *events: Event) -> None:
        """Say what catalog and broadcast would say."""
        assert self.stack.nats is not None
        connection = await nats.connect(self.stack.nats.url("admin"))
        for event in events:
            await connection.jetstream().publish(
                event.subject, event.model_dump_json().encode(), headers={"Nats-Msg-Id": event.message_id}
            )
        await connection.close()

    async def said(self, subject: str) -> int:
        """How many messages of that subject lie in the stream of orders."""
        assert self.stack.nats is not None
        connection = await nats.connect(self.stack.nats.url("admin"))
        info = await connection.jetstream().stream_info("ORDERS", subjects_filter=subject)
        await connection.close()
        return int((info.state.subjects or {}).get(subject, 0))

    async def behave(self, name: str, **how: Any) -> None:
        """How a stand-in behaves from now on."""
        headers = {"Authorization": f"Bearer {merchant_key(name, self.stack.secret)}"}
        async with httpx.AsyncClient(base_url=self.stack.services[name].address, headers=headers) as client:
            answer = await client.put("/v1/behaviour", json=how)
            assert answer.status_code == 200, answer.text

    async def until(self, path: str, is_so: Callable[[Json], bool], who: str | None = "admin") -> Json:
        """What stands there once it is so."""
        answer: Json = {}
        for _ in range(PATIENCE_SECONDS * 10):
            try:
                answer = await self.market.get(path, who)
            except Refused as refused:
                answer = refused.document
            if is_so(answer):
                return answer
            await asyncio.sleep(0.1)
        raise AssertionError(f"{path} never became so: {answer}")

    async def post(self, path: str, body: Any) -> Json:
        """As the one who buys and sells here."""
        return await self.market.write("POST", path, body, "admin", key=new_id())

    async def press(self, pay_url: str, act: str) -> None:
        """What a buyer does on the provider's page."""
        async with httpx.AsyncClient(trust_env=False) as browser:
            page = await browser.get(pay_url, params={"lang": "en"})
            assert "nobody is charged" in page.text
            assert (await browser.post(pay_url, data={"act": act})).status_code == 303


@pytest.fixture
async def street(tmp_path: Path) -> AsyncIterator[Street]:
    stack = Stack(
        tmp_path / "state",
        remembered_port(tmp_path / "port"),
        seed=False,
        say=lambda _line: None,
        postgres_settings=FORGETFUL,
    )
    try:
        await asyncio.to_thread(stack.start)
        async with Market(stack.url, {"admin": stack.administrator_password}) as market:
            yield Street(stack, market)
    finally:
        await asyncio.to_thread(stack.stop)


@pytest.mark.xdist_group("stack")
async def test_an_order_is_paid_sent_signed_for_and_given_back_in_part(street: Street) -> None:
    """One story, because each start of the whole system costs: with callbacks twice and in any order throughout."""
    sale = street.sale
    await street.behave("payments", duplicates=1, shuffle=True, delay_ms=50, refund_ms=50)
    await street.behave("courier", duplicates=1, shuffle=True, delay_ms=50, pace_ms=100)
    await street.tell(listing(sale.listing_id, sale.units), sale.filing(), sale.room(sale.item(LOT)))
    await street.until(f"/sales/{sale.broadcast_id}", lambda now: bool(now.get("selling") and now["lots"]), None)

    home = {"consignee": "演示买家", "phone": "13800000000", "region_code": "110101", "detail": "演示街道 1 号"}
    address = await street.post("/addresses", home)
    line = {"lot_id": LOT, "units": 2, "price_fen": PRICE_FEN}
    body = {"broadcast_id": sale.broadcast_id, "lines": [line], "address_id": address["id"]}
    checkout = await street.post("/checkouts", body)
    order_id = checkout["orders"][0]["order_id"]
    payment = await street.post(f"/checkouts/{checkout['checkout_id']}/payment", {})
    await street.press(payment["pay_url"], "fail")
    await street.press(payment["pay_url"], "pay")
    # Nobody confirms: the provider's signed word alone completes the order.
    await street.until(f"/orders/{order_id}", lambda now: now["state"] == "paid")

    await street.post(f"/orders/{order_id}/shipments", {})
    signed = await street.until(f"/orders/{order_id}", lambda now: now["state"] == "signed")
    assert len(signed["shipments"][0]["scans"]) == 5

    photo = await send_photo(street)
    wanted = {"reason": "spoiled", "amount_fen": 500, "words": "坏了两个", "photos": [photo]}
    refund = await street.post(f"/orders/{order_id}/refunds", wanted)
    await street.post(f"/refunds/{refund['id']}/decision", {"approve": True, "words": "同意"})
    await street.until(f"/orders/{order_id}", lambda now: now["refunds"][0]["state"] == "refunded")

    added_up = await street.market.get(f"/reconciliation/{sale.broadcast_id}")
    assert (added_up["balanced"], added_up["differences"]) == (True, [])
    compared = await street.market.get(f"/reconciliation/{sale.broadcast_id}/provider", "admin")
    assert (compared["balanced"], compared["payments"]) == (True, 1)
    assert await street.said("orders.order.paid") == 1


async def send_photo(street: Street) -> str:
    """A photo of what is wrong; its hash."""
    headers = {"Authorization": f"Bearer {await street.market.token('admin')}"}
    files = {"file": ("photo.png", papers.png(), "image/png")}
    answer = await street.market.http.post("/orders/photos", files=files, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["sha256"])
