"""Traces: one from the caller through a request to the event it causes, with and without a collector."""

import gzip
import json
import logging
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar, Literal

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from deploy.supervisor import ROOT
from services.kit import telemetry
from services.kit.event import Event

CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Happened(Event):
    subject = "toy.test.happened"
    entity: Literal["test"] = "test"


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


class Collector(BaseHTTPRequestHandler):
    """Takes what is posted to it."""

    taken: ClassVar[list[tuple[str, bytes]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.taken.append((self.path, gzip.decompress(body) if self.headers["Content-Encoding"] == "gzip" else body))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


_TRACED = f"""
import sys
from opentelemetry.trace import SpanKind
from services.kit import telemetry
telemetry.configure_tracing("toy", sys.argv[1])
with telemetry.span("GET /pears", "{CALLER}", SpanKind.SERVER):
    pass
"""


@pytest.mark.parametrize("path", ["", "/v1/traces"], ids=["base", "whole"])
def test_spans_go_to_the_collector_that_the_setting_names(path: str) -> None:
    Collector.taken.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}{path}"
        subprocess.run([sys.executable, "-c", _TRACED, address], cwd=ROOT, check=True)
        server.shutdown()
    ((where, body),) = Collector.taken
    assert where == "/v1/traces"
    assert all(word in body for word in (b"sunfair-toy", b"GET /pears", bytes.fromhex(CALLER.split("-")[1])))


def line_of(message: str, *arguments: object, **extra: object) -> dict[str, object]:
    """What is written for one record, read back."""
    record = logging.LogRecord("sunfair", logging.WARNING, "f", 1, message, arguments, None)
    record.__dict__.update(extra)
    written = telemetry.JsonLines("toy").format(record)
    assert "\n" not in written
    return dict(json.loads(written))


def test_a_log_line_names_the_request_and_the_trace_that_it_belongs_to() -> None:
    token = telemetry.request_id.set("r-1")
    try:
        with telemetry.span("GET /", CALLER, trace.SpanKind.SERVER):
            line = line_of("梨 %s", "甜", fields={"delivery": 3})
    finally:
        telemetry.request_id.reset(token)
    assert line["message"] == "梨 甜"
    assert (line["service"], line["level"], line["delivery"]) == ("toy", "WARNING", 3)
    assert (line["request_id"], line["trace_id"]) == ("r-1", CALLER.split("-")[1])
    assert str(line["time"]).endswith("+00:00")


@pytest.mark.parametrize("given", ["", "00", "00-zz-b7ad6b7169203331-01", "梨" * 40, "-" * 200])
def test_a_trace_context_that_is_none_is_not_repeated_in_the_log(given: str) -> None:
    telemetry.remember_traceparent(given)
    assert len(str(line_of("x").get("trace_id", "0" * 32))) == 32


def test_a_defect_is_one_line_with_its_trace_back() -> None:
    try:
        json.loads("{")
    except ValueError:
        line = line_of("broken\nin two", exc_info=sys.exc_info())
    assert line["message"] == "broken\nin two"
    assert "JSONDecodeError" in str(line["error"])
