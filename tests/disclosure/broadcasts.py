"""A broadcast of pears as the other services tell of it, from its filing to the parcels."""

import hashlib
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from services.contracts.accounts import AccountChanged
from services.contracts.broadcast import FilingScheduled
from services.contracts.catalog import ListingSubmitted, SubmittedLot
from services.contracts.compliance import SlowSalesCertified
from services.contracts.orders import OrderChanged, OrderPaid
from services.contracts.room import RoomChanged, RoomNoted, ViewersCounted
from services.kit import clock
from services.kit.event import Event
from services.kit.ids import new_id

SAMPLES = Path(__file__).parent.parent / "contracts" / "samples"
BROADCAST, LISTING, EVIDENCE = "broadcast-of-pears", "listing-of-pears", "evidence-of-pears"
LOTS = ("lot-1", "lot-2", "lot-3")
Kind = TypeVar("Kind", bound=Event)


def sample(event: type[Kind], /, **said: Any) -> Kind:
    """The golden sample of an event, with something else said."""
    document = json.loads((SAMPLES / f"{event.subject}.json").read_text(encoding="utf-8"))
    # Each telling has a name of its own, or it would be taken for the same one again.
    return event.model_validate({**document, "message_id": new_id(), "clock_set": False, **said})


def filing(**said: Any) -> FilingScheduled:
    """The filing as it was scheduled."""
    pinned = [{"listing_id": LISTING, "listing_version": 1, "lot_ids": list(LOTS)}]
    return sample(FilingScheduled, **{"broadcast_id": BROADCAST, "listings": pinned, **said})


def listing(**costs: int) -> ListingSubmitted:
    """Three co-operatives' boxes of pears."""
    facts = {"price_fen": 2_990, "net_grams": 2_500, "display_name": "砀山酥梨", "category_code": "fruit.pear.su"}
    facts |= {"farm_gate_fen": 1_000, "packing_fen": 300, "carriage_fen": 800} | costs
    lots = [
        SubmittedLot(
            lot_id=lot_id,
            lot_number=lot_id,
            producer_uscc=f"co-op {lot_id}",
            content_sha256="ab" * 32,
            unchanged_since=None,
            facts={"lot": facts},
        ).model_dump()
        for lot_id in LOTS
    ]
    suppliers = [supplier(f"co-op {lot_id}") for lot_id in LOTS]
    said = {"entity_id": LISTING, "version": 1, "lots": lots, "facts": {"suppliers": suppliers}}
    return sample(ListingSubmitted, **said)


def supplier(uscc: str, **said: Any) -> dict[str, Any]:
    """A co-operative of its own: another representative, controller, telephone, account and address than any other."""
    named = {"uscc": uscc, "name": f"砀山演示{uscc[6:]}合作社", "kind": "cooperative", "region_code": "341321"}
    identities = ("legal_rep", "controller", "phone", "account", "address")
    return named | {name: hashlib.sha256(f"{name} {uscc}".encode()).hexdigest() for name in identities} | said


def ended(at: datetime, **said: Any) -> RoomChanged:
    """The room, over after an hour."""
    whole = {"entity_id": BROADCAST, "version": 9, "state": "ended", "segment": None, "shelf": []}
    whole |= {"opened_at": at - timedelta(hours=1), "ended_at": at, "occurred_at": at}
    return sample(RoomChanged, **{**whole, **said})


def notes(at: datetime) -> list[RoomNoted]:
    """The run of the show: the region first, then the market."""
    opened = at - timedelta(hours=1)
    run: list[tuple[str, str | None, int]] = [
        ("open", None, 0),
        ("segment_started", "region", 0),
        ("segment_ended", "region", 20),
        ("segment_started", "market", 20),
        ("segment_ended", "market", 60),
        ("close", None, 60),
    ]
    return [
        sample(
            RoomNoted,
            entity_id=f"note-{number}",
            broadcast_id=BROADCAST,
            kind=kind,
            segment_kind=segment,
            noted_at=opened + timedelta(minutes=minutes),
            stream_ms=minutes * 60_000,
            lot_id=None,
            price_fen=None,
        )
        for number, (kind, segment, minutes) in enumerate(run)
    ]


