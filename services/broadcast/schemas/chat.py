"""Bodies of the chat: what is said, what moderators do, and what everybody may know of it."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.broadcast.schemas.fields import Body, Id, Utc
from services.contracts.values import Token63

SpeakerRole = Literal["viewer", "host", "moderator", "operator", "inspector"]
FlagReason = Literal["complaint", "abuse", "spam", "other"]
# Room for what is taken out: what remains must have 200 characters at most.
Said = Annotated[str, StringConstraints(min_length=1, max_length=2_000)]
Why = Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=300)]
RuleCode = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,40}$")]


class MessageIn(Body):
    """A message to the room. `client_id`: the page's own name for it; sent again, it is said once."""

    text: Said
    client_id: Id | None = None


class MessageOut(BaseModel):
    """A message as everybody sees it. `tag`: four digits that stand for the speaker in this broadcast alone."""

    message_id: str
    tag: str
    role: SpeakerRole
    text: str
    said_at: Utc
    times: int = Field(1, description="How many said the same; more than one only in a chorus of praise.")


class FlaggedOut(MessageOut):
    """A message as moderators see it, with what viewers flagged."""

    user_ref: Token63 = Field(description="Names the speaker in this broadcast, for a silence.")
    complaint: bool = Field(description="It complains about goods or service: only an inspector may remove it.")
    flags: dict[str, int] = Field(description="How many viewers flagged it as what.")
    removed_rule: str | None


class RemovalIn(Body):
    """By which rule the message is no longer shown, and why."""

    rule: RuleCode
    reason: Why


class RemovalOut(BaseModel):
    """A removal, as it is published: the hash is SHA-256 of the salt, a line feed and the text."""

    message_id: str
    rule: str
    removed_as: Literal["moderator", "inspector"]
    removed_at: Utc
    sha256: str


class FlagIn(Body):
    """What a viewer thinks of a message."""

    reason: FlagReason = "other"


class FlagOut(BaseModel):
    """That the flag was taken."""

    message_id: str
    reason: FlagReason


class SilenceIn(Body):
    """Who may not speak, for how long and why: the speaker of a message, or a `user_ref`."""

    message_id: Id | None = None
    user_ref: Token63 | None = None
    minutes: Annotated[int, Field(strict=True, ge=1, le=60 * 24 * 30)] | None = None
    forever: bool = False
    rule: RuleCode
    reason: Why

    @model_validator(mode="after")
    def one_of_each(self) -> "SilenceIn":
        """One person, one length."""
        if (self.message_id is None) == (self.user_ref is None):
            raise ValueError("Give `message_id` or `user_ref`, one of the two.", "须填写 message_id 或 user_ref 之一。")
        if (self.minutes is None) != self.forever:
            raise ValueError("Give `minutes`, or `forever`, one of the two.", "须填写 minutes 或 forever 之一。")
        return self


class SilenceOut(BaseModel):
    """A silence, as the silenced and the moderators see it."""

    silence_id: str
    user_ref: Token63
    rule: str
    rule_zh: str
    rule_en: str
    reason: str
    made_as: Literal["moderator", "inspector"]
    made_at: Utc
    until: Utc | None = Field(description="None: for ever.")
    appeal: str | None
    appealed_at: Utc | None
    upheld: bool | None = Field(description="What became of the appeal; none: not decided.")
    decision_reason: str | None
    decided_at: Utc | None


class AppealIn(Body):
    """Why the silence is wrong, in the words of the silenced."""

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=4, max_length=1_000)]


class AppealDecisionIn(Body):
    """Whether the silence stands."""

    upheld: bool
    reason: Why


class ChatIn(Body):
    """How fast the chat may go."""

    slow_mode_seconds: Annotated[int, Field(strict=True, ge=0, le=300)]


class ChatOut(BaseModel):
    """How fast the chat goes."""

    slow_mode_seconds: int


class RuleOut(BaseModel):
    """A rule of the chat, in both languages."""

    rule: str
    zh: str
    en: str


class ModerationOut(BaseModel):
    """What was done to the chat of a broadcast, for everybody: counts and hashes, no words and no people."""

    messages: int
    folded: int = Field(description="Messages of a chorus that one line stands for; none of them is removed.")
    complaints: int
    complaints_removed: int
    removals: list[RemovalOut]
    removed_by_rule: dict[str, int]
    silences_by_rule: dict[str, int]
    appeals: int
    appeals_decided: int
    silences_lifted: int
    rules: list[RuleOut]
