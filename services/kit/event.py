"""Event: a fact that has happened, told to the other services; whole state, never a delta."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from services.kit import clock
from services.kit.ids import new_id
from services.kit.telemetry import current_traceparent

LARGEST_EVENT_BYTES = 256 * 1024


class Event(BaseModel):
    """Subclasses fix `subject` and `entity`. `version` is the entity's counter, raised in the same transaction.

    Receivers keep the last version per entity and ignore older ones, so events may arrive in any order and twice.
    `message_id` names this message; `event_id` is left to subclasses, where it names an event of force majeure.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    subject: ClassVar[str]

    message_id: str = Field(default_factory=new_id)
    occurred_at: AwareDatetime = Field(default_factory=clock.business_now)
    clock_set: bool = Field(default_factory=clock.is_set)
    traceparent: str | None = Field(default_factory=current_traceparent)
    entity: str
    entity_id: str
    version: int = Field(ge=1)

    @property
    def business_clock(self) -> datetime | None:
        """The clock a receiver sets while it works: the event's own moment (a set clock travels with the event)."""
        return self.occurred_at if self.clock_set else None


class KeyPublished(Event):
    """A service has a new public key; every service keeps it, and the gateway serves it."""

    subject = "accounts.key.published"
    entity: Literal["key"] = "key"
    jwk: dict[str, str]
    issuer: str
    not_after: AwareDatetime | None = None


class TokenRevoked(Event):
    """Tokens of one account that were issued before `revoked_at` are refused from now on."""

    subject = "accounts.token.revoked"
    entity: Literal["revocation"] = "revocation"
    account_id: str
    revoked_at: AwareDatetime
