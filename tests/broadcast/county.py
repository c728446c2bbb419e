"""A county that files: its people, its listing, and the answers of the gate, as the other services would tell them."""

from datetime import datetime, timedelta
from typing import Any, Literal

from httpx import Response

from services.contracts.accounts import AccountChanged, Organ
from services.contracts.catalog import ListingDecided
from services.contracts.compliance import DecidingResult, DecisionMade, DecisionSubject, ForceMajeureChanged
from services.kit import clock
from services.kit.ids import new_id
from tests.apps import ServiceUnderTest, Tokens, instant

NOW = instant("2020-03-02T09:00")
START = instant("2020-03-12T15:00")
COUNTY, PREFECTURE, PROVINCE = "341321", "341300", "340000"
LISTING, EVENT = "listing-of-pears", "event-e2"
LOTS = ("lot-1", "lot-2", "lot-3", "lot-4")

Answer = dict[str, Any]


class County:
    """Broadcast under test, and a county with everything that a filing needs."""

    def __init__(self, app: ServiceUnderTest, tokens: Tokens, region: str = COUNTY, above: str = PREFECTURE) -> None:
        self.app = app
        self.tokens = tokens
        self.region = region
        self.above = above
        self.official = ""
        self.host = ""

    async def settle(self) -> "County":
        """Let everything arrive that a filing rests on, and enter an official and a host."""
        await self.app.hear(
            account(f"approver-{self.above}", self.above, "prefecture"),
            ForceMajeureChanged(
                entity_id=EVENT,
                version=1,
                title_zh="安徽省新冠肺炎疫情",
                title_en="COVID-19 in Anhui",
                region_codes=(PROVINCE,),
                verified=True,
                lifted=False,
                document={},
            ),
            listing(self.region),
        )
        self.official = await self.add_official(f"official-{self.region}")
        self.host = await self.add_host(f"host-{self.region}")
        return self

    def operator(self, at: datetime = NOW, **claims: Any) -> dict[str, str]:
        """Headers of the county's operator."""
        given: Answer = {"scopes": (self.region,), "account_id": f"operator-{self.region}"} | claims
        return self.tokens.headers("operator", at=at, **given)

    def approver(self, at: datetime = NOW, **claims: Any) -> dict[str, str]:
        """Headers of an approver of the level above."""
        given: Answer = {"scopes": (self.above,), "account_id": f"approver-{self.above}"} | claims
        return self.tokens.headers("approver", at=at, **given)

    async def add_official(self, identity: str, **fields: Any) -> str:
        """Enter an official; the id."""
        organ = {"name": "砀山县人民政府", "kind": "peoples_government", "level": "county", "region_code": self.region}
        body = {
            "identity": identity,
            "post_zh": "副县长",
            "post_en": "deputy county head",
            "organ": organ | fields.pop("organ", {}),
            "jurisdiction": [self.region],
            "civil_servant": True,
        }
        headers = self.tokens.headers("administrator", at=NOW)
        return str((await self.post("/officials", body | fields, headers, 201))["id"])

    async def upload(self, data: bytes = b"signed") -> str:
        """A document of the county's; its hash."""
        return str(await self.app.app.state.blobs.put(data, [self.region]))

    async def add_host(self, identity: str) -> str:
        """Enter a host; the id."""
        body = {
            "region_code": self.region,
            "identity": identity,
            "name": "小梨",
            "position": "农民主播",
            "age_years": 29,
            "real_name_verified": True,
            "training_passed_on": "2020-01-15",
            "tasted": True,
        }
        return str((await self.post("/hosts", body, self.operator(), 201))["id"])

    def body(self, start: datetime = START, **fields: Any) -> Answer:
        """A filing without fault, one hour long: half an hour of region, half of market."""
        middle, end = start + timedelta(minutes=30), start + timedelta(hours=1)
        return {
            "region_code": self.region,
            "title_zh": "砀山酥梨直播专场",
            "title_en": "Dangshan pears, live",
            "starts_at": start.isoformat(),
            "ends_at": end.isoformat(),
            "official_id": self.official,
            "host_ids": [self.host],
            "listings": [{"listing_id": LISTING, "lot_ids": list(LOTS)}],
            "segments": [
                segment("region", start, middle, official_on_screen=True),
                segment("market", middle, end, official_on_screen=False, host_id=self.host, pinned_lots=list(LOTS)),
            ],
            "script_zh": "砀山是酥梨之乡。",
            "cost_fen": 500_000,
            "funding_line": "农业农村局专项经费",
            "staff_count": 6,
            "initiator_kind": "government",
            "payments": [],
            "commission_rate_bp": 0,
            "tipping": False,
            "account_owner_kind": "platform",
        } | fields

    async def post(self, path: str, body: Any, headers: dict[str, str], status: int | None = None) -> Answer:
        """Post with a fresh key; the answer's JSON, its status asserted."""
        answer = await self.ask(path, body, headers)
        assert status is None or answer.status_code == status, answer.text
        found: Answer = answer.json()
        return found

    async def ask(self, path: str, body: Any, headers: dict[str, str]) -> Response:
        """Post with a fresh key."""
        return await self.app.client.post(path, json=body, headers={"Idempotency-Key": new_id()} | headers)

    async def draft(self, **fields: Any) -> Answer:
        """A draft of the county's operator."""
        return await self.post("/filings", self.body(**fields), self.operator(), 201)

    async def submitted(self, **fields: Any) -> Answer:
        """A filing that was submitted."""
        filing = await self.draft(**fields)
        return await self.post(f"/filings/{filing['id']}/submit", None, self.operator(), 200)

    async def previewed(self, outcome: Literal["pass", "review", "fail"] = "review", **fields: Any) -> Answer:
        """A submitted filing with the gate's preview."""
        filing = await self.submitted(**fields)
        await self.app.hear(decision(filing, outcome, binding=False))
        return await self.read(filing["id"])

    async def approved(self, **fields: Any) -> Answer:
        """A filing that the level above approved."""
        filing = await self.previewed(**fields)
        return await self.approve(filing["id"])

    async def approve(self, filing_id: str) -> Answer:
        """Approve it as the level above."""
        return await self.post(f"/filings/{filing_id}/approve", {"authority_over_post": True}, self.approver(), 200)

    async def scheduled(self, **fields: Any) -> Answer:
        """A filing that stands in the calendar."""
        filing = await self.approved(**fields)
        await self.app.hear(decision(filing, "pass"))
        return await self.read(filing["id"])

    async def read(self, filing_id: str, **claims: Any) -> Answer:
        """The filing as its operator sees it."""
        answer = await self.app.client.get(f"/filings/{filing_id}", headers=self.operator(**claims))
        assert answer.status_code == 200, answer.text
        found: Answer = answer.json()
        return found

    async def revise(self, filing: Answer, **fields: Any) -> Response:
        """Put the filing again with these fields changed, as a form would."""
        body = filing["content"] | fields
        read_only = ("unreadable", "unreadable_because", "text_sha256", "text_bytes")
        body["notices"] = [{k: v for k, v in each.items() if k not in read_only} for each in body["notices"]]
        headers = self.operator() | {"If-Match": f'"{filing["version"]}"'}
        return await self.app.client.put(f"/filings/{filing['id']}", json=body, headers=headers)


