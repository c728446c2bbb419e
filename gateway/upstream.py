"""Byte pass-through to a service: aiohttp over a unix socket or TCP. httpx would cost five times the CPU here."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import aiohttp
from yarl import URL

from services.kit.problem import Unavailable

TIMEOUT = aiohttp.ClientTimeout(total=60, connect=2)
CONNECTIONS = 128


class Upstream:
    """One service's address and its pool of connections."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.socket_path = url.removeprefix("unix:") if url.startswith("unix:") else None
        self.base = "http://service" if self.socket_path else url.rstrip("/")
        self.session: aiohttp.ClientSession | None = None

    def connected(self) -> aiohttp.ClientSession:
        """The pool; made on first use, inside the running loop."""
        if self.session is None:
            connector = (
                aiohttp.UnixConnector(self.socket_path, limit=CONNECTIONS)
                if self.socket_path
                else aiohttp.TCPConnector(limit=CONNECTIONS)
            )
            self.session = aiohttp.ClientSession(
                connector=connector, timeout=TIMEOUT, auto_decompress=False, cookie_jar=aiohttp.DummyCookieJar()
            )
        return self.session

    @asynccontextmanager
    async def call(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Send one request; `target` is the raw path with its query. Raises Unavailable when nobody answers."""
        try:
            async with self.connected().request(
                method, URL(self.base + target, encoded=True), headers=headers, data=body or None, allow_redirects=False
            ) as response:
                yield response
        except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
            raise Unavailable(
                f"The {self.name} service does not answer. Try again in a moment.",
                "后台服务暂时没有响应，请稍后重试。",
                headers={"Retry-After": "2"},
            ) from error

    async def close(self) -> None:
        """Close the pool."""
        if self.session is not None:
            await self.session.close()
