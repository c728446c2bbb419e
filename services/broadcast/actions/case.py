"""Gathering a filing into a case: people as facts, listings pinned, texts read."""

from collections.abc import Mapping
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.domain import facts
from services.broadcast.models import Filing, Host, Official


def official_facts(official: Official) -> dict[str, Any]:
    """The speaker as a fact."""
    return facts.official_facts(
        official.person,
        official.post_zh,
        official.organ,
        official.jurisdiction,
        official.civil_servant,
        official.left_office_on,
    )


def host_facts(host: Host) -> dict[str, Any]:
    """A host as a fact."""
    return {"person": host.person, "position": host.position} | host.facts


async def declaration_facts(db: AsyncSession, official_id: str) -> dict[str, Any]:
    """The latest declaration of interests that stands, as a fact; an empty one says that there is none."""
    declaration = await store.find_declaration(db, official_id)
    return declaration.facts if declaration else {}


async def gather(db: AsyncSession, filing: Filing, content: Mapping[str, Any] | None = None) -> facts.Case:
    """The case that a filing makes with its present pins and its present content, or another one."""
    content = filing.content if content is None else content
    official = await store.find_official(db, content["official_id"]) if content.get("official_id") else None
    hosts = await store.hosts_by_id(db, content.get("host_ids", []))
    return facts.Case(
        filing_id=filing.id,
        broadcast_id=filing.broadcast_id,
        content=content,
        official=official_facts(official) if official else None,
        declaration=await declaration_facts(db, official.id) if official else None,
        hosts={host_id: host_facts(host) for host_id, host in hosts.items()},
        pinned=filing.pinned,
        event_id=filing.event_id,
        submitted_at=filing.submitted_at,
        approval=approval_fact(filing.approval),
    )


def approval_fact(approval: dict[str, Any] | None) -> dict[str, Any] | None:
    """The approval as a fact; the approver's note is for people only."""
    return {name: value for name, value in approval.items() if name != "note"} if approval else None
