"""The address book as its owner sees it, and the way down to a county for whoever adds to it."""

from datetime import date
from typing import Any

from gateway.views.speaking import Speaker, place
from services.contracts import regions

Json = dict[str, Any]

MOST_FOUND = 60


def card(speaker: Speaker, address: Json) -> Json:
    """An address as two lines: who, and where."""
    return {
        "id": address["id"],
        "who": f"{address['consignee']} {address['phone']}",
        "where": line(speaker, address),
        "is_default": address["is_default"],
    }


def line(speaker: Speaker, address: Json) -> str:
    """Region, street and house in one line, as the language has it."""
    where = place(speaker, address["region_code"])
    return f"{where}{address['detail']}" if speaker.language == "zh" else f"{address['detail']}, {where}"


def reachable(row: regions.Region, on: date) -> bool:
    """Whether a parcel can be sent there: a county, or what has nothing below it."""
    return row.level == "county" or not regions.children(row.code, on)


def choices(speaker: Speaker, above: str | None, words: str, on: date, *, demo: bool) -> list[Json]:
    """What can be chosen next: what a name fits, or what lies below `above`, or the provinces.

    An entry leads to the form when a parcel can go there, else one step further down (`further`).
    """
    if words:
        rows = list(regions.search(words, on, demo=demo, limit=MOST_FOUND))
    elif above:
        rows = list(regions.children(above, on))
    else:
        rows = list(regions.provinces(on, demo=demo))
    return [_choice(speaker, row, on, whole=bool(words)) for row in rows]


def _choice(speaker: Speaker, row: regions.Region, on: date, *, whole: bool) -> Json:
    own = row.name_zh if speaker.language == "zh" else row.name_en
    return {
        "code": row.code,
        "name": place(speaker, row.code) if whole else own,
        "further": not reachable(row, on),
    }


def crumbs(speaker: Speaker, code: str | None, on: date) -> list[Json]:
    """The way from the provinces to `code`, each step with the code to go back to."""
    steps = [{"code": "", "name": speaker._("All provinces")}]
    if code is None:
        return steps
    for each in [*reversed(regions.ancestors(code, on)), code]:
        row = regions.region(each, on)
        if row is not None:
            steps.append({"code": each, "name": row.name_zh if speaker.language == "zh" else row.name_en})
    return steps
