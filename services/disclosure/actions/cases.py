"""What an examination finds becomes cases for inspectors; what it no longer finds is said there too."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.domain.cases import GRAVITY, SEVERITIES, Action, Found, found_in, seen_again
from services.disclosure.models import CaseAct, Course, FindingCase
from services.disclosure.store import cases as store
from services.kit import clock
from services.kit.ids import new_id

_FIGURES = ("counted", "verified", "verified_interval", "removed")


async def keep_cases(db: AsyncSession, course: Course, document: dict[str, Any], release_number: int) -> None:
    """Open, change or set aside the cases of a broadcast after an examination, of which a release was made."""
    found = found_in(document["findings"])
    known = await store.list_of_broadcast(db, course.broadcast_id)
    for abuse in sorted({*found, *known}):
        row = known.get(abuse)
        if row is None:
            await _open(db, course, found[abuse], document, release_number)
        else:
            await _look_again(db, row, found.get(abuse), document, release_number)


def _engine(document: dict[str, Any]) -> dict[str, Any]:
    return {"version": document["engine_version"], "config_sha256": document["config_sha"]}


def _figures(document: dict[str, Any]) -> dict[str, Any]:
    return {name: document[name] for name in _FIGURES if name in document}


async def _open(db: AsyncSession, course: Course, found: Found, document: dict[str, Any], release_number: int) -> None:
    filing, now = course.filing or {}, clock.now()
    row = FindingCase(
        id=new_id(),
        version=1,
        state="open",
        standing=True,
        broadcast_id=course.broadcast_id,
        abuse=found.abuse,
        severity=GRAVITY[found.severity],
        region_code=course.region_code,
        region_path=course.region_path,
        title_zh=filing.get("title_zh", ""),
        title_en=filing.get("title_en", ""),
        ended_at=course.ended_at or now,
        opened_at=now,
        changed_at=now,
        findings=[dict(each) for each in found.findings],
        engine=_engine(document),
        figures=_figures(document),
        release_number=release_number,
    )
    await store.save(db, row)
    await note(db, row, "opened")


async def _look_again(
    db: AsyncSession, row: FindingCase, now: Found | None, document: dict[str, Any], release_number: int
) -> None:
    before = Found(row.abuse, SEVERITIES[row.severity], tuple(row.findings)) if row.standing else None
    action = seen_again(_state(row), before, now)
    if action is None:
        return
    row.standing = now is not None
    if now is not None:
        row.severity, row.findings = GRAVITY[now.severity], [dict(each) for each in now.findings]
        row.engine, row.figures = _engine(document), _figures(document)
        row.release_number = release_number
    if action == "reopened":
        row.state, row.proposed_by = "open", None
    await note(db, row, action)


def _state(row: FindingCase) -> Any:
    return row.state


async def note(db: AsyncSession, row: FindingCase, action: Action, **said: str | None) -> None:
    """Write down what was done about a locked case. `said`: by_account, by_organ, reason_zh, reason_en."""
    row.changed_at = clock.now()
    row.version += 1
    number = await store.count_acts(db, row.id) + 1
    act = CaseAct(case_id=row.id, number=number, at=row.changed_at, action=action, release_number=row.release_number)
    for name, value in said.items():
        setattr(act, name, value)
    await store.save(db, row, act)
