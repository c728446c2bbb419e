"""What the gateway hands over of viewers' stays; only the gateway may."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Count = Annotated[int, Field(strict=True, ge=0, le=10_000_000)]
Millis = Annotated[int, Field(strict=True, ge=0, le=4_102_444_800_000)]


class StayIn(BaseModel):
    """What one viewer's page said since the last hand-over, added up."""

    model_config = ConfigDict(extra="ignore")

    viewer: Annotated[str, Field(min_length=1, max_length=64)]
    device: Annotated[str, Field(min_length=1, max_length=64)]
    address: Annotated[str, Field(max_length=64)]
    user_agent: Annotated[str, Field(max_length=300)]
    account_id: Annotated[str, Field(max_length=64)] | None = None
    first_ms: Millis
    last_ms: Millis
    beats: Count
    interactions: Count
    foreground_ms: Count
    referrer: Literal["push", "feed", "share", "search", "link"] | None = None
    left: bool


class StaysIn(BaseModel):
    """At most a thousand rows of one room."""

    rows: Annotated[list[StayIn], Field(max_length=1_000)]


class AboutOut(BaseModel):
    """About how many watch now, distinct people as far as can be told; none: fewer than ten."""

    about: int | None
