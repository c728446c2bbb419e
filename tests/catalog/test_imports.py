"""A county's spreadsheet over HTTP: tried, imported whole or not at all, sent again, given out again."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from services.catalog.actions.imports import carry_export, carry_import, forget_files
from services.catalog.actions.imports.carrying import MOST_ATTEMPTS
from services.catalog.app import carry_imports
from services.catalog.domain.sheets.columns import COLUMNS
from services.catalog.models import ImportFault, Listing, Producer
from services.catalog.store.imports import claim_import, note_progress
from services.kit import clock
from tests.catalog.market import CODES, DANGSHAN, Json, Market, answered, filing
from tests.catalog.sheets import csv_of, lot_line, producer_line, xlsx_of
from tests.catalog.test_sheets import lots_of


class Clerk:
    """Somebody of the county who has a spreadsheet."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.service = market.service

    async def send(self, data: bytes, status: int = 202, *, dry_run: bool = False, **more: Any) -> Json:
        answer = await self.market.client.post(
            "/imports",
            files={"file": (more.pop("name", "批次.csv"), data)},
            data={"dry_run": str(dry_run).lower()},
            headers=self.market.headers(**more),
        )
        return answered(answer, status)

    async def carry(self) -> bool:
        app = self.service.app
        return await carry_import(
            self.service.database, app.state.sheets, app.state.settings.token_secret.get_secret_value()
        )

    async def imported(self, data: bytes, **more: Any) -> Json:
        """The import of this file after it was carried out."""
        job = await self.send(data, **more)
        assert await self.carry()
        return await self.market.get(f"/imports/{job['id']}")

    async def faults(self, job: Json) -> list[Json]:
        return list((await self.market.get(f"/imports/{job['id']}/faults"))["items"])

    async def drafts(self) -> list[Listing]:
        async with self.service.database.sessions() as db:
            return list((await db.execute(sa.select(Listing).order_by(Listing.id))).scalars())

    async def exported(self, **body: str) -> bytes:
        """Everything of the county, asked for, made and fetched."""
        job = await self.market.post("/exports", body, 202)
        assert await carry_export(self.service.database, self.service.app.state.exports)
        return await self.file(f"/exports/{job['id']}/file")

    async def file(self, path: str, **query: str) -> bytes:
        answer = await self.market.client.get(path, params=query, headers=self.market.headers())
        assert answer.status_code == 200, answer.text
        assert "attachment" in answer.headers["content-disposition"]
        return bytes(answer.content)


@pytest.fixture
async def clerk(market: Market) -> Clerk:
    """A county with its specialty and nothing else."""
    await market.specialty()
    return Clerk(market)


async def test_a_workbook_of_producers_and_lots_becomes_drafts(clerk: Clerk) -> None:
    lots = [lot_line(lot_number=f"DS-{number}", harvested_on="2026-09-20") for number in range(120)]
    sent = await clerk.send(xlsx_of(*lots, producers=[producer_line(phone="13800000001")]), name="砀山.xlsx")
    assert (sent["state"], sent["kind"], sent["name"]) == ("waiting", "xlsx", "砀山.xlsx")
    await clerk.carry()

    job = await clerk.market.get(f"/imports/{sent['id']}")
    assert (job["state"], job["faults"], job["problem"]) == ("done", 0, None)
    assert (job["counts"]["producers_new"], job["counts"]["lots_new"], job["counts"]["listings_new"]) == (1, 120, 2)
    drafts = await clerk.drafts()
    assert [(draft.state, len(draft.draft["lots"]), draft.submitted_version) for draft in drafts] == [
        ("draft", 100, None),
        ("draft", 20, None),
    ]
    first = (await clerk.market.get(f"/listings/{drafts[0].id}/draft"))["draft"]
    assert (first["title_zh"], first["season"], first["event_id"]) == ("砀山酥梨 2026", "2026", "E2")
    assert (first["lots"][0]["price_fen"], first["lots"][0]["harvested_on"]) == (2990, "2026-09-20")
    assert await clerk.service.said("catalog.listing.submitted") == []


