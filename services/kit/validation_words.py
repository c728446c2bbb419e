"""What pydantic says of a wrong field, in sentences for people, in both languages."""

from typing import Any

_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("This field is required.", "此项必填。"),
    "extra_forbidden": ("There is no such field.", "没有这个字段。"),
    "string_type": ("Must be text.", "须为文本。"),
    "string_unicode": ("Must be valid Unicode text.", "须为有效的 Unicode 文本。"),
    "string_too_short": ("Must have at least {min_length} characters.", "至少 {min_length} 个字符。"),
    "string_too_long": ("Must have at most {max_length} characters.", "最多 {max_length} 个字符。"),
    "string_pattern_mismatch": ("Must match the pattern {pattern}.", "格式须符合 {pattern}。"),
    "int_type": ("Must be a whole number.", "须为整数。"),
    "int_parsing": ("Must be a whole number.", "须为整数。"),
    "int_from_float": ("Must be a whole number, without a fraction.", "须为整数，不能带小数。"),
    "greater_than": ("Must be greater than {gt}.", "须大于 {gt}。"),
    "greater_than_equal": ("Must be at least {ge}.", "不得小于 {ge}。"),
    "less_than": ("Must be less than {lt}.", "须小于 {lt}。"),
    "less_than_equal": ("Must be at most {le}.", "不得大于 {le}。"),
    "bool_type": ("Must be true or false.", "须为 true 或 false。"),
    "list_type": ("Must be a list.", "须为列表。"),
    "too_short": ("Needs at least {min_length} items.", "至少需要 {min_length} 项。"),
    "too_long": ("Takes at most {max_length} items.", "最多 {max_length} 项。"),
    "dict_type": ("Must be an object.", "须为对象。"),
    "model_type": ("Must be an object.", "须为对象。"),
    "model_attributes_type": ("Must be an object.", "须为对象。"),
    "dataclass_type": ("Must be an object.", "须为对象。"),
    "enum": ("Must be one of {expected}.", "须为以下之一：{expected}。"),
    "literal_error": ("Must be one of {expected}.", "须为以下之一：{expected}。"),
    "date_from_datetime_parsing": ("Must be a day such as 2020-03-02.", "须为日期，例如 2020-03-02。"),
    "date_parsing": ("Must be a day such as 2020-03-02.", "须为日期，例如 2020-03-02。"),
    "date_type": ("Must be a day such as 2020-03-02.", "须为日期，例如 2020-03-02。"),
    "datetime_parsing": ("Must be an RFC 3339 instant.", "须为 RFC 3339 时间。"),
    "datetime_from_date_parsing": ("Must be an RFC 3339 instant.", "须为 RFC 3339 时间。"),
    "datetime_type": ("Must be an RFC 3339 instant.", "须为 RFC 3339 时间。"),
    "timezone_aware": ("Must carry its offset, such as +08:00.", "须带时区，例如 +08:00。"),
}


def in_english(error: dict[str, Any]) -> str:
    """One sentence on what is wrong, in English; pydantic's own where we have none."""
    return _fill(error, 0) or str(error["msg"])


def in_chinese(error: dict[str, Any]) -> str:
    """One sentence on what is wrong, in Chinese."""
    return _fill(error, 1) or f"填写有误（{error['msg']}）。"


def _emptied(error: dict[str, Any]) -> bool:
    """Whether nothing at all was said: whoever left a choice open is not told the codes of its answers."""
    if error["type"] in ("literal_error", "enum"):
        return error.get("input") == ""
    return bool(error["type"] == "string_too_short" and error.get("ctx", {}).get("min_length") == 1)


def _fill(error: dict[str, Any], which: int) -> str | None:
    if error["type"] == "value_error":
        reason = error.get("ctx", {}).get("error")
        words = getattr(reason, "args", ())
        return str(words[min(which, len(words) - 1)]) if words else None
    words = _WORDS.get("missing" if _emptied(error) else error["type"])
    if words is None:
        return None
    try:
        return words[which].format(**error.get("ctx", {}))
    except (KeyError, IndexError):
        return words[which]
