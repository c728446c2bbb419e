"""A value that somebody wants to hold from a day on, and what forbids it, as the parameter files have it."""

import difflib
import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from services.compliance.rules.core import Rule
from services.compliance.rules.law import (
    NOTICE,
    DatedValue,
    Parameter,
    ParameterError,
    Parameters,
    laid_over,
)
from services.compliance.rules.shapes import alike, words_in

Basis = Literal["platform", "law"]
PLATFORM_SOURCE = "platform rule"
LARGEST_NUMBER = 10**12
WHOLE_SHARE = 10_000
MOST_WORDS, LONGEST_WORD = 1_000, 100
_ARTICLE = re.compile(r"第[一二三四五六七八九十百千零〇0-9]{1,9}条")


class ChangeRefused(ValueError):
    """The change cannot be law. `field` is the part of the change that is at fault; both sentences say why."""

    def __init__(self, field: str, en: str, zh: str) -> None:
        self.field, self.en, self.zh = field, en, zh
        super().__init__(en)


@dataclass(frozen=True, slots=True)
class Change:
    """One value of one parameter from a day on. `source` is the law, or a note on our own value; `article` of law."""

    name: str
    value: Any
    since: date
    basis: Basis
    source: str = ""
    article: str = ""

    def source_line(self) -> str:
        """The source as the parameter files write it."""
        if self.basis == "law":
            return f"{self.source} {self.article}".strip()
        return f"{PLATFORM_SOURCE}; {self.source}" if self.source else PLATFORM_SOURCE

    def dated(self, published_on: date, change_id: str | None = None) -> DatedValue:
        """The value as it stands among those of its parameter once it is published."""
        return DatedValue(self.since, self.value, self.source_line(), published_on, change_id)


def rule_of(name: str, rulebook: tuple[Rule, ...]) -> Rule | None:
    """The rule that a parameter belongs to."""
    return next((rule for rule in rulebook if name.rpartition(".")[0] == rule.id), None)


def as_if_published(parameters: Parameters, change: Change) -> Parameters:
    """The parameters with a change that is only weighed yet, whatever its notice. Raises ParameterError."""
    return laid_over(parameters, change.name, change.dated(change.since - NOTICE))


def with_change(parameters: Parameters, rulebook: tuple[Rule, ...], change: Change, published_on: date) -> Parameters:
    """The parameters as they would be if the change were published on the day.

    Raises ChangeRefused, naming the part that is at fault.
    """
    parameter = _known(parameters, change.name)
    _require_value(parameter, change)
    _require_later(parameter, change)
    _require_notice(change, published_on)
    _require_law(rule_of(change.name, rulebook), change)
    try:
        return laid_over(parameters, change.name, change.dated(published_on))
    except ParameterError as error:
        raise ChangeRefused("value", f"{error}.", f"该参数值不合规则文件的要求（{error}）。") from error


def _known(parameters: Parameters, name: str) -> Parameter:
    if name not in parameters:
        near = difflib.get_close_matches(name, list(parameters), n=1)
        raise ChangeRefused(
            "name",
            f"There is no parameter {name}" + (f"; did you mean {near[0]}?" if near else "."),
            f"没有参数 {name}" + (f"，是否指 {near[0]}？" if near else "。"),
        )
    return parameters[name]


def _require_value(parameter: Parameter, change: Change) -> None:
    last = parameter.values[-1]
    _require_whole(change.value)
    if not alike(last.value, change.value):
        raise ChangeRefused(
            "value",
            f"The value must be of the kind and shape of the present one: {_shown(last.value)}.",
            f"参数值的类型和结构须与现行值一致：{_shown(last.value)}。",
        )
    _require_bounds(parameter, change.value)
    if isinstance(last.value, dict):
        _require_known_words(parameter, change.value)
    if (last.value, last.source) == (change.value, change.source_line()):
        raise ChangeRefused(
            "value", "This is the present value; nothing would change.", "该值与现行值相同，没有任何变化。"
        )


def _require_whole(value: Any) -> None:
    if isinstance(value, dict):
        for inner in value.values():
            _require_whole(inner)
    elif isinstance(value, list):
        _require_words(value)
    elif isinstance(value, str):
        _require_words([value])
    elif not isinstance(value, int) or not -LARGEST_NUMBER <= value <= LARGEST_NUMBER:
        raise ChangeRefused(
            "value",
            "Only whole numbers and words: write shares in basis points and money in fen, at most 10^12.",
            "只能填写整数或词语：比例请用万分比，金额请用分，且不超过 10 的 12 次方。",
        )


def _require_words(value: list[Any]) -> None:
    for item in value:
        if not isinstance(item, str):
            _require_whole(item)
    words = [item for item in value if isinstance(item, str)]
    wrong = [word for word in words if not word.strip() or len(word) > LONGEST_WORD or not word.isprintable()]
    if wrong or len(set(words)) != len(words) or len(value) > MOST_WORDS:
        raise ChangeRefused(
            "value",
            f"A list has at most {MOST_WORDS} different words of 1 to {LONGEST_WORD} characters each.",
            f"列表最多 {MOST_WORDS} 个互不相同的词语，每个 1 至 {LONGEST_WORD} 个字符。",
        )


def _require_bounds(parameter: Parameter, value: Any) -> None:
    if type(value) is not int:
        return
    shares = parameter.name.endswith("_bp") and all(known.value <= WHOLE_SHARE for known in parameter.values)
    most = WHOLE_SHARE if shares else LARGEST_NUMBER
    if not 0 <= value <= most:
        raise ChangeRefused("value", f"The number must lie between 0 and {most:,}.", f"数值须在 0 至 {most:,} 之间。")


def _require_known_words(parameter: Parameter, value: Any) -> None:
    unknown = sorted(words_in(value) - frozenset().union(*(words_in(known.value) for known in parameter.values)))
    if unknown:
        raise ChangeRefused(
            "value",
            f"The rule does not know the words {', '.join(unknown[:5])} in this table; that needs a new release.",
            f"规则不认识该表中的词语：{'、'.join(unknown[:5])}；需要发布新版本。",
        )


def _require_later(parameter: Parameter, change: Change) -> None:
    last = parameter.values[-1].since
    if change.since <= last:
        raise ChangeRefused(
            "from_on",
            f"The last value holds from {last}; a new one must hold from a later day. "
            "What has not taken effect can be withdrawn.",
            f"最近一个值自 {last} 起施行，新值的施行日须晚于该日。尚未施行的值可以撤回。",
        )


def _require_notice(change: Change, published_on: date) -> None:
    if change.basis == "platform" and published_on + NOTICE > change.since:
        raise ChangeRefused(
            "from_on",
            f"Our own values are published at least 7 days ahead: from {published_on + NOTICE} on.",
            f"平台自定的值须至少提前七日公布：施行日不得早于 {published_on + NOTICE}。",
        )


def _require_law(rule: Rule | None, change: Change) -> None:
    if change.basis != "law":
        return
    if not change.source or change.source.startswith("platform"):
        raise ChangeRefused("source", "Name the law.", "请写明法律、法规或者规章的名称。")
    if not _ARTICLE.search(change.article):
        raise ChangeRefused(
            "article", "Name the article in Chinese, such as 第三十九条第一款.", "请写明条款，例如第三十九条第一款。"
        )
    begins = [ground.since for ground in (rule.grounds if rule else ()) if ground.law == change.source]
    if begins and change.since < min(begins):
        raise ChangeRefused(
            "from_on",
            f"{change.source} is in force from {min(begins)} only.",
            f"《{change.source}》自 {min(begins)} 起施行。",
        )


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:79] + "…"
