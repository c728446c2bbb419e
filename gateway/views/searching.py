"""What a search asks and how its finds are spread, as the page of search shows them."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from gateway.views import region_name
from gateway.views.forms import Field, plain, read
from gateway.views.speaking import Speaker
from services.contracts import categories, regions
from services.kit import clock

Json = dict[str, Any]

MOST_FEN = 10_000_000_000
"""What catalog takes as a price at most."""
AT_A_GLANCE = 10
"""So many choices of a group are shown at once; the others wait in a fold."""


def price_bounds(speaker: Speaker, asked: Mapping[str, str]) -> tuple[dict[str, int], dict[str, str]]:
    """The prices between which is looked, in fen, and a sentence beside each field that says none."""
    names = {"price_from": "from_fen", "price_to": "to_fen"}
    typed = read([Field(name, "", "yuan") for name in names], asked, speaker._)
    errors = dict(typed.errors)
    for name, fen in typed.body.items():
        if not 0 <= fen <= MOST_FEN:
            errors[name] = speaker._("A price lies between 0 and 100,000,000 yuan.")
    if not errors and typed.body.get("price_from", 0) > typed.body.get("price_to", MOST_FEN):
        errors["price_to"] = speaker._("The highest price is below the lowest. Raise this one or lower the other.")
    # A bound that can be read still narrows nothing while the other one is wrong: half a filter would mislead.
    return ({} if errors else {names[name]: fen for name, fen in typed.body.items()}), errors


def state_options(speaker: Speaker) -> list[tuple[str, str]]:
    """The states in which the public finds something; a listing is found only while it has listed lots."""
    return [
        ("listed", speaker._("Passed the check and on offer")),
        ("published", speaker._("Specialty described")),
    ]


class Facets:
    """The spread of what is found, as groups of links that narrow the search."""

    def __init__(self, speaker: Speaker, asked: Mapping[str, str], found: Json) -> None:
        self.speaker = speaker
        self.asked = asked
        self.found = found

    def view(self) -> Json | None:
        """What the page shows; None where there is nothing to narrow."""
        groups = [self._regions(), self._categories(), self._prices(), self._states()]
        shown = [group for group in groups if group["up"] or group["links"]]
        if not shown or not self.found["total"]:
            return None
        return {"total": self._count(self.found["total"]), "estimated": self.found["estimated"], "groups": shown}

    def _count(self, count: int) -> str:
        """`1,234`, or `≈ 1,200` where nobody counted."""
        return f"≈ {count:,}" if self.found["estimated"] else f"{count:,}"

    def _href(self, **changed: str) -> str:
        query = {name: value for name, value in {**self.asked, **changed}.items() if value}
        return f"/{self.speaker.language}/search" + (f"?{urlencode(query)}" if query else "")

    def _group(self, key: str, title: str, links: Iterable[Json], up: Json | None = None) -> Json:
        every = list(links)
        return {"id": key, "title": title, "up": up, "links": every[:AT_A_GLANCE], "others": every[AT_A_GLANCE:]}

    def _regions(self) -> Json:
        return self._tree("region", self.speaker._("By region"), self._above_region)

    def _categories(self) -> Json:
        return self._tree("category", self.speaker._("By kind of goods"), self._above_category)

    def _tree(self, key: str, title: str, above: Callable[[str], tuple[str, str]]) -> Json:
        """What lies directly below the chosen place or kind, and the way back up."""
        chosen = self.asked[key]
        up = None
        if chosen:
            code, name = above(chosen)
            up = {"name": name, "href": self._href(**{key: code})}
        rows = [each for each in self.found["regions" if key == "region" else "categories"] if each["key"] != chosen]
        links = (
            {
                "name": each[self.speaker.language],
                "count": self._count(each["count"]),
                "href": self._href(**{key: each["key"]}),
            }
            for each in rows
        )
        return self._group(key, title, links, up)

    def _above_region(self, code: str) -> tuple[str, str]:
        path = regions.ancestors(code, clock.business_today())
        return (path[0], region_name(path[0], self.speaker.language)) if path else ("", self.speaker._("Everywhere"))

    def _above_category(self, code: str) -> tuple[str, str]:
        path = categories.category_ancestors(code)
        # The one root of all goods is no choice of its own.
        row = categories.category(path[0]) if len(path) > 1 else None
        return (
            (row.code, row.zh if self.speaker.language == "zh" else row.en)
            if row
            else ("", self.speaker._("Every kind"))
        )

    def _prices(self) -> Json:
        bands = self.found["prices"]
        narrowed = self.asked["price_from"] or self.asked["price_to"]
        up = {"name": self.speaker._("Any price"), "href": self._href(price_from="", price_to="")} if narrowed else None
        links = (
            {"name": self._band(each), "count": self._count(each["count"]), "href": self._priced(each)}
            for each in bands
        )
        return self._group("price", self.speaker._("By price"), links if len(bands) > 1 else (), up)

    def _band(self, band: Json) -> str:
        low, high = band["from_fen"], band["to_fen"]
        if low is None:
            return self.speaker._("Below ¥%(high)s", high=plain(high, 100))
        if high is None:
            return self.speaker._("¥%(low)s and more", low=plain(low, 100))
        return self.speaker._("¥%(low)s to below ¥%(high)s", low=plain(low, 100), high=plain(high, 100))

    def _priced(self, band: Json) -> str:
        """A band ends below its upper edge; the filter includes its own, so it is one fen less."""
        low, high = band["from_fen"], band["to_fen"]
        return self._href(
            price_from="" if low is None else plain(low, 100), price_to="" if high is None else plain(high - 1, 100)
        )

    def _states(self) -> Json:
        words = dict(state_options(self.speaker))
        rows = self.found["states"]
        up = {"name": self.speaker._("Any state"), "href": self._href(state="")} if self.asked["state"] else None
        links = (
            {
                "name": words.get(each["key"], each["key"]),
                "count": self._count(each["count"]),
                "href": self._href(state=each["key"]),
            }
            for each in rows
        )
        return self._group("state", self.speaker._("By whether it is on offer"), links if len(rows) > 1 else (), up)
