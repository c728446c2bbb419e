"""A county whose broadcast is due now: its goods, its stock, its host in the studio, and the gate's answers."""

from datetime import datetime, timedelta
from typing import Any, Literal

from httpx import Response

from services.contracts.catalog import ListingSubmitted, PublicSeller, SubmittedLot
from services.contracts.compliance import DecidingResult, DecisionMade, DecisionSubject
from services.contracts.orders import StockAllocated, StockShort, StockShortage
from services.kit import clock
from services.kit.ids import new_id
from tests.apps import ServiceUnderTest, Tokens
from tests.broadcast.county import COUNTY, EVENT, LISTING, LOTS, Answer, County

UNITS = 500
PRICE = 2990


class Studio(County):
    """Broadcast under test, with a filing whose hour has begun."""

    def __init__(self, app: ServiceUnderTest, tokens: Tokens, **given: Any) -> None:
        super().__init__(app, tokens, **given)
        self.filing: Answer = {}
        self.key = ""

    def operator(self, at: datetime | None = None, **claims: Any) -> dict[str, str]:
        """The operator, who filed nine days ago."""
        return super().operator(at or clock.now() - timedelta(days=9), **claims)

    def approver(self, at: datetime | None = None, **claims: Any) -> dict[str, str]:
        """An approver, nine days ago."""
        return super().approver(at or clock.now() - timedelta(days=9), **claims)

    @property
    def id(self) -> str:
        """The broadcast."""
        return str(self.filing["broadcast_id"])

    async def due(
        self,
        start: datetime | None = None,
        *,
        stock: bool = True,
        listed: ListingSubmitted | None = None,
        **fields: Any,
    ) -> "Studio":
        """A scheduled filing whose hour has begun a minute ago, unless told otherwise."""
        await self.settle()
        start = start or clock.now() - timedelta(minutes=1)
        self.filing = await self.scheduled(start=start, **fields)
        await self.app.hear(listed or goods())
        await self.app.hear(*(lot_decision(lot, "pass", stage="listing") for lot in LOTS))
        if stock:
            await self.app.hear(StockAllocated(entity_id=self.id, version=1, units=dict.fromkeys(LOTS, UNITS)))
        return self

    def host_headers(self, **claims: Any) -> dict[str, str]:
        """The host of the filing, now."""
        return self.tokens.headers("host", **({"account_id": "the-host", "person": self.host_person} | claims))

    @property
    def host_person(self) -> str:
        """The host's person token, as the filing has it."""
        return str(self._host_person)

    async def take_studio(self) -> None:
        """The host takes the studio token."""
        await self._learn_host()
        answer = await self.act("studio-token", {"role": "host"})
        assert answer.status_code == 201, answer.text
        self.key = answer.json()["token"]

    async def _learn_host(self) -> None:
        facts = (await self.app.said("broadcast.filing.submitted"))[-1]["facts"]
        self._host_person = facts["filing"]["hosts"][0]["person"]

    async def act(self, what: str, body: Any = None, headers: dict[str, str] | None = None, **given: str) -> Response:
        """One act of the studio, by the host with the token unless told otherwise."""
        sent = (headers or self.host_headers()) | {"Sunfair-Studio": given.get("key", self.key)}
        path = f"/broadcasts/{self.id}/room/{what}"
        method = "PUT" if what == "shelf" else "POST"
        return await self.app.client.request(method, path, json=body, headers=sent)

    async def do(self, what: str, body: Any = None) -> Answer:
        """One act that succeeds; the room afterwards."""
        answer = await self.act(what, body)
        assert answer.status_code in (200, 201, 202), answer.text
        found: Answer = answer.json()
        return found

    async def see(self) -> Answer:
        """The room as everybody sees it."""
        answer = await self.app.client.get(f"/broadcasts/{self.id}/room")
        assert answer.status_code == 200, answer.text
        found: Answer = answer.json()
        return found

    async def told(self) -> Answer:
        """The room as last announced."""
        return (await self.app.said("broadcast.room.changed"))[-1]

    async def asked(self) -> Answer:
        """The last question to the gate."""
        return (await self.app.said("broadcast.room.asked"))[-1]

    async def answer(self, outcome: Literal["pass", "review", "fail"], **fields: Any) -> None:
        """The gate answers the last question about the room, and about its lots with pass."""
        asked = await self.asked()
        if outcome == "pass":
            await self.app.hear(*(lot_decision(lot, "pass") for lot in LOTS))
        version = fields.pop("version", asked["version"])
        await self.app.hear(room_decision(self.id, version, outcome, **fields))

    async def on_air(self) -> "Studio":
        """The room is open, in its first region segment."""
        await self.take_studio()
        await self.do("open")
        await self.answer("pass")
        return self

    async def selling(self) -> "Studio":
        """The room is open, in a market segment."""
        await self.on_air()
        await self.do("segments", {"kind": "market"})
        return self


