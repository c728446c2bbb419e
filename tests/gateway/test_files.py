"""Files of the pages: packed once, told apart by their tags, and kept for ever under their versioned name."""

import gzip
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.files import StaticFiles
from gateway.pages.frame import STATIC, STATIC_ROOT
from services.kit.problem import MethodNotAllowed
from tests.gateway.house import House, open_house

STYLE = f"{STATIC_ROOT}/sunfair.css"


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    """The gateway alone: files need no service."""
    async with open_house({}, tmp_path) as opened:
        yield opened


async def sent(method: str = "GET", *headers: tuple[bytes, bytes]) -> list[Any]:
    """What travels for the style sheet, before any cache."""
    messages: list[Any] = []

    async def receive() -> Any:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    scope = {"type": "http", "method": method, "path": STYLE, "query_string": b"", "headers": list(headers)}
    await StaticFiles(STATIC, STATIC_ROOT)(scope, receive, send)
    return messages


async def test_a_file_is_packed_once_and_not_at_every_request() -> None:
    first, second = [(await sent("GET", (b"accept-encoding", b"gzip")))[1]["body"] for _ in range(2)]
    assert first is second
    assert gzip.decompress(first) == (STATIC / "sunfair.css").read_bytes()


async def test_who_does_not_unpack_gets_the_file_as_it_is_under_a_tag_of_its_own(house: House) -> None:
    packed = await house.client.get(STYLE)
    plain = await house.client.get(STYLE, headers={"Accept-Encoding": "identity"})
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content
    assert packed.headers["etag"] != plain.headers["etag"]
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert plain.headers["content-type"] == "text/css; charset=utf-8"


@pytest.mark.parametrize("tag", ["etag", "last-modified"])
async def test_who_has_the_file_already_is_sent_nothing(house: House, tag: str) -> None:
    first = await house.client.get(STYLE)
    asked = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}[tag]
    again = await house.client.get(STYLE, headers={asked: first.headers[tag], "Accept": "text/css"})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])


async def test_only_the_versioned_name_is_for_ever(house: House) -> None:
    assert (await house.client.get(STYLE)).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await house.client.get("/static/sunfair.css")).headers["cache-control"] == "public, max-age=300"


async def test_a_picture_that_is_packed_already_is_not_packed_again(house: House) -> None:
    picture = await house.client.get(f"{STATIC_ROOT}/share.png")
    assert "content-encoding" not in picture.headers
    assert "vary" not in picture.headers
    assert picture.content == (STATIC / "share.png").read_bytes()


async def test_files_are_for_reading(house: House) -> None:
    answer = await house.client.post(STYLE)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    with pytest.raises(MethodNotAllowed):
        await sent("DELETE")
