"""Structured logs with request ids, Prometheus metrics, W3C trace context; OpenTelemetry when a collector is set."""

import json
import logging
import re
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
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}.*", re.ASCII)

REQUESTS = Histogram(
    "sunfair_http_request_seconds",
    "Time to answer a request",
    ("service", "method", "route", "status"),
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
EVENTS_SENT = Counter("sunfair_events_sent_total", "Outbox rows published", ("service",))
EVENTS_HANDLED = Counter("sunfair_events_handled_total", "Events handled", ("service", "subject", "outcome"))
EVENT_SECONDS = Histogram(
    "sunfair_event_seconds",
    "From the moment the message server took an event to the moment its effect was stored here",
    ("service", "source"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300),
)
OUTBOX_WAITING = Gauge("sunfair_outbox_waiting", "Outbox rows seen unsent in the last round", ("service",))
OUTBOX_OLDEST = Gauge(
    "sunfair_outbox_oldest_seconds", "Age of the oldest outbox row that is not yet sent", ("service",)
)
LOOPS_BROKEN = Gauge("sunfair_loops_broken", "Background loops that ended with a defect", ("service",))
DATABASE_CONNECTIONS = Gauge("sunfair_database_connections", "Database connections in use", ("service",))
DATABASE_POOL = Gauge("sunfair_database_pool", "Database connections that this process may use", ("service",))
CACHE_HITS = Counter("sunfair_cache_hits_total", "Requests that the gateway answered from memory")
DEAD_LETTERS = Counter("sunfair_dead_letters_total", "Messages given up on", ("service", "subject"))


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, service, logger, message, request and trace id, the record's fields."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "service": self.service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if known := request_id.get():
            line["request_id"] = known
        if found := _TRACEPARENT.fullmatch(current_traceparent() or ""):
            line["trace_id"] = found[1]
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
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=_traces_of(otlp_endpoint))))
    trace.set_tracer_provider(provider)


def _traces_of(endpoint: str) -> str:
    """Where a collector takes spans; the exporter itself adds nothing to an address that it is given."""
    return endpoint if endpoint.endswith("/v1/traces") else f"{endpoint.rstrip('/')}/v1/traces"


def is_recording() -> bool:
    """Whether spans go anywhere. Only then is it worth making one for every event that is passed on."""
    return not isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider)


def remember_traceparent(traceparent: str | None) -> None:
    """Keep the caller's trace context for the events and calls that this request makes."""
    _incoming_traceparent.set(traceparent or new_traceparent())


@contextmanager
def span(name: str, traceparent: str | None, kind: trace.SpanKind) -> Iterator[trace.Span]:
    """One piece of work in the caller's trace; costs next to nothing where no collector is set."""
    remember_traceparent(traceparent)
    if not is_recording():
        # What came in is passed on as it is; a span that nobody gets would take a fifth of the edge's whole time.
        yield trace.INVALID_SPAN
        return
    parent = _propagator.extract({"traceparent": traceparent}) if traceparent else None
    with trace.get_tracer("sunfair").start_as_current_span(name, context=parent, kind=kind) as current:
        yield current


def new_traceparent() -> str:
    """A fresh W3C trace context (https://www.w3.org/TR/trace-context/), not sampled."""
    drawn = secrets.token_hex(24)
    return f"00-{drawn[:32]}-{drawn[32:]}-00"


def current_traceparent() -> str | None:
    """The trace context to pass on: the live span's, else the one that came in."""
    if not is_recording():
        return _incoming_traceparent.get()
    carrier: dict[str, str] = {}
    _propagator.inject(carrier)
    return carrier.get("traceparent") or _incoming_traceparent.get()
