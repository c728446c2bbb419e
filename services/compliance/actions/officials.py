"""Keeping what officials declare of their interests: a declaration made, or withdrawn, is a changed fact."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.gate import ask_again_what_rests_on
from services.compliance.store import officials
from services.contracts.broadcast import OfficialDeclared


async def follow_official(db: AsyncSession, official: OfficialDeclared) -> None:
    """Keep the newest state, and ask again about the filings in which the person has a part."""
    if await officials.save_official(db, official):
        await ask_again_what_rests_on(db, [f"person:{official.person}"], kinds=["broadcast", "filing"])
