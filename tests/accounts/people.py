"""Makes accounts over HTTP and signs them in, for the tests of accounts."""

from typing import Any

from services.kit.ids import new_id
from tests.apps import ServiceUnderTest, Tokens

PASSWORD = "three pears and a truck"
IDENTITY = "DEMO-000001"


class People:
    """The people of one running accounts service."""

    def __init__(self, service: ServiceUnderTest, tokens: Tokens) -> None:
        self.service = service
        self.client = service.client
        self.administrator = tokens.headers("administrator")

    async def add(self, username: str, /, *roles: str, **fields: Any) -> dict[str, Any]:
        """A new account with a password, in demo mode."""
        answer = await self.ask(username, *roles, **fields)
        assert answer.status_code == 201, answer.text
        made: dict[str, Any] = answer.json()
        return made

    async def ask(self, username: str, /, *roles: str, **fields: Any) -> Any:
        """Ask for a new account, whatever the answer."""
        body = {
            "username": username,
            "name": username,
            "roles": roles or ["operator"],
            "identity": IDENTITY,
            "password": PASSWORD,
        }
        body = {name: value for name, value in (body | fields).items() if value is not None}
        return await self.client.post("/accounts", json=body, headers=self.administrator)

    async def try_in(
        self, username: str, password: str = PASSWORD, *, kind: str = "api", address: str | None = None
    ) -> Any:
        """Try to sign in."""
        body = {"username": username, "password": password, "kind": kind}
        return await self.client.post("/sign-in", json=body, headers={"X-Client-Address": address} if address else {})

    async def sign_in(self, username: str, *, kind: str = "api", password: str = PASSWORD) -> dict[str, Any]:
        """Sign in; what the service answered."""
        answer = await self.try_in(username, password, kind=kind)
        assert answer.status_code == 200, answer.text
        got: dict[str, Any] = answer.json()
        return got

    async def me(self, token: str) -> Any:
        """Ask who the token belongs to."""
        return await self.client.get("/me", headers=bearer(token))

    def a_second_later(self) -> None:
        """Services look for new revocations once a second; make them look now."""
        self.service.app.state.keyring.loaded_at = None

    async def exchange(self, **credential: str) -> Any:
        """What the gateway does with a cookie or a key."""
        return await self.client.post("/token/exchange", json=credential)


def bearer(token: str) -> dict[str, str]:
    """The header that carries an access token."""
    return {"Authorization": f"Bearer {token}"}


def some_name() -> str:
    """A user name that no other test has."""
    return f"u{new_id().replace('-', '')}"
