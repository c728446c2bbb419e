"""/api/v1: authenticate, forward, answer. Plain ASGI; the body of a service's answer is passed on as it comes."""

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import aiohttp
from starlette.types import Receive, Scope, Send

from gateway.sessions import Sessions, Visitor, refuse_foreign_origin, session_cookie
from gateway.upstream import Upstream
from services.kit.http import LARGEST_JSON_BYTES, LARGEST_UPLOAD_BYTES
from services.kit.problem import BodyTooLarge, NotFound
from services.kit.telemetry import current_traceparent, request_id

PREFIX = "/api/v1"

# First word of the path → the service that answers it. A test compares this with every service's OpenAPI document.
ROUTES: dict[str, str] = {
    "sign-in": "accounts",
    "phone-codes": "accounts",
    "phone-sign-in": "accounts",
    "outside-sign-in": "accounts",
    "sign-out": "accounts",
    "sign-out-everywhere": "accounts",
    "token": "accounts",
    "me": "accounts",
    "accounts": "accounts",
    "organs": "accounts",
    "account-acts": "accounts",
    "invitations": "accounts",
    "api-keys": "accounts",
    "regions": "catalog",
    "categories": "catalog",
    "marks": "catalog",
    "producers": "catalog",
    "specialties": "catalog",
    "documents": "catalog",
    "edits": "catalog",
    "attention": "catalog",
    "catalogue.atom": "catalog",
    "catalogue.json": "catalog",
    "change-reviews": "catalog",
    "imports": "catalog",
    "exports": "catalog",
    "listings": "catalog",
    "lots": "catalog",
    "search": "catalog",
    "checks": "compliance",
    "checks:batch": "compliance",
    "decisions": "compliance",
    "rules": "compliance",
    "parameter-changes": "compliance",
    "facts-schema": "compliance",
    "events": "compliance",
    "slow-sales": "compliance",
    "reviews": "compliance",
    "reports": "compliance",
    "reports:follow": "compliance",
    "reports:add": "compliance",
    "cases": "compliance",
    "overrides": "compliance",
    "appeals": "compliance",
    "referrals": "compliance",
    "trail": "compliance",
    "sandbox": "compliance",
    "acts": "compliance",
    "procedure": "compliance",
    "webhooks": "compliance",
    "clearances": "compliance",
    "officials": "broadcast",
    "hosts": "broadcast",
    "rooms": "broadcast",
    "filings": "broadcast",
    "steps": "broadcast",
    "broadcasts": "broadcast",
    "calendar.ics": "broadcast",
    "notices": "broadcast",
    "sales": "orders",
    "reconciliation": "orders",
    "order-acts": "orders",
    "checkouts": "orders",
    "orders": "orders",
    "addresses": "orders",
    "basket": "orders",
    "ledger": "disclosure",
    "disclosures": "disclosure",
    "findings": "disclosure",
    "records": "disclosure",
    "replies": "disclosure",
    "open-data": "disclosure",
    "feeds": "disclosure",
    "refunds": "orders",
    "complaints": "orders",
    "payment-callbacks": "orders",
    "carrier-callbacks": "orders",
}
SERVICES = frozenset(ROUTES.values())
# Only the gateway itself exchanges credentials and hands over viewers' stays; the public must not.
INTERNAL = re.compile(r"/token/exchange|/broadcasts/[^/]*/viewer-sessions")
# What is said in a room is short; nobody has to read a megabyte before it is refused.
CHAT = re.compile(r"/broadcasts/([^/]+)/(?:messages|silences)(?:/.*)?")
LARGEST_MESSAGE_BYTES = 16 * 1024

NOT_FORWARDED = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "host",
        "content-length",
        "accept-encoding",
        "cookie",
        "authorization",
        "x-client-address",
        "x-forwarded-prefix",
        "x-request-id",
        "traceparent",
        "prefer",
        "x-viewer",
        "x-viewer-device",
        "sunfair-gateway",
    }
)
# What a stranger does with a report: the service is told nothing about them, whoever is signed in.
ANONYMOUS = frozenset({("POST", "/reports"), ("POST", "/reports:follow"), ("POST", "/reports:add")})
TOLD_OF_STRANGERS = frozenset({"content-type", "accept", "accept-language", "idempotency-key"})
LARGEST_SHEET_BYTES = 32 * 1024 * 1024 + 64 * 1024  # a spreadsheet of fifty thousand rows as CSV
LARGEST_REPORT_BYTES = 3 * 10 * 1024 * 1024 + 128 * 1024  # three files and the wrapping of a form
# Where a form with a file may be larger than elsewhere.
UPLOADS = {"/imports": LARGEST_SHEET_BYTES}
NOT_RETURNED = frozenset(
    {b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"server", b"date", b"x-request-id"}
)

