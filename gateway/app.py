"""The door as plain ASGI: cache first, then who is asking, limits, and at last the interface or the pages."""

import asyncio
import json
import logging
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_address
from typing import Any

from nats.errors import Error as NatsError
from opentelemetry.trace import SpanKind
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from gateway.api import LARGEST_REPORT_BYTES, PREFIX, ROUTES, Api, too_large
from gateway.cache import Cache, Key, Recorder, answer_from, cache_key
from gateway.clients import Clients, ServiceProblem
from gateway.files import StaticFiles
from gateway.limits import Allowance, Limiter, one_customer
from gateway.live import Live
from gateway.live.room import Pace
from gateway.live.stream import LIVE_PATH
from gateway.openapi import merged
from gateway.pages import build_pages
from gateway.pages.frame import STATIC, STATIC_ROOT
from gateway.sessions import Sessions
from gateway.settings import GatewaySettings
from gateway.typescript import typescript
from gateway.upstream import Upstream
from services.kit import bus
from services.kit.http import json_bytes_raw, language_of, problem_response
from services.kit.ids import new_id
from services.kit.problem import (
    BodyUnreadable,
    InternalError,
    Problem,
    TooManyRequests,
)
from services.kit.telemetry import CACHE_HITS, REQUESTS, configure_logging, configure_tracing, request_id, span

log = logging.getLogger(__name__)

VERSION = "0.1.0"
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; "
    "base-uri 'none'"
)
PROBES = ("/healthz", "/readyz", "/metrics")
_CALLBACKS = (f"{PREFIX}/payment-callbacks/", f"{PREFIX}/carrier-callbacks/")
_REPORTING = re.compile(rf"({PREFIX}/reports(:follow|:add)?|/(zh|en)/reports(/.*)?)", re.ASCII)
SECURITY_HEADERS = [
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), microphone=(), geolocation=(), interest-cohort=()"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


