"""The rows of producers, compared with those that are known: what is new, what is changed, what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from services.catalog.actions.imports.known import Known, blame_body
from services.catalog.actions.records import producer_columns
from services.catalog.domain.sheets.columns import PRODUCERS
from services.catalog.domain.sheets.rows import Row, Rows
from services.catalog.models import Producer
from services.catalog.schemas.producers import ProducerIn
from services.contracts.values import uscc_kind, uscc_problem
from services.kit.ids import new_id

_SECRET = frozenset(column.field for column in PRODUCERS if column.secret)
_COLUMNS = ("region_code", "name", "kind", "uscc", "seller_type")
_EVERY = 500


@dataclass
class ProducerPlan:
    """What to do about producers. `ids`: code → producer, those of the sheet included."""

    new: list[dict[str, Any]] = field(default_factory=list)
    changed: list[tuple[Producer, dict[str, Any]]] = field(default_factory=list)
    unchanged: int = 0
    ids: dict[str, str] = field(default_factory=dict)


def plan_producers(sheet: Rows | None, known: Known, tell: Callable[[int], None]) -> ProducerPlan:
    """Compare every row. A row that already has a fault is passed over, but its code counts as entered."""
    plan = ProducerPlan(ids={code: row.id for code, row in known.producers.items()})
    first: dict[str, int] = {}
    for count, row in enumerate(sheet.rows if sheet else (), 1):
        if sheet is not None:
            _plan_one(sheet, row, known, plan, first)
        if count % _EVERY == 0:
            tell(count)
    return plan


def _plan_one(sheet: Rows, row: Row, known: Known, plan: ProducerPlan, first: dict[str, int]) -> None:
    code = row.values.get("uscc")
    if code is None:
        return
    if code in first:
        sheet.blame(
            row,
            "uscc",
            f"Row {first[code]} is about the same producer. Keep one of them.",
            f"与第 {first[code]} 行是同一主体，请只保留一行。",
        )
        return
    first[code] = row.number
    existing = known.producers.get(code)
    plan.ids.setdefault(code, new_id())
    if existing is None:
        _blame_code(sheet, row, code)
    elif said := known.refused_region(existing.region_code):
        sheet.blame(row, "uscc", *said)
    if (region := row.values.get("region_code")) and (said := known.refused_region(region)):
        sheet.blame(row, "region_code", *said)
    if row.number not in sheet.broken:
        _compare(sheet, row, existing, known, plan)


def _blame_code(sheet: Rows, row: Row, code: str) -> None:
    """A new producer needs a code of the right form; what its check digit is worth is the gate's question."""
    problem = uscc_problem(code)
    if problem == "format":
        sheet.blame(
            row,
            "uscc",
            f"“{code[:40]}” is no unified social credit code (18 digits and capitals) and no producer here. "
            "Enter new households on the page.",
            f"“{code[:40]}”不是统一社会信用代码（18 位数字和大写字母），也不是已登记主体的编号。新农户请先在页面登记。",
        )
    elif problem == "check_digit":
        sheet.remark(
            f"Row {row.number}: the check digit of {code} does not fit; a person will compare it with the licence.",
            f"第 {row.number} 行：{code} 的校验位不符，核验时须由人工核对证照。",
        )


def _compare(sheet: Rows, row: Row, existing: Producer | None, known: Known, plan: ProducerPlan) -> None:
    code = row.values["uscc"]
    try:
        body = ProducerIn.model_validate(_whole(row, existing))
    except ValidationError as refused:
        blame_body(sheet, row, refused.errors(), {})
        return
    columns = producer_columns(body, existing.tokens if existing else {}, known.secret)
    if existing is None:
        plan.new.append(
            {"id": plan.ids[code], "version": 1, "created_by": known.actor.account_id, **known.applied, **columns}
        )
    elif any(getattr(existing, name) != value for name, value in columns.items() if name != "updated_at"):
        plan.changed.append((existing, columns))
    else:
        plan.unchanged += 1


def _whole(row: Row, existing: Producer | None) -> dict[str, Any]:
    """The body that the form would send: what is known, under what the row says."""
    whole: dict[str, Any] = {}
    if existing is not None:
        whole = {**existing.public, **{name: getattr(existing, name) for name in _COLUMNS}}
    for name, value in row.values.items():
        if value is not None:
            whole[name] = value
        elif name not in _SECRET:
            whole.pop(name, None)
    if existing is not None and existing.uscc is None:
        whole["uscc"] = None
    elif "kind" in row.values and row.values["kind"] is None:
        whole["kind"] = _kind(row.values["uscc"], existing)
    return whole


def _kind(code: str, existing: Producer | None) -> str | None:
    """An empty cell means what the code says, as it does in the form."""
    kind = uscc_kind(code)
    return existing.kind if existing is not None and kind == "other" else None