def goods(version: int = 1, lot: Answer | None = None, **seller: Any) -> ListingSubmitted:
    """The listing with four lots, as catalog tells it."""
    described = {"price_fen": PRICE, "net_grams": 5000, "specification": "10斤装", "offered_units": UNITS}
    panel = {"shown": True, "name": True, "address": True, "contact": True, "obstructed": False}
    whole = {"name": "砀山示例合作社", "uscc": "93341321MA00000000", "panel": panel} | seller
    lots = tuple(
        SubmittedLot(
            lot_id=lot_id,
            lot_number=lot_id,
            producer_uscc="93341321MA00000000",
            unchanged_since=None,
            content_sha256="0" * 64,
            facts={
                "lot": described | (lot or {}),
                "seller": whole,
                "media": [{"kind": "product_image", "sha256": "a" * 64}],
            },
        )
        for lot_id in LOTS
    )
    return ListingSubmitted(
        entity_id=LISTING,
        version=version,
        region_code=COUNTY,
        category_code="fruit.pear.su",
        specialty_id="specialty-of-pears",
        title_zh="砀山酥梨",
        title_en="Dangshan pears",
        season="2019",
        event_id=EVENT,
        content_sha256="0" * 64,
        submitted_by="operator",
        submitter_person="person",
        facts={"suppliers": [{"uscc": "93341321MA00000000", "kind": "cooperative"}]},
        lots=lots,
        sellers=dict.fromkeys(
            LOTS, PublicSeller(name="砀山示例合作社", address="砀山县梨园路 1 号", contact="0557-0000000")
        ),
    )


def short(broadcast_id: str, version: int = 2) -> StockShort:
    """One lot has too little left."""
    shortage = StockShortage(lot_id=LOTS[0], wanted_units=UNITS, free_units=3)
    return StockShort(entity_id=broadcast_id, version=version, short=(shortage,))


def lot_decision(lot_id: str, outcome: Any, *, stage: Any = "golive", **fields: Any) -> DecisionMade:
    """The gate's answer about a lot."""
    return _decision(DecisionSubject(kind="lot", id=lot_id, version=1, parent_id=LISTING), outcome, stage, fields)


def room_decision(
    broadcast_id: str, version: int, outcome: Any, *, stage: Any = "golive", **fields: Any
) -> DecisionMade:
    """The gate's answer about a room."""
    return _decision(DecisionSubject(kind="broadcast", id=broadcast_id, version=version), outcome, stage, fields)


def _decision(about: DecisionSubject, outcome: Any, stage: str, fields: dict[str, Any]) -> DecisionMade:
    reasons = (
        DecidingResult(
            rule="fm.event",
            result=outcome,
            reason_code="lifted",
            hard=True,
            reason_zh="所依据的事件已解除。",
            reason_en="The event it rests on was lifted.",
        ),
    )
    now = clock.now()
    given: dict[str, Any] = {
        "entity_id": new_id(),
        "version": 1,
        "about": about,
        "stage": stage,
        "binding": True,
        "outcome": outcome,
        "at": now,
        "decided_at": now,
        "valid_until": now + timedelta(minutes=15),
        "ruleset": "2026.11.0+sha256:0",
        "facts_sha256": "0" * 64,
        "answer_sha256": "0" * 64,
        "not_passed": () if outcome == "pass" else reasons,
    }
    return DecisionMade(**(given | fields))
