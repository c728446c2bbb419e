"""The present state of what compliance owns, told again to services that start anew or lost a stream."""

import json
from collections.abc import AsyncIterator
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.clearances import key_event
from services.compliance.actions.evidence import certified
from services.compliance.actions.gate import decision_made
from services.compliance.actions.overrides import override_confirmed
from services.compliance.actions.publishing import parameter_published, parameter_withdrawn
from services.compliance.actions.registry import event_changes
from services.compliance.actions.report_cases import report_upheld
from services.compliance.store import decisions, keys, parameters, people, registry, reports
from services.kit.event import Event


async def republish_decisions(db: AsyncSession, since: datetime) -> AsyncIterator[Event]:
    """Every decision that stands for a subject and was made since."""
    for decision in await decisions.list_current(db, since):
        yield decision_made(decision, json.loads(decision.document)["results"])


async def republish_events(db: AsyncSession, since: datetime) -> AsyncIterator[Event]:
    """Every event of force majeure that changed since, as it is now."""
    for change in await event_changes(db, await registry.list_events_changed_since(db, since)):
        yield change


async def republish_slow_sales(db: AsyncSession, since: datetime) -> AsyncIterator[Event]:
    """All evidence certified since."""
    for row in await registry.list_certified_since(db, since):
        yield certified(row)


async def republish_overrides(db: AsyncSession, since: datetime) -> AsyncIterator[Event]:
    """Every override confirmed since."""
    for row in await people.list_confirmed_since(db, since):
        yield override_confirmed(row)


async def republish_reports(db: AsyncSession, since: datetime) -> AsyncIterator[Event]:
    """Every report upheld or corrected since."""
    for row in await reports.list_upheld_since(db, since):
        if (event := report_upheld(row)) is not None:
            yield event


async def republish_keys(db: AsyncSession, since: datetime) -> AsyncIterator[Event]:
    """Every clearance key made since."""
    for key in await keys.list_clearance_keys(db):
        if key.created_at >= since:
            yield key_event(key)


async def republish_parameter_changes(db: AsyncSession, since: datetime) -> AsyncIterator[Event]:
    """Every value published or withdrawn since, as it stands now."""
    revision = await parameters.find_revision(db)
    for row in await parameters.list_changed_since(db, since):
        told = parameter_published if row.state == "published" else parameter_withdrawn
        yield told(row, revision)


REPUBLISHERS = {
    "decision": republish_decisions,
    "force_majeure": republish_events,
    "slow_sales": republish_slow_sales,
    "override": republish_overrides,
    "report": republish_reports,
    "key": republish_keys,
    "parameter_change": republish_parameter_changes,
}
