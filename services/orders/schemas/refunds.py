"""Bodies of refunds and photos."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

from services.kit.fields import Flag, In, Line, Out, Sha256, plain
from services.orders.domain.returns import Initiator, Reason, RefundState

Words = Annotated[str, Field(min_length=1, max_length=1_000), AfterValidator(plain)]
Amount = Annotated[int, Field(strict=True, ge=1, le=10**12, description="In fen; the whole of what is left if absent.")]
Photos = Annotated[tuple[Sha256, ...], Field(max_length=9, description="Photos sent before, by SHA-256.")]


class RefundIn(In):
    """What is to be given back of an order, and why."""

    amount_fen: Amount | None = None
    reason: Reason
    words: Words | None = None
    photos: Photos = ()


class RefundDecisionIn(In):
    """Yes or no, with the reason that the buyer reads."""

    approve: Flag
    words: Line


class RefundOut(Out):
    """A refund. `decide_until`: when the region has not decided by then, the platform pays first."""

    id: str
    version: int
    order_id: str
    region_code: str
    amount_fen: int
    reason: Reason
    words: str | None
    photos: list[str]
    initiator: Initiator
    state: RefundState
    requested_at: datetime
    decide_until: datetime
    decided_at: datetime | None
    decision_words: str | None
    first_responsibility: bool
    complaint_id: str | None
    refunded_at: datetime | None


class PhotoOut(Out):
    """A photo that is kept, by the SHA-256 of its cleaned bytes."""

    sha256: str
    media_type: str
    bytes: int
