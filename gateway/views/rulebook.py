"""Rules as a reader finds them: plain words, articles by date, parameters with every value they ever had."""

from typing import Any

from gateway.views import region_name, share, show_day
from gateway.views.codes import category_word, word_of
from gateway.views.facts import value_of
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
        "live": speaker._("On air"),
        "order": speaker._("Orders"),
        "disc": speaker._("The public record"),
        "complaint": speaker._("Complaints"),
    }
    found: dict[str, list[Json]] = {}
    for rule in rules:
        found.setdefault(rule["id"].split(".")[0], []).append(rule)
    return [
        {
            "id": key,
            "name": headings.get(key) or speaker._("Other rules"),
            "rules": [rule_line(speaker, rule) for rule in group],
        }
        for key, group in found.items()
    ]


def values_by_chapter(speaker: Speaker, rules: list[Json], today: str, sought: str = "") -> list[Json]:
    """Every value of the rules under the headings of the book; with words sought, those that have them, in any case.

    A value is found by its name, its id, what it is now, and the title of its rule.
    """
    with_values = [rule for rule in rules if rule["parameters"]]
    named = {rule["id"]: rule for rule in with_values}
    found = []
    for chapter in chapters(speaker, with_values):
        lines = [
            {**line, "parameters": tables}
            for line in chapter["rules"]
            if (tables := _sought(speaker, named[line["id"]], today, sought))
        ]
        if lines:
            count = sum(len(line["parameters"]) for line in lines)
            found.append({"id": chapter["id"], "name": chapter["name"], "rules": lines, "count": count})
    return found


def _sought(speaker: Speaker, rule: Json, today: str, sought: str) -> list[Json]:
    words, title = sought.casefold().split(), chosen(speaker, rule["title"])
    return [
        {**table, "href": f"/{speaker.language}/desk/rules/{table['id']}"}
        for table in parameter_tables(speaker, rule["parameters"], today)
        if all(word in _told_of(table, title) for word in words)
    ]


def _told_of(table: Json, title: str) -> str:
    present = [line for value in table["values"] if value["in_force"] for line in value["lines"]]
    return " ".join([table["name"], table["id"], title, *present]).casefold()


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


def parameter_tables(speaker: Speaker, parameters: list[Json], today: str = "") -> list[Json]:
    """Each parameter with its values by date, the newest first; what begins after `today` is announced."""
    return [
        {
            "id": parameter["name"],
            "name": parameter_name(speaker, parameter["name"], parameter["means"]),
            "checked_on": show_day(parameter["checked_on"], speaker.language),
            "values": [_dated(speaker, parameter["name"], value, today) for value in reversed(parameter["values"])],
        }
        for parameter in parameters
    ]


def _dated(speaker: Speaker, name: str, value: Json, today: str) -> Json:
    return {
        "since": show_day(value["from"], speaker.language),
        "lines": value_lines(speaker, name, value["value"]),
        "source": _source(speaker, value),
        "platform": value["basis"] == "platform",
        "in_force": value["in_force"],
        "announced": bool(today) and value["from"] > today,
        "published": show_day(value["published_on"], speaker.language) if value["published_on"] else None,
        "href": f"/{speaker.language}/rules/changes/{value['change_id']}" if value["change_id"] else None,
    }


def announced(speaker: Speaker, rules: list[Json], today: str) -> list[Json]:
    """The values that are known today and hold later, the earliest first."""
    found = [
        (value["from"], rule, parameter, _dated(speaker, parameter["name"], value, today))
        for rule in rules
        for parameter in rule["parameters"]
        for value in parameter["values"]
        if value["from"] > today
    ]
    return [
        {
            **value,
            "name": parameter_name(speaker, parameter["name"], parameter["means"]),
            "rule_href": f"/{speaker.language}/rules/{rule['id']}",
        }
        for _, rule, parameter, value in sorted(found, key=lambda each: each[0])
    ]


