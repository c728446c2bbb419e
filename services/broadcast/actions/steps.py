"""The steps of all filings: read by everybody, and told to the public log by their hashes."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.domain.steps import fingerprint, reasons_sha256, tells_why
from services.broadcast.models import Filing, Step
from services.broadcast.schemas.filings import StepOut
from services.broadcast.store import steps as store
from services.contracts.broadcast import StepsLogged
from services.contracts.regions import subtree
from services.kit import clock
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.sealing import MOST_TOLD, tell_hashes


async def read_steps(db: AsyncSession, region: str | None, cursor: str | None, limit: int) -> Page[StepOut]:
    """What was done with filings of the public calendar, of a region and below where one is named, newest first."""
    below = subtree(region, clock.business_today()) if region else ()
    before = str(decode_cursor(cursor, str)[0]) if cursor else None
    rows = await store.list_public_steps(db, below, before, limit + 1)
    items = [_step_out(step, filing) for step, filing in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


def _step_out(step: Step, filing: Filing) -> StepOut:
    told = step.model_dump(exclude={"account_id"})
    if not tells_why(told):
        told |= {"reason_zh": None, "reason_en": None}
    return StepOut.model_validate(
        {
            **told,
            "broadcast_id": filing.broadcast_id,
            "region_code": filing.region_code,
            "title_zh": filing.title_zh,
            "title_en": filing.title_en,
            "reasons_sha256": reasons_sha256(step.model_dump()),
            "sha256": fingerprint(step.model_dump()),
        }
    )


async def tell_steps(db: AsyncSession) -> int:
    """Tell the public log the hashes of steps that it has not heard of, by region; how many."""
    rows = await store.take_untold_steps(db, MOST_TOLD)
    hashes = [(region_code, fingerprint(step.model_dump())) for step, region_code in rows]
    return await tell_hashes(db, StepsLogged, hashes)
