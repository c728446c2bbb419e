"""The trail of what offices do to accounts and orders: written once, sealed in the public log, shown to everybody.

Public is what was done, when, for which office and in which role; people are tokens. A buyer is never in it: an act
about a buyer is shown only together with the same act of the same office about nine others, and without the order.
What stays inside (who acted, which order) is bound to the public part by a hash, so it cannot be exchanged later.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal, NamedTuple

import rfc8785
import sqlalchemy as sa
from pydantic import Field
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.actor import Actor
from services.kit.event import Event
from services.kit.fields import Out
from services.kit.ids import new_id
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.sealing import MOST_TOLD, tell_hashes
from services.kit.tables import Instant

# Acts without a region, and all acts about buyers, are told to the log as the whole country's: a count of hashes by
# county would say how many of its buyers had a complaint.
WHOLE_COUNTRY = "100000"
FEWEST_BUYERS = 10
INSIDERS = ("inspector", "administrator")
# In this role acts what no person does: a clock that ran out, a promise that the market keeps by itself.
MARKET = "market"

HASHED = ("id", "action", "about", "subject", "region_code", "by_role", "by_office", "facts")


class ActTables(NamedTuple):
    """The acts; those of which the log has not heard; those about buyers that wait until there are enough."""

    act: sa.Table
    untold: sa.Table
    held: sa.Table


def act_tables(metadata: sa.MetaData) -> ActTables:
    """The tables of one service's acts; `create_acts_v1` of the kit's migrations makes them."""
    act = sa.Table(
        "act",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("at", Instant, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("about", sa.Text, nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("region_code", sa.Text),
        sa.Column("by_role", sa.Text, nullable=False),
        sa.Column("by_office", sa.Text),
        sa.Column("facts", JSONB, nullable=False),
        sa.Column("inside", JSONB, nullable=False),
        sa.Column("is_public", sa.Boolean, nullable=False),
        sa.Column("about_buyer", sa.Boolean, nullable=False),
    )
    untold = sa.Table("act_untold", metadata, sa.Column("id", sa.Text, primary_key=True))
    held = sa.Table(
        "act_held",
        metadata,
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("cell", sa.Text, nullable=False),
        sa.Column("buyer", sa.Text, nullable=False),
        sa.Index("ix_act_held_cell", "cell"),
    )
    return ActTables(act, untold, held)


@dataclass(frozen=True, slots=True)
class Act:
    """What was done. `about`: the kind of thing; `subject`: its public name, such as a token of a person.

    `facts` are public, `inside` is for inspectors and administrators. `buyer`: the account of the buyer it concerns.
    """

    action: str
    about: str
    by_role: str
    by_office: str | None = None
    region_code: str | None = None
    subject: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    inside: Mapping[str, Any] = field(default_factory=dict)
    buyer: str | None = None
    is_public: bool = True


class ActOut(Out):
    """An act of an office. `inside` is told to inspectors and administrators only; its hash is told to everybody."""

    id: str
    at: datetime
    action: str
    about: str
    subject: str | None = Field(description="A token of the person, or the id of the key; null where it is a buyer's.")
    region_code: str | None
    by_role: str
    by_office: str | None
    facts: dict[str, Any]
    inside: dict[str, Any] | None
    inside_sha256: str = Field(description="SHA-256 of the canonical JSON of the act's id and what stays inside.")
    audience: Literal["public", "waiting", "internal"] = Field(
        description="waiting: about a buyer, and public once this office has done the same to ten of them."
    )
    sha256: str = Field(description="Fingerprint of the act as it is shown here; it stands in the public log.")


def acting_role(actor: Actor, *roles: str) -> str:
    """The first of these roles that the actor holds: the one in which they act."""
    return next(role for role in roles if actor.has(role))


async def note_act(db: AsyncSession, tables: ActTables, act: Act) -> None:
    """Write an act down, in the transaction of its effect."""
    row = {
        "id": new_id(),
        "at": clock.business_now(),
        "action": act.action,
        "about": act.about,
        "subject": act.subject,
        "region_code": act.region_code,
        "by_role": act.by_role,
        "by_office": act.by_office,
        "facts": dict(act.facts),
        "inside": dict(act.inside),
        "is_public": act.is_public,
        "about_buyer": act.buyer is not None,
    }
    await db.execute(tables.act.insert().values(row))
    if act.buyer is not None and act.is_public:
        cell = f"{act.action} {act.region_code or ''} {act.by_office or ''}"
        await db.execute(tables.held.insert().values(id=row["id"], cell=cell, buyer=act.buyer))


def inside_sha256(act: Mapping[str, Any]) -> str:
    """What stands for the inside of an act under its fingerprint; ids in it are too long to be guessed."""
    return hashlib.sha256(rfc8785.dumps({**act["inside"], "id": act["id"]})).hexdigest()


def fingerprint(act: Mapping[str, Any]) -> str:
    """SHA-256 in hex of the canonical JSON (RFC 8785) of an act's public members, and of its moment in UTC."""
    told = {name: act[name] for name in HASHED}
    moment = {"at": act["at"].astimezone(UTC).isoformat(), "inside_sha256": inside_sha256(act)}
    return hashlib.sha256(rfc8785.dumps(told | moment)).hexdigest()


