"""The companies outside, as stand-ins that speak over real HTTP, and what they call back, delivered by hand."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from fastapi import FastAPI
from httpx import AsyncClient, Response
from pydantic import SecretStr

from deploy.sandbox.courier.app import create_app as courier_app
from deploy.sandbox.payments.app import create_app as payments_app
from deploy.sandbox.settings import SandboxSettings
from services.kit import clock
from services.kit.ids import new_id
from services.kit.webhooks import signed_headers
from services.orders.actions.parcels import book_parcels
from services.orders.actions.payments import ask_about_payments
from services.orders.actions.refunds import pay_overdue, send_refunds
from services.orders.models import Order
from tests import papers
from tests.apps import Tokens
from tests.compliance.receiver import Receiver, receiving
from tests.conftest import ServiceOf
from tests.orders.buyers import Buyer
from tests.orders.market import COUNTY, Answer, Market
from tests.serving import listening

KEY = "a-key-of-the-tests-and-of-nothing-else"
SECRET = "whsec_plJ3nmyCDGBKInavdOK15jsl"


class Outside:
    """Provider and courier, and what they have told so far; nothing reaches orders until a test delivers it."""

    def __init__(self, market: Market, apps: dict[str, FastAPI], urls: dict[str, str], receiver: Receiver) -> None:
        self.market = market
        self.apps = apps
        self.urls = urls
        self.receiver = receiver
        self.delivered = 0

    @property
    def client(self) -> AsyncClient:
        """The client of orders."""
        return self.market.app.client

    def behave(self, **how: Any) -> None:
        """How the stand-ins behave from now on."""
        for app in self.apps.values():
            app.state.agenda.behaviour = app.state.agenda.behaviour.model_copy(update=how)

    async def pay_url(self, buyer: Buyer, checkout: Answer, status: int = 201) -> Answer:
        """Ask where to pay."""
        headers = buyer.headers | {"Idempotency-Key": new_id()}
        answer = await self.client.post(f"/checkouts/{checkout['checkout_id']}/payment", headers=headers)
        assert answer.status_code == status, answer.text
        found: Answer = answer.json()
        return found

    async def press(self, pay_url: str, act: str = "pay") -> None:
        """What the buyer does on the hosted page."""
        async with AsyncClient() as browser:
            answer = await browser.post(pay_url, data={"act": act})
            assert answer.status_code == 303, answer.text

    async def confirm(self, buyer: Buyer, checkout: Answer) -> Answer:
        """The buyer comes back and says that they have paid."""
        answer = await self.client.post(f"/checkouts/{checkout['checkout_id']}/confirm", headers=buyer.headers)
        assert answer.status_code == 200, answer.text
        found: Answer = answer.json()
        return found

    async def called(self) -> list[tuple[str, dict[str, str], bytes]]:
        """All callbacks that left so far: where to, headers, body."""
        for app in self.apps.values():
            while await app.state.agenda.do_due():
                pass
        return [(self.path_of(body), headers, body) for headers, body in self.receiver.requests]

    def path_of(self, body: bytes) -> str:
        """Which of our addresses a callback is meant for."""
        kind = json.loads(body)["type"]
        return "/carrier-callbacks/sandbox" if kind.startswith("parcel.") else "/payment-callbacks/sandbox"

    async def deliver(self, *numbers: int) -> list[Response]:
        """Hand over these callbacks, or all that are new, in this order."""
        called = await self.called()
        wanted = numbers or range(self.delivered, len(called))
        answers = [
            await self.client.post(called[number][0], content=called[number][2], headers=called[number][1])
            for number in wanted
        ]
        self.delivered = max(self.delivered, len(called))
        return answers

    async def call(self, body: bytes, path: str = "/payment-callbacks/sandbox", **headers: str) -> Response:
        """A callback of our own making, signed as the stand-ins sign."""
        signed = signed_headers([SECRET], new_id(), clock.now(), body) | headers
        return await self.client.post(path, content=body, headers=signed)

    async def buys(self, buyer: Buyer, units: int = 1, **fields: Any) -> Answer:
        """Order and pay; the checkout as it was placed."""
        checkout = await buyer.buys(units, **fields)
        await self.press((await self.pay_url(buyer, checkout))["pay_url"])
        assert [answer.status_code for answer in await self.deliver()] == [200]
        return checkout

    async def follow(self) -> None:
        """One round of what the service does by itself, and what comes back from it."""
        database, around = self.market.app.database, self.market.app.app.state.surroundings
        await send_refunds(database, around)
        await book_parcels(database, around)
        await ask_about_payments(database, around)
        await self.deliver()

    async def make_due(self) -> None:
        """It is time for everything that was put off."""
        async with self.market.app.database.sessions.begin() as db:
            for statement in (
                "UPDATE orders.payment SET ask_at = now()",
                "UPDATE orders.refund SET send_at = now() WHERE send_at IS NOT NULL",
                "UPDATE orders.shipment SET book_at = now() WHERE book_at IS NOT NULL",
            ):
                await db.execute(sa.text(statement))

    async def pay_overdue(self, days: int) -> int:
        """So many days later: what the region has let lie is paid by the platform."""
        at = clock.now() + timedelta(days=days)
        return await pay_overdue(self.market.app.database, self.market.app.app.state.surroundings, at)

    async def post(self, path: str, body: Any, headers: dict[str, str], status: int = 201) -> Answer:
        """Post with a fresh key; the answer's JSON, its status asserted."""
        answer = await self.client.post(path, json=body, headers={"Idempotency-Key": new_id()} | headers)
        assert answer.status_code == status, answer.text
        found: Answer = answer.json() if answer.content else {}
        return found

    async def detail(self, order_id: str, headers: dict[str, str]) -> Answer:
        """An order as somebody reads it."""
        return await self.market.get(f"/orders/{order_id}", headers)

    async def photo(self, buyer: Buyer, data: bytes | None = None) -> str:
        """Send a photo; its hash."""
        files = {"file": ("photo.png", papers.png() if data is None else data, "image/png")}
        answer = await self.client.post("/orders/photos", files=files, headers=buyer.headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["sha256"])

    async def signed(self, buyer: Buyer, units: int = 1) -> Answer:
        """An order that was paid, sent, carried and signed for; as its buyer reads it."""
        checkout = await self.buys(buyer, units)
        order_id = checkout["orders"][0]["order_id"]
        await self.post(f"/orders/{order_id}/shipments", {}, self.seller())
        await self.follow()
        while (await self.order(order_id)).state != "signed":
            await self.deliver()
        return await self.detail(order_id, buyer.headers)

    async def order(self, order_id: str) -> Order:
        """An order as it is stored."""
        rows = await self.market.app.database.fetch_rows('SELECT * FROM orders."order" WHERE id = $1', order_id)
        return Order(**dict(rows[0]))

    def seller(self, **claims: Any) -> dict[str, str]:
        """The headers of an operator of the region that sells."""
        return self.market.tokens.headers("operator", scopes=(COUNTY,), account_id="operator-1", **claims)


