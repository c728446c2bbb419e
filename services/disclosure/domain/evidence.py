"""What was told of a broadcast, as the tables that the integrity engine reads (`sunfair-events/1`)."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import polars as pl

from services.disclosure.integrity.schema import HORIZON_MS

Payload = Mapping[str, Any]
TokenOf = Callable[[str], str]

# The official is on screen in region segments and in no other.
_SEGMENT_KINDS = {("segment_started", "region"): "leader_on", ("segment_ended", "region"): "leader_off"}
OF_THE_ORGANISER = frozenset({"organiser", "regional_organ"})
_OFFICES = ("peoples_government", "party_committee", "government_department", "party_department", "inspection_body")
DAY_MS = 86_400_000
# A tenth of fewer prices would be the price of one neighbour.
FEWEST_QUOTES = 3
_TOLD = ("open", "product", "flash_open", "loss_leader", "push", "slogan_prompt", "leader_on", "leader_off", "close")


@dataclass(frozen=True, slots=True)
class Told:
    """Everything that other services told of one broadcast, as it was told."""

    broadcast_id: str
    filing: Payload
    room: Payload
    notes: Sequence[Payload] = ()
    stays: Sequence[Payload] = ()
    chat: Sequence[Payload] = ()
    rehearsals: Sequence[Payload] = ()
    orders: Sequence[Payload] = ()
    complaints: Sequence[Payload] = ()
    listings: Sequence[Payload] = ()
    decisions: Sequence[Payload] = ()
    event: Payload | None = None
    slow_sales: Sequence[Payload] = ()
    overrides: Sequence[Payload] = ()
    reports: Sequence[Payload] = ()
    replies: Sequence[Payload] = ()
    accounts: Mapping[str, Payload] = field(default_factory=dict)
    seen_until_ms: int | None = None
    quotes: Sequence[Payload] = ()
    market_since_ms: int | None = None

    @property
    def sessions(self) -> list[Payload]:
        """Every stay."""
        return [stay for batch in self.stays for stay in batch["sessions"]]

    @property
    def messages(self) -> list[Payload]:
        """Every message."""
        return [message for batch in self.chat for message in batch["messages"]]

    @property
    def history_days(self) -> int:
        """For how many whole days before this broadcast anything can be known of what people watched and bought."""
        start = milliseconds(self.room.get("opened_at"))
        return 0 if self.market_since_ms is None else max(0, (start - self.market_since_ms) // DAY_MS)

    @property
    def lots(self) -> list[Payload]:
        """The lots that went to market, with their listing."""
        pinned = {lot for each in self.filing.get("listings", ()) for lot in each["lot_ids"]}
        return [lot for listing in self.listings for lot in listing["lots"] if lot["lot_id"] in pinned]


def milliseconds(instant: str | None) -> int:
    """Milliseconds since 1970 of an instant as events write it; −1 where there is none."""
    return -1 if not instant else int(datetime.fromisoformat(instant).timestamp() * 1000)


def header(told: Told) -> dict[str, Any]:
    """`broadcast.json`: where, when, and the figures as anybody would count them."""
    start, end = milliseconds(told.room.get("opened_at")), milliseconds(told.room.get("ended_at"))
    viewers = {s["user"] if s["user"] != "0" else s["device"] for s in told.sessions}
    claimed = {"viewers": len(viewers), "orders": len(told.orders)}
    claimed["sales_fen"] = sum(order["paid_fen"] for order in told.orders)
    return {
        "schema": "sunfair-events/1",
        "broadcast_id": told.broadcast_id,
        "county_div": int(told.filing["region_code"]),
        "start_ms": start,
        "end_ms": end,
        # Of yesterday's orders nobody can say yet that they were never sent.
        "observed_until_ms": min(end + HORIZON_MS, told.seen_until_ms or end + HORIZON_MS),
        "claimed": claimed,
        # A younger market counts orders and broadcasts watched over this time alone: they are lower bounds then.
        "history_days": told.history_days,
    }


def frames(told: Told, token: TokenOf) -> dict[str, pl.DataFrame]:
    """The tables, by name. `token`: the token of this broadcast for an id of ours."""
    orders = told.orders
    return {
        "users": _frame(_users(told, token)),
        "sessions": _frame(_session(session) for session in told.sessions),
        "messages": _frame(_message(message) for message in told.messages),
        "orders": _frame(_order(order, token) for order in orders),
        "payments": _frame(_payment(order) for order in orders),
        "shipments": _frame(_shipment(order, each) for order in orders for each in order["shipments"]),
        "refunds": _frame(_refund(order, each) for order in orders for each in order["refunds"]),
        "skus": _frame(_sku(lot, token, told) for lot in told.lots),
        "segments": _frame(row for note in told.notes for row in _segment(note, token)),
        "employers": _frame(_employer(name, organ, token) for name, organ in sorted(_organs(told).items())),
        "notices": _frame(row for report in told.reports for row in _notice(report, told, token)),
        "rehearsal_events": _frame(_act(act, token) for batch in told.rehearsals for act in batch["acts"]),
    }


def _frame(rows: Iterable[Mapping[str, Any]]) -> pl.DataFrame:
    listed = list(rows)
    return pl.DataFrame(listed, infer_schema_length=None) if listed else pl.DataFrame()


def _users(told: Told, token: TokenOf) -> Iterable[Payload]:
    """The accounts, and of buyers without a known one what they said of themselves."""
    said = {buyer: name for buyer, (name, _) in declared_bodies(told).items()}
    counts = _counts(told)
    unknown: Payload = {"watch_30d": -1, "orders_365d": -1}
    for account_id, account in told.accounts.items():
        user = token(account_id)
        name = (account.get("organ") or {}).get("name") or said.pop(user, None)
        said.pop(user, None)
        yield {**_user(user, account, name, token), **counts.get(user, unknown)}
    for user, name in said.items():
        yield {**_user(user, {}, name, token), **counts.get(user, unknown)}


def _user(user: str, account: Payload, organ: str | None, token: TokenOf) -> Payload:
    created, bound = milliseconds(account.get("created_at")), int(bool(account.get("phone_bound")))
    employer = int(_organ_token(organ, token)) if organ else 0
    return {"user_id": int(user), "created_ms": created, "phone_bound": bound, "employer_id": employer}


def _counts(told: Told) -> dict[str, Payload]:
    """Buyer or viewer → broadcasts watched and orders paid for before this one; nobody knows in the first broadcast."""
    if told.history_days < 1:
        return {}
    found: dict[str, dict[str, int]] = {}
    for stay in told.sessions:
        if stay["user"] != "0":
            known = found.setdefault(stay["user"], {"watch_30d": -1, "orders_365d": -1})
            known["watch_30d"] = max(known["watch_30d"], stay.get("watch_30d", -1))
    for order in told.orders:
        known = found.setdefault(order["buyer"], {"watch_30d": -1, "orders_365d": -1})
        bought = order.get("orders_365d", -1)
        # Of several orders the first knows of none of the others.
        known["orders_365d"] = bought if known["orders_365d"] < 0 else min(known["orders_365d"], max(0, bought))
    return dict(found)


def declared_bodies(told: Told) -> dict[str, tuple[str, Payload]]:
    """Buyer → the body that they said they work for; which office of the region, they need not say."""
    offices = {"kind": "government_department", "region_code": told.filing["region_code"]}
    found: dict[str, tuple[str, Payload]] = {}
    for order in told.orders:
        said = set(order.get("declared") or ())
        if said & OF_THE_ORGANISER:
            found[order["buyer"]] = ("said by the buyer: organiser", offices)
        elif "producer" in said:
            producer = (f"said by the buyer: {order['producer_uscc']}", {"kind": "enterprise", "region_code": None})
            found.setdefault(order["buyer"], producer)
    return found


def _organ_token(name: str, token: TokenOf) -> str:
    return token(f"organ:{name}")


def _organs(told: Told) -> dict[str, Payload]:
    """The bodies that buyers are known, or said, to work for, by name."""
    organs = (account.get("organ") for account in told.accounts.values())
    return dict(declared_bodies(told).values()) | {organ["name"]: organ for organ in organs if organ}


def organisers_people(told: Told, token: TokenOf) -> frozenset[str]:
    """The tokens of buyers known to work for the organiser: an office of the county, or a body that approved."""
    approving = {each.get("organ") for each in told.filing.get("approvals") or ()}
    found = set()
    for account_id, account in told.accounts.items():
        organ = account.get("organ") or {}
        of_county = organ.get("region_code") == told.filing["region_code"] and organ.get("kind") in _OFFICES
        if organ and (of_county or organ.get("name") in approving):
            found.add(token(account_id))
    return frozenset(found)


def _employer(name: str, organ: Payload, token: TokenOf) -> Payload:
    """Where nobody tells how many work there, it is not asked what part of them bought."""
    kind = "government" if organ["kind"] in _OFFICES else "enterprise"
    div = int(organ.get("region_code") or -1)
    return {
        "employer_id": int(_organ_token(name, token)),
        "kind": kind,
        "div": div,
        "headcount": organ.get("headcount") or -1,
    }


def _notice(report: Payload, told: Told, token: TokenOf) -> Iterable[Payload]:
    """The words of a document that citizens sent and that was found to be real.

    It speaks to the bodies that it names; where it names none of those known, to all of the county that it was sent in.
    """
    if report.get("published_text"):
        organs = _organs(told)
        here = [name for name, organ in organs.items() if organ.get("region_code") == report["region_code"]]
        named = [name for name in organs if name in report["published_text"]] or here
        yield {
            "doc_id": int(token(f"report:{report['entity_id']}")),
            "issued_ms": milliseconds(report["decided_at"]),
            "issuer_employer_id": 0,
            "source": "report",
            "text": report["published_text"],
            "mentions": ";".join(f"e:{_organ_token(name, token)}" for name in sorted(named)),
        }


def _session(session: Payload) -> Payload:
    tokens = {"session_id": "session", "user_id": "user", "device_id": "device", "device_model": "device_model"}
    tokens |= {"ip_id": "ip", "ip_prefix": "ip_prefix"}
    same = ("client", "app_version", "ip_class", "asn", "join_ms", "leave_ms", "heartbeats", "interactions")
    rest = {name: session[name] for name in (*same, "foreground_ms", "rx_kb", "referrer")}
    return {name: int(session[source]) for name, source in tokens.items()} | rest


def _message(message: Payload) -> Payload:
    tokens = {"message_id": "message", "user_id": "user", "session_id": "session"}
    ids = {name: int(message[source]) for name, source in tokens.items()}
    return ids | {"sent_ms": message["sent_ms"], "text": message["text"]}


def _order(order: Payload, token: TokenOf) -> Payload:
    tokens = {"order_id": "order_token", "user_id": "buyer", "device_id": "device", "ip_id": "ip"}
    tokens |= {"address_id": "address", "consignee_id": "consignee", "group_buy_id": "group_buy"}
    same = ("unit_price_fen", "seller_discount_fen", "subsidy_fen", "paid_fen", "created_ms", "cart_ms")
    rest = {name: order[name] for name in (*same, "page_view_ms", "entry")}
    rest["told_to_buy"] = int("told_to_buy" in (order.get("declared") or ()))
    ids = {name: int(order[source]) for name, source in tokens.items()}
    goods = {"sku_id": int(token(order["lot_id"])), "qty": order["units"], "ship_div": int(order["ship_region"])}
    # Freight is the carrier's: what the buyer paid for the goods is what is compared with their price and cost.
    return ids | rest | goods | {"paid_fen": order["paid_fen"] - order["freight_fen"]}


def _payment(order: Payload) -> Payload:
    paid = order["payment"]
    ids = {"payment_id": int(paid["payment"]), "order_id": int(order["order_token"]), "payer_id": int(paid["payer"])}
    return ids | {"paid_ms": paid["paid_ms"], "amount_fen": paid["amount_fen"], "method": paid["method"]}


def _shipment(order: Payload, parcel: Payload) -> Payload:
    ids = {"shipment_id": int(parcel["shipment"]), "courier_id": int(parcel["courier"])}
    ids |= {"order_id": int(order["order_token"])}
    times = {name: parcel[name] for name in ("label_ms", "pickup_ms", "signed_ms")}
    way = {"route_km": float(parcel["route_km"]), "sign_km": float(parcel["sign_km"])}
    kind = "" if parcel["sign_kind"] == "unsigned" else parcel["sign_kind"]
    return ids | times | way | {"weight_g": parcel["weight_grams"], "n_scans": parcel["scans"], "sign_kind": kind}


def _refund(order: Payload, refund: Payload) -> Payload:
    ids = {"refund_id": int(refund["refund"]), "order_id": int(order["order_token"])}
    ids |= {"to_payer_id": int(refund["to_payer"]), "has_photo": int(refund["has_photo"])}
    return ids | {name: refund[name] for name in ("requested_ms", "amount_fen", "reason", "initiator")}


def _sku(lot: Payload, token: TokenOf, told: Told) -> Payload:
    facts: Payload = lot["facts"]["lot"]
    limits = [
        note["limit_units"] for note in told.notes if note.get("lot_id") == lot["lot_id"] and note.get("limit_units")
    ]
    costs = {"farmgate_fen": "farm_gate_fen", "packaging_fen": "packing_fen", "logistics_fen": "carriage_fen"}
    return {
        "sku_id": int(token(lot["lot_id"])),
        "name": facts.get("display_name") or "",
        "category": facts.get("category_code") or "",
        "unit_weight_g": facts.get("net_grams") or -1,
        "price_fen": facts.get("price_fen") or -1,
        **{name: facts.get(source, -1) if facts.get(source) is not None else -1 for name, source in costs.items()},
        "platform_fee_bp": 0,
        "ref_farmgate_p10_fen_per_kg": cheapest_tenth(told.quotes, facts.get("category_code"), lot["producer_uscc"]),
        "clearance": int(bool(facts.get("clearance_statement_sha256"))),
        "limit_qty": max(limits, default=0),
    }


def cheapest_tenth(quotes: Sequence[Payload], category: str | None, producer: str) -> int:
    """The cheapest tenth of what other producers of the county declared for such goods, in fen a kilogram.

    −1 where fewer than three of them did: that is no price of the county. Of each the lowest counts.
    """
    lowest: dict[str, int] = {}
    for quote in quotes:
        if category and quote["category_code"] == category and quote["producer_uscc"] != producer:
            price = quote["farm_gate_fen"] * 1000 // quote["net_grams"]
            lowest[quote["producer_uscc"]] = min(price, lowest.get(quote["producer_uscc"], price))
    prices = sorted(lowest.values())
    return prices[(len(prices) - 1) // 10] if len(prices) >= FEWEST_QUOTES else -1


def _segment(note: Payload, token: TokenOf) -> Iterable[Payload]:
    kind = _SEGMENT_KINDS.get((note["kind"], note.get("segment_kind") or ""), note["kind"])
    if kind in _TOLD:
        lot_id = note.get("lot_id")
        yield {
            "t_ms": milliseconds(note["noted_at"]),
            "kind": kind,
            "sku_id": int(token(lot_id)) if lot_id else 0,
            "text": note.get("text_zh") or "",
            "limit_qty": note.get("limit_units") or 0,
        }


def _act(act: Payload, token: TokenOf) -> Payload:
    sku = int(token(act["lot_id"])) if act.get("lot_id") else 0
    return {"user_id": int(act["user"]), "t_ms": act["at_ms"], "action": act["action"], "sku_id": sku}
