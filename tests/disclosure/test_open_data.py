"""Open data makes itself, says the same in every form, is the same to the byte, and does nothing in a spreadsheet."""

import csv
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from services.disclosure.actions.opening import bounds, make_next_month, mark_old_layouts, month_of
from services.disclosure.actions.preparing import prepare_next
from services.disclosure.domain.open_data.packing import (
    DICTIONARY,
    RELEASES,
    SUMS,
    as_csv,
    as_lines,
    as_parquet,
    dictionary,
    files_of,
)
from services.disclosure.domain.open_data.tables import TABLES, Column
from services.disclosure.store import open_data as store
from services.kit.db import Database
from tests.apps import ServiceUnderTest
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import (
    BROADCAST,
    changed,
    ended,
    filing,
    listing,
    notes,
    order,
    refund,
    some_time_ago,
    viewers,
)

SAMPLE = (Path(__file__).parent / "samples" / "release.json").read_bytes()
WORDS = (
    Column("word", "text", "词", "Word"),
    Column("count", "number", "数", "Count"),
    Column("yes", "flag", "是", "?"),
)


@pytest.fixture
async def service(service_app: ServiceOf) -> ServiceUnderTest:
    """The disclosure service."""
    return await service_app("disclosure")


async def release_one(service: ServiceUnderTest) -> str:
    """A broadcast that ended yesterday and its first release; the month it belongs to."""
    at = some_time_ago(days=1)
    await service.hear(listing(), filing(), *notes(at), viewers(at, 120))
    await service.hear(*(order(number, at) for number in range(60)), ended(at))
    await prepare_next(service.database, service.app.state.surroundings)
    return month_of(at)


async def make(service: ServiceUnderTest) -> str | None:
    """One look at what is behind."""
    return await make_next_month(service.database, service.app.state.shelf)


async def look_again(database: Database) -> None:
    """As if the time in which late tellings gather were over."""
    async with database.sessions.begin() as db:
        await (await db.connection()).exec_driver_sql("UPDATE disclosure.course SET due_at = now() - interval '1 s'")


async def files(service: ServiceUnderTest, month: str) -> dict[str, bytes]:
    """Every file of a month, as it is served."""
    listed = (await service.client.get(f"/open-data/{month}")).json()["files"]
    return {each["name"]: (await service.client.get(f"/open-data/{month}/{each['name']}")).content for each in listed}


def cells(data: bytes) -> list[dict[str, str]]:
    """A CSV file as a spreadsheet reads it."""
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


async def test_a_month_is_made_when_its_first_release_is_out(service: ServiceUnderTest) -> None:
    assert (await service.client.get("/open-data")).json() == {"items": []}
    month = await release_one(service)
    assert await make(service) == month
    assert await make(service) is None
    (listed,) = (await service.client.get("/open-data")).json()["items"]
    assert (listed["month"], listed["broadcasts"], listed["releases"], listed["current"]) == (month, 1, 1, True)
    served = await files(service, month)
    assert set(served) == {f"{table.name}.{kind}" for table in TABLES for kind in ("csv", "jsonl", "parquet")} | {
        RELEASES,
        DICTIONARY,
        SUMS,
    }
    (row,) = cells(served["broadcasts.csv"])
    assert (row["broadcast_id"], row["title_zh"], row["sales_told"]) == (BROADCAST, "砀山酥梨直播专场", "true")
    claimed = {row["figure"]: row["claimed"] for row in cells(served["figures.csv"])}
    assert (claimed["orders"], claimed["viewers"], claimed["paid_fen"]) == ("60", "120", str(60 * 2_990))


async def test_the_published_sums_are_those_of_the_files(service: ServiceUnderTest) -> None:
    month = await release_one(service)
    await make(service)
    served = await files(service, month)
    lines = [line.partition("  ") for line in served[SUMS].decode().splitlines()]
    sums = {name: digest for digest, _, name in lines}
    assert sums == {name: hashlib.sha256(data).hexdigest() for name, data in served.items() if name != SUMS}
    listed = (await service.client.get(f"/open-data/{month}")).json()["files"]
    assert {each["name"]: (each["bytes"], each["sha256"]) for each in listed} == {
        name: (len(data), hashlib.sha256(data).hexdigest()) for name, data in served.items()
    }


async def test_the_releases_are_in_it_byte_for_byte_under_the_hash_of_the_log(service: ServiceUnderTest) -> None:
    month = await release_one(service)
    await make(service)
    served = await files(service, month)
    body = (await service.client.get(f"/disclosures/{BROADCAST}")).content
    assert served[RELEASES] == body + b"\n"
    (row,) = cells(served["releases.csv"])
    assert row["sha256"] == hashlib.sha256(body).hexdigest()


async def test_a_new_release_makes_the_month_anew_and_keeps_the_earlier_one_in_it(service: ServiceUnderTest) -> None:
    month = await release_one(service)
    await make(service)
    before = await files(service, month)
    at = some_time_ago(days=1)
    await service.hear(*(changed(number, at, refunds=[refund(number, at)]) for number in range(0, 60, 3)))
    await look_again(service.database)
    await prepare_next(service.database, service.app.state.surroundings)
    assert not (await service.client.get(f"/open-data/{month}")).json()["current"]
    assert await make(service) == month
    after = await files(service, month)
    assert [row["release"] for row in cells(after["releases.csv"])] == ["1", "2"]
    assert {row["release"] for row in cells(after["figures.csv"])} == {"2"}
    assert before["costs.csv"] != after["costs.csv"]
    assert before[DICTIONARY] == after[DICTIONARY]


