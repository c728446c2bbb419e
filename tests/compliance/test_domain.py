"""The pure parts: the public form of facts, conditions, and who may read."""

from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compliance.domain.access import may_read, outside, region_line
from services.compliance.domain.conditions import event_not_arrived, lots_not_passed, results_of
from services.compliance.domain.public_form import _identifying, public_form
from services.compliance.domain.verdict import Question, judge, judge_or_hold, replayed
from services.compliance.rules import Facts
from tests.apps import instant
from tests.compliance.rules.documents import document

AT = instant("2020-03-02T09:00:00")
DAY = date(2020, 3, 2)


def marked(kind: str, value: str) -> str:
    return f"{kind}:{len(value)}".ljust(64, "0")


def test_every_identifying_value_becomes_a_token() -> None:
    facts = {
        "suppliers": [{"phone": "13800001111", "address": "某村1号", "executives": ["甲", "乙"], "name": "某合作社"}],
        "official": {"person": "X", "declaration": {"relations": [{"person": "Y", "name": "Z", "relation": "spouse"}]}},
        "filing": {"segments": [{"host": "H"}], "approvals": [{"person": "P", "organ": "某政府"}]},
        "event": {"declarations": [{"signed_by": "S"}]},
    }
    said = public_form(facts, marked)
    supplier = said["suppliers"][0]
    assert supplier["phone"] == marked("phone", "13800001111")
    assert supplier["address"].startswith("address:")
    assert [token[:3] for token in supplier["executives"]] == ["id:", "id:"]
    assert supplier["name"] == "某合作社"
    relation = said["official"]["declaration"]["relations"][0]
    assert relation["person"].startswith("id:")
    assert relation["name"].startswith("id:")
    assert said["filing"]["approvals"][0] == {"person": marked("id", "P"), "organ": "某政府"}
    assert facts["suppliers"][0]["phone"] == "13800001111"  # type: ignore[index]  # A literal of mixed values.


def test_a_token_stays_as_it_is() -> None:
    facts = {"official": {"person": "a" * 64}}
    assert public_form(facts, marked) == facts


def test_every_top_level_fact_with_an_identity_is_known() -> None:
    places = _identifying(Facts)
    assert {"suppliers", "people", "official", "filing", "event", "sales", "seller", "orders", "room"} <= set(places)
    assert all(is_dataclass(Facts) and name in {field.name for field in fields(Facts)} for name in places)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13912345678。", "电话139********。"),
        ("340101198001011234", "340***************"),
        ("咨询12316或0561-1234567", "咨询12316或0561-1234567"),
        ("每人不少于50元", "每人不少于50元"),
        ("统一社会信用代码93341321MA8DM0A15D", "统一社会信用代码93341321MA8DM0A15D"),
        ("订单20200302139123456789012", "订单20200302139123456789012"),
    ],
)
def test_personal_numbers_in_texts_are_covered_in_place(text: str, shown: str) -> None:
    said = public_form({"texts": [{"kind": "notice", "text": text}]}, marked)
    assert said["texts"][0]["text"] == shown


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([field.name for field in fields(Facts)]), json_values))
def test_no_shape_of_facts_breaks_the_public_form(facts: dict[str, Any]) -> None:
    public_form(facts, marked)


def test_a_condition_holds_what_the_rules_would_let_pass() -> None:
    open_question = judge(Question("listing", AT, document()))
    held = judge(Question("listing", AT, document(), conditions=(event_not_arrived(),)))
    assert (open_question.outcome, held.outcome) == ("pass", "review")
    assert held.results[:-1] == open_question.results
    assert held.results[-1]["rule"] == "gate.records"
    assert held.answer_sha256 != open_question.answer_sha256


def test_the_gravest_condition_speaks() -> None:
    both = (event_not_arrived(), lots_not_passed(["A-1"], failed=True))
    (result,) = results_of(both)
    assert (result["result"], result["hard"], result["reason_codes"]) == ("fail", False, ["lot_not_passed"])


def test_facts_that_cannot_be_read_hold_and_name_their_place() -> None:
    verdict = judge_or_hold(Question("listing", AT, document() | {"media": [{"kind": "hologram"}]}))
    assert (verdict.outcome, verdict.results[-1]["reason_code"]) == ("review", "facts_unreadable")
    assert verdict.results[-1]["evidence"][0]["fact"].startswith("media[0]")
    assert "media" not in verdict.facts


def test_a_replay_keeps_what_our_records_lacked() -> None:
    held = judge(Question("listing", AT, document(), conditions=(event_not_arrived(),)))
    stored = {
        "at": held.at.isoformat(),
        "facts": held.facts,
        "stage": "listing",
        "results": list(held.results),
    }
    assert replayed(stored, None).answer_sha256 == held.answer_sha256


@dataclass(frozen=True)
class Stored:
    origin: str = "sunfair"
    is_public: bool = False
    region_code: str | None = "341321"
    asked_by: str | None = None


@dataclass(frozen=True)
class Somebody:
    account_id: str = "a"
    scopes: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def has(self, *roles: str) -> bool:
        return bool(set(roles) & set(self.roles))


@pytest.mark.parametrize(
    ("actor", "decision", "may"),
    [
        (None, Stored(is_public=True), True),
        (None, Stored(), False),
        (Somebody(scopes=("341300",), roles=("approver",)), Stored(), True),
        (Somebody(scopes=("610722",), roles=("operator",)), Stored(), False),
        (Somebody(scopes=("341321",), roles=("buyer",)), Stored(), False),
        (Somebody(roles=("inspector",)), Stored(), True),
        (Somebody(roles=("operator",)), Stored(), False),
        (Somebody(account_id="p"), Stored(origin="platform", asked_by="p"), True),
        (Somebody(account_id="q", roles=("administrator",)), Stored(origin="platform", asked_by="p"), False),
        (Somebody(roles=("administrator",)), Stored(origin="trial"), False),
    ],
)
def test_who_may_read_what(actor: Somebody | None, decision: Stored, may: bool) -> None:
    assert may_read(actor, decision, DAY) is may


def test_a_region_is_in_its_own_scope_and_in_that_above() -> None:
    assert outside(["341300"], ["341321", "610722"], DAY) == ["610722"]
    assert region_line(["341321"], DAY) == ["341321", "341300", "340000"]
    assert region_line(["429005"], DAY) == ["429005", "420000"]
