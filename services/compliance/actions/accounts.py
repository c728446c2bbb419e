"""Keeping who people are: their organ, their superior, whether they head a government."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.gate import ask_again_what_rests_on
from services.compliance.models import AccountCopy
from services.compliance.store import copies
from services.contracts.accounts import AccountChanged


async def follow_account(db: AsyncSession, account: AccountChanged) -> None:
    """Keep the newest state; cases in which the person has a part are asked again when it matters to the rules."""
    before = await copies.save_account(db, account)
    if before is None or (before.version < account.version and _matters(before, account)):
        await ask_again_what_rests_on(db, [f"person:{account.person}"], kinds=["broadcast", "filing"])


def _matters(before: AccountCopy, now: AccountChanged) -> bool:
    organ = now.organ.model_dump() if now.organ else None
    return (before.organ, before.post, before.superior, before.head_of_government) != (
        organ,
        now.post,
        now.superior,
        now.head_of_government,
    )
