"""What broadcast says: filings through their life, whole each time."""

from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.contracts.values import LawDate, RegionCode
from services.kit.event import Event


class FiledListing(BaseModel):
    """A listing version and the lots of it that the filing takes to market."""

    model_config = ConfigDict(frozen=True)

    listing_id: str
    listing_version: int
    lot_ids: tuple[str, ...]


class FilingEvent(Event):
    """A filing, whole. `facts` holds `official, filing, texts, media`; `people` the person tokens by role.

    `people` and `accounts` have the keys applicant, presenter, approver, each only when there is one. Texts travel
    inline up to 64 kB in total. A text without `text` and without `unreadable` is in the file store under its
    `sha256`, as UTF-8. A text with `unreadable` is a file that a person must read; its `sha256` is the file's.
    `official_version` is that of the official when `facts.official` was put together: a declaration of interests that
    `broadcast.official.declared` tells with a higher one is newer than these facts. `units` names how many units of a
    lot are to be sold; of a lot that it does not name, all that no other broadcast holds.
    """

    entity: Literal["filing"] = "filing"
    broadcast_id: str
    state: str
    region_code: RegionCode
    event_id: str
    title_zh: str
    title_en: str
    starts_at: AwareDatetime
    ends_at: AwareDatetime
    content_sha256: str
    listings: tuple[FiledListing, ...]
    units: dict[str, int] = Field(default_factory=dict)
    slow_sales_ids: tuple[str, ...] = ()
    people: dict[str, str]
    accounts: dict[str, str]
    facts: dict[str, Any]
    reason: str | None = None
    official_id: str | None = None
    official_version: int | None = None


class OfficialDeclared(Event):
    """An official and the newest declaration of interests that stands, as the rules read it; empty when none does."""

    subject = "broadcast.official.declared"
    entity: Literal["official"] = "official"
    person: str
    region_code: RegionCode
    declared_on: LawDate | None
    declaration: dict[str, Any]


class FilingSubmitted(FilingEvent):
    """Slots are reserved; the gate is asked for a preview. `facts.filing` has no `approvals`."""

    subject = "broadcast.filing.submitted"


class FilingApproved(FilingEvent):
    """The level above approved; the gate is asked for its binding answer. `facts.filing.approvals` is there."""

    subject = "broadcast.filing.approved"


class FilingReturned(FilingEvent):
    """The level above returned it with a reason; slots are released."""

    subject = "broadcast.filing.returned"


class FilingScheduled(FilingEvent):
    """The binding answer is pass: it stands in the calendar."""

    subject = "broadcast.filing.scheduled"


class FilingBlocked(FilingEvent):
    """The gate said no; slots are released until it is revised."""

    subject = "broadcast.filing.blocked"


class FilingHeld(FilingEvent):
    """The binding answer is review: a person must look (state `in_review`)."""

    subject = "broadcast.filing.held"


class FilingWithdrawn(FilingEvent):
    """Withdrawn by the operator or cancelled; slots are released."""

    subject = "broadcast.filing.withdrawn"


class FilingOnAir(FilingEvent):
    """Its room opened, was halted or went on (state `live` or `halted`)."""

    subject = "broadcast.filing.on_air"


class FilingEnded(FilingEvent):
    """Its broadcast is over, or its hour passed without one; slots are released."""

    subject = "broadcast.filing.ended"


class StepsLogged(Event):
    """Steps in the life of a region's filings, as hashes alone, in the order in which they were made."""

    subject = "broadcast.steps.logged"
    entity: Literal["steps"] = "steps"
    region_code: RegionCode
    sha256: tuple[str, ...]
