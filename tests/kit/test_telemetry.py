"""Traces: one from the caller through a request to the event it causes, with and without a collector."""

import logging
from collections.abc import Iterator
from typing import Literal

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from services.kit import telemetry
from services.kit.event import Event

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Happened(Event):
    subject = "toy.test.happened"
    entity: Literal["test"] = "test"


@pytest.fixture(scope="module")
def collector() -> Iterator[InMemorySpanExporter]:
    """A collector in this process; the provider is global and can be set once."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    yield exporter
    provider.shutdown()


def test_without_a_caller_the_event_still_carries_a_trace() -> None:
    with telemetry.span("GET /", None, trace.SpanKind.SERVER):
        assert str(Happened(entity_id="t", version=1).traceparent).startswith("00-")


def test_an_event_belongs_to_the_trace_of_the_request_that_caused_it(collector: InMemorySpanExporter) -> None:
    with telemetry.span("POST /listings", CALLER, trace.SpanKind.SERVER):
        event = Happened(entity_id="t", version=1)
    with telemetry.span(event.subject, event.traceparent, trace.SpanKind.CONSUMER):
        pass
    spans = {span.name: span for span in collector.get_finished_spans()}
    request, consumer = spans["POST /listings"], spans["toy.test.happened"]
    assert format(consumer.context.trace_id, "032x") == CALLER.split("-")[1]
    assert consumer.parent is not None
    assert consumer.parent.span_id == request.context.span_id


def test_a_log_line_is_json_and_names_the_request() -> None:
    token = telemetry.request_id.set("r-1")
    try:
        record = logging.LogRecord("sunfair", logging.INFO, "f", 1, "梨 %s", ("甜",), None)
        line = telemetry.JsonLines("toy").format(record)
    finally:
        telemetry.request_id.reset(token)
    assert '"message": "梨 甜"' in line
    assert '"request_id": "r-1"' in line
