"""A receiver of webhooks that checks signatures as a stranger would, with nothing but the specification."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web


class Receiver:
    """An HTTP server on this machine; `answers` are the statuses of the coming requests, then 204 for ever."""

    def __init__(self) -> None:
        self.url = ""
        self.answers: list[int] = []
        self.requests: list[tuple[dict[str, str], bytes]] = []

    async def _take(self, request: web.Request) -> web.Response:
        self.requests.append(({name.lower(): value for name, value in request.headers.items()}, await request.read()))
        return web.Response(status=self.answers.pop(0) if self.answers else 204)

    @property
    def messages(self) -> list[dict[str, Any]]:
        """What was told, in order."""
        return [json.loads(body) for _, body in self.requests]

    def is_signed(self, secret: str, index: int = -1) -> bool:
        """Whether a request bears a signature made with this secret."""
        headers, body = self.requests[index]
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(secret.removeprefix("whsec_"))
        wanted = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return any(hmac.compare_digest(wanted, each) for each in headers["webhook-signature"].split(" "))


@asynccontextmanager
async def receiving() -> AsyncIterator[Receiver]:
    """A receiver that listens."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_post("/{any:.*}", receiver._take)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server = site._server
    assert server is not None
    port = server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]  # A server of asyncio has sockets.
    receiver.url = f"http://127.0.0.1:{port}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
