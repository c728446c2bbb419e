"""Structured logs with request ids, Prometheus metrics, W3C trace context; OpenTelemetry when a collector is set."""

import json
import logging
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from opentelemetry import trace
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from prometheus_client import Counter, Gauge, Histogram

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)
_incoming_traceparent: ContextVar[str | None] = ContextVar("incoming_traceparent", default=None)
_propagator = TraceContextTextMapPropagator()

REQUESTS = Histogram(
    "sunfair_http_request_seconds",
    "Time to answer a request",
    ("service", "method", "route", "status"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
EVENTS_SENT = Counter("sunfair_events_sent_total", "Outbox rows published", ("service",))
EVENTS_HANDLED = Counter("sunfair_events_handled_total", "Events handled", ("service", "subject", "outcome"))
OUTBOX_WAITING = Gauge("sunfair_outbox_waiting", "Outbox rows seen unsent in the last round", ("service",))
DEAD_LETTERS = Counter("sunfair_dead_letters_total", "Messages given up on", ("service", "subject"))


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, service, logger, message, request id and the record's extra fields."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self.service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if known := request_id.get():
            line["request_id"] = known
        line |= getattr(record, "fields", {})
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def configure_logging(service: str, level: str) -> None:
    """Send every log record of this process to standard error as JSON lines."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines(service))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("httpx").setLevel(logging.WARNING)


def configure_tracing(service: str, otlp_endpoint: str | None) -> None:
    """Send spans to an OTLP/HTTP collector; without one, trace context is only passed on."""
    if otlp_endpoint is None:
        return
    # Imported only where a collector is set: it costs every process a quarter of a second of its start.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": f"sunfair-{service}"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=otlp_endpoint)))
    trace.set_tracer_provider(provider)


def remember_traceparent(traceparent: str | None) -> None:
    """Keep the caller's trace context for the events and calls that this request makes."""
    _incoming_traceparent.set(traceparent or new_traceparent())


@contextmanager
def span(name: str, traceparent: str | None, kind: trace.SpanKind) -> Iterator[trace.Span]:
    """One piece of work in the caller's trace; costs next to nothing where no collector is set."""
    remember_traceparent(traceparent)
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    with trace.get_tracer("sunfair").start_as_current_span(name, context=parent, kind=kind) as current:
        yield current


def new_traceparent() -> str:
    """A fresh W3C trace context (https://www.w3.org/TR/trace-context/), not sampled."""
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-00"


def current_traceparent() -> str | None:
    """The trace context to pass on: the live span's, else the one that came in."""
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent") or _incoming_traceparent.get()
