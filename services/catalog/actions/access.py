"""What every write asks first: whether the region is the actor's, and whether what a form names exists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain.access import in_scope
from services.catalog.errors import RegionOutOfScope
from services.catalog.models import Producer
from services.catalog.store import records
from services.catalog.store.documents import missing_documents
from services.contracts import regions
from services.kit import clock
from services.kit.actor import Actor
from services.kit.problem import BodyInvalid, FieldError

CheckVersion = Callable[[int], None]


@dataclass(frozen=True)
class Change:
    """What comes with a change: the version that it rests on, and why it is made."""

    check_version: CheckVersion
    why: str | None = None


def require_scope(actor: Actor, code: str) -> None:
    """Raises RegionOutOfScope, naming the region and what the actor may act for."""
    if in_scope(actor, code, clock.business_today()):
        return
    known = regions.known(code)
    zh, en = (known.name_zh, known.name_en) if known else (code, code)
    scopes = [(scope, regions.known(scope)) for scope in actor.scopes]
    mine_zh = "、".join(f"{row.name_zh if row else scope}（{scope}）" for scope, row in scopes) or "无"
    mine_en = ", ".join(f"{row.name_en if row else scope} ({scope})" for scope, row in scopes) or "none"
    raise RegionOutOfScope(
        f"You may act for {mine_en}; this belongs to {en} ({code}).",
        f"您可办理的地区：{mine_zh}；此项属于{zh}（{code}）。",
        region=code,
        scopes=list(actor.scopes),
    )


async def own_producer(db: AsyncSession, actor: Actor, producer_id: str, change: Change) -> Producer:
    """A producer of the actor's regions, locked, in the version that the change rests on."""
    producer = await records.find_producer(db, producer_id, lock=True)
    if producer is None:
        raise records.no_producer(producer_id)
    require_scope(actor, producer.region_code)
    change.check_version(producer.version)
    return producer


def refuse(errors: Sequence[FieldError]) -> None:
    """Raises BodyInvalid when there are any errors."""
    if errors:
        raise BodyInvalid(
            "Correct the fields listed under `errors` and send it again.",
            "请按 `errors` 中的提示修改后重新提交。",
            errors=errors[:50],
        )


async def require_documents(db: AsyncSession, actor: Actor, hashes: dict[str, str]) -> None:
    """`hashes`: SHA-256 → the field that names it. Raises BodyInvalid for those that are not there for the actor."""
    missing = await missing_documents(db, actor, list(hashes))
    refuse(
        [
            FieldError(
                hashes[each],
                f"No document of your regions has the id {each}. Upload it, or choose one that was uploaded.",
                f"您的地区没有编号为 {each} 的文件，请先上传，或选择已上传的文件。",
            )
            for each in missing
        ]
    )
