"""Bodies of webhooks, of the messages sent to them, and of revoked clearances."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field

from services.compliance.schemas.checks import Words
from services.compliance.schemas.fields import Prose
from services.contracts.values import RegionCode
from services.kit.fields import Id, In, Line, Out

Kind = Literal[
    "decision.made",
    "decision.changed",
    "clearance.revoked",
    "parameter.published",
    "listing.changed",
    "listing.withdrawn",
    "producer.changed",
    "disclosure.released",
]
DeliveryState = Literal["waiting", "delivered", "given_up"]


def _once(values: list[str]) -> list[str]:
    return list(dict.fromkeys(values))


class WebhookIn(In):
    """Where to send what. Without regions: of the whole country."""

    url: Line
    kinds: Annotated[list[Kind], Field(min_length=1, max_length=10), AfterValidator(_once)]
    region_codes: Annotated[list[RegionCode], Field(max_length=40), AfterValidator(_once)] = Field([])


class WebhookOut(Out):
    """A webhook; the secret is never shown again."""

    id: Id
    url: str
    kinds: list[str]
    region_codes: list[str]
    trial: bool = Field(description="Made with a test key: it is told nothing but samples.")
    created_at: datetime
    last_success_at: datetime | None
    paused_at: datetime | None
    paused_because: str | None
    earlier_until: datetime | None = Field(description="Until then the secret before this one signs too.")


class WebhookMade(WebhookOut):
    """A webhook together with its signing secret, in this answer only."""

    secret: str | None = Field(description="`whsec_…`; null when the request is repeated.")


class DeliveryOut(Out):
    """A message to a webhook, and how its attempts went."""

    message_id: Id
    kind: str
    state: DeliveryState
    created_at: datetime
    attempts: int
    next_attempt_at: datetime | None
    last_attempt_at: datetime | None
    last_status: int | None
    last_error: str | None
    body: dict[str, Any] = Field(description="The message as it is sent.")


class ReplayIn(In):
    """Which messages to send again: one, or all that were given up on since a moment."""

    message_id: Id | None = None
    since: datetime | None = None


class ReplayedOut(Out):
    """How many messages are on their way again."""

    replayed: int


class PingIn(In):
    """Of which kind a sample is to be sent."""

    kind: Kind = "decision.changed"


class RevokeIn(In):
    """Why a clearance no longer holds. Published."""

    reason_zh: Prose
    reason_en: Prose


class RevokedOut(Out):
    """A clearance that no longer holds although its time is not over."""

    decision_id: Id
    revoked_at: datetime
    ends_at: datetime = Field(description="When the clearance would have run out by itself, and leaves this list.")
    reason: Words


class RevocationsOut(Out):
    """All revoked clearances that have not run out by themselves, and the same list signed."""

    items: list[RevokedOut]
    signed: str = Field(
        description="Compact JWS (ES256), `typ` sunfair-revocations+jwt; `revoked` lists decisions. For 10 minutes."
    )
