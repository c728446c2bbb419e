"""Buyers before the door: orders and catalog in the process of the test, one broadcast that sells, browsers."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.apps import Tokens
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house
from tests.gateway.offices import HERE, hidden_fields
from tests.orders.market import COUNTY, LOT, Market
from tests.orders.outside import Outside, outside_of

PEOPLE: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "buyer": (("buyer",), (), ""),
    "neighbour": (("buyer",), (), ""),
    "operator": (("operator",), (COUNTY,), "砀山县商务局"),
    "prefecture": (("operator",), ("341300",), "宿州市商务局"),
    "inspector": (("inspector",), ("420000", "340000"), "监督检查处"),
    "far-operator": (("operator",), ("610722",), "城固县商务局"),
}


class Accounts:
    """Accounts' side of these sessions, as a program of its own."""

    def __init__(self, signer: Tokens) -> None:
        self.signer = signer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        response: Response = JSONResponse({"keys": [self.signer.key.public_jwk]})
        if request.url.path == "/token/exchange":
            name = (await request.json())["session_id"]
            if name not in PEOPLE:
                response = JSONResponse({"status": 404, "title": "no session"}, 404)
            else:
                roles, scopes, organ = PEOPLE[name]
                token = self.signer.token(*roles, account_id=name, scopes=scopes, organ=organ)
                response = JSONResponse({"access_token": token})
        await response(scope, receive, send)


@dataclass
class Browser:
    """Somebody with a browser; without a session they are a guest."""

    house: House
    session: str = ""
    jar: dict[str, str] = field(default_factory=dict)

    def _headers(self) -> dict[str, str]:
        cookies = {**self.jar, **({"sunfair_session": self.session} if self.session else {})}
        return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())} if cookies else {}

    def _keep(self, answer: httpx.Response) -> httpx.Response:
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.split(";")[0].partition("=")
            if "Max-Age=0" in line:
                self.jar.pop(name, None)
            else:
                self.jar[name] = value
        return answer

    async def see(self, path: str, status: int = 200) -> str:
        """A page."""
        answer = self._keep(await self.house.client.get(path, headers=self._headers()))
        assert answer.status_code == status, answer.text
        return answer.text

    async def goes(self, path: str) -> str:
        """Where a page leads on to."""
        answer = self._keep(await self.house.client.get(path, headers=self._headers()))
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def post(self, action: str, headers: Any = None, **fields: Any) -> httpx.Response:
        """A form that was made up; dots in names are written as `__`."""
        data = {name.replace("__", "."): value for name, value in fields.items()}
        sent = {**self._headers(), **(HERE if headers is None else headers)}
        return self._keep(await self.house.client.post(action, data=data, headers=sent))

    async def send(self, form_on: str, action: str, files: Any = None, **fields: Any) -> httpx.Response:
        """The form of that action on that page, with what the browser would send along."""
        return await self.send_again({**hidden_fields(await self.see(form_on), action), **fields}, action, files)

    async def send_again(self, data: dict[str, Any], action: str, files: Any = None) -> httpx.Response:
        """A form that was read before."""
        sent = {**self._headers(), **HERE}
        return self._keep(await self.house.client.post(action, data=data, files=files, headers=sent))

    async def follow(self, answer: httpx.Response) -> str:
        """Where a kept form leads."""
        assert answer.status_code == 303, answer.text
        return await self.see(answer.headers["location"])


@dataclass
class Shop:
    """The door, the market behind it, and who comes."""

    house: House
    market: Market
    outside: Outside | None = None

    @property
    def provider(self) -> Outside:
        """The companies outside."""
        assert self.outside is not None
        return self.outside

    def browser(self, session: str = "") -> Browser:
        """Somebody with a session, or a guest."""
        return Browser(self.house, session)

    @property
    def buyer(self) -> Browser:
        return self.browser("buyer")


@asynccontextmanager
async def open_shop(service_of: ServiceOf, tokens: Tokens, folder: Path, **settings: Any) -> AsyncIterator[Shop]:
    """Orders with one broadcast whose room is still closed, catalog, and the door."""
    market = await Market(await service_of("orders", **settings), tokens).settle()
    async with _opened(market, service_of, tokens, folder) as shop:
        yield shop


@asynccontextmanager
async def open_shop_with_payments(service_of: ServiceOf, tokens: Tokens, folder: Path) -> AsyncIterator[Shop]:
    """As `open_shop` with an open market, a payment provider and a courier as programs of their own."""
    async with (
        outside_of(service_of, tokens, folder) as outside,
        _opened(outside.market, service_of, tokens, folder) as shop,
    ):
        shop.outside = outside
        yield shop


@asynccontextmanager
async def _opened(market: Market, service_of: ServiceOf, tokens: Tokens, folder: Path) -> AsyncIterator[Shop]:
    catalog = await service_of("catalog")
    apps: dict[str, Any] = {"orders": market.app.app, "catalog": catalog.app, "accounts": Accounts(tokens)}
    async with open_house(apps, folder) as house:
        yield Shop(house, market)


HOME = {"consignee": "演示收件人", "phone": "138 0000 0000", "detail": "演示街道 1 号院 2 号楼"}
BASKET, CHECKOUT, BOOK = "/zh/basket", "/zh/checkout", "/zh/addresses"


async def put(shop: Shop, who: Browser, lot_id: str = LOT, units: str = "2") -> None:
    """Put it into the basket."""
    add = f"{BASKET}/add?broadcast_id={shop.market.broadcast_id}&lot_id={lot_id}"
    await who.follow(await who.send(add, BASKET, units=units))


async def with_address(shop: Shop, session: str = "buyer") -> Browser:
    """A buyer with an address."""
    who = shop.browser(session)
    await who.follow(await who.send(f"{BOOK}/new?region=110101", BOOK, **HOME))
    return who


async def ready(shop: Shop, session: str = "buyer", units: str = "2") -> tuple[Browser, dict[str, str]]:
    """A buyer before the button, and what the button sends."""
    who = await with_address(shop, session)
    await put(shop, who, units=units)
    page = await who.see(f"{CHECKOUT}?broadcast={shop.market.broadcast_id}")
    return who, hidden_fields(page, CHECKOUT) | {"address_id": chosen(page)}


def chosen(page: str) -> str:
    """The address that is chosen when the page opens."""
    found = re.search(r'name="address_id" value="([^"]+)" checked', page)
    assert found is not None
    return found[1]


async def order(who: Browser, fields: dict[str, Any]) -> httpx.Response:
    """Press the button."""
    return await who.post(CHECKOUT, **{name.replace(".", "__"): value for name, value in fields.items()})


async def reserved(shop: Shop, session: str = "buyer", units: str = "2") -> tuple[Browser, str]:
    """A buyer who has ordered, and the page of the checkout."""
    who, fields = await ready(shop, session, units)
    answer = await order(who, fields)
    assert answer.status_code == 303, answer.text
    return who, answer.headers["location"]


async def paid(shop: Shop, session: str = "buyer", units: str = "2") -> tuple[Browser, str]:
    """A buyer who has paid at the provider, and the page of the order."""
    who, place = await reserved(shop, session, units)
    await shop.provider.press(pay_url(await who.see(place)))
    page = await who.see(f"/zh/orders/paid/{place.rpartition('/')[2]}")
    found = re.search(r'href="(/zh/orders/0[^"]+)"', page)
    assert found is not None, page
    return who, found[1]


def pay_url(page: str) -> str:
    """Where the page leads to pay."""
    found = re.search(r'href="(http[^"]+)" rel="external"', page)
    assert found is not None, page
    return found[1].replace("&amp;", "&")


def text_of(page: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
