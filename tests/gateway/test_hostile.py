"""The door before visitors who mean no good: paths that climb, headers sent twice, and what they must not reach."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateway.cache import Cache, Entry, cache_key
from gateway.limits import one_customer
from tests.gateway.house import House, open_house


async def stand_in(scope: Any, receive: Any, send: Any) -> None:
    """A service that says which path and query it was asked, or redirects as frameworks do."""
    request = Request(scope, receive)
    headers = {"cache-control": "public, max-age=5"} if request.url.path == "/regions" else {}
    asked = {"path": scope["path"], "query": request.url.query, "state": "listed"}
    response: Response = JSONResponse(asked, headers=headers)
    if request.url.path == "/listings/1/submit":
        response = JSONResponse(asked, 409, {"content-language": "en", "retry-after": "7", "etag": '"3"'})
    if scope["method"] == "HEAD":
        response = JSONResponse({}, 405)
    await response(scope, receive, send)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The gateway before such services."""
    apps = dict.fromkeys(("accounts", "catalog", "compliance", "broadcast", "orders", "disclosure"), stand_in)
    async with open_house(apps, tmp_path) as opened:
        yield opened


async def ask(house: House, path: str, *headers: tuple[bytes, bytes], method: str = "GET", query: bytes = b"") -> Any:
    """One request as a server would hand it over: no client library has tidied up its path or headers."""
    sent: list[dict[str, Any]] = []
    decoded = path.replace("%2e", ".").replace("%2E", ".").replace("%2f", "/").replace("%2F", "/")
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "server": ("sunfair.test", 80),
        "client": ("203.0.113.7", 4711),
        "root_path": "",
        "path": decoded,
        "raw_path": path.encode(),
        "query_string": query,
        "headers": list(headers) if headers else [(b"host", b"sunfair.test")],
    }

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    await house.door(scope, receive, send)
    body = b"".join(message.get("body", b"") for message in sent[1:])
    names = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], names, body


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/me/../token/exchange",
        "/api/v1/me/%2e%2e/token/exchange",
        "/api/v1/me/%2E%2E%2Fmetrics",
        "/api/v1/listings/../metrics",
        "/api/v1/listings/./../openapi.json",
        "/api/v1/admin/catalog/../metrics",
        "/api/v1/admin/catalog/%2e%2e/readyz",
        "/api/v1//token/exchange",
        "/api/v1/token//exchange",
        "/api/v1/token/exchange/",
        "/api/v1/token%2fexchange",
        "/api/v1/listings/",
    ],
)
async def test_a_path_that_climbs_or_stutters_reaches_no_service(house: House, path: str) -> None:
    status, headers, _ = await ask(house, path)
    assert (status, headers["content-type"]) == (404, "application/problem+json")
    assert "location" not in headers


async def test_a_name_in_a_path_arrives_as_it_was_written(house: House) -> None:
    response = await house.client.get("/api/v1/lots/%E6%A2%A8%3Fa%23b%25")
    assert response.json() == {"path": "/lots/梨?a#b%", "query": "", "state": "listed"}
    assert (await house.client.post("/api/v1/checks:batch")).json()["path"] == "/checks:batch"


@pytest.mark.parametrize("path", ["/static/nothing.css", "/static/../settings.py", "/static//etc/passwd", "/static/"])
async def test_a_file_that_is_not_there_is_a_404(house: House, path: str) -> None:
    assert (await ask(house, path))[0] == 404


async def test_the_name_of_another_host_is_never_put_into_a_redirect(house: House) -> None:
    status, headers, _ = await ask(house, "/zh/calendar/", (b"host", b"evil.example"))
    assert (status, headers.get("location")) == (404, None)


async def test_a_request_for_two_hosts_is_refused(house: House) -> None:
    status, headers, _ = await ask(house, "/api/v1/regions", (b"host", b"sunfair.test"), (b"host", b"evil.example"))
    assert (status, headers["content-type"]) == (400, "application/problem+json")


async def test_head_is_answered_like_get(house: House) -> None:
    response = await house.client.head("/api/v1/regions")
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == "application/json"


async def test_a_page_says_which_methods_it_takes(house: House) -> None:
    status, headers, _ = await ask(house, "/zh/calendar", method="PUT")
    assert (status, headers["allow"]) == (405, "GET")


async def test_the_interface_without_a_path_is_a_problem_and_no_page(house: House) -> None:
    status, headers, _ = await ask(house, "/api/v1")
    assert (status, headers["content-type"]) == (404, "application/problem+json")


def test_a_value_given_twice_counts_in_its_order() -> None:
    scope: dict[str, Any] = {"method": "GET", "path": "/api/v1/listings"}
    one = cache_key({**scope, "query_string": b"limit=1&limit=99"}, {})
    other = cache_key({**scope, "query_string": b"limit=99&limit=1"}, {})
    assert one != other
    assert cache_key({**scope, "query_string": b"a=2&limit=1"}, {}) == cache_key(
        {**scope, "query_string": b"limit=1&a=2"}, {}
    )


def test_ever_other_parameters_do_not_fill_the_memory() -> None:
    cache = Cache(5.0, most_bytes=10_000)
    start: Any = {"type": "http.response.start", "status": 200, "headers": []}
    keys = [(b"sunfair.test", "/zh/", f"x={number}", "zh") for number in range(20)]
    for key in [*keys, *keys]:
        cache.keep(key, Entry(start, b"", b"x" * 1_000, None, float("inf"), "pages"))
    assert sum(len(entry.body) for entry in cache.entries.values()) <= cache.held_bytes <= 10_000
    assert cache.find(keys[-1]) is not None
    assert cache.find(keys[0]) is None
    cache.purge("pages")
    assert (len(cache.entries), cache.held_bytes) == (0, 0)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("unknown", "unknown"),
    ],
)
def test_the_addresses_of_one_line_are_counted_together(address: str, counted: str) -> None:
    assert one_customer(address) == counted


async def test_headers_sent_twice_mean_the_same_to_the_cache_and_to_the_page(house: House) -> None:
    host = (b"host", b"sunfair.test")
    twice = (host, (b"accept-encoding", b"gzip"), (b"accept-encoding", b"identity"))
    await ask(house, "/zh/sign-in", *twice)
    _, headers, body = await ask(house, "/zh/sign-in", host, (b"accept-encoding", b"identity"))
    assert "content-encoding" not in headers
    assert body.startswith(b"<!doctype html>")


async def test_what_a_service_says_in_headers_survives_the_waiting(house: House) -> None:
    response = await house.client.post("/api/v1/listings/1/submit", headers={"prefer": "wait=1"})
    assert response.status_code == 409
    assert (response.headers["retry-after"], response.headers["etag"]) == ("7", '"3"')
    assert response.headers["content-language"] == "en"


async def test_a_body_that_was_cut_off_is_never_taken_for_the_whole(house: House) -> None:
    sent: list[Any] = []
    messages = [{"type": "http.request", "body": b"{", "more_body": True}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/api/v1/listings/1/submit",
        "raw_path": b"/api/v1/listings/1/submit",
        "query_string": b"",
        "headers": [(b"host", b"sunfair.test")],
        "client": ("203.0.113.7", 4711),
    }
    await house.door(scope, receive, send)
    assert sent == []
