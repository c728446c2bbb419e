"""The HTTP edge: problems become application/problem+json once, here; request ids, body limits, ETags, languages."""

import hashlib
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.telemetry import TelemetryConfig
from opentelemetry.trace import SpanKind
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from services.kit.db_problem import DATABASE_ERRORS, database_problem
from services.kit.deprecation import headers_of
from services.kit.ids import new_id
from services.kit.problem import (
    BodyInvalid,
    BodyTooLarge,
    BodyUnreadable,
    FieldError,
    InternalError,
    MethodNotAllowed,
    NotFound,
    Problem,
    VersionChanged,
)
from services.kit.telemetry import REQUESTS, request_id, span
from services.kit.validation_words import in_chinese, in_english

log = logging.getLogger(__name__)

# Edge makes the one span of a request, and the figures; FastAPI's own would stand beside them and say it all again.
OWN_TELEMETRY: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}

# What is answered with a problem of its own; anything else is a defect, and the server is told of it too.
REFUSALS: tuple[type[Exception], ...] = (Problem, RequestValidationError, HTTPException, *DATABASE_ERRORS)
Refuse = Callable[[Request, Exception], Awaitable[Response]]

LARGEST_JSON_BYTES = 8 * 1024 * 1024
LARGEST_UPLOAD_BYTES = 10 * 1024 * 1024 + 64 * 1024  # ten megabytes of file and the multipart wrapping


@lru_cache(maxsize=1024)
def language_of(accept_language: str | None) -> str:
    """`zh` or `en` by Accept-Language (RFC 9110 §12.5.4), English when neither is asked for."""
    best, best_weight = "en", 0.0
    for part in (accept_language or "").split(",")[:20]:
        tag, _, parameter = part.strip().partition(";")
        weight = _weight(parameter)
        primary = tag.split("-")[0].lower()
        if primary in ("zh", "en") and weight > best_weight:
            best, best_weight = primary, weight
    return best


def public_path(request: Request) -> str:
    """The path as the caller asked it: the gateway takes its prefix off and says so (and lets nobody else say it)."""
    return request.headers.get("x-forwarded-prefix", "") + request.url.path


def _weight(parameter: str) -> float:
    name, _, value = parameter.strip().partition("=")
    if name != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0


def problem_response(problem: Problem, *, path: str, language: str, base: str) -> Response:
    """A Problem as RFC 9457 JSON, with the request id for whoever has to look it up."""
    document = problem.document(language, path, base)
    if known := request_id.get():
        document["request_id"] = known
    return Response(
        # A lone surrogate may come back in the name of a field; no byte sequence stands for it.
        json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"),
        problem.status,
        {"Content-Language": language, "Vary": "Accept-Language", **problem.headers},
        media_type="application/problem+json",
    )


def field_errors(raw: list[Any]) -> list[FieldError]:
    """pydantic's error list as our field errors, `body` left out of the path."""
    errors = []
    for item in raw[:50]:
        location = [str(part) for part in item["loc"]]
        if len(location) > 1 and location[0] in ("body", "query", "path", "header"):
            location = location[1:]
        errors.append(FieldError(".".join(location), in_english(item), in_chinese(item)))
    return errors


def body_problem(raw: list[Any]) -> Problem:
    """The problem for a request that FastAPI could not parse."""
    if any(item["type"] == "json_invalid" for item in raw):
        return BodyUnreadable(
            "Send UTF-8 JSON; the parser stopped before the end.", "请发送 UTF-8 编码的 JSON；解析在中途失败。"
        )
    return BodyInvalid(
        "Correct the fields listed under `errors` and send it again.",
        "请按 `errors` 中的提示修改后重新提交。",
        errors=field_errors(raw),
    )


def install_problem_handlers(app: FastAPI, conflicts: Mapping[str, Problem], base: str) -> Refuse:
    """Every error of `app` becomes a problem document. `conflicts`: constraint name → the problem it stands for.

    What is returned makes the answer to one of `REFUSALS` for whoever answers before the framework.
    """

    async def answer(request: Request, error: Exception) -> Response:
        problem = _problem_of(error, request, conflicts)
        language = language_of(request.headers.get("accept-language"))
        return problem_response(problem, path=public_path(request), language=language, base=base)

    for kind in (*REFUSALS, Exception):
        app.add_exception_handler(kind, answer)
    return answer


def _problem_of(error: Exception, request: Request, conflicts: Mapping[str, Problem]) -> Problem:
    if isinstance(error, Problem):
        return error
    if isinstance(error, RequestValidationError):
        return body_problem(list(error.errors()))
    if isinstance(error, HTTPException):
        return _problem_for_status(error, public_path(request), request.method)
    if (problem := database_problem(error, conflicts)) is not None:
        return problem
    log.error("Unhandled error on %s", request.url.path, exc_info=error)
    return InternalError("Report the request id to us.", "请将请求编号告知我们。")