def segment(kind: str, start: datetime, end: datetime, **fields: Any) -> Answer:
    """A planned part."""
    return {"kind": kind, "starts_at": start.isoformat(), "ends_at": end.isoformat(), "announced": True} | fields


def account(account_id: str, region: str, level: Any, version: int = 1, **fields: Any) -> AccountChanged:
    """An account of a government."""
    organ = Organ(name=f"{region} 人民政府", kind="peoples_government", level=level, region_code=region)
    given: Answer = {
        "person": f"person-of-{account_id}",
        "name": "甲",
        "roles": (),
        "scopes": (region,),
        "organ": organ,
    }
    return AccountChanged(entity_id=account_id, version=version, **(given | fields))


def listing(
    region: str, version: int = 1, lots: tuple[str, ...] = LOTS, at: datetime = NOW, **fields: Any
) -> ListingDecided:
    """A listing that the gate answered."""
    given: Answer = {
        "entity_id": LISTING,
        "region_code": region,
        "category_code": "pear",
        "specialty_id": "specialty-of-pears",
        "title_zh": "砀山酥梨",
        "title_en": "Dangshan pears",
        "event_id": EVENT,
        "decided_version": version,
        "lots": dict.fromkeys(lots, "listed"),
    }
    with clock.set_to(at):
        return ListingDecided(version=version, **(given | fields))


def decision(
    filing: Answer,
    outcome: Literal["pass", "review", "fail"],
    *,
    binding: bool = True,
    at: datetime = NOW,
    version: int | None = None,
    **fields: Any,
) -> DecisionMade:
    """The gate's answer about a filing as it stands."""
    results: tuple[DecidingResult, ...] = ()
    if outcome != "pass":
        results = (
            DecidingResult(
                rule="notice.apportion",
                result=outcome,
                reason_code="floor",
                hard=True,
                reason_zh="通知规定了最低消费。",
                reason_en="The notice sets a floor.",
            ),
        )
    about = DecisionSubject(kind="filing", id=filing["id"], version=version or filing["version"])
    given: Answer = {
        "entity_id": new_id(),
        "version": 1,
        "about": about,
        "stage": "filing",
        "binding": binding,
        "outcome": outcome,
        "at": at,
        "decided_at": at + timedelta(seconds=1),
        "ruleset": "2026.11.0+sha256:0",
        "facts_sha256": "0" * 64,
        "answer_sha256": "0" * 64,
        "not_passed": results,
    }
    with clock.set_to(at):
        return DecisionMade(**(given | fields))