# `Prefer: wait`: what to look at after the write, and how it shows that the gate has answered.
WAITS: dict[tuple[str, str], tuple[str, Callable[[dict[str, Any]], bool]]] = {
    ("listings", "submit"): ("/draft", lambda now: now["state"] != "submitted"),
    ("filings", "submit"): ("", lambda now: now["state"] != "submitted" or now["preview"] is not None),
    ("filings", "approve"): ("", lambda now: now["state"] != "approved"),
}
POLL_SECONDS = (0.05, 0.1, 0.2, 0.2, 0.4, 0.4, 0.6, 1.0)


@dataclass
class Api:
    """The public HTTP interface, by forwarding to the service that owns each path."""

    upstreams: dict[str, Upstream]
    sessions: Sessions
    public_url: str
    viewer_headers: Callable[[str, dict[bytes, bytes]], dict[str, str]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Forward one request. Raises Problems, which the door turns into documents."""
        headers: dict[bytes, bytes] = dict(scope["headers"])
        visitor: Visitor = scope["state"]["visitor"]
        if session_cookie(headers) is not None and b"authorization" not in headers:
            refuse_foreign_origin(scope["method"], headers, self.public_url)
        service, target = route(scope)
        anonymous = (scope["method"], target) in ANONYMOUS
        largest_upload = LARGEST_REPORT_BYTES if anonymous else UPLOADS.get(target.split("?")[0], LARGEST_UPLOAD_BYTES)
        chat = CHAT.fullmatch(target.split("?")[0])
        largest_json = LARGEST_MESSAGE_BYTES if chat else LARGEST_JSON_BYTES
        body = await read_body(receive, headers, largest_upload, largest_json)
        if body is None:
            return
        sent = strangers_headers(headers) if anonymous else forwarded_headers(scope, headers, visitor)
        if chat:
            sent |= self.viewer_headers(chat[1], headers)
        if wait := _seconds_to_wait(headers, target):
            await self._forward_and_wait(service, scope["method"], target, sent, body, wait, send)
            return
        async with self.upstreams[service].call(scope["method"], target, sent, body) as response:
            start = returned_headers(response)
            await send({"type": "http.response.start", "status": response.status, "headers": start})
            async for chunk in response.content.iter_any():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b""})

    async def _forward_and_wait(
        self, service: str, method: str, target: str, headers: dict[str, str], body: bytes, wait: float, send: Send
    ) -> None:
        """`Prefer: wait`: after the write, ask its owner until the gate's answer for that version is there."""
        async with self.upstreams[service].call(method, target, headers, body) as response:
            status, raw, answer = response.status, await response.read(), returned_headers(response)
        if status in (200, 201):
            status, raw = await self._until_decided(service, target, headers, raw, wait)
            # The entity has moved on since the write: its tag and length are those of the answer that was not sent.
            answer = [(name, value) for name, value in answer if name not in (b"content-length", b"etag")]
        if status == 202:
            answer.append((b"retry-after", b"1"))
        await send({"type": "http.response.start", "status": status, "headers": answer})
        await send({"type": "http.response.body", "body": raw})

    async def _until_decided(
        self, service: str, target: str, headers: dict[str, str], written: bytes, wait: float
    ) -> tuple[int, bytes]:
        """200 with the entity as it stands once the gate has answered, else 202 with what was written."""
        words = _words(target)
        suffix, is_decided = WAITS[words[0], words[-1]]
        entity = f"/{'/'.join(words[:-1])}{suffix}"
        quiet = {name: value for name, value in headers.items() if name in ("authorization", "accept-language")}
        waited = 0.0
        for pause in POLL_SECONDS:
            if waited >= wait:
                break
            await asyncio.sleep(pause)
            waited += pause
            async with self.upstreams[service].call("GET", entity, quiet, b"") as response:
                raw = await response.read()
                if response.status == 200 and is_decided(json.loads(raw)):
                    return 200, raw
        return 202, written


def _words(target: str) -> list[str]:
    return target.split("?")[0].strip("/").split("/")


def _seconds_to_wait(headers: dict[bytes, bytes], target: str) -> float:
    words = _words(target)
    prefer = headers.get(b"prefer", b"").decode("latin-1").replace(" ", "")
    if (words[0], words[-1]) not in WAITS or not prefer.startswith("wait="):
        return 0.0
    try:
        return min(3.0, max(0.0, float(prefer.removeprefix("wait=").split(",")[0])))
    except ValueError:
        return 0.0


def route(scope: Scope) -> tuple[str, str]:
    """The service that answers, and the path with query as it knows it. Raises NotFound.

    The path is written anew from what it means: `..`, an empty word or a slash in disguise never reaches a service,
    where it could lead past what is not for the public.
    """
    path = scope["path"].removeprefix(PREFIX)
    words = path.removeprefix("/").split("/")
    service = ROUTES.get(words[0])
    if words[0] == "regions" and words[-1] == "calendar.ics":
        service = "broadcast"
    if words[0] == "admin" and len(words) > 2 and words[1] in SERVICES:
        service = words[1]
        path = "/admin/" + "/".join(words[2:])
    if service is None or INTERNAL.fullmatch(path) or not {"", ".", ".."}.isdisjoint(words):
        raise NotFound(
            f"{scope['path']} is not part of the interface; see {PREFIX}/docs.",
            f"接口中没有 {scope['path']}，请参阅 {PREFIX}/docs。",
        )
    target = quote(path, safe="/:@!$&'()*+,;=", errors="replace")
    query = scope["query_string"].decode("latin-1")
    return service, f"{target}?{query}" if query else target


async def read_body(
    receive: Receive,
    headers: dict[bytes, bytes],
    largest_upload: int = LARGEST_UPLOAD_BYTES,
    largest_json: int = LARGEST_JSON_BYTES,
) -> bytes | None:
    """The whole body, counted as it comes; None when the caller left before its end. Raises BodyTooLarge."""
    upload = headers.get(b"content-type", b"").startswith(b"multipart/")
    limit = largest_upload if upload else largest_json
    chunks: list[bytes] = []
    size = 0
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > limit:
            raise too_large(limit)
        chunks.append(chunk)
        more = message.get("more_body", False)
    return b"".join(chunks)


def too_large(limit: int) -> BodyTooLarge:
    """The problem that says how much can be sent."""
    much = f"{limit // 1024 // 1024} MB" if limit >= 1024 * 1024 else f"{limit // 1024} kB"
    return BodyTooLarge(f"At most {much} can be sent here. Send less.", f"此处最多可发送 {much}，请缩减后重试。")


def strangers_headers(headers: dict[bytes, bytes]) -> dict[str, str]:
    """What a service is told of somebody who reports something: what they want, nothing of who or where they are."""
    known = {name.decode("latin-1"): value.decode("latin-1") for name, value in headers.items()}
    sent = {name: value for name, value in known.items() if name in TOLD_OF_STRANGERS}
    return sent | {"x-forwarded-prefix": PREFIX, "x-request-id": request_id.get() or ""}


def returned_headers(response: aiohttp.ClientResponse) -> list[tuple[bytes, bytes]]:
    """What the caller is told: the service's own headers less the connection's."""
    return [(n.lower(), v) for n, v in response.raw_headers if n.lower() not in NOT_RETURNED]


def forwarded_headers(scope: Scope, headers: dict[bytes, bytes], visitor: Visitor) -> dict[str, str]:
    """What a service is told: the caller's own headers less the connection's, and who is asking."""
    sent = {
        name.decode("latin-1"): value.decode("latin-1")
        for name, value in headers.items()
        if name.decode("latin-1") not in NOT_FORWARDED
    }
    sent["x-forwarded-prefix"] = PREFIX
    sent["x-client-address"] = scope["state"]["address"]
    sent["x-request-id"] = request_id.get() or ""
    if trace := current_traceparent():
        sent["traceparent"] = trace
    if visitor.token:
        sent["authorization"] = f"Bearer {visitor.token}"
    return sent
