"""Bodies about specialties, documents, and the cards that lists and search answer with."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from services.catalog.schemas.common import CategoryName, Months, Prose, RegionName, Year
from services.catalog.schemas.producers import MarkOut
from services.contracts.values import RegionCode
from services.kit.fields import Day, Id, In, Name, Out, Sha256


class OpeningDay(In):
    """The day from which a variety may be harvested in a year, where one is set officially."""

    variety: Name
    year: Year
    opens_on: Day


class SpecialtyIn(In):
    """What a region is known for: a region and a category, which is all an official may speak about."""

    region_code: RegionCode
    category_code: Annotated[Name, Field(max_length=64)]
    name_zh: Name
    name_en: Name
    description_zh: Prose = ""
    description_en: Prose = ""
    season_months: Months = Field(default_factory=list)
    mark_ids: Annotated[list[Id], Field(max_length=20)] = Field(default_factory=list)
    opening_days: Annotated[list[OpeningDay], Field(max_length=200)] = Field(default_factory=list)


class SpecialtyOut(Out):
    """A specialty."""

    id: Id
    version: int
    region: RegionName
    category: CategoryName
    name_zh: str
    name_en: str
    description_zh: str
    description_en: str
    season_months: list[int]
    opening_days: list[OpeningDay]
    marks: list[MarkOut]
    updated_at: datetime


class DocumentOut(Out):
    """An uploaded document, by the hash of its bytes."""

    sha256: Sha256
    bytes: int
    media_type: str
    kind: str
    name: str
    created_at: datetime | None = None


CardKind = Literal["specialty", "listing", "lot"]


class Card(Out):
    """One thing in a list: enough to draw it without another question. Money and mass only where there is an offer."""

    kind: CardKind
    id: Id
    title_zh: str
    title_en: str
    region: RegionName
    category: CategoryName
    season_months: list[int]
    state: str
    specialty_id: Id
    listing_id: Id | None = None
    event_id: str | None = None
    producer_name: str | None = None
    lots_listed: int | None = None
    price_from_fen: int | None = None
    price_unit: str | None = None
    net_grams: int | None = None
    published_at: datetime
