"""What other services announce to disclosure, and the log under test."""

from datetime import UTC, datetime
from typing import Any

from services.contracts.catalog import ListingDecided, ListingSubmitted, SubmittedLot
from services.contracts.compliance import (
    DecisionMade,
    DecisionSubject,
    OverrideConfirmed,
    ParameterPublished,
    ParameterWithdrawn,
)
from services.disclosure.actions.publishing import Witnesses, grow_once
from services.disclosure.actions.surroundings import Surroundings
from services.disclosure.ledger.checkpoint import Checkpoint, Policy, open_checkpoint
from services.disclosure.ledger.notes import VerifierKey
from tests.apps import ServiceUnderTest

AT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
DIGEST = "ab" * 32


def decision(number: int = 1, **changes: Any) -> DecisionMade:
    """A public decision about a filing."""
    given: dict[str, Any] = {
        "entity_id": f"decision-{number}",
        "version": 1,
        "about": DecisionSubject(kind="filing", id="F-1", version=2),
        "stage": "filing",
        "binding": True,
        "outcome": "pass",
        "at": AT,
        "decided_at": AT,
        "ruleset": "2026.11.0+sha256:00",
        "facts_sha256": DIGEST,
        "answer_sha256": DIGEST,
        "public": True,
    }
    return DecisionMade(**(given | changes))


def override() -> OverrideConfirmed:
    """A soft fail that two people overruled."""
    return OverrideConfirmed(
        entity_id="override-1",
        version=1,
        about_kind="lot",
        about_id="lot-1",
        rule="adm.company_text",
        reason_code="company_named",
        decision_id="decision-1",
        new_decision_id="decision-2",
        proposed_by_organ="first organ",
        proposed_at=AT,
        reason_zh="理由。",
        confirmed_by_organ="second organ",
        confirmed_at=AT,
        valid_until=AT,
    )


def parameter(**changes: Any) -> ParameterPublished:
    """A published value."""
    return ParameterPublished(**(_PARAMETER | changes))


def withdrawal(**changes: Any) -> ParameterWithdrawn:
    """The same value, taken back."""
    taken_back = {
        "withdrawn_at": AT,
        "withdrawn_by_organ": "organ",
        "withdrawal_zh": "撤回。",
        "withdrawal_en": "Taken back.",
        "version": 2,
    }
    return ParameterWithdrawn(**(_PARAMETER | taken_back | changes))


_PARAMETER: dict[str, Any] = {
    "entity_id": "change-1",
    "version": 1,
    "name": "adm.suppliers.enough",
    "rule": "adm.suppliers",
    "value": 4,
    "from_on": "2026-12-10",
    "published_on": "2026-11-28",
    "basis": "platform",
    "source": "platform rule",
    "reason_zh": "调整。",
    "reason_en": "Adjusted.",
    "proposed_by_organ": "one",
    "published_by_organ": "other",
    "revision": 1,
}


def submitted(version: int, **prices: int | None) -> ListingSubmitted:
    """A listing version whose lots cost so much."""
    lots = tuple(
        SubmittedLot(
            lot_id=lot_id,
            lot_number=lot_id,
            producer_uscc="91999901MA8DM0C11J",
            content_sha256=DIGEST,
            unchanged_since=None,
            facts={"lot": {} if price is None else {"price_fen": price}},
        )
        for lot_id, price in prices.items()
    )
    return ListingSubmitted(
        entity_id="listing-1",
        version=version,
        region_code="341321",
        category_code="fruit.pear.su",
        specialty_id="specialty-1",
        title_zh="砀山酥梨",
        title_en="Dangshan pears",
        season="2026",
        event_id="event-1",
        content_sha256=DIGEST,
        submitted_by="somebody",
        submitter_person="token",
        facts={},
        lots=lots,
    )


def decided(version: int, **lots: str) -> ListingDecided:
    """The answers about a listing version."""
    return ListingDecided(
        entity_id="listing-1",
        version=version + 1,
        region_code="341321",
        category_code="fruit.pear.su",
        specialty_id="specialty-1",
        title_zh="砀山酥梨",
        title_en="Dangshan pears",
        event_id="event-1",
        decided_version=version,
        lots=lots,
    )


class Log:
    """The log of a disclosure service under test."""

    def __init__(self, service: ServiceUnderTest) -> None:
        self.service = service
        self.client = service.client
        self.around: Surroundings = service.app.state.surroundings

    async def hear(self, *events: Any) -> None:
        """Tell the service, and let the log grow by it."""
        await self.service.hear(*events)
        await self.grow()

    async def grow(self) -> int:
        """One round of the log."""
        witnesses = Witnesses(self.around)
        try:
            return await grow_once(self.service.database, self.around, witnesses)
        finally:
            await witnesses.close()

    async def checkpoint(self) -> Checkpoint:
        """The published checkpoint, believed by somebody who has the log's key from elsewhere."""
        return open_checkpoint((await self.client.get("/ledger/checkpoint")).content, await self.policy())

    async def policy(self, quorum: int = 0) -> Policy:
        """Trust in the log and in its witnesses."""
        key = VerifierKey.parse((await self.client.get("/ledger")).json()["key"])
        return Policy(key, tuple(witness.key for witness in self.around.witnesses), quorum)

    async def leaves(self, kind: str = "") -> list[dict[str, Any]]:
        """What is in the log, oldest first."""
        answer = (await self.client.get("/ledger/leaves", params={"kind": kind, "limit": 100})).json()
        return list(reversed(answer["items"]))

    async def document(self, leaf: dict[str, Any]) -> dict[str, Any]:
        """The document that a leaf names."""
        found: dict[str, Any] = (await self.client.get(f"/ledger/documents/{leaf['sha256']}")).json()
        return found

    async def files(self, paths: list[str]) -> dict[str, bytes]:
        """The published files at these paths."""
        return {path: (await self.client.get(f"/ledger/{path}")).content for path in paths}
