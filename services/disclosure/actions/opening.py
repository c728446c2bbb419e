"""Open data makes itself: when a month's releases change, its files are made anew; nobody asks for it."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from services.contracts.values import SHANGHAI, shanghai_day
from services.disclosure.actions.surroundings import Surroundings
from services.disclosure.domain.open_data.packing import File, files_of, layout, media_type
from services.disclosure.schemas.open_data import FileOut, MonthOut, MonthsOut
from services.disclosure.store import open_data as store
from services.kit import clock
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.kit.problem import NotFound

MOST_MONTHS = 600


def month_of(ended_at: datetime) -> str:
    """The month, in China, to which a broadcast belongs for ever: that of its end."""
    return shanghai_day(ended_at).isoformat()[:7]


def bounds(month: str) -> tuple[datetime, datetime]:
    """From when to before when a month lasts."""
    year, number = map(int, month.split("-"))
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return datetime(year, number, 1, tzinfo=SHANGHAI), datetime(*following, 1, tzinfo=SHANGHAI)


def shelf_of(around: Surroundings) -> BlobStore:
    """Where the files lie."""
    return BlobStore(f"{around.settings.blobs.rstrip('/')}/open-data")


async def mark_old_layouts(database: Database) -> None:
    """Months whose files were made in another way than they are now are made anew."""
    async with database.sessions.begin() as db:
        await store.note_layout(db, layout(), clock.now())


async def make_next_month(database: Database, shelf: BlobStore) -> str | None:
    """Make the files of one month that is behind its releases; the month, or None when none is behind."""
    async with database.sessions.begin() as db:
        found = await store.take_stale(db)
        if found is None:
            return None
        month, seen = found.month, found.stale_at
        before = {file["sha256"] for file in found.files}
        bodies = await store.list_bodies(db, *bounds(month))
        made = await asyncio.to_thread(lambda: list(files_of(bodies)))
        files = [await _kept(shelf, file) for file in made]
        broadcasts = await asyncio.to_thread(_broadcasts_in, made)
        counts = {"releases": len(bodies), "broadcasts": broadcasts}
        await store.save_files(db, month, seen, files=files, made_at=clock.now(), made_with=layout(), **counts)
        left = before - {file["sha256"] for file in files} - await store.named_elsewhere(db, month)
    for digest in left:
        await shelf.delete(digest)
    return month


async def _kept(shelf: BlobStore, file: File) -> dict[str, Any]:
    digest = await shelf.put(file.data)
    return {"name": file.name, "bytes": len(file.data), "sha256": digest}


def _broadcasts_in(made: list[File]) -> int:
    lines = next(file.data for file in made if file.name == "broadcasts.jsonl")
    return lines.count(b"\n")


async def list_months(database: Database) -> MonthsOut:
    """Months with their files, the newest first."""
    rows = await store.list_months(database, MOST_MONTHS)
    return MonthsOut(items=[_month({**row, "files": store.files_in(row)}) for row in rows])


async def get_month(database: Database, month: str) -> MonthOut:
    """One month. Raises NotFound."""
    return _month(await _found(database, month))


async def get_file(database: Database, shelf: BlobStore, month: str, name: str) -> tuple[Mapping[str, Any], bytes]:
    """A file of a month: what is known of it, and its bytes. Raises NotFound, which names the files there are."""
    # Between looking it up and reading it, a file may have been made anew: then it is looked up once more.
    for _ in range(2):
        found = await _found(database, month)
        file = next((each for each in found["files"] if each["name"] == name), None)
        if file is None:
            known = ", ".join(each["name"] for each in found["files"])
            raise NotFound(f"There is no file {name}. There are: {known}.", f"没有文件 {name}。现有：{known}。")
        data = await shelf.get(file["sha256"])
        if data is not None:
            return {**file, "made_at": found["made_at"], "media_type": media_type(name)}, data
    raise NotFound("The file is being made anew. Ask again in a moment.", "文件正在重新生成，请稍后再试。")


async def _found(database: Database, month: str) -> Mapping[str, Any]:
    found = await store.find_month(database, month)
    if found is None:
        raise NotFound(
            f"There are no files of {month}: no broadcast that ended in it has a record yet.",
            f"{month} 没有数据文件：当月结束的直播尚无公开记录。",
        )
    return found


def _month(row: Mapping[str, Any]) -> MonthOut:
    files = [
        FileOut(
            **file,
            media_type=media_type(file["name"]),
            href=f"/api/v1/open-data/{row['month']}/{file['name']}",
        )
        for file in row["files"]
    ]
    said = {name: row[name] for name in ("month", "made_at", "current", "releases", "broadcasts")}
    return MonthOut(**said, files=files)
