"""Whether complaints about goods were answered in time (`complaint.sla`), in numbers that tell of nobody."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.contracts.values import shanghai_day
from services.disclosure.domain.duties import ACKNOWLEDGE_HOURS, COMPLAINT_DAYS, REFUND_DAYS, in_force
from services.disclosure.domain.evidence import Payload, Told
from services.disclosure.ledger.canonical import instant_text

RETALIATION = "retaliation"


def complaint_facts(told: Told, published: Sequence[Mapping[str, Any]], now: datetime, k: int) -> Payload:
    """What the gate is asked about the complaints of a broadcast, as they stand at this moment.

    Of a few it is not said how many they are: then a person looks, as at any fact that is missing. Nobody can delete a
    complaint (the database refuses), and the limits stand in the public rulebook.
    """
    on = shanghai_day(now)
    hours = timedelta(hours=in_force(ACKNOWLEDGE_HOURS, published, on))
    decide, refund = (timedelta(days=in_force(name, published, on)) for name in (COMPLAINT_DAYS, REFUND_DAYS))
    received = told.complaints
    counts = {
        "received": len(received),
        "unacknowledged_after_24h": sum(_late(each, "acknowledged_at", hours, now) for each in received),
        "undecided_after_7d": sum(_late(each, "decided_at", decide, now) for each in received),
        "refunds_late": sum(_owed(each) and _late(each, "refunded_at", refund, now) for each in received),
    }
    return {
        "counted_until_at": instant_text(now),
        **{name: count - count % k for name, count in counts.items() if count == 0 or count >= k},
        "retaliation": any(each["kind"] == RETALIATION for each in told.reports),
        "deleted": 0,
        "limits_published": True,
    }


def _late(complaint: Payload, step: str, within: timedelta, now: datetime) -> bool:
    taken = complaint.get(step)
    return (datetime.fromisoformat(taken) if taken else now) > datetime.fromisoformat(complaint["received_at"]) + within


def _owed(complaint: Payload) -> bool:
    """Whether money was promised; where nobody said so, whether any was paid."""
    owed = complaint.get("refund_owed")
    return bool(complaint.get("refunded_at")) if owed is None else bool(owed)