async def test_a_release_that_comes_while_a_month_is_made_is_not_forgotten(service: ServiceUnderTest) -> None:
    month = await release_one(service)
    async with service.database.sessions.begin() as db:
        found = await store.take_stale(db)
        assert found is not None
        seen = found.stale_at
        await store.note_stale(db, month, some_time_ago())
        await store.save_files(db, month, seen, files=[], made_at=some_time_ago())
    assert not (await service.client.get(f"/open-data/{month}")).json()["current"]
    assert await make(service) == month
    assert await make(service) is None


async def test_files_that_were_made_in_another_way_are_made_anew(service: ServiceUnderTest) -> None:
    month = await release_one(service)
    await make(service)
    await mark_old_layouts(service.database)
    assert await make(service) is None
    async with service.database.sessions.begin() as db:
        await (await db.connection()).exec_driver_sql("UPDATE disclosure.open_month SET made_with = 'of old'")
    await mark_old_layouts(service.database)
    assert await make(service) == month


async def test_who_has_a_file_already_is_not_sent_it_again(service: ServiceUnderTest) -> None:
    month = await release_one(service)
    await make(service)
    path = f"/open-data/{month}/lots.parquet"
    answer = await service.client.get(path)
    assert answer.headers["cache-control"] == "public, max-age=60"
    for known in (
        {"If-None-Match": answer.headers["etag"]},
        {"If-None-Match": f'W/{answer.headers["etag"]}, "x"'},
        {"If-Modified-Since": answer.headers["last-modified"]},
    ):
        again = await service.client.get(path, headers=known)
        assert (again.status_code, again.content) == (304, b""), known
    for unknown in (
        {"If-None-Match": '"x"', "If-Modified-Since": answer.headers["last-modified"]},
        {"If-Modified-Since": "Sat, 01 Jan 2000 00:00:00 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        assert (await service.client.get(path, headers=unknown)).status_code == 200, unknown


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/open-data/2026-13", 422, "month"),
        ("/open-data/26-1", 422, "month"),
        ("/open-data/2001-01", 404, "no files of 2001-01"),
        ("/open-data/2001-01/lots.csv", 404, "no files of 2001-01"),
        ("/open-data/2001-01/..%2Fsecret", 404, "not an address"),
        ("/open-data/schemas/sunfair-disclosure-2.json", 422, "month"),
    ],
)
async def test_what_there_is_not_is_answered_well(
    service: ServiceUnderTest, path: str, status: int, words: str
) -> None:
    answer = await service.client.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    assert words in answer.text


async def test_a_file_that_there_is_not_names_those_there_are(service: ServiceUnderTest) -> None:
    month = await release_one(service)
    await make(service)
    answer = await service.client.get(f"/open-data/{month}/ranking.csv", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "lots.csv" in answer.json()["detail"]


def test_the_same_releases_give_the_same_bytes() -> None:
    first, second = ({file.name: file.sha256 for file in files_of([SAMPLE])} for _ in range(2))
    assert first == second


def test_every_form_of_a_table_says_the_same() -> None:
    made = {file.name: file.data for file in files_of([SAMPLE])}
    for table in TABLES:
        lines = [json.loads(line) for line in made[f"{table.name}.jsonl"].splitlines()]
        frame = pl.read_parquet(io.BytesIO(made[f"{table.name}.parquet"]))
        assert frame.columns == [column.name for column in table.columns]
        assert frame.to_dicts() == lines, table.name
        assert [{name: spelled(value) for name, value in row.items()} for row in lines] == cells(
            made[f"{table.name}.csv"]
        )
        if table.name != "over_time":
            assert lines, table.name


def spelled(value: Any) -> str:
    """A value as CSV has it."""
    if value is None:
        return ""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


@pytest.mark.parametrize(
    "text",
    [
        "=1+1",
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1",
        "＝1+1",
        "＋1",
        "－1",
        "＠A",
        "'=1",
        "=cmd|'/c x'!A",
    ],
    ids=ascii,
)
def test_a_spreadsheet_runs_no_text(text: str) -> None:
    (row,) = cells(as_csv(WORDS, [(text, -5, True)]))
    assert row == {"word": "'" + text, "count": "-5", "yes": "true"}
    assert json.loads(as_lines(WORDS, [(text, -5, True)]))["word"] == text
    assert pl.read_parquet(io.BytesIO(as_parquet(WORDS, [(text, -5, True)])))["word"].to_list() == [text]


@pytest.mark.parametrize("text", ['say "pears"', "a,b", "two\r\nlines", "砀山酥梨", "🍐", "a;b"], ids=ascii)
def test_any_text_comes_back_as_it_was(text: str) -> None:
    assert cells(as_csv(WORDS, [(text, None, None)])) == [{"word": text, "count": "", "yes": ""}]


def test_every_column_has_a_meaning_in_both_languages() -> None:
    for table in dictionary()["tables"]:
        assert "" not in (table["zh"], table["en"])
        names = [column["name"] for column in table["columns"]]
        assert len(names) == len(set(names))
        for column in table["columns"]:
            assert "" not in (column["zh"], column["en"]), (table["name"], column["name"])


async def test_the_dictionary_is_served_and_lies_beside_the_files(service: ServiceUnderTest) -> None:
    assert (await service.client.get("/open-data/dictionary")).json() == dictionary()


def test_a_month_begins_and_ends_at_midnight_in_china() -> None:
    since, until = bounds("2026-12")
    assert (since.isoformat(), until.isoformat()) == ("2026-12-01T00:00:00+08:00", "2027-01-01T00:00:00+08:00")
    assert month_of(since) == "2026-12"
    assert month_of(until) == "2027-01"
