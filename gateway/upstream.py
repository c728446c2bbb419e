"""Byte pass-through to a service over a few kept connections, through a unix socket or TCP."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

from gateway.connection import Connection, ConnectionBroken, request_bytes
from services.kit.lend import Lender
from services.kit.problem import Unavailable

CONNECTIONS = 128
CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 60.0


class Upstream:
    """One service's address and its connections."""

    def __init__(self, name: str, url: str) -> None:
        """`url`: `unix:/path` or `http://host:port`. Raises ValueError for anything else."""
        self.name = name
        self.socket_path = url.removeprefix("unix:") if url.startswith("unix:") else None
        address = urlsplit("http://service" if self.socket_path else url)
        if address.scheme != "http" or not address.hostname or address.path.strip("/"):
            raise ValueError(f"The address of {name} is unix:/path or http://host:port, not {url}.")
        self.host, self.address = address.netloc, (address.hostname, address.port or 80)
        self.connections: Lender[Connection] = Lender(
            self._connect, Connection.is_good, most=CONNECTIONS, patience=CONNECT_SECONDS
        )

    @asynccontextmanager
    async def call(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> AsyncIterator[Connection]:
        """Send one request; `target` is the raw path with its query. Raises Unavailable when nobody answers."""
        request = request_bytes(method, target, self.host, headers, body)
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                connection = await self._asked(request, again=method == "GET")
                try:
                    yield connection
                finally:
                    connection.rest()
                    self.connections.give_back(connection)
        except (OSError, ConnectionBroken) as error:  # A TimeoutError is an OSError too.
            raise Unavailable(
                f"The {self.name} service does not answer. Try again in a moment.",
                "后台服务暂时没有响应，请稍后重试。",
                headers={"Retry-After": "2"},
            ) from error

    async def _asked(self, request: bytes, *, again: bool) -> Connection:
        """A connection whose answer has begun.

        One that was kept may be closed by the other side in this very moment; a read is then asked once more.
        """
        connection = await self.connections.take()
        try:
            return await self._ask(connection, request)
        except ConnectionBroken as broken:
            if not (again and broken.unheard):
                raise
        return await self._ask(await self.connections.take_fresh(), request)

    async def _ask(self, connection: Connection, request: bytes) -> Connection:
        try:
            await connection.ask(request)
        except BaseException:
            connection.close()
            self.connections.lost()
            raise
        return connection

    async def _connect(self) -> Connection:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(CONNECT_SECONDS):
            if self.socket_path:
                _, connection = await loop.create_unix_connection(Connection, self.socket_path)
            else:
                _, connection = await loop.create_connection(Connection, *self.address)
        return connection

    async def close(self) -> None:
        """Close what is idle."""
        while self.connections.idle:
            self.connections.idle.pop().close()
