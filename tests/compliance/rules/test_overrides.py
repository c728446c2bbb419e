"""Overrides: two people of different organs may lift a soft fail, and nothing else, while nothing has changed."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from services.compliance.rules import RULEBOOK, Answer, Stage, decide, parse_facts, resolution_basis, rule_named
from services.compliance.rules.engine import finds_the_same
from tests.compliance.rules.documents import changed, document
from tests.compliance.rules.generated import facts_documents

MARCH = datetime.fromisoformat("2020-03-02T09:00:00+08:00")
COMPANY = {"texts[+]": {"kind": "description", "text": "由某某果业有限公司供货"}}
RULE, REASON = "adm.company_text", "legal_entity"


def ask(facts: dict[str, Any], stage: Stage = "listing", at: datetime = MARCH) -> Answer:
    return decide(parse_facts(facts), stage, at)


def word(facts: dict[str, Any], rule: str = RULE, reason: str = REASON, **more: Any) -> dict[str, Any]:
    """A confirmed override of that result."""
    given: dict[str, Any] = {
        **resolution_basis(rule_named(rule), parse_facts(facts)),
        "reason_code": reason,
        "decision_id": "D-1",
        "proposed_by_organ": "安徽省市场监督管理局",
        "proposed_at": "2020-03-01T09:00:00+08:00",
        "confirmed_by_organ": "全国复核中心",
        "confirmed_at": "2020-03-01T15:00:00+08:00",
        "valid_until": "2020-04-01T00:00:00+08:00",
    }
    return {name: value for name, value in {**given, **more}.items() if value is not None}


def overridden(facts: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**facts, "overrides": [word(facts, **more)]}


def result(facts: dict[str, Any], **asked: Any) -> dict[str, Any]:
    return ask(facts, **asked).result_of(RULE)


def test_two_organs_lift_a_soft_fail_and_are_named() -> None:
    facts = changed(document(), COMPANY)
    assert (result(facts)["result"], result(facts)["hard"]) == ("fail", False)
    said = result(overridden(facts))
    assert (said["result"], said["reason_code"], said["hard"]) == ("pass", REASON, False)
    assert said["overridden_by"] == {
        "decision_id": "D-1",
        "proposed_by_organ": "安徽省市场监督管理局",
        "confirmed_by_organ": "全国复核中心",
        "confirmed_at": "2020-03-01T15:00:00+08:00",
        "valid_until": "2020-04-01T00:00:00+08:00",
    }
    assert said["reason"]["zh"].startswith("两名不同单位的复核人员")
    assert said["reason"]["en"].startswith("Two reviewers of different organs")
    assert "resolved_by" not in said


@pytest.mark.parametrize(
    "short",
    [
        {"confirmed_by_organ": None},
        {"proposed_by_organ": None},
        {"confirmed_by_organ": "安徽省市场监督管理局"},
        {"confirmed_at": None},
        {"confirmed_at": "2020-03-02T09:00:01+08:00"},
        {"valid_until": None},
        {"valid_until": "2020-03-02T09:00:00+08:00"},
        {"content_sha256": None},
        {"content_sha256": "0" * 64},
        {"keys": ["lot:another"]},
        {"rule": "price.label"},
        {"reason_code": "brand"},
        {"reason_code": None},
    ],
    ids=str,
)
def test_a_word_that_lacks_something_lifts_nothing(short: dict[str, Any]) -> None:
    facts = changed(document(), COMPANY)
    said = {name: value for name, value in (word(facts) | short).items() if value is not None}
    assert result({**facts, "overrides": [said]})["result"] == "fail"


def test_it_falls_with_a_changed_fact_and_not_with_one_that_the_rule_does_not_read() -> None:
    facts = overridden(changed(document(), COMPANY))
    assert result(changed(facts, {"lot.price_fen": 1}))["result"] == "pass"
    assert result(changed(facts, {"texts[+]": {"kind": "tag", "text": "梨"}}))["result"] == "fail"


def test_it_runs_out_and_the_answer_says_when() -> None:
    facts = overridden(changed(document(), COMPANY), valid_until="2020-03-03T09:00:00+08:00")
    answer = ask(facts)
    assert answer.result_of(RULE)["result"] == "pass"
    assert answer.valid_until is not None
    assert answer.valid_until <= MARCH + timedelta(days=1)
    assert result(facts, at=MARCH + timedelta(days=1))["result"] == "fail"


def test_a_hard_fail_of_the_same_rule_stays() -> None:
    facts = changed(document(), {**COMPANY, "context.shops": ["梨想生活"]})
    facts = changed(facts, {"texts[+]": {"kind": "title", "text": "梨想生活独家"}})
    said = result({**facts, "overrides": [word(facts), word(facts, reason="shop")]})
    assert (said["result"], said["hard"], said["reason_codes"]) == ("fail", True, ["shop"])


def test_another_soft_fail_of_the_same_rule_needs_a_word_of_its_own() -> None:
    facts = changed(document(), {**COMPANY})
    facts = changed(facts, {"texts[+]": {"kind": "cover", "text": "“梨花村”牌酥梨"}})
    assert result(overridden(facts))["reason_codes"] == ["brand"]
    both = {**facts, "overrides": [word(facts), word(facts, reason="brand")]}
    assert result(both)["result"] == "pass"


def test_what_a_reviewer_must_look_at_beside_it_still_waits() -> None:
    facts = changed(document(), {"texts[+]": {"kind": "description", "text": "某某果业有限公司荣誉出品"}})
    said = result(overridden(facts))
    assert (said["result"], said["reason_codes"]) == ("review", ["industry_tail"])
    assert "overridden_by" not in said


def test_a_review_is_not_theirs_to_close() -> None:
    facts = changed(document(), {"filing.venue_supplier_uscc": "93341321MA8DM0A15D"})
    said = ask({**facts, "overrides": [word(facts, "official.benefit", "venue_of_one_supplier")]}, "filing")
    assert said.result_of("official.benefit")["result"] == "review"


def test_a_refused_review_is_a_soft_fail_that_two_people_may_lift() -> None:
    facts = changed(document(), {"filing.venue_supplier_uscc": "93341321MA8DM0A15D"})
    basis = resolution_basis(rule_named("official.benefit"), parse_facts(facts))
    refusal = {**basis, "reason_code": "venue_of_one_supplier", "decision_id": "D-0", "outcome": "refused"}
    facts = {**facts, "resolutions": [refusal]}
    assert ask(facts, "filing").result_of("official.benefit")["result"] == "fail"
    said = ask({**facts, "overrides": [word(facts, "official.benefit", "venue_of_one_supplier")]}, "filing")
    assert said.result_of("official.benefit")["result"] == "pass"
    assert said.result_of("official.benefit")["overridden_by"]["decision_id"] == "D-1"


def test_it_is_carried_from_the_lot_to_the_filing_only_where_the_same_is_found() -> None:
    rule = rule_named(RULE)
    lot, same = parse_facts(changed(document(), COMPANY)), parse_facts(changed(document(), COMPANY))
    other = parse_facts(document())
    assert finds_the_same(rule, REASON, (lot, "listing"), (same, "filing"), MARCH, "fail")
    assert not finds_the_same(rule, REASON, (lot, "listing"), (other, "filing"), MARCH, "fail")
    assert not finds_the_same(rule, REASON, (lot, "listing"), (same, "filing"), MARCH)


def every_override(facts: dict[str, Any], answer: Answer) -> dict[str, Any]:
    """The facts with a confirmed override of each reason that any rule gave."""
    words = [word(facts, each["rule"], code) for each in answer.results for code in each["reason_codes"]]
    return {**facts, "overrides": words}


STAGES = st.sampled_from(["listing", "filing", "golive", "onair", "post"])


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(facts=facts_documents(), kept=st.sets(st.sampled_from(sorted(document()))), stage=STAGES)
def test_whatever_is_overridden_a_hard_fail_stays_and_only_soft_fails_give_way(
    facts: dict[str, Any], kept: set[str], stage: Stage
) -> None:
    whole = {**facts, **{name: value for name, value in document().items() if name in kept}}
    whole = {name: value for name, value in whole.items() if name not in ("overrides", "resolutions")}
    before = ask(whole, stage)
    after = ask(every_override(whole, before), stage)
    for old, new in zip(before.results, after.results, strict=True):
        if old["result"] == "fail" and old["hard"]:
            assert (new["result"], new["hard"]) == ("fail", True)
        elif old["result"] != "fail":
            assert new == old
    assert before.outcome == "fail" or after.outcome == before.outcome


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(rule=st.sampled_from([rule.id for rule in RULEBOOK]), reason=st.text(max_size=20))
def test_no_word_about_another_rule_or_reason_lifts_it(rule: str, reason: str) -> None:
    facts = changed(document(), COMPANY)
    assume((rule, reason) != (RULE, REASON))
    assume(reason != "")
    assert result({**facts, "overrides": [word(facts, rule, reason)]}) == result(facts)
