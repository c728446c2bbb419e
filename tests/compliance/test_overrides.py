"""Overrides: two people of different organs, both outside of the case, and only a soft fail."""

import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from services.contracts.broadcast import FilingBlocked, FilingWithdrawn
from tests.apps import instant
from tests.compliance.cases import APPROVED, PEOPLE, Case, account_changed
from tests.compliance.rules.documents import document
from tests.compliance.second import (
    ORGANS,
    PROPOSE,
    REASON,
    REASONED,
    RULE,
    confirmed,
    list_with_company,
    named_company,
    proposal,
    proposed,
    reviewer,
)


async def test_the_second_person_makes_it_speak_and_the_new_decision_is_an_ordinary_answer(case: Case) -> None:
    lot = await named_company(case)
    first = await proposed(case, lot["entity_id"])
    assert (first["state"], first["proposed_by_organ"]) == ("proposed", ORGANS["first"])
    assert len(await case.decisions("lot")) == 1
    second = await confirmed(case, first["id"])
    assert (second["state"], second["answered_by_organ"]) == ("confirmed", ORGANS["second"])
    newest = (await case.decisions("lot"))[-1]
    assert (newest["entity_id"], newest["outcome"]) == (second["new_decision_id"], "pass")
    decision = await case.decision(newest["entity_id"])
    said = next(result for result in decision["results"] if result["rule"] == RULE)
    assert said["overridden_by"]["decision_id"] == lot["entity_id"]
    assert said["overridden_by"]["proposed_by_organ"] == ORGANS["first"]
    assert said["overridden_by"]["confirmed_by_organ"] == ORGANS["second"]
    (fact,) = decision["facts"]["overrides"]
    assert "person" not in json.dumps(fact)
    (told,) = await case.service.said("compliance.override.confirmed")
    assert (told["about_id"], told["rule"], told["new_decision_id"]) == (lot["about"]["id"], RULE, newest["entity_id"])
    assert (told["proposed_by_organ"], told["confirmed_by_organ"]) == (ORGANS["first"], ORGANS["second"])
    assert "person" not in json.dumps(told)
    replay = (await case.service.client.get(f"/decisions/{newest['entity_id']}/replay")).json()
    assert replay["same"] is True


async def test_a_declined_one_changes_nothing_and_may_be_proposed_again(case: Case) -> None:
    lot = await named_company(case)
    first = await proposed(case, lot["entity_id"])
    declined = await case.post(f"/overrides/{first['id']}/decline", REASONED, reviewer(case, "second"), 200)
    assert (declined["state"], declined["new_decision_id"]) == ("declined", None)
    assert await case.service.said("compliance.override.confirmed") == []
    assert len(await case.decisions("lot")) == 1
    late = await case.post(f"/overrides/{first['id']}/confirm", REASONED, reviewer(case, "third"), 409)
    assert late["type"].endswith("/override-answered")
    again = await case.post(PROPOSE.format(lot["entity_id"]), proposal(), reviewer(case, "third"))
    assert again["state"] == "proposed"


async def test_a_hard_fail_is_overridden_by_nobody(case: Case) -> None:
    await case.prepare()
    facts = document()
    facts["seller"]["serious_dishonesty"] = True
    await case.list_lots(facts=facts)
    (lot,) = await case.decisions("lot")
    (result,) = lot["not_passed"]
    body = proposal(rule=result["rule"], reason_code=result["reason_code"])
    refused = await case.post(PROPOSE.format(lot["entity_id"]), body, reviewer(case), 409)
    assert refused["type"].endswith("/not-overridable")
    assert result["reason_en"] in refused["detail"]


async def test_only_a_fail_of_that_rule_and_reason_can_be_meant(case: Case) -> None:
    lot = await named_company(case)
    for number, changes in enumerate(
        [{"rule": "price.label"}, {"rule": "no.such"}, {"reason_code": "brand"}, {"rule": "gate.records"}]
    ):
        refused = await case.post(
            PROPOSE.format(lot["entity_id"]), proposal(**changes), reviewer(case, key=str(number)), 409
        )
        assert refused["type"].endswith("/not-overridable")
    missing = await case.post(PROPOSE.format("none"), proposal(), reviewer(case, key="none"), 404)
    assert missing["type"].endswith("/not-found")


async def test_the_second_is_another_person_of_another_organ(case: Case) -> None:
    lot = await named_company(case)
    first = await proposed(case, lot["entity_id"])
    path = f"/overrides/{first['id']}/confirm"
    same = await case.post(path, REASONED, reviewer(case), 403)
    assert same["type"].endswith("/own-case")
    same_organ = reviewer(case, "second", organ=ORGANS["first"], key="organ")
    assert ORGANS["first"] in (await case.post(path, REASONED, same_organ, 403))["detail"]
    one_person = reviewer(case, "second", person="p-reviewer-first", key="person")
    assert (await case.post(path, REASONED, one_person, 403))["type"].endswith("/own-case")
    no_organ = reviewer(case, "second", organ="", key="none")
    assert "names no organ" in (await case.post(path, REASONED, no_organ, 403))["detail"]
    far = reviewer(case, "second", "610000", key="far")
    assert (await case.post(path, REASONED, far, 403))["type"].endswith("/wrong-region")


