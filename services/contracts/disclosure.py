"""What disclosure says: a record of a broadcast was released."""

from typing import Literal

from pydantic import AwareDatetime

from services.contracts.values import RegionCode
from services.kit.event import Event


class DisclosureReleased(Event):
    """A release is out; the entity is the broadcast, the version the number of the release."""

    subject = "disclosure.release.published"
    entity: Literal["disclosure"] = "disclosure"
    region_code: RegionCode
    stage: Literal["summary", "full", "revision"]
    released_at: AwareDatetime
    sha256: str
