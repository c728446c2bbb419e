"""Orders as their buyer sees them: the state in words, parcels, what was asked back, complaints and their clocks."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gateway.views import addresses, checkouts, goods, instant, region_name, show_instant, yuan
from gateway.views.speaking import Speaker

Json = dict[str, Any]

STATES = ("reserved", "paid", "shipped", "signed", "refunded", "expired", "cancelled")
_WAY = ("reserved", "paid", "shipped", "signed")


def state_word(speaker: Speaker, state: str) -> Json:
    """The state of an order as a badge."""
    words = {
        "reserved": ("review", speaker._("Waits for payment")),
        "paid": ("", speaker._("Paid, to be sent")),
        "shipped": ("", speaker._("On its way")),
        "signed": ("pass", speaker._("Arrived")),
        "refunded": ("", speaker._("Paid back")),
        "expired": ("", speaker._("Not paid in time")),
        "cancelled": ("", speaker._("Cancelled")),
    }
    kind, text = words.get(state, ("", state))
    return {"kind": kind, "text": text}


def row(speaker: Speaker, order: Json, *, root: str = "orders", lot: Json | None = None) -> Json:
    """An order in a list. `lot`: the public page of its goods, for what an order leaves out."""
    shown = goods.from_page(speaker, checkouts.page_of_order(order), lot)
    return {
        "order_id": order["order_id"],
        "href": f"/{speaker.language}/{root}/{order['order_id']}",
        "pay_href": f"/{speaker.language}/checkouts/{order['checkout_id']}" if order["state"] == "reserved" else None,
        "goods": shown,
        "units": order["units"],
        "amount_fen": order["amount_fen"],
        "state": state_word(speaker, order["state"]),
        "when": show_instant(order["created_at"], speaker.language),
        "ticket": f"{order['ticket']:,}",
    }


def facts(speaker: Speaker, order: Json) -> list[Json]:
    """What was agreed: number, time, units, price, where it goes."""
    address = order.get("address") or {}
    found: list[tuple[str, str | None]] = [
        (speaker._("Order number"), order["order_id"]),
        (speaker._("Ordered"), show_instant(order["created_at"], speaker.language)),
        (speaker._("How many"), str(order["units"])),
        (speaker._("Price of each"), yuan(order["unit_price_fen"])),
        (speaker._("Freight"), goods.freight_word(speaker, order["freight_fen"])),
        (speaker._("To pay"), yuan(order["amount_fen"])),
        (speaker._("Recipient"), " ".join(filter(None, (address.get("consignee"), address.get("phone"))))),
        (speaker._("Where it goes"), addresses.line(speaker, address) if address.get("detail") else None),
    ]
    return [{"name": name, "value": value} for name, value in found if value]


def way(speaker: Speaker, state: str) -> list[Json]:
    """The way of an order for the macro `steps`; what ended otherwise says so at its end."""
    names = {
        "reserved": speaker._("Order placed"),
        "paid": speaker._("Paid"),
        "shipped": speaker._("Sent"),
        "signed": speaker._("Arrived"),
    }
    if state in ("expired", "cancelled", "refunded"):
        done = ("reserved", "paid") if state == "refunded" else ("reserved",)
        ended = {"name": state_word(speaker, state)["text"], "state": "current"}
        return [*({"name": names[each], "state": "done"} for each in done), ended]
    place = _WAY.index(state) if state in _WAY else 0
    return [
        {"name": names[each], "state": "done" if number < place or each == state == "signed" else _at(number, place)}
        for number, each in enumerate(_WAY)
    ]


def _at(number: int, place: int) -> str:
    return "current" if number == place else "todo"


def scan_word(speaker: Speaker, kind: str) -> str:
    """What a carrier's scan says."""
    words = {
        "label": speaker._("The label is made"),
        "pickup": speaker._("Picked up from the seller"),
        "hub": speaker._("At a sorting centre"),
        "out_for_delivery": speaker._("Out for delivery"),
        "signed": speaker._("Signed for"),
        "refused": speaker._("Refused by the recipient"),
        "not_taken": speaker._("The carrier does not take it"),
    }
    return words.get(kind, kind)


