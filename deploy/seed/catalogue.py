"""Marks, producers, specialties and listings."""

from datetime import datetime, timedelta

from deploy.seed import goods, papers
from deploy.seed.data import Row, row, rows
from deploy.seed.desk import Desk, side_by_side
from deploy.seed.market import Json

# Who enters what is nobody's own: a national administrator without scopes.
KEEPER = "administrator"


async def enter_specialties(desk: Desk) -> None:
    """All specialties with their marks."""
    await side_by_side(_specialty(desk, specialty) for specialty in rows("specialties"))


async def _specialty(desk: Desk, specialty: Row) -> None:
    key, region = specialty["key"], specialty["region"]

    async def make() -> Json:
        opening = [{"variety": v, "year": y, "opens_on": day} for v, y, day in specialty.get("opening_days", ())]
        body = {
            "region_code": region,
            "category_code": specialty["category"],
            "name_zh": specialty["zh"],
            "name_en": specialty["en"],
            "description_zh": specialty["about_zh"],
            "description_en": specialty["about_en"],
            "season_months": specialty["months"],
            "mark_ids": [await _mark(desk, specialty)] if "mark" in specialty else [],
            "opening_days": opening,
        }
        return await desk.market.write("POST", "/specialties", body, KEEPER, key=f"seed-specialty-{key}")

    async def look() -> Json | None:
        return await desk.standing("/specialties", lambda item: item["title_zh"], specialty["zh"])

    await desk.once(f"specialty:{key}", make, look)


async def _mark(desk: Desk, specialty: Row) -> str:
    kind, holder, licensees = specialty["mark"]
    region, name = specialty["region"], specialty["zh"].split("（")[0]

    async def make() -> Json:
        body = {
            "region_code": region,
            "mark_type": kind,
            "name": name,
            "display_name": name,
            "mark_no": f"DEMO-{region}",
            "number_verified": True,
            "holder_uscc": goods.credit_code("51", region, "H01"),
            "holder_name": holder,
            "holder_state_owned": False,
            "licensees": licensees,
            "licence_open": True,
            "naturally_formed": False,
            "largest_firm_share_bp": 900,
            "authorised_suppliers": [
                each["uscc"] for each in goods.producers().values() if each["region_code"] == region
            ],
            "area_region_codes": specialty.get("area", [region]),
            "registered_on": "2010-01-01",
        }
        return await desk.market.write("POST", "/marks", body, KEEPER, key=f"seed-mark-{specialty['key']}")

    async def look() -> Json | None:
        return await desk.standing("/marks", lambda item: item["mark"]["name"], name)

    return await desk.once(f"mark:{specialty['key']}", make, look)


async def enter_producers(desk: Desk) -> None:
    """All producers of the past."""
    await side_by_side(enter_producer(desk, key, body) for key, body in goods.producers().items())


async def enter_producer(desk: Desk, key: str, body: Row) -> str:
    """One producer."""

    async def make() -> Json:
        return await desk.market.write("POST", "/producers", body, KEEPER, key=f"seed-producer-{key}")

    async def look() -> Json | None:
        return await desk.standing("/producers", lambda item: item["uscc"], body["uscc"])

    return await desk.once(f"producer:{key}", make, look)


def sellers(desk: Desk, keys: list[str], known: dict[str, Row]) -> list[Row]:
    """The producers of a listing with their ids."""
    return [{**known[key], "key": key, "id": desk.book[f"producer:{key}"]} for key in keys]


