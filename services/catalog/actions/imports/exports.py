"""Everything that regions own, in the sheets in which it is imported: sent back unchanged, it changes nothing."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.domain.sheets.cells import write_cell
from services.catalog.domain.sheets.columns import COLUMNS, Column, SheetName
from services.catalog.domain.sheets.reading import FileKind
from services.catalog.domain.sheets.writing import filled_sheet, notes_sheet, write_sheets
from services.catalog.models import Listing, Producer, Specialty
from services.catalog.store import imports
from services.kit.actor import Actor

Cells = list[Any]


async def export_sheets(db: AsyncSession, actor: Actor, kind: FileKind, sheet: SheetName, language: str) -> bytes:
    """The file; as CSV the one sheet that was asked for."""
    producers = await imports.producers_within(db, actor.scopes)
    listings = await imports.listings_within(db, actor.scopes)
    specialties = {row.id: row for row in await imports.specialties_of(db, [row.specialty_id for row in listings])}
    named = {lot["producer_id"] for listing in listings for lot in listing.draft["lots"]}
    codes = {row.id: row.uscc or row.id for row in await imports.producers_of(db, sorted(named))}
    rows = {
        "producers": lambda: _producer_rows(producers, language),
        "lots": lambda: _lot_rows(listings, specialties, codes, language),
    }
    if kind == "csv":
        return await asyncio.to_thread(write_sheets, kind, [filled_sheet(sheet, language, rows[sheet]())])
    sheets = [filled_sheet(name, language, rows[name]()) for name in COLUMNS]
    return await asyncio.to_thread(write_sheets, kind, [*sheets, notes_sheet(language)])


def _cells(columns: Sequence[Column], values: Mapping[str, Any], language: str) -> Cells:
    return [None if column.secret else write_cell(column, values.get(column.field), language) for column in columns]


def _producer_rows(producers: Sequence[Producer], language: str) -> Iterator[Cells]:
    for row in producers:
        told = {"region_code": row.region_code, "name": row.name, "kind": row.kind, "uscc": row.uscc or row.id}
        yield _cells(COLUMNS["producers"], {**row.public, **told}, language)


def _lot_rows(
    listings: Sequence[Listing], specialties: Mapping[str, Specialty], codes: Mapping[str, str], language: str
) -> Iterator[Cells]:
    for listing in listings:
        specialty = specialties[listing.specialty_id]
        shared = {
            "region_code": listing.region_code,
            "category_code": listing.category_code,
            "specialty": specialty.name_zh,
            "season": listing.draft["season"],
            "event_id": listing.draft["event_id"],
            "title_zh": listing.draft["title_zh"],
        }
        for lot in listing.draft["lots"]:
            own = {**lot, **_certificate(lot), **shared, "uscc": codes.get(lot["producer_id"], lot["producer_id"])}
            yield _cells(COLUMNS["lots"], own, language)


def _certificate(lot: Mapping[str, Any]) -> dict[str, Any]:
    papers = [paper for paper in lot.get("certificates") or () if paper["kind"] == "conformity"]
    if not papers:
        return {}
    return {f"certificate_{part}": papers[0].get(part) for part in ("number", "issued_on", "expires_on")}
