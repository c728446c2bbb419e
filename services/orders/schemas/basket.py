"""Bodies of the basket."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from services.contracts.values import Fen
from services.kit.fields import Id, In, Out

Units = Annotated[int, Field(strict=True, ge=1, le=10_000, description="How many units; each has the lot's mass.")]


class BasketLineIn(In):
    """Some units of a lot. `price_fen` is the price that was shown."""

    broadcast_id: Id
    lot_id: Id
    units: Units
    price_fen: Fen


class BasketIn(In):
    """The whole basket as it is to be from now on; lines that were there before keep the time at which they came."""

    items: Annotated[list[BasketLineIn], Field(max_length=50)]


class BasketLineChange(In):
    """As `BasketLineIn`; 0 units take the line out."""

    broadcast_id: Id
    lot_id: Id
    units: Annotated[int, Field(strict=True, ge=0, le=10_000)]
    price_fen: Fen


class BasketChange(In):
    """Lines that are to be so from now on; every other line stays as it is."""

    items: Annotated[list[BasketLineChange], Field(min_length=1, max_length=50)]


class BasketLineOut(Out):
    """A line with what has become of it: `now_fen` is null while the lot is not on a shelf."""

    broadcast_id: str
    lot_id: str
    title_zh: str | None
    title_en: str | None
    units: int
    price_fen: int = Field(description="The price that was shown when it was put here.")
    now_fen: int | None
    price_changed: bool
    available_units: int
    can_be_bought: bool = Field(description="Now: in an open market segment, with enough units left.")
    put_at: datetime


class BasketOut(Out):
    """The basket, the line put in first first."""

    items: list[BasketLineOut]
