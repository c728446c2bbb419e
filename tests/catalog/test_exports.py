"""A county's spreadsheet going out: made apart from the request, watched, fetched for a day, taken up again."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.catalog.actions.imports import carry_export, forget_exports
from services.catalog.actions.imports.exports import MOST_ATTEMPTS
from services.catalog.models import ExportJob
from services.catalog.store.exports import SILENT_AFTER, claim_export, note_export
from services.kit import clock
from tests.apps import ServiceUnderTest
from tests.catalog.market import Json, Market


async def carry(market: Market) -> bool:
    return await carry_export(market.service.database, market.service.app.state.exports)


async def asked(market: Market, **body: str) -> Json:
    return await market.post("/exports", body, 202)


async def file_of(market: Market, job: Json, **claims: Any) -> Any:
    return await market.client.get(f"/exports/{job['id']}/file", headers=market.headers(**claims))


async def seen(market: Market, job: Json) -> Json:
    return await market.get(f"/exports/{job['id']}")


async def fall_silent(service: ServiceUnderTest, **changes: Any) -> None:
    async with service.database.sessions.begin() as db:
        silent = clock.now() - SILENT_AFTER - timedelta(seconds=1)
        await db.execute(sa.update(ExportJob).values(beat_at=silent, **changes))


async def test_an_export_is_asked_for_made_and_fetched_by_whoever_comes_back(market: Market) -> None:
    await market.listed(2)
    job = await asked(market)
    assert (job["state"], job["done"], job["name"]) == ("waiting", 0, "sunfair-341321-2020-03-02.xlsx")
    assert (await file_of(market, job)).status_code == 404
    assert await carry(market)
    assert not await carry(market)
    done = await seen(market, job)
    assert (done["state"], done["done"], done["total"]) == ("done", 4, 4)
    answer = await file_of(market, job)
    assert answer.content.startswith(b"PK")
    assert len(answer.content) == done["bytes"]
    assert (answer.headers["cache-control"], answer.headers["x-content-type-options"]) == (
        "private, no-store",
        "nosniff",
    )
    assert [each["id"] for each in (await market.get("/exports"))["items"]] == [job["id"]]


async def test_while_it_is_made_everybody_concerned_sees_how_far_it_is(market: Market) -> None:
    job = await asked(market, format="csv")
    assert await claim_export(market.service.database) == job["id"]
    assert await claim_export(market.service.database) is None
    await note_export(market.service.database, job["id"], 300, 1200)
    running = await seen(market, job)
    assert (running["state"], running["done"], running["total"]) == ("running", 300, 1200)


async def test_an_export_whose_maker_died_is_made_by_another(market: Market) -> None:
    await market.producer()
    job = await asked(market, format="csv", sheet="producers", language="zh")
    await claim_export(market.service.database)
    assert not await carry(market)
    await fall_silent(market.service)
    assert await carry(market)
    assert "砀山演示一号农民专业合作社" in (await file_of(market, job)).content.decode("utf-8-sig")


async def test_an_export_that_never_ends_is_given_up(market: Market) -> None:
    job = await asked(market)
    await claim_export(market.service.database)
    await fall_silent(market.service, attempts=MOST_ATTEMPTS)
    assert await carry(market)
    assert (await seen(market, job))["state"] == "given_up"
    assert (await file_of(market, job)).status_code == 404


async def test_a_file_expires_after_a_day_unless_the_same_file_was_asked_for_again(market: Market) -> None:
    await market.producer()
    files, database = market.service.app.state.exports, market.service.database
    old = await asked(market, format="csv", sheet="producers")
    await carry(market)
    async with database.sessions.begin() as db:
        await db.execute(sa.update(ExportJob).values(expires_at=clock.now() - timedelta(seconds=1)))
    assert (await file_of(market, old)).status_code == 404
    new = await asked(market, format="csv", sheet="producers")
    await carry(market)
    await forget_exports(database, files, clock.now())
    assert (await seen(market, old))["state"] == "expired"
    assert (await file_of(market, new)).status_code == 200
    await forget_exports(database, files, clock.now() + timedelta(hours=25))
    assert [digest async for digest in files.digests()] == []


async def test_an_export_is_seen_by_who_asked_while_the_regions_are_theirs(market: Market) -> None:
    job = await asked(market)
    await carry(market)
    assert (await file_of(market, job, account_id="somebody-else")).status_code == 404
    assert (await file_of(market, job, scopes=("610722",))).status_code == 404
    assert (await market.client.get(f"/exports/{job['id']}/file")).status_code == 401
    elsewhere = await market.client.get("/exports", headers=market.headers(account_id="somebody-else"))
    assert elsewhere.json()["items"] == []


@pytest.mark.parametrize("body", [{"format": "pdf"}, {"sheet": "orders"}, {"language": "fr"}, {"rows": "all"}])
async def test_what_cannot_be_exported_is_refused(market: Market, body: Json) -> None:
    await market.post("/exports", body, 422)
