"""Bodies about finding: facets with their counts, and suggestions."""

from typing import Literal

from pydantic import Field

from services.catalog.schemas.specialties import Card
from services.kit.fields import Out
from services.kit.page import Page


class SearchPage(Page[Card]):
    """A page of what is found. `understood_as`: nothing was found for what was typed, and this was looked for."""

    understood_as: str | None = None


class KeyCount(Out):
    """How many there are under one key."""

    key: str
    count: int


class NamedCount(KeyCount):
    """The same with the key's name: a place or a kind of goods directly below what is looked in."""

    zh: str
    en: str


class MonthCount(Out):
    """How many are in season in a month."""

    month: int
    count: int


class PriceCount(Out):
    """How many cost from so much and less than so much, in fen; an open end is null."""

    from_fen: int | None
    to_fen: int | None
    count: int


class Facets(Out):
    """How what is found is spread. With `estimated` the counts were made from the newest finds and rounded."""

    estimated: bool = Field(description="Counts are estimates: so much is found that nobody counts it.")
    total: int
    regions: list[NamedCount]
    categories: list[NamedCount]
    months: list[MonthCount]
    kinds: list[KeyCount]
    states: list[KeyCount]
    prices: list[PriceCount]


class Suggestion(Out):
    """A name that begins like what was typed, and under which there is something."""

    text: str
    kind: Literal["produce", "category", "region"]


class SuggestionList(Out):
    """At most eight, those that begin with the text first."""

    items: list[Suggestion]
