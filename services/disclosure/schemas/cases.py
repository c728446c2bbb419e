"""Bodies about findings as cases before inspectors."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, AwareDatetime, Field

from services.contracts.values import RegionCode
from services.kit.fields import Flag, Id, In, Name, Out, plain

CaseState = Literal["open", "closing", "referred", "closed"]
CaseSeverity = Literal["grave", "serious", "minor"]
Prose = Annotated[str, Field(min_length=1, max_length=4_000), AfterValidator(plain)]


class ReferIn(In):
    """The organ to which a finding goes, and why."""

    organ: Name
    reason_zh: Prose
    reason_en: Prose | None = None


class CloseIn(In):
    """Why nothing more is to be done."""

    reason_zh: Prose
    reason_en: Prose | None = None


class ClosureIn(In):
    """Whether the second inspector agrees, and why."""

    agreed: Flag
    reason_zh: Prose
    reason_en: Prose | None = None


class CaseRowOut(Out):
    """A finding in a list: how grave, how old, where it stands. Lists know no order by what was sold."""

    id: Id
    version: int
    state: CaseState
    severity: CaseSeverity
    standing: bool = Field(description="The newest examination still finds it.")
    abuse: str
    n: int = Field(description="How many items it rests on, in all.")
    broadcast_id: str
    region_code: RegionCode
    title_zh: str
    title_en: str
    ended_at: AwareDatetime
    opened_at: AwareDatetime
    changed_at: AwareDatetime
    release_number: int | None
    referred_to: str | None


class ActOut(Out):
    """What was done about a case; without an account it was an examination."""

    at: AwareDatetime
    action: str
    by_account: str | None
    by_organ: str | None
    reason_zh: str | None
    reason_en: str | None
    release_number: int | None


class FileOut(Out):
    """The file that was sent last; its hash stands in the public log."""

    number: int
    sha256: str
    made_at: AwareDatetime


class CaseOut(CaseRowOut):
    """A case whole: what was found and shown, what else was tried, what was done, and whether the caller may act."""

    findings: list[dict[str, Any]] = Field(description="As the engine wrote them; exhibits are tokens, never people.")
    engine: dict[str, Any]
    figures: dict[str, Any]
    grounds: list[dict[str, Any]] = Field(description="Articles that such conduct may touch on that day.")
    acts: list[ActOut]
    needs_second: bool = Field(description="Closing it takes two inspectors.")
    proposed_by_you: bool
    part_in_it: bool = Field(description="The caller has a part in the broadcast and may not act.")
    file: FileOut | None
