"""Demo accounts: made by the administrator, one per person and post, all with the installation's demo password."""

import json
import secrets
from pathlib import Path
from typing import Any

from deploy.process import write_private
from deploy.seed.data import Row, rows
from deploy.seed.desk import Desk, side_by_side
from deploy.seed.market import Json, Refused

ADMIN = "admin"
_ORGAN = ("name", "kind", "level", "region_code")


def identity_of(username: str) -> str:
    """The invented identity number of the person behind an account; only a token of it is ever stored."""
    return f"demo-identity-{username}"


def demo_password(state: Path) -> str:
    """One password for all demo accounts of this installation, kept with the list of them."""
    try:
        kept = json.loads((state / "demo.json").read_text(encoding="utf-8"))
        return str(kept["password"])
    except (FileNotFoundError, ValueError, KeyError):
        return f"sunfair-{secrets.token_hex(4)}"


def account_body(person: Row, password: str) -> Row:
    """The body of a new account."""
    body: Row = {
        "username": person["username"],
        "name": person["name"],
        "roles": person["roles"],
        "scopes": [str(code) for code in person.get("scopes", ())],
        "identity": identity_of(person["username"]),
        "head_of_government": person.get("head", False),
        "may_set_clock": True,
        "password": password,
    }
    if organ := person.get("organ"):
        body["organ"] = {name: str(value) for name, value in zip(_ORGAN, organ, strict=False)}
    if post := person.get("post"):
        body["post"] = post
    return body


async def make_accounts(desk: Desk, password: str) -> None:
    """Every demo account."""
    await side_by_side(_make_account(desk, person, password) for person in rows("people"))


async def _make_account(desk: Desk, person: Row, password: str) -> None:
    username = person["username"]

    async def make() -> Json:
        body = account_body(person, password)
        return await desk.market.write("POST", "/accounts", body, ADMIN, key=f"seed-account-{username}")

    async def look() -> Json | None:
        found = await desk.standing("/accounts", lambda item: item["username"], username, ADMIN)
        if found is not None:
            await _set_password(desk, found["id"], username, password)
        return found

    await desk.once(f"account:{username}", make, look)


async def _set_password(desk: Desk, account_id: str, username: str, password: str) -> None:
    """Give an account that an earlier run made the password that is noted now."""
    try:
        await desk.market.token(username)
    except Refused:
        code = await desk.market.write("POST", f"/accounts/{account_id}/reset", None, ADMIN)
        await desk.market.write("POST", "/invitations/accept", {"code": code["code"], "password": password}, ADMIN)


async def make_api_key(desk: Desk) -> str:
    """The demo platform's key; it is shown once, so a lost one is replaced."""

    async def make() -> Json:
        scopes = ["checks:write", "decisions:read", "webhooks:write"]
        body: dict[str, Any] = {"name": "Demonstration", "scopes": scopes, "test": False}
        return await desk.market.write("POST", "/api-keys", body, "platform")

    return await desk.once("api-key", make, keep="key")


def write_list(state: Path, password: str, api_key: str, gateway: str) -> None:
    """`demo.json`: who may sign in, for its owner's eyes only."""
    accounts = [
        {
            "username": person["username"],
            "password": password,
            "name": person["name"],
            "roles": person["roles"],
            "scopes": [str(code) for code in person.get("scopes", ())],
        }
        for person in rows("people")
    ]
    document = {"url": gateway, "password": password, "accounts": accounts, "api_key": api_key}
    text = json.dumps(document, ensure_ascii=True, indent=1) + "\n"
    path = state / "demo.json"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        write_private(path, text)
