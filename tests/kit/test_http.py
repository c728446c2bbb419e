"""The edge of every service: each error is a problem document, in the caller's language, with a request id."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Annotated

import httpx
import pytest
from fastapi import APIRouter, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from services.kit import clock
from services.kit.app import build_app
from services.kit.db import database_of
from services.kit.http import json_bytes, language_of, public_json, require_version
from services.kit.problem import Conflict, FieldError
from services.kit.settings import ServiceSettings


def no_red(value: str) -> str:
    """A validator of our own, with its sentence in both languages."""
    if value == "red":
        raise ValueError("Not red, please.", "请不要用红色。")
    return value


class Box(BaseModel):
    """A body with one of each kind of field."""

    model_config = ConfigDict(extra="forbid")

    price_fen: int = Field(strict=True, ge=0, le=100)
    colour: Annotated[str, AfterValidator(no_red)] = "green"


class Moment(BaseModel):
    at: AwareDatetime


router = APIRouter()


@router.post("/boxes")
async def add_box(body: Box) -> Box:
    return body


@router.get("/conflict")
async def conflict() -> Box:
    raise Conflict("Not now.", "现在不行。", errors=[FieldError("a.b", "Too early.", "太早。")], broadcast_id="B-1")


@router.get("/bug")
async def bug() -> Box:
    raise RuntimeError("a secret detail")


@router.get("/bytes")
async def some_bytes(request: Request) -> Box:
    return json_bytes(request, b'{"price_fen": 1}', max_age=5, public=True)  # type: ignore[return-value]  # A ready-made answer.


@router.get("/read-by-all")
async def read_by_all(request: Request) -> Box:
    return public_json(request, b'{"price_fen": 1}')  # type: ignore[return-value]  # A ready-made answer.


@router.put("/versioned")
async def versioned(request: Request) -> Box:
    require_version(request, 3)
    return Box(price_fen=1)


@router.get("/business-now")
async def business_now() -> Moment:
    return Moment(at=clock.business_now())


@router.get("/stored")
async def stored(request: Request) -> Box:
    await database_of(request).fetch_bytes("SELECT 1")
    return Box(price_fen=1)


@pytest.fixture
async def client(tmp_path: object) -> AsyncIterator[httpx.AsyncClient]:
    """A toy service over ASGI, with an edge like every other."""
    nowhere = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
    settings = ServiceSettings(demo=True, background=False, blobs=f"file://{tmp_path}", service_database_url=nowhere)
    app = build_app("toy", settings, [router])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://toy") as http:
        yield http


def is_problem(response: httpx.Response, status: int, kind: str) -> dict[str, object]:
    """Assert that this is a whole problem document, and give it."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    document = dict(response.json())
    assert document["type"].endswith(f"/problems/{kind}")
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == response.headers["x-request-id"]
    return document


async def test_an_unknown_address_is_a_404_problem(client: httpx.AsyncClient) -> None:
    assert is_problem(await client.get("/nowhere"), 404, "not-found")["instance"] == "/nowhere"


async def test_a_wrong_method_is_a_405_problem_that_names_the_right_ones(client: httpx.AsyncClient) -> None:
    response = await client.delete("/boxes")
    is_problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"price_fen": -1}, "price_fen", "at least 0"),
        ({"price_fen": 1.5}, "price_fen", "whole number"),
        ({"price_fen": "1"}, "price_fen", "whole number"),
        ({"price_fen": 101}, "price_fen", "at most 100"),
        ({}, "price_fen", "required"),
        ({"price_fen": 1, "prize": 2}, "prize", "no such field"),
        ({"price_fen": 1, "colour": "red"}, "colour", "Not red, please."),
    ],
)
async def test_a_body_that_does_not_parse_names_each_field(
    client: httpx.AsyncClient, body: dict[str, object], field: str, words: str
) -> None:
    document = is_problem(await client.post("/boxes", json=body), 422, "body-invalid")
    errors = document["errors"]
    assert isinstance(errors, list)
    assert errors[0]["field"] == field
    assert words in errors[0]["detail"]


async def test_the_sentences_follow_accept_language(client: httpx.AsyncClient) -> None:
    chinese = {"accept-language": "zh-CN,zh;q=0.9,en;q=0.5"}
    document = is_problem(await client.post("/boxes", json={"colour": "red"}, headers=chinese), 422, "body-invalid")
    errors = document["errors"]
    assert isinstance(errors, list)
    assert [error["detail"] for error in errors] == ["此项必填。", "请不要用红色。"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"[1,2", b'"text"', b"null"])
