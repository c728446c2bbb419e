"""Facts documents of every shape that the definition allows, for properties that must always hold."""

import types
import typing
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from hypothesis import strategies as st
from pydantic.fields import FieldInfo

from services.compliance.rules.facts import Facts
from services.compliance.rules.facts.values import Day, Instant, Region, Township

_REGIONS = ["341321", "341300", "340000", "370181", "370114", "469005", "469000", "999901", "130521", "000000"]
_CODES = ["fruit.pear.su", "fruit", "processed.tea.green", "meat.pork", "excluded.tobacco", "flower", "x", "2019"]
_WORDS = [
    "",
    " ",
    "县长",
    "砀山县人民政府",
    "县政府推荐的酥梨",
    "市场价",
    "p-a",
    "p-official",
    "某某果业有限公司",
    "🍐",
]
_days = st.dates(date(2019, 6, 1), date(2027, 12, 31)) | st.dates(date(1949, 10, 2), date(2199, 12, 31))
_instants = st.builds(
    lambda day, hour, offset: f"{day.isoformat()}T{hour:02d}:30:00{offset}",
    _days,
    st.integers(0, 23),
    st.sampled_from(["Z", "+08:00", "-11:00", "+14:00"]),
)


@cache
def facts_documents() -> st.SearchStrategy[dict[str, Any]]:
    """Documents that parse, most of their facts absent."""
    return _of(Facts)


@cache
def _of(annotation: Any) -> st.SearchStrategy[Any]:
    if annotation in (Day, Instant, Region, Township):
        return {
            Day: _days.map(date.isoformat),
            Instant: _instants,
            Region: st.sampled_from(_REGIONS),
            Township: st.sampled_from(["341321101", "000000000"]),
        }[annotation]
    if is_dataclass(annotation):
        hints = typing.get_type_hints(annotation, include_extras=True)
        optional = {field.name: _of(hints[field.name]) for field in fields(annotation)}
        return st.fixed_dictionaries({}, optional=optional)
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return st.one_of([_of(part) for part in get_args(annotation) if part is not type(None)])
    if origin is Literal:
        return st.sampled_from(get_args(annotation))
    return _annotated(annotation) if origin is Annotated else _plain(annotation)


def _annotated(annotation: Any) -> st.SearchStrategy[Any]:
    base, *notes = get_args(annotation)
    if get_origin(base) is tuple:
        return st.lists(_of(get_args(base)[0]), max_size=3)
    if base is not int:
        return _plain(base)
    limits = [limit for note in notes if isinstance(note, FieldInfo) for limit in note.metadata]
    least = next(limit.ge for limit in limits if hasattr(limit, "ge"))
    most = next(limit.le for limit in limits if hasattr(limit, "le"))
    return st.sampled_from([least, most]) | st.integers(least, min(most, 20_000))


def _plain(base: Any) -> st.SearchStrategy[Any]:
    if base is bool:
        return st.booleans()
    return st.sampled_from([word for word in _WORDS + _CODES if word])
