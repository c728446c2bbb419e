"""A rule as people read it: in plain words, with its articles, its parameters by date and all it can say."""

from datetime import date
from typing import Any

from services.compliance.rules.core import Ground, Rule
from services.compliance.rules.law import DatedValue, Parameter, Parameters, released_parameters
from services.compliance.rules.sentences import LANGUAGES, catalogue


def describe_rule(rule: Rule, law_date: date, parameters: Parameters | None = None) -> dict[str, Any]:
    """The rule as it stands on the day, with everything that held before and will hold after."""
    known = parameters if parameters is not None else released_parameters()
    own = [known[name] for name in sorted(known) if name.startswith(f"{rule.id}.")]
    return {
        "id": rule.id,
        "title": rule.title._asdict(),
        "summary": {language: _rule_words(rule, language)["summary"] for language in LANGUAGES},
        "stages": list(rule.stages),
        "hard": rule.hard,
        "since": rule.since.isoformat(),
        "until": rule.until.isoformat() if rule.until else None,
        "in_force": rule.in_force(law_date),
        "grounds": [_ground(ground, law_date) for ground in sorted(rule.grounds, key=lambda g: g.since)],
        "parameters": [_parameter(parameter, law_date) for parameter in own],
        "reasons": [_reason(rule, code) for code in _rule_words(rule, "zh")["reasons"]],
    }


def describe_procedure(law_date: date, parameters: Parameters | None = None) -> list[dict[str, Any]]:
    """The parameters that no rule reads: within which time people appeal, decide and override."""
    known = parameters if parameters is not None else released_parameters()
    return [_parameter(known[name], law_date) for name in sorted(known) if name.startswith("people.")]


def _rule_words(rule: Rule, language: Any) -> dict[str, Any]:
    words: dict[str, Any] = catalogue(language)["rules"][rule.id]
    return words


def _ground(ground: Ground, law_date: date) -> dict[str, Any]:
    return {
        "law": ground.law,
        "article": ground.article,
        "valid_from": ground.since.isoformat(),
        "valid_until": ground.until.isoformat() if ground.until else None,
        "in_force": ground.holds(law_date),
    }


def _parameter(parameter: Parameter, law_date: date) -> dict[str, Any]:
    current = parameter.on(law_date)
    return {
        "name": parameter.name,
        "means": parameter.means,
        "checked_on": parameter.checked_on.isoformat(),
        "values": [_value(value, in_force=value is current) for value in parameter.values],
    }


def _value(value: DatedValue, *, in_force: bool) -> dict[str, Any]:
    return {
        "from": value.since.isoformat(),
        "value": value.value,
        "source": value.source,
        "basis": "platform" if value.platform else "law",
        "published_on": value.published_on.isoformat() if value.published_on else None,
        "in_force": in_force,
        "change_id": value.change_id,
    }


def _reason(rule: Rule, code: str) -> dict[str, Any]:
    words = {language: _rule_words(rule, language)["reasons"][code] for language in LANGUAGES}
    remedy = {language: words[language].get("remedy") for language in LANGUAGES}
    return {
        "code": code,
        "reason": {language: words[language]["reason"] for language in LANGUAGES},
        "remedy": remedy if remedy["zh"] else None,
    }
