"""Events of force majeure, their verification, and evidence of unsold stock."""

from datetime import datetime, timedelta
from typing import Any

from deploy.seed import papers
from deploy.seed.data import Row, rows
from deploy.seed.desk import Desk, side_by_side
from deploy.seed.market import Json
from deploy.seed.people import identity_of

TONNE = 1_000_000


async def register_events(desk: Desk) -> None:
    """E1 to E12 and those that scenarios need besides."""
    await side_by_side(register_event(desk, event) for event in rows("events"))


async def register_event(desk: Desk, event: Row) -> str:
    """Register one event with its declarations, and have it verified where it is."""
    key, at = event["key"], datetime.fromisoformat(event["at"])

    async def make() -> Json:
        body = await event_body(desk, event)
        return await desk.market.write("POST", "/events", body, event["registrar"], at=at, key=f"seed-event-{key}")

    async def look() -> Json | None:
        return await desk.standing("/events", lambda item: item["title_zh"], event["title_zh"])

    event_id = await desk.once(f"event:{key}", make, look)
    if verifier := event.get("verifier"):
        await verify_event(desk, key, event_id, verifier, at + timedelta(hours=2))
    return event_id


async def verify_event(desk: Desk, key: str, event_id: str, verifier: str, at: datetime) -> None:
    """A verifier's word; an event that has one already is left as it is."""

    async def make() -> Json:
        known = await desk.market.get(f"/events/{event_id}")
        if known["verified"]:
            return known
        path = f"/events/{event_id}/verify"
        return await desk.market.write("POST", path, {}, verifier, at=at, key=f"seed-verify-{key}-{verifier}")

    await desk.once(f"verified:{key}", make)


async def event_body(desk: Desk, event: Row) -> Row:
    """The event with its declarations, each with its uploaded document."""
    names = ("event_type", "cause", "hazard", "point_hazard", "affected_season", "title_zh", "title_en", "occurred_at")
    body: Row = {name: event[name] for name in names if name in event}
    valid_on = event.get("valid_on", event["occurred_at"][:10])
    body["regions"] = [{"code": str(code), "valid_on": valid_on} for code in event["regions"]]
    body["impacts"] = [_impact(impact) for impact in event["impacts"]]
    body["quarantines"] = event.get("quarantines", [])
    body["declarations"] = [
        await _declaration(desk, event, place, declared)
        for place, declared in enumerate(event["declarations"], start=1)
    ]
    return body


def _impact(impact: list[Any]) -> Row:
    names = ("category_code", "mechanism", "downgrade_record")
    return dict(zip(names, impact, strict=False))


async def _declaration(desk: Desk, event: Row, place: int, declared: Row) -> Row:
    authority = declared["authority"]
    text = papers.declaration(declared["title"], authority["name"], declared["issued"])
    at = datetime.fromisoformat(event["at"])
    name = f"{event['key']}-{place}.txt"
    stated = ("system", "warning_level", "response_level", "title")
    body: Row = {fact: declared[fact] for fact in stated if fact in declared}
    body |= {
        "kind": declared.get("kind", "response"),
        "authority": authority,
        "doc_no": f"演示{event['key']}〔{declared['issued'][:4]}〕{place}号",
        "file_hash": await desk.market.upload(name, text, "declaration", event["registrar"], at=at),
        "relayed": False,
        "issued_at": declared["issued"],
    }
    if signer := declared.get("signed_by"):
        body["signed_by"] = identity_of(signer)
    if lifted := declared.get("lifted"):
        body["lifted_at"] = lifted
    return body


async def prove_slow_sales(desk: Desk, key: str, by: str, goods: Row, season: str, sales: Row) -> str:
    """Evidence of unsold stock, submitted by an operator and certified by somebody outside. `goods`: the specialty."""
    certified_at = datetime.fromisoformat(sales["certified_at"])
    submitted_at = certified_at - timedelta(hours=4)

    async def make() -> Json:
        body = await _evidence(desk, by, goods, season, sales, submitted_at)
        return await desk.market.write("POST", "/slow-sales", body, by, at=submitted_at, key=f"seed-sales-{key}")

    async def look() -> Json | None:
        def natural(item: Json) -> object:
            return item["category_code"], item["season"], [each["as_of_on"] for each in item["document"]["sources"]]

        wanted = (goods["category"], season, sales["as_of"])
        return await desk.standing("/slow-sales", lambda item: str(natural(item)), str(wanted), region=goods["region"])

    sales_id = await desk.once(f"sales:{key}", make, look)

    async def certify() -> Json:
        known = await desk.market.get(f"/slow-sales/{sales_id}")
        if known["certified"]:
            return known
        path = f"/slow-sales/{sales_id}/certify"
        return await desk.market.write(
            "POST", path, None, sales["certifier"], at=certified_at, key=f"seed-certify-{key}"
        )

    await desk.once(f"certified:{key}", certify)
    return sales_id


async def _evidence(desk: Desk, by: str, goods: Row, season: str, sales: Row, at: datetime) -> Row:
    sources = []
    for place, (office, as_of) in enumerate(zip(sales["offices"], sales["as_of"], strict=True)):
        text = papers.evidence(office, goods["zh"], as_of)
        document = await desk.market.upload(f"{office}.txt", text, "slow_sales_evidence", by, at=at)
        sources.append(
            {
                "org": office,
                "office": office,
                "independent_of_applicant": place > 0,
                "as_of_on": as_of,
                "document_sha256": document,
                "indicators": ["progress", "unsold"] if place == 0 else ["price"],
            }
        )
    names = (
        "progress_gap_bp",
        "price_gap_bp",
        "usual_unsold_share_bp",
        "days_to_spoil",
        "mechanism",
        "downgrade_record",
    )
    body = {name: sales[name] for name in names if name in sales}
    blocked = []
    if sales.get("disruption", True):
        text = papers.disruption(goods["zh"], sales["as_of"][0])
        blocked = [await desk.market.upload("disruption.txt", text, "slow_sales_evidence", by, at=at)]
    return body | {
        "region_code": goods["region"],
        "category_code": goods["category"],
        "season": season,
        "unsold_grams": sales["unsold_t"] * TONNE,
        "season_grams": sales["season_t"] * TONNE,
        "sold_grams_per_day": sales["sold_t_per_day"] * TONNE,
        "disruption_documents": blocked,
        "sources": sources,
    }
