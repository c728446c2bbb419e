"""Takes a registered name apart: region, trade name, industry, form (企业名称登记管理规定 第六条、第八条)."""

import functools
from collections.abc import Iterable
from datetime import date

from services.compliance.rules.text.patterns import lexicon
from services.contracts.categories import all_categories
from services.contracts.regions import regions

_WORDS = lexicon("companies")
_FORMS = tuple(sorted((*_WORDS["strong_forms"], *_WORDS["weak_forms"]), key=len, reverse=True))
_INDUSTRIES = tuple(sorted((*_WORDS["industries"], "农民", "专业"), key=len, reverse=True))
_LONGEST_PLACE = 15
_BRACKETS = str.maketrans("", "", "()[]【】“”\"' ")


@functools.lru_cache(maxsize=128)
def place_names(on: date) -> frozenset[str]:
    """Full and short names of every region on the day, the invented ones of the demonstration too."""
    names: set[str] = set()
    for region in regions(on, demo=True):
        names.update(name for name in (region.name_zh, region.short_zh) if len(name) > 1)
    return frozenset(names)


@functools.cache
def goods_names() -> frozenset[str]:
    """The names of all categories, and the parts of those that join two with 和."""
    names = {part for category in all_categories() for part in category.zh.split("和")}
    return frozenset(name for name in names if name)


@functools.cache
def _goods_endings() -> tuple[str, ...]:
    return tuple(sorted((name for name in goods_names() if len(name) > 1), key=len, reverse=True))


@functools.lru_cache(maxsize=8_192)
def trade_name(registered: str, on: date) -> str | None:
    """The 字号 in a registered name (normalised); None when nothing but general words is left.

    A trade name has at least two Chinese characters and is no county's name or kind of goods.
    """
    rest = without_places(registered.translate(_BRACKETS), on)
    rest = _without_endings(rest, _FORMS, once=True)
    rest = without_places(_without_endings(rest, _INDUSTRIES), on)
    # 绿塬苹果种植 is 绿塬: the goods are the business, however they are written.
    rest = _without_endings(rest, _goods_endings(), once=True)
    general = len(rest) < 2 or rest in place_names(on) or rest in goods_names() or rest in _WORDS["generic"]
    return None if general else rest


def without_places(name: str, on: date) -> str:
    """The name without the regions it begins with."""
    known = place_names(on)
    for _ in range(4):
        length = next((n for n in range(min(_LONGEST_PLACE, len(name)), 1, -1) if name[:n] in known), 0)
        if not length:
            return name
        name = name[length:].removeprefix("省").removeprefix("市").removeprefix("县")
    return name


def _without_endings(name: str, endings: Iterable[str], *, once: bool = False) -> str:
    """The name without these endings, as long as two characters remain."""
    for _ in range(1 if once else 4):
        ending = next((word for word in endings if name.endswith(word) and len(name) > len(word)), None)
        if ending is None:
            return name
        name = name.removesuffix(ending)
    return name
