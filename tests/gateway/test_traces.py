"""One trace through the whole house: the door, a service, its outbox, and the services that hear of it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house

TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = f"00-{TRACE}-b7ad6b7169203331-01"
HEARD = "accounts.account.changed"
PASSWORD = "a first administrator's password"


@pytest.fixture
async def house(committing_service_app: ServiceOf, tmp_path: Path) -> AsyncIterator[House]:
    """The door before accounts and compliance, which relay and listen as they do when they are deployed."""
    accounts = await committing_service_app("accounts", background=True, first_administrator_password=PASSWORD)
    compliance = await committing_service_app("compliance", background=True)
    async with open_house({"accounts": accounts.app, "compliance": compliance.app}, tmp_path) as opened:
        yield opened


Spans = dict[tuple[str, SpanKind], ReadableSpan]


async def spans_of(collector: InMemorySpanExporter, *wanted: tuple[str, SpanKind]) -> Spans:
    """The spans of the caller's trace by name and kind, once these are among them."""
    found: Spans = {}
    for _ in range(300):
        every = collector.get_finished_spans()
        found = {(each.name, each.kind): each for each in every if trace_of(each) == TRACE}
        if all(each in found for each in wanted):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(sorted(name for name, _ in found))


async def test_one_trace_goes_through_door_service_outbox_and_consumer(
    house: House, collector: InMemorySpanExporter
) -> None:
    who = {"username": "admin", "password": PASSWORD, "kind": "api"}
    token = (await house.client.post("/api/v1/sign-in", json=who)).json()["access_token"]
    body = {"username": "traced", "name": "traced", "roles": ["operator"], "identity": "DEMO-9", "password": PASSWORD}
    headers = {"Authorization": f"Bearer {token}", "traceparent": CALLER}

    made = await house.client.post("/api/v1/accounts", json=body, headers=headers)

    assert made.status_code == 201, made.text
    steps = [
        ("POST /api/v1/accounts", SpanKind.SERVER),
        ("POST /accounts", SpanKind.SERVER),
        (HEARD, SpanKind.PRODUCER),
        (HEARD, SpanKind.CONSUMER),
    ]
    spans = await spans_of(collector, *steps)
    door, service, relay, consumer = (spans[step] for step in steps)
    assert door.parent is not None
    assert format(door.parent.span_id, "016x") == CALLER.split("-")[2]
    assert parent_of(service) == id_of(door)
    assert parent_of(relay) == parent_of(consumer) == id_of(service)


def trace_of(span: ReadableSpan) -> str:
    return f"{span.context.trace_id:032x}" if span.context else ""


def id_of(span: ReadableSpan) -> int:
    return int(span.context.span_id) if span.context else 0


def parent_of(span: ReadableSpan) -> int:
    assert span.parent is not None
    return int(span.parent.span_id)