async def read_acts(
    db: AsyncSession, tables: ActTables, actor: Actor | None, cursor: str | None, limit: int
) -> Page[ActOut]:
    """Acts, newest first; inspectors and administrators read those that wait or stay inside as well."""
    act, held = tables.act, tables.held
    inside = actor is not None and actor.has(*INSIDERS)
    waiting = held.c.id.is_not(None)
    wanted = sa.select(act, waiting.label("waiting")).outerjoin(held, held.c.id == act.c.id)
    if not inside:
        wanted = wanted.where(act.c.is_public, ~waiting)
    if cursor is not None:
        wanted = wanted.where(act.c.id < str(decode_cursor(cursor, str)[0]))
    rows = (await db.execute(wanted.order_by(act.c.id.desc()).limit(limit + 1))).mappings().all()
    items = [_out(dict(row), inside=inside) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(items[-1].id) if len(rows) > limit else None)


def _out(row: Mapping[str, Any], *, inside: bool) -> ActOut:
    shown = {**row, "inside": row["inside"] if inside else None}
    audience = "internal" if not row["is_public"] else "waiting" if row["waiting"] else "public"
    return ActOut.model_validate(
        {**shown, "audience": audience, "inside_sha256": inside_sha256(row), "sha256": fingerprint(row)}
    )


async def tell_acts(tables: ActTables, event: Callable[..., Event], db: AsyncSession) -> int:
    """Show what has waited long enough, and tell the public log the hashes of which it has not heard; how many."""
    await _release(db, tables.held)
    first = sa.select(tables.untold.c.id).order_by(tables.untold.c.id).limit(MOST_TOLD)
    taken = sa.delete(tables.untold).where(tables.untold.c.id.in_(first.with_for_update(skip_locked=True)))
    ids = list((await db.execute(taken.returning(tables.untold.c.id))).scalars())
    wanted = sa.select(tables.act).where(tables.act.c.id.in_(ids)).order_by(tables.act.c.id)
    rows = (await db.execute(wanted)).mappings().all()
    hashes = [
        ((None if row["about_buyer"] else row["region_code"]) or WHOLE_COUNTRY, fingerprint(dict(row))) for row in rows
    ]
    return await tell_hashes(db, event, hashes)


async def _release(db: AsyncSession, held: sa.Table) -> None:
    """What an office has done alike to ten buyers since the last time is public from now on."""
    enough = (
        sa.select(held.c.cell).group_by(held.c.cell).having(sa.func.count(held.c.buyer.distinct()) >= FEWEST_BUYERS)
    )
    await db.execute(sa.delete(held).where(held.c.cell.in_(enough)))
