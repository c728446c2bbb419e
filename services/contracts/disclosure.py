"""What disclosure says: the gate is asked about a release, and a record of a broadcast was released."""

from typing import Any, Literal

from pydantic import AwareDatetime, Field

from services.contracts.values import RegionCode
from services.kit.event import Event


class ReleaseAsked(Event):
    """The gate is asked about a release before it is out; the entity is the broadcast, the version the release.

    `facts` holds `disclosure`, what the document was found to hold and to withhold, and `room`.
    """

    subject = "disclosure.release.asked"
    entity: Literal["release"] = "release"
    region_code: RegionCode
    title_zh: str
    title_en: str
    stage: Literal["summary", "full", "revision"]
    contents_sha256: str = Field(description="Of the contents that are judged, as RFC 8785 writes them.")
    answer_by: AwareDatetime = Field(description="Until then the release waits for the answer.")
    facts: dict[str, Any]


class DisclosureReleased(Event):
    """A release is out; the entity is the broadcast, the version the number of the release."""

    subject = "disclosure.release.published"
    entity: Literal["disclosure"] = "disclosure"
    region_code: RegionCode
    stage: Literal["summary", "full", "revision"]
    released_at: AwareDatetime
    sha256: str
