"""Applications that really listen, inside the test's own process."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.types import ASGIApp


@asynccontextmanager
async def serving(app: ASGIApp, **options: object) -> AsyncIterator[uvicorn.Server]:
    """Serve an application while the block runs. Raises OSError where its address cannot be had."""
    config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, **options)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[attr-defined, unused-ignore]  # pytest keeps its own.
    task = asyncio.create_task(server.serve())
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.005)
    yield server
    server.should_exit = True
    await task


@asynccontextmanager
async def listening(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an application on a free port of this machine; its address."""
    async with serving(app, port=0) as server:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
