"""Officials, hosts and filings, moved through their life by the people whose task it is."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy.seed import papers
from deploy.seed.data import Row, row, rows
from deploy.seed.desk import Desk
from deploy.seed.market import Json
from deploy.seed.people import identity_of
from deploy.seed.registry import prove_slow_sales

REGION_PART = timedelta(minutes=30)
LENGTH = timedelta(minutes=90)
SETTLED = ("scheduled", "in_review", "blocked", "returned", "withdrawn", "cancelled")


@dataclass(frozen=True)
class Cast:
    """Who appears and what stands behind it: ids of official, host and evidence, and the lots of each listing."""

    official_id: str
    host_id: str
    sales_ids: list[str]
    listings: list[Row]


async def file_broadcast(desk: Desk, case: Row) -> str:
    """File a broadcast, have it approved where the case says so, and wait until it has come to rest."""
    key = case["key"]
    if f"filed:{key}" in desk.book:
        return str(desk.book[f"filing:{key}"])
    filing_id = await _draft(desk, case)
    filing = await desk.market.get(f"/filings/{filing_id}", case["by"])
    if filing["state"] == "draft":
        path, at = f"/filings/{filing_id}/submit", datetime.fromisoformat(case["at"])
        await desk.market.write("POST", path, None, case["by"], at=at, key=f"seed-file-{key}")
    filing = await wait_for_preview(desk, filing_id, case["by"])
    if filing["state"] == "submitted" and "approver" in case:
        await _approve(desk, case, filing_id)
        filing = await wait_until_settled(desk, filing_id, case["by"])
    if filing["state"] in (case["ends"], *case.get("or_later", ())):
        desk.book.note(f"filed:{key}", case["ends"])
    else:
        desk.astray.append(f"{key} “{filing['title_en']}” is {filing['state']}, not {case['ends']}: {why_of(filing)}")
    return filing_id


def why_of(filing: Json) -> str:
    """What the gate did not pass, in brief."""
    answer = filing["binding"] or filing["preview"] or {"not_passed": []}
    return "; ".join(f"{each['rule']} {each['result']} {each['reason_en']}" for each in answer["not_passed"])


async def wait_for_preview(desk: Desk, filing_id: str, who: str) -> Json:
    """The filing once the gate has given its preview and the filing has taken it in."""
    return await desk.until(
        f"preview of {filing_id}",
        lambda: desk.market.get(f"/filings/{filing_id}", who),
        _taken_in,
    )


def _taken_in(filing: Json) -> bool:
    """A preview may be read a moment before the state to which it leads."""
    preview = filing["preview"]
    return filing["state"] in SETTLED or (preview is not None and preview["outcome"] != "fail")


async def wait_until_settled(desk: Desk, filing_id: str, who: str) -> Json:
    """The filing once the binding answer is there."""
    return await desk.until(
        f"answer to {filing_id}",
        lambda: desk.market.get(f"/filings/{filing_id}", who),
        lambda filing: filing["state"] in SETTLED,
    )


async def _approve(desk: Desk, case: Row, filing_id: str) -> None:
    at = datetime.fromisoformat(case["approved_at"])
    body = {"authority_over_post": True, "note": "同意。"}
    path = f"/filings/{filing_id}/approve"
    await desk.market.write("POST", path, body, case["approver"], at=at, key=f"seed-approve-{case['key']}")


async def _draft(desk: Desk, case: Row) -> str:
    starts_at = datetime.fromisoformat(case["starts_at"])

    async def make() -> Json:
        at = datetime.fromisoformat(case["at"]) - timedelta(minutes=20)
        body = filing_body(case, await _cast(desk, case), await _notices(desk, case, at))
        return await desk.market.write("POST", "/filings", body, case["by"], at=at, key=f"seed-filing-{case['key']}")

    async def look() -> Json | None:
        def natural(item: Json) -> str:
            return f"{item['title_zh']} {datetime.fromisoformat(item['starts_at']).timestamp()}"

        wanted = f"{case['title_zh']} {starts_at.timestamp()}"
        return await desk.standing("/filings", natural, wanted, case["by"], mine="true")

    return await desk.once(f"filing:{case['key']}", make, look)


async def _cast(desk: Desk, case: Row) -> Cast:
    listings = [await _lots(desk, case["by"], key) for key in case["listings"]]
    first = case.get("listing_case") or row("listings", case["listings"][0])
    specialty = row("specialties", first["specialty"])
    sales = case["sales"]
    sales_key = f"{specialty['key']}-{sales['certified_at'][:16]}"
    return Cast(
        official_id=await enter_official(desk, case),
        host_id=await enter_host(desk, case),
        sales_ids=[await prove_slow_sales(desk, sales_key, case["by"], specialty, first["season"], sales)],
        listings=listings,
    )


async def _lots(desk: Desk, who: str, key: str) -> Row:
    listing_id = desk.book[f"listing:{key}"]
    draft = await desk.market.get(f"/listings/{listing_id}/draft", who)
    return {"listing_id": listing_id, "lot_ids": [lot["id"] for lot in draft["draft"]["lots"]]}


async def enter_official(desk: Desk, case: Row) -> str:
    """The official of a case, with the declaration of interests that the official makes."""
    official, at = case["official"], datetime.fromisoformat(case["at"]) - timedelta(hours=1)
    account = row_of_person(official["account"])
    organ = dict(zip(("name", "kind", "level", "region_code"), map(str, account["organ"]), strict=False))

    async def make() -> Json:
        body = {
            "account_id": desk.book[f"account:{official['account']}"],
            "post_zh": official["post_zh"],
            "post_en": official["post_en"],
            "organ": organ,
            "jurisdiction": [organ["region_code"]],
            "civil_servant": True,
        }
        return await desk.market.write(
            "POST", "/officials", body, case["by"], at=at, key=f"seed-official-{official['account']}"
        )

    async def look() -> Json | None:
        return await desk.standing("/officials", lambda item: item["post_zh"], official["post_zh"])

    official_id = await desk.once(f"official:{official['account']}", make, look)

    async def declare() -> Json:
        text = papers.interests(official["post_zh"], official["declared"])
        signed = await desk.market.upload("interests.txt", text, "declaration", official["account"], at=at)
        body = {
            "declared_on": official["declared"],
            "relations": [],
            "former_posts": [],
            "grants": [],
            "signed_document_sha256": signed,
        }
        path = f"/officials/{official_id}/declarations"
        key = f"seed-declared-{official['account']}-{official['declared']}"
        return await desk.market.write("POST", path, body, official["account"], at=at, key=key)

    await desk.once(f"declared:{official['account']}:{official['declared']}", declare)
    return official_id


def row_of_person(username: str) -> Row:
    """The demo person of this user name."""
    return next(person for person in rows("people") if person["username"] == username)


async def enter_host(desk: Desk, case: Row) -> str:
    """The host of a case. Somebody with an account is entered once, whenever they were trained."""
    host, at = case["host"], datetime.fromisoformat(case["at"]) - timedelta(hours=1)
    named = host.get("account", host["trained"])
    body = host_body(case, desk)

    async def make() -> Json:
        key = f"seed-host-{host['region']}-{named}"
        return await desk.market.write("POST", "/hosts", body, case["by"], at=at, key=key)

    async def look() -> Json | None:
        return await desk.standing("/hosts", lambda item: item["name"], body["name"], case["by"])

    return await desk.once(f"host:{host['region']}:{named}", make, look)


def host_body(case: Row, desk: Desk) -> Row:
    """What is entered of the host of a case."""
    host = case["host"]
    known = (
        {"account_id": desk.book[f"account:{host['account']}"]}
        if "account" in host
        else {"identity": identity_of(host["identity"])}
    )
    return known | {
        "region_code": host["region"],
        "name": f"{host['name']}（{host['trained'][:7]}培训）",
        "position": "农民主播",
        "official": False,
        "age_years": 28,
        "real_name_verified": True,
        "training_passed_on": host["trained"],
        "tasted": True,
        "ai_generated": False,
    }


async def _notices(desk: Desk, case: Row, at: datetime) -> list[Row]:
    if "notice" not in case:
        return []
    name, text = papers.written(case["notice"])
    digest = await desk.market.upload(name, text, "notice", case["by"], at=at)
    return [{"sha256": digest, "name": name, "media_type": "text/plain", "allocates_supply": False}]


def filing_body(case: Row, cast: Cast, notices: list[Row]) -> Row:
    """The filing with every fact that the gate knows of it: half an hour of the region, then the host's market."""
    starts_at = datetime.fromisoformat(case["starts_at"])
    turn, ends_at = starts_at + REGION_PART, starts_at + case.get("length", LENGTH)
    lots = [lot for listing in cast.listings for lot in listing["lot_ids"]]
    apart = {"announced": True, "pooled_card": False}
    region = {"official_on_screen": True, "pinned_lots": [], "price_shown": False, "buy_call": False}
    market = {"official_on_screen": False, "pinned_lots": lots, "price_shown": True, "buy_call": True}
    return {
        "region_code": str(row_of_person(case["by"])["scopes"][0]),
        **({"room_id": case["room_id"]} if "room_id" in case else {}),
        "title_zh": case["title_zh"],
        "title_en": case["title_en"],
        "starts_at": starts_at,
        "ends_at": ends_at,
        "official_id": cast.official_id,
        "official_ai_generated": False,
        "host_ids": [cast.host_id],
        "listings": cast.listings,
        "segments": [
            {"kind": "region", "starts_at": starts_at, "ends_at": turn, **apart, **region},
            {"kind": "market", "starts_at": turn, "ends_at": ends_at, "host_id": cast.host_id, **apart, **market},
        ],
        "segment_mode": "strict",
        "script_zh": case["script"],
        "media": [],
        "slow_sales_ids": cast.sales_ids,
        "staff_count": 6,
        "cost_fen": 380_000,
        "funding_line": f"{starts_at.year}年农产品产销对接经费",
        "emergency": False,
        "paired_assistance": False,
        "initiator_kind": "government",
        "payments": [{"item": "production", "payer_kind": "government", "amount_fen": 380_000}],
        "commission_rate_bp": 0,
        "tipping": False,
        "account_owner_kind": "platform",
        "bonus_links": False,
        "sales_tied_to_appraisal": False,
        "association_officer_is_supplier": False,
        "sponsors": [],
        "agencies": [],
        "promotions": [],
        "influencers": [],
        "notices": notices,
    }