async def test_what_is_imported_can_be_submitted_like_what_was_typed(clerk: Clerk) -> None:
    await clerk.market.producer()
    await clerk.imported(xlsx_of(lot_line(certificate_number="HG-1")))
    (draft,) = await clerk.drafts()
    submitted = await clerk.market.post(f"/listings/{draft.id}/submit", {})
    (paper,) = submitted["draft"]["lots"][0]["certificates"]
    assert (paper["kind"], paper["number"], paper["lot_number"]) == ("conformity", "HG-1", "DS-1")


async def test_the_same_file_twice_changes_nothing(clerk: Clerk) -> None:
    data = xlsx_of(
        lot_line(certificate_number="HG-1", season_months="9、10", delivery_region_codes="340000、310000"),
        lot_line(lot_number="DS-2", description_zh="甜"),
        producers=[producer_line(phone="13800000001", shareholders="张三、李四", members="120")],
    )
    await clerk.imported(data)
    before = [(draft.id, draft.version, draft.updated_at) for draft in await clerk.drafts()]
    again = await clerk.imported(data)
    unchanged = {name: count for name, count in again["counts"].items() if count}
    assert unchanged == {"producers_unchanged": 1, "lots_unchanged": 2}
    assert [(draft.id, draft.version, draft.updated_at) for draft in await clerk.drafts()] == before


async def test_a_known_lot_is_updated_where_it_stands_and_keeps_what_the_sheet_does_not_say(clerk: Clerk) -> None:
    producer = await clerk.market.producer()
    await clerk.imported(csv_of(lot_line(grade="一级", description_zh="甜")))
    (draft,) = await clerk.drafts()
    identity = draft.draft["lots"][0]["id"]

    words = [column.zh for column in COLUMNS["lots"]]
    keep = [at for at, column in enumerate(COLUMNS["lots"]) if column.field != "description_zh"]
    row = lot_line(price_fen="31", grade="")
    data = "\n".join(",".join(str(line[at]) for at in keep) for line in (words, row)).encode("gbk")
    job = await clerk.imported(data)
    assert (job["counts"]["lots_changed"], job["counts"]["lots_new"]) == (1, 0)
    (draft,) = await clerk.drafts()
    (lot,) = draft.draft["lots"]
    assert (lot["id"], lot["price_fen"], lot["description_zh"], lot["producer_id"]) == (
        identity,
        3100,
        "甜",
        producer["id"],
    )
    assert "grade" not in lot
    assert draft.version == 2


async def test_a_dry_run_says_what_would_happen_and_writes_nothing(clerk: Clerk) -> None:
    data = xlsx_of(lot_line(), producers=[producer_line()])
    tried = await clerk.imported(data, dry_run=True)
    assert (tried["state"], tried["may_run"], tried["counts"]["lots_new"]) == ("checked", True, 1)
    assert tried["counts"]["listings_new"] == 1
    assert await clerk.drafts() == []

    job = await clerk.market.post(f"/imports/{tried['id']}/run", {}, 202)
    await clerk.carry()
    assert (await clerk.market.get(f"/imports/{job['id']}"))["state"] == "done"
    assert len(await clerk.drafts()) == 1


