"""Bodies about spreadsheets that are imported, or given out."""

from datetime import datetime
from typing import Any, Literal

from pydantic import Field

from services.kit.fields import Id, In, Out

ImportState = Literal["waiting", "running", "done", "checked", "faulty", "refused"]
ImportPhase = Literal["reading", "comparing", "writing"]


class RemarkOut(Out):
    """Something about the file that stopped nothing."""

    en: str
    zh: str


class ImportCounts(Out):
    """What an import did, or after a dry run would do: rows per outcome."""

    producers_new: int = 0
    producers_changed: int = 0
    producers_unchanged: int = 0
    lots_new: int = 0
    lots_changed: int = 0
    lots_unchanged: int = 0
    listings_new: int = Field(0, description="Draft listings that new lots were put into, at most 100 lots in each.")


class ImportOut(Out):
    """A spreadsheet that is imported, and how far it is.

    `waiting` and `running` go on by themselves; `done`: everything was imported; `checked`: a dry run without faults;
    `faulty`: rows have faults, and nothing was imported; `refused`: the file as a whole cannot be taken.
    """

    id: Id
    state: ImportState
    dry_run: bool
    name: str
    kind: Literal["xlsx", "csv"]
    bytes: int
    phase: ImportPhase | None = Field(description="While it runs.")
    done: int = Field(description="Rows of `total` that the phase has behind it.")
    total: int = Field(description="0 while it is not known.")
    counts: ImportCounts
    remarks: list[RemarkOut]
    problem: dict[str, Any] | None = Field(description="Why it was refused: type, and title and detail in zh and en.")
    faults: int
    has_faults_file: bool = Field(description="`/imports/{id}/faults-file` repeats the refused rows with the reasons.")
    may_run: bool = Field(description="A dry run whose file can now be imported with `/imports/{id}/run`.")
    created_at: datetime
    finished_at: datetime | None


class FaultOut(Out):
    """What is wrong with one cell (as a spreadsheet names it), or with a row where `cell` is empty."""

    sheet: Literal["producers", "lots"]
    row: int
    cell: str
    value: str
    en: str
    zh: str


class ExportIn(In):
    """What to give out: a workbook with both sheets, or one sheet as CSV (UTF-8)."""

    format: Literal["xlsx", "csv"] = "xlsx"
    sheet: Literal["producers", "lots"] = Field("lots", description="Which sheet, where the format has only one.")
    language: Literal["zh", "en"] | None = Field(
        None, description="Of the headings and choices; Accept-Language when left out."
    )


class ExportOut(Out):
    """A spreadsheet of everything that regions own, and how far it is.

    `waiting` and `running` go on by themselves; `done`: `/exports/{id}/file` gives it until `expires_at`;
    `expired`: it was deleted; `given_up`: it was begun several times and never ended.
    """

    id: Id
    state: Literal["waiting", "running", "done", "expired", "given_up"]
    name: str
    kind: Literal["xlsx", "csv"]
    done: int = Field(description="Rows of `total` that are written.")
    total: int = Field(description="0 while it is not known.")
    bytes: int | None
    created_at: datetime
    finished_at: datetime | None
    expires_at: datetime | None
