"""The engine: outcomes, stages, resolutions, hashes and the moment until which an answer holds."""

from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar

import pytest
import rfc8785
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.compliance.rules import (
    RULEBOOK,
    STAGES,
    Answer,
    Stage,
    UnknownRule,
    decide,
    describe_rule,
    facts_document,
    parse_facts,
    resolution_basis,
    rule_named,
    ruleset_revision,
)
from services.compliance.rules.canonical import canonical, sha256_of
from services.compliance.rules.core import PLATFORM, Rule, Words, fail, passed, review
from services.compliance.rules.core import rule as make_rule
from services.compliance.rules.engine import decide_by
from services.compliance.rules.law import DatedValue, laid_over, released_parameters
from tests.compliance.rules.documents import changed, document
from tests.compliance.rules.generated import facts_documents

MARCH = datetime.fromisoformat("2020-03-02T09:00:00+08:00")


def ask(facts: dict[str, Any], stage: Stage = "filing", at: datetime = MARCH, rules: list[str] | None = None) -> Answer:
    return decide(parse_facts(facts), stage, at, rules)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    facts=facts_documents(),
    kept=st.sets(st.sampled_from(sorted(document()))),
    stage=st.sampled_from(STAGES),
    at=st.datetimes(datetime(2019, 12, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - bounds of a strategy are naive
)
def test_any_facts_get_an_answer(facts: dict[str, Any], kept: set[str], stage: Stage, at: datetime) -> None:
    mixed = {**facts, **{name: value for name, value in document().items() if name in kept}}
    parsed = parse_facts(mixed)
    answer = decide(parsed, stage, at)
    assert answer.outcome in ("pass", "review", "fail")
    assert len(answer.results) == len([rule for rule in RULEBOOK if stage in rule.stages])
    assert answer.valid_until is None or answer.valid_until > at
    assert answer.answer_bytes() == rfc8785.dumps(answer.as_document())
    assert answer.facts_sha256 == sha256_of(facts_document(parsed))
    assert decide(parse_facts(facts_document(parsed)), stage, at).answer_sha256 == answer.answer_sha256


@given(
    st.recursive(
        st.text(alphabet=st.characters(exclude_categories=["Cs"]))
        | st.integers(-(2**53) + 1, 2**53 - 1)
        | st.booleans()
        | st.none(),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(st.text(alphabet=st.characters(max_codepoint=0xD7FF)), inner, max_size=4)
        ),
        max_leaves=12,
    )
)
def test_our_canonical_bytes_are_those_of_the_standard(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


def test_the_worst_result_is_the_outcome() -> None:
    one_review = changed(document(), {"filing.cost_fen": None})
    assert ask(document()).outcome == "pass"
    assert ask(one_review).outcome == "review"
    assert ask(changed(one_review, {"filing.tipping": True})).outcome == "fail"


def test_nothing_answered_is_review() -> None:
    assert ask(document(), "listing", rules=["official.filing"]).outcome == "review"
    assert ask({}, "post", rules=[]).outcome == "review"


def test_before_the_market_no_rule_is_in_force_and_the_outcome_is_review() -> None:
    answer = ask(document(), at=datetime.fromisoformat("2019-12-31T23:59:59+08:00"))
    assert {result["result"] for result in answer.results} == {"not_in_force"}
    assert answer.outcome == "review"
    assert answer.valid_until == datetime.fromisoformat("2020-01-01T00:00:00+08:00")


def test_the_law_date_is_the_civil_day_in_shanghai() -> None:
    answer = ask(document(), at=datetime(2019, 12, 31, 16, 0, tzinfo=UTC))
    assert "not_in_force" not in {result["result"] for result in answer.results}


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        ask(document(), at=datetime(2020, 3, 2))  # noqa: DTZ001 - the naive moment is what is tested


def test_an_unknown_rule_names_the_nearest() -> None:
    with pytest.raises(UnknownRule) as refused:
        ask(document(), rules=["adm.supplier"])
    assert refused.value.nearest == "adm.suppliers"


def test_named_rules_narrow_the_check_and_keep_the_reading_order() -> None:
    answer = ask(document(), rules=["official.benefit", "fm.event"])
    assert [result["rule"] for result in answer.results] == ["fm.event", "official.benefit"]


def test_the_same_question_has_the_same_bytes_and_another_moment_has_not() -> None:
    assert ask(document()).answer_bytes() == ask(document()).answer_bytes()
    assert ask(document()).answer_sha256 != ask(document(), at=MARCH + timedelta(seconds=1)).answer_sha256


def test_the_order_of_keys_does_not_change_the_hash_of_the_facts() -> None:
    backwards = dict(reversed(document().items()))
    assert ask(backwards).facts_sha256 == ask(document()).facts_sha256


def test_a_go_live_answer_holds_for_fifteen_minutes() -> None:
    assert ask(document(), "golive").valid_until == MARCH + timedelta(minutes=15)


def test_the_answer_names_the_keys_of_the_facts_it_rests_on() -> None:
    keys = ask(document(), "listing").keys
    assert {"event:E2", "lot:LOT-A-1", "supplier:93341321MA8DM0A15D", "listing:LS-DANGSHAN-2019"} <= set(keys)
    assert list(keys) == sorted(set(keys))


def test_a_result_has_exactly_the_members_that_others_read() -> None:
    result = ask(changed(document(), {"filing.tipping": True})).result_of("official.benefit")
    assert set(result) == {
        *("rule", "result", "hard", "title", "reason", "remedy", "evidence", "calendar", "parameters", "sources"),
        *("reason_code", "reason_codes"),
    }
    assert result["evidence"] == [{"fact": "filing.tipping", "quote": None, "start": None, "end": None}]
    assert set(result["remedy"]) == {"zh", "en"}
    assert {"law": "阳光集市平台规则", "article": "", "valid_from": "2020-01-01"} in result["sources"]


def test_a_pass_has_no_remedy_and_shows_the_parameters_it_asked_for() -> None:
    result = ask(document(), "listing").result_of("adm.suppliers")
    assert result["remedy"] is None
    assert result["parameters"]["adm.suppliers.enough"] == 3


class TestResolutions:
    """A review that a person outside the chain closed stays closed while what it rested on is unchanged."""

    held: ClassVar = {"filing.venue_supplier_uscc": "93341321MA8DM0A15D"}

    def resolved(self, facts: dict[str, Any], **more: Any) -> dict[str, Any]:
        basis = resolution_basis(rule_named("official.benefit"), parse_facts(facts))
        given = {
            **basis,
            "reason_code": "venue_of_one_supplier",
            "decision_id": "D-1",
            "resolved_by_organ": "宿州市市场监督管理局",
            "resolved_at": "2020-03-01T09:00:00+08:00",
            "outcome": "accepted",
        }
        return {**facts, "resolutions": [{**given, **more}]}

    def test_it_turns_the_review_into_pass_and_names_who_resolved(self) -> None:
        facts = changed(document(), self.held)
        assert ask(facts).result_of("official.benefit")["result"] == "review"
        result = ask(self.resolved(facts)).result_of("official.benefit")
        assert (result["result"], result["reason_code"]) == ("pass", "venue_of_one_supplier")
        assert result["resolved_by"]["decision_id"] == "D-1"
        assert result["reason"]["zh"].startswith("已由人工复核")

    def test_it_holds_at_a_later_stage(self) -> None:
        facts = self.resolved(changed(document(), self.held))
        assert ask(facts, "onair").result_of("official.benefit")["result"] == "pass"

    def test_it_falls_when_the_facts_change(self) -> None:
        facts = self.resolved(changed(document(), self.held))
        assert ask(changed(facts, {"filing.cost_fen": 1})).result_of("official.benefit")["result"] == "review"

    def test_it_survives_a_change_of_facts_that_the_rule_does_not_read(self) -> None:
        facts = self.resolved(changed(document(), self.held))
        assert ask(changed(facts, {"lot.price_fen": 1})).result_of("official.benefit")["result"] == "pass"

    def test_it_runs_out(self) -> None:
        facts = self.resolved(changed(document(), self.held), valid_until="2020-03-02T09:00:00+08:00")
        assert ask(facts).result_of("official.benefit")["result"] == "review"
        before = ask(facts, at=MARCH - timedelta(seconds=1))
        assert before.result_of("official.benefit")["result"] == "pass"
        assert before.valid_until == MARCH

    def test_it_never_touches_a_fail(self) -> None:
        facts = changed(document(), {**self.held, "filing.tipping": True})
        assert ask(self.resolved(facts)).result_of("official.benefit")["result"] == "fail"

    def test_it_closes_only_its_own_reason(self) -> None:
        facts = changed(document(), {**self.held, "filing.initiator_kind": "other"})
        result = ask(self.resolved(facts)).result_of("official.benefit")
        assert (result["result"], result["reason_codes"]) == ("review", ["initiator_unclear"])

    def test_a_refusal_is_a_fail_that_new_facts_may_cure(self) -> None:
        facts = self.resolved(changed(document(), self.held), outcome="refused")
        result = ask(facts).result_of("official.benefit")
        assert (result["result"], result["hard"]) == ("fail", False)
        assert result["resolved_by"]["decision_id"] == "D-1"

    def test_the_reviewers_arrival_does_not_undo_a_review_of_the_chain(self) -> None:
        facts = changed(document(), {"people[+]": {"role": "inspector", "person": "p-certifier"}})
        basis = resolution_basis(rule_named("fm.separation"), parse_facts(facts))
        given = {**basis, "reason_code": "inspector_in_case", "decision_id": "D-2"}
        closed = {**changed(facts, {"people[+]": {"role": "reviewer", "person": "p-reviewer"}}), "resolutions": [given]}
        assert ask(closed).result_of("fm.separation")["result"] == "pass"

    def test_a_missing_fact_is_closed_by_its_own_name_only(self) -> None:
        facts = changed(document(), {"filing.tipping": None})
        given = {**resolution_basis(rule_named("official.benefit"), parse_facts(facts)), "decision_id": "D-3"}
        other = {**facts, "resolutions": [{**given, "reason_code": "missing_fact:filing.payments"}]}
        own = {**facts, "resolutions": [{**given, "reason_code": "missing_fact:filing.tipping"}]}
        assert ask(other).result_of("official.benefit")["result"] == "review"
        assert ask(own).result_of("official.benefit")["result"] == "pass"


class TestRuleLife:
    """A rule begins and ends on its days; a parameter without value holds the case."""

    @staticmethod
    def rule(**more: Any) -> Rule:
        @make_rule(
            "adm.subject", title=("规则", "A rule"), stages=("listing",), reads=("lot",), grounds=(PLATFORM,), **more
        )
        def holds(facts: Any, law: Any) -> Any:
            if facts.lot is None:
                return passed("regional_specialty")
            return fail("region_unknown", region_code=law["adm.suppliers.enough"])

        return holds

    def test_it_ends_on_its_last_day_and_the_answer_says_so(self) -> None:
        rule = self.rule(until="2020-03-03")
        answer = decide_by([rule], parse_facts({}), "listing", MARCH)
        assert answer.outcome == "pass"
        assert answer.valid_until == datetime.fromisoformat("2020-03-03T00:00:00+08:00")
        later = decide_by([rule], parse_facts({}), "listing", MARCH + timedelta(days=1))
        assert later.result_of("adm.subject")["result"] == "not_in_force"

    def test_a_parameter_without_value_is_review(self) -> None:
        later = {name: p for name, p in released_parameters().items() if name != "adm.suppliers.enough"}
        answer = decide_by([self.rule()], parse_facts({"lot": {}}), "listing", MARCH, parameters=later)
        assert answer.result_of("adm.subject")["reason_code"] == "no_parameter"
        assert answer.outcome == "review"

    def test_a_published_parameter_changes_the_answer_and_the_revision(self) -> None:
        value = DatedValue(date(2020, 3, 10), 5, "platform rule", date(2020, 3, 1))
        parameters = laid_over(released_parameters(), "adm.suppliers.enough", value)
        facts = parse_facts(document())
        before = decide(facts, "listing", MARCH, ["adm.suppliers"], parameters)
        assert before.outcome == "pass"
        assert before.valid_until == datetime.fromisoformat("2020-03-10T00:00:00+08:00")
        assert decide(facts, "listing", before.valid_until, ["adm.suppliers"], parameters).outcome == "review"
        assert before.ruleset == ruleset_revision(parameters) != ruleset_revision()

    def test_hard_is_said_of_fails_only(self) -> None:
        hard = self.rule(hard=True)
        assert decide_by([hard], parse_facts({"lot": {}}), "listing", MARCH).results[0]["hard"]
        assert not decide_by([hard], parse_facts({}), "listing", MARCH).results[0]["hard"]


def test_every_rule_describes_itself_in_both_languages() -> None:
    for rule in RULEBOOK:
        described = describe_rule(rule, date(2020, 3, 2))
        assert described["id"] == rule.id
        assert all(described["summary"].values())
        assert all(reason["reason"]["zh"] and reason["reason"]["en"] for reason in described["reasons"])
        assert any(ground["in_force"] for ground in described["grounds"])
        canonical(described)


def test_a_rule_without_findings_has_nothing_to_check() -> None:
    @make_rule("adm.subject", title=("规则", "A rule"), stages=("listing",), reads=(), grounds=(PLATFORM,))
    def silent(facts: Any, law: Any) -> Any:
        return ()

    assert decide_by([silent], parse_facts({}), "listing", MARCH).results[0]["reason_code"] == "nothing_to_check"


def test_words_are_said_in_each_language() -> None:
    @make_rule("adm.subject", title=("规则", "A rule"), stages=("listing",), reads=(), grounds=(PLATFORM,))
    def worded(facts: Any, law: Any) -> Any:
        return review("alcohol", category=Words("白酒", "Baijiu"))

    reason = decide_by([worded], parse_facts({}), "listing", MARCH).results[0]["reason"]
    assert "白酒" in reason["zh"]
    assert "Baijiu" in reason["en"]
