"""The rows of lots, compared with the drafts that are known: what is new, what is changed, what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from services.catalog.actions.drafts import regions_named
from services.catalog.actions.imports.known import Known, Placed, blame_body
from services.catalog.domain.sheets.columns import LOTS
from services.catalog.domain.sheets.rows import Row, Rows
from services.catalog.models import Specialty
from services.catalog.schemas.lots import LotIn
from services.kit.ids import new_id

# These say where a lot belongs; the rest is the lot itself.
_ADDRESS = frozenset({"uscc", "region_code", "category_code", "specialty", "season", "event_id", "title_zh"})
_CERTIFICATE = {
    "certificate_number": "number",
    "certificate_issued_on": "issued_on",
    "certificate_expires_on": "expires_on",
}
_OWN = tuple(column.field for column in LOTS if column.field not in _ADDRESS | _CERTIFICATE.keys())
_SHEET_NAMES = {f"certificates.0.{part}": name for name, part in _CERTIFICATE.items()}
_EVERY = 500

Body = dict[str, Any]


@dataclass(frozen=True)
class NewLot:
    """A lot without a place yet: the listing that it belongs into, and its body with its id."""

    specialty: Specialty
    season: str
    event_id: str
    title_zh: str | None
    body: Body


@dataclass
class LotPlan:
    """What to do about lots. A changed one stays where it stands."""

    new: list[NewLot] = field(default_factory=list)
    changed: list[tuple[Row, Placed, Body]] = field(default_factory=list)
    unchanged: int = 0


def plan_lots(sheet: Rows | None, known: Known, producers: dict[str, str], tell: Callable[[int], None]) -> LotPlan:
    """Compare every row that has no fault yet. `producers`: code → id, of the file and of those known."""
    plan = LotPlan()
    first: dict[tuple[str, str], int] = {}
    for count, row in enumerate(sheet.rows if sheet else (), 1):
        if sheet is not None:
            _plan_one(sheet, row, known, producers, plan, first)
        if count % _EVERY == 0:
            tell(count)
    return plan


def _plan_one(
    sheet: Rows, row: Row, known: Known, producers: dict[str, str], plan: LotPlan, first: dict[tuple[str, str], int]
) -> None:
    producer_id = _producer(sheet, row, producers)
    specialty = _specialty(sheet, row, known)
    number = row.values.get("lot_number")
    if producer_id is None or number is None:
        return
    key = (producer_id, number)
    if key in first:
        sheet.blame(
            row,
            "lot_number",
            f"Row {first[key]} is the same lot (same producer and lot number). Keep one of them.",
            f"与第 {first[key]} 行是同一批次（主体和批次号相同），请只保留一行。",
        )
        return
    first[key] = row.number
    placed = known.lots.get(key)
    if placed is not None and specialty is not None:
        _blame_moved(sheet, row, placed, specialty)
    if specialty is not None and row.number not in sheet.broken:
        _compare(sheet, row, known, plan, specialty, placed, producer_id)


def _producer(sheet: Rows, row: Row, producers: dict[str, str]) -> str | None:
    code = row.values.get("uscc")
    if code is None:
        return None
    if code not in producers:
        sheet.blame(
            row,
            "uscc",
            f"No producer has the code {code[:40]}. Add it to the sheet of producers, or enter it first.",
            f"没有代码为 {code[:40]} 的生产主体，请在“生产主体”工作表中添加，或先行登记。",
        )
    return producers.get(code)


def _specialty(sheet: Rows, row: Row, known: Known) -> Specialty | None:
    region, name = row.values.get("region_code"), row.values.get("specialty")
    if region is None or name is None:
        return None
    if said := known.refused_region(region):
        sheet.blame(row, "region_code", *said)
        return None
    found = known.specialties.get((region, name), [])
    category = row.values.get("category_code")
    if category is not None:
        found = [each for each in found if each.category_code == category]
    if len(found) == 1:
        return found[0]
    if found:
        sheet.blame(
            row,
            "category_code",
            f"{region} has two specialties of this name. Say which: {', '.join(each.category_code for each in found)}.",
            f"{region} 有两个同名特产，请填写品类代码：{'、'.join(each.category_code for each in found)}。",
        )
    else:
        near = [each for code, each in known.specialties if code == region][:5]
        sheet.blame(
            row,
            "specialty",
            f"{region} has no specialty “{name[:40]}”{f' of {category[:40]}' if category else ''}. Enter it on the "
            f"page of specialties first{'; there are: ' + ', '.join(near) if near else ''}.",
            f"{region} 没有特产“{name[:40]}”{f'（{category[:40]}）' if category else ''}，请先在“特产”页面登记"
            f"{'；现有：' + '、'.join(near) if near else ''}。",
        )
    return None


def _blame_moved(sheet: Rows, row: Row, placed: Placed, specialty: Specialty) -> None:
    """A lot that is there stays in its listing: what all its lots share is changed on the listing's own page."""
    draft = placed.listing.draft
    stands = {"season": draft["season"], "event_id": draft["event_id"], "title_zh": draft["title_zh"]}
    if placed.listing.specialty_id != specialty.id:
        sheet.blame(
            row,
            "specialty",
            f"This lot stands in the listing “{draft['title_zh']}” of another specialty. Give it another number.",
            f"该批次已在另一特产的上架申报“{draft['title_zh']}”中，请改用其他批次号。",
        )
    for name, value in stands.items():
        given = row.values.get(name)
        if given is not None and given != value:
            sheet.blame(
                row,
                name,
                f"This lot's listing says “{value}” here. Change it on the page of the listing, for all its lots.",
                f"该批次所在的上架申报此处为“{value}”，请在上架申报页面统一修改。",
            )