def sign_word(speaker: Speaker, kind: str | None) -> str:
    """Who or what took the parcel."""
    words = {
        "recipient": speaker._("by the recipient"),
        "station": speaker._("at a parcel station"),
        "locker": speaker._("in a parcel locker"),
        "reception": speaker._("at a reception"),
        "self_pickup": speaker._("fetched at the seller's"),
        "other": speaker._("by somebody else"),
    }
    return words.get(kind or "", "")


def parcel(speaker: Speaker, shipment: Json) -> Json:
    """A parcel with its scans, newest first."""
    scans = [
        {
            "time": show_instant(scan["at"], speaker.language),
            "iso": scan["at"],
            "text": f"{scan_word(speaker, scan['kind'])} · {region_name(scan['region_code'], speaker.language)}",
        }
        for scan in reversed(shipment["scans"])
    ]
    return {
        "carrier": carrier_word(speaker, shipment["carrier"]),
        "waybill": shipment["waybill"] or _no_waybill(speaker, shipment["state"]),
        "scans": scans,
        "signed": sign_word(speaker, shipment["sign_kind"]) if shipment["signed_at"] else "",
    }


def _no_waybill(speaker: Speaker, state: str) -> str:
    if state == "refused":
        return speaker._("The carrier does not take this parcel. The seller sends another.")
    return speaker._("The carrier gives it a number in a moment.")


def carrier_word(speaker: Speaker, carrier: str) -> str:
    """The carrier's name."""
    return speaker._("Sandbox courier") if carrier == "sandbox" else carrier


def refund_reasons(speaker: Speaker) -> list[tuple[str, str]]:
    """Why something is asked back, for a choice."""
    return [
        ("spoiled", speaker._("It arrived spoiled")),
        ("damaged", speaker._("It arrived damaged")),
        ("not_as_described", speaker._("It is not as described")),
        ("wrong_item", speaker._("It is something else")),
        ("changed_mind", speaker._("I no longer want it")),
        ("duplicate", speaker._("I ordered it twice")),
        ("other", speaker._("Something else")),
    ]


def complaint_kinds(speaker: Speaker) -> list[tuple[str, str]]:
    """What a complaint is about, for a choice."""
    return [
        ("spoiled", speaker._("It arrived spoiled")),
        ("damaged", speaker._("It arrived damaged")),
        ("short_weight", speaker._("It weighs less than it should")),
        ("wrong_item", speaker._("It is something else")),
        ("not_as_described", speaker._("It is not as described")),
        ("not_delivered", speaker._("It has not come")),
        ("refund", speaker._("A refund was refused or is late")),
        ("other", speaker._("Something else")),
    ]


def refund(speaker: Speaker, found: Json) -> Json:
    """A refund as a small card."""
    words = {
        "requested": ("review", speaker._("Asked for")),
        "withdrawn": ("", speaker._("Taken back")),
        "refused": ("fail", speaker._("Refused")),
        "approved": ("", speaker._("Approved, on its way")),
        "refunded": ("pass", speaker._("Paid back")),
    }
    kind, text = words.get(found["state"], ("", found["state"]))
    return {
        "id": found["id"],
        "amount_fen": found["amount_fen"],
        "reason": dict(refund_reasons(speaker)).get(found["reason"], found["reason"]),
        "words": found["words"] or "",
        "state": {"kind": kind, "text": text},
        "open": found["state"] == "requested",
        "by": _initiator(speaker, found["initiator"]),
        "when": show_instant(found["requested_at"], speaker.language),
        "decide_until": show_instant(found["decide_until"], speaker.language),
        "decision": found["decision_words"] or "",
        "first": found["first_responsibility"],
        "photos": photos(found),
        "refunded": show_instant(found["refunded_at"], speaker.language) if found["refunded_at"] else "",
    }


def _initiator(speaker: Speaker, initiator: str) -> str:
    words = {
        "buyer": speaker._("by the buyer"),
        "seller": speaker._("by the seller"),
        "platform": speaker._("by Sunfair"),
    }
    return words.get(initiator, initiator)


def photos(found: Json) -> list[str]:
    """Where the photos of a refund or a complaint are read, by those who may."""
    return [f"/api/v1/orders/{found['order_id']}/photos/{sha256}" for sha256 in found["photos"]]