async def submit_listing(desk: Desk, case: Row, known: dict[str, Row]) -> str:
    """Write a listing, submit it, and wait until the gate has answered for every lot. `known`: producers by key."""
    key, who, at = case["key"], case["by"], datetime.fromisoformat(case["at"])
    listing_id = await _draft(desk, case, known)
    if f"listed:{key}" in desk.book:
        return listing_id
    draft = await desk.market.get(f"/listings/{listing_id}/draft", who)
    if draft["submitted_version"] is None:
        path = f"/listings/{listing_id}/submit"
        await desk.market.write("POST", path, None, who, at=at, key=f"seed-submit-{key}")
    decided = await wait_until_decided(desk, listing_id, who)
    for rule in case.get("accept", ()):
        await _accept(desk, case, listing_id, rule)
        decided = await desk.until(
            f"listing {key} reviewed",
            lambda: desk.market.get(f"/listings/{listing_id}/draft", who),
            lambda draft: draft["state"] != "in_review",
        )
    desk.book.note(f"listed:{key}", decided["state"])
    return listing_id


async def wait_until_decided(desk: Desk, listing_id: str, who: str) -> Json:
    """The draft once the newest submitted version is wholly answered."""
    return await desk.until(
        f"listing {listing_id}",
        lambda: desk.market.get(f"/listings/{listing_id}/draft", who),
        lambda draft: draft["in_force_version"] == draft["submitted_version"],
    )


async def _draft(desk: Desk, case: Row, known: dict[str, Row]) -> str:
    key, who = case["key"], case["by"]
    at = datetime.fromisoformat(case["at"]) - timedelta(minutes=30)
    specialty = row("specialties", case["specialty"])

    async def make() -> Json:
        found = sellers(desk, case["suppliers"], known)
        evidence = await _papers(desk, case, specialty, at)
        event_id = desk.book[f"event:{case['event']}"]
        body = goods.listing_body(
            case, specialty, desk.book[f"specialty:{specialty['key']}"], event_id, found, evidence
        )
        return await desk.market.write("POST", "/listings", body, who, at=at, key=f"seed-listing-{key}")

    async def look() -> Json | None:
        def natural(item: Json) -> str:
            return f"{item['title_zh']} {item['event_id']}"

        event_id = desk.book[f"event:{case['event']}"]
        wanted = f"{case['title_zh']} {event_id}"
        return await desk.standing("/listings", natural, wanted, who, mine="true")

    return await desk.once(f"listing:{key}", make, look)


async def _papers(desk: Desk, case: Row, specialty: Row, at: datetime) -> goods.Papers:
    title, numbers = specialty["zh"], goods.lot_numbers(case, len(case["units"]))

    async def kept(name: str, text: str, kind: str) -> str:
        return await desk.market.upload(f"{name}.txt", text, kind, case["by"], at=at)

    return goods.Papers(
        open_call=await kept("open-call", papers.open_call(title, *case["call"]), "open_call"),
        certificate=await kept("certificate", papers.certificate(title, numbers, case["tested"]), "certificate"),
        test_report=await kept("test-report", papers.test_report(title, numbers, case["tested"]), "test_report"),
        storage_record=await kept("storage", papers.storage_record(title, case["harvested"]), "storage_record"),
        clearance=await kept("clearance", papers.clearance(title, case["tested"]), "clearance_statement"),
        label=await kept("label", papers.label_photo(title), "label_photo"),
    )


async def _accept(desk: Desk, case: Row, listing_id: str, rule: str) -> None:
    """A reviewer's word on every lot that waits for one under this rule."""
    at = datetime.fromisoformat(case["at"]) + timedelta(hours=3)
    listing = await desk.market.get(f"/listings/{listing_id}", case["by"])
    for lot in listing["lots"]:
        for result in lot["decision"]["not_passed"]:
            if result["rule"] == rule and result["result"] == "review":
                body = {
                    "rule": rule,
                    "reason_code": result["reason_code"],
                    "resolution": "accepted",
                    "reason_zh": "产地初加工的地区特产，许可与标签齐全，同意按地区特产推介。",
                    "reason_en": "A regional specialty processed where it grew, with licence and label; accepted.",
                }
                path = f"/decisions/{lot['decision']['decision_id']}/review"
                await desk.market.write("POST", path, body, "reviewer", at=at, key=f"seed-review-{lot['id']}-{rule}")
