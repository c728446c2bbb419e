"""Bodies about records before the region whose they are, and about its replies to findings."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from services.contracts.values import RegionCode
from services.disclosure.schemas.disclosures import GateOut, ReleaseOut
from services.kit.fields import Id, In, Name, Out, plain

ReplyState = Literal["open", "upheld", "partly", "rejected"]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Abuse = Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")]
# Twice as strict as the gate, which reads the whole record: a number of a telephone or of an identity card.
_OF_A_PERSON = re.compile(r"(?<![0-9A-Za-z])(1[3-9][0-9]{9}|[1-9][0-9]{16}[0-9Xx])(?![0-9A-Za-z])")


def tells_of_somebody(text: str) -> bool:
    """Whether a telephone or identity number stands in it."""
    return _OF_A_PERSON.search(text) is not None


def of_nobody(text: str) -> str:
    """The text, which is published: it holds no telephone and no identity number."""
    if tells_of_somebody(text):
        raise ValueError(
            "Must not hold a telephone or identity number; it is published.",
            "答复将公开发布，不得包含电话号码或身份证号码。",
        )
    return plain(text)


Public = Annotated[str, Field(min_length=1, max_length=4_000), AfterValidator(of_nobody)]


class ReplyFileIn(In):
    """A file that was uploaded before, by its hash, and what it is."""

    sha256: Sha256
    name: Annotated[Name, AfterValidator(of_nobody)]
    public: bool = Field(False, description="The region publishes the file itself, and not only its hash and name.")


class ReplyIn(In):
    """What the region answers to a finding of the newest release. All of it is published."""

    broadcast_id: Id
    abuse: Abuse = Field(description="The finding, by its kind of abuse.")
    text_zh: Public
    text_en: Public | None = None
    files: Annotated[list[ReplyFileIn], Field(max_length=10)] = Field(default_factory=list)


class ReplyDecisionIn(In):
    """How a reviewer decides, with the reason that is published."""

    outcome: Literal["upheld", "partly", "rejected"]
    reason_zh: Public
    reason_en: Public | None = None


class ReplyFileOut(Out):
    """A file of a reply."""

    sha256: str
    name: str
    public: bool = False


class ReplyOut(Out):
    """A reply, and how it was decided. Of people only their organs are named."""

    id: Id
    version: int
    state: ReplyState
    broadcast_id: str
    abuse: str
    entity: str
    release: int = Field(description="The release that is answered.")
    region_code: RegionCode
    title_zh: str
    title_en: str
    text_zh: str
    text_en: str | None
    files: list[ReplyFileOut]
    organ: str | None
    replied_at: AwareDatetime
    decide_by: AwareDatetime
    overdue: bool
    decided_by_organ: str | None
    decided_at: AwareDatetime | None
    reason_zh: str | None
    reason_en: str | None
    part_in_it: bool = Field(description="Whoever asks has a part in the broadcast and may not decide.")


class AnswerableOut(Out):
    """A finding that the region may answer, and until when."""

    abuse: str
    grade: str
    text_zh: str | None
    text_en: str | None
    since_release: int
    reply_by: AwareDatetime
    may_reply: bool


class RecordOut(Out):
    """A record as the region sees it: what will be published when, what lacks, and which findings it may answer."""

    broadcast_id: str
    region_code: RegionCode
    title_zh: str
    title_en: str
    ended_at: AwareDatetime
    summary_due_on: date | None
    full_due_on: date | None
    next_look_at: AwareDatetime | None
    newest: ReleaseOut | None
    held: GateOut | None
    gate: GateOut | None
    held_parts: list[str] = Field(description="Parts of a full record that are there, as `disc.publish` calls them.")
    lacking_parts: list[str] = Field(description="Parts that are not there yet.")
    answerable: list[AnswerableOut]
    replies: list[ReplyOut]