def complaint(speaker: Speaker, found: Json, now: datetime) -> Json:
    """A complaint with its clocks."""
    return {
        "id": found["id"],
        "order_id": found["order_id"],
        "kind": dict(complaint_kinds(speaker)).get(found["kind"], found["kind"]),
        "words": found["words"] or "",
        "when": show_instant(found["received_at"], speaker.language),
        "state": _complaint_state(speaker, found),
        "clocks": clocks(speaker, found, now),
        "decision": found["decision_words"] or "",
        "photos": photos(found),
        "acknowledged": found["acknowledged_at"] is not None,
        "decided": found["decided_at"] is not None,
    }


def _complaint_state(speaker: Speaker, found: Json) -> Json:
    if found["decided_at"] is None:
        return {
            "kind": "review",
            "text": speaker._("Received") if found["acknowledged_at"] is None else speaker._("Being looked into"),
        }
    if found["upheld"]:
        return {"kind": "pass", "text": speaker._("Found right")}
    return {"kind": "", "text": speaker._("Found not right")}


def clocks(speaker: Speaker, found: Json, now: datetime) -> list[Json]:
    """The clocks of a complaint, each kept, running or run out."""
    named = (
        (speaker._("Read by"), "acknowledge_until", "acknowledged_at"),
        (speaker._("To be decided by"), "decide_until", "decided_at"),
        *(((speaker._("Paid back by"), "refund_until", "refunded_at"),) if found["refund_id"] else ()),
    )
    return [_clock(speaker, name, found[until], found[done], now) for name, until, done in named]


def _clock(speaker: Speaker, name: str, until: str, done: str | None, now: datetime) -> Json:
    limit = instant(until)
    late = (instant(done) if done else now) > limit
    if done is not None:
        said = speaker._("done %(when)s", when=show_instant(done, speaker.language))
    elif late:
        said = speaker._("overdue")
    else:
        said = speaker._("running")
    return {
        "name": name,
        "until": show_instant(until, speaker.language),
        "said": said,
        "late": late,
        "done": done is not None,
    }


def care(speaker: Speaker, order: Json, now: datetime) -> Json:
    """All that happened after an order was placed, and what its buyer may do now."""
    moves = order["moves"]
    return {
        "parcels": [parcel(speaker, each) for each in order["shipments"]],
        "refunds": [refund(speaker, each) for each in order["refunds"]],
        "complaints": [complaint(speaker, each, now) for each in order["complaints"]],
        "history": history(speaker, order["steps"]),
        "left_fen": order["left_fen"],
        "may_receive": "receipt" in moves,
        "may_ask_back": "refund" in moves,
        "may_complain": "complain" in moves,
        "reasons": [(key, text) for key, text in refund_reasons(speaker) if key in order["refundable_for"]],
    }


def history(speaker: Speaker, steps: Iterable[Json]) -> list[Json]:
    """What happened to an order, newest first, for the macro `history`."""
    shown = [
        {"time": show_instant(step["at"], speaker.language), "iso": step["at"], "text": _step(speaker, step)}
        for step in steps
    ]
    return list(reversed(shown))


def _step(speaker: Speaker, step: Json) -> str:
    facts: Mapping[str, Any] = step.get("facts") or {}
    fen = facts.get("amount_fen")
    amount = yuan(fen) if isinstance(fen, int) else ""
    words = {
        "paid": speaker._("Paid: %(amount)s", amount=amount),
        "paid_too_late": speaker._(
            "Paid after the reservation had run out: %(amount)s goes back by itself", amount=amount
        ),
        "received": speaker._("You said that the goods are here"),
        "refund_requested": speaker._("A refund of %(amount)s was asked for", amount=amount),
        "refund_approved": speaker._("The refund of %(amount)s was approved", amount=amount),
        "refund_refused": speaker._("The refund was refused"),
        "refund_withdrawn": speaker._("The request for a refund was taken back"),
        "refunded": speaker._("%(amount)s was paid back", amount=amount),
        "complained": speaker._("A complaint was received"),
        "invoice_asked": speaker._("An invoice was asked for"),
        "invoice_issued": speaker._("The invoice was issued"),
        "complaint_decided": speaker._("The complaint was decided"),
    }
    kind = step["kind"]
    if kind.startswith("parcel_"):
        return speaker._("Parcel: %(scan)s", scan=scan_word(speaker, kind.removeprefix("parcel_")))
    return words.get(kind) or str(kind)