def neighbours(speaker: Speaker, rules: list[Json], rule_id: str) -> tuple[Json | None, Json | None]:
    """The rules before and after this one in the book."""
    lines = [rule_line(speaker, rule) for rule in rules]
    place = next((number for number, line in enumerate(lines) if line["id"] == rule_id), None)
    if place is None:
        return None, None
    return (lines[place - 1] if place else None), (lines[place + 1] if place + 1 < len(lines) else None)


def _source(speaker: Speaker, value: Json) -> str:
    """Where the value comes from. Notes on our own values are written in English; Chinese pages say whose they are."""
    if value["basis"] == "platform" and (speaker.language == "zh" or value["source"] in PLATFORM):
        return law_name(speaker, PLATFORM[0])
    return str(value["source"])


def value_lines(speaker: Speaker, name: str, value: Any) -> list[str]:
    """A parameter's value line by line: one line, unless it is a table or a list of records."""
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return [" · ".join(value_of(speaker, field, part) for field, part in each.items() if part) for each in value]
    return table_lines(speaker, value) if isinstance(value, dict) else [value_text(speaker, name, value)]


def value_text(speaker: Speaker, name: str, value: Any) -> str:
    """A parameter's value with its unit, as far as its name tells one."""
    if isinstance(value, bool):
        return speaker._("Yes") if value else speaker._("No")
    if isinstance(value, int):
        return _number(speaker, name, value)
    if isinstance(value, list):
        separator = "、" if speaker.language == "zh" else ", "
        return separator.join(_word(speaker, str(each)) for each in value) or speaker._("none")
    if isinstance(value, dict):
        return ("；" if speaker.language == "zh" else "; ").join(table_lines(speaker, value))
    return _word(speaker, str(value))


def _word(speaker: Speaker, code: str) -> str:
    """The word for a code, the name of a kind of goods or of a region; what is none of these is itself."""
    if (word := word_of(speaker, code)) != code:
        return word
    return region_name(code, speaker.language) if len(code) == 6 and code.isdecimal() else category_word(speaker, code)


def table_lines(speaker: Speaker, value: Json) -> list[str]:
    """A table of values as one line for each row; what holds only on a condition says so."""
    lines = []
    for key, inner in value.items():
        name = word_of(speaker, key)
        if not isinstance(inner, dict):
            lines.append(f"{name}: {value_text(speaker, key, inner)}")
        elif "from_level" in inner:
            lines.append(_office(speaker, name, inner))
        else:
            lines += [f"{name} · {line}" for line in table_lines(speaker, inner)]
    return lines


def _office(speaker: Speaker, name: str, conditions: Json) -> str:
    line = speaker._("%(office)s, %(level)s or above", office=name, level=word_of(speaker, conditions["from_level"]))
    if "together_with" in conditions:
        other = word_of(speaker, conditions["together_with"])
        line += speaker._(" (together with the %(office)s)", office=other)
    if conditions.get("below_national_if_authorised"):
        line += speaker._(" (below the national level only when authorised)")
    return line


def _units(speaker: Speaker, count: int) -> dict[str, str]:
    """How a number is said by the end of its parameter's name; working days before days."""
    return {
        "working_days": speaker._("%(count)s working days", count=count),
        "days": speaker._("%(count)s days", count=count),
        "months": speaker._("%(count)s months", count=count),
        "years": speaker._("%(count)s years", count=count),
        "seconds": speaker._("%(count)s seconds", count=count),
        "minutes": speaker._("%(count)s minutes", count=count),
        "hours": speaker._("%(count)s hours", count=count),
        "yuan": speaker._("%(count)s yuan", count=count),
    }


def _number(speaker: Speaker, name: str, value: int) -> str:
    if name.endswith("_bp"):
        return share(value)
    for unit, words in _units(speaker, value).items():
        if name.endswith(unit):
            return words
    return f"{value:,}"


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