async def test_neither_of_the_two_has_a_part_in_the_case_or_stands_near_to_it(case: Case) -> None:
    lot = await named_company(case)
    path = PROPOSE.format(lot["entity_id"])
    for role in ("operator", "registrar", "verifier"):
        own = reviewer(case, person=PEOPLE[role][0], key=role)
        assert (await case.post(path, proposal(), own, 403))["type"].endswith("/own-case")
    applicants = reviewer(case, organ=PEOPLE["operator"][1].name, key="organ")
    assert "applicant's organ" in (await case.post(path, proposal(), applicants, 403))["detail"]
    below = account_changed("reviewer-third", "p-reviewer-third", PEOPLE["verifier"][1], superior="p-operator")
    await case.service.hear(below)
    subordinate = reviewer(case, "third", key="below")
    assert "superior" in (await case.post(path, proposal(), subordinate, 403))["detail"]
    first = await proposed(case, lot["entity_id"])
    own = reviewer(case, "second", person=PEOPLE["operator"][0], key="own")
    assert (await case.post(f"/overrides/{first['id']}/confirm", REASONED, own, 403))["type"].endswith("/own-case")


async def test_others_than_reviewers_are_turned_away(case: Case) -> None:
    lot = await named_company(case)
    headers = case.headers("operator", at=APPROVED) | {"Idempotency-Key": "x"}
    await case.post(PROPOSE.format(lot["entity_id"]), proposal(), headers, 403)
    answer = await case.service.client.post(PROPOSE.format(lot["entity_id"]), json=proposal())
    assert answer.status_code == 401


async def test_a_fact_that_changed_in_between_ends_the_proposal(case: Case) -> None:
    lot = await named_company(case)
    first = await proposed(case, lot["entity_id"])
    await list_with_company(case, 2, changes={"suppliers[0].name": "砀山演示第五梨果专业合作社"})
    late = await case.post(f"/overrides/{first['id']}/confirm", REASONED, reviewer(case, "second"), 409)
    assert late["type"].endswith("/decision-superseded")
    listed = await case.service.client.get("/overrides", headers=reviewer(case, "second"))
    assert listed.json()["items"] == []
    newest = (await case.decisions("lot"))[-1]
    again = await case.post(PROPOSE.format(newest["entity_id"]), proposal(), reviewer(case, "third"))
    assert again["state"] == "proposed"
    assert (await case.service.client.get(f"/overrides/{first['id']}")).json()["state"] == "lapsed"


async def test_a_newer_decision_on_the_same_facts_does_not_end_the_proposal(case: Case) -> None:
    lot = await named_company(case)
    first = await proposed(case, lot["entity_id"])
    await list_with_company(case, 2, changes={"lot.price_fen": 2950, "lot.detail_price_fen": 2950})
    assert (await case.decisions("lot"))[-1]["entity_id"] != lot["entity_id"]
    await confirmed(case, first["id"])
    assert (await case.decisions("lot"))[-1]["outcome"] == "pass"


async def test_it_is_not_proposed_twice(case: Case) -> None:
    lot = await named_company(case)
    await proposed(case, lot["entity_id"])
    twice = await case.post(PROPOSE.format(lot["entity_id"]), proposal(), reviewer(case, "second"), 409)
    assert twice["type"].endswith("/override-answered")
    repeated = await case.post(PROPOSE.format(lot["entity_id"]), proposal(), reviewer(case))
    assert repeated["state"] == "proposed"
    needs_key = {name: value for name, value in reviewer(case).items() if name != "Idempotency-Key"}
    missing = await case.post(PROPOSE.format(lot["entity_id"]), proposal(), needs_key, 400)
    assert missing["type"].endswith("/idempotency-key-missing")


async def test_it_runs_out_and_the_question_is_asked_again(case: Case) -> None:
    lot = await named_company(case)
    until = APPROVED + timedelta(days=2)
    first = await proposed(case, lot["entity_id"], valid_until=until.isoformat())
    await confirmed(case, first["id"])
    newest = await case.decision((await case.decisions("lot"))[-1]["entity_id"])
    assert instant(newest["valid_until"]) <= until
    await list_with_company(case, 2, at=until)
    again = (await case.decisions("lot"))[-1]
    assert (again["outcome"], RULE in [each["rule"] for each in again["not_passed"]]) == ("fail", True)


