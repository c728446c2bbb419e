"""Submitting, approving, returning, withdrawing, cancelling; and reading the notices that follow."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.access import require_approver, require_scope, require_stopper
from services.broadcast.actions.announce import by_actor, require_move, shift
from services.broadcast.actions.case import approval_fact, declaration_facts
from services.broadcast.actions.filing_anew import file_anew
from services.broadcast.actions.filings import require_not_begun
from services.broadcast.actions.shown import filing_out
from services.broadcast.actions.surroundings import Expect, Surroundings
from services.broadcast.domain import facts
from services.broadcast.domain.life import Move
from services.broadcast.errors import AccountUnknown, PreviewMissing
from services.broadcast.models import Filing
from services.broadcast.schemas.fields import ReasonIn
from services.broadcast.schemas.filings import ApproveIn, FilingOut, NoticeOut
from services.kit import clock
from services.kit.actor import Actor
from services.kit.problem import NotFound


async def submit_filing(
    db: AsyncSession, actor: Actor, filing_id: str, around: Surroundings, expect: Expect
) -> FilingOut:
    """Reserve its slots, ask the gate for a preview and the level above for approval."""
    seen = await store.get_filing(db, filing_id)
    await store.hold_listings(db, [each["listing_id"] for each in seen.content.get("listings", [])])
    filing = await store.get_filing(db, filing_id, lock=True)
    require_scope(actor, filing.region_code)
    expect(filing.version)
    await file_anew(db, filing, actor, around, Move.SUBMIT)
    return await filing_out(db, actor, filing)


async def approve_filing(db: AsyncSession, actor: Actor, filing_id: str, body: ApproveIn, expect: Expect) -> FilingOut:
    """Approve exactly the content that was previewed; the gate is then asked for its binding answer."""
    filing = await store.get_filing(db, filing_id, lock=True)
    require_approver(actor, filing)
    expect(filing.version)
    require_move(filing, Move.APPROVE)
    require_not_begun(filing)
    if await store.find_decision(db, filing, binding=False) is None:
        raise PreviewMissing(
            "An approver decides with the gate's preview at hand. Wait a moment and read the filing again.",
            "审批人须参照合规预审结果作出决定，请稍候刷新后再审批。",
            headers={"Retry-After": "1"},
        )
    filing.approval = await _approval(db, actor, filing, body)
    filing.approver_account, filing.approver_person = actor.account_id, actor.person
    filing.facts = await _with_approval(db, filing)
    await shift(db, filing, Move.APPROVE, by_actor(actor, "approver"))
    return await filing_out(db, actor, filing)


async def _approval(db: AsyncSession, actor: Actor, filing: Filing, body: ApproveIn) -> dict[str, Any]:
    account = await store.find_account(db, actor.account_id)
    if account is None or account.organ is None:
        raise AccountUnknown(
            "The organ of your account is not known here yet; an approval needs it. Try again in a moment.",
            "尚未收到您所在单位的信息，审批须注明单位，请稍后重试。",
            headers={"Retry-After": "1"},
        )
    return {
        "person": actor.person,
        "organ": account.organ["name"],
        "organ_level": account.organ["level"],
        "organ_region_code": account.organ.get("region_code"),
        "authority_over_post": body.authority_over_post,
        "decided_at": facts.instant_text(clock.business_now()),
        "content_sha256": filing.content_sha256,
        "decision": "approved",
        "note": body.note,
    }


async def _with_approval(db: AsyncSession, filing: Filing) -> dict[str, Any]:
    """The facts as they were previewed, with the approval and the declaration of interests as it stands now."""
    document = dict(filing.facts or {})
    approval = approval_fact(filing.approval)
    document["filing"] = document["filing"] | {"approvals": [facts.known(approval)] if approval else []}
    if filing.official_id is not None:
        filing.official_version = await store.find_official_version(db, filing.official_id)
        declaration = await declaration_facts(db, filing.official_id)
        document["official"] = facts.known(document["official"] | {"declaration": declaration})
    return document


async def return_filing(db: AsyncSession, actor: Actor, filing_id: str, body: ReasonIn, expect: Expect) -> FilingOut:
    """Send it back with a reason; slots are released."""
    filing = await store.get_filing(db, filing_id, lock=True)
    require_approver(actor, filing)
    expect(filing.version)
    await shift(db, filing, Move.RETURN, by_actor(actor, "approver", body.reason))
    return await filing_out(db, actor, filing)


async def withdraw_filing(db: AsyncSession, actor: Actor, filing_id: str, body: ReasonIn, expect: Expect) -> FilingOut:
    """Take it back, as its region."""
    filing = await store.get_filing(db, filing_id, lock=True)
    require_scope(actor, filing.region_code)
    return await _end(db, actor, filing, Move.WITHDRAW, body, expect)


async def cancel_filing(db: AsyncSession, actor: Actor, filing_id: str, body: ReasonIn, expect: Expect) -> FilingOut:
    """Call it off, from above."""
    filing = await store.get_filing(db, filing_id, lock=True)
    require_stopper(actor, filing)
    return await _end(db, actor, filing, Move.CANCEL, body, expect)


async def _end(db: AsyncSession, actor: Actor, filing: Filing, move: Move, body: ReasonIn, expect: Expect) -> FilingOut:
    expect(filing.version)
    require_move(filing, move)
    require_not_begun(filing)
    role = "operator" if move is Move.WITHDRAW else "approver"
    await shift(db, filing, move, by_actor(actor, role, body.reason))
    return await filing_out(db, actor, filing)


async def read_notice(db: AsyncSession, actor: Actor, notice_id: str) -> NoticeOut:
    """Mark a notice of the caller as read; a second time changes nothing."""
    found = await store.find_notice(db, notice_id, actor.account_id)
    if found is None:
        raise NotFound(f"You have no notice {notice_id}.", f"您没有编号为 {notice_id} 的通知。")
    notice, filing = found
    notice.read_at = notice.read_at or clock.business_now()
    await db.flush()
    return store.notice_out(notice, filing)