@asynccontextmanager
async def _serving(app: FastAPI) -> AsyncIterator[str]:
    """The app on a port of this machine; its agenda is done when a test says so."""
    async with listening(app) as address, app.state.agenda.open():
        yield address
    app.state.db.close()


@asynccontextmanager
async def outside_of(
    service_app: ServiceOf, tokens: Tokens, folder: Path, units: dict[str, int] | None = None
) -> AsyncIterator[Outside]:
    """Orders with a market that is open, a provider, a courier, and a place where both call."""
    settings = SandboxSettings(
        key=SecretStr(KEY), webhook_secret=SecretStr(SECRET), state=folder, delay_ms=0, pace_ms=0
    )
    apps = {"payments": payments_app(settings), "courier": courier_app(settings)}
    async with AsyncExitStack() as stack:
        receiver = await stack.enter_async_context(receiving())
        urls = {name: await stack.enter_async_context(_serving(app)) for name, app in apps.items()}
        apps["payments"].state.bank.public_url = urls["payments"]
        service = await service_app(
            "orders",
            payments_url=urls["payments"],
            payments_key=KEY,
            payments_webhook_secret=SECRET,
            courier_url=urls["courier"],
            courier_key=KEY,
            courier_webhook_secret=SECRET,
            callbacks_url=receiver.url,
        )
        market = await Market(service, tokens, units).settle()
        await market.open()
        made = Outside(market, apps, urls, receiver)
        made.behave(refund_ms=0, late_ms=0)
        yield made
        await service.app.state.surroundings.close()
