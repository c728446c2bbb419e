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


class ReleasesOut(BaseModel):
    """Every release of one record, oldest first."""

    items: list[ReleaseOut]


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


class OverdueListOut(BaseModel):
    """Every record that is late, the longest first."""

    items: list[OverdueOut]
