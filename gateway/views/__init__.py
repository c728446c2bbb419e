"""Contract objects as templates show them: days, instants, 元 and 斤, region names. Pure functions."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.contracts import regions

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEKDAYS_ZH = "一二三四五六日"
GRAMS_PER_JIN = 500


def instant(value: str | datetime) -> datetime:
    """An instant in Asia/Shanghai from RFC 3339 text."""
    parsed = datetime.fromisoformat(value) if isinstance(value, str) else value
    return parsed.astimezone(SHANGHAI)


def day_of(value: str | date) -> date:
    """A civil day from its ISO text."""
    return date.fromisoformat(value[:10]) if isinstance(value, str) else value


def show_day(value: str | date, language: str) -> str:
    """`2020年3月2日 星期一` or `Mon 2 March 2020`."""
    day = day_of(value)
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日 星期{WEEKDAYS_ZH[day.weekday()]}"
    return f"{day:%a} {day.day} {day:%B} {day.year}"


def show_time(value: str | datetime) -> str:
    """`09:00`, Beijing time."""
    return f"{instant(value):%H:%M}"


def show_instant(value: str | datetime, language: str) -> str:
    """Day and time, Beijing time."""
    moment = instant(value)
    return f"{show_day(moment.date(), language)} {moment:%H:%M}"


def yuan(fen: int) -> str:
    """`¥12.50`; whole yuan without a fraction."""
    whole, rest = divmod(fen, 100)
    return f"¥{whole:,}.{rest:02d}" if rest else f"¥{whole:,}"


def mass(grams: int, language: str) -> str:
    """Grams as people say them: 斤 and 吨 in Chinese, kg and t in English."""
    if grams >= 1_000_000:
        return f"{_short(grams / 1_000_000)} {'吨' if language == 'zh' else 't'}"
    if language == "zh":
        return f"{_short(grams / GRAMS_PER_JIN)} 斤" if grams >= GRAMS_PER_JIN else f"{grams} 克"
    return f"{_short(grams / 1000)} kg" if grams >= 1000 else f"{grams} g"


def _short(number: float) -> str:
    return f"{number:,.1f}".rstrip("0").rstrip(".")


def price_per(price_fen: int, net_grams: int, per_grams: int) -> str:
    """Unit price in yuan, rounded half up to the fen."""
    return yuan((price_fen * per_grams * 2 + net_grams) // (net_grams * 2)) if net_grams else "–"


def region_name(code: str, language: str) -> str:
    """The region's own name; the code itself when it is unknown."""
    found = regions.known(code)
    if found is None:
        return code
    return found.name_zh if language == "zh" else found.name_en


def share(basis_points: int) -> str:
    """`33.4 %`."""
    return f"{_short(basis_points / 100)} %"


def in_language(entity: dict[str, Any], name: str, language: str) -> str:
    """`title_zh` or `title_en` of a JSON object, the other one when this is empty."""
    other = "en" if language == "zh" else "zh"
    return entity.get(f"{name}_{language}") or entity.get(f"{name}_{other}") or ""


def filters(language: str) -> dict[str, Callable[..., Any]]:
    """The template filters, bound to the page's language."""
    return {
        "day": lambda value: show_day(value, language),
        "time": show_time,
        "instant": lambda value: show_instant(value, language),
        "yuan": yuan,
        "mass": lambda grams: mass(grams, language),
        "region": lambda code: region_name(code, language),
        "share": share,
        "own": lambda entity, name: in_language(entity, name, language),
        "words": lambda pair: (pair or {}).get(language) or "",
    }