def _compare(
    sheet: Rows,
    row: Row,
    known: Known,
    plan: LotPlan,
    specialty: Specialty,
    placed: Placed | None,
    producer_id: str,
) -> None:
    before = placed.lot if placed else {}
    identity = before.pop("id", None)
    try:
        lot = LotIn.model_validate(_whole(row, before) | {"producer_id": producer_id})
    except ValidationError as refused:
        blame_body(sheet, row, refused.errors(), _SHEET_NAMES)
        return
    for name, code in regions_named(lot):
        if said := known.unknown_region(code):
            sheet.blame(row, name.partition(".")[0], *said)
            return
    body = lot.model_dump(mode="json", exclude_none=True)
    if placed is None:
        season, event_id = row.values["season"], row.values["event_id"]
        new = NewLot(specialty, season, event_id, row.values.get("title_zh"), {**body, "id": new_id()})
        plan.new.append(new)
    elif body != before:
        plan.changed.append((row, placed, {**body, "id": identity}))
    else:
        plan.unchanged += 1


def _whole(row: Row, before: Body) -> Body:
    """The lot that the form would send: what is known, under what the row says."""
    whole = dict(before)
    for name in _OWN:
        if name not in row.values:
            continue
        if row.values[name] is None:
            whole.pop(name, None)
        else:
            whole[name] = row.values[name]
    return _with_certificate(row, whole)


def _with_certificate(row: Row, whole: Body) -> Body:
    """The conformity certificate of the sheet in place of the first one known; other papers stay."""
    given = {part: row.values[name] for name, part in _CERTIFICATE.items() if name in row.values}
    if not given:
        return whole
    papers = list(whole.get("certificates") or ())
    at = next((at for at, paper in enumerate(papers) if paper["kind"] == "conformity"), None)
    known = papers.pop(at) if at is not None else {}
    kept = {name: value for name, value in {**known, **given}.items() if value is not None}
    if any(value is not None for value in given.values()):
        begun = {} if known else {"kind": "conformity", "lot_number": row.values.get("lot_number")}
        papers.insert(at or 0, {**begun, **kept})
    elif known and not any(part in known for part in given):
        papers.insert(at or 0, known)
    whole.pop("certificates", None)
    return {**whole, "certificates": papers} if papers else whole
