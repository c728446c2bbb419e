"""Compliance as it runs, with its loops and real commits: changes are heard by themselves, and replicas agree."""

import asyncio
from typing import Any

from services.compliance.actions.clearances import ensure_clearance_key
from services.compliance.actions.surroundings import Surroundings
from services.kit import clock
from services.kit.blobs import BlobStore
from tests.apps import ServiceUnderTest, Tokens, settings_of
from tests.compliance.cases import Case
from tests.compliance.test_checks import notice_check, platform
from tests.conftest import DatabaseOf, ServiceOf


async def until(service: ServiceUnderTest, wanted: int) -> list[dict[str, Any]]:
    """The announced decisions, once there are so many; at most five seconds."""
    said: list[dict[str, Any]] = []
    for _ in range(100):
        said = await service.said("compliance.decision.made")
        if len(said) >= wanted:
            break
        await asyncio.sleep(0.05)
    return said


async def test_a_changed_answer_is_announced_within_two_seconds(
    committing_service_app: ServiceOf, tokens: Tokens
) -> None:
    service = await committing_service_app("compliance", background=True)
    case = Case(service, tokens)
    await case.prepare()
    await case.list_lots()
    await until(service, 1)
    began = clock.now()
    await case.lift(1, "2020-02-26T00:00:00+08:00")
    assert len(await until(service, 2)) == 2
    assert (clock.now() - began).total_seconds() < 2


async def test_replicas_that_start_together_make_one_key(committing_database: DatabaseOf, tmp_path: Any) -> None:
    database = await committing_database("compliance")
    settings: Any = settings_of("compliance", blobs=f"file://{tmp_path}")

    async def start() -> str:
        async with database.sessions.begin() as db:
            return (
                await ensure_clearance_key(
                    db, Surroundings(settings, BlobStore(settings.blobs), BlobStore(settings.blobs))
                )
            ).kid

    assert len(set(await asyncio.gather(*(start() for _ in range(4))))) == 1


async def test_many_checks_at_once_are_all_stored(committing_service_app: ServiceOf, tokens: Tokens) -> None:
    service = await committing_service_app("compliance")
    headers = platform(tokens)
    answers = await asyncio.gather(
        *(service.client.post("/checks", json=notice_check(f"第{n}份"), headers=headers) for n in range(40))
    )
    assert {answer.status_code for answer in answers} == {200}
    rows = await service.database.fetch_rows("SELECT id, document FROM compliance.decision")
    assert {row["document"] for row in rows} == {answer.content for answer in answers}


async def test_one_key_sent_many_times_at_once_decides_once(committing_service_app: ServiceOf, tokens: Tokens) -> None:
    service = await committing_service_app("compliance")
    headers = platform(tokens) | {"Idempotency-Key": "race"}
    answers = await asyncio.gather(
        *(service.client.post("/checks", json=notice_check(), headers=headers) for _ in range(8))
    )
    assert {answer.status_code for answer in answers} <= {200, 409}
    rows = await service.database.fetch_rows("SELECT id FROM compliance.decision")
    assert len(rows) == 1
