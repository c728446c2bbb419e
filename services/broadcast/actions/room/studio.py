"""Who steers a room: the filing's hosts, a moderator, the region's operator; each with a token that can be revoked."""

import hashlib
import secrets

from sqlmodel.ext.asyncio.session import AsyncSession

from services.broadcast import store
from services.broadcast.actions.room.scene import Scene, enter, require_real_time
from services.broadcast.actions.room.telling import append
from services.broadcast.domain import places
from services.broadcast.domain.room import RoomState
from services.broadcast.errors import RoomRefused, StudioRefused
from services.broadcast.models import Filing, StudioToken
from services.broadcast.schemas.room import StudioRole, StudioTokenOut
from services.broadcast.store import room as rooms
from services.kit import clock
from services.kit.actor import Actor

TOKEN_BYTES = 32


async def hand_out_token(db: AsyncSession, actor: Actor, broadcast_id: str, role: StudioRole) -> StudioTokenOut:
    """A right to steer the room in this role. An earlier one of the same account ends."""
    scene = await enter(db, broadcast_id)
    await require_role(db, actor, scene.filing, role)
    if scene.room.state == RoomState.ENDED:
        raise RoomRefused("The broadcast has ended; its room is steered no more.", "直播已结束，直播间不再受理操作。")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    row = StudioToken(
        token_sha256=_sha256(token),
        broadcast_id=broadcast_id,
        account_id=actor.account_id,
        role=role,
        made_at=scene.at,
    )
    await rooms.add_studio_token(db, row)
    await append(db, scene, "studio_token", {"role": role})
    return StudioTokenOut(token=token, role=role)


async def roles_of(db: AsyncSession, actor: Actor, filing: Filing) -> list[StudioRole]:
    """As what the actor may steer the room of this very filing."""
    today = clock.business_today()
    hosts = await store.hosts_by_id(db, filing.content.get("host_ids", []))
    is_host = any(host.account_id == actor.account_id or host.person == actor.person for host in hosts.values())
    in_charge = places.in_scope(actor.scopes, filing.region_code, today)
    # Who sells must not be who decides what may be said about it; nor may the official.
    apart = not is_host and actor.person != filing.presenter_person
    found: list[tuple[StudioRole, bool]] = [
        ("host", actor.has("host") and is_host),
        ("moderator", actor.has("moderator") and in_charge and apart),
        ("operator", actor.has("operator") and in_charge),
    ]
    return [role for role, allowed in found if allowed]


async def require_role(db: AsyncSession, actor: Actor, filing: Filing, role: StudioRole) -> None:
    """Raises StudioRefused unless the actor is what they say in this very filing."""
    if role not in await roles_of(db, actor, filing):
        raise StudioRefused(
            "A host named in the filing, a moderator or an operator of the region steers this room, each in that role.",
            "仅报备中列名的主播、本地区的直播间管理员（不得由主播兼任）或经办人可以其本人角色操作该直播间。",
        )


async def enter_studio(
    db: AsyncSession, actor: Actor, broadcast_id: str, token: str | None, *roles: StudioRole
) -> Scene:
    """Hold the room for somebody who may steer it in one of these roles. Raises StudioRefused."""
    require_real_time()
    scene = await enter(db, broadcast_id)
    held = await rooms.find_studio_token(db, _sha256(token)) if token else None
    if held is None or held.broadcast_id != broadcast_id or held.account_id != actor.account_id:
        raise StudioRefused(
            "Ask for a studio token of this room and send it as `Sunfair-Studio`.",
            "请先领取该直播间的操作令牌，并以 `Sunfair-Studio` 请求头提交。",
        )
    if held.revoked_at is not None:
        raise StudioRefused(
            "The studio token was revoked, by a halt or by a newer one. Ask for another.",
            "操作令牌已失效（直播间已暂停或已领取新令牌），请重新领取。",
        )
    if held.role not in roles:
        raise StudioRefused(
            f"This is for {' or '.join(roles)}; you steer the room as {held.role}.",
            "您领取令牌时的角色不能执行此操作。",
            role=held.role,
        )
    return scene


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
