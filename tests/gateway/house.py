"""The gateway in the test's own process before real services on unix sockets: everything but the launcher."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp

from gateway.app import Door, create_app
from gateway.settings import GatewaySettings
from tests.apps import share_routes
from tests.serving import serving


@dataclass
class House:
    """The door, a client that has no cookie yet, and the address that it believes in."""

    door: Door
    client: AsyncClient


@asynccontextmanager
async def served(app: ASGIApp, socket: Path) -> AsyncIterator[str]:
    """Serve an application on a unix socket inside this process; its address as the gateway's settings want it."""
    # As `services.kit.serve` has it: a shorter one would let go of connections that the gateway still counts on.
    async with serving(app, uds=str(socket), timeout_keep_alive=75):
        yield f"unix:{socket}"


@asynccontextmanager
async def open_house(apps: Mapping[str, ASGIApp], folder: Path, **settings: object) -> AsyncIterator[House]:
    """A gateway before these services; one that is not given does not answer."""
    async with AsyncExitStack() as stack:
        addresses = {
            f"{name}_url": await stack.enter_async_context(served(app, folder / f"{name}.sock"))
            for name, app in apps.items()
        }
        for name in ("accounts", "catalog", "compliance", "broadcast", "orders", "disclosure"):
            addresses.setdefault(f"{name}_url", f"unix:{folder / 'nobody.sock'}")
        given = {"demo": True, "background": False, "public_url": "http://sunfair.test", **addresses, **settings}
        door = create_app(GatewaySettings.model_validate(given))
        if isinstance(door.pages, GZipMiddleware) and isinstance(door.pages.app, FastAPI):
            share_routes(door.pages.app, "pages")
        transport = ASGITransport(door, client=("203.0.113.7", 4711))
        async with AsyncClient(transport=transport, base_url="http://sunfair.test") as client:
            yield House(door, client)
        await door.clients.close()
        for upstream in door.upstreams.values():
            await upstream.close()
