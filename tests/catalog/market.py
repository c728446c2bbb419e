"""Makes the market of a test: the pears of Dangshan in March 2020, with as many producers and lots as it needs."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.contracts.broadcast import FiledListing, FilingSubmitted
from services.contracts.compliance import DecidingResult, DecisionMade, DecisionSubject
from services.kit.ids import new_id
from tests.apps import ServiceUnderTest, Tokens, instant

DAY = instant("2020-03-02T09:00:00")
DANGSHAN = "341321"
CODES = ("93341321MA8DM0A15D", "93341321MA8DM0B2XE", "93610722MA8DM0E53G", "93440825MA8DM0F686")

Json = dict[str, Any]


class Market:
    """One service of catalog, and an operator of Dangshan who works in it on 2 March 2020."""

    def __init__(self, service: ServiceUnderTest, tokens: Tokens) -> None:
        self.service = service
        self.client = service.client
        self.tokens = tokens

    def headers(self, *roles: str, scopes: tuple[str, ...] = (DANGSHAN,), **more: Any) -> dict[str, str]:
        return self.tokens.headers(*(roles or ("operator",)), at=DAY, scopes=scopes, **more) | {"Accept-Language": "en"}

    async def post(self, path: str, body: Json, status: int = 201, headers: Json | None = None) -> Json:
        given = self.headers() | {"Idempotency-Key": new_id()} | (headers or {})
        # Written out in ASCII, so that a test may send what only an escape can say: a lone surrogate.
        given["Content-Type"] = "application/json"
        return answered(await self.client.post(path, content=json.dumps(body), headers=given), status)

    async def put(self, path: str, body: Json, status: int = 200, headers: Json | None = None) -> Json:
        return answered(await self.client.put(path, json=body, headers=self.headers() | (headers or {})), status)

    async def get(self, path: str, status: int = 200, *, public: bool = False, **query: Any) -> Json:
        headers = {"Accept-Language": "en"} if public else self.headers()
        return answered(await self.client.get(path, params=query, headers=headers), status)

    async def upload(self, data: bytes = b"evidence", name: str = "evidence.txt", kind: str = "certificate") -> str:
        answer = await self.client.post(
            "/documents", files={"file": (name, data)}, data={"kind": kind}, headers=self.headers()
        )
        return str(answered(answer, 201)["sha256"])

    async def producer(self, number: int = 0, **more: Any) -> Json:
        """A producer whom the platform itself entered, and so admitted."""
        return await self.post("/producers", producer_body(number) | more, headers=self.headers("administrator"))

    async def specialty(self, **more: Any) -> Json:
        return await self.post("/specialties", specialty_body() | more)

    async def listing(self, lots: int = 3, **more: Any) -> Json:
        """A draft of as many lots as producers."""
        specialty = await self.specialty()
        producers = [await self.producer(number) for number in range(lots)]
        offers = [lot_body(producer["id"], f"DS-{number}") for number, producer in enumerate(producers)]
        return await self.post("/listings", listing_body(specialty["id"], offers) | more)

    async def submitted(self, lots: int = 3) -> Json:
        listing = await self.listing(lots)
        return await self.post(f"/listings/{listing['id']}/submit", {})

    async def listed(self, lots: int = 3) -> Json:
        """A listing whose lots all passed; the draft as it stands afterwards."""
        submitted = await self.submitted(lots)
        await self.decide(submitted)
        return await self.get(f"/listings/{submitted['id']}/draft")

    async def decide(self, draft: Json, outcomes: Sequence[str] = (), version: int | None = None) -> None:
        """The gate answers every lot of the submitted version: pass, unless told otherwise in the lots' order."""
        for place, lot in enumerate(draft["draft"]["lots"]):
            outcome = outcomes[place] if place < len(outcomes) else "pass"
            await self.service.hear(decision(draft["id"], lot["id"], version or draft["submitted_version"], outcome))


def answered(answer: Any, status: int) -> Json:
    assert answer.status_code == status, f"{answer.status_code}: {answer.text[:2000]}"
    body: Json = answer.json()
    return body


