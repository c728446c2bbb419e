"""Fixtures for every test: databases rolled back or thrown away, NATS, services in the process, the whole system."""

import gc
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Protocol

import nats
import pytest
from hypothesis import HealthCheck, settings
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from deploy.nats import Nats
from deploy.postgres import FORGETFUL
from deploy.process import remembered_port
from deploy.stack import Stack
from services.kit.db import Database
from tests.apps import ServiceUnderTest, Tokens, running
from tests.servers import SECRET, Run, Servers, for_workers

RUN = pytest.StashKey[Run]()
GROUPS = {"stack"}
LONG = {
    "tests/orders/test_kill_storm.py",
    "tests/kit/test_delivery.py",
    "tests/orders/test_money_model.py",
    "tests/compliance/test_impact_killed.py",
    "tests/deploy/test_parameter_tasks.py",
}

# No example fails because the machine had other work: no test depends on the wall clock.
settings.register_profile("sunfair", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sunfair")

DatabaseOf = Callable[[str], Awaitable[Database]]
UrlOf = Callable[[str], str]


class ServiceOf(Protocol):
    """`await service_app("catalog", background=False)`."""

    async def __call__(self, name: str, **settings: object) -> ServiceUnderTest: ...


def pytest_configure(config: pytest.Config) -> None:
    """The controller (or the only process) keeps the run; nothing starts before a test asks."""
    if not hasattr(config, "workerinput"):
        config.stash[RUN] = Run()


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """Before a worker of xdist starts: start the servers once and tell the worker where they are."""
    run: Run = node.config.stash[RUN]  # type: ignore[attr-defined]  # xdist ships no types for its nodes.
    node.workerinput["sunfair"] = for_workers(run.servers())  # type: ignore[attr-defined]  # The same.


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what the run started."""
    if RUN in config.stash:
        config.stash[RUN].stop()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Give work to the workers file by file, in the order of the collection; what is marked stays together.

    Test by test, each worker would set up what a file's tests share, and the controller, which counts all that was
    ever given to a worker after each test, would be busier than they are.
    """
    if config.getoption("dist") != "loadgroup":
        return None
    from xdist.scheduler import LoadGroupScheduling  # type: ignore[import-untyped]  # It ships no types.

    config.option.loadscopereorder = False
    scheduling = LoadGroupScheduling(config, log)
    scheduling._split_scope = unit_of_work
    return scheduling


def unit_of_work(nodeid: str) -> str:
    """The group that xdist wrote behind the name of a test, or its file."""
    group = nodeid.rpartition("@")[2]
    return group if group in GROUPS else nodeid.partition("::")[0]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests of the whole system go to one worker, which then starts it once, before anything else.

    Next come the files of which a single test is long, so that no worker sits over one of them at the end.
    """
    for item in items:
        if "stack" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("stack"))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """When a test has its turn; those of one turn keep the order of the collection."""
    if item.get_closest_marker("xdist_group"):
        return 0
    return 1 if item.nodeid.partition("::")[0] in LONG else 2


def pytest_collection_finish() -> None:
    """What stands now stays to the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(scope="session")
def servers(pytestconfig: pytest.Config) -> Servers:
    """Where this run's PostgreSQL is."""
    given = getattr(pytestconfig, "workerinput", None)
    return Servers(**given["sunfair"]) if given else pytestconfig.stash[RUN].servers()


@pytest.fixture(scope="session")
def worker_name(pytestconfig: pytest.Config) -> str:
    """Tells this process from the other workers of the run."""
    given = getattr(pytestconfig, "workerinput", None)
    return str(given["workerid"]) if given else "main"


@pytest.fixture(scope="session")
def database_name(servers: Servers, worker_name: str) -> str:
    """This worker's migrated database. Tests leave it as they found it: their sessions are rolled back."""
    name = f"test_{worker_name}"
    servers.make_database(name)
    return name


@pytest.fixture(scope="session")
def database_url(servers: Servers, database_name: str) -> UrlOf:
    """`database_url("catalog")`: the worker's database as that service's role sees it. Commits there stay."""
    return lambda service: servers.url(database_name, f"{service}_app")


@pytest.fixture(scope="session")
async def engines(database_url: UrlOf) -> AsyncIterator[Callable[[str], AsyncEngine]]:
    """One engine per service for the whole run."""
    made: dict[str, AsyncEngine] = {}

    def engine(service: str) -> AsyncEngine:
        if service not in made:
            made[service] = create_async_engine(database_url(service), pool_size=2)
        return made[service]

    yield engine
    for used in made.values():
        await used.dispose()


@pytest.fixture
async def database(engines: Callable[[str], AsyncEngine]) -> AsyncIterator[DatabaseOf]:
    """`await database("catalog")`: that service's database on one connection, rolled back after the test.

    One connection does one thing at a time: a test of a race takes `committing_database` instead.
    """
    connections: dict[str, AsyncConnection] = {}

    async def bound(service: str) -> Database:
        if service not in connections:
            connections[service] = await engines(service).connect()
            await connections[service].begin()
        return Database.bound(connections[service], service)

    yield bound
    for connection in connections.values():
        await connection.rollback()
        await connection.close()


@pytest.fixture
def fresh_database_url(servers: Servers, worker_name: str) -> Iterator[UrlOf]:
    """`fresh_database_url("catalog")`: a service's migrated database for this test alone, where commits are real."""
    made: dict[str, str] = {}

    def url_of(service: str) -> str:
        if service not in made:
            made[service] = f"fresh_{worker_name}_{service}"
            servers.make_database(made[service], service)
        return servers.url(made[service], f"{service}_app")

    yield url_of
    for name in made.values():
        servers.drop_database(name)


@pytest.fixture
async def committing_database(fresh_database_url: UrlOf) -> AsyncIterator[DatabaseOf]:
    """`await committing_database("catalog")`: as `database`, with a pool and real commits, for races."""
    made: dict[str, Database] = {}

    async def connected(service: str) -> Database:
        if service not in made:
            made[service] = Database.connect(fresh_database_url(service), service)
        return made[service]

    yield connected
    for used in made.values():
        await used.close()


@pytest.fixture(scope="session")
def nats_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nats]:
    """This worker's NATS server with JetStream, started when a test first asks."""
    folder: Path = tmp_path_factory.mktemp("nats")
    lines = (folder / "nats.log").open("w")
    server = Nats(folder, SECRET, sink=lambda _, line: lines.writelines([line, "\n"]))
    server.start()
    yield server
    server.stop()
    lines.close()