async def test_one_bad_row_keeps_the_whole_file_out(clerk: Clerk) -> None:
    good = [lot_line(lot_number=f"DS-{number}") for number in range(3)]
    job = await clerk.imported(
        csv_of(*good, lot_line(lot_number="DS-9", price_fen="面议"), sheet="lots"), name="砀山.csv"
    )
    # No producer is known either: every row has a fault, and each names its cell.
    assert (job["state"], job["faults"], job["has_faults_file"]) == ("faulty", 5, True)
    assert await clerk.drafts() == []

    await clerk.market.producer()
    job = await clerk.imported(csv_of(*good, lot_line(lot_number="DS-9", price_fen="面议")))
    (fault,) = await clerk.faults(job)
    assert (fault["sheet"], fault["row"], fault["cell"], fault["value"]) == ("lots", 5, "I5", "面议")
    assert "29.90" in fault["zh"]
    assert "yuan" in fault["en"]
    assert await clerk.drafts() == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_the_refused_rows_come_back_with_reasons_and_can_be_mended_and_sent_again(
    clerk: Clerk, kind: str
) -> None:
    await clerk.market.producer()
    rows = [lot_line(), lot_line(lot_number="DS-2", net_grams="5斤"), lot_line(lot_number="DS-3", price_fen="")]
    job = await clerk.imported(csv_of(*rows) if kind == "csv" else xlsx_of(*rows))
    returned = await clerk.file(f"/imports/{job['id']}/faults-file")
    sheet = lots_of(returned)
    assert [row.values.get("lot_number") for row in sheet.rows] == ["DS-2", "DS-3"]
    assert sheet.headings[:2] == ["原因", "Reason"]
    assert "K3：重量以克为单位" in str(sheet.rows[0].cells[0])
    assert "I4: This cell must be filled in." in str(sheet.rows[1].cells[1])

    mended = [[*row.cells[:2], *row.cells[2:]] for row in sheet.rows]
    mended[0][2 + 10], mended[1][2 + 8] = "2500", "29.90"
    lines = [
        ",".join(sheet.headings),
        *(",".join('"' + str(cell).replace('"', "") + '"' for cell in row) for row in mended),
    ]
    job = await clerk.imported("\n".join(lines).encode())
    assert (job["state"], job["counts"]["lots_new"]) == ("done", 2)


async def test_the_same_lot_twice_in_a_file_is_refused_with_both_rows(clerk: Clerk) -> None:
    await clerk.market.producer()
    job = await clerk.imported(csv_of(lot_line(), lot_line(lot_number="DS-2"), lot_line(price_fen="31")))
    (fault,) = await clerk.faults(job)
    assert (fault["row"], fault["cell"]) == (4, "B4")
    assert "第 2 行" in fault["zh"]


async def test_the_same_producer_twice_in_a_file_is_refused(clerk: Clerk) -> None:
    job = await clerk.imported(csv_of(producer_line(), producer_line(name="另一个"), sheet="producers"))
    (fault,) = await clerk.faults(job)
    assert (fault["row"], fault["cell"]) == (3, "A3")


@pytest.mark.parametrize(
    ("more", "cell", "said"),
    [
        ({"region_code": "110101"}, "C2", "不在您可办理的地区"),
        ({"region_code": "999999"}, "C2", "没有代码为"),
        ({"specialty": "砀山苹果"}, "D2", "现有：砀山酥梨"),
        ({"category_code": "fruit.apple"}, "D2", "没有特产"),
        ({"uscc": CODES[1]}, "A2", "没有代码为"),
        ({"origin_region_code": "123"}, "S2", "六位"),
        ({"offered_units": "0"}, "L2", "不得小于"),
        ({"price_fen": "99999999"}, "I2", "不得大于"),
        ({"variety": "长" * 300}, "M2", "最多 200"),
    ],
    ids=["foreign", "unknown", "specialty", "category", "producer", "origin", "none", "dear", "long"],
)
async def test_a_row_that_cannot_be_is_refused_at_its_cell(clerk: Clerk, more: Json, cell: str, said: str) -> None:
    await clerk.market.producer()
    job = await clerk.imported(csv_of(lot_line(**more)))
    faults = await clerk.faults(job)
    assert [fault["cell"] for fault in faults] == [cell]
    assert said in faults[0]["zh"]
    assert faults[0]["en"]


@pytest.mark.parametrize(
    ("more", "said"),
    [({"season": "2027"}, "2026"), ({"event_id": "E3"}, "E2"), ({"title_zh": "另一标题"}, "砀山酥梨 2026")],
    ids=["season", "event", "title"],
)
async def test_a_known_lot_does_not_move_to_another_listing(clerk: Clerk, more: Json, said: str) -> None:
    await clerk.market.producer()
    await clerk.imported(csv_of(lot_line()))
    (fault,) = await clerk.faults(await clerk.imported(csv_of(lot_line(**more))))
    assert said in fault["zh"]


