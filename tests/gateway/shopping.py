"""Buyers before the door: orders and catalog in the process of the test, one broadcast that sells, browsers."""

import re
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
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
from tests.orders.market import COUNTY, Market

PEOPLE: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "buyer": (("buyer",), (), ""),
    "neighbour": (("buyer",), (), ""),
    "operator": (("operator",), (COUNTY,), "砀山县商务局"),
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

    async def post(self, action: str, headers: dict[str, str] | None = None, **fields: Any) -> httpx.Response:
        """A form that was made up; dots in names are written as `__`."""
        data = {name.replace("__", "."): value for name, value in fields.items()}
        sent = {**self._headers(), **(HERE if headers is None else headers)}
        return self._keep(await self.house.client.post(action, data=data, headers=sent))

    async def send(self, form_on: str, action: str, files: Any = None, **fields: Any) -> httpx.Response:
        """The form of that action on that page, with what the browser would send along."""
        data = {**hidden_fields(await self.see(form_on), action), **fields}
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

    def browser(self, session: str = "") -> Browser:
        """Somebody with a session, or a guest."""
        return Browser(self.house, session)

    @property
    def buyer(self) -> Browser:
        return self.browser("buyer")


@asynccontextmanager
async def open_shop(service_of: ServiceOf, tokens: Tokens, folder: Path, **settings: Any) -> AsyncIterator[Shop]:
    """Orders with one broadcast whose room is still closed, catalog, and the door."""
    async with AsyncExitStack() as stack:
        orders, catalog = await service_of("orders", **settings), await service_of("catalog")
        apps: dict[str, Any] = {"orders": orders.app, "catalog": catalog.app, "accounts": Accounts(tokens)}
        market = await Market(orders, tokens).settle()
        house = await stack.enter_async_context(open_house(apps, folder))
        yield Shop(house, market)


def text_of(page: str) -> str:
    """What a page says, without its markup."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))
