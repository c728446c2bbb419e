"""People of several offices who come through the door with a session of their own, and fill in its forms."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.apps import Tokens
from tests.gateway.house import House

HERE = {"origin": "http://sunfair.test", "sec-fetch-site": "same-origin"}

# session → roles, regions, organ
OFFICES: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "registrar": (("registrar",), ("340000",), "安徽省应急指挥中心"),
    "both": (("registrar", "verifier"), ("340000",), "安徽省应急指挥中心"),
    "verifier": (("verifier",), ("340000",), "安徽省应急管理厅"),
    "stranger": (("verifier",), ("610000",), "陕西省应急管理厅"),
    "operator": (("operator",), ("341321",), "砀山县商务局"),
    "certifier": (("certifier",), ("340000",), "安徽省统计局"),
    "inspector": (("inspector",), ("340000",), "安徽省监督检查处"),
    "buyer": (("buyer",), (), ""),
}


class Accounts:
    """Accounts' side of these sessions, as a program of its own."""

    def __init__(
        self,
        signer: Tokens,
        more: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]] | None = None,
        persons: Mapping[str, str] | None = None,
    ) -> None:
        """`more`: further sessions. `persons`: the person behind a session, where it matters who that is."""
        self.signer = signer
        self.offices = {**OFFICES, **(more or {})}
        self.persons = persons or {}

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        response: Response = JSONResponse({"keys": [self.signer.key.public_jwk]})
        if request.url.path == "/token/exchange":
            name = (await request.json())["session_id"]
            roles, scopes, organ = self.offices[name]
            person = self.persons.get(name, f"p-{name}")
            token = self.signer.token(*roles, account_id=name, person=person, scopes=scopes, organ=organ)
            response = JSONResponse({"access_token": token})
        await response(scope, receive, send)


@dataclass
class Office:
    """Somebody at the desk."""

    house: House
    session: str

    @property
    def cookie(self) -> dict[str, str]:
        return {"cookie": f"sunfair_session={self.session}"}

    async def see(self, path: str) -> httpx.Response:
        """A page."""
        return await self.house.client.get(path, headers=self.cookie)

    async def send(self, form_on: str, action: str, *files: dict[str, Any], **fields: str) -> httpx.Response:
        """The form of that action on that page, with what the browser would send along."""
        page = (await self.see(form_on)).text
        return await self.send_again(hidden_fields(page, action), action, *files, **fields)

    async def send_again(
        self, hidden: dict[str, str], action: str, *files: dict[str, Any], **fields: str
    ) -> httpx.Response:
        """A form that was read before."""
        data = {**hidden, **fields}
        chosen = {name: file for each in files for name, file in each.items()} or None
        return await self.house.client.post(action, data=data, files=chosen, headers={**self.cookie, **HERE})

    async def follow(self, answer: httpx.Response) -> httpx.Response:
        """Where a kept form leads."""
        assert answer.status_code == 303, answer.text
        return await self.see(answer.headers["location"])


def hidden_fields(page: str, action: str) -> dict[str, str]:
    """What the form sends along unseen."""
    form = re.search(rf'<form[^>]*action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, f"no form for {action}"
    return dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[1]))