async def test_a_body_that_is_no_json_object_is_the_callers_error(client: httpx.AsyncClient, body: bytes) -> None:
    response = await client.post("/boxes", content=body, headers={"content-type": "application/json"})
    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


async def test_a_body_over_8_mb_is_a_413_problem_whatever_its_length_header_says(client: httpx.AsyncClient) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(9):
            yield b" " * 1024 * 1024

    is_problem(await client.post("/boxes", content=chunks()), 413, "body-too-large")


async def test_a_problem_keeps_its_members_and_field_errors(client: httpx.AsyncClient) -> None:
    document = is_problem(await client.get("/conflict"), 409, "conflict")
    assert document["broadcast_id"] == "B-1"
    assert document["errors"] == [{"field": "a.b", "detail": "Too early."}]


async def test_a_bug_is_a_bare_500_without_its_detail(client: httpx.AsyncClient) -> None:
    response = await client.get("/bug")
    assert "secret" not in response.text
    assert response.status_code == 500
    assert response.json()["type"].endswith("/problems/internal-error")


async def test_the_same_bytes_are_sent_once(client: httpx.AsyncClient) -> None:
    first = await client.get("/bytes")
    again = await client.get("/bytes", headers={"if-none-match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_a_change_based_on_an_old_version_is_refused(client: httpx.AsyncClient) -> None:
    is_problem(await client.put("/versioned", headers={"if-match": '"2"'}), 412, "version-changed")
    assert (await client.put("/versioned", headers={"if-match": '"3"'})).status_code == 200


async def test_a_database_that_is_away_is_a_503_that_says_when_to_try_again(client: httpx.AsyncClient) -> None:
    response = await client.get("/stored")
    is_problem(response, 503, "unavailable")
    assert response.headers["retry-after"]


async def test_an_address_with_a_slash_too_many_leads_nowhere(client: httpx.AsyncClient) -> None:
    is_problem(await client.get("/stored/"), 404, "not-found")


async def test_a_cache_beyond_the_door_keeps_what_strangers_and_the_signed_in_read_apart(
    client: httpx.AsyncClient,
) -> None:
    response = await client.get("/read-by-all")
    assert response.headers["cache-control"] == "public, max-age=5"
    assert response.headers["vary"] == "Authorization, Cookie"


async def test_a_stranger_may_not_set_the_clock(client: httpx.AsyncClient) -> None:
    response = await client.get("/business-now", headers={"sunfair-clock": "2020-03-02T09:00:00+08:00"})
    is_problem(response, 400, "clock-refused")


async def test_the_business_clock_is_the_machines_unless_set(client: httpx.AsyncClient) -> None:
    at = datetime.fromisoformat((await client.get("/business-now")).json()["at"])
    assert abs((clock.now() - at).total_seconds()) < 60
    with clock.set_to(datetime(2020, 3, 2, 1, 0, tzinfo=UTC)):
        assert clock.business_today().isoformat() == "2020-03-02"
    assert not clock.is_set()


@pytest.mark.parametrize(
    ("header", "language"),
    [(None, "en"), ("zh", "zh"), ("en-GB", "en"), ("fr", "en"), ("en;q=0.3, zh-Hans;q=0.8", "zh"), ("zh;q=x", "en")],
)
def test_accept_language_chooses_between_chinese_and_english(header: str | None, language: str) -> None:
    assert language_of(header) == language


async def test_a_service_without_its_database_is_alive_but_not_ready(client: httpx.AsyncClient) -> None:
    assert (await client.get("/healthz")).status_code == 200
    document = is_problem(await client.get("/readyz"), 503, "unavailable")
    assert "database" in str(document["waiting"])


async def test_metrics_are_in_prometheus_text(client: httpx.AsyncClient) -> None:
    await client.get("/bytes")
    assert (
        'sunfair_http_request_seconds_count{method="GET",route="/bytes",service="toy"'
        in (await client.get("/metrics")).text
    )


def test_a_default_secret_is_refused_outside_demo_mode() -> None:
    with pytest.raises(ValueError, match="SUNFAIR_TOKEN_SECRET"):
        ServiceSettings(demo=False)