def producer_body(number: int = 0) -> Json:
    return {
        "region_code": DANGSHAN,
        "name": f"砀山演示{'一二三四五'[number]}号农民专业合作社",
        "kind": "cooperative",
        "uscc": CODES[number],
        "seller_type": "registered",
        "trade_name": f"演示{'一二三四五'[number]}号",
        "address": f"安徽省宿州市砀山县演示路{number + 1}号",
        "contact": f"0557-000000{number}",
        "legal_rep": f"DEMO-LEGAL-{number}",
        "controller": f"DEMO-CONTROLLER-{number}",
        "phone": f"1380000000{number}",
        "account": f"62220000000{number}",
        "members": 120,
        "open_membership": True,
        "verified_at": "2020-02-20T09:00:00+08:00",
    }


def specialty_body() -> Json:
    return {
        "region_code": DANGSHAN,
        "category_code": "fruit.pear.su",
        "name_zh": "砀山酥梨",
        "name_en": "Dangshan Su pear",
        "description_zh": "砀山酥梨果大皮薄，汁多味甜。",
        "description_en": "Large, thin-skinned and juicy.",
        "season_months": [9, 10, 11, 12, 1, 2, 3, 4, 5],
    }


def lot_body(producer_id: str, number: str = "DS-0", **more: Any) -> Json:
    return {
        "producer_id": producer_id,
        "lot_number": number,
        "price_fen": 2900,
        "price_unit": "箱",
        "net_grams": 2500,
        "offered_units": 1000,
        "specification": "单果 250 克以上，5 斤装",
        "grade": "一级",
        "weight_basis": "net",
        "freight_fen": 0,
        "harvested_on": "2019-09-20",
        "cold_stored": True,
        "return_policy": "fresh_exempt",
    } | more


def listing_body(specialty_id: str, lots: list[Json]) -> Json:
    return {
        "specialty_id": specialty_id,
        "season": "2019/2020",
        "event_id": "E2",
        "title_zh": "砀山酥梨 冷库鲜果",
        "title_en": "Dangshan Su pears from cold storage",
        "description_zh": "受疫情影响，冷库存果待销。",
        "open_call": {"published_on": "2020-02-17", "closed_on": "2020-02-25", "url": "https://dangshan.example/call"},
        "lots": lots,
    }


def form_of(draft: Json) -> Json:
    """The body that would save this draft again unchanged."""
    lots: list[Json] = [{name: value for name, value in lot.items() if name != "id"} for lot in draft["draft"]["lots"]]
    form: Json = without_none({**draft["draft"], "lots": lots, "specialty_id": draft["specialty_id"]})
    return form


def without_none(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_none(inner) for name, inner in value.items() if inner is not None}
    return [without_none(inner) for inner in value] if isinstance(value, list) else value


def decision(
    listing_id: str, lot_id: str, version: int, outcome: str = "pass", at: datetime = DAY, **more: Any
) -> DecisionMade:
    identity = new_id()
    reasons = () if outcome == "pass" else (REASON.model_copy(update={"result": outcome}),)
    values: Json = {
        "entity_id": identity,
        "version": 1,
        "about": DecisionSubject(kind="lot", id=lot_id, version=version, parent_id=listing_id),
        "stage": "listing",
        "binding": True,
        "outcome": outcome,
        "at": at,
        "decided_at": at,
        "ruleset": "2026.11.0+sha256:000000000000",
        "facts_sha256": "0" * 64,
        "answer_sha256": "0" * 64,
        "not_passed": reasons,
        "occurred_at": at,
        "clock_set": True,
    }
    return DecisionMade(**(values | more))


REASON = DecidingResult(
    rule="fm.event",
    result="fail",
    reason_code="market_glut",
    hard=True,
    reason_zh="供过于求不属于不可抗力。",
    reason_en="Over-supply is not force majeure.",
    remedy_zh="可通过普通市场销售。",
    remedy_en="Use the ordinary market.",
)


def filing(
    draft: Json, lot_ids: Sequence[str], state: str = "submitted", version: int = 1, **more: Any
) -> FilingSubmitted:
    values: Json = {
        "entity_id": "filing-1",
        "version": version,
        "broadcast_id": "broadcast-1",
        "state": state,
        "region_code": DANGSHAN,
        "event_id": "E2",
        "title_zh": "砀山酥梨专场",
        "title_en": "Dangshan pears",
        "starts_at": DAY,
        "ends_at": DAY,
        "content_sha256": "0" * 64,
        "listings": (
            FiledListing(listing_id=draft["id"], listing_version=draft["in_force_version"], lot_ids=tuple(lot_ids)),
        ),
        "people": {},
        "accounts": {},
        "facts": {},
        "occurred_at": DAY,
        "clock_set": True,
    }
    return FilingSubmitted(**(values | more))