async def test_it_ends_after_thirty_days_at_the_latest_and_not_in_the_past(case: Case) -> None:
    lot = await named_company(case)
    path = PROPOSE.format(lot["entity_id"])
    past = proposal(valid_until="2020-02-01T00:00:00+08:00")
    assert (await case.post(path, past, reviewer(case, key="past"), 409))["errors"][0]["field"] == "valid_until"
    far = await case.post(path, proposal(valid_until="2029-01-01T00:00:00+08:00"), reviewer(case))
    assert instant(far["valid_until"]) == instant("2020-03-28T00:00:00")


async def test_a_proposal_that_has_run_out_is_not_confirmed(case: Case) -> None:
    lot = await named_company(case)
    first = await proposed(case, lot["entity_id"], valid_until=(APPROVED + timedelta(hours=1)).isoformat())
    late = reviewer(case, "second", at=APPROVED + timedelta(hours=2))
    refused = await case.post(f"/overrides/{first['id']}/confirm", REASONED, late, 409)
    assert refused["type"].endswith("/override-answered")


async def test_an_override_on_a_lot_holds_at_its_filing_while_the_same_is_found(case: Case) -> None:
    lot = await named_company(case)
    first = await proposed(case, lot["entity_id"])
    await confirmed(case, first["id"])
    await case.approve()
    (filing,) = await case.decisions("filing")
    assert filing["outcome"] == "pass"


def naming(case: Case) -> dict[str, Any]:
    """The facts of a filing whose script seems to name a company."""
    facts = case.approved_facts()
    facts["texts"] = [{"kind": "script", "text": "由某某果业有限公司供货"}]
    return facts


