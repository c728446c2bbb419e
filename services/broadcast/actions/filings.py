"""Writing and reading filings."""

from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.access import require_reader, require_region, require_scope
from services.broadcast.actions.announce import by_actor, note_step, require_move, shift
from services.broadcast.actions.case import gather
from services.broadcast.actions.content import (
    content_document,
    documents_in,
    require_people,
    require_plan,
    take_content,
    texts_of,
)
from services.broadcast.actions.filing_anew import columns_of, file_anew, reserve, would_be_sha256, write_columns
from services.broadcast.actions.shown import filing_out
from services.broadcast.actions.surroundings import Expect, Surroundings
from services.broadcast.domain import facts
from services.broadcast.domain.life import HOLDING_SLOTS, Move, State
from services.broadcast.domain.plan import cloned_shift
from services.broadcast.errors import BroadcastBegun
from services.broadcast.models import Filing, Official
from services.broadcast.schemas.filings import (
    FilingContent,
    FilingFacts,
    FilingHistory,
    FilingIn,
    FilingOut,
    FilingStep,
)
from services.kit import clock
from services.kit.actor import Actor


async def create_filing(db: AsyncSession, actor: Actor, body: FilingIn, around: Surroundings) -> FilingOut:
    """Begin a draft."""
    require_region("region_code", body.region_code, demo=around.demo)
    require_scope(actor, body.region_code)
    content = await take_content(body, around, actor)
    filing = await _add_draft(db, actor, content, demo=around.demo)
    return await filing_out(db, actor, filing)


async def _add_draft(db: AsyncSession, actor: Actor, content: FilingContent, *, demo: bool) -> Filing:
    require_plan(content)
    official = await require_people(db, content)
    now = clock.business_now()
    filing = Filing(
        state=State.DRAFT,
        pinned=[],
        written_by=actor.account_id,
        demonstration=demo,
        created_at=now,
        updated_at=now,
        **columns_of(content),
    )
    filing.presenter_person = official.person if official else None
    db.add(filing)
    await db.flush()
    await note_step(db, filing, "create", None, by_actor(actor, "operator"))
    return filing


async def revise_filing(
    db: AsyncSession, actor: Actor, filing_id: str, body: FilingIn, around: Surroundings, expect: Expect
) -> FilingOut:
    """Change a filing. One under way whose approved content changes is filed anew and loses its approval."""
    await store.hold_listings(db, [each.listing_id for each in body.listings])
    filing = await store.get_filing(db, filing_id, lock=True)
    require_scope(actor, filing.region_code)
    expect(filing.version)
    require_move(filing, Move.REVISE)
    require_not_begun(filing)
    require_region("region_code", body.region_code, demo=around.demo)
    require_scope(actor, body.region_code)
    attached = documents_in(FilingContent.model_validate(filing.content))
    content = await take_content(body, around, actor, attached)
    require_plan(content)
    official = await require_people(db, content)
    if filing.state not in HOLDING_SLOTS:
        _keep(filing, content, official)
        await shift(db, filing, Move.REVISE, by_actor(actor, "operator"))
    elif await would_be_sha256(db, filing, content_document(content)) != filing.content_sha256:
        write_columns(filing, content)
        await file_anew(db, filing, actor, around, Move.REFILE)
    elif official is not None:
        # Only the room can differ: it is no part of what was approved.
        write_columns(filing, content)
        await reserve(db, filing, content, official)
        await shift(db, filing, Move.REVISE, by_actor(actor, "operator"))
    return await filing_out(db, actor, filing)


def _keep(filing: Filing, content: FilingContent, official: Official | None) -> None:
    """A draft is what it says. One that was filed before stays what was filed until it is submitted again."""
    if filing.state == State.DRAFT:
        write_columns(filing, content)
        filing.presenter_person = official.person if official else None
    filing.content = content_document(content)


def require_not_begun(filing: Filing) -> None:
    """Raises BroadcastBegun for one under way whose hour has come."""
    if filing.state in HOLDING_SLOTS and filing.starts_at <= clock.business_now():
        raise BroadcastBegun(
            "Its time has come; it can no longer be changed, withdrawn or cancelled.",
            "直播时间已到，不能再修改、撤回或取消。",
        )


async def clone_filing(db: AsyncSession, actor: Actor, filing_id: str) -> FilingOut:
    """A new draft with the same content, moved by whole weeks into the future."""
    source = await store.get_filing(db, filing_id)
    require_scope(actor, source.region_code)
    content = FilingContent.model_validate(source.content)
    moved = _moved(content, cloned_shift(content.starts_at, clock.business_now()))
    filing = await _add_draft(db, actor, moved, demo=source.demonstration)
    return await filing_out(db, actor, filing)


def _moved(content: FilingContent, by: timedelta) -> FilingContent:
    def later(instant: datetime) -> datetime:
        return instant + by

    segments = [
        each.model_copy(update={"starts_at": later(each.starts_at), "ends_at": later(each.ends_at)})
        for each in content.segments
    ]
    times = {"starts_at": later(content.starts_at), "ends_at": later(content.ends_at), "segments": segments}
    return content.model_copy(update=times)


async def read_filing(db: AsyncSession, actor: Actor, filing_id: str) -> FilingOut:
    """One filing for somebody whom it concerns."""
    filing = await store.get_filing(db, filing_id)
    require_reader(actor, filing)
    return await filing_out(db, actor, filing)


async def read_facts(db: AsyncSession, actor: Actor, filing_id: str, around: Surroundings) -> FilingFacts:
    """What the gate would be asked if the filing were submitted now, with every text in full."""
    filing = await store.get_filing(db, filing_id)
    require_reader(actor, filing)
    case = await gather(db, filing)
    texts, _ = facts.text_documents(await texts_of(filing.content, around), budget=None)
    document = facts.case_facts(case, texts)
    if filing.submitted_at is None:
        document["filing"]["submitted_at"] = facts.instant_text(clock.business_now())
    return FilingFacts(facts=document)


async def read_history(db: AsyncSession, actor: Actor, filing_id: str) -> FilingHistory:
    """All steps of a filing."""
    filing = await store.get_filing(db, filing_id)
    require_reader(actor, filing)
    steps = await store.list_steps(db, filing_id)
    return FilingHistory(items=[FilingStep.model_validate(step.model_dump()) for step in steps])
