"""What catalog says: listings as submitted, with every fact that the gate needs of them."""

from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.contracts.values import RegionCode
from services.kit.event import Event

FactsDocument = dict[str, Any]
"""Facts by the names of `GET /api/v1/facts-schema`, as JSON."""


class PublicSeller(BaseModel):
    """Who sells, in the words of the seller's panel that the law wants beside the goods."""

    model_config = ConfigDict(frozen=True)

    name: str
    address: str | None = None
    contact: str | None = None


class SubmittedLot(BaseModel):
    """One lot of a listing version. `facts` holds the keys `lot` and `seller`, and its own `media` and `texts`."""

    model_config = ConfigDict(frozen=True)

    lot_id: str
    lot_number: str
    producer_uscc: str
    content_sha256: str
    unchanged_since: int | None = Field(None, description="Listing version in which these very facts were submitted.")
    facts: FactsDocument


class ListingSubmitted(Event):
    """A listing version, whole. `facts` holds `subject, suppliers, open_call, marks, texts, media, context`."""

    subject = "catalog.listing.submitted"
    entity: Literal["listing"] = "listing"
    region_code: RegionCode
    category_code: str
    specialty_id: str
    title_zh: str
    title_en: str
    season: str
    event_id: str
    content_sha256: str
    submitted_by: str = Field(description="Account id of the operator.")
    submitter_person: str
    facts: FactsDocument
    lots: tuple[SubmittedLot, ...]
    sellers: dict[str, PublicSeller] = Field(default_factory=dict, description="Lot id → who sells it.")
    producers: dict[str, str] = Field(default_factory=dict, description="Lot id → id of the producer whose lot it is.")


class ListingWithdrawn(Event):
    """The listing is off the market."""

    subject = "catalog.listing.withdrawn"
    entity: Literal["listing"] = "listing"
    region_code: RegionCode
    reason: str


class Suspension(BaseModel):
    """Who took a producer's goods off the market, on which day and why. `by_person` is a token."""

    model_config = ConfigDict(frozen=True)

    office: str
    by_person: str
    since_on: date
    reason_zh: str
    reason_en: str


class ProducerChanged(Event):
    """Where a producer stands in its admission, and which offices signed; `reason` is what the last step said."""

    subject = "catalog.producer.changed"
    entity: Literal["producer"] = "producer"
    region_code: RegionCode
    uscc: str | None = None
    name: str
    admission: Literal["applied", "recommended", "admitted", "returned", "refused"]
    reason: str | None = None
    offices: tuple[str, ...] = ()
    suspension: Suspension | None = Field(None, description="In force now; the gate lets nothing of theirs pass.")


class EditsLogged(Event):
    """Changes of a region's records, as hashes alone, in the order in which they were made: the audit trail's seal."""

    subject = "catalog.edits.logged"
    entity: Literal["edits"] = "edits"
    region_code: RegionCode
    sha256: tuple[str, ...]


class ListingDecided(Event):
    """Every lot of the listing version has its answer; `lots` maps lot id to listed | in_review | blocked."""

    subject = "catalog.listing.decided"
    entity: Literal["listing"] = "listing"
    region_code: RegionCode
    category_code: str
    specialty_id: str
    title_zh: str
    title_en: str
    event_id: str
    decided_version: int
    lots: dict[str, str]
