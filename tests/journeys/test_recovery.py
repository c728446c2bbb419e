"""What a fall of one service in the middle of a case leaves behind: nothing."""

import os
import signal

from tests.journeys.town import Town

APRIL_27 = "2020-04-27T12:00:00+08:00"


async def test_a_gate_killed_between_question_and_answer_answers_once_when_it_is_back(town: Town) -> None:
    case = town.demo_case("2020-05-29T10:00:00+08:00", APRIL_27, "中途断电")
    filing_id = await town.draft_filing(case, "recovery-draft")
    gate = town.stack.services["compliance"].process
    assert gate.child is not None
    fallen = gate.child.pid

    os.kill(fallen, signal.SIGKILL)
    submitted = await town.post(
        f"/filings/{filing_id}/submit", None, "demo-operator", at=APRIL_27, idempotency_key="recovery-submit"
    )
    filing = await town.preview(filing_id, "demo-operator")

    assert submitted.status_code == 200
    assert filing["preview"]["outcome"] == "review"
    assert gate.child is not None
    assert gate.child.pid != fallen
    decisions = await town.market.get("/decisions", "demo-operator", subject_kind="filing", subject_id=filing_id)
    assert len(decisions["items"]) == 1


async def test_a_market_killed_while_it_waits_for_the_gate_has_the_answer_when_it_is_back(town: Town) -> None:
    case = town.demo_case("2020-06-01T10:00:00+08:00", APRIL_27, "中途重启")
    filing_id = await town.draft_filing(case, "recovery-draft-2")
    place = town.stack.services["broadcast"].process

    await town.post(
        f"/filings/{filing_id}/submit", None, "demo-operator", at=APRIL_27, idempotency_key="recovery-submit-2"
    )
    assert place.child is not None
    os.kill(place.child.pid, signal.SIGKILL)
    filing = await town.preview(filing_id, "demo-operator")
    history = await town.market.get(f"/filings/{filing_id}/history", "demo-operator")

    assert filing["state"] == "submitted"
    assert [step["move"] for step in history["items"]] == ["create", "submit"]