@pytest.fixture(scope="session")
def nats_url(nats_server: Nats) -> UrlOf:
    """`nats_url("catalog")`: the server, as that service's user may use it."""
    return nats_server.url


@pytest.fixture
async def fresh_nats_url(nats_server: Nats) -> UrlOf:
    """As `nats_url`, with no stream left from another test."""
    connection = await nats.connect(nats_server.url("admin"))
    for stream in await connection.jetstream().streams_info():
        await connection.jetstream().delete_stream(str(stream.config.name))
    await connection.close()
    return nats_server.url


@pytest.fixture(scope="session")
def tracer_provider() -> TracerProvider:
    """This process's, which can be set only once."""
    provider = TracerProvider()
    trace.set_tracer_provider(provider)
    return provider


@pytest.fixture
def collector(tracer_provider: TracerProvider) -> Iterator[InMemorySpanExporter]:
    """Collects the spans of one test."""
    exporter = InMemorySpanExporter()
    tracer_provider.add_span_processor(SimpleSpanProcessor(exporter))
    yield exporter
    exporter.shutdown()


@pytest.fixture(scope="session")
def tokens() -> Tokens:
    """Signs access tokens that every service under test believes."""
    return Tokens()


@pytest.fixture
async def service_app(database: DatabaseOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[ServiceOf]:
    """`await service_app("catalog")`: that service in this process, everything it stores rolled back afterwards."""
    async with AsyncExitStack() as stack:

        async def start(name: str, **settings: object) -> ServiceUnderTest:
            blobs = f"file://{tmp_path / 'blobs'}"
            return await stack.enter_async_context(
                running(name, await database(name), tokens, **({"blobs": blobs} | settings))
            )

        yield start


@pytest.fixture
async def committing_service_app(
    fresh_database_url: UrlOf, fresh_nats_url: UrlOf, tokens: Tokens, tmp_path: Path
) -> AsyncIterator[ServiceOf]:
    """As `service_app` with a pool and real commits, for races; with `background=True` it relays and listens too."""
    async with AsyncExitStack() as stack:

        async def start(name: str, **settings: object) -> ServiceUnderTest:
            given = {"blobs": f"file://{tmp_path / 'blobs'}", "nats_url": fresh_nats_url(name)} | settings
            database = Database.connect(fresh_database_url(name), name)
            return await stack.enter_async_context(running(name, database, tokens, **given))

        yield start


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole of Sunfair in its own processes, with demo data, for journeys; started once in a run."""
    state = tmp_path_factory.mktemp("stack")
    with (state / "said.txt").open("w", encoding="utf-8") as said:
        whole = Stack(
            state,
            remembered_port(state / "gateway.port"),
            say=lambda line: said.writelines([line, "\n"]),
            # Records that are due are looked for more often than anybody else needs.
            settings={"SUNFAIR_RECORD_SECONDS": "0.5"},
            postgres_settings=FORGETFUL,
        )
        try:
            whole.start()
            yield whole
        finally:
            whole.stop()
    for spacious in ("postgres", "nats"):
        shutil.rmtree(state / spacious, ignore_errors=True)
