"""The basket: what lies in it by broadcast, what has become of each price, and what can be ordered now."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import Any

from gateway.views import goods, instant, show_instant
from gateway.views.speaking import Speaker, own

Json = dict[str, Any]

MOST_UNITS = 999


def standing(speaker: Speaker, sale: Json | None) -> Json:
    """Whether a broadcast sells now, as a notice; when it does not, why, and when it will."""
    if sale is None:
        return {"kind": "review", "text": speaker._("Nothing is known of this broadcast. Take the goods out.")}
    if sale["selling"]:
        return {"kind": "pass", "text": speaker._("The market segment is open: you can order now.")}
    return {"kind": "info", "text": _why_closed(speaker, sale)}


def _why_closed(speaker: Speaker, sale: Json) -> str:
    state = sale["state"]
    if state == "ended":
        return speaker._("The broadcast is over. Nothing more is sold in it.")
    if state == "halted":
        return speaker._("The broadcast was stopped. Nothing is sold until it goes on.")
    if state == "open" and sale["rehearsing"]:
        return speaker._("The room is in rehearsal. The goods can be ordered in the market segment.")
    if state == "open" and sale["segment_kind"] == "market":
        return speaker._("The gate is being asked again. Try in a minute.")
    if state == "open":
        return speaker._("The region is being presented. The goods can be ordered in the market segment.")
    if sale["starts_at"]:
        return speaker._(
            "Opens in the market segment of the broadcast on %(when)s.",
            when=show_instant(sale["starts_at"], speaker.language),
        )
    return speaker._("Opens in the market segment of the broadcast.")


def most_units(shelf: Json | None) -> int:
    """How many units one buyer may take of what is left on the shelf; of what is not on it yet, any number."""
    if shelf is None:
        return MOST_UNITS
    limits = (shelf["available_units"], shelf["units_per_buyer"], MOST_UNITS)
    return max(0, min(limit for limit in limits if limit is not None))


def limits(speaker: Speaker, shelf: Json | None) -> list[str]:
    """What is left and how many one buyer may have."""
    if shelf is None:
        return []
    found = [
        speaker._("%(count)s left", count=f"{shelf['available_units']:,}")
        if shelf["available_units"]
        else speaker._("Sold out")
    ]
    if shelf["units_per_buyer"]:
        found.append(speaker._("At most %(count)s for each buyer", count=shelf["units_per_buyer"]))
    if shelf["limit_units"]:
        found.append(speaker._("%(count)s in this broadcast", count=f"{shelf['limit_units']:,}"))
    return found


def shelf_of(sale: Json | None, lot_id: str) -> Json | None:
    """The lot on the shelf of a sale."""
    return next((lot for lot in (sale or {}).get("lots", ()) if lot["lot_id"] == lot_id), None)


def offer(speaker: Speaker, sale: Json, lot_id: str) -> Json:
    """One lot in one broadcast, for the form that puts it into the basket."""
    shelf = shelf_of(sale, lot_id)
    return {
        "broadcast_id": sale["broadcast_id"],
        "title": own(speaker, sale, "title"),
        "standing": standing(speaker, sale),
        "selling": sale["selling"] and shelf is not None and shelf["open"],
        "over": sale["state"] == "ended",
        "most": most_units(shelf),
        "limits": limits(speaker, shelf),
    }


def groups(
    speaker: Speaker, items: Iterable[Json], sales: Mapping[str, Json | None], lots: Mapping[str, Json | None]
) -> list[Json]:
    """The basket by broadcast: each is ordered and paid on its own."""
    found: dict[str, list[Json]] = {}
    for line in items:
        found.setdefault(line["broadcast_id"], []).append(line)
    return [_group(speaker, name, lines, sales.get(name), lots) for name, lines in found.items()]


def _group(
    speaker: Speaker, broadcast_id: str, items: list[Json], sale: Json | None, lots: Mapping[str, Json | None]
) -> Json:
    lines = [_line(speaker, line, sale, lots.get(line["lot_id"])) for line in items]
    freight = sum(line["freight_fen"] for line in lines)
    goods_fen = sum(line["sum_fen"] for line in lines)
    return {
        "broadcast_id": broadcast_id,
        "title": own(speaker, sale, "title") if sale else speaker._("A broadcast that is no longer shown"),
        "standing": standing(speaker, sale),
        "lines": lines,
        "goods_fen": goods_fen,
        "freight_fen": freight,
        "total_fen": goods_fen + freight,
        "stale": any(line["was_fen"] is not None for line in lines),
        "orderable": bool(lines) and all(line["ready"] for line in lines),
        "held_up": bool(sale and sale["selling"]) and not all(line["ready"] for line in lines),
    }


def _line(speaker: Speaker, line: Json, sale: Json | None, lot: Json | None) -> Json:
    shelf = shelf_of(sale, line["lot_id"])
    price = line["price_fen"] if line["now_fen"] is None else line["now_fen"]
    note = _note(speaker, line, sale, shelf)
    return {
        **goods.from_lot(speaker, lot, line),
        "lot_id": line["lot_id"],
        "field": f"units.{line['broadcast_id']}.{line['lot_id']}",
        "units": line["units"],
        "most": max(most_units(shelf), 1),
        "price_fen": price,
        "was_fen": line["price_fen"] if line["price_changed"] else None,
        "sum_fen": price * line["units"],
        "freight_fen": shelf["freight_fen"] if shelf else 0,
        "limits": limits(speaker, shelf),
        "note": note,
        "ready": line["can_be_bought"] and note is None,
    }


def _note(speaker: Speaker, line: Json, sale: Json | None, shelf: Json | None) -> str | None:
    """What stands against ordering this line, where the broadcast as a whole sells."""
    if not (sale and sale["selling"]):
        return None
    if shelf is None or not shelf["open"]:
        return speaker._("Not opened yet: the host opens one lot after the other.")
    if shelf["available_units"] == 0:
        return speaker._("Sold out. Take it out to order the rest.")
    if line["units"] > shelf["available_units"]:
        return speaker._("Only %(count)s are left. Take fewer.", count=shelf["available_units"])
    if shelf["units_per_buyer"] and line["units"] > shelf["units_per_buyer"]:
        return speaker._("Each buyer may have %(count)s. Take fewer.", count=shelf["units_per_buyer"])
    return None


def added(items: Iterable[Json], line: Json) -> Json:
    """The line as it is to be: so many units more than lie in the basket, at the price that was shown just now."""
    present = next((each["units"] for each in items if _key(each) == _key(line)), 0)
    return {**line, "units": min(present + line["units"], MOST_UNITS)}


def changes(items: Sequence[Json], units: Mapping[str, int], *, accept_prices: bool) -> list[Json]:
    """The lines that become others: by numbers of units by field name, 0 takes one out; by new prices when accepted."""
    wanted = []
    for line in items:
        number = min(units.get(f"units.{line['broadcast_id']}.{line['lot_id']}", line["units"]), MOST_UNITS)
        price = line["now_fen"] if accept_prices and line["now_fen"] is not None else line["price_fen"]
        wanted.append({**bare(line), "units": number, "price_fen": price})
    return [new for new, line in zip(wanted, items, strict=True) if new != bare(line)]


def bare(line: Json) -> Json:
    """A line of the basket as the service takes it."""
    return {name: line[name] for name in ("broadcast_id", "lot_id", "units", "price_fen")}


def _key(line: Json) -> tuple[str, str]:
    return line["broadcast_id"], line["lot_id"]


def when(speaker: Speaker, until: str, now: datetime) -> Json:
    """A moment that a page counts down to. `left`: seconds, because the visitor's own clock may be wrong."""
    moment = instant(until)
    return {
        "iso": until,
        "time": f"{moment:%H:%M:%S}",
        "text": show_instant(until, speaker.language),
        "left": max(0, ceil((moment - now).total_seconds())),
    }
