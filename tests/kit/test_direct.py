"""What is met before the framework is answered as the framework would: refusals, clocks, other methods, bodies."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from services.kit import clock
from services.kit.actor import Actor, MaybeActor
from services.kit.app import build_app
from services.kit.deprecation import retired
from services.kit.direct import body_at_once, direct_route
from services.kit.problem import Conflict
from services.kit.settings import ServiceSettings


class Box(BaseModel):
    """What is posted."""

    colour: str


class Told(BaseModel):
    """Who answered."""

    by: str


async def look(request: Request, actor: Actor | None) -> Response:
    """A read that knows one word, refuses another, and has a defect at a third."""
    word = request.path_params["word"]
    if word == "conflict":
        raise Conflict("Not now.", "现在不行。")
    if word == "defect":
        raise RuntimeError("a secret detail")
    who = actor.account_id if actor else "nobody"
    return Response(f'{{"by": "the short way, {who}, {word}"}}', media_type="application/json")


async def put(request: Request, _actor: Actor | None) -> Response | None:
    """A write that leaves everything but red boxes to the usual way."""
    box = await body_at_once(request, Box)
    return Response('{"by": "the short way"}') if box is not None and box.colour == "red" else None


reading = APIRouter(prefix="/words", route_class=direct_route(look))
writing = APIRouter(prefix="/boxes", route_class=direct_route(put))
usual = APIRouter()


@reading.get("/{word}", openapi_extra=retired(since=datetime(2026, 1, 1, tzinfo=UTC)))
async def get_word(request: Request, word: str, actor: MaybeActor) -> Told:
    return Told(by="the usual way")


@writing.post("")
async def add_box(body: Box) -> Told:
    return Told(by=f"the usual way, {body.colour}, {clock.is_set()}")


@usual.get("/words/{word}/more")
async def get_more(word: str) -> Told:
    return Told(by=f"the usual way, {word}")


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A toy service with both kinds of route."""
    settings = ServiceSettings(demo=True, background=False, blobs=f"file://{tmp_path}")
    app = build_app("toy", settings, [reading, writing, usual])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://toy") as http:
        yield http


async def test_a_direct_route_is_answered_before_the_framework_and_measured_by_its_pattern(
    client: httpx.AsyncClient,
) -> None:
    answer = await client.get("/words/%E6%A2%A8?n=1")
    assert answer.json() == {"by": "the short way, nobody, 梨"}
    assert answer.headers["deprecation"].startswith("@")
    assert answer.headers["x-request-id"]
    assert 'route="/words/{word}"' in (await client.get("/metrics")).text


async def test_longer_paths_and_other_methods_go_the_usual_way(client: httpx.AsyncClient) -> None:
    assert (await client.get("/words/pear/more")).json() == {"by": "the usual way, pear"}
    refused = await client.post("/words/pear")
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")


@pytest.mark.parametrize(
    ("word", "headers", "status", "kind"),
    [
        ("conflict", {}, 409, "conflict"),
        ("pear", {"authorization": "Basic nonsense"}, 401, "not-signed-in"),
        ("pear", {"sunfair-clock": "2020-03-02T09:00:00+08:00"}, 400, "clock-refused"),
    ],
)
async def test_what_is_refused_on_the_short_way_is_a_problem_as_everywhere(
    client: httpx.AsyncClient, word: str, headers: dict[str, str], status: int, kind: str
) -> None:
    answer = await client.get(f"/words/{word}", headers=headers | {"accept-language": "zh"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    document = answer.json()
    assert (document["type"].rsplit("/")[-1], document["instance"]) == (kind, f"/words/{word}")
    assert document["request_id"] == answer.headers["x-request-id"]


async def test_a_defect_on_the_short_way_tells_nobody_what_it_is(client: httpx.AsyncClient) -> None:
    answer = await client.get("/words/defect")
    assert (answer.status_code, answer.json()["type"].rsplit("/")[-1]) == (500, "internal-error")
    assert "secret" not in answer.text


async def test_a_body_that_was_read_on_the_short_way_is_read_again_on_the_usual_one(client: httpx.AsyncClient) -> None:
    assert (await client.post("/boxes", json={"colour": "red"})).json() == {"by": "the short way"}
    assert (await client.post("/boxes", json={"colour": "green"})).json() == {"by": "the usual way, green, False"}
    refused = await client.post("/boxes", json={"colour": 7})
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "colour")
    typed = {"content-type": "application/json; charset=utf-8"}
    assert (await client.post("/boxes", content=b'{"colour": "blue"}', headers=typed)).status_code == 200


async def test_a_body_without_end_is_refused_on_the_short_way_too(client: httpx.AsyncClient) -> None:
    answer = await client.post("/boxes", content=b" " * (9 * 1024 * 1024), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["type"].rsplit("/")[-1]) == (413, "body-too-large")
