"""Before a release is out the gate is asked whether the complaints about the goods were answered in time."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.contracts.compliance import ReportUpheld
from services.contracts.orders import ComplaintChanged
from services.disclosure.domain.complaints import complaint_facts
from services.disclosure.domain.duties import COMPLAINT_DAYS
from services.disclosure.domain.evidence import Told
from tests.apps import instant
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import BROADCAST, sample, some_time_ago
from tests.disclosure.test_gate_asked import Two

NOW = instant("2026-11-28T10:00")
COUNTS = ("received", "unacknowledged_after_24h", "undecided_after_7d", "refunds_late")


def complaint(received_at: datetime, **said: Any) -> dict[str, Any]:
    """A complaint that was acknowledged in an hour, decided in a day and has nothing owed, unless said otherwise."""
    usual: dict[str, Any] = {
        "received_at": received_at,
        "acknowledged_at": received_at + timedelta(hours=1),
        "decided_at": received_at + timedelta(days=1),
        "upheld": False,
        "refund_owed": False,
    }
    document: dict[str, Any] = sample(ComplaintChanged, **{**usual, **said}).model_dump(mode="json")
    return document


def asked(*complaints: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What the gate is asked about these."""
    told = Told(BROADCAST, filing={}, room={}, complaints=complaints, reports=more.get("reports", ()))
    return dict(complaint_facts(told, more.get("published", ()), NOW, 10))


def counts(facts: dict[str, Any]) -> list[int | None]:
    """The numbers, None where none is told."""
    return [facts.get(name) for name in COUNTS]


LONG_AGO = NOW - timedelta(days=9)


@pytest.mark.parametrize(
    ("said", "late"),
    [
        ({}, [20, 0, 0, 0]),
        ({"acknowledged_at": LONG_AGO + timedelta(hours=25)}, [20, 20, 0, 0]),
        ({"acknowledged_at": None}, [20, 20, 0, 0]),
        ({"decided_at": LONG_AGO + timedelta(days=8)}, [20, 0, 20, 0]),
        ({"decided_at": None}, [20, 0, 20, 0]),
        ({"upheld": True, "refund_owed": True}, [20, 0, 0, 20]),
        ({"upheld": True, "refund_owed": True, "refunded_at": LONG_AGO + timedelta(days=2)}, [20, 0, 0, 0]),
        ({"upheld": True, "refund_owed": False}, [20, 0, 0, 0]),
        ({"upheld": True, "refund_owed": None}, [20, 0, 0, 0]),
        ({"upheld": True, "refund_owed": None, "refunded_at": LONG_AGO + timedelta(days=8)}, [20, 0, 0, 20]),
    ],
    ids=[
        "in time",
        "acknowledged late",
        "never acknowledged",
        "decided late",
        "undecided",
        "owed",
        "paid back",
        "other amends",
        "an older telling",
        "paid late",
    ],
)
def test_every_step_of_a_complaint_has_its_clock(said: dict[str, Any], late: list[int]) -> None:
    facts = asked(*(complaint(LONG_AGO, **said) for _ in range(23)))
    assert counts(facts) == late
    assert (facts["retaliation"], facts["deleted"], facts["limits_published"]) == (False, 0, True)


def test_what_is_not_late_yet_is_not_late() -> None:
    fresh = NOW - timedelta(hours=20)
    assert counts(asked(*(complaint(fresh, acknowledged_at=None, decided_at=None) for _ in range(12)))) == [10, 0, 0, 0]


def test_of_a_few_it_is_not_told_how_many_and_of_none_that_there_are_none() -> None:
    assert counts(asked()) == [0, 0, 0, 0]
    few = [complaint(LONG_AGO, decided_at=None) for _ in range(9)]
    assert counts(asked(*few)) == [None, 0, None, 0]


def test_the_limits_are_those_that_were_published_for_the_day() -> None:
    published = [{"name": COMPLAINT_DAYS, "value": 30, "from_on": "2026-01-01"}]
    late = [complaint(LONG_AGO, decided_at=None) for _ in range(12)]
    assert counts(asked(*late, published=published)) == [10, 0, 0, 0]


def test_a_report_of_retaliation_that_was_found_right_is_told() -> None:
    report = sample(ReportUpheld, kind="retaliation").model_dump(mode="json")
    assert asked(reports=[report])["retaliation"] is True


async def test_the_record_says_which_promises_to_those_who_complained_were_broken(service_app: ServiceOf) -> None:
    two = Two(await service_app("disclosure", gate_seconds=120), await service_app("compliance"))
    await two.broadcast(days=16)
    at = some_time_ago(days=15)
    late = [
        sample(ComplaintChanged, entity_id=f"complaint-{n}", broadcast_id=BROADCAST, received_at=at, acknowledged_at=at)
        for n in range(14)
    ]
    await two.disclosure.hear(*late)
    await two.prepare()
    answer = await two.carry()
    assert "complaint.sla:decided_late" in answer.reason_codes
    document = await two.newest()
    said = next(each for each in document["publication"]["not_passed"] if each["rule"] == "complaint.sla")
    assert (said["result"], said["reason_code"]) == ("fail", "decided_late")
    assert "10" in said["reason_en"]
    assert document["complaints"]["received"] == 14, "a broken promise holds no record back"
