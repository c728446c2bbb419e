"""What each class of produce is described by, beyond what every lot says: typed, with units, bounds and both languages.

Numbers and choices only, never free text: words that praise goods belong where the rules read them. A class takes the
attributes of everything above it in the tree of goods.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from services.contracts.categories import category_ancestors

Kind = Literal["integer", "choice", "flag"]


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute. `options`: value → (zh, en) of a choice; `least` and `most` are the bounds of an integer.

    `scale`: how many parts of the integer make one of the unit, so that 1250 with scale 100 is 12.5.
    """

    name: str
    kind: Kind
    zh: str
    en: str
    unit_zh: str = ""
    unit_en: str = ""
    scale: int = 1
    least: int = 0
    most: int = 1_000_000
    options: tuple[tuple[str, str, str], ...] = ()

    def schema(self) -> dict[str, Any]:
        """Its JSON Schema."""
        if self.kind == "flag":
            return {"type": "boolean"}
        if self.kind == "choice":
            return {"type": "string", "enum": [value for value, _, _ in self.options]}
        return {"type": "integer", "minimum": self.least, "maximum": self.most}

    def problem(self, value: object) -> tuple[str, str] | None:
        """What is wrong with a value, in English and Chinese; None when it fits."""
        if self.kind == "flag":
            return None if isinstance(value, bool) else ("Must be true or false.", "须为 true 或 false。")
        if self.kind == "choice":
            known = [each for each, _, _ in self.options]
            if value in known:
                return None
            return f"Must be one of: {', '.join(known)}.", f"须为下列之一：{'、'.join(known)}。"
        if isinstance(value, bool) or not isinstance(value, int) or not self.least <= value <= self.most:
            return (
                f"Must be a whole number from {self.least} to {self.most}.",
                f"须为 {self.least} 至 {self.most} 之间的整数。",
            )
        return None


def _choice(name: str, zh: str, en: str, *options: tuple[str, str, str]) -> Attribute:
    return Attribute(name, "choice", zh, en, options=options)


_STATE = (("live", "鲜活", "live"), ("chilled", "冰鲜", "chilled"), ("frozen", "冷冻", "frozen"))
_MOISTURE = Attribute("moisture_bp", "integer", "水分", "Moisture", "%", "%", scale=100, most=10_000)

_CLASSES: Mapping[str, tuple[Attribute, ...]] = {
    "fruit": (
        Attribute("solids_bp", "integer", "可溶性固形物", "Soluble solids", "%", "%", scale=100, most=4_000),
        Attribute("diameter_mm", "integer", "最小果径", "Smallest diameter", "毫米", "mm", least=1, most=500),
        Attribute("piece_grams", "integer", "单果重不低于", "Each weighs at least", "克", "g", least=1, most=50_000),
        _choice(
            "ripeness",
            "成熟度",
            "Ripeness",
            ("firm", "偏生，需后熟", "firm, ripens at home"),
            ("ready", "即食", "ready to eat"),
            ("soft", "熟软", "soft"),
        ),
        Attribute("waxed", "flag", "打蜡或涂膜", "Waxed or coated"),
    ),
    "vegetable": (
        Attribute("piece_grams", "integer", "单个重不低于", "Each weighs at least", "克", "g", least=1, most=50_000),
        Attribute("washed", "flag", "已清洗", "Washed"),
        Attribute("trimmed", "flag", "净菜（已去根去老叶）", "Trimmed"),
    ),
    "grain": (
        Attribute("crop_year", "integer", "收获年份", "Crop year", least=1990, most=2199),
        _MOISTURE,
        Attribute("broken_bp", "integer", "碎粒率", "Broken grains", "%", "%", scale=100, most=10_000),
        _choice(
            "milling",
            "加工精度",
            "Milling",
            ("whole", "糙（全谷）", "whole grain"),
            ("medium", "适度", "medium"),
            ("polished", "精制", "polished"),
        ),
    ),
    "processed.tea": (
        _choice(
            "plucked",
            "采摘时节",
            "Plucked",
            ("before_qingming", "明前", "before Qingming"),
            ("before_guyu", "雨前", "before Guyu"),
            ("spring", "春茶", "spring"),
            ("summer", "夏茶", "summer"),
            ("autumn", "秋茶", "autumn"),
        ),
        _choice(
            "leaf",
            "鲜叶标准",
            "Leaf",
            ("bud", "单芽", "bud only"),
            ("one_leaf", "一芽一叶", "bud and one leaf"),
            ("two_leaves", "一芽二叶", "bud and two leaves"),
            ("mature", "成熟叶", "mature leaf"),
        ),
        _MOISTURE,
    ),
    "meat": (
        _choice("state", "贮存状态", "State", ("warm", "热鲜", "warm"), *_STATE[1:]),
        Attribute("age_days", "integer", "出栏日龄", "Age when slaughtered", "天", "days", least=1, most=5_000),
    ),
    "livestock": (
        Attribute("age_days", "integer", "日龄", "Age", "天", "days", least=1, most=5_000),
        Attribute("live_grams", "integer", "单只（头）活重", "Live weight of one", "千克", "kg", scale=1_000, least=1),
    ),
    "egg": (
        Attribute("piece_grams", "integer", "单枚重不低于", "Each weighs at least", "克", "g", least=5, most=500),
        _choice(
            "housing",
            "饲养方式",
            "Housing",
            ("cage", "笼养", "cage"),
            ("barn", "平养", "barn"),
            ("free_range", "散养", "free range"),
        ),
    ),
    "aquatic": (
        _choice("state", "状态", "State", *_STATE),
        _choice("source", "来源", "Source", ("farmed", "养殖", "farmed"), ("caught", "捕捞", "caught")),
        Attribute("piece_grams", "integer", "单只重不低于", "Each weighs at least", "克", "g", least=1, most=100_000),
    ),
    "nut": (_MOISTURE, Attribute("shelled", "flag", "已去壳", "Shelled")),
    "processed.honey": (
        Attribute("water_bp", "integer", "水分", "Water", "%", "%", scale=100, most=4_000),
        Attribute("single_flower", "flag", "单花蜜", "Of a single flower"),
    ),
}


def attributes_of(category_code: str) -> tuple[Attribute, ...]:
    """What goods of this kind are described by, in the order of the form; empty where nothing more is asked."""
    path = (*reversed(category_ancestors(category_code)), category_code)
    found: dict[str, Attribute] = {}
    for code in path:
        found |= {each.name: each for each in _CLASSES.get(code, ())}
    return tuple(found.values())


def all_attributes() -> Mapping[str, tuple[Attribute, ...]]:
    """The classes of produce with the attributes that each brings."""
    return _CLASSES


def schema_of(category_code: str) -> dict[str, Any]:
    """JSON Schema of a lot's `attributes` for goods of this kind."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {each.name: each.schema() for each in attributes_of(category_code)},
        "additionalProperties": False,
    }


def problems(category_code: str, values: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """(attribute, English, Chinese) for everything that does not fit goods of this kind."""
    known = {each.name: each for each in attributes_of(category_code)}
    for name, value in values.items():
        if name not in known:
            names = ", ".join(known) or "–"
            yield name, f"Goods of this kind have: {names}.", f"此类商品的属性为：{names}。"
        elif (wrong := known[name].problem(value)) is not None:
            yield name, *wrong
