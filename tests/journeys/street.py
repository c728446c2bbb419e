"""A running market without demonstration data, in which one broadcast sells."""

import asyncio
from collections.abc import Callable
from typing import Any, cast

import httpx
import nats

from deploy.outside import merchant_key
from deploy.seed.market import Json, Market, Refused
from deploy.stack import Stack
from services.kit.event import Event
from services.kit.ids import new_id
from tests.orders.market import LOT
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
