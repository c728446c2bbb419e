"""Officials and their declarations, hosts, rooms."""

from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast.domain import places
from services.broadcast.models import Declaration, Host, Official, Room
from services.broadcast.schemas.fields import OrganBody
from services.broadcast.schemas.officials import DeclarationPublic, HostOut, OfficialOut, RoomOut
from services.broadcast.store.arrays import overlaps
from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound

Row = TypeVar("Row", Official, Host, Room)


async def _page(
    db: AsyncSession, model: type[Row], conditions: Sequence[Any], cursor: str | None, limit: int
) -> tuple[Sequence[Row], str | None]:
    """Rows newest first, and the cursor of the next page."""
    statement = select(model).where(*conditions).order_by(col(model.id).desc()).limit(limit + 1)
    if cursor is not None:
        statement = statement.where(col(model.id) < str(decode_cursor(cursor, str)[0]))
    rows = (await db.exec(statement)).all()
    return rows[:limit], encode_cursor(rows[limit - 1].id) if len(rows) > limit else None


async def find_official(db: AsyncSession, official_id: str, *, lock: bool = False) -> Official:
    """One official. Raises NotFound."""
    official = await db.get(Official, official_id, with_for_update=lock)
    if official is None:
        raise NotFound(f"There is no official {official_id}.", f"没有编号为 {official_id} 的官员。")
    return official


async def find_official_version(db: AsyncSession, official_id: str | None) -> int | None:
    """The version of an official as it stands now. Ask it before the declaration: one made in between is then newer."""
    version: int | None = await db.scalar(sa.select(col(Official.version)).where(col(Official.id) == official_id))
    return version


async def find_declaration(db: AsyncSession, official_id: str) -> Declaration | None:
    """The latest declaration of interests that was made by today."""
    return (await _latest_declarations(db, [official_id])).get(official_id)


async def find_newest_declaration(db: AsyncSession, official_id: str) -> Declaration | None:
    """The newest declaration that stands, whatever the day."""
    statement = (
        select(Declaration)
        .where(Declaration.official_id == official_id, col(Declaration.withdrawn_at).is_(None))
        .order_by(col(Declaration.declared_on).desc(), col(Declaration.id).desc())
        .limit(1)
    )
    return (await db.exec(statement)).first()


async def get_declaration(db: AsyncSession, official_id: str, declaration_id: str) -> Declaration:
    """One declaration of an official. Raises NotFound."""
    declaration = await db.get(Declaration, declaration_id)
    if declaration is None or declaration.official_id != official_id:
        raise NotFound(
            f"The official has made no declaration {declaration_id}.", f"该官员没有编号为 {declaration_id} 的申报。"
        )
    return declaration


async def list_declarations(db: AsyncSession, official_id: str) -> Sequence[Declaration]:
    """Every declaration of an official, newest first."""
    statement = select(Declaration).where(Declaration.official_id == official_id)
    newest = statement.order_by(col(Declaration.declared_on).desc(), col(Declaration.id).desc())
    return (await db.exec(newest)).all()


async def declarers_since(db: AsyncSession, since: datetime) -> AsyncIterator[tuple[Official, Declaration | None]]:
    """Officials of whom a declaration was recorded or withdrawn since then, each with the one that stands."""
    changed = select(Declaration.official_id).where(
        sa.func.greatest(col(Declaration.recorded_at), col(Declaration.withdrawn_at)) >= since
    )
    officials = select(Official).where(col(Official.id).in_(changed)).order_by(col(Official.id))
    for official in (await db.exec(officials)).all():
        yield official, await find_newest_declaration(db, official.id)


async def _latest_declarations(db: AsyncSession, official_ids: Iterable[str]) -> dict[str, Declaration]:
    statement = (
        select(Declaration)
        .where(
            col(Declaration.official_id).in_(list(official_ids)),
            col(Declaration.withdrawn_at).is_(None),
            # With a clock set to the past, what was declared since is not known yet.
            col(Declaration.declared_on) <= clock.business_today(),
        )
        .ext(distinct_on(col(Declaration.official_id)))
        .order_by(col(Declaration.official_id), col(Declaration.declared_on).desc(), col(Declaration.id).desc())
    )
    return {each.official_id: each for each in (await db.exec(statement)).all()}


