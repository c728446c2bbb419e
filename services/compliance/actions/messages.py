"""What webhooks are told: the form of each kind of message, and putting it on its way with what it tells."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.domain.access import region_line
from services.compliance.store import webhooks as store
from services.compliance.store.decisions import NewDecision
from services.compliance.store.webhooks import Message
from services.contracts.catalog import ListingDecided, ListingWithdrawn, ProducerChanged
from services.contracts.disclosure import DisclosureReleased
from services.kit import clock
from services.kit.ids import new_id

CatalogueEvent = ListingDecided | ListingWithdrawn | ProducerChanged
_CATALOGUE: Mapping[type, str] = {
    ListingDecided: "listing.changed",
    ListingWithdrawn: "listing.withdrawn",
    ProducerChanged: "producer.changed",
}
_MACHINERY = {"message_id", "traceparent", "clock_set", "entity", "entity_id"}


def message(
    kind: str,
    data: Mapping[str, Any],
    *,
    account_id: str | None = None,
    regions: tuple[str, ...] = (),
    identity: str | None = None,
) -> Message:
    """A message of Standard Webhooks: `type`, `timestamp` and `data`. `identity` names what is told only once."""
    body = {"type": kind, "timestamp": clock.now().isoformat(timespec="milliseconds"), "data": data}
    raw = json.dumps(body, ensure_ascii=False, separators=(",", ":"), default=str).encode()
    return Message(f"msg_{identity or new_id()}", kind, raw, account_id, regions)


async def tell(db: AsyncSession, told: Message) -> None:
    """Put it on its way to every webhook that wants it."""
    await store.add_deliveries(db, told, clock.now())


async def tell_of_decision(
    db: AsyncSession,
    decision: NewDecision,
    results: tuple[dict[str, Any], ...],
    earlier: Mapping[str, Any] | None,
    region_line: list[str],
) -> None:
    """A public decision about one of our subjects was made, or says something else than the one before."""
    if not decision.is_public:
        return
    changed = earlier is not None and earlier["outcome"] != decision.outcome
    data = decision_data(decision, results, earlier["outcome"] if earlier is not None else None)
    await tell(db, message("decision.changed" if changed else "decision.made", data, regions=tuple(region_line)))


def decision_data(
    decision: NewDecision, results: tuple[dict[str, Any], ...], previous_outcome: str | None
) -> dict[str, Any]:
    """The decision in brief; the whole of it is at `decision_url`."""
    return {
        "decision_id": decision.id,
        "decision_url": f"/api/v1/decisions/{decision.id}",
        "subject": {"kind": decision.subject_kind, "id": decision.subject_id, "version": decision.subject_version},
        "region_code": decision.region_code,
        "stage": decision.stage,
        "outcome": decision.outcome,
        "previous_outcome": previous_outcome,
        "decided_at": decision.decided_at.isoformat(),
        "valid_until": decision.valid_until.isoformat() if decision.valid_until else None,
        "ruleset": decision.ruleset,
        "answer_sha256": decision.answer_sha256,
        "not_passed": [
            {name: result[name] for name in ("rule", "result", "hard", "reason_code", "reason", "remedy")}
            for result in results
            if result["result"] in ("review", "fail")
        ],
    }


def revocation_data(decision_id: str, revoked_at: datetime, reason: Mapping[str, str]) -> dict[str, Any]:
    """A clearance no longer holds."""
    return {
        "decision_id": decision_id,
        "decision_url": f"/api/v1/decisions/{decision_id}",
        "revoked_at": revoked_at.isoformat(),
        "reason": dict(reason),
    }


async def tell_of_catalogue(db: AsyncSession, event: CatalogueEvent) -> None:
    """A listing or a producer has changed. The same state told again is the same message, and is sent once."""
    kind = _CATALOGUE[type(event)]
    line = tuple(region_line([event.region_code], clock.business_today()))
    own = event.model_dump(mode="json", exclude=_MACHINERY)
    data = {f"{event.entity}_id": event.entity_id, "url": f"/api/v1/{event.entity}s/{event.entity_id}", **own}
    await tell(db, message(kind, data, regions=line, identity=f"{event.entity_id}.{event.version}"))


async def tell_of_release(db: AsyncSession, event: DisclosureReleased) -> None:
    """A record of a broadcast has a new release. Told twice, it is the same message, and is sent once."""
    data = {
        "broadcast_id": event.entity_id,
        "release": event.version,
        "stage": event.stage,
        "region_code": event.region_code,
        "released_at": event.released_at.isoformat(),
        "sha256": event.sha256,
        "url": f"/api/v1/disclosures/{event.entity_id}/releases/{event.version}",
    }
    line = tuple(region_line([event.region_code], clock.business_today()))
    identity = f"release.{event.entity_id}.{event.version}"
    await tell(db, message("disclosure.released", data, regions=line, identity=identity))


SAMPLES: Mapping[str, Mapping[str, Any]] = {
    "decision.made": {
        "decision_id": "sample",
        "subject": {"kind": "lot", "id": "sample", "version": 1},
        "outcome": "pass",
        "previous_outcome": None,
    },
    "decision.changed": {
        "decision_id": "sample",
        "subject": {"kind": "lot", "id": "sample", "version": 1},
        "outcome": "fail",
        "previous_outcome": "pass",
    },
    "clearance.revoked": {
        "decision_id": "sample",
        "reason": {"zh": "这是一条样例。", "en": "This is a sample."},
    },
    "listing.changed": {"listing_id": "sample", "version": 3, "lots": {"sample": "listed"}},
    "listing.withdrawn": {"listing_id": "sample", "version": 4, "reason": "库存已售完。"},
    "producer.changed": {"producer_id": "sample", "version": 2, "admission": "admitted"},
    "disclosure.released": {"broadcast_id": "sample", "release": 1, "stage": "summary", "region_code": "999901"},
    "parameter.published": {"name": "adm.suppliers.enough", "from": "2027-01-01", "value": 3},
}


def sample(kind: str) -> Message:
    """A message of the kind that tells of nothing real and says so."""
    return message(kind, {"sample": True, **SAMPLES[kind]})