async def test_a_malformed_code_of_a_new_producer_is_refused_and_a_wrong_check_digit_remarked_on(clerk: Clerk) -> None:
    wrong = "93341321MA8DM0A15X"
    job = await clerk.imported(csv_of(producer_line(uscc="12345"), producer_line(uscc=wrong), sheet="producers"))
    (fault,) = await clerk.faults(job)
    assert (fault["cell"], fault["value"]) == ("A2", "12345")
    assert any(wrong in remark["zh"] for remark in job["remarks"])


async def test_a_producer_of_another_county_is_not_changed(clerk: Clerk) -> None:
    elsewhere = clerk.market.headers(scopes=("110101",))
    body = {"region_code": "110101", "name": "东城演示合作社", "uscc": CODES[0], "seller_type": "registered"}
    await clerk.market.post("/producers", body, headers=elsewhere)
    (fault,) = await clerk.faults(await clerk.imported(csv_of(producer_line(), sheet="producers")))
    assert fault["cell"] == "A2"


async def test_a_lot_that_a_filing_holds_is_not_changed(clerk: Clerk) -> None:
    await clerk.market.producer()
    await clerk.imported(csv_of(lot_line()))
    (draft,) = await clerk.drafts()
    submitted = await clerk.market.post(f"/listings/{draft.id}/submit", {})
    await clerk.market.decide(submitted)
    submitted = await clerk.market.get(f"/listings/{draft.id}/draft")
    await clerk.service.hear(filing(submitted, [submitted["draft"]["lots"][0]["id"]]))
    unchanged = await clerk.imported(csv_of(lot_line()))
    assert unchanged["state"] == "done"
    (fault,) = await clerk.faults(await clerk.imported(csv_of(lot_line(price_fen="31"))))
    assert (fault["cell"], "直播申报" in fault["zh"]) == ("B2", True)


async def test_identifying_values_are_kept_as_tokens_and_the_upload_is_forgotten(clerk: Clerk) -> None:
    job = await clerk.imported(csv_of(producer_line(phone="13812345678", legal_rep="张三"), sheet="producers"))
    database, sheets = clerk.service.database, clerk.service.app.state.sheets
    async with database.sessions() as db:
        (row,) = (await db.execute(sa.select(Producer))).scalars()
    assert "13812345678" not in str(row.model_dump())
    assert "张三" not in str(row.model_dump())
    assert [digest async for digest in sheets.digests()] != []
    await forget_files(database, sheets, clock.now())
    assert [digest async for digest in sheets.digests()] == []
    assert (await clerk.market.get(f"/imports/{job['id']}"))["state"] == "done"
    assert b"13812345678" not in await clerk.exported(format="csv", sheet="producers")


async def test_a_tried_file_is_kept_a_day_and_the_refused_rows_a_week(clerk: Clerk) -> None:
    database, sheets = clerk.service.database, clerk.service.app.state.sheets
    tried = await clerk.imported(csv_of(producer_line(), sheet="producers"), dry_run=True)
    faulty = await clerk.imported(csv_of(lot_line()))
    await forget_files(database, sheets, clock.now() + timedelta(hours=23))
    assert (await clerk.market.get(f"/imports/{tried['id']}"))["may_run"] is True
    await forget_files(database, sheets, clock.now() + timedelta(hours=25))
    await clerk.market.post(f"/imports/{tried['id']}/run", {}, 409)
    assert await clerk.file(f"/imports/{faulty['id']}/faults-file")
    await forget_files(database, sheets, clock.now() + timedelta(days=8))
    await clerk.market.get(f"/imports/{faulty['id']}/faults-file", 404)
    assert [digest async for digest in sheets.digests()] == []


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@pytest.mark.parametrize("language", ["zh", "en"])
async def test_an_export_sent_back_changes_nothing(clerk: Clerk, kind: str, language: str) -> None:
    household = {"region_code": DANGSHAN, "name": "演示农户", "seller_type": "farmer_exempt", "kind": "household"}
    await clerk.market.post("/producers", household)
    await clerk.imported(
        xlsx_of(
            lot_line(harvested_on="2026-09-20", packaging="预包装", cold_stored="是", certificate_number="HG-1"),
            producers=[producer_line(phone="13800000001", contact="-0557", members="120")],
        )
    )
    assert len(await clerk.drafts()) == 1
    for sheet in ("producers", "lots"):
        data = await clerk.exported(format=kind, sheet=sheet, language=language)
        tried = await clerk.imported(data, dry_run=True)
        assert (tried["state"], tried["problem"], await clerk.faults(tried)) == ("checked", None, [])
        assert {name for name, count in tried["counts"].items() if count and not name.endswith("_unchanged")} == set()
        job = await clerk.imported(data)
        assert (job["state"], job["problem"], await clerk.faults(job)) == ("done", None, [])
        changed = {name for name, count in job["counts"].items() if count and not name.endswith("_unchanged")}
        assert changed == set()


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
async def test_the_template_is_there_for_everybody_and_empty(clerk: Clerk, kind: str) -> None:
    answer = await clerk.market.client.get("/imports/template", params={"format": kind, "language": "zh"})
    assert answer.status_code == 200
    job = await clerk.imported(answer.content)
    assert (job["state"], job["problem"]["type"]) == ("refused", "sheet-empty")


