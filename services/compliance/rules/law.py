"""The dated parameters of the rules as they stood at one moment, and which of them were asked for."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import yaml

from services.compliance.rules.canonical import sha256_of
from services.compliance.rules.shapes import alike
from services.compliance.rules.stages import Stage
from services.contracts.values import SHANGHAI, shanghai_day

FIRST_DAY = date(2020, 1, 1)
NOTICE = timedelta(days=7)
_FOLDER = Path(__file__).parent / "parameters"


class ParameterError(ValueError):
    """A parameter file says something that cannot be law."""


class NoParameter(LookupError):
    """A parameter has no value on the law date: a defect of the rulebook, answered with review."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(f"The parameter {name} has no value on this day.")


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A value that holds from a day on, until the next one of the same parameter.

    `change_id` names the publication between two releases that brought it; `words` are those of a value that lists
    words or codes, made once for all who ask.
    """

    since: date
    value: Any
    source: str
    published_on: date | None = None
    change_id: str | None = None
    words: frozenset[str] | None = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        listed = frozenset(map(str, self.value)) if isinstance(self.value, list) else None
        object.__setattr__(self, "words", listed)

    @property
    def platform(self) -> bool:
        """Whether the number is our own and not the law's."""
        return self.source.startswith("platform")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A named number or list of the rules, with all its values by date."""

    name: str
    means: str
    checked_on: date
    values: tuple[DatedValue, ...]

    def on(self, day: date) -> DatedValue | None:
        """The value in force on the day."""
        for value in reversed(self.values):
            if value.since <= day:
                return value
        return None

    def next_change(self, day: date) -> date | None:
        """The first later day on which the value changes."""
        for value in self.values:
            if value.since > day:
                return value.since
        return None


Parameters = Mapping[str, Parameter]


class LaidOver(dict[str, Parameter]):
    """The parameters with values published since the release; never changed once it is made."""

    @functools.cached_property
    def sha256(self) -> str:
        """Names what they say, so that the same values give the same revision everywhere."""
        return sha256_of(
            {
                name: [[str(value.since), value.value, value.source] for value in parameter.values]
                for name, parameter in self.items()
            }
        )


class Law:
    """The law at one moment: gives parameters by name and remembers which were asked for."""

    __slots__ = ("_asked", "_parameters", "at", "on", "stage")

    def __init__(self, parameters: Parameters, at: datetime, stage: Stage, *, on: date | None = None) -> None:
        self._parameters = parameters
        self._asked: dict[str, Any] = {}
        self.at = at
        self.on = shanghai_day(at) if on is None else on
        self.stage = stage

    def __getitem__(self, name: str) -> Any:
        return self._value(name).value

    def _value(self, name: str) -> DatedValue:
        parameter = self._parameters.get(name)
        value = parameter.on(self.on) if parameter else None
        if value is None:
            raise NoParameter(name)
        self._asked[name] = value.value
        return value

    def part(self, name: str, *keys: str) -> Mapping[str, Any]:
        """One part of a parameter that is a table, empty when the table has none; only the part counts as asked."""
        value = self[name]
        for key in keys:
            value = value.get(key, {})
        asked = value
        for key in reversed(keys):
            asked = {key: asked}
        self._asked[name] = asked
        found: Mapping[str, Any] = value
        return found

    def number(self, name: str) -> int:
        """An integer parameter."""
        value = self[name]
        if not isinstance(value, int):
            raise NoParameter(name)
        return value

    def words(self, name: str) -> frozenset[str]:
        """A parameter that lists words or codes."""
        words = self._value(name).words
        if words is None:
            raise NoParameter(name)
        return words

    @property
    def asked(self) -> dict[str, Any]:
        """The parameters asked for so far, with their values."""
        return dict(sorted(self._asked.items()))

    def next_change(self) -> datetime | None:
        """When the first of the parameters asked for changes."""
        days = [day for name in self._asked if (day := self._parameters[name].next_change(self.on))]
        return start_of(min(days)) if days else None

    def for_another_rule(self) -> "Law":
        """The same law with nothing asked yet."""
        return Law(self._parameters, self.at, self.stage, on=self.on)


def start_of(day: date) -> datetime:
    """The first instant of a civil day in Asia/Shanghai."""
    return datetime.combine(day, time.min, SHANGHAI)


@functools.cache
def released_parameters() -> Parameters:
    """The parameters of this release.

    Raises ParameterError when a file contradicts itself.
    """
    found: dict[str, Parameter] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        document = yaml.safe_load(path.read_text("utf-8"))
        for name, entry in (document or {}).items():
            if name in found:
                raise ParameterError(f"{path.name}: {name} is defined twice")
            found[name] = _parameter(name, entry)
    return found


def laid_over(parameters: Parameters, name: str, value: DatedValue) -> Parameters:
    """The parameters with one value published later laid over them; they themselves when they say so already.

    Raises ParameterError for an unknown name, another kind of value, or notice shorter than seven days.
    """
    if name not in parameters:
        raise ParameterError(f"{name} is no parameter of this release")
    old = parameters[name]
    if any(
        (known.since, known.value, known.source) == (value.since, value.value, value.source) for known in old.values
    ):
        return parameters
    _refuse_floats(name, [value.value])
    if not alike(old.values[-1].value, value.value):
        raise ParameterError(f"{name} is another kind of value: {old.values[-1].value!r}")
    kept = [known for known in old.values if known.since != value.since]
    values = tuple(sorted((*kept, value), key=lambda dated: dated.since))
    _refuse_short_notice(name, values)
    return LaidOver({**parameters, name: replace(old, values=values)})


def _parameter(name: str, entry: Mapping[str, Any]) -> Parameter:
    known = {"means", "checked_on", "values"}
    if not isinstance(entry, dict) or set(entry) != known:
        raise ParameterError(f"{name}: a parameter has exactly {sorted(known)}")
    values = tuple(_dated_value(name, value) for value in entry["values"])
    if not values or [value.since for value in values] != sorted({value.since for value in values}):
        raise ParameterError(f"{name}: values stand in the order of their days, one a day")
    _refuse_short_notice(name, values)
    return Parameter(name, entry["means"], entry["checked_on"], values)


def _dated_value(name: str, entry: Mapping[str, Any]) -> DatedValue:
    if not {"from", "value", "source"} <= set(entry) <= {"from", "value", "source", "published_on"}:
        raise ParameterError(f"{name}: a value has from, value, source and at most published_on")
    _refuse_floats(name, [entry["value"]])
    return DatedValue(entry["from"], entry["value"], entry["source"], entry.get("published_on"))


def _refuse_floats(name: str, values: Iterable[Any]) -> None:
    for value in values:
        if isinstance(value, dict):
            _refuse_floats(name, value.values())
        elif isinstance(value, list):
            _refuse_floats(name, value)
        elif not isinstance(value, int | str):
            raise ParameterError(f"{name}: {value!r} is neither a whole number nor a word")


def _refuse_short_notice(name: str, values: Iterable[DatedValue]) -> None:
    for value in values:
        if not value.platform or value.since == FIRST_DAY:
            continue
        if value.published_on is None or value.published_on + NOTICE > value.since:
            raise ParameterError(f"{name}: our own values are published seven days ahead ({value.since})")
