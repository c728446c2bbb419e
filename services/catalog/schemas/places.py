"""What is answered about regions and categories."""

from datetime import date
from typing import Any, Literal

from services.contracts.values import RegionCode
from services.kit.fields import Out


class RegionBrief(Out):
    """One row of the region tree. `valid_to` is the first day on which the code no longer held."""

    code: RegionCode
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    level: str
    parent: RegionCode | None
    valid_from: date
    valid_to: date | None
    demo: bool


class RegionHistory(Out):
    """Where a code came from and where it went."""

    predecessors: list[RegionBrief]
    successors: list[RegionBrief]
    current_code: RegionCode | None


class RegionOut(RegionBrief):
    """A region with what stands above it (nearest first), how much lies below, and its history."""

    in_force: bool
    ancestors: list[RegionBrief]
    approving_code: RegionCode | None
    children_count: int
    history: RegionHistory


class RegionList(Out):
    """Regions in force on a day."""

    on: date
    items: list[RegionBrief]
    next: str | None = None


class CategoryOut(Out):
    """A kind of goods and what the law asks of it."""

    code: str
    parent: str | None
    zh: str
    en: str
    admission: str
    admission_note: str
    food: bool
    processed: bool
    fresh: bool
    keeping: str
    certificate_class: str
    quarantine: bool
    medicinal_food: bool
    illustration: str
    ancestors: list[str]
    children: list[str]


class CategoryList(Out):
    """All categories, parents before their children."""

    items: list[CategoryOut]


class AttributeOption(Out):
    """One of the choices."""

    value: str
    zh: str
    en: str


class AttributeOut(Out):
    """One attribute. An integer is in parts of the unit: 1250 with `scale` 100 is 12.5."""

    name: str
    kind: Literal["integer", "choice", "flag"]
    zh: str
    en: str
    unit_zh: str
    unit_en: str
    scale: int
    least: int | None
    most: int | None
    options: list[AttributeOption]


class AttributeList(Out):
    """What goods of one kind are described by."""

    category: str
    items: list[AttributeOut]
    json_schema: dict[str, Any]