def viewers(at: datetime, count: int) -> ViewersCounted:
    """So many people who watched for a while."""
    joined = int(at.timestamp() * 1000) - 3_000_000
    stay = json.loads((SAMPLES / "broadcast.viewers.counted.json").read_text(encoding="utf-8"))["sessions"][0]
    sessions = [
        {
            **stay,
            "session": str(1_000 + number),
            "device": str(5_000 + number),
            "ip": str(9_000 + number),
            "ip_prefix": str(9_000 + number),
            "join_ms": joined + number * 7_919 % 1_500_000,
            "leave_ms": joined + number * 7_919 % 1_500_000 + 400_000 + number * 6_151 % 800_000,
            "heartbeats": 25 + number % 13,
            "interactions": number % 5,
            "foreground_ms": 300_000 + number * 3_571 % 90_000,
        }
        for number in range(count)
    ]
    return sample(ViewersCounted, broadcast_id=BROADCAST, sessions=sessions)


def order(number: int, at: datetime, **said: Any) -> OrderPaid:
    """One box for somebody, paid."""
    return OrderPaid.model_validate(_order(number, at, said))


def changed(number: int, at: datetime, **said: Any) -> OrderChanged:
    """The same order as it stands later."""
    return OrderChanged.model_validate(_order(number, at, {"version": 9, "state": "signed", **said}))


def _order(number: int, at: datetime, said: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SAMPLES / "orders.order.paid.json").read_text(encoding="utf-8"))
    created = int(at.timestamp() * 1000) - 2_000_000 + number * 8_171 % 1_800_000
    own = {"buyer": 10, "device": 20, "ip": 30, "address": 40, "consignee": 50}
    lot_id = LOTS[number % len(LOTS)]
    return (
        document
        | {name: str(first * 1_000_000 + number) for name, first in own.items()}
        | {"entity_id": f"order-{number}", "order_token": str(70_000_000 + number), "broadcast_id": BROADCAST}
        | {"lot_id": lot_id, "listing_id": LISTING, "producer_uscc": f"co-op {lot_id}", "units": 1}
        | {"unit_grams": 2_500, "unit_price_fen": 2_990, "paid_fen": 2_990, "created_ms": created}
        | {"cart_ms": created - 30_000, "page_view_ms": 40_000 + number % 9 * 1_000, "clock_set": False}
        | {"message_id": new_id()}
        | {"payment": document["payment"] | {"payment": str(80_000_000 + number), "payer": str(90_000_000 + number)}}
        | said
    )


def refund(number: int, at: datetime, reason: str = "spoiled") -> dict[str, Any]:
    """The whole price back, with a picture of what was wrong."""
    return {
        "refund": str(60_000_000 + number),
        "requested_ms": int(at.timestamp() * 1000) + 3 * 86_400_000 + number * 5_000_000 % 86_400_000,
        "amount_fen": 2_990,
        "reason": reason,
        "has_photo": True,
        "initiator": "buyer",
        "to_payer": str(90_000_000 + number),
    }


def some_time_ago(**before: float) -> datetime:
    """A moment before now, as `timedelta` measures it."""
    return clock.now() - timedelta(**before)


def slow_sales(**said: Any) -> SlowSalesCertified:
    """Certified evidence that forty tonnes of pears lie unsold."""
    fact = {"unsold_grams": 40_000_000, "progress_gap_bp": 3_000, "sources": [{"org": "市农业农村局"}]}
    usual = {"entity_id": EVIDENCE, "category_code": "fruit.pear.su", "document": fact}
    return sample(SlowSalesCertified, **(usual | said))


def account(account_id: str, name: str, **said: Any) -> AccountChanged:
    """Somebody's account."""
    return sample(AccountChanged, **{"entity_id": account_id, "name": name, **said})
