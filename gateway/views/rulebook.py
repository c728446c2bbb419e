"""Rules as a reader finds them: plain words, articles by date, parameters with every value they ever had."""

import json
from typing import Any

from gateway.views import share, show_day
from gateway.views.parameter_names import parameter_name
from gateway.views.speaking import Speaker, chosen

Json = dict[str, Any]
PLATFORM = ("platform rule", "阳光集市平台规则")


def chapters(speaker: Speaker, rules: list[Json]) -> list[Json]:
    """The rules under their headings, in reading order."""
    headings = {
        "adm": speaker._("What may be promoted"),
        "fm": speaker._("Force majeure and unsold goods"),
        "official": speaker._("Officials"),
        "quality": speaker._("Sellers and quality"),
        "price": speaker._("Prices"),
        "text": speaker._("Wording"),
        "notice": speaker._("Notices"),
    }
    found: dict[str, list[Json]] = {}
    for rule in rules:
        found.setdefault(rule["id"].split(".")[0], []).append(rule)
    return [
        {"name": headings.get(key) or speaker._("Other rules"), "rules": [rule_line(speaker, rule) for rule in group]}
        for key, group in found.items()
    ]


def rule_line(speaker: Speaker, rule: Json) -> Json:
    """A rule in the table of contents."""
    return {
        "id": rule["id"],
        "href": f"/{speaker.language}/rules/{rule['id']}",
        "title": chosen(speaker, rule["title"]),
        "summary": chosen(speaker, rule["summary"]),
        "hard": rule["hard"],
        "in_force": rule["in_force"],
        "since": show_day(rule["since"], speaker.language),
        "laws": len([ground for ground in rule["grounds"] if ground["in_force"]]),
    }


def ground_lines(speaker: Speaker, grounds: list[Json]) -> list[Json]:
    """Articles with the time in which they hold."""
    return [
        {
            "law": law_name(speaker, ground["law"]),
            "article": ground.get("article") or "",
            "since": show_day(ground["valid_from"], speaker.language),
            "until": show_day(ground["valid_until"], speaker.language) if ground.get("valid_until") else None,
            "in_force": ground["in_force"],
        }
        for ground in grounds
    ]


def law_name(speaker: Speaker, law: str) -> str:
    """The title of the law; our own rules say that they are ours."""
    return speaker._("Rule of this market") if law in PLATFORM else law


def parameter_tables(speaker: Speaker, parameters: list[Json]) -> list[Json]:
    """Each parameter with its values by date, the newest first."""
    return [
        {
            "id": parameter["name"],
            "name": parameter_name(speaker, parameter["name"], parameter["means"]),
            "checked_on": show_day(parameter["checked_on"], speaker.language),
            "values": [_dated(speaker, parameter["name"], value) for value in reversed(parameter["values"])],
        }
        for parameter in parameters
    ]


def _dated(speaker: Speaker, name: str, value: Json) -> Json:
    return {
        "since": show_day(value["from"], speaker.language),
        "value": value_text(speaker, name, value["value"]),
        "source": law_name(speaker, value["source"]),
        "platform": value["basis"] == "platform",
        "in_force": value["in_force"],
    }


def value_text(speaker: Speaker, name: str, value: Any) -> str:
    """A parameter's value with its unit, as far as its name tells one."""
    if isinstance(value, bool):
        return speaker._("Yes") if value else speaker._("No")
    if isinstance(value, int):
        return _number(speaker, name, value)
    if isinstance(value, list):
        separator = "、" if speaker.language == "zh" else ", "
        return separator.join(word_of(speaker, str(each)) for each in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _number(speaker: Speaker, name: str, value: int) -> str:
    if name.endswith("_bp"):
        return share(value)
    if name.endswith("working_days"):
        return speaker._("%(count)s working days", count=value)
    if name.endswith("days"):
        return speaker._("%(count)s days", count=value)
    if name.endswith("months"):
        return speaker._("%(count)s months", count=value)
    if name.endswith("seconds"):
        return speaker._("%(count)s seconds", count=value)
    return f"{value:,}"


def word_of(speaker: Speaker, code: str) -> str:
    """The word for a code among a parameter's values; words of a lexicon are themselves."""
    words = {
        "cooperative": speaker._("cooperative"),
        "rural_collective": speaker._("rural collective"),
        "enterprise": speaker._("enterprise"),
        "hail": speaker._("hail"),
        "frost": speaker._("frost"),
        "vegetable": speaker._("vegetables"),
        "fruit": speaker._("fruit"),
        "tea_leaf": speaker._("tea leaves"),
        "livestock": speaker._("livestock"),
        "egg": speaker._("eggs"),
        "aquatic": speaker._("aquatic products"),
    }
    return words.get(code, code)


def reason_lines(speaker: Speaker, reasons: list[Json]) -> list[Json]:
    """What the rule can say. Words in braces come from the case and are shown as dots."""
    return [
        {
            "code": reason["code"],
            "reason": _open(chosen(speaker, reason["reason"])),
            "remedy": _open(chosen(speaker, reason["remedy"])) if reason["remedy"] else None,
        }
        for reason in reasons
    ]


def _open(sentence: str) -> str:
    parts = sentence.split("{")
    return parts[0] + "".join("…" + part.partition("}")[2] for part in parts[1:])
