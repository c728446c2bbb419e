"""build_app: the one way a service's application is made, so that all have the same edge, health, metrics and loops."""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from functools import partial

from fastapi import APIRouter, FastAPI, Request, Response
from nats.aio.client import Client
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import bus
from services.kit.actor import BusinessClock
from services.kit.admin import admin_router
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.kit.direct import Shortcut, direct_routes
from services.kit.event import Event, KeyPublished, TokenRevoked
from services.kit.http import LARGEST_UPLOAD_BYTES, OWN_TELEMETRY, Edge, install_problem_handlers
from services.kit.keys import KeyRing, add_public_key, add_revocation
from services.kit.passing import PASSING_ERRORS
from services.kit.problem import Problem, Unavailable
from services.kit.relay import Relay, sweep_hourly
from services.kit.settings import ServiceSettings
from services.kit.telemetry import LOOPS_BROKEN, configure_logging, configure_tracing

Republisher = Callable[[AsyncSession, datetime], AsyncIterator[Event]]
Loop = Callable[[FastAPI], Awaitable[None]]
Work = Callable[[], Awaitable[None]]
StartUp = Callable[[FastAPI], Awaitable[None]]

log = logging.getLogger(__name__)

HEARD_BY_ALL: bus.Handlers = {KeyPublished: add_public_key, TokenRevoked: add_revocation}


# Of the module, not of an application: FastAPI remembers the functions it has looked at for the life of the process,
# and one that knew its application would keep it alive with all it holds.
HEALTH = APIRouter(tags=["health"], include_in_schema=False)


@HEALTH.get("/healthz")
async def healthz() -> dict[str, str]:
    """Whether the process lives."""
    return {"status": "alive"}


@HEALTH.get("/readyz")
async def readyz(request: Request) -> dict[str, str]:
    """Whether it can work: its database, NATS, and its loops."""
    state = request.app.state
    connection: Client | None = state.bus
    waiting = []
    if not await state.database.is_up():
        waiting.append("database")
    if state.settings.background and (connection is None or not connection.is_connected):
        waiting.append("nats")
    if getattr(state, "broken", False):
        waiting.append("background loop")
    if waiting:
        raise Unavailable(f"Waiting for: {', '.join(waiting)}.", f"等待：{'、'.join(waiting)}。", waiting=waiting)
    return {"status": "ready"}


@HEALTH.get("/metrics")
async def metrics() -> Response:
    """What Prometheus reads."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


def build_app(
    name: str,
    settings: ServiceSettings,
    routers: Sequence[APIRouter],
    *,
    handlers: bus.Handlers | None = None,
    conflicts: Mapping[str, Problem] | None = None,
    republishers: Mapping[str, Republisher] | None = None,
    on_start: StartUp | None = None,
    loops: Sequence[Loop] = (),
    largest_upload: int = LARGEST_UPLOAD_BYTES,
    database: Database | None = None,
) -> FastAPI:
    """The application of one service.

    `handlers`: event class → consumer. `conflicts`: constraint name → the problem it stands for. `republishers`:
    entity → the events that tell its present state. `loops`: background work beside the relay and the listeners.
    `largest_upload`: bytes of a form with files. `database`: one made elsewhere (tests); by default a pool from the
    settings.
    """
    app = FastAPI(
        title=f"Sunfair {name}",
        telemetry=OWN_TELEMETRY,
        lifespan=_lifespan,
        dependencies=[BusinessClock],
        generate_unique_id_function=lambda route: route.name,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # Such a redirect would name the service's own address, which nobody outside knows.
    )
    app.state.name = name
    app.state.settings = settings
    app.state.database = database or Database.connect(settings.service_database_url, name, settings.pool_size)
    app.state.database.watch(name)
    app.state.keyring = KeyRing(app.state.database)
    app.state.blobs = BlobStore(settings.blobs)
    app.state.handlers = {**HEARD_BY_ALL, **(handlers or {})}
    app.state.republishers = republishers or {}
    app.state.on_start = on_start
    app.state.loops = loops
    app.state.bus = None
    for router in routers:
        app.include_router(router)
    app.include_router(admin_router)
    app.include_router(HEALTH)
    refuse = install_problem_handlers(app, conflicts or {}, settings.public_url)
    app.add_middleware(Shortcut, routes=direct_routes(routers), refuse=refuse)
    app.add_middleware(Edge, service=name, largest_upload=largest_upload)
    configure_tracing(name, settings.otlp_endpoint)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: ServiceSettings = app.state.settings
    async with AsyncExitStack() as stack:
        stack.push_async_callback(app.state.database.close)
        if app.state.on_start is not None:
            await app.state.on_start(app)
        if settings.background:
            configure_logging(app.state.name, settings.log_level)
            await stack.enter_async_context(_background(app, settings))
        yield


@asynccontextmanager
async def _background(app: FastAPI, settings: ServiceSettings) -> AsyncIterator[None]:
    """Relay, listeners and the service's own loops, inside this process; replicas share the work."""
    connection = await bus.connect(settings.nats_url, app.state.name)
    app.state.bus = connection
    js = connection.jetstream(publish_async_max_pending=4000)
    database, name, replicas = app.state.database, app.state.name, settings.stream_replicas
    work: list[Work] = [Relay(database, js, name, replicas).run, partial(sweep_hourly, database)]
    work += [
        bus.Listener(database, js, name, source, handlers, replicas).run
        for source, handlers in bus.by_source(app.state.handlers).items()
    ]
    work += [partial(loop, app) for loop in app.state.loops]
    tasks = [asyncio.create_task(_surviving(app, each)) for each in work]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        # Closed, not drained: draining waits half a minute for messages that the cancelled listeners will never
        # take. What was acknowledged is flushed; the rest is delivered again to the next process.
        await connection.close()


async def _surviving(app: FastAPI, work: Work) -> None:
    """Run one loop, and again when the database or NATS was away in the middle of it.

    If it ever ends with a bug, the service says that it is not ready rather than limp on silently.
    """
    while True:
        try:
            return await work()
        except PASSING_ERRORS as error:
            log.warning("A background loop of %s begins again: %s", app.state.name, error or type(error).__name__)
            await asyncio.sleep(1.0)
        except Exception:
            app.state.broken = True
            LOOPS_BROKEN.labels(app.state.name).inc()
            raise
