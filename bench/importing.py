"""Importing fifty thousand lots from a spreadsheet, beside the least that could do it: reading the file, and COPY.

Also: the readers that were weighed, where they are installed, and the same file a second time, which changes nothing.
"""

import argparse
import asyncio
import importlib
import importlib.util
import io
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import sqlalchemy as sa
from python_calamine import CalamineWorkbook
from sqlmodel import col, select

from bench.load import SECRET, postgres
from services.catalog.actions.imports import carry_import
from services.catalog.actions.imports.jobs import start_import
from services.catalog.domain.sheets.columns import COLUMNS
from services.catalog.domain.sheets.writing import filled_sheet, write_sheets
from services.catalog.models import ImportJob, Specialty
from services.contracts.values import uscc_check_digit
from services.kit import clock
from services.kit.actor import Actor
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.kit.ids import new_id

COUNTY = "341321"
CLERK = Actor("clerk", "person", "Clerk", frozenset({"operator"}), (COUNTY,), "砀山县商务局")
LOTS_EACH = 50

Row = list[Any]


def code_of(number: int) -> str:
    """The social credit code of an invented cooperative."""
    body = f"93341321MA{number:07d}"
    return body + uscc_check_digit(body)


def producer_rows(count: int) -> Iterator[Row]:
    for number in range(count):
        values = {
            "uscc": code_of(number),
            "region_code": COUNTY,
            "name": f"砀山演示第{number}农民专业合作社",
            "address": f"安徽省宿州市砀山县演示路{number}号",
            "contact": f"0557-{number:07d}",
            "phone": f"138{number:08d}",
            "legal_rep": f"演示法人{number}",
            "members": 120,
        }
        yield [values.get(column.field) for column in COLUMNS["producers"]]


def lot_rows(count: int) -> Iterator[Row]:
    for number in range(count):
        values = {
            "uscc": code_of(number // LOTS_EACH),
            "lot_number": f"DS-2026-{number:06d}",
            "region_code": COUNTY,
            "specialty": "砀山酥梨",
            "season": "2026",
            "event_id": "E2",
            "price_fen": 29.9 + number % 50,
            "price_unit": "箱",
            "net_grams": 2500,
            "offered_units": 100 + number % 900,
            "variety": "酥梨",
            "specification": "单果 250 克以上，5 斤装",
            "grade": "一级",
            "packaging": "预包装",
            "harvested_on": "2026-09-20",
            "cold_stored": "是",
            "weight_basis": "净重",
            "freight_fen": 0,
            "farm_gate_fen": 12.5,
            "certificate_number": f"HG-{number:06d}",
            "certificate_issued_on": "2026-09-21",
            "delivery_region_codes": "340000、310000、320000",
            "description_zh": "果大皮薄，汁多味甜，现摘现发。",
        }
        yield [values.get(column.field) for column in COLUMNS["lots"]]


def say(name: str, seconds: float, rows: int, more: str = "") -> None:
    print(f"{name:44} {seconds:7.2f} s   {rows / seconds:9,.0f} rows a second   {more}", flush=True)


def floor_of_reading(data: bytes) -> tuple[list[Row], float]:
    """Only what the reader does: every cell of every sheet."""
    began = time.perf_counter()
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    rows = [row for place in range(2) for row in book.get_sheet_by_index(place).iter_rows()]
    return rows, time.perf_counter() - began


async def floor_of_copying(url: str, rows: Sequence[Row]) -> float:
    """Only what the database does: the cells as one text column a row, in one COPY."""
    db = await asyncpg.connect(url.replace("+asyncpg", ""))
    await db.execute("CREATE TEMP TABLE raw (cells text)")
    began = time.perf_counter()
    await db.copy_records_to_table("raw", records=[("\t".join(map(str, row)),) for row in rows])
    took = time.perf_counter() - began
    await db.close()
    return took


def weigh_readers(data: bytes, count: int) -> None:
    """The other reader that was considered, where somebody has installed it."""
    if not importlib.util.find_spec("openpyxl"):
        print("openpyxl is not installed: it was not measured.")
        return
    began = time.perf_counter()
    book = importlib.import_module("openpyxl").load_workbook(io.BytesIO(data), read_only=True)
    for page in book.worksheets:
        for _ in page.iter_rows(values_only=True):
            pass
    say("openpyxl, read only", time.perf_counter() - began, count)


async def carried(database: Database, blobs: BlobStore, name: str, data: bytes, count: int, *, dry_run: bool) -> None:
    async with database.sessions.begin() as db:
        await start_import(db, blobs, CLERK, name, data, dry_run=dry_run)
    began = time.perf_counter()
    await carry_import(database, blobs, SECRET)
    took = time.perf_counter() - began
    async with database.sessions() as db:
        job = (await db.exec(select(ImportJob).order_by(sa.desc(col(ImportJob.id))).limit(1))).one()
    done = ", ".join(f"{each} {number:,}" for each, number in job.counts.items() if number)
    what = "dry run" if dry_run else "imported"
    say(f"{name} {what}", took, count, f"{job.state}: {done or job.problem or job.faults}")


async def run(count: int) -> None:
    producers = -(-count // LOTS_EACH)
    whole = count + producers
    sheets = [filled_sheet("producers", "zh", producer_rows(producers)), filled_sheet("lots", "zh", lot_rows(count))]
    began = time.perf_counter()
    data = write_sheets("xlsx", sheets)
    say("writing the workbook (as an export does)", time.perf_counter() - began, whole, f"{len(data) / 1e6:.1f} MB")
    with tempfile.TemporaryDirectory(prefix="sunfair-importing-") as folder:
        async with postgres(Path(folder) / "postgres") as server:
            url = server.url("catalog_app", f"catalog-{SECRET}", "postgres")
            rows, reading = floor_of_reading(data)
            say("floor: the reader alone", reading, whole)
            copying = await floor_of_copying(url, rows)
            say("floor: COPY alone", copying, whole)
            weigh_readers(data, whole)
            database = Database.connect(url, "catalog")
            blobs = BlobStore(f"file://{folder}/sheets")
            await enter_specialty(database)
            await carried(database, blobs, "批次.xlsx", data, whole, dry_run=True)
            await carried(database, blobs, "批次.xlsx", data, whole, dry_run=False)
            await carried(database, blobs, "批次.xlsx", data, whole, dry_run=False)
            text = write_sheets("csv", [filled_sheet("lots", "zh", lot_rows(count))])
            await carried(database, blobs, "批次.csv", text, count, dry_run=False)
            await database.close()
    print(
        f"The floor together is {reading + copying:.2f} s: what lies above it is reading cells strictly and comparing."
    )


async def enter_specialty(database: Database) -> None:
    async with database.sessions.begin() as db:
        db.add(
            Specialty(
                id=new_id(),
                version=1,
                region_code=COUNTY,
                category_code="fruit.pear.su",
                name_zh="砀山酥梨",
                name_en="Dangshan Su pear",
                description_zh="",
                description_en="",
                season_months=[9, 10, 11],
                opening_days=[],
                mark_ids=[],
                created_by="clerk",
                updated_at=clock.now(),
            )
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=50_000, help="rows in the sheet of lots, at most 50,000")
    asyncio.run(run(min(parser.parse_args().rows, 50_000)))


if __name__ == "__main__":
    main()
