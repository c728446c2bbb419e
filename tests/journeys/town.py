"""The whole market as a test meets it: over HTTP, through the gateway, with the demonstration data in place."""

import json
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import asyncpg
import httpx

from deploy.seed.book import Book
from deploy.seed.desk import Desk
from deploy.seed.filings import Cast, filing_body, wait_for_preview
from deploy.seed.market import Json, Market
from deploy.stack import Stack


class Town:
    """The running system, the demo people who act in it, and the ids of what the seed loaded."""

    def __init__(self, stack: Stack, market: Market, passwords: dict[str, str]) -> None:
        self.stack = stack
        self.market = market
        self.passwords = passwords
        self.signed_up: dict[str, Any] = {}
        self.desk = Desk(market, Book(stack.state / "seed-of-the-tests.json"), print)
        self.ids: dict[str, Any] = json.loads((stack.state / "seed.json").read_text())["done"]

    async def listing(self, key: str, who: str) -> Json:
        """A listing of the demonstration data with its lots and their answers."""
        return await self.market.get(f"/listings/{self.ids[f'listing:{key}']}", who)

    async def filing(self, key: str, who: str) -> Json:
        """A filing of the demonstration data, whole."""
        return await self.market.get(f"/filings/{self.ids[f'filing:{key}']}", who)

    async def decision(self, decision_id: str, who: str | None = None) -> Json:
        """A stored decision."""
        return await self.market.get(f"/decisions/{decision_id}", who)

    async def lot_decisions(self, key: str, who: str) -> list[Json]:
        """The decision on every lot of a listing."""
        lots = (await self.listing(key, who))["lots"]
        return [await self.decision(lot["decision"]["decision_id"], who) for lot in lots]

    async def asked_at(self, decision: Json, at: str, **changes: Any) -> Json:
        """The same facts asked at another moment, publicly; the answer is a trial."""
        body = {"stage": decision["stage"], "at": at, "facts": {**decision["facts"], **changes}, "trial": True}
        return await self.check(body)

    async def check(self, body: Json) -> Json:
        """Ask the gate as anybody may."""
        answer = await self.post("/checks", body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def post(
        self, path: str, body: Any = None, who: str | None = None, *, at: str | None = None, **headers: str
    ) -> httpx.Response:
        """A POST whose refusal is of interest."""
        return await self.send("POST", path, body, who, at=at, **headers)

    async def send(
        self, method: str, path: str, body: Any = None, who: str | None = None, *, at: str | None = None, **headers: str
    ) -> httpx.Response:
        """Any call, once, whatever comes of it."""
        sent = {"Accept-Language": "en", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if who is not None:
            sent["Authorization"] = f"Bearer {await self.market.token(who)}"
        if at is not None:
            sent["Sunfair-Clock"] = at
        content = None if body is None else json.dumps(body, ensure_ascii=False, default=_text).encode()
        sent |= {"Content-Type": "application/json"} if content is not None else {}
        return await self.market.http.request(method, path, content=content, headers=sent)

    async def as_owner(self, sql: str, *values: Any) -> None:
        """What the owner of the machine may do to the database."""
        await as_owner(self.stack, sql, *values)

    async def seen_by_owner(self, sql: str, *values: Any) -> asyncpg.Record:
        """One row of what the owner of the machine sees in the database."""
        return await seen_by_owner(self.stack, sql, *values)

    def demo_case(self, starts_at: str, filed_at: str, title: str) -> Json:
        """A filing of the Demonstration County for May 2020, as an operator would write it."""
        return {
            "by": "demo-operator",
            "starts_at": starts_at,
            "at": filed_at,
            "title_zh": f"演示县酥梨（{title}）",
            "title_en": f"Demonstration County Pears ({title})",
            "script": "大家好，这里是演示县。今天先讲讲我们的梨园和冷库，再由主播介绍各批次。",
        }

    async def demo_cast(self) -> Cast:
        """Who appears in such a filing, and the lots that go to market."""
        draft = await self.market.get(f"/listings/{self.ids['listing:S13']}/draft", "demo-operator")
        lots = [lot["id"] for lot in draft["draft"]["lots"]]
        return Cast(
            official_id=self.ids["official:demo-deputy"],
            host_id=self.ids["host:999901:demo-host"],
            sales_ids=[self.ids["sales:demo-pear-2020-04-26T15:00"]],
            listings=[{"listing_id": self.ids["listing:S13"], "lot_ids": lots}],
        )

    async def draft_filing(self, case: Json, key: str, notices: Iterable[Json] = (), **said: Any) -> str:
        """Write a filing and answer its id; `said` stands in place of what an ordinary filing says."""
        body = filing_body(case, await self.demo_cast(), list(notices)) | said
        at = datetime.fromisoformat(case["at"])
        made = await self.market.write("POST", "/filings", body, case["by"], at=at, key=f"draft-{key}")
        return str(made["id"])

    async def submit_filing(self, case: Json, key: str, notices: Iterable[Json] = (), **said: Any) -> Json:
        """Write and submit a filing, and answer it once the gate has given its preview."""
        filing_id = await self.draft_filing(case, key, notices, **said)
        at = datetime.fromisoformat(case["at"])
        path = f"/filings/{filing_id}/submit"
        await self.market.write("POST", path, None, case["by"], at=at, key=f"submit-{key}")
        return await self.preview(filing_id, case["by"])

    async def preview(self, filing_id: str, who: str) -> Json:
        """The filing once it has its preview."""
        return await wait_for_preview(self.desk, filing_id, who)


async def as_owner(stack: Stack, sql: str, *values: Any) -> None:
    """What the owner of a machine may do to its database: let time pass, or attack it."""
    async with _connected(stack) as connection:
        await connection.execute(sql, *values)


async def seen_by_owner(stack: Stack, sql: str, *values: Any) -> asyncpg.Record:
    """One row of what the owner of a machine sees in its database. Raises ValueError where there is none."""
    async with _connected(stack) as connection:
        row = await connection.fetchrow(sql, *values)
    if row is None:
        raise ValueError("There is no such row.")
    return row


@asynccontextmanager
async def _connected(stack: Stack) -> AsyncIterator[asyncpg.Connection]:
    assert stack.postgres is not None
    connection = await asyncpg.connect(stack.postgres.admin_url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        await connection.close()


def failed(decision: Json) -> dict[str, str]:
    """Rule → reason code of everything that failed; what our own records lack is no rule of law and left out."""
    return {
        result["rule"]: result["reason_code"]
        for result in decision["results"]
        if result["result"] == "fail" and not result["rule"].startswith("gate.")
    }


def held(decision: Json) -> dict[str, str]:
    """Rule → reason code of everything that waits for a person."""
    return {result["rule"]: result["reason_code"] for result in decision["results"] if result["result"] == "review"}


def result_of(decision: Json, rule: str) -> Json:
    """What one rule answered."""
    return next(dict(result) for result in decision["results"] if result["rule"] == rule)


def _text(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(type(value).__name__)
