"""The trail: every act is there once, for good, with its public part and its internal part."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine

from services.kit.db import Database
from tests.compliance.cases import LISTING_ID, LOT_ID, Case
from tests.compliance.second import ORGANS, REASONED, confirmed, inspector, named_company, proposed, reviewer
from tests.compliance.test_appeals import appellant, opened, verdict
from tests.compliance.test_reviews import held, word
from tests.conftest import DatabaseOf
from tests.servers import Servers

ENTRY = (
    "INSERT INTO compliance.trail (id, at, recorded_at, action, subject_kind, subject_id, by_role, is_public)"
    " VALUES ('t-1', now(), now(), 'event.verified', 'event', 'e-1', 'verifier', true)"
)


@pytest.fixture
async def owners_database(servers: Servers, database_name: str) -> AsyncIterator[Database]:
    """The same database as the owner of the tables sees it, rolled back afterwards."""
    engine = create_async_engine(servers.url(database_name), poolclass=sa.NullPool)
    async with engine.connect() as connection:
        await connection.begin()
        await connection.execute(sa.text("SET LOCAL ROLE compliance_owner"))
        yield Database.bound(connection, "compliance")
        await connection.rollback()
    await engine.dispose()


async def read(case: Case, *subjects: str, headers: dict[str, str] | None = None) -> list[dict[str, Any]]:
    """The trail of these subjects, oldest first."""
    query = "&".join(f"subject={subject}" for subject in subjects)
    answer = await case.service.client.get(f"/trail?{query}&limit=100", headers=headers or {})
    assert answer.status_code == 200, answer.text
    return list(reversed(answer.json()["items"]))


async def test_every_act_on_event_and_evidence_is_told_with_organ_and_role_and_nobodys_name(case: Case) -> None:
    await case.prepare()
    await case.lift(1, "2020-02-26T00:00:00+08:00")
    entries = await read(case, case.event_id, case.slow_sales_id)
    assert [(entry["action"], entry["by_role"]) for entry in entries] == [
        ("event.registered", "registrar"),
        ("event.verified", "verifier"),
        ("evidence.submitted", "operator"),
        ("evidence.certified", "certifier"),
        ("event.lifted", "registrar"),
    ]
    assert [entry["by_organ"] for entry in entries][:2] == ["砀山县应急管理局", "安徽省应急管理厅"]
    assert {entry["account_id"] for entry in entries} == {None}
    assert "p-verifier" not in str(entries)


async def test_a_correction_and_a_further_declaration_are_acts(case: Case) -> None:
    await case.know_people()
    await case.register()
    version = (await case.service.client.get(f"/events/{case.event_id}")).headers["etag"]
    body = {name: case.event["document"][name] for name in ("event_type", "occurred_at", "regions", "impacts")}
    revised = await case.service.client.put(
        f"/events/{case.event_id}",
        json={**body, "title_zh": "更正后的事件", "title_en": "Corrected"},
        headers=case.headers("registrar") | {"If-Match": version},
    )
    assert revised.status_code == 200, revised.text
    declared = {"kind": "statement", "title": "补充公告", "doc_no": "演示9号", "issued_at": "2020-02-01T00:00:00Z"}
    await case.post(f"/events/{case.event_id}/declarations", declared, case.headers("registrar"))
    assert [entry["action"] for entry in await read(case, case.event_id)][-2:] == ["event.revised", "event.declared"]


async def test_a_resolution_and_both_words_of_an_override_carry_their_reasons(case: Case) -> None:
    lot = await held(case)
    await case.post(f"/decisions/{lot['entity_id']}/review", word(), reviewer(case))
    (entry,) = await read(case, LOT_ID)
    assert (entry["action"], entry["by_organ"], entry["rule"]) == ("review.accepted", ORGANS["first"], "price.label")
    assert (entry["reason_zh"], entry["decision_id"]) == ("实物标签已写明按箱计价。", lot["entity_id"])


async def test_an_overrides_whole_life_is_told(case: Case) -> None:
    lot = await named_company(case)
    first = await proposed(case, lot["entity_id"])
    await confirmed(case, first["id"])
    entries = await read(case, LOT_ID)
    assert [(entry["action"], entry["by_organ"]) for entry in entries] == [
        ("override.proposed", ORGANS["first"]),
        ("override.confirmed", ORGANS["second"]),
    ]
    assert {entry["record_id"] for entry in entries} == {first["id"]}
    assert {entry["reason_en"] for entry in entries} == {REASONED["reason_en"]}


async def test_that_there_is_an_appeal_is_public_and_its_grounds_are_not(case: Case) -> None:
    lot = await named_company(case)
    appeal = await opened(case, lot["entity_id"])
    await case.post(f"/appeals/{appeal['id']}/decide", verdict("upheld"), reviewer(case), 200)
    entries = await read(case, LOT_ID)
    assert [(entry["action"], entry["reason_zh"]) for entry in entries] == [
        ("appeal.opened", None),
        ("appeal.upheld", "经复核，理由如下。"),
    ]
    assert "虚构示例" not in str(entries)


async def test_inspectors_read_which_account_acted_and_others_do_not(case: Case) -> None:
    lot = await named_company(case)
    await proposed(case, lot["entity_id"])
    inside = await read(case, LOT_ID, headers=inspector(case))
    assert [entry["account_id"] for entry in inside] == ["reviewer-first"]
    for headers in (None, reviewer(case), appellant(case)):
        assert [entry["account_id"] for entry in await read(case, LOT_ID, headers=headers)] == [None]


async def test_it_goes_on_page_by_page(case: Case) -> None:
    await case.prepare()
    seen, cursor = [], ""
    while True:
        path = f"/trail?subject={case.event_id}&subject={case.slow_sales_id}&limit=1{cursor}"
        page = (await case.service.client.get(path)).json()
        seen += [entry["action"] for entry in page["items"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert seen == ["evidence.certified", "evidence.submitted", "event.verified", "event.registered"]


@pytest.mark.parametrize("query", ["", "?subject=", "?subject=a/b", "?subject=" + "x" * 65, "?subject=a&cursor=zzz"])
async def test_a_question_that_names_no_subject_is_refused(case: Case, query: str) -> None:
    assert (await case.service.client.get(f"/trail{query}")).status_code == 422


async def test_nothing_is_known_about_what_is_not_there(case: Case) -> None:
    assert await read(case, LISTING_ID) == []


async def _refused(database: Database, statement: str) -> str:
    try:
        async with database.sessions.begin() as db:
            await db.execute(sa.text(statement))
    except DBAPIError as error:
        return str(error.orig)
    return ""


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE compliance.trail SET reason_zh = 'x'",
        "UPDATE compliance.trail SET is_public = false WHERE id = 'nobody'",
        "DELETE FROM compliance.trail",
        "TRUNCATE compliance.trail",
        "INSERT INTO compliance.trail SELECT * FROM compliance.trail ON CONFLICT (id) DO UPDATE SET reason_zh = 'x'",
        "ALTER TABLE compliance.trail DISABLE TRIGGER ALL",
        "DROP TRIGGER trail_stays ON compliance.trail",
        "DROP TABLE compliance.trail",
    ],
)
async def test_the_service_itself_cannot_change_what_is_written(database: DatabaseOf, change: str) -> None:
    compliance = await database("compliance")
    async with compliance.sessions.begin() as db:
        await db.execute(sa.text(ENTRY))
    refused = await _refused(compliance, change)
    assert "permission denied" in refused or "must be owner" in refused, refused
    async with compliance.sessions() as db:
        assert (await db.execute(sa.text("SELECT count(*) FROM compliance.trail WHERE id = 't-1'"))).scalar_one() == 1


@pytest.mark.parametrize("change", ["UPDATE compliance.trail SET action = 'x'", "DELETE FROM compliance.trail"])
async def test_the_owner_of_the_table_is_stopped_too(owners_database: Database, change: str) -> None:
    async with owners_database.sessions.begin() as db:
        await db.execute(sa.text(ENTRY))
    assert "append-only" in await _refused(owners_database, change)
    assert "append-only" in await _refused(owners_database, "TRUNCATE compliance.trail")
