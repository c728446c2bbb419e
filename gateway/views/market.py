"""Regions, specialties, listings and lots as the pages show them."""

from typing import Any

from gateway.views import GRAMS_PER_JIN, day_of, instant, mass, show_day, yuan
from gateway.views.speaking import MONTHS_EN, Speaker, own, season

Json = dict[str, Any]

# The gate's outcome behind each state; what is not decided yet has none.
OUTCOMES = {"listed": "pass", "in_review": "review", "blocked": "fail"}


def per_grams(price_fen: int, net_grams: int, grams: int) -> int:
    """The price of `grams` in whole fen, rounded half up."""
    return (price_fen * grams * 2 + net_grams) // (net_grams * 2)


def unit_price(price_fen: int | None, net_grams: int | None) -> dict[str, int | None]:
    """The arguments of the macro `price`; none where there is no offer."""
    if price_fen is None or not net_grams:
        return {"per_jin_fen": None, "per_kg_fen": None}
    return {
        "per_jin_fen": per_grams(price_fen, net_grams, GRAMS_PER_JIN),
        "per_kg_fen": per_grams(price_fen, net_grams, 1000),
    }


def unit_word(speaker: Speaker, unit: str) -> str:
    """The unit that a price is for; producers write it in Chinese."""
    words = {
        "箱": speaker._("box"),
        "盒": speaker._("pack"),
        "袋": speaker._("bag"),
        "筐": speaker._("basket"),
        "只": speaker._("piece"),
        "斤": speaker._("jin"),
        "公斤": speaker._("kilogram"),
        "千克": speaker._("kilogram"),
        "罐": speaker._("tin"),
        "瓶": speaker._("bottle"),
    }
    return unit if speaker.language == "zh" else words.get(unit, unit)


def specialty_card(speaker: Speaker, card: Json, month: int) -> Json:
    """The arguments of the macro `specialty_card`."""
    return {
        "href": f"/{speaker.language}/specialties/{card['id']}",
        "name": own(speaker, card, "title"),
        "where": own(speaker, card["region"], "path"),
        "illustration": card["category"]["illustration"],
        "season": season(speaker, card["season_months"]),
        "in_season": month in card["season_months"],
    }


def listing_card(speaker: Speaker, card: Json) -> Json:
    """The arguments of the macro `listing_card`, for a listing or a lot."""
    is_lot = card["kind"] == "lot"
    details = [card["producer_name"]] if is_lot and card["producer_name"] else []
    if card["price_unit"] and card["net_grams"]:
        details.append(f"{mass(card['net_grams'], speaker.language)} / {unit_word(speaker, card['price_unit'])}")
    if card["published_at"]:
        details.append(_listed_in(speaker, card["published_at"]))
    return {
        "href": f"/{speaker.language}/{'lots' if is_lot else 'listings'}/{card['id']}",
        "name": own(speaker, card, "title"),
        "where": own(speaker, card["region"], "path"),
        "illustration": card["category"]["illustration"],
        **unit_price(card["price_from_fen"], card["net_grams"]),
        "from_": not is_lot,
        "producers": None if is_lot else card["lots_listed"],
        "details": details,
        "outcome": OUTCOMES.get(card["state"]),
        "demonstration": card["region"]["demo"],
    }


def _listed_in(speaker: Speaker, published_at: str) -> str:
    """The month of listing: what was listed years ago must not look like this week's."""
    day = instant(published_at).date()
    if speaker.language == "zh":
        return f"{day.year}年{day.month}月上架"
    return f"Listed {MONTHS_EN[day.month - 1]} {day.year}"


def without_repeats(cards: list[Json]) -> list[Json]:
    """What was found, without the lots whose listing stands among it."""
    listings = {card["id"] for card in cards if card["kind"] == "listing"}
    return [card for card in cards if card["kind"] != "lot" or card["listing_id"] not in listings]


def category_options(speaker: Speaker, categories: list[Json]) -> list[tuple[str, str]]:
    """Every category for a drop-down, its depth shown by its indent."""
    return [
        (each["code"], "\u3000" * len(each["ancestors"]) + str(each[speaker.language]))
        for each in categories
        if len(each["ancestors"]) < 3
    ]


def region_crumbs(speaker: Speaker, region: Json, after: str | None = None) -> list[Json]:
    """The way down the tree to a region, and to something in it."""
    above = [*reversed(region["ancestors"]), region]
    items = [{"name": speaker._("Regions"), "href": f"/{speaker.language}/regions"}]
    items += [
        {"name": own(speaker, each, "name"), "href": f"/{speaker.language}/regions/{each['code']}"} for each in above
    ]
    return [*items, {"name": after}] if after else items


def lot_price(lot: Json) -> dict[str, int | None]:
    """The unit price of a lot's form."""
    return unit_price(lot.get("price_fen"), lot.get("net_grams"))


