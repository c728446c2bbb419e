"""A sale for measurements: lots on an open shelf, buyers with addresses and tokens, and a baskets' worth of requests.

It is set up through the same actions that hear catalog and broadcast, in the database of orders.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import asyncpg

from services.contracts.broadcast import FiledListing, FilingScheduled
from services.contracts.catalog import ListingSubmitted, SubmittedLot
from services.contracts.room import RoomChanged, SegmentNow, ShelfItem
from services.kit import clock, keys, tokens
from services.kit.db import Database
from services.kit.ids import new_id
from services.orders import actions

REGION = "341321"
PRICE_FEN = 2990
TOKEN_MINUTES = 120


@dataclass(frozen=True)
class Buyer:
    """An account, where it has goods sent, and its access token."""

    account_id: str
    address_id: str
    token: str


@dataclass(frozen=True)
class Fair:
    """A broadcast that sells these lots."""

    broadcast_id: str
    lot_ids: tuple[str, ...]

    def body(self, buyer: Buyer, lot_id: str, units: int = 1) -> bytes:
        """What a buyer sends to order a lot."""
        line = {"lot_id": lot_id, "units": units, "price_fen": PRICE_FEN}
        basket = {"broadcast_id": self.broadcast_id, "lines": [line], "address_id": buyer.address_id}
        return json.dumps(basket, separators=(",", ":")).encode()

    def request(self, buyer: Buyer, lot_id: str, path: str = "/checkouts", key: str = "") -> bytes:
        """The whole request, as it goes over the wire."""
        body = self.body(buyer, lot_id)
        head = (
            f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {buyer.token}\r\nIdempotency-Key: {key or new_id()}\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body


async def open_fair(database: Database, units: Mapping[str, int], broadcast_id: str = "") -> Fair:
    """Lots with these units, set aside for a broadcast whose room is open in a market segment."""
    fair = Fair(broadcast_id or new_id(), tuple(units))
    listing = _listing(units)
    async with database.sessions.begin() as db:
        await actions.take_listing_submitted(db, listing)
        await actions.take_filing(db, _filing(fair, listing))
        await actions.take_room(db, _room(fair, listing))
    return fair


def _listing(units: Mapping[str, int]) -> ListingSubmitted:
    lots = tuple(
        SubmittedLot(
            lot_id=lot_id,
            lot_number=lot_id,
            producer_uscc="93341321MA2X0000X1",
            content_sha256="0" * 64,
            unchanged_since=None,
            facts={"lot": {"price_fen": PRICE_FEN, "net_grams": 2500, "offered_units": offered}, "seller": {}},
        )
        for lot_id, offered in units.items()
    )
    return ListingSubmitted(
        entity_id=new_id(),
        version=1,
        region_code=REGION,
        category_code="fruit.pear.su",
        specialty_id="bench",
        title_zh="砀山酥梨",
        title_en="Dangshan pears",
        season="2020",
        event_id="bench",
        content_sha256="0" * 64,
        submitted_by="bench",
        submitter_person="bench",
        facts={},
        lots=lots,
    )


def _filing(fair: Fair, listing: ListingSubmitted) -> FilingScheduled:
    return FilingScheduled(
        entity_id=f"filing-{fair.broadcast_id}",
        version=1,
        broadcast_id=fair.broadcast_id,
        state="scheduled",
        region_code=REGION,
        event_id="bench",
        title_zh="砀山酥梨直播专场",
        title_en="Dangshan pears, live",
        starts_at=clock.now(),
        ends_at=clock.now() + timedelta(hours=1),
        content_sha256="0" * 64,
        listings=(FiledListing(listing_id=listing.entity_id, listing_version=1, lot_ids=fair.lot_ids),),
        people={},
        accounts={},
        facts={},
    )


def _room(fair: Fair, listing: ListingSubmitted) -> RoomChanged:
    shelf = tuple(
        ShelfItem(
            lot_id=lot_id,
            listing_id=listing.entity_id,
            price_fen=PRICE_FEN,
            open=True,
            limit_units=None,
            decision_id="bench",
        )
        for lot_id in fair.lot_ids
    )
    return RoomChanged(
        entity_id=fair.broadcast_id,
        version=1,
        filing_id=f"filing-{fair.broadcast_id}",
        region_code=REGION,
        title_zh="砀山酥梨直播专场",
        title_en="Dangshan pears, live",
        state="open",
        segment=SegmentNow(segment_id="bench", number=1, kind="market", started_at=clock.now()),
        shelf=shelf,
        opened_at=clock.now(),
    )


async def add_buyers(connection: asyncpg.Connection, number: int, key: tokens.SigningKey) -> list[Buyer]:
    """So many buyers, each with an address and a token that `key` signed."""
    buyers = [_buyer(key) for _ in range(number)]
    now = clock.now()
    rows = [
        (buyer.address_id, buyer.account_id, REGION, buyer.account_id, buyer.account_id, now, False) for buyer in buyers
    ]
    columns = ["id", "account_id", "region_code", "household", "recipient", "created_at", "is_default"]
    await connection.copy_records_to_table("address", schema_name="orders", records=rows, columns=columns)
    return buyers


def _buyer(key: tokens.SigningKey) -> Buyer:
    account_id, now = new_id(), clock.now()
    claims = {
        "iss": keys.ACCESS_ISSUER,
        "aud": tokens.ACCESS_AUDIENCE,
        "sub": account_id,
        "person": f"person-{account_id}",
        "name": "Bench",
        "roles": ["buyer"],
        "scopes": [],
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=TOKEN_MINUTES)).timestamp()),
    }
    return Buyer(account_id, new_id(), tokens.sign(claims, key, tokens.ACCESS_TYPE))


async def trust(connection: asyncpg.Connection, schemas: Sequence[str], key: tokens.SigningKey) -> None:
    """Let these services believe the tokens that `key` signs, as the event from accounts would."""
    for schema in schemas:
        await connection.execute(
            f"INSERT INTO {schema}.public_key (kid, issuer, jwk) VALUES ($1, $2, $3)",  # noqa: S608  Our own names.
            key.kid,
            keys.ACCESS_ISSUER,
            json.dumps(key.public_jwk),
        )


async def market_key(connection: asyncpg.Connection, token_secret: str) -> tokens.SigningKey:
    """The key with which the accounts of a running market sign now: whoever has its secret may sign as they do."""
    row = await connection.fetchrow(
        "SELECT kid, sealed_pem FROM accounts.signing_key WHERE starts_at <= now() ORDER BY starts_at DESC LIMIT 1"
    )
    return tokens.SigningKey(row["kid"], tokens.unseal(row["sealed_pem"], token_secret))
