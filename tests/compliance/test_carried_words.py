"""A reviewer's word on a lot holds at the filing too, as long as the rule finds there what the reviewer accepted."""

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.compliance.domain.reviewing import across_the_approval, at_the_filing, basis_of
from services.compliance.domain.verdict import Question, judge
from tests.apps import instant
from tests.compliance.cases import APPROVED, FILED, Case, slow_sales_body
from tests.compliance.rules.documents import ABSENT, changed, document

AT = instant("2020-03-02T09:00:00")
# Tea is processed as a specialty, so the rule asks for a person with a lot and without one.
TEA = "processed.tea"


def tea(**changes: Any) -> dict[str, Any]:
    return changed(document(), {"subject.category_code": TEA, "lot.category_code": TEA} | changes)


def of_lot(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in ("filing", "official", "people", "sales")}


def of_filing(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in ("lot", "seller")}


def word_on(facts: dict[str, Any], outcome: str = "accepted") -> tuple[dict[str, Any], dict[str, Any]]:
    """A reviewer's word on the lot for the processed goods, and the decision it was spoken on."""
    said = basis_of(facts, "adm.subject", "processed_food")
    return {**said, "decision_id": "D-1", "outcome": outcome}, {"facts": facts, "at": AT.isoformat()}


def asked_with(carried: dict[str, Any] | None, facts: dict[str, Any]) -> dict[str, Any]:
    """What the gate answers the filing for this rule, with the word where it carried."""
    whole = facts | ({"resolutions": [carried]} if carried else {})
    results = judge(Question("filing", AT, whole)).results
    return next(result for result in results if result["rule"] == "adm.subject")


def test_an_accepted_specialty_need_not_be_accepted_again() -> None:
    facts = tea()
    assert asked_with(None, of_filing(facts))["result"] == "review"
    result = asked_with(at_the_filing(*word_on(of_lot(facts)), of_filing(facts)), of_filing(facts))
    assert result["result"] == "pass"
    assert result["resolved_by"]["decision_id"] == "D-1"


def test_a_refusal_does_not_carry() -> None:
    facts = tea()
    assert at_the_filing(*word_on(of_lot(facts), "refused"), of_filing(facts)) is None


def test_a_word_about_the_lot_alone_does_not_carry() -> None:
    facts = changed(document(), {"lot.processed": True})
    assert at_the_filing(*word_on(of_lot(facts)), of_filing(facts)) is None


def test_a_word_about_lot_and_specialty_together_does_not_carry() -> None:
    facts = tea(**{"lot.category_code": "processed.rice"})
    assert at_the_filing(*word_on(of_lot(facts)), of_filing(facts)) is None


def test_facts_that_cannot_be_read_carry_nothing() -> None:
    facts = tea()
    assert at_the_filing(*word_on(of_lot(facts)), of_filing(facts) | {"subject": {"region_code": 7}}) is None


CHANGES = st.sampled_from(
    [
        {"subject.region_code": "341322"},
        {"subject.category_code": "processed.tea.green"},
        {"subject.specialty_id": "SP-ANOTHER"},
        {"subject.listing_id": "LS-ANOTHER"},
        {"subject.subject_kind": ABSENT},
        {"subject.display_name": "另一个名称"},
    ]
)


@given(CHANGES)
def test_no_word_survives_a_changed_specialty(change: dict[str, Any]) -> None:
    facts = tea()
    assert at_the_filing(*word_on(of_lot(facts)), of_filing(changed(copy.deepcopy(facts), change))) is None


@given(st.sampled_from(["enterprise", "brand", "sku", "person"]))
def test_no_word_turns_a_fail(kind: str) -> None:
    facts = tea(**{"subject.subject_kind": kind})
    carried = at_the_filing(*word_on(of_lot(facts)), of_filing(facts))
    assert asked_with(carried, of_filing(facts))["result"] == "fail"


async def test_a_filing_of_processed_goods_passes_on_the_word_that_let_its_lots_pass(case: Case) -> None:
    await case.know_people()
    await case.register(impacts=[{"category_code": TEA, "mechanism": "transport"}])
    evidence = await case.post(
        "/slow-sales", slow_sales_body() | {"category_code": TEA}, case.headers("operator", at=FILED)
    )
    await case.post(f"/slow-sales/{evidence['id']}/certify", {}, case.headers("certifier", at=FILED), 200)
    case.slow_sales_id = evidence["id"]
    licence = {"kind": "food_licence", "number": "SC-0001", "expires_on": "2023-01-01"}
    await case.list_lots(facts=tea(**{"lot.certificates[+]": licence}))
    (lot,) = await case.decisions("lot")
    assert [(each["rule"], each["reason_code"]) for each in lot["not_passed"]] == [("adm.subject", "processed_food")]
    body = {
        "rule": "adm.subject",
        "reason_code": lot["not_passed"][0]["reason_code"],
        "resolution": "accepted",
        "reason_zh": "产地初加工，同意按地区特产推介。",
    }
    headers = case.headers("reviewer", at=APPROVED) | {"Idempotency-Key": "k"}
    await case.post(f"/decisions/{lot['entity_id']}/review", body, headers)
    await case.approve()
    (binding,) = await case.decisions("filing")
    decision = await case.decision(binding["entity_id"])
    assert (binding["outcome"], binding["not_passed"]) == ("pass", [])
    assert "reviewer" in {person["role"] for person in decision["facts"]["people"]}
    replay = (await case.service.client.get(f"/decisions/{binding['entity_id']}/replay")).json()
    assert replay["same"] is True


SHARED = {"rule": "fm.separation", "reason_code": "shared_office"}
OFFICE = "砀山县农业农村局"


def before_the_approval(facts: dict[str, Any]) -> dict[str, Any]:
    filing = {name: value for name, value in facts["filing"].items() if name != "approvals"}
    people = [person for person in facts["people"] if person["role"] != "approver"]
    return facts | {"filing": filing, "people": people}


def sharing(*roles: str) -> dict[str, Any]:
    """The case in which these people worked in the applicant's office a short while ago."""
    facts = document()
    left = {"organ": OFFICE, "left_on": "2020-01-31"}
    for person in facts["people"]:
        if person["role"] in ("applicant", "operator", *roles):
            person["former_offices"] = [left]
    return facts


def resolved(facts: dict[str, Any]) -> str:
    """What the gate answers on separation, with a reviewer's word on the preview among the facts."""
    word = basis_of(before_the_approval(facts), *SHARED.values()) | {"outcome": "accepted", "decision_id": "D-1"}
    whole = across_the_approval({**facts, "resolutions": [word]}, AT)
    results = judge(Question("filing", AT, whole)).results
    return str(next(result for result in results if result["rule"] == SHARED["rule"])["result"])


def test_a_word_on_a_preview_holds_when_only_the_approval_joins() -> None:
    assert resolved(sharing("certifier", "slow_sales_certifier")) == "pass"


def test_a_word_on_a_preview_does_not_cover_what_is_found_of_the_approver() -> None:
    assert resolved(sharing("certifier", "slow_sales_certifier", "approver")) == "review"


def test_a_word_on_other_facts_stays_as_it_was() -> None:
    facts = sharing("certifier", "slow_sales_certifier")
    word = basis_of(facts, *SHARED.values()) | {"content_sha256": "0" * 64, "outcome": "accepted"}
    assert across_the_approval({**facts, "resolutions": [word]}, AT)["resolutions"] == [word]
    assert across_the_approval(facts, AT) == facts