async def test_a_blocked_filing_is_asked_again_after_an_override_and_names_both_as_reviewers(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.approve(facts=naming(case))
    (filing,) = await case.decisions("filing")
    assert filing["outcome"] == "fail"
    await case.service.hear(case.filing(FilingBlocked, 3, state="blocked", facts=naming(case)))
    blocked = await case.service.client.get("/reviews?state=blocked", headers=reviewer(case))
    assert [item["decision_id"] for item in blocked.json()["items"]] == [filing["entity_id"]]
    first = await proposed(case, filing["entity_id"])
    second = await confirmed(case, first["id"])
    newest = await case.decision(second["new_decision_id"])
    assert (newest["outcome"], newest["binding"]) == ("pass", True)
    reviewers = [person["person"] for person in newest["facts"]["people"] if person["role"] == "reviewer"]
    assert reviewers == ["p-reviewer-first", "p-reviewer-second"]


async def test_a_filing_that_its_preview_blocked_can_be_freed_too(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    facts = naming(case)
    del facts["filing"]["approvals"]
    await case.submit(facts=facts)
    await case.service.hear(case.filing(FilingBlocked, 2, state="blocked", facts=facts))
    (preview,) = await case.decisions("filing")
    assert (preview["outcome"], preview["binding"]) == ("fail", False)
    first = await proposed(case, preview["entity_id"])
    await confirmed(case, first["id"])
    newest = (await case.decisions("filing"))[-1]
    assert (newest["outcome"], newest["binding"]) == ("review", False)
    assert [each["reason_code"] for each in newest["not_passed"]] == ["awaiting_approval"]


async def test_a_withdrawn_filing_is_beyond_overriding(case: Case) -> None:
    await case.prepare()
    await case.list_lots()
    await case.approve(facts=naming(case))
    (filing,) = await case.decisions("filing")
    first = await proposed(case, filing["entity_id"])
    await case.service.hear(case.filing(FilingWithdrawn, 3, state="withdrawn", facts=naming(case)))
    late = await case.post(f"/overrides/{first['id']}/confirm", REASONED, reviewer(case, "second"), 409)
    assert late["type"].endswith("/decision-superseded")
    await case.post(PROPOSE.format(filing["entity_id"]), proposal(), reviewer(case, "third"), 409)
    assert (await case.service.client.get("/overrides", headers=reviewer(case, "second"))).json()["items"] == []


async def test_who_refused_a_review_does_not_lift_the_refusal(case: Case) -> None:
    await case.prepare()
    facts = document()
    del facts["lot"]["price_unit"]
    await case.list_lots(facts=facts)
    (lot,) = await case.decisions("lot")
    word = {"rule": "price.label", "reason_code": "missing_fact:lot.price_unit", "resolution": "refused", **REASONED}
    refused = await case.post(f"/decisions/{lot['entity_id']}/review", word, reviewer(case, key="word"))
    body = proposal(rule="price.label", reason_code="missing_fact:lot.price_unit")
    path = PROPOSE.format(refused["decision_id"])
    assert (await case.post(path, body, reviewer(case), 403))["type"].endswith("/own-case")
    first = await case.post(path, body, reviewer(case, "second"))
    mine = await case.post(f"/overrides/{first['id']}/confirm", REASONED, reviewer(case, key="own"), 403)
    assert mine["type"].endswith("/own-case")
    await case.post(f"/overrides/{first['id']}/confirm", REASONED, reviewer(case, "third"), 200)
    assert (await case.decisions("lot"))[-1]["outcome"] == "pass"


async def test_the_database_itself_refuses_one_person_or_one_organ(case: Case) -> None:
    lot = await named_company(case)
    first = await proposed(case, lot["entity_id"])
    forged = (
        "UPDATE compliance.override SET answerer_person = proposer_person",
        "UPDATE compliance.override SET answerer_organ = proposer_organ",
        "UPDATE compliance.override SET state = 'confirmed', fact = '{}'",
        "UPDATE compliance.override SET fact = '{}'",
    )
    for statement in forged:
        with pytest.raises(IntegrityError, match="ck_override"):
            async with case.service.database.sessions.begin() as db:
                await db.execute(sa.text(statement))
    waiting = await case.service.client.get("/overrides", headers=reviewer(case, "second"))
    assert [item["id"] for item in waiting.json()["items"]] == [first["id"]]


async def test_what_waits_for_the_second_person_and_what_could_be_overridden_is_listed(case: Case) -> None:
    lot = await named_company(case)
    blocked = await case.service.client.get("/reviews?state=blocked", headers=reviewer(case))
    assert [item["decision_id"] for item in blocked.json()["items"]] == [lot["entity_id"]]
    assert (await case.service.client.get("/reviews", headers=reviewer(case))).json()["items"] == []
    first = await proposed(case, lot["entity_id"])
    waiting = await case.service.client.get("/overrides", headers=reviewer(case, "second"))
    assert [item["id"] for item in waiting.json()["items"]] == [first["id"]]
    far = await case.service.client.get("/overrides", headers=reviewer(case, "second", "610000"))
    assert far.json()["items"] == []
    await confirmed(case, first["id"])
    assert (await case.service.client.get("/overrides", headers=reviewer(case, "second"))).json()["items"] == []
    blocked = await case.service.client.get("/reviews?state=blocked", headers=reviewer(case))
    assert blocked.json()["items"] == []
    assert REASON in json.dumps(first)


ATTENTION = {"rule": "live.traffic", "reason_code": "attention_bought"}


def buying(case: Case) -> dict[str, Any]:
    """The facts of a filing that orders attention, which the rule reads of the filing itself."""
    facts = case.approved_facts()
    facts["filing"]["promotions"] = [{"platform": "某平台", "amount_fen": 500_000, "payer_kind": "government"}]
    return facts


async def freed_before_the_approval(case: Case) -> dict[str, Any]:
    """A filing whose preview failed softly and was overridden; its facts as approved."""
    await case.prepare()
    await case.list_lots()
    facts = buying(case)
    filing = {name: value for name, value in facts["filing"].items() if name != "approvals"}
    await case.submit(facts=facts | {"filing": filing})
    (preview,) = await case.decisions("filing")
    assert [(each["rule"], each["hard"]) for each in preview["not_passed"] if each["result"] == "fail"] == [
        (ATTENTION["rule"], False)
    ]
    await case.service.hear(case.filing(FilingBlocked, 2, state="blocked", facts=facts | {"filing": filing}))
    first = await proposed(case, preview["entity_id"], **ATTENTION)
    await confirmed(case, first["id"])
    freed = (await case.decisions("filing"))[-1]
    assert (freed["binding"], freed["outcome"]) == (False, "review")
    return facts


async def test_an_override_on_a_preview_holds_when_the_approval_joins(case: Case) -> None:
    facts = await freed_before_the_approval(case)
    await case.approve(4, facts=facts)
    binding = (await case.decisions("filing"))[-1]
    assert (binding["outcome"], binding["binding"]) == ("pass", True)
    decision = await case.decision(binding["entity_id"])
    said = next(result for result in decision["results"] if result["rule"] == ATTENTION["rule"])
    assert said["overridden_by"]["proposed_by_organ"] == ORGANS["first"]
    replay = (await case.service.client.get(f"/decisions/{binding['entity_id']}/replay")).json()
    assert replay["same"] is True


async def test_an_override_on_a_preview_falls_when_more_than_the_approval_joins(case: Case) -> None:
    facts = await freed_before_the_approval(case)
    facts["filing"]["promotions"].append({"platform": "另一平台", "amount_fen": 1, "payer_kind": "supplier"})
    await case.approve(4, facts=facts)
    binding = (await case.decisions("filing"))[-1]
    assert (binding["outcome"], [each["rule"] for each in binding["not_passed"]]) == ("fail", [ATTENTION["rule"]])
