"""Who changed what: anybody makes the hash of an edit anew from what is shown, and finds it in the public log."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from services.catalog.actions.history import tell_edits
from services.contracts.catalog import EditsLogged
from services.disclosure.ledger.verify import NotAsLogged, check_edits
from tests.catalog.market import Market, producer_body
from tests.conftest import ServiceOf
from tests.disclosure.announcing import Log
from tests.serving import listening
from tools.verify import BROKEN, HOLDS, MISUNDERSTOOD, NOT_FOUND, main

Lines = list[dict[str, Any]]


async def changed_producer(market: Market) -> str:
    """A producer that was entered and renamed; its id."""
    made = await market.producer()
    body = producer_body() | {"name": "砀山新名农民专业合作社", "phone": "13900000001"}
    await market.put(f"/producers/{made['id']}?why=更名", body, headers=market.headers(organ="砀山县农业农村局"))
    return str(made["id"])


async def shown_edits(market: Market, producer_id: str) -> Lines:
    """Its edits as everybody reads them."""
    items: Lines = (await market.get(f"/edits/producer/{producer_id}", public=True))["items"]
    return items


async def test_every_change_of_an_edit_shows_and_who_made_it_stays_unsaid(market: Market) -> None:
    shown = await shown_edits(market, await changed_producer(market))
    logged = {each["sha256"] for each in shown}
    assert check_edits(logged, shown) == (2, 0)
    assert all(each["by_account"] is None and each["by_sha256"] for each in shown)
    # The same person made both, and nobody sees it.
    assert shown[0]["by_sha256"] != shown[1]["by_sha256"]
    for changes in (
        {"why": "另有原因"},
        {"by_office": "别的机关"},
        {"by_sha256": "0" * 64},
        {"made_at": "2026-01-01T00:00:00Z"},
        {"action": "entered"},
        {"changes": shown[0]["changes"][:-1]},
        {"changes": None},
        {"changes": [{**each, "after": "改"} for each in shown[0]["changes"]]},
        {"sha256": "0" * 64},
        {"made_at": "yesterday"},
    ):
        with pytest.raises(NotAsLogged):
            check_edits(logged, [{**shown[0], **changes}])


async def test_a_decision_of_the_gate_is_an_edit_like_any_other(market: Market) -> None:
    draft = await market.submitted(1)
    await market.decide(draft)
    shown = (await market.get(f"/edits/listing/{draft['id']}", public=True))["items"]
    assert check_edits({each["sha256"] for each in shown}, shown) == (2, 0)


def test_of_an_edit_of_before_the_hash_alone_is_compared() -> None:
    assert check_edits({"ab"}, [{"id": "old", "sha256": "ab", "why": "whatever"}]) == (1, 1)


@pytest.fixture
async def town(market: Market, service_app: ServiceOf) -> AsyncIterator[tuple[str, Lines, list[str]]]:
    """A producer, its edits as they are shown, and the words that ask about them; their hashes are in the log."""
    producer_id = await changed_producer(market)
    async with market.service.database.sessions.begin() as db:
        await tell_edits(db)
    log = Log(await service_app("disclosure"))
    await log.hear(*(EditsLogged.model_validate(each) for each in await market.service.said("catalog.edits.logged")))
    shown = await shown_edits(market, producer_id)

    async def page(request: Request) -> JSONResponse:
        mine = shown if request.path_params["id"] == producer_id else []
        start = int(request.query_params.get("cursor", 0))
        return JSONResponse(
            {"items": mine[start : start + 1], "next": str(start + 1) if start + 1 < len(mine) else None}
        )

    routes = [Route("/api/v1/edits/{kind}/{id}", page), Mount("/api/v1", log.service.app)]
    async with listening(Starlette(routes=routes)) as url:
        yield producer_id, shown, ["--from", url, "--key", (await log.client.get("/ledger")).json()["key"]]


async def test_a_stranger_checks_the_edits_of_a_record_against_the_log(
    town: tuple[str, Lines, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    producer_id, shown, where = town

    async def asks(*words: str) -> int:
        return await asyncio.to_thread(main, ["edits", *words, *where])

    assert await asks("producer", producer_id) == HOLDS
    assert "2 edits of producer" in capsys.readouterr().out
    assert await asks("producer", "another") == NOT_FOUND
    assert await asks("mayor", producer_id) == MISUNDERSTOOD
    shown[1]["why"] = "what was never said"
    assert await asks("producer", producer_id) == BROKEN
