"""Goods that can be bought as baskets, checkouts and orders show them: title, unit, seller's panel, rules of return."""

from typing import Any

from gateway.views import mass, yuan
from gateway.views.market import unit_word
from gateway.views.speaking import Speaker, own

Json = dict[str, Any]


def goods(speaker: Speaker, title: Json, lot: Json, seller: Json, illustration: str = "other") -> Json:
    """One lot. `title` has title_zh and title_en; `lot` and `seller` are as the form or the kept page has them."""
    unit = unit_word(speaker, lot.get("price_unit") or "箱")
    grams = lot.get("net_grams")
    return {
        "title": called(speaker, lot, title) or speaker._("Goods that are no longer shown"),
        "unit": unit,
        "of": f"{unit} · {mass(grams, speaker.language)}" if grams else unit,
        "specification": lot.get("specification") or "",
        "illustration": illustration,
        "seller": panel(speaker, seller),
        "lot_number": lot.get("lot_number") or "",
    }


def called(speaker: Speaker, lot: Json, title: Json) -> str:
    """The name that the seller shows; where it is Chinese only, English readers are given the English title."""
    shown = str(lot.get("display_name") or "")
    translated = str(title.get("title_en") or "") if speaker.language == "en" and not shown.isascii() else ""
    return translated or shown or own(speaker, title, "title")


def from_lot(speaker: Speaker, lot: Json | None, line: Json) -> Json:
    """Goods by the public page of their lot; by the titles of a line where catalog shows no such lot."""
    if lot is None:
        return goods(speaker, line, {}, {})
    return goods(speaker, lot, lot["lot"], lot["seller"], lot["category"]["illustration"])


def from_page(speaker: Speaker, kept: Json, shown: Json | None = None) -> Json:
    """Goods as the kept page has them, with the rules of return that stood on it.

    `shown`: the public page of the lot, for the drawing and for what of the seller's panel the kept page leaves out.
    """
    public = (shown or {}).get("seller") or {}
    seller = public | {name: value for name, value in (kept.get("seller") or {}).items() if value}
    illustration = shown["category"]["illustration"] if shown else "other"
    found = goods(speaker, kept, kept.get("lot") or {}, seller, illustration)
    return {**found, "returns": return_lines(speaker, kept.get("returns"))}


def panel(speaker: Speaker, seller: Json) -> Json:
    """The true seller; the arguments of the macro `producer`."""
    name = own(speaker, {"name_zh": seller.get("name"), "name_en": seller.get("name_en")}, "name")
    return {
        "name": name or speaker._("Not named"),
        "code": seller.get("uscc") or speaker._("Farm household, exempt from registration"),
        "address": seller.get("address"),
        "contact": seller.get("contact"),
    }


def return_lines(speaker: Speaker, rules: Json | None) -> list[str]:
    """What may be given back, sentence by sentence; goods without kept rules are treated as fresh."""
    rules = rules or {"fresh": True, "no_reason_days": 0, "claim_hours": 48, "photo_needed": True}
    days = rules["no_reason_days"]
    lines = [
        speaker._("Within %(days)s days of receipt you may return it without a reason.", days=days)
        if days
        else speaker._("Fresh goods: no return without a reason once they are on their way.")
    ]
    hours = rules["claim_hours"]
    claim = (
        speaker._(
            "What arrives spoiled, damaged or wrong is paid back if you say so within %(hours)s hours.", hours=hours
        )
        if hours < 96
        else speaker._(
            "What arrives spoiled, damaged or wrong is paid back if you say so within %(days)s days.", days=hours // 24
        )
    )
    lines.append(claim)
    if rules["photo_needed"]:
        lines.append(speaker._("A photo must show it."))
    lines.append(speaker._("Before it is sent you may cancel for any reason."))
    return lines


def freight_word(speaker: Speaker, freight_fen: int) -> str:
    """What sending costs."""
    return yuan(freight_fen) if freight_fen else speaker._("Free")


def kept_details(speaker: Speaker, kept: Json) -> list[Json]:
    """What a kept goods page said of the goods and their price."""
    lot = kept.get("lot") or {}
    found: list[tuple[str, str | None]] = [
        (speaker._("Price"), yuan(kept["price_fen"])),
        (speaker._("Specification"), lot.get("specification")),
        (speaker._("Variety"), lot.get("variety")),
        (speaker._("Grade"), lot.get("grade")),
        (speaker._("Net weight"), mass(lot["net_grams"], speaker.language) if lot.get("net_grams") else None),
        (speaker._("Lot number"), lot.get("lot_number")),
        (speaker._("Freight to the buyer"), freight_word(speaker, lot.get("freight_fen") or 0)),
        (speaker._("Delivery"), lot.get("delivery_note")),
        (speaker._("At most for each buyer"), str(kept["units_per_buyer"]) if kept.get("units_per_buyer") else None),
    ]
    return [{"name": name, "value": value} for name, value in found if value]