def _problem_for_status(error: HTTPException, path: str, method: str) -> Problem:
    headers = dict(error.headers or {})
    if error.status_code == 404:
        return NotFound(f"{path} is not an address of this service.", f"{path} 不是本服务的地址。")
    if error.status_code == 405:
        allowed = headers.get("Allow", headers.get("allow", ""))
        return MethodNotAllowed(
            f"{method} is not possible here; allowed: {allowed}.",
            f"此处不支持 {method}；可用方式：{allowed}。",
            headers=headers,
        )
    if error.status_code == 413:
        return _too_large()
    if error.status_code == 400:
        return BodyUnreadable("The request could not be read.", "无法读取该请求。")
    log.error("Unexpected HTTP error %s: %s", error.status_code, error.detail)
    return InternalError("Report the request id to us.", "请将请求编号告知我们。")


def _too_large() -> Problem:
    return BodyTooLarge(
        "JSON may have 8 MB and an uploaded file 10 MB. Send less.",
        "JSON 不超过 8 MB，上传文件不超过 10 MB，请缩减后重试。",
    )


def etag_of(body: bytes) -> str:
    """A strong entity tag for these bytes (RFC 9110 §8.8.3)."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def json_bytes(request: Request, body: bytes, *, max_age: int = 0, public: bool = False) -> Response:
    """Ready-made JSON with an ETag; 304 when the caller already has it."""
    etag = etag_of(body)
    visibility = "public" if public else "private"
    headers = {"ETag": etag, "Cache-Control": f"{visibility}, max-age={max_age}" if max_age else "no-cache"}
    if etag in [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def public_bytes(
    request: Request, body: bytes, media_type: str, *, etag: str, modified_at: datetime, max_age: int
) -> Response:
    """Bytes that are everybody's; 304 for who has them already, by their tag or else by their date (RFC 9110 §13)."""
    headers = {"ETag": etag, "Cache-Control": f"public, max-age={max_age}"}
    headers["Last-Modified"] = format_datetime(modified_at.astimezone(UTC), usegmt=True)
    known = request.headers.get("if-none-match")
    if known is not None:
        has_it = etag in [tag.strip().removeprefix("W/") for tag in known.split(",")]
    else:
        has_it = not _changed_since(request.headers.get("if-modified-since"), modified_at)
    if has_it:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def _changed_since(date: str | None, modified_at: datetime) -> bool:
    """Whether something was modified after an HTTP date; one that is none is passed over."""
    try:
        since = parsedate_to_datetime(date or "")
    except ValueError:
        return True
    return since.tzinfo is None or modified_at.replace(microsecond=0) > since


def public_json(request: Request, body: bytes) -> Response:
    """Ready-made JSON of a public read: kept at the door for a moment, unless somebody signed in is asking."""
    anonymous = "authorization" not in request.headers
    response = json_bytes(request, body, max_age=5 if anonymous else 0, public=anonymous)
    response.headers["Vary"] = "Authorization, Cookie"  # Caches beyond the door must not mix the two up either.
    return response


async def json_bytes_raw(send: Send, body: bytes, max_age: int, media_type: bytes = b"application/json") -> None:
    """Public JSON (or other text) with an ETag, sent as plain ASGI."""
    headers = [
        (b"content-type", media_type),
        (b"etag", etag_of(body).encode()),
        (b"cache-control", f"public, max-age={max_age}".encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def require_version(request: Request, version: int) -> None:
    """Honour If-Match on an entity whose ETag is its version. Raises VersionChanged (412)."""
    wanted = request.headers.get("if-match")
    if wanted is None or wanted.strip() == "*":
        return
    if f'"{version}"' not in [tag.strip() for tag in wanted.split(",")]:
        raise VersionChanged(
            f"It is at version {version} now. Read it again and repeat your change.",
            f"当前版本为 {version}。请重新读取后再修改。",
            version=version,
        )


class Edge:
    """Plain ASGI around a service: request id, traces, body limit, metrics. A BaseHTTPMiddleware would cost 330 µs."""

    def __init__(self, app: ASGIApp, service: str, largest_upload: int = LARGEST_UPLOAD_BYTES) -> None:
        self.app = app
        self.service = service
        self.largest_upload = largest_upload

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        token = request_id.set(headers.get(b"x-request-id", b"").decode("latin-1")[:64] or new_id())
        traceparent = headers.get(b"traceparent", b"").decode("latin-1") or None
        started, status = time.perf_counter(), 500

        async def send_noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                added = [(b"x-request-id", (request_id.get() or "").encode()), *headers_of(scope.get("route"))]
                message.setdefault("headers", []).extend(added)
            await send(message)

        try:
            with span(scope["method"], traceparent, SpanKind.SERVER) as current:
                await self.app(scope, _limited(receive, headers, self.largest_upload), send_noting)
                current.update_name(f"{scope['method']} {getattr(scope.get('route'), 'path', '')}")
                current.set_attribute("http.response.status_code", status)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            REQUESTS.labels(self.service, scope["method"], route, str(status)).observe(time.perf_counter() - started)
            request_id.reset(token)


def _limited(receive: Receive, headers: dict[bytes, bytes], largest_upload: int) -> Receive:
    """Count the body as it comes, whatever Content-Length claims; over the limit is a 413 Problem."""
    upload = headers.get(b"content-type", b"").startswith(b"multipart/")
    limit = largest_upload if upload else LARGEST_JSON_BYTES
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413)
        return message

    return counted
