"""A filing as those concerned see it, with the gate's answers and who must act next."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.access import moves_of
from services.broadcast.domain import plan, words
from services.broadcast.domain.life import State
from services.broadcast.models import Decision, Filing
from services.broadcast.schemas.filings import DecisionBrief, FilingOut, NoticePeriod
from services.broadcast.store.filings import filing_row
from services.kit import clock
from services.kit.actor import Actor


async def filing_out(db: AsyncSession, actor: Actor, filing: Filing) -> FilingOut:
    """The whole filing."""
    preview = await store.find_decision(db, filing, binding=False)
    binding = await store.find_decision(db, filing, binding=True)
    row = filing_row(filing, preview.outcome if preview else None, binding.outcome if binding else None)
    today = clock.business_today()
    waiting_en, waiting_zh = words.waiting_for(
        State(filing.state), filing.approving_region, preview_here=preview is not None, on=today
    )
    return FilingOut.model_validate(
        row.model_dump()
        | await _names(db, filing)
        | {
            "content": filing.content,
            "content_sha256": filing.content_sha256,
            "event_id": filing.event_id,
            "pinned_listings": filing.pinned,
            "preview": _brief(preview),
            "binding": _brief(binding),
            "approval": filing.approval,
            "notice_period": _notice_period(filing),
            "waiting_for_zh": waiting_zh,
            "waiting_for_en": waiting_en,
            "moves": moves_of(actor, filing),
            "created_at": filing.created_at,
            "updated_at": filing.updated_at,
        }
    )


async def _names(db: AsyncSession, filing: Filing) -> dict[str, Any]:
    event = await store.find_event(db, filing.event_id) if filing.event_id else None
    official = await store.find_official(db, filing.official_id) if filing.official_id else None
    named = filing.content.get("slow_sales_ids", [])
    certified = await store.find_slow_sales(db, named) if named else set()
    return {
        "event_title_zh": event.title_zh if event else None,
        "event_title_en": event.title_en if event else None,
        "presenter_post_zh": official.post_zh if official else None,
        "presenter_post_en": official.post_en if official else None,
        "uncertified_slow_sales_ids": [each for each in named if each not in certified],
    }


def _brief(decision: Decision | None) -> DecisionBrief | None:
    return DecisionBrief.model_validate(decision.model_dump()) if decision else None


def _notice_period(filing: Filing) -> NoticePeriod:
    days, calendar = plan.notice_period(filing.submitted_at or clock.business_now(), filing.starts_at)
    return NoticePeriod(working_days=days, calendar=calendar)
