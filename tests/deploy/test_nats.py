"""NATS from its wheel: one user per service, and messages that outlive the server."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError

from deploy.nats import USERS, Nats

SECRET = "ab12" * 8


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Nats]:
    running = Nats(tmp_path / "state of one", SECRET, sink=lambda _name, _line: None)
    running.start()
    yield running
    running.stop()


async def connect(url: str, heard: list[str] | None = None) -> Client:
    """A connection that fails at once, and writes down what the server objects to."""

    async def note(error: Exception) -> None:
        if heard is not None:
            heard.append(str(error))

    return await nats.connect(url, allow_reconnect=False, error_cb=note)


@pytest.mark.parametrize("user", USERS)
async def test_every_service_has_a_user(server: Nats, user: str) -> None:
    connection = await connect(server.url(user))
    await connection.close()


async def test_a_wrong_password_is_refused(server: Nats) -> None:
    with pytest.raises(NatsError):
        await connect(server.url("catalog").replace(SECRET, "guess"))


async def test_a_service_announces_only_what_is_its_own(server: Nats) -> None:
    heard: list[str] = []
    orders = await connect(server.url("orders"), heard)
    await orders.publish("catalog.listing.submitted", b"forged")
    await orders.publish("orders.order.paid", b"genuine")
    await orders.flush()
    for _ in range(100):  # The refusal is told by a task of its own, which a busy machine may run later.
        if heard:
            break
        await asyncio.sleep(0.1)
    await orders.close()
    assert len(heard) == 1
    assert 'publish to "catalog.listing.submitted"' in heard[0]


async def test_a_service_hears_what_others_announce(server: Nats) -> None:
    compliance = await connect(server.url("compliance"))
    subscription = await compliance.subscribe("catalog.>")
    await compliance.flush()
    catalog = await connect(server.url("catalog"))
    await catalog.publish("catalog.listing.submitted", b"pears")
    assert (await subscription.next_msg(timeout=5)).data == b"pears"
    await catalog.close()
    await compliance.close()


async def test_an_acknowledged_message_survives_a_killed_server(server: Nats) -> None:
    catalog = await connect(server.url("catalog"))
    await catalog.jetstream().add_stream(name="CATALOG", subjects=["catalog.>"])
    await catalog.jetstream().publish("catalog.listing.submitted", b"pears")
    assert server.process is not None
    server.process.kill()
    await catalog.close()
    port = server.port
    server.start()
    assert server.port == port
    again = await connect(server.url("catalog"))
    kept = await again.jetstream().get_msg("CATALOG", seq=1)
    await again.close()
    assert kept.data == b"pears"


def test_a_server_whose_launcher_was_killed_is_replaced(server: Nats) -> None:
    assert server.process is not None
    orphan = server.process.child
    assert orphan is not None
    successor = Nats(server.folder, SECRET, sink=lambda _name, _line: None)
    successor.start()
    assert orphan.wait(5) is not None
    assert successor.alive
    successor.stop()
