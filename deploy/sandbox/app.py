"""How an application of a stand-in is made: its key, its agenda, its behaviour, its health."""

import asyncio
import contextlib
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request

from deploy.sandbox.agenda import Agenda, open_file
from deploy.sandbox.settings import Behaviour, SandboxSettings


def build_sandbox(name: str, settings: SandboxSettings, tables: str) -> FastAPI:
    """An application with its file open and its agenda running; it has no paths of its own yet."""

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        task = asyncio.create_task(app.state.agenda.run())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
        app.state.db.close()

    app = FastAPI(title=f"Sandbox {name}", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.settings = settings
    # Tables of another shape are another file: after an update a stand-in forgets, and does not fail for ever.
    shape = hashlib.sha256(tables.encode()).hexdigest()[:8]
    app.state.db = open_file(settings.state / f"{name}-{shape}.sqlite", tables)
    app.state.agenda = Agenda(app.state.db, settings.webhook_secret.get_secret_value(), settings.behaviour())
    _add_common(app)
    return app


async def _merchant(request: Request) -> None:
    wanted = f"Bearer {request.app.state.settings.key.get_secret_value()}"
    if not hmac.compare_digest(request.headers.get("authorization", "").encode(), wanted.encode()):
        raise HTTPException(401, "unknown key")


async def _service(request: Request, _known: Annotated[None, Depends(_merchant)]) -> Agenda:
    """The agenda, unless an outage is played."""
    agenda: Agenda = request.app.state.agenda
    if agenda.behaviour.outages:
        agenda.behaviour.outages -= 1
        raise HTTPException(503, "outage")
    return agenda


Merchant = Depends(_merchant)
Service = Annotated[Agenda, Depends(_service)]


def _add_common(app: FastAPI) -> None:
    agenda: Agenda = app.state.agenda

    @app.get("/readyz")
    async def readyz() -> dict[str, str]:
        return {"status": "ready"}

    @app.get("/v1/behaviour", dependencies=[Merchant])
    async def read_behaviour() -> Behaviour:
        return agenda.behaviour

    @app.put("/v1/behaviour", dependencies=[Merchant])
    async def set_behaviour(body: Behaviour) -> Behaviour:
        agenda.behaviour = body
        return body