class Door:
    """Everything that comes from outside comes through here."""

    def __init__(self, settings: GatewaySettings) -> None:
        self.settings = settings
        self.upstreams = {name: Upstream(name, url) for name, url in settings.services.items()}
        self.clients = Clients(settings.services)
        self.sessions = Sessions(self._exchange, self._fetch_keys)
        self.limiter = Limiter()
        self.cache = Cache(settings.cache_seconds)
        self.static: ASGIApp = StaticFiles(STATIC, STATIC_ROOT)
        self.pages: ASGIApp = GZipMiddleware(build_pages(settings, self.clients, self.sessions), minimum_size=1000)
        self.document: dict[str, Any] | None = None
        self.rendered: dict[str, bytes] = {}
        self.headers = list(SECURITY_HEADERS)
        if settings.secure_cookies:
            self.headers.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
        pace = Pace(chat_lines_a_second=settings.chat_lines_a_second)
        self.live = Live(settings, self.upstreams["broadcast"], self.sessions, self.limiter, self.headers, pace)
        self.api = Api(self.upstreams, self.sessions, settings.public_url, self.live.signer.told)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._lifespan(receive, send)
            return
        if scope["type"] != "http":
            return
        headers = folded(scope)
        key = cache_key(scope, headers)
        if key is not None and (entry := self.cache.find(key)) is not None:
            CACHE_HITS.inc()
            await answer_from(entry, headers, send)
            return
        scope = tidied(scope, headers)
        if LIVE_PATH.fullmatch(scope["path"]):
            await self._serve_live(scope, receive, send, headers)
            return
        traceparent = headers.get(b"traceparent", b"").decode("latin-1") or None
        with span(f"{scope['method']} {scope['path']}", traceparent, SpanKind.SERVER):
            await self._answer(scope, receive, send, headers, key)

    async def _serve_live(self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes]) -> None:
        """A room's stream: hours long and ten thousand at a time, so nothing is wrapped around it."""
        try:
            self._require_one_host(headers)
            await self.live.serve(scope, receive, send, headers, self.client_address(scope, headers))
        except Problem as problem:
            await self._refuse(problem, scope, headers, receive, send)

    async def _answer(
        self, scope: Scope, receive: Receive, send: Send, headers: dict[bytes, bytes], key: Key | None
    ) -> None:
        token = request_id.set(new_id())
        started = time.perf_counter()
        status = 500
        started_answering = False
        allowance: Allowance | None = None

        async def send_outside(message: Message) -> None:
            nonlocal status, started_answering
            if message["type"] == "http.response.start":
                status, started_answering = message["status"], True
                extra = [(b"x-request-id", (request_id.get() or "").encode())]
                extra += allowance.headers() if allowance else []
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        try:
            self._require_one_host(headers)
            scope["state"] = {"address": self.client_address(scope, headers)}
            if not scope["path"].startswith(("/static/", *PROBES)):
                allowance = await self._admit(scope, headers)
            await self._dispatch(scope, receive, self._recorded(scope, key, send_outside))
        except Problem as problem:
            if started_answering:
                raise
            await self._refuse(problem, scope, headers, receive, send_outside)
        except Exception:
            log.exception("Unhandled error on %s", scope["path"])
            if started_answering:
                raise
            bug = InternalError("Report the request id to us.", "请将请求编号告知我们。")
            await self._refuse(bug, scope, headers, receive, send_outside)
        finally:
            kind = "probe" if scope["path"] in PROBES else "api" if scope["path"].startswith(PREFIX) else "page"
            REQUESTS.labels("gateway", scope["method"], kind, str(status)).observe(time.perf_counter() - started)
            request_id.reset(token)

    async def _admit(self, scope: Scope, headers: dict[bytes, bytes]) -> Allowance:
        """Who is asking, and whether they may ask now. Raises NotSignedIn and TooManyRequests."""
        address = scope["state"]["address"]
        by_address = self._admit_address(scope, address)
        self._require(by_address)
        self._admit_report(scope, address)
        visitor = await self.sessions.visitor(headers)
        scope["state"]["visitor"] = visitor
        if visitor.account_id is None:
            return by_address
        policy = "key" if visitor.is_key else "visitor"
        limit = self.settings.key_limit if visitor.is_key else self.settings.visitor_limit
        allowance = self.limiter.take(policy, visitor.account_id, limit)
        self._require(allowance)
        return allowance

    def _admit_address(self, scope: Scope, address: str) -> Allowance:
        """What is left for an address; a payment provider or carrier calls back from one, for all of its customers."""
        if scope["method"] == "POST" and scope["path"].startswith(_CALLBACKS):
            return self.limiter.take("callback", address, self.settings.callback_limit)
        return self.limiter.take("address", address, self.settings.address_limit)

    def _admit_report(self, scope: Scope, address: str) -> None:
        """Floods of reports and of guessed codes end here, counted under a name that is no address."""
        if scope["method"] != "POST" or not _REPORTING.fullmatch(scope["path"]):
            return
        self._require(self.limiter.take("report", self.limiter.blind(address), self.settings.report_limit))
        self._require(self.limiter.take("reports", "everybody", self.settings.reports_limit))

    @staticmethod
    def _require(allowance: Allowance) -> None:
        if not allowance.allowed:
            raise TooManyRequests(
                f"At most {allowance.limit} requests a minute. Try again in {allowance.reset_seconds} s.",
                f"每分钟最多 {allowance.limit} 次请求，请在 {allowance.reset_seconds} 秒后重试。",
                headers={name.decode(): value.decode() for name, value in allowance.headers()},
            )

    @staticmethod
    def _require_one_host(headers: dict[bytes, bytes]) -> None:
        if b"," in headers.get(b"host", b""):
            raise BodyUnreadable("The request names two hosts; name one.", "请求中有两个 Host，请只保留一个。")

    def _recorded(self, scope: Scope, key: Key | None, send: Send) -> Send:
        """Security headers on every answer, and a copy for the cache where one may be kept."""
        source = self._source(scope["path"])
        onward: Send = (
            Recorder(self.cache, key, source, send) if key is not None and self.settings.cache_seconds else send
        )

        async def with_security(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), *self.headers]}
            await onward(message)

        return with_security

    @staticmethod
    def _source(path: str) -> str:
        words = path.removeprefix(PREFIX).strip("/").split("/")
        return ROUTES.get(words[0], "pages") if path.startswith(PREFIX) else "pages"

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith("/static/"):
            await self.static(scope, receive, send)
        elif path in PROBES:
            await self._health(path, send)
        elif path == "/.well-known/jwks.json":
            await json_bytes_raw(send, json.dumps({"keys": list((await self._fetch_keys()).values())}).encode(), 60)
        elif path == f"{PREFIX}/openapi.json":
            await json_bytes_raw(send, await self._described(path, json_text), 60)
        elif path == f"{PREFIX}/sunfair.ts":
            script = await self._described(path, typescript)
            await json_bytes_raw(send, script, 60, media_type=b"text/plain; charset=utf-8")
        elif f"{path}/".startswith(f"{PREFIX}/") and path != f"{PREFIX}/docs":
            await self.api(scope, receive, send)
        else:
            scope["state"]["openapi"] = self.openapi
            await self.pages(scope, _bounded(scope, receive), send)

    async def _refuse(
        self, problem: Problem, scope: Scope, headers: dict[bytes, bytes], receive: Receive, send: Send
    ) -> None:
        language = language_of(headers.get(b"accept-language", b"").decode("latin-1"))
        base = self.settings.public_url
        response = problem_response(problem, path=scope["path"], language=language, base=base)
        response.raw_headers.extend(self.headers)
        await response(scope, receive, send)

    async def _health(self, path: str, send: Send) -> None:
        if path == "/metrics":
            body, status, media = generate_latest(), 200, CONTENT_TYPE_LATEST.encode()
        else:
            waiting = [] if path == "/healthz" else [n for n in self.upstreams if not await self._is_ready(n)]
            body = json.dumps({"status": "waiting" if waiting else "ready", "waiting": waiting}).encode()
            status, media = (503 if waiting else 200), b"application/json"
        await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", media)]})
        await send({"type": "http.response.body", "body": body})

    async def _is_ready(self, service: str) -> bool:
        try:
            async with self.upstreams[service].call("GET", "/readyz", {}, b"") as response:
                return response.status == 200
        except Problem:
            return False

    async def openapi(self) -> dict[str, Any]:
        """The merged document, made on first demand from what the services say of themselves."""
        if self.document is None:
            documents = {name: await self.clients.of(name).get("/openapi.json") for name in self.upstreams}
            self.document = merged(documents, VERSION)
        return self.document

    async def _described(self, path: str, text_of: Callable[[dict[str, Any]], str]) -> bytes:
        """The document as one kind of text, written once: it has 700 kB, and anybody may ask again and again."""
        if path not in self.rendered:
            self.rendered[path] = text_of(await self.openapi()).encode()
        return self.rendered[path]

    def client_address(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        """Who connected; X-Forwarded-For is believed only from trusted proxies, from the right.

        Of IPv6 the network of one customer, see `one_customer`.
        """
        address = (scope.get("client") or ("unknown", 0))[0]
        forwarded = headers.get(b"x-forwarded-for", b"").decode("latin-1")
        for hop in reversed([part.strip() for part in forwarded.split(",") if part.strip()]):
            if not self._is_trusted(address):
                break
            address = hop
        return one_customer(str(address))

    def _is_trusted(self, address: str) -> bool:
        with suppress(ValueError):
            return any(ip_address(address) in network for network in self.settings.proxies)
        return False

    async def _exchange(self, credential: dict[str, str]) -> dict[str, Any] | None:
        try:
            return await self.clients.of("accounts").send("POST", "/token/exchange", credential)
        except ServiceProblem as problem:
            if problem.status in (401, 403, 404, 422):
                return None
            raise

    async def _fetch_keys(self) -> dict[str, dict[str, str]]:
        keys: dict[str, dict[str, str]] = {}
        for service in ("accounts", "compliance"):
            answer = await self.clients.of(service).get("/jwks")
            keys |= {key["kid"]: key for key in answer["keys"]}
        return keys

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        await receive()
        async with self._running():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    async def leave(self) -> None:
        """The server stops: streams have no end of their own, so they are ended before it waits for anything."""
        await self.live.close()

    @asynccontextmanager
    async def _running(self) -> AsyncIterator[None]:
        configure_tracing("gateway", self.settings.otlp_endpoint)
        loops: list[asyncio.Task[None]] = []
        if self.settings.background:
            configure_logging("gateway", self.settings.log_level)
            loops = [asyncio.create_task(work) for work in (self._listen(), self.live.presence.run())]
        try:
            yield
        finally:
            for loop in loops:
                loop.cancel()
            await self.live.close()
            await self.clients.close()
            for upstream in self.upstreams.values():
                await upstream.close()

    async def _listen(self) -> None:
        """Empty the cache when a service speaks, and forget whom accounts revoked. The short TTL covers for it."""

        async def on_event(message: Any) -> None:
            self.cache.purge(message.subject.split(".")[0])
            self.live.hear(message.subject, message.data)
            if message.subject == "accounts.token.revoked":
                self.sessions.forget_account(json.loads(message.data)["account_id"])

        while True:
            try:
                connection = await bus.connect(self.settings.nats_url, "gateway", self.live.hear_again)
                for service in sorted({*self.upstreams, "orders"}):
                    await connection.subscribe(f"{service}.>", cb=on_event)
                await asyncio.Event().wait()
            except (NatsError, OSError) as error:
                log.warning("The gateway cannot hear events: %s", error)
                await asyncio.sleep(1)


def json_text(document: dict[str, Any]) -> str:
    """The document as JSON, Chinese as it is."""
    return json.dumps(document, ensure_ascii=False)


def _bounded(scope: Scope, receive: Receive) -> Receive:
    """What a stranger may send to a page, counted as it comes: nobody fills the disk without an account."""
    if scope["state"]["visitor"].signed_in:
        return receive
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > LARGEST_REPORT_BYTES:
            raise too_large(LARGEST_REPORT_BYTES)
        return message

    return counted


def folded(scope: Scope) -> dict[bytes, bytes]:
    """The headers of a request by name.

    One sent twice is folded into one (RFC 9110 §5.3), or the cache and a page could each believe another of the two.
    """
    given: list[tuple[bytes, bytes]] = scope["headers"]
    by_name = dict(given)
    if len(by_name) == len(given):
        return by_name
    by_name.clear()
    for name, value in given:
        separator = b"; " if name == b"cookie" else b", "
        by_name[name] = by_name[name] + separator + value if name in by_name else value
    return by_name


def tidied(scope: Scope, headers: dict[bytes, bytes]) -> Scope:
    """The request as everything behind the door sees it. HEAD is asked as GET; the server leaves the body out."""
    method = "GET" if scope["method"] == "HEAD" else scope["method"]
    return {**scope, "method": method, "headers": list(headers.items())}


def create_app(settings: GatewaySettings | None = None) -> Door:
    """The gateway as an ASGI application."""
    return Door(settings or GatewaySettings())
