"""Ordering: what is to be paid and to whom before, how long it is kept and what became of the payment afterwards."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.views import baskets, goods
from gateway.views.speaking import Speaker

Json = dict[str, Any]


def lines(
    speaker: Speaker, wanted: Sequence[Json], sale: Json, pages: Mapping[str, Json], lots: Mapping[str, Json | None]
) -> list[Json]:
    """What is ordered, at the shelf's price, each with its seller and its rules of return."""
    found = []
    for line in wanted:
        shelf = baskets.shelf_of(sale, line["lot_id"])
        kept = pages.get(line["lot_id"])
        if shelf is None or kept is None:
            continue
        found.append(
            {
                **goods.from_page(speaker, kept, lots.get(line["lot_id"])),
                "lot_id": line["lot_id"],
                "field": f"line.{line['lot_id']}",
                "asked": f"{line['units']}x{shelf['price_fen']}",
                "units": line["units"],
                "price_fen": shelf["price_fen"],
                "freight_fen": shelf["freight_fen"],
                "sum_fen": line["units"] * shelf["price_fen"],
                "page_sha256": shelf["page_sha256"],
            }
        )
    return found


def sums(items: Sequence[Json]) -> Json:
    """What is to be paid for these lines."""
    goods_fen = sum(item["sum_fen"] for item in items)
    freight_fen = sum(item["freight_fen"] for item in items)
    return {"goods_fen": goods_fen, "freight_fen": freight_fen, "total_fen": goods_fen + freight_fen}


def asked_in(fields: Mapping[str, str]) -> list[Json]:
    """The lines that a form sends: `line.LOT` = `UNITSxFEN`, as they were shown. What is no such line is left out."""
    found = []
    for name, value in fields.items():
        units, _, price = value.partition("x")
        if name.startswith("line.") and _is_number(units) and _is_number(price):
            found.append({"lot_id": name.removeprefix("line."), "units": int(units), "price_fen": int(price)})
    return found


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 12


def page_of_order(order: Json) -> Json:
    """The parts of an order's goods that an order itself tells, in the shape of a kept page."""
    return {
        "title_zh": order["title_zh"],
        "title_en": order["title_en"],
        "lot": {
            "display_name": order["lot_name"],
            "specification": order["specification"],
            "net_grams": order["unit_grams"],
        },
        "seller": {"name": order["seller_name"], "uscc": order["producer_uscc"]},
    }


def placed(speaker: Speaker, checkout: Json, titles: Mapping[str, Json]) -> list[Json]:
    """The orders of a checkout, each with its place in the order of arrival."""
    return [
        {
            "order_id": order["order_id"],
            "href": f"/{speaker.language}/orders/{order['order_id']}",
            "title": titles[order["lot_id"]]["title"] if order["lot_id"] in titles else speaker._("Goods"),
            "units": order["units"],
            "amount_fen": order["amount_fen"],
            "ticket": f"{order['ticket']:,}",
        }
        for order in checkout["orders"]
    ]


def outcome(speaker: Speaker, checkout: Json, payment: Json | None, left: int) -> Json:
    """How a checkout stands, as a notice: kind, title and text; `again`: it can be paid (once more).

    `left`: seconds of the reservation. When they are over, orders still waits a while for the provider's last word.
    """
    state, paid = checkout["state"], (payment or {}).get("state")
    if state == "paid":
        return _said("pass", speaker._("Paid"), speaker._("The seller is told and sends your goods."))
    if paid == "late":
        return _said(
            "review",
            speaker._("The money came too late"),
            speaker._(
                "The reservation had run out when your payment arrived. It is paid back by itself; you need do nothing."
            ),
        )
    if state == "expired" or (state == "reserved" and left == 0):
        return _said(
            "review",
            speaker._("The reservation has run out"),
            speaker._(
                "It was not paid in time and the goods can be bought by others again. Nothing was taken from you; "
                "a payment that still arrives is given back by itself."
            ),
        )
    if state == "cancelled":
        return _said("info", speaker._("Cancelled"), speaker._("You let it go. Nothing was taken from you."))
    if paid == "failed":
        return _said(
            "fail",
            speaker._("The payment failed"),
            speaker._("Nothing was taken. While the goods are reserved you may try again."),
            again=True,
        )
    return _said(
        "info",
        speaker._("Not paid yet"),
        speaker._("Your goods are reserved. Pay before the time runs out."),
        again=True,
    )


def _said(kind: str, title: str, text: str, *, again: bool = False) -> Json:
    return {"kind": kind, "title": title, "text": text, "again": again}


def pay_address(payment: Json | None, language: str) -> str | None:
    """Where to pay, in the language of the page; None when nobody can."""
    address = (payment or {}).get("pay_url")
    if not address:
        return None
    return f"{address}{'&' if '?' in address else '?'}lang={language}"


def relations(speaker: Speaker, ticked: Sequence[str]) -> list[Json]:
    """What buyers may say of themselves, and what they have said in a form that came back."""
    witness = speaker._("You are a witness then, and do nothing wrong. Nobody tells that it was you.")
    words = {
        "organiser": (speaker._("I work for the office that organises this broadcast"), ""),
        "regional_organ": (speaker._("I work for an office, a school or another public body of this region"), ""),
        "producer": (speaker._("I work for a producer of these goods, or own a part of it"), ""),
        "told_to_buy": (speaker._("I was told, or am expected, to buy"), witness),
    }
    return [
        {"code": code, "text": text, "note": note, "ticked": code in ticked} for code, (text, note) in words.items()
    ]


def declared_in(values: Sequence[Any]) -> list[str]:
    """What a buyer ticked. Anything else is nothing: what somebody says of themselves never stops an order."""
    return [code for code in ("organiser", "regional_organ", "producer", "told_to_buy") if code in values]
