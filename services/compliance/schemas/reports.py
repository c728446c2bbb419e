"""Bodies of citizens' reports: what a stranger sends, what the code shows, and what case workers see and say."""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from services.compliance.domain.reports import Kind, State
from services.compliance.schemas.checks import DecisionOut, Outcome, Words
from services.compliance.schemas.fields import Prose
from services.contracts.values import RegionCode
from services.kit.fields import Id, In, Name, Out

AboutKind = Literal["broadcast", "filing", "listing"]
TypedCode = Annotated[str, Field(min_length=1, max_length=200, description="The code as it was shown, spaced or not.")]
Told = Annotated[Prose, Field(max_length=10_000)]


class ReportIn(In):
    """A report as it comes from the form, beside its files."""

    kind: Kind
    region_code: RegionCode | None = None
    about_kind: AboutKind | None = None
    about_id: Id | None = None
    organ: Name | None = None
    words: Told | None = None
    notice_text: Told | None = None


class MoreIn(In):
    """Further words for a report, found by its code."""

    code: TypedCode
    words: Told | None = None
    notice_text: Told | None = None


class FollowIn(In):
    """The code of a report. It is sent in the body, so that it stands in no address and no log."""

    code: TypedCode


class ReasonIn(In):
    """A reason that is published."""

    reason_zh: Prose
    reason_en: Prose | None = None


class UpholdIn(ReasonIn):
    """A report is upheld. `published_text` is the notice as everybody may read it, without what tells who sent it."""

    about_kind: AboutKind | None = None
    about_id: Id | None = None
    published_text: Prose | None = None


class ForwardIn(ReasonIn):
    """A report goes to the organ that must decide it."""

    organ: Name


class AskIn(In):
    """A question to the reporter, who reads it with the code."""

    question: Told


class MergeIn(In):
    """A report tells of the same as another one, whose outcome becomes its own."""

    into: Id


class TypedIn(In):
    """What a person read in a picture."""

    text: Prose


class TermsOut(Out):
    """What whoever reports may rely on."""

    acknowledge_hours: int
    decide_days: int
    kept_days: int = Field(description="Days after the decision during which words and files are kept.")
    most_files: int
    most_bytes_per_file: int


class FileOut(Out):
    """A file of a report; `readable`: its words are known."""

    position: int
    media_type: str
    bytes: int
    readable: bool


class AboutOut(Out):
    """What a report is about."""

    kind: AboutKind
    id: str
    title_zh: str | None
    title_en: str | None
    starts_at: datetime | None
    ends_at: datetime | None


class QuoteOut(Out):
    """Words at which the rule pointed."""

    quote: str


class FindingOut(Out):
    """What the rule on apportionment found in the words and files."""

    result: str
    reason: Words
    quotes: list[QuoteOut]


class StepOut(Out):
    """One step of a case as the reporter sees it: the day, who, what, and the words that were written."""

    on: date
    by: Literal["reporter", "organ", "gate"]
    action: str
    organ: str | None
    words: list[str]


class OutcomeOut(Out):
    """How a report ended, with the published reason."""

    state: State
    on: date
    organ: str | None
    reason_zh: str | None
    reason_en: str | None
    forwarded_to: str | None


class FollowedOut(Out):
    """A case as whoever has its code sees it: days only, never an hour."""

    id: Id
    kind: Kind
    region_code: RegionCode
    state: State
    received_on: date
    acknowledge_until_on: date
    decide_until_on: date
    about: AboutOut | None
    finding: FindingOut | None
    outcome: OutcomeOut | None
    question: str | None
    files: list[FileOut]
    steps: list[StepOut]
    may_add: bool
    forgotten: bool


class ReceivedOut(FollowedOut):
    """The answer to a report. The code is shown here and never again."""

    code: str | None


class WaitingOut(Out):
    """A report in the queue."""

    id: Id
    kind: Kind
    region_code: RegionCode
    state: State
    received_on: date
    due_at: datetime
    late: bool
    hurried: bool
    finding: Outcome | None
    files: int
    about: AboutOut | None


class TextOut(Out):
    """A text of a report in pieces, each with whether the rule points at it; no pieces: a person must read it."""

    kind: Literal["message", "notice"]
    file: int | None
    pieces: list[tuple[str, bool]]


class EntryOut(Out):
    """One step of a case as case workers see it."""

    at: datetime
    by: Literal["reporter", "organ", "gate"]
    action: str
    organ: str | None
    words: list[str]


class TwinOut(Out):
    """Another report that holds the same file."""

    id: Id
    state: State
    received_on: date


class ChoiceOut(Out):
    """A broadcast under way to which an upheld notice may belong."""

    broadcast_id: str
    title_zh: str
    title_en: str
    starts_at: datetime
    state: str


class CaseOut(Out):
    """A report with all that a case worker needs on one page."""

    id: Id
    version: int
    kind: Kind
    region_code: RegionCode
    state: State
    received_on: date
    acknowledge_by: datetime
    decide_by: datetime
    acknowledged_at: datetime | None
    decided_at: datetime | None
    organ: str | None
    about: AboutOut | None
    texts: list[TextOut]
    files: list[FileOut]
    decision: DecisionOut | None
    duplicates: list[TwinOut]
    merged_into: str | None
    choices: list[ChoiceOut]
    proposed_text: str
    published_text: str | None
    reason_zh: str | None
    reason_en: str | None
    forwarded_to: str | None
    corrected_at: datetime | None
    entries: list[EntryOut]
    forgotten: bool


class UpheldOut(Out):
    """An upheld report as everybody sees it."""

    id: Id
    kind: Kind
    region_code: RegionCode
    about: AboutOut | None
    received_on: date
    decided_on: date
    organ: str | None
    reason_zh: str
    reason_en: str | None
    published_text: str | None
    corrected_on: date | None
    correction_zh: str | None
    correction_en: str | None


class FigureOut(Out):
    """Reports of one month and kind; null: fewer than ten, or a number that would let fewer than ten be reckoned."""

    kind: Kind
    received: int | None
    acknowledged_in_time: int | None
    decided_in_time: int | None
    upheld: int | None


class MonthOut(Out):
    """A month's figures, as they stood when its last deadline had passed; they do not change any more."""

    month: str
    published_on: date
    kinds: list[FigureOut]


class FiguresOut(Out):
    """Published figures, newest month first."""

    fewest: int
    next_month: str
    next_on: date
    months: list[MonthOut]
