"""Trying a filing against the gate before it is filed."""

import asyncio

from gateway.clients import Json
from gateway.pages.frame import Page
from gateway.pages.market import item
from gateway.views import findings
from services.contracts.categories import category_within

SHARED = ("subject", "suppliers", "open_call", "marks", "context")


async def try_filing(page: Page, filing: Json) -> list[tuple[str, Json]]:
    """What the gate would answer, once for each listing: (title of the listing, decision).

    The people in the case and the approval are known only to the gate, and only later: what merely asks for them is
    left out of the answer.
    """
    content = filing["content"]
    told, evidence = await asyncio.gather(
        page.broadcast.get(f"{item('filings', filing['id'])}/facts"), _evidence(page, content["slow_sales_ids"])
    )
    goods = await asyncio.gather(*(_goods(page, each["listing_id"]) for each in content["listings"]))
    asked = [{**told["facts"], **each, **_sales(evidence, each)} for each in goods or [{}]]
    bodies = [{"stage": "filing", "trial": True, "facts": facts} for facts in asked]
    answers = await asyncio.gather(*(page.compliance.send("POST", "/checks", body) for body in bodies))
    names = [facts.get("subject", {}).get("display_name", "") for facts in asked]
    return [(name, findings.for_now(answer)) for name, answer in zip(names, answers, strict=True)]


async def _evidence(page: Page, ids: list[str]) -> list[Json]:
    found = await asyncio.gather(*(page.compliance.find(item("slow-sales", each)) for each in ids))
    return [row["document"] for row in found if row]


def _sales(evidence: list[Json], goods: Json) -> Json:
    """The evidence that speaks of the same kind of goods, else the first."""
    kind = goods.get("subject", {}).get("category_code", "")
    same = [each for each in evidence if category_within(kind, each.get("category_code", ""))]
    return {"sales": (same or evidence)[0]} if evidence else {}


async def _goods(page: Page, listing_id: str) -> Json:
    """What a filing takes over from a listing, and the event behind it."""
    told = await page.catalog.find(f"{item('listings', listing_id)}/facts")
    if told is None or not told["items"]:
        return {}
    facts = told["items"][0]["facts"]
    event = await page.compliance.find(item("events", told["event_id"]))
    shared: Json = {name: facts[name] for name in SHARED if name in facts}
    return {**shared, "event": event["document"]} if event else shared
