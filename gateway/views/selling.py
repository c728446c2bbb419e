"""The seller's desk: orders to send, refunds to decide, complaints by urgency; and what the public may know of them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from gateway.views import addresses, instant, orders, show_instant, yuan
from gateway.views.speaking import Speaker, place

Json = dict[str, Any]

STATES = ("paid", "shipped", "signed", "refunded")


def order_row(speaker: Speaker, order: Json, lot: Json | None = None) -> Json:
    """An order in the list of the region that sold it. `lot`: as for `orders.row`."""
    shown = orders.row(speaker, order, root="desk/orders", lot=lot)
    address = order.get("address") or {}
    waiting = [
        speaker._("%(count)s refunds to decide", count=order["open_refunds"]) if order["open_refunds"] else "",
        speaker._("%(count)s complaints to answer", count=order["open_complaints"]) if order["open_complaints"] else "",
        speaker._("An invoice to issue") if order["invoice_waits"] else "",
    ]
    return {
        **shown,
        "paid": show_instant(order["paid_at"], speaker.language),
        "to": where_to(speaker, address),
        "parcels": order["parcels"],
        "waiting": [each for each in waiting if each],
        "may_ship": order["state"] == "paid" and not order["parcels"] and order["refund_fen"] < order["amount_fen"],
    }


def where_to(speaker: Speaker, address: Json) -> str:
    """Recipient and address in one line, for the label; empty when the address is no longer kept."""
    if not address.get("detail"):
        return ""
    return f"{address['consignee']} {address['phone']} · {addresses.line(speaker, address)}"


def state_chips(speaker: Speaker, here: str, current: str, kept: Mapping[str, str]) -> list[Json]:
    """Filters by the state of an order."""
    rest = "".join(f"&{name}={value}" for name, value in kept.items() if value)
    words = [("", speaker._("All")), *((each, orders.state_word(speaker, each)["text"]) for each in STATES)]
    return [{"name": text, "href": f"{here}?state={each}{rest}", "current": each == current} for each, text in words]


def region_chips(speaker: Speaker, here: str, current: str, scopes: Sequence[str]) -> list[Json]:
    """The regions of an operator who has several."""
    if len(scopes) < 2:
        return []
    return [
        {"name": place(speaker, code), "href": f"{here}?region={code}", "current": code == current} for code in scopes
    ]


def by_urgency(found: Iterable[Json]) -> list[Json]:
    """Complaints, the one whose next clock ends first at the top; what is decided comes last, newest first."""
    return sorted(found, key=lambda each: (each["decided_at"] is not None, _next_clock(each)))


def _next_clock(complaint: Json) -> float:
    if complaint["decided_at"] is not None:
        return -instant(complaint["decided_at"]).timestamp()
    until = complaint["decide_until" if complaint["acknowledged_at"] else "acknowledge_until"]
    return instant(until).timestamp()


def complaint_row(speaker: Speaker, found: Json, now: datetime) -> Json:
    """A complaint at the desk."""
    return {
        **orders.complaint(speaker, found, now),
        "href": f"/{speaker.language}/desk/orders/{found['order_id']}#complaint-{found['id']}",
    }


def refund_row(speaker: Speaker, found: Json) -> Json:
    """A refund at the desk."""
    return {
        **orders.refund(speaker, found),
        "href": f"/{speaker.language}/desk/orders/{found['order_id']}#refund-{found['id']}",
    }


def waiting(speaker: Speaker, sold: Json, refunds: Json, complaints: Json, now: datetime) -> list[Json]:
    """What waits for the region, one line each; `late`: a clock has run out."""
    late = [each for each in complaints["items"] if _next_clock(each) < now.timestamp()]
    lines: tuple[tuple[str, str, list[Json], list[Json]], ...] = (
        ("orders?state=paid", speaker._("%(count)s orders to send", count=_many(sold)), sold["items"], []),
        ("refunds", speaker._("%(count)s refunds to decide", count=_many(refunds)), refunds["items"], []),
        ("complaints", speaker._("%(count)s complaints to answer", count=_many(complaints)), complaints["items"], late),
    )
    return [
        {"href": f"/{speaker.language}/desk/{path}", "text": text, "late": len(overdue)}
        for path, text, items, overdue in lines
        if items
    ]


def _many(answer: Json) -> str:
    return f"{len(answer['items'])}{'+' if answer['next'] else ''}"


def moment(speaker: Speaker, at: str) -> str:
    """An instant in words."""
    return show_instant(at, speaker.language)


def figures(speaker: Speaker, answer: Json) -> list[list[Any]]:
    """How regions answer complaints, as rows of a table; regions with few buyers are one row together."""
    return [
        [
            place(speaker, each["region_code"]) if each["region_code"] else speaker._("All others together"),
            f"{each['received']:,}",
            f"{each['open']:,}",
            f"{each['unacknowledged_late']:,}",
            f"{each['undecided_late']:,}",
            f"{each['refunds_late']:,}",
        ]
        for each in answer["regions"]
    ]


def counted_lots(speaker: Speaker, answer: Json, titles: Mapping[str, str]) -> list[list[Any]]:
    """The units of a broadcast, lot by lot, as rows of a table."""
    return [
        [
            {"text": titles.get(lot["lot_id"], lot["lot_id"]), "href": f"/{speaker.language}/lots/{lot['lot_id']}"},
            *(
                f"{lot[name]:,}"
                for name in ("allocated", "available", "reserved", "sold", "orders_reserved", "orders_sold")
            ),
        ]
        for lot in answer["lots"]
    ]


def stages(speaker: Speaker, counted: Json) -> list[Json]:
    """How far the orders of a broadcast have come, in whole tens; withheld while they are of fewer than ten buyers."""
    names = (
        ("paid", speaker._("Paid in time")),
        ("dispatched", speaker._("Taken on by a carrier")),
        ("moved", speaker._("On the move")),
        ("delivered", speaker._("Delivered")),
        ("verified", speaker._("Kept past the time for returns")),
        ("given_back", speaker._("Paid back whole")),
    )
    withheld = speaker._("withheld: fewer than ten buyers")
    return [
        {"name": name, "value": withheld if counted.get(key) is None else f"≥ {counted[key]:,}"} for key, name in names
    ]


def differences(speaker: Speaker, answer: Json) -> list[list[Any]]:
    """Whatever does not add up, as rows of a table."""
    return [
        [check_word(speaker, each["check"]), each["subject"], f"{each['expected']:,}", f"{each['found']:,}"]
        for each in answer["differences"]
    ]


def check_word(speaker: Speaker, check: str) -> str:
    """What a check compares; one that has no sentence here is named as it is."""
    words = {
        "stock_is_allocated_less_reserved_less_sold": speaker._("Units set aside = left + reserved + sold"),
        "reserved_is_the_sum_of_unpaid_orders": speaker._("Reserved units = those of orders that wait for payment"),
        "sold_is_the_sum_of_paid_orders": speaker._("Sold units = those of paid orders"),
        "every_ticket_is_one_order": speaker._("Places in the order of arrival = orders placed"),
        "a_lot_gives_no_more_than_it_offers": speaker._("No lot gives more units than it offers"),
        "a_lot_has_given_what_its_broadcasts_hold": speaker._("What a lot has given = what its broadcasts hold"),
        "a_checkout_costs_the_sum_of_its_orders": speaker._("The sum of a checkout = the sum of its orders"),
        "orders_stand_as_their_checkout_does": speaker._("A checkout and its orders are in the same state"),
        "money_in_is_the_sum_of_paid_orders": speaker._("Money taken = paid orders"),
        "late_money_goes_back_whole": speaker._("Money that came too late goes back whole"),
        "what_goes_back_is_the_sum_of_refunds": speaker._("Money given back = refunds of the orders"),
        "approved_refunds_are_paid_within_an_hour": speaker._("A refund that was granted is paid within an hour"),
        "the_provider_took_what_was_ordered": speaker._("The provider took the sum that was ordered, no other"),
    }
    return words.get(check) or check.replace("_", " ")


def money(speaker: Speaker, answer: Json) -> list[Json]:
    """The sums of a broadcast; one that would tell of fewer than ten buyers says why it is withheld."""
    names = (
        ("sold_fen", speaker._("Money of paid orders")),
        ("reserved_fen", speaker._("Money of orders that wait for payment")),
        ("late_fen", speaker._("Came too late and goes back")),
        ("given_back_fen", speaker._("Given back, or on its way back")),
        ("refunded_fen", speaker._("Of that, arrived")),
    )
    withheld = speaker._("withheld: fewer than ten buyers")
    return [{"name": name, "value": withheld if answer[key] is None else yuan(answer[key])} for key, name in names]