async def get_official_out(db: AsyncSession, official_id: str) -> OfficialOut:
    """One official as everybody may see them. Raises NotFound."""
    return official_out(await find_official(db, official_id), await find_declaration(db, official_id))


async def list_officials(db: AsyncSession, region: str | None, cursor: str | None, limit: int) -> Page[OfficialOut]:
    """Officials of a region and everything below it."""
    conditions = [] if region is None else [col(Official.region_path).contains([region])]
    rows, onward = await _page(db, Official, conditions, cursor, limit)
    declarations = await _latest_declarations(db, [row.id for row in rows])
    return Page(items=[official_out(row, declarations.get(row.id)) for row in rows], next=onward)


def official_out(official: Official, declaration: Declaration | None) -> OfficialOut:
    """The public form."""
    public = None
    if declaration is not None:
        public = DeclarationPublic(declared_on=declaration.declared_on, recused=declaration.recused)
    return OfficialOut(
        id=official.id,
        version=official.version,
        post_zh=official.post_zh,
        post_en=official.post_en,
        organ=OrganBody.model_validate(official.organ),
        jurisdiction=official.jurisdiction,
        civil_servant=official.civil_servant,
        left_office_on=official.left_office_on,
        declaration=public,
    )


async def find_host(db: AsyncSession, host_id: str, *, lock: bool = False) -> Host:
    """One host. Raises NotFound."""
    host = await db.get(Host, host_id, with_for_update=lock)
    if host is None:
        raise NotFound(f"There is no host {host_id}.", f"没有编号为 {host_id} 的主播。")
    return host


async def hosts_by_id(db: AsyncSession, host_ids: Iterable[str]) -> dict[str, Host]:
    """Hosts by id; unknown ones are left out."""
    statement = select(Host).where(col(Host.id).in_(list(host_ids)))
    return {each.id: each for each in (await db.exec(statement)).all()}


async def list_hosts(
    db: AsyncSession, actor: Actor, region: str | None, cursor: str | None, limit: int
) -> Page[HostOut]:
    """Hosts in the actor's regions; an administrator sees all."""
    conditions = [] if region is None else [col(Host.region_path).contains([region])]
    if not actor.has("administrator"):
        conditions.append(overlaps(col(Host.region_path), places.with_present_codes(actor.scopes)))
    rows, onward = await _page(db, Host, conditions, cursor, limit)
    return Page(items=[HostOut.model_validate(host_document(row)) for row in rows], next=onward)


def host_document(host: Host) -> dict[str, Any]:
    """The host as operators see them."""
    return dict.fromkeys(HostOut.model_fields) | host.facts | host.model_dump(include=set(HostOut.model_fields))


async def find_room(db: AsyncSession, room_id: str) -> Room | None:
    """One room."""
    return await db.get(Room, room_id)


async def list_rooms(db: AsyncSession, region: str | None, cursor: str | None, limit: int) -> Page[RoomOut]:
    """Rooms of a region and everything below it."""
    conditions = [] if region is None else [col(Room.region_path).contains([region])]
    rows, onward = await _page(db, Room, conditions, cursor, limit)
    return Page(items=[RoomOut.model_validate(row.model_dump()) for row in rows], next=onward)


async def add_first_room(db: AsyncSession, code: str, path: list[str], name_zh: str, name_en: str) -> Room:
    """The region's first room, made if it is not there; two at once make one."""
    values = {
        "id": new_id(),
        "version": 1,
        "region_code": code,
        "region_path": path,
        "name_zh": name_zh,
        "name_en": name_en,
        "first": True,
    }
    await db.execute(insert(Room).values(**values).on_conflict_do_nothing())
    return (await db.exec(select(Room).where(Room.region_code == code, sa.column("first")))).one()
