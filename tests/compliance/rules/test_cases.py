"""Every rule answers its dated cases: one YAML file per rule, one case per reason, both sides of every boundary."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from services.compliance.rules import RULEBOOK, decide, parse_facts, rule_named
from services.compliance.rules.fingerprint import may_ask
from tests.compliance.rules.documents import HERE, changed, document, read_plain
from tests.compliance.rules.reading import has_computed_code, reason_codes

CASES = sorted((HERE / "cases").glob("*.yaml"))


def _all_cases() -> list[Any]:
    sheets = [(path.stem, read_plain(path)) for path in CASES]
    return [
        pytest.param(rule, {**sheet.get("defaults", {}), **case}, id=f"{rule}: {case['name']}")
        for rule, sheet in sheets
        for case in sheet["cases"]
    ]


def facts_of(case: dict[str, Any]) -> dict[str, Any]:
    """The facts of a case: its own, or the base document with its changes."""
    if "facts" in case:
        return changed(dict(case["facts"]), case.get("change", {}))
    return changed(document(case.get("base", "dangshan")), case.get("change", {}))


@pytest.mark.parametrize(("rule", "case"), _all_cases())
def test_the_rule_answers_its_case(rule: str, case: dict[str, Any]) -> None:
    at = datetime.fromisoformat(case.get("at", "2020-03-02T09:00:00+08:00"))
    answer = decide(parse_facts(facts_of(case)), case["stage"], at, [rule])
    result = answer.result_of(rule)
    assert all(may_ask(rule_named(rule), name) for name in result["parameters"])
    assert (result["result"], *_asked(result, case)) == (case["result"], *_wanted(case))
    for law in case.get("cites", []):
        assert law in [source["law"] for source in result["sources"]]
    for law in case.get("does_not_cite", []):
        assert law not in [source["law"] for source in result["sources"]]
    if "until" in case:
        assert answer.valid_until == datetime.fromisoformat(case["until"])
    for evidence in case.get("evidence", []):
        assert evidence in [item["fact"] if item["quote"] is None else item["quote"] for item in result["evidence"]]


def _asked(result: dict[str, Any], case: dict[str, Any]) -> tuple[Any, ...]:
    code = case["code"] if case["code"] in result["reason_codes"] else result["reason_codes"]
    return (code, result["hard"] if "hard" in case else None, result["calendar"] if "calendar" in case else None)


def _wanted(case: dict[str, Any]) -> tuple[Any, ...]:
    return (case["code"], case.get("hard"), case.get("calendar"))


@pytest.mark.parametrize("rule", RULEBOOK, ids=lambda rule: rule.id)
def test_every_reason_that_a_rule_writes_has_a_case(rule: Any) -> None:
    path = HERE / "cases" / f"{rule.id}.yaml"
    tried = {case["code"].partition(":")[0] for case in read_plain(path)["cases"]}
    assert reason_codes(rule) - tried == set()
    assert not has_computed_code(rule)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_every_case_file_belongs_to_a_rule_and_shows_a_missing_fact(path: Path) -> None:
    assert path.stem in {rule.id for rule in RULEBOOK}
    assert any(case["code"].startswith("missing_fact") for case in read_plain(path)["cases"])


# Facts that a rule uses only when they are there: the rule then knows more, and lacks nothing without them.
OPTIONAL = {
    ("adm.company_text", "context"): "adds streamers, shops and marks to what the lexicons know",
    ("adm.company_text", "marks"): "adds ordinary marks to what the lexicons know",
    ("fm.separation", "filing"): "says only that an approver must be named by now; the filing rule holds it anyway",
    ("text.claims", "lot"): "a filing has no lot; its certificates only add proof",
    ("text.official_image", "context"): "adds the official's name to the posts that the lexicons know",
    ("adm.subject", "lot"): "a filing has no lot, and the lot's own decision asks again",
    ("fm.coverage", "lot"): "a filing has no lot, and the lot's own decision asks again",
    ("fm.window", "lot"): "a filing has no lot, and the lot's own decision asks again",
    ("official.organ", "lot"): "a filing has no lot",
    ("official.organ", "context"): "the suppliers' names are known from the suppliers as well",
    ("official.segment", "context"): "adds names to the official's own post and organ",
    ("quality.seller", "lot"): "on air no single lot is asked about, and each lot's own decision compares it",
    ("disc.publish", "room"): "the record dates the broadcast itself; the room shows only that it dates it too late",
    ("price.label", "texts"): "a statement that nothing is compared may stand without them",
}


@pytest.mark.parametrize(("rule", "case"), _all_cases())
def test_taking_a_fact_away_never_turns_a_bad_case_into_a_pass(rule: str, case: dict[str, Any]) -> None:
    if case["result"] not in ("review", "fail"):
        return
    at = datetime.fromisoformat(case.get("at", "2020-03-02T09:00:00+08:00"))
    for name in rule_named(rule).reads:
        facts = {key: value for key, value in facts_of(case).items() if key != name}
        if (rule, name) not in OPTIONAL:
            assert decide(parse_facts(facts), case["stage"], at, [rule]).outcome != "pass", name
