"""The kinds of values that only the bodies of catalog are made of: bounded, strict, and refused with a sentence."""

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from services.contracts.values import RegionCode
from services.kit.fields import Out, one_line, plain


def _distinct(values: list[Any]) -> list[Any]:
    if len(set(values)) != len(values):
        raise ValueError("Must not repeat a value.", "不得重复。")
    return values


Prose = Annotated[str, Field(max_length=20_000), AfterValidator(plain)]
UsccText = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, min_length=1, max_length=32),
    AfterValidator(one_line),
    Field(description="Unified social credit code; a malformed one is stored with a warning and judged by the gate."),
]

Price = Annotated[int, Field(strict=True, ge=1, le=100_000_000, description="fen for one unit; at most 1,000,000 yuan")]
Fen = Annotated[int, Field(strict=True, ge=0, le=10_000_000_000, description="fen")]
UnitGrams = Annotated[int, Field(strict=True, ge=1, le=100_000_000, description="grams of one unit; at most 100 t")]
Units = Annotated[int, Field(strict=True, ge=1, le=10_000_000, description="units for sale")]
Count = Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)]
Month = Annotated[int, Field(strict=True, ge=1, le=12)]
Year = Annotated[int, Field(strict=True, ge=1990, le=2199)]
Months = Annotated[list[Month], Field(max_length=12), AfterValidator(_distinct)]


class FieldWarning(Out):
    """Something that is stored as it is, and that the gate will ask about."""

    field: str
    en: str
    zh: str


class RegionName(Out):
    """A region as a page names it. `path_zh` runs from the province down."""

    code: RegionCode
    name_zh: str
    name_en: str
    short_zh: str
    short_en: str
    level: str
    path_zh: str
    path_en: str
    demo: bool = False


class CategoryName(Out):
    """A category as a page names it; `illustration` is the key of its drawing."""

    code: str
    zh: str
    en: str
    illustration: str
