"""Bodies about what was changed and what was charged."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from services.catalog.schemas.common import CategoryName, RegionName
from services.catalog.schemas.listings import DecidingResultOut
from services.kit.fields import Out, Sha256

RecordKind = Literal["producer", "mark", "specialty", "listing"]


class FieldChange(Out):
    """One field: what stood in it before and after. A lot goes by its number: `lots[DS-1].price_fen`."""

    field: str
    before: Any = None
    after: Any = None
    secret: bool = Field(False, description="It identifies a person: that it changed is told, not what it is.")


class EditOut(Out):
    """One change of a record. Edits are only ever added; `sha256` is the fingerprint of this one."""

    id: str
    kind: RecordKind
    record_id: str
    title_zh: str | None = Field(None, description="The record by its name now; null before anything of it is public.")
    title_en: str | None = None
    version: int
    action: str = Field(description="entered, changed, submitted, decided, withdrawn …")
    region: RegionName
    changes: list[FieldChange]
    why: str | None
    by_office: str | None = Field(description="The office that acted; null where the gate did.")
    by_account: str | None = Field(description="Told only to the offices of the region.")
    by_sha256: str | None = Field(
        None,
        description="SHA-256 of the edit's id, a colon and the account: all that the public is told of it.",
    )
    decision_id: str | None = Field(description="The gate's decision that did it.")
    sha256: Sha256
    made_at: datetime


class PriceOut(Out):
    """A price from an instant on; null while the lot was off the market."""

    since_at: datetime
    price_fen: int | None
    price_unit: str
    net_grams: int
    per_kilogram_fen: int | None
    listing_version: int


class MedianOut(Out):
    """The middle of what is asked now for one kilogram of such goods; null with fewer than three offers."""

    region: RegionName | None = Field(description="Null for the whole country.")
    category: CategoryName
    offers: int
    per_kilogram_fen: int | None


class PriceHistory(Out):
    """Every price of a lot, newest first; the lowest in force within the last thirty days; medians around it."""

    lot_id: str
    items: list[PriceOut]
    low_30d_fen: int | None
    low_30d_since_at: datetime | None
    medians: list[MedianOut]


class TakenDown(Out):
    """A lot that was on the market until the gate said otherwise, with the decision that did it and its reasons."""

    listing_id: str
    lot_id: str
    lot_number: str
    title_zh: str
    title_en: str
    state: str
    decision_id: str
    at: datetime
    not_passed: list[DecidingResultOut]


class ExpiringPaper(Out):
    """A paper of a listed lot that soon runs out; the gate then takes the lot down by itself."""

    listing_id: str
    lot_id: str
    lot_number: str
    title_zh: str
    title_en: str
    kind: str
    number: str | None
    expires_on: date


class SuspendedProducer(Out):
    """A producer who is suspended, with the office that did it and its reason."""

    producer_id: str
    name: str
    office: str
    at: datetime
    reason_zh: str
    reason_en: str


class Attention(Out):
    """What the offices of a region should look at."""

    suspended: list[SuspendedProducer] = Field(default_factory=list)
    taken_down: list[TakenDown]
    expiring: list[ExpiringPaper]
