"""What a stand-in has yet to do, kept in its file so that a restart forgets nothing: callbacks, late money, scans."""

import asyncio
import json
import logging
import secrets
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from deploy.sandbox.settings import Behaviour
from services.kit import clock
from services.kit.ids import new_id
from services.kit.webhooks import Sender, signed_headers

log = logging.getLogger(__name__)

Work = Callable[[dict[str, Any]], Awaitable[None]]

# How long to wait after each failed attempt to deliver; after the last one the callback is given up.
PAUSES_MS = (500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 300_000, 900_000, 3_600_000)
LOOK_EVERY_SECONDS = 0.02
AT_ONCE = 50


def now_ms() -> int:
    """Milliseconds since 1970 UTC."""
    return int(clock.now().timestamp() * 1000)


def written(milliseconds: int) -> str:
    """The instant as RFC 3339."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(timespec="milliseconds")


def open_file(path: Path, tables: str) -> sqlite3.Connection:
    """The stand-in's file, made with its tables when it is not there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    db.row_factory = sqlite3.Row
    db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 3000;" + tables)
    db.execute("CREATE TABLE IF NOT EXISTS agenda (id TEXT PRIMARY KEY, due_ms INTEGER, kind TEXT, work TEXT)")
    db.execute("CREATE INDEX IF NOT EXISTS ix_agenda ON agenda (due_ms)")
    return db


class Agenda:
    """Due work in order of its time; callbacks are one kind of it."""

    def __init__(self, db: sqlite3.Connection, secret: str, behaviour: Behaviour) -> None:
        self.db = db
        self.secret = secret
        self.behaviour = behaviour
        self.kinds: dict[str, Work] = {"call": self._call}
        self.sender: Sender | None = None
        self.told = 0

    def put(self, due_ms: int, kind: str, work: dict[str, Any]) -> None:
        """Do this at that time."""
        self.db.execute("INSERT INTO agenda VALUES (?, ?, ?, ?)", (new_id(), due_ms, kind, json.dumps(work)))

    def tell(self, url: str, event: str, data: dict[str, Any]) -> None:
        """Call back, with the delays, repetitions and losses of the present behaviour."""
        self.told += 1
        how = self.behaviour
        if how.lose_every and self.told % how.lose_every == 0:
            return
        message = {"id": f"msg_{new_id()}", "type": event, "timestamp": written(now_ms()), "data": data}
        work = {"url": url, "id": message["id"], "body": json.dumps(message, ensure_ascii=False), "attempts": 0}
        for copy in range(1 + how.duplicates):
            wait = secrets.randbelow(1 + 4 * how.delay_ms) if how.shuffle else how.delay_ms * (1 + copy)
            self.put(now_ms() + wait, "call", work)

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Able to call back meanwhile."""
        async with Sender(private=True) as self.sender:
            yield

    async def run(self) -> None:
        """Do what is due, for ever."""
        async with self.open():
            while True:
                await self.do_due()
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def do_due(self) -> int:
        """Do what is due now; how much it was."""
        due = self.db.execute(
            "SELECT id, kind, work FROM agenda WHERE due_ms <= ? ORDER BY due_ms, id LIMIT ?", (now_ms(), AT_ONCE)
        ).fetchall()
        calls = [row for row in due if row["kind"] == "call"]
        for row in due:
            if row["kind"] != "call":
                await self._do(row)
        await asyncio.gather(*(self._do(row) for row in calls))
        return len(due)

    async def _do(self, row: sqlite3.Row) -> None:
        await self.kinds[row["kind"]](json.loads(row["work"]))
        self.db.execute("DELETE FROM agenda WHERE id = ?", (row["id"],))

    async def _call(self, work: dict[str, Any]) -> None:
        """One attempt; what failed is put down again for later."""
        body = work["body"].encode()
        if self.sender is None:
            return
        attempt = await self.sender.send(
            work["url"], signed_headers([self.secret], work["id"], clock.now(), body), body
        )
        if attempt.delivered or attempt.gone:
            return
        attempts = work["attempts"] + 1
        log.warning("callback %s: %s", work["id"], attempt.status or attempt.error)
        if attempts <= len(PAUSES_MS):
            self.put(now_ms() + PAUSES_MS[attempts - 1], "call", work | {"attempts": attempts})


__all__ = ["Agenda", "now_ms", "open_file", "written"]
