"""A platform's engineer follows the guide, top to bottom, against the running market."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.compliance.receiver import Receiver, receiving
from tests.journeys.town import Town

GUIDE = Path(__file__).parents[2] / "docs" / "platforms.md"


def blocks() -> list[str]:
    """The Python of the guide, in order."""
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as listening:
        yield listening


async def key(town: Town, *, test: bool) -> str:
    body = {"name": "Guide", "scopes": ["checks:write", "decisions:read", "webhooks:write"], "test": test}
    return str((await town.market.write("POST", "/api-keys", body, "platform"))["key"])


async def test_every_example_of_the_guide_works_as_it_is_written(town: Town, receiver: Receiver) -> None:
    placeholders = {
        "http://127.0.0.1:8000": town.stack.url,
        "sf_test_…": await key(town, test=True),
        "sf_live_…": await key(town, test=False),
        "https://example.org/hook": receiver.url,
    }
    known: dict[str, Any] = {}
    for block in blocks():
        code = block
        for placeholder, value in placeholders.items():
            code = code.replace(placeholder, value)
        await asyncio.to_thread(exec, code, known)
    for _ in range(100):
        if receiver.requests:
            break
        await asyncio.sleep(0.1)
    headers, body = receiver.requests[0]
    assert known["is_genuine"](headers, body)
    assert not known["is_genuine"](headers, body + b" ")
    assert receiver.messages[0]["type"] == "decision.changed"


def test_the_guide_leaves_no_placeholder_without_a_value() -> None:
    code = "\n".join(blocks())
    assert len(blocks()) >= 9
    assert set(re.findall(r'"[^"\n]*…"', code)) == {'"sf_test_…"', '"sf_live_…"', '"whsec_…"'}


async def test_webhooks_are_kept_on_a_page(town: Town, receiver: Receiver) -> None:
    async with httpx.AsyncClient(base_url=town.stack.url, follow_redirects=True) as visitor:
        form = {"username": "platform", "password": town.passwords["platform"], "after": "/en/desk/webhooks"}
        await visitor.post("/en/sign-in", data=form, headers={"Origin": town.stack.url})
        page = await visitor.get("/en/desk/webhooks")
        assert page.status_code == 200, page.text
        csrf = re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[0]

        async def post(path: str, **fields: Any) -> httpx.Response:
            sent = {"csrf_token": csrf, **fields}
            return await visitor.post(f"/en/desk/webhooks{path}", data=sent, headers={"Origin": town.stack.url})

        refused = await post("", url="ftp://example.org", kinds="decision.changed", regions="341321")
        assert refused.status_code == 422
        assert "ftp://example.org" in refused.text
        made = await post(
            "", url=receiver.url, kinds=["decision.changed", "clearance.revoked"], regions="341321, 340000"
        )
        assert "whsec_" in made.text
        again = await visitor.get("/en/desk/webhooks")
        assert "whsec_" not in again.text
        webhook = re.findall(r'/en/desk/webhooks/([0-9a-f-]+)"', again.text)[-1]
        await post(f"/{webhook}/ping", kind="clearance.revoked")
        messages = await visitor.get(f"/en/desk/webhooks/{webhook}")
        assert "clearance.revoked" in messages.text
        message = re.findall(r'name="message_id" value="([^"]+)"', messages.text)[0]
        assert "Messages on their way again: 1" in (await post(f"/{webhook}/replay", message_id=message)).text
        assert "Nothing is sent until you resume it." in (await post(f"/{webhook}", act="pause")).text
        assert "You paused it." in (await visitor.get(f"/en/desk/webhooks/{webhook}")).text
        assert "The webhook is deleted." in (await post(f"/{webhook}", act="delete")).text
