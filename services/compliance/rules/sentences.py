"""The sentence for every reason and remedy, in Chinese and in English, filled with the values of a finding."""

import functools
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from string import Formatter
from typing import Any, Literal

import yaml

from services.compliance.rules.core import Finding, Words
from services.contracts.values import SHANGHAI

Language = Literal["zh", "en"]
Part = Literal["reason", "remedy"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_TONNE, _KILOGRAM = 1_000_000, 1_000


@functools.cache
def catalogue(language: Language) -> Mapping[str, Any]:
    """All sentences of one language: `common`, `facts` and `rules`."""
    path = Path(__file__).with_name(f"sentences.{language}.yaml")
    document: Mapping[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return document


@functools.cache
def sentence(language: Language, rule_id: str, reason_code: str) -> Mapping[str, str]:
    """The reason and, where there is one, the remedy of a reason code without what follows its colon.

    Raises KeyError for a code without sentence; a test holds that no rule returns one.
    """
    sentences = catalogue(language)
    own = sentences["rules"].get(rule_id, {}).get("reasons", {})
    found: Mapping[str, str] = own[reason_code] if reason_code in own else sentences["common"][reason_code]
    return found


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence taken apart once: each value that it asks for with the words before it, and the words at the end."""

    language: Language
    gaps: tuple[tuple[str, str, Callable[[int, bool], str]], ...]
    end: str

    def filled(self, values: Mapping[str, Any]) -> str:
        """The sentence with these values. One that is lacking shows as a dash: a decision never fails over a word."""
        zh, said = self.language == "zh", ""
        for before, name, number in self.gaps:
            value = values.get(name, "—")
            # Most values are numbers and ready words; the others take the long way.
            if type(value) is int:
                shown = number(value, zh)
            elif type(value) is str and name != "fact":
                shown = value
            else:
                shown = _show(name, value, self.language)
            said += before + shown
        return said + self.end


@functools.cache
def _template(language: Language, rule_id: str, code: str, part: Part) -> Template | None:
    """The sentence of a reason code; None where it has no such part."""
    text = sentence(language, rule_id, code).get(part)
    if not text:
        return None
    pieces = [(before, name) for before, name, _, _ in Formatter().parse(text)]
    gaps = tuple((before, name, _number_of(name)) for before, name in pieces if name)
    return Template(language, gaps, "".join(before for before, name in pieces if not name))


def say(rule_id: str, findings: Iterable[Finding], part: Part) -> dict[str, str] | None:
    """What several findings say together, each sentence once; None when none has such a sentence."""
    zh: dict[str, None] = {}
    en: dict[str, None] = {}
    for finding in findings:
        code = finding.reason_code.partition(":")[0]
        if (template := _template("zh", rule_id, code, part)) is not None:
            zh[template.filled(finding.values)] = None
        if (template := _template("en", rule_id, code, part)) is not None:
            en[template.filled(finding.values)] = None
    return {"zh": "".join(zh), "en": " ".join(en)} if zh or en else None


def fact_name(path: str, language: Language) -> str:
    """What the fact at a path is called; the path itself where it has no name."""
    names: Mapping[str, str] = catalogue(language)["facts"]
    return names.get(re.sub(r"\[\d+\]", "[]", path), path)


def _show(name: str, value: Any, language: Language) -> str:
    zh = language == "zh"
    if isinstance(value, str) and name != "fact":
        return value
    match value:
        case Words():
            return value.zh if zh else value.en
        case bool():
            return ("是" if value else "否") if zh else ("yes" if value else "no")
        case datetime():
            local = value.astimezone(SHANGHAI)
            return f"{_show_day(local.date(), zh)}{' ' if zh else ', '}{local:%H:%M}"
        case date():
            return _show_day(value, zh)
        case int():
            return _number_of(name)(value, zh)
        case list() | tuple():
            return ("、" if zh else ", ").join(_show(name, item, language) for item in value)
        case _:
            return fact_name(str(value), language) if name == "fact" else str(value)


def _show_day(day: date, zh: bool) -> str:
    if zh:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _number_of(name: str) -> Callable[[int, bool], str]:
    """How a number of that name is written, in Chinese (True) or in English."""
    for unit, written in ((_bp, "_bp"), (_fen, "_fen"), (_grams, "_grams")):
        if name.endswith(written):
            return unit
    return _plain


def _plain(value: int, _zh: bool) -> str:
    return str(value)


def _bp(value: int, _zh: bool) -> str:
    return f"{_decimal(value, 100)}%"


def _fen(value: int, zh: bool) -> str:
    return f"{value // 100}.{value % 100:02d} {'元' if zh else 'yuan'}"


def _grams(value: int, zh: bool) -> str:
    if value >= _TONNE:
        return f"{_decimal(value, _TONNE)} {'吨' if zh else 't'}"
    return f"{_decimal(value, _KILOGRAM)} {'千克' if zh else 'kg'}"


def _decimal(value: int, unit: int) -> str:
    """The value in units, exact, without trailing zeros: 3333 of 100 is 33.33."""
    sign, value = ("-" if value < 0 else ""), abs(value)
    whole, rest = divmod(value, unit)
    digits = len(str(unit)) - 1
    return f"{sign}{whole}" + (f".{rest:0{digits}d}".rstrip("0") if rest else "")
