"""A simulated broadcast as the other services would tell of it: the tables of `bench.integrity`, said as events.

Thousands of stays and hundreds of orders cannot be made by hand in a test. What happened, and what of it was abuse, is
the simulator's and known to the test alone; the service hears events and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from bench.integrity.draws import joined
from bench.integrity.files import FAKE
from bench.integrity.world import World
from services.contracts.accounts import AccountChanged
from services.contracts.catalog import ListingSubmitted, SubmittedLot
from services.contracts.compliance import ReportUpheld
from services.contracts.orders import OrderChanged
from services.contracts.room import ChatRecorded, RehearsalRecorded, RoomChanged, RoomNoted, ViewersCounted
from services.kit.event import Event
from services.kit.identity import broadcast_token
from services.kit.ids import new_id
from tests.apps import TOKEN_SECRET
from tests.disclosure.broadcasts import BROADCAST, LISTING, filing, sample

Row = dict[str, Any]
AT_ONCE = 400
# What the room tells by its segments and by its opening and closing.
_KINDS = {"leader_on": ("segment_started", "region"), "leader_off": ("segment_ended", "region")}


def moved(at: int, by: int) -> int:
    """A moment of the simulation as one of these days; unknown ones stay unknown."""
    return at + by if at > 0 else at


class Telling:
    """A world, told as a broadcast that ended at a given moment."""

    def __init__(self, world: World, ended: datetime) -> None:
        self.world = world
        self.ended = ended
        self.region = str(world.county)
        self.shift = int(ended.timestamp() * 1000) - world.end
        self.tables = {name: joined(blocks) for name, blocks in world.tables.items()}

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table as plain values."""
        columns = self.tables.get(table)
        if columns:
            names = list(columns)
            for values in zip(*(columns[name].tolist() for name in names), strict=True):
                yield dict(zip(names, values, strict=True))

    def token(self, kind: str, value: int) -> str:
        """The token of something in this broadcast; nobody's is 0."""
        return broadcast_token(BROADCAST, f"{kind}-{value}", TOKEN_SECRET) if value else "0"

    def at(self, moment: int) -> int:
        """A moment in the time of the telling."""
        return moved(int(moment), self.shift)

    def instant(self, moment: int) -> datetime:
        """The same as an instant."""
        return self.ended + timedelta(milliseconds=self.at(moment) - int(self.ended.timestamp() * 1000))

    def truth(self) -> dict[str, int]:
        """What was real, as the simulator knows it: orders, and what was paid for them and not given back."""
        false = {int(each) for _, abuse, _, ids in self.world.labels if abuse in FAKE for each in ids}
        back: dict[int, int] = defaultdict(int)
        for row in self.rows("refunds"):
            back[row["order_id"]] += row["amount_fen"]
        real = [row for row in self.rows("orders") if row["order_id"] not in false]
        net = sum(max(0, row["paid_fen"] - back[row["order_id"]]) for row in real)
        return {"orders": len(real), "net_fen": net}

    def events(self) -> list[Event]:
        """All that is told, in an order in which it may well arrive."""
        return [
            self._listing(),
            filing(
                region_code=self.region,
                listings=[{"listing_id": LISTING, "listing_version": 1, "lot_ids": self._lots()}],
            ),
            *self._accounts(),
            *self._notes(),
            *self._stays(),
            *self._chat(),
            *self._rehearsals(),
            *self._orders(),
            *self._reports(),
            self._ended(),
        ]

    def _lots(self) -> list[str]:
        return [f"lot-{number}" for number in self.world.skus["sku_id"].tolist()]

    def _producer(self, sku: int) -> str:
        return f"co-op lot-{1 + sku % 3}"

    def _listing(self) -> ListingSubmitted:
        goods = {name: values.tolist() for name, values in self.world.skus.items()}
        lots = []
        for place, number in enumerate(goods["sku_id"]):
            costs = {"farm_gate_fen": "farmgate_fen", "packing_fen": "packaging_fen", "carriage_fen": "logistics_fen"}
            facts = {name: goods[source][place] for name, source in costs.items()}
            facts |= {"price_fen": goods["price_fen"][place], "net_grams": goods["unit_weight_g"][place]}
            lot: Row = {"lot_id": f"lot-{number}", "lot_number": f"{number}", "producer_uscc": self._producer(number)}
            facts |= {"display_name": str(goods["name"][place]), "category_code": "fruit.pear.su"}
            lot |= {"content_sha256": "ab" * 32, "unchanged_since": None, "facts": {"lot": facts}}
            lots.append(SubmittedLot.model_validate(lot).model_dump())
        suppliers = [
            {"uscc": uscc, "name": f"演示{uscc[-1]}号合作社"} for uscc in sorted({x["producer_uscc"] for x in lots})
        ]
        said = {"entity_id": LISTING, "version": 1, "lots": lots, "facts": {"suppliers": suppliers}}
        return sample(ListingSubmitted, **said)

    def _accounts(self) -> Iterator[AccountChanged]:
        """Those who bought; of others an account would be told as well, and nothing is read from it."""
        buyers = set(self.tables["orders"]["user_id"].tolist())
        for row in self.rows("users"):
            if row["user_id"] in buyers:
                created = self.instant(row["created_ms"])
                whole = {"entity_id": f"user-{row['user_id']}", "version": 1, "roles": ["buyer"], "scopes": []}
                whole |= {"created_at": created, "phone_bound": bool(row["phone_bound"]), "organ": None}
                if row["employer_id"]:
                    # Those who hold an office beside buying: of them the platform knows where they work.
                    whole |= {"roles": ["buyer", "operator"], "organ": self._organ(row["employer_id"])}
                yield sample(AccountChanged, **whole)

    def _organ(self, number: int) -> Row:
        named: Row = {"name": f"演示第{number}单位", "kind": "government_department", "level": "county"}
        return named | {"region_code": self.region}

    def _reports(self) -> Iterator[ReportUpheld]:
        """Notices, as citizens sent them in: each names the bodies that it speaks to."""
        for number, row in enumerate(self.rows("notices")):
            named = [f"演示第{each[2:]}单位" for each in row["mentions"].split(";") if each.startswith("e:")]
            said = {"entity_id": f"report-{number}", "about_kind": "broadcast", "about_id": BROADCAST, "version": 1}
            said |= {"published_text": f"{'、'.join(named)}：{row['text']}", "region_code": self.region}
            yield sample(ReportUpheld, **said)

    def _notes(self) -> Iterator[RoomNoted]:
        for number, row in enumerate(sorted(self.rows("segments"), key=lambda row: row["t_ms"])):
            kind, segment = _KINDS.get(row["kind"], (row["kind"], None))
            lot = f"lot-{row['sku_id']}" if row["sku_id"] else None
            said = {"entity_id": f"note-{number:04}", "broadcast_id": BROADCAST, "kind": kind, "segment_kind": segment}
            said |= {"noted_at": self.instant(row["t_ms"]), "stream_ms": max(0, row["t_ms"] - self.world.start)}
            said |= {"lot_id": lot, "price_fen": None, "limit_units": row["limit_qty"] or None, "text_zh": row["text"]}
            yield sample(RoomNoted, **said)

    def _stays(self) -> Iterator[ViewersCounted]:
        for number, batch in enumerate(_batches([self._stay(row) for row in self.rows("sessions")])):
            yield sample(ViewersCounted, entity_id=f"stays-{number}", broadcast_id=BROADCAST, sessions=batch)

    def _stay(self, row: Row) -> Row:
        named = {"session": "session_id", "user": "user_id", "device": "device_id", "device_model": "device_model"}
        named |= {"ip": "ip_id", "ip_prefix": "ip_prefix"}
        same = ("client", "app_version", "ip_class", "asn", "heartbeats", "interactions", "foreground_ms", "rx_kb")
        times = {name: self.at(row[name]) for name in ("join_ms", "leave_ms")}
        tokens = {name: self.token(name, row[source]) for name, source in named.items()}
        return tokens | times | {name: row[name] for name in (*same, "referrer")}

    def _chat(self) -> Iterator[ChatRecorded]:
        lines = [
            {name: self.token(name, row[f"{name}_id"]) for name in ("message", "user", "session")}
            | {"sent_ms": self.at(row["sent_ms"]), "text": row["text"]}
            for row in self.rows("messages")
        ]
        for number, batch in enumerate(_batches(lines)):
            yield sample(ChatRecorded, entity_id=f"chat-{number}", broadcast_id=BROADCAST, messages=batch)

    def _rehearsals(self) -> Iterator[RehearsalRecorded]:
        acts = [
            {"user": self.token("user", row["user_id"]), "at_ms": self.at(row["t_ms"]), "action": row["action"]}
            | {"lot_id": f"lot-{row['sku_id']}" if row["sku_id"] else None}
            for row in self.rows("rehearsal_events")
        ]
        for number, batch in enumerate(_batches(acts)):
            yield sample(RehearsalRecorded, entity_id=f"acts-{number}", broadcast_id=BROADCAST, acts=batch)

    def _orders(self) -> Iterator[OrderChanged]:
        parcels, refunds = self._of_orders("shipments"), self._of_orders("refunds")
        payments = self._of_orders("payments")
        grams = dict(zip(self.world.skus["sku_id"].tolist(), self.world.skus["unit_weight_g"].tolist(), strict=True))
        for row in self.rows("orders"):
            number = row["order_id"]
            yield self._order(row, grams[row["sku_id"]], payments[number][0], parcels[number], refunds[number])

    def _of_orders(self, table: str) -> dict[int, list[Row]]:
        found: dict[int, list[Row]] = defaultdict(list)
        for row in self.rows(table):
            found[row["order_id"]].append(row)
        return found

    def _order(self, row: Row, grams: int, payment: Row, parcels: list[Row], refunds: list[Row]) -> OrderChanged:
        named = {"buyer": "user_id", "device": "device_id", "ip": "ip_id", "address": "address_id"}
        named |= {"consignee": "consignee_id", "group_buy": "group_buy_id", "order_token": "order_id"}
        kinds = {"buyer": "user", "order_token": "order"}
        tokens = {name: self.token(kinds.get(name, name), row[source]) for name, source in named.items()}
        same = ("unit_price_fen", "seller_discount_fen", "subsidy_fen", "paid_fen", "page_view_ms", "entry")
        said = tokens | {name: row[name] for name in same} | {name: self.at(row[name]) for name in _ORDER_TIMES}
        goods: Row = {
            "lot_id": f"lot-{row['sku_id']}",
            "listing_id": LISTING,
            "producer_uscc": self._producer(row["sku_id"]),
        }
        goods |= {"units": row["qty"], "unit_grams": grams, "ship_region": f"{row['ship_div']}", "freight_fen": 0}
        return sample(
            OrderChanged,
            entity_id=f"order-{row['order_id']}",
            version=9,
            message_id=new_id(),
            broadcast_id=BROADCAST,
            payment=self._payment(payment),
            shipments=[self._parcel(each) for each in parcels],
            refunds=[self._refund(each) for each in refunds],
            **said,
            **goods,
        )

    def _payment(self, row: Row) -> Row:
        tokens = {"payment": self.token("payment", row["payment_id"]), "payer": self.token("payer", row["payer_id"])}
        return tokens | {"paid_ms": self.at(row["paid_ms"]), "amount_fen": row["amount_fen"], "method": row["method"]}

    def _parcel(self, row: Row) -> Row:
        way: Row = {
            "weight_grams": row["weight_g"],
            "scans": row["n_scans"],
            "sign_kind": row["sign_kind"] or "unsigned",
        }
        way |= {name: round(row[name]) for name in ("route_km", "sign_km")}
        tokens = {name: self.token(name, row[f"{name}_id"]) for name in ("shipment", "courier")}
        return tokens | way | {name: self.at(row[name]) for name in ("label_ms", "pickup_ms", "signed_ms")}

    def _refund(self, row: Row) -> Row:
        said = {name: row[name] for name in ("amount_fen", "reason", "initiator")}
        tokens = {"refund": self.token("refund", row["refund_id"]), "to_payer": self.token("payer", row["to_payer_id"])}
        return tokens | said | {"requested_ms": self.at(row["requested_ms"]), "has_photo": bool(row["has_photo"])}

    def _ended(self) -> RoomChanged:
        opened = self.instant(self.world.start)
        whole: Mapping[str, Any] = {
            "entity_id": BROADCAST,
            "region_code": self.region,
            "version": 9,
            "state": "ended",
            "segment": None,
            "shelf": [],
        }
        moments = {"opened_at": opened, "ended_at": self.ended, "occurred_at": self.ended}
        return sample(RoomChanged, **whole, **moments)


_ORDER_TIMES = ("created_ms", "cart_ms")


def _batches(rows: list[Row]) -> Iterator[list[Row]]:
    for first in range(0, len(rows), AT_ONCE):
        yield rows[first : first + AT_ONCE]
