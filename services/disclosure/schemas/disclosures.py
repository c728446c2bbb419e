"""Answers about disclosures; a release itself is a document of its own schema, passed on byte for byte."""

from datetime import date

from pydantic import AwareDatetime, BaseModel


class ReleaseOut(BaseModel):
    """One release."""

    number: int
    stage: str
    released_at: AwareDatetime
    sha256: str


class DisclosureOut(BaseModel):
    """A broadcast whose record is public. In the order in which broadcasts ended: nothing here ranks."""

    broadcast_id: str
    region_code: str
    title_zh: str
    title_en: str
    ended_at: AwareDatetime
    newest: ReleaseOut
    summary_due_on: date
    full_due_on: date


class DisclosuresOut(BaseModel):
    """A page of disclosures."""

    items: list[DisclosureOut]
    next: str | None = None


class GateOut(BaseModel):
    """What the gate said of a release, and why. The whole decision is at `/decisions/{id}`."""

    decision_id: str
    release: int
    outcome: str
    reasons_zh: list[str]
    reasons_en: list[str]


class ReleasesOut(BaseModel):
    """Every release of one record, oldest first. `held`: the next one waits, because the gate found harm in it."""

    items: list[ReleaseOut]
    held: GateOut | None = None


class OverdueOut(BaseModel):
    """A record that is late, and which part of it."""

    broadcast_id: str
    region_code: str
    title_zh: str
    title_en: str
    ended_at: AwareDatetime
    late: list[str]
    summary_due_on: date
    full_due_on: date
    held_at: AwareDatetime | None = None
    gate: GateOut | None = None


class OverdueListOut(BaseModel):
    """Every record that is late or held back, the longest first; and those that are out and fail by the rule."""

    items: list[OverdueOut]
    failed: list[OverdueOut]
