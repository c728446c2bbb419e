"""A broadcast that sells: its lots, its filing and its room, as the other services would tell them."""

from datetime import datetime, timedelta
from typing import Any, Literal

from httpx import Response

from services.contracts.broadcast import FiledListing, FilingEvent, FilingScheduled
from services.contracts.catalog import ListingSubmitted, SubmittedLot
from services.contracts.room import RoomChanged, SegmentNow, ShelfItem
from services.kit import clock
from services.kit.ids import new_id
from tests.apps import ServiceUnderTest, Tokens

COUNTY = "341321"
PRICE_FEN = 2990
LOT, OTHER_LOT = "lot-1", "lot-2"

Answer = dict[str, Any]


def listing(listing_id: str, units: dict[str, int], version: int = 1, **lot_facts: Any) -> ListingSubmitted:
    """A listing whose lots offer these units."""
    lots = tuple(
        SubmittedLot(
            lot_id=lot_id,
            lot_number=f"20200101-{lot_id}",
            producer_uscc="93341321MA2X0000X1",
            content_sha256="0" * 64,
            unchanged_since=None,
            facts={
                "lot": {
                    "id": lot_id,
                    "price_fen": PRICE_FEN,
                    "net_grams": 4500,
                    "offered_units": offered,
                    "freight_fen": 0,
                    "return_policy": "fresh_exempt",
                    **lot_facts,
                },
                "seller": {"name": "砀山示例果业合作社", "uscc": "93341321MA2X0000X1"},
            },
        )
        for lot_id, offered in units.items()
    )
    return ListingSubmitted(
        entity_id=listing_id,
        version=version,
        region_code=COUNTY,
        category_code="fruit.pear.su",
        specialty_id="specialty-1",
        title_zh="砀山酥梨",
        title_en="Dangshan pears",
        season="2020",
        event_id="event-e2",
        content_sha256="0" * 64,
        submitted_by="operator-1",
        submitter_person="person-1",
        facts={},
        lots=lots,
    )


class Market:
    """Orders under test, and a broadcast of it."""

    def __init__(self, app: ServiceUnderTest, tokens: Tokens, units: dict[str, int] | None = None) -> None:
        self.app = app
        self.tokens = tokens
        self.units = units or {LOT: 20, OTHER_LOT: 20}
        self.broadcast_id = new_id()
        self.listing_id = new_id()
        self.filing_version = 0
        self.room_version = 0
        self.prices = dict.fromkeys(self.units, PRICE_FEN)

    async def settle(self) -> "Market":
        """Let everything arrive that a sale rests on."""
        await self.app.hear(listing(self.listing_id, self.units), self.filing())
        return self

    def filing(self, kind: type[FilingEvent] = FilingScheduled, **fields: Any) -> FilingEvent:
        """The next word of broadcast about the filing."""
        self.filing_version += 1
        listings = (FiledListing(listing_id=self.listing_id, listing_version=1, lot_ids=tuple(self.units)),)
        given: Answer = {
            "entity_id": f"filing-of-{self.broadcast_id}",
            "version": self.filing_version,
            "broadcast_id": self.broadcast_id,
            "state": kind.subject.rpartition(".")[2],
            "region_code": COUNTY,
            "event_id": "event-e2",
            "title_zh": "砀山酥梨直播专场",
            "title_en": "Dangshan pears, live",
            "starts_at": clock.now(),
            "ends_at": clock.now() + timedelta(hours=1),
            "content_sha256": "0" * 64,
            "listings": listings,
            "people": {},
            "accounts": {},
            "facts": {},
        }
        return kind(**given | fields)

    def item(self, lot_id: str, **fields: Any) -> ShelfItem:
        """A lot on the shelf, open unless said otherwise."""
        given: Answer = {
            "lot_id": lot_id,
            "listing_id": self.listing_id,
            "price_fen": self.prices[lot_id],
            "open": True,
            "decision_id": f"decision-of-{lot_id}",
        }
        return ShelfItem(**given | fields)

    def room(
        self, *items: ShelfItem, segment: Literal["region", "market"] | None = "market", **fields: Any
    ) -> RoomChanged:
        """The next word of broadcast about the room."""
        self.room_version += 1
        now = segment and SegmentNow(segment_id="segment-1", number=1, kind=segment, started_at=clock.now())
        given: Answer = {
            "entity_id": self.broadcast_id,
            "version": self.room_version,
            "filing_id": f"filing-of-{self.broadcast_id}",
            "region_code": COUNTY,
            "title_zh": "砀山酥梨直播专场",
            "title_en": "Dangshan pears, live",
            "state": "open",
            "segment": now,
            "shelf": items,
            "opened_at": clock.now(),
        }
        return RoomChanged(**given | fields)

    async def open(self, **fields: Any) -> None:
        """Open the room in a market segment with every lot on the shelf; `fields` are of the shelf's items."""
        await self.app.hear(self.room(*(self.item(lot_id, **fields) for lot_id in self.units)))

    async def get(self, path: str, headers: dict[str, str] | None = None, status: int = 200) -> Answer:
        """What the service answers to a read."""
        response: Response = await self.app.client.get(path, headers=headers)
        assert response.status_code == status, response.text
        answer: Answer = response.json()
        return answer

    async def sale(self, at: datetime | None = None) -> dict[str, Answer]:
        """The public shelf by lot."""
        answer = await self.get(f"/sales/{self.broadcast_id}", self.tokens.headers(at=at) if at else None)
        return {lot["lot_id"]: lot for lot in answer["lots"]}
