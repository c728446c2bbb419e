"""Promises of the rulebook about itself: listed, cited, dated, worded in both languages, and pure."""

import ast
import re
import string
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from services.compliance.rules import RULEBOOK, STAGES, Rule, decide, parse_facts
from services.compliance.rules.facts import Facts
from services.compliance.rules.sentences import LANGUAGES, Language, catalogue
from tests.compliance.rules.documents import HERE, read_plain
from tests.compliance.rules.reading import reason_codes
from tests.compliance.rules.test_cases import facts_of

RULES = Path(__file__).parents[3] / "services/compliance/rules"
ENGINE_CODES = {
    *("missing_fact", "stale_fact", "no_parameter", "fact_not_arrived", "unreadable_document"),
    *("outdated_fact", "incomplete_fact", "recent_fact"),
    *("nothing_to_check", "not_in_force", "not_at_this_stage", "resolved", "overridden"),
}
each_rule = pytest.mark.parametrize("rule", RULEBOOK, ids=lambda rule: rule.id)


def placeholders(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_no_rule_is_listed_twice() -> None:
    assert len({rule.id for rule in RULEBOOK}) == len(RULEBOOK)


@each_rule
def test_a_rule_is_cited_dated_and_knows_its_stages(rule: Rule) -> None:
    assert rule.grounds
    assert rule.since >= date(2020, 1, 1)
    assert any(ground.holds(rule.since) for ground in rule.grounds)
    assert set(rule.stages) <= set(STAGES)
    assert rule.title.zh
    assert rule.title.en


@each_rule
def test_a_rule_reads_facts_that_exist(rule: Rule) -> None:
    assert set(rule.reads) <= set(Facts.__dataclass_fields__)


@each_rule
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_a_sentence_and_every_sentence_a_reason(rule: Rule, language: Language) -> None:
    words = catalogue(language)["rules"][rule.id]
    assert words["summary"]
    assert set(words["reasons"]) - ENGINE_CODES == reason_codes(rule) - ENGINE_CODES


@each_rule
def test_both_languages_say_the_same_with_the_same_values(rule: Rule) -> None:
    zh, en = (catalogue(language)["rules"][rule.id]["reasons"] for language in LANGUAGES)
    for code in zh:
        assert set(zh[code]) == set(en[code]), code
        for part in zh[code]:
            assert placeholders(zh[code][part]) == placeholders(en[code][part]), (code, part)


def test_there_are_no_sentences_of_rules_that_do_not_exist() -> None:
    for language in LANGUAGES:
        assert set(catalogue(language)["rules"]) == {rule.id for rule in RULEBOOK}
        assert set(catalogue(language)["common"]) == ENGINE_CODES
    assert set(catalogue("zh")["facts"]) == set(catalogue("en")["facts"])


@cache
def all_answers() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for path in sorted((HERE / "cases").glob("*.yaml")):
        sheet = read_plain(path)
        for case in sheet["cases"]:
            whole = {**sheet.get("defaults", {}), **case}
            at = datetime.fromisoformat(whole.get("at", "2020-03-02T09:00:00+08:00"))
            answer = decide(parse_facts(facts_of(whole)), whole["stage"], at, [path.stem])
            found.append((f"{path.stem}: {case['name']}", answer.result_of(path.stem)))
    return found


def test_no_sentence_is_left_with_a_gap() -> None:
    for name, result in all_answers():
        for part in ("reason", "remedy"):
            for language, sentence in (result[part] or {}).items():
                # A dash stands for a name that nobody gave; a brace would be a placeholder nobody filled.
                assert "{" not in sentence, (name, language)
                assert sentence, (name, language, part)


def test_every_fail_and_review_says_what_to_do() -> None:
    for name, result in all_answers():
        if result["result"] in ("review", "fail"):
            assert result["remedy"] is not None, name
            assert result["evidence"], name


def test_every_missing_fact_has_a_name() -> None:
    known = set(catalogue("zh")["facts"])
    for name, result in all_answers():
        for code in result["reason_codes"]:
            kind, _, path = code.partition(":")
            if kind in ("missing_fact", "stale_fact", "outdated_fact", "incomplete_fact"):
                assert re.sub(r"\[\d+\]", "[]", path) in known, name


def test_the_rules_know_no_web_no_database_and_no_clock() -> None:
    forbidden = {"fastapi", "sqlmodel", "sqlalchemy", "httpx", "nats", "asyncpg", "requests", "socket", "random", "os"}
    for path in RULES.rglob("*.py"):
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                assert not {name.name.partition(".")[0] for name in node.names} & forbidden, path
            if isinstance(node, ast.ImportFrom) and node.module:
                assert node.module.partition(".")[0] not in forbidden, path
                inside = ("services.compliance.rules", "services.contracts")
                assert not node.module.startswith("services.") or node.module.startswith(inside), path
            if isinstance(node, ast.Attribute):
                assert node.attr not in {"now", "today", "utcnow"}, path