@pytest.mark.parametrize(
    ("data", "status", "kind"),
    [
        (b"", 422, "sheet-empty"),
        (b"MZ\x90\x00\x03" + bytes(100), 415, "sheet-type-refused"),
        (b"PK\x03\x04broken", 422, "sheet-unreadable"),
    ],
    ids=["empty", "executable", "broken"],
)
async def test_what_is_no_spreadsheet_is_refused_at_the_door(clerk: Clerk, data: bytes, status: int, kind: str) -> None:
    problem = await clerk.send(data, status, name="批次.xlsx")
    assert problem["type"].endswith(kind)
    assert problem["detail"]


async def test_one_row_too_many_refuses_the_file_and_imports_nothing(clerk: Clerk) -> None:
    await clerk.market.producer()
    job = await clerk.imported(csv_of(*([lot_line()] * 50_001)))
    assert (job["state"], job["problem"]["type"]) == ("refused", "sheet-too-large")
    assert "50,000" in job["problem"]["detail_en"]
    assert "50,000" in job["problem"]["detail_zh"]
    assert await clerk.drafts() == []


async def test_an_import_is_seen_by_its_county_and_by_nobody_else(clerk: Clerk) -> None:
    job = await clerk.imported(csv_of(lot_line()))
    path = f"/imports/{job['id']}"
    people: tuple[tuple[dict[str, Any], int], ...] = (
        ({"scopes": (DANGSHAN,), "account_id": "colleague"}, 200),
        ({"scopes": ("340000",), "account_id": "province"}, 200),
        ({"scopes": ("110101",), "account_id": "stranger"}, 404),
    )
    for who, status in people:
        headers = clerk.market.headers(**who)
        for address in (path, f"{path}/faults", f"{path}/faults-file"):
            assert (await clerk.market.client.get(address, headers=headers)).status_code == status, who
    assert (await clerk.market.client.get(path)).status_code == 401
    assert (await clerk.market.client.get(path, headers=clerk.market.headers("buyer"))).status_code == 403
    assert [each["id"] for each in (await clerk.market.get("/imports"))["items"]] == [job["id"]]


