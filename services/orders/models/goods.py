"""What orders keeps of the catalogue and the rooms, and the units that it counts."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Field

from services.kit.tables import Texts
from services.orders.models.base import (
    Base,
    instant_column,
    json_column,
    key_column,
    number_column,
    optional_instant_column,
    optional_json_column,
    optional_number_column,
    optional_text_column,
    text_column,
)


class Lot(Base, table=True):
    """A lot in one version of its listing, as catalog told it; an order names the version it was bought in."""

    lot_id: str = key_column()
    version: int = Field(sa_type=sa.BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    listing_id: str = text_column()
    region_code: str = text_column()
    category_code: str = text_column()
    title_zh: str = text_column()
    title_en: str = text_column()
    lot_number: str = text_column()
    producer_uscc: str = text_column()
    price_fen: int = number_column()
    net_grams: int = number_column()
    offered_units: int = number_column()
    freight_fen: int = number_column()
    facts: dict[str, Any] = json_column()


class Listing(Base, table=True):
    """What the gate has answered for a listing: the version in force and the state of its lots."""

    listing_id: str = key_column()
    version: int = number_column()
    decided_version: int = number_column()
    lots: dict[str, str] = json_column()
    withdrawn: bool = False


class LotUnits(Base, table=True):
    """How many units a lot has in all, and how many of them broadcasts hold or have sold."""

    __tablename__ = "lot_units"
    __table_args__ = (sa.CheckConstraint("allocated BETWEEN 0 AND offered", name="allocated"),)

    lot_id: str = key_column()
    offered: int = number_column()
    allocated: int = number_column()


class Sale(Base, table=True):
    """A broadcast as a place to buy: its filing and its room as broadcast last told them.

    `stock_state`: waiting (a lot has not been heard of), allocated, short, or released.
    """

    __table_args__ = (
        sa.CheckConstraint("stock_state IN ('waiting','allocated','short','released')", name="stock_state"),
        sa.Index(None, "lot_ids", postgresql_using="gin"),
        sa.Index(None, "region_code", "broadcast_id"),
        sa.Index("ix_sale_open", "broadcast_id", postgresql_where=sa.text("room_state = 'open'")),
    )

    broadcast_id: str = key_column()
    filing_id: str = text_column()
    filing_version: int = number_column()
    filing_state: str = text_column()
    region_code: str = text_column()
    title_zh: str = text_column()
    title_en: str = text_column()
    starts_at: datetime | None = optional_instant_column()
    ends_at: datetime | None = optional_instant_column()
    listings: list[dict[str, Any]] = json_column()
    units: dict[str, int] = json_column()
    lot_ids: list[str] = Field(sa_type=Texts, nullable=False)
    shelf: list[dict[str, Any]] = json_column()
    stock_state: str = text_column()
    version: int = number_column(1)
    room_version: int = number_column()
    room_state: str = text_column()
    segment_kind: str | None = optional_text_column()
    rehearsing: bool = False
    decision_valid_until: datetime | None = optional_instant_column()
    why_halted: dict[str, Any] | None = optional_json_column()
    opened_at: datetime | None = optional_instant_column()
    ended_at: datetime | None = optional_instant_column()


class Stock(Base, table=True):
    """The units of one lot in one broadcast, and the shelf's word on them: the one hot row of a sale.

    `allocated = available + reserved + sold` holds at every moment. `tickets` counts the orders by arrival.
    `version` rises with every change of what can be bought.
    """

    __table_args__ = (
        sa.CheckConstraint("available >= 0", name="available"),
        sa.CheckConstraint("reserved >= 0 AND sold >= 0", name="taken"),
        sa.CheckConstraint("allocated = available + reserved + sold", name="whole"),
    )

    broadcast_id: str = key_column()
    lot_id: str = key_column()
    lot_version: int = number_column()
    listing_id: str = text_column()
    allocated: int = number_column()
    available: int = number_column()
    reserved: int = number_column()
    sold: int = number_column()
    tickets: int = number_column()
    version: int = number_column(1)
    unit_grams: int = number_column()
    freight_fen: int = number_column()
    price_fen: int | None = optional_number_column()
    open: bool = False
    limit_units: int | None = optional_number_column()
    units_per_buyer: int | None = optional_number_column()
    decision_id: str | None = optional_text_column()
    valid_until: datetime | None = optional_instant_column()
    open_until: datetime | None = optional_instant_column()
    page_sha256: str | None = optional_text_column()


class LevelTold(Base, table=True):
    """The version of a stock row that was last announced; apart from it, so that telling locks nothing that sells."""

    __tablename__ = "level_told"

    broadcast_id: str = key_column()
    lot_id: str = key_column()
    version: int = number_column()


class TicketHead(Base, table=True):
    """The head of the chain over a lot's tickets after this one, as it was published."""

    __tablename__ = "ticket_head"

    broadcast_id: str = key_column()
    lot_id: str = key_column()
    ticket: int = Field(sa_type=sa.BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    head: str = text_column()
    sealed_at: datetime = instant_column()


class TicketsTold(Base, table=True):
    """How many tickets of a broadcast were in the last chains that were announced, and when."""

    __tablename__ = "tickets_told"

    broadcast_id: str = key_column()
    version: int = number_column()
    tickets: int = number_column()
    closed: bool
    told_at: datetime = instant_column()


class GoodsPage(Base, table=True):
    """A goods page as it stood while something could be bought on it, under the hash of its bytes."""

    __tablename__ = "goods_page"

    sha256: str = key_column()
    document: str = text_column()
    kept_at: datetime = instant_column()