def price_lines(speaker: Speaker, lot: Json) -> list[Json]:
    """What the price of one unit is made of, as far as the producer says."""
    names = (
        ("farmer_paid_fen", speaker._("Paid to the farmer")),
        ("farm_gate_fen", speaker._("Price at the farm gate")),
        ("packing_fen", speaker._("Packing")),
        ("carriage_fen", speaker._("Carriage")),
        ("loss_fen", speaker._("Loss on the way")),
        ("freight_fen", speaker._("Freight to the buyer")),
        ("subsidy_fen", speaker._("Public subsidy")),
        ("was_price_fen", speaker._("Price before")),
        ("lowest_price_7d_fen", speaker._("Lowest price of the last 7 days")),
    )
    return [{"name": name, "value": yuan(lot[key])} for key, name in names if lot.get(key) is not None]


def lot_details(speaker: Speaker, lot: Json) -> list[Json]:
    """What a buyer wants to know of the goods."""
    language = speaker.language
    yes = speaker._("Yes")
    unit = unit_word(speaker, lot["price_unit"])
    found: list[tuple[str, str | None]] = [
        (speaker._("Variety"), lot.get("variety")),
        (speaker._("Specification"), lot.get("specification")),
        (speaker._("Grade"), lot.get("grade")),
        (speaker._("Net weight"), f"{mass(lot['net_grams'], language)} / {unit}"),
        (speaker._("On offer"), f"{lot['offered_units']:,} {unit}"),
        (speaker._("Lot number"), lot["lot_number"]),
        (speaker._("Harvested on"), _day(speaker, lot.get("harvested_on"))),
        (speaker._("Best before"), _day(speaker, lot.get("best_before_on"))),
        (speaker._("From cold storage"), yes if lot.get("cold_stored") else None),
        (speaker._("Season"), season(speaker, lot.get("season_months") or [])),
        (speaker._("Dispatched within"), _hours(speaker, lot.get("promised_dispatch_hours"))),
        (speaker._("Returns"), return_policy(speaker, lot.get("return_policy"))),
        (speaker._("Delivery"), lot.get("delivery_note") or None),
    ]
    return [{"name": name, "value": value} for name, value in found if value]


def _day(speaker: Speaker, value: str | None) -> str | None:
    return show_day(day_of(value), speaker.language) if value else None


def _hours(speaker: Speaker, hours: int | None) -> str | None:
    return None if hours is None else speaker._("%(hours)s hours", hours=hours)


def return_policy(speaker: Speaker, policy: str | None) -> str | None:
    """What the seller promises of returns."""
    words = {
        "seven_days": speaker._("Seven days, without a reason"),
        "fresh_exempt": speaker._("Fresh goods: no return without a reason; spoilt goods are refunded"),
        "other": speaker._("As agreed with the seller"),
    }
    return words.get(policy or "")


def certificate_kind(speaker: Speaker, kind: str) -> str:
    """The name of a paper."""
    words = {
        "conformity": speaker._("Promise of conformity"),
        "quarantine": speaker._("Animal quarantine certificate"),
        "plant_quarantine": speaker._("Plant quarantine certificate"),
        "test_report": speaker._("Test report"),
        "quick_test": speaker._("Quick test"),
        "food_licence": speaker._("Food production licence"),
        "workshop_registration": speaker._("Food workshop registration"),
        "prepacked_filing": speaker._("Filing for prepacked food"),
        "organic": speaker._("Organic certificate"),
        "green_food": speaker._("Green food certificate"),
        "origin": speaker._("Proof of origin"),
    }
    return words.get(kind) or speaker._("Other paper")


def certificate_rows(speaker: Speaker, certificates: list[Json] | None) -> list[list[Any]]:
    """The papers of a lot as rows of a table."""
    return [
        [
            certificate_kind(speaker, each["kind"]),
            each.get("number") or "–",
            each.get("issuer") or "–",
            _day(speaker, each.get("issued_on")) or "–",
            _day(speaker, each.get("expires_on")) or "–",
            {"text": speaker._("Open it"), "href": f"/api/v1/documents/{each['document_sha256']}"}
            if each.get("document_sha256")
            else "–",
        ]
        for each in certificates or []
    ]


def mark_names(speaker: Speaker, marks: list[Json]) -> list[Json]:
    """The marks of a specialty: name, kind and number."""
    kinds = {
        "gi_product": speaker._("Product of geographical indication"),
        "gi_certification": speaker._("Geographical certification mark"),
        "gi_collective": speaker._("Geographical collective mark"),
        "regional_public_brand": speaker._("Regional public brand"),
        "ordinary": speaker._("Trade mark"),
    }
    found = [each.get("mark", each) for each in marks]
    return [
        {
            "name": mark.get("display_name") or mark.get("name") or "",
            "value": " · ".join(part for part in (kinds.get(mark.get("mark_type", "")), mark.get("mark_no")) if part),
        }
        for mark in found
        if mark.get("mark_type") != "none"
    ]