async def test_faults_are_read_page_by_page(clerk: Clerk) -> None:
    job = await clerk.imported(csv_of(*(lot_line(lot_number=f"DS-{number}") for number in range(7))))
    seen, cursor = [], None
    while True:
        page = await clerk.market.get(f"/imports/{job['id']}/faults", limit=3, **({"cursor": cursor} if cursor else {}))
        seen += [fault["row"] for fault in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [2, 3, 4, 5, 6, 7, 8]


async def test_two_processes_never_carry_out_one_import_and_a_dead_one_lets_it_go(committing_market: Market) -> None:
    clerk = Clerk(committing_market)
    await committing_market.specialty()
    job = await clerk.send(xlsx_of(lot_line(), producers=[producer_line()]))
    database = clerk.service.database
    async with database.sessions() as dying:
        assert await claim_import(dying) is not None
        await note_progress(database, job["id"], "comparing", 1, 2, attempt=True)
        assert await clerk.carry() is False
        running = await committing_market.get(f"/imports/{job['id']}")
        assert (running["state"], running["phase"], running["done"], running["total"]) == ("running", "comparing", 1, 2)
        await dying.rollback()
    assert await clerk.carry() is True
    assert (await committing_market.get(f"/imports/{job['id']}"))["state"] == "done"
    assert len(await clerk.drafts()) == 1


async def test_a_file_that_killed_every_process_is_given_up(committing_market: Market) -> None:
    clerk = Clerk(committing_market)
    job = await clerk.send(csv_of(lot_line()))
    for _ in range(MOST_ATTEMPTS):
        await note_progress(clerk.service.database, job["id"], "reading", attempt=True)
    await clerk.carry()
    refused = await committing_market.get(f"/imports/{job['id']}")
    assert (refused["state"], refused["problem"]["type"]) == ("refused", "import-given-up")


async def test_two_imports_of_one_county_at_once_enter_every_lot_once(committing_market: Market) -> None:
    clerk = Clerk(committing_market)
    await committing_market.specialty()
    data = xlsx_of(*(lot_line(lot_number=f"DS-{number}") for number in range(20)), producers=[producer_line()])
    jobs = [await clerk.send(data), await clerk.send(data)]
    await asyncio.gather(clerk.carry(), clerk.carry(), return_exceptions=True)
    while await clerk.carry():
        pass
    assert {(await committing_market.get(f"/imports/{job['id']}"))["state"] for job in jobs} == {"done"}
    assert sum(len(draft.draft["lots"]) for draft in await clerk.drafts()) == 20


async def test_the_service_carries_imports_out_by_itself(committing_market: Market) -> None:
    clerk = Clerk(committing_market)
    await committing_market.specialty()
    job = await clerk.send(xlsx_of(lot_line(), producers=[producer_line()]))
    loop = asyncio.create_task(carry_imports(clerk.service.app))
    try:
        async with asyncio.timeout(20):
            while (await committing_market.get(f"/imports/{job['id']}"))["state"] != "done":  # noqa: ASYNC110  It is watched as a browser would.
                await asyncio.sleep(0.05)
    finally:
        loop.cancel()


async def test_an_imported_producer_applies_for_admission_like_one_that_was_typed(clerk: Clerk) -> None:
    await clerk.imported(csv_of(producer_line(), sheet="producers"))
    (event,) = await clerk.service.said("catalog.producer.changed")
    assert (event["uscc"], event["admission"]) == (CODES[0], "applied")
    producer = await clerk.market.get(f"/producers/{event['entity_id']}")
    assert producer["admission"]["state"] == "applied"


async def test_every_import_leaves_its_edits(clerk: Clerk) -> None:
    await clerk.imported(xlsx_of(lot_line(), producers=[producer_line()]))
    (draft,) = await clerk.drafts()
    await clerk.imported(csv_of(lot_line(price_fen="31")))
    edits = (await clerk.market.get(f"/edits/listing/{draft.id}"))["items"]
    assert [edit["action"] for edit in edits] == ["changed", "entered"]
    (change,) = edits[0]["changes"]
    assert (change["field"], change["before"], change["after"]) == ("lots[DS-1].price_fen", 2990, 3100)
    assert "导入" in edits[0]["why"]


async def test_only_the_first_thousands_of_faults_are_kept_one_by_one(clerk: Clerk) -> None:
    job = await clerk.imported(csv_of(*(lot_line(lot_number=f"DS-{number}") for number in range(5_100))))
    assert job["faults"] == 5_100
    async with clerk.service.database.sessions() as db:
        assert await db.scalar(sa.select(sa.func.count()).select_from(ImportFault)) == 5_000
    assert len(lots_of(await clerk.file(f"/imports/{job['id']}/faults-file")).rows) == 5_100
