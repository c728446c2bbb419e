"""What the rows of a spreadsheet are compared with: the records that they may name, and the regions that they may."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from services.catalog.domain.access import in_scope
from services.catalog.domain.sheets.rows import Row, Rows
from services.catalog.models import Listing, Producer, Specialty
from services.catalog.store import places
from services.kit import clock
from services.kit.actor import Actor
from services.kit.problem import BodyInvalid
from services.kit.validation_words import in_chinese, in_english

Said = tuple[str, str] | None


@dataclass
class Placed:
    """A lot that is there already: the draft in which it stands, and where in it."""

    listing: Listing
    at: int

    @property
    def lot(self) -> dict[str, Any]:
        return dict(self.listing.draft["lots"][self.at])


@dataclass
class Known:
    """The records at the start of an import, by what identifies them in a sheet."""

    actor: Actor
    secret: str
    applied: dict[str, Any] = field(default_factory=dict)
    producers: dict[str, Producer] = field(default_factory=dict)
    specialties: dict[tuple[str, str], list[Specialty]] = field(default_factory=dict)
    lots: dict[tuple[str, str], Placed] = field(default_factory=dict)
    open_drafts: dict[tuple[str, str, str], list[Listing]] = field(default_factory=dict)
    _regions: dict[str, Said] = field(default_factory=dict)

    def add_specialties(self, rows: Sequence[Specialty]) -> None:
        """Specialties by region and Chinese name: there may be two of a name in different categories."""
        for row in rows:
            self.specialties.setdefault((row.region_code, row.name_zh), []).append(row)

    def add_listings(self, rows: Sequence[Listing]) -> None:
        """Lots by producer and number. Of two drafts that hold one lot the older is the lot's place."""
        for row in rows:
            for at, lot in enumerate(row.draft["lots"]):
                self.lots.setdefault((lot["producer_id"], lot["lot_number"]), Placed(row, at))
            if row.state == "draft" and row.submitted_version is None:
                key = (row.specialty_id, row.draft["season"], row.draft["event_id"])
                self.open_drafts.setdefault(key, []).append(row)

    def refused_region(self, code: str) -> Said:
        """Why the actor cannot enter anything for this region: it is none, or not theirs. None when they can."""
        return self.unknown_region(code) or self._foreign_region(code)

    def unknown_region(self, code: str) -> Said:
        """Why this is no region in force; None when it is."""
        if code not in self._regions:
            self._regions[code] = _said_of_region(code)
        return self._regions[code]

    def _foreign_region(self, code: str) -> Said:
        if in_scope(self.actor, code, clock.business_today()):
            return None
        return (
            f"{code} is not one of your regions ({', '.join(self.actor.scopes) or 'none'}).",
            f"{code} 不在您可办理的地区内（{'、'.join(self.actor.scopes) or '无'}）。",
        )


def _said_of_region(code: str) -> Said:
    try:
        places.check_region(code, clock.business_today(), "region_code")
    except BodyInvalid as refused:
        return refused.errors[0].en, refused.errors[0].zh
    return None


def blame_body(sheet: Rows, row: Row, errors: Sequence[Any], columns: dict[str, str]) -> None:
    """Put what a body refuses at the cells it came from; `columns`: parts of a body that the sheet calls otherwise."""
    for error in errors:
        path = ".".join(str(part) for part in error["loc"])
        name = str(error["loc"][0]) if error["loc"] else ""
        en, zh = in_english(error), in_chinese(error)
        if error["type"] == "string_pattern_mismatch":
            # The only patterns behind a column are those of region codes, and a pattern is no sentence.
            en, zh = "Write a region code of six digits (GB/T 2260).", "请填写六位行政区划代码（GB/T 2260）。"
        sheet.blame(row, columns.get(path, name), en, zh)
