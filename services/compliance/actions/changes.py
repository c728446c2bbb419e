"""Reading changes of parameters: their states, what each would change, and the whole history of the rules."""

from datetime import date
from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.parameters import current_parameters
from services.compliance.actions.publishing import no_change, today
from services.compliance.actions.rulebook import known_rule
from services.compliance.models import Impact, ImpactLine, ParameterChange
from services.compliance.rules import RULEBOOK
from services.compliance.rules.changes import rule_of
from services.compliance.rules.history import Entry, released_history
from services.compliance.rules.law import Parameters
from services.compliance.schemas.checks import Words
from services.compliance.schemas.parameters import (
    ChangedResult,
    HistoryItem,
    ImpactLineOut,
    ImpactOut,
    ParameterChangeOut,
)
from services.compliance.store import impact as impacts
from services.compliance.store import parameters as store
from services.contracts.values import shanghai_day
from services.kit.actor import Actor
from services.kit.page import Page, decode_cursor, encode_cursor

READERS = ("reviewer", "inspector", "administrator")


async def list_changes(
    db: AsyncSession, state: str | None, name: str | None, cursor: str | None, limit: int
) -> Page[ParameterChangeOut]:
    """Changes of parameters in any state, newest first."""
    before = str(decode_cursor(cursor, str)[0]) if cursor else None
    rows = await store.list_changes(db, state, name, before, limit + 1)
    known, found = await current_parameters(db), await impacts.list_by_change(db, [row.id for row in rows[:limit]])
    items = [change_out(row, known, found.get(row.id)) for row in rows[:limit]]
    return Page(items=items, next=encode_cursor(rows[limit - 1].id) if len(rows) > limit else None)


async def get_change(db: AsyncSession, change_id: str) -> ParameterChangeOut:
    """One change. Raises NotFound."""
    row = await store.find_change(db, change_id)
    if row is None:
        raise no_change(change_id)
    return change_out(row, await current_parameters(db), await impacts.find(db, change_id))


def change_out(row: ParameterChange, parameters: Parameters, impact: Impact | None) -> ParameterChangeOut:
    """A change as everyone reads it: organs are named, persons are not."""
    rule, parameter = rule_of(row.name, RULEBOOK), parameters.get(row.name)
    before = [value for value in parameter.values if value.since < row.from_on] if parameter else []
    title = rule.title if rule else None
    return ParameterChangeOut(
        id=row.id,
        version=row.version,
        state=cast(Any, row.state),
        in_effect=row.state == "published" and row.from_on <= today(),
        name=row.name,
        means=parameter.means if parameter else row.name,
        rule=rule.id if rule else row.name.rpartition(".")[0],
        rule_title=Words(zh=title.zh if title else row.name, en=title.en if title else row.name),
        value=row.value,
        value_before=before[-1].value if before else None,
        from_on=row.from_on,
        basis=cast(Any, row.basis),
        source=row.source,
        article=row.article,
        reason=Words(zh=row.reason_zh, en=row.reason_en),
        proposed_by_organ=row.proposer_organ["name"],
        proposed_at=row.proposed_at,
        published_by_organ=(row.publisher_organ or {}).get("name"),
        published_at=row.published_at,
        published_on=row.published_on,
        withdrawn_by_organ=(row.withdrawer_organ or {}).get("name"),
        withdrawn_at=row.withdrawn_at,
        withdrawal=_words(row.withdrawal_zh, row.withdrawal_en),
        impact=impact_out(impact) if impact else None,
    )


def _words(zh: str | None, en: str | None) -> Words | None:
    return Words(zh=zh, en=en) if zh and en else None


def impact_out(impact: Impact) -> ImpactOut:
    """How far it is asked, and what came of it so far."""
    counts: dict[str, int] = impact.counts
    kept = {name: count for name, count in counts.items() if len(set(name.split(":")[1:])) == 1}
    return ImpactOut(
        state="failed" if impact.problem else "done" if impact.done_at else "running",
        as_of=impact.as_of,
        subjects=impact.subjects,
        asked=impact.asked,
        changed=sum(counts.values()) - sum(kept.values()),
        same_outcome=sum(kept.values()),
        counts=counts,
        per_second=impact.asked * 1000 // impact.busy_ms if impact.busy_ms else 0,
        started_at=impact.started_at,
        done_at=impact.done_at,
        problem=impact.problem,
    )


async def get_impact(db: AsyncSession, change_id: str) -> ImpactOut:
    """What a proposal would change, as far as it is asked. Raises NotFound."""
    impact = await impacts.find(db, change_id)
    if impact is None:
        raise no_change(change_id)
    return impact_out(impact)


async def list_impact(
    db: AsyncSession, actor: Actor | None, change_id: str, cursor: str | None, limit: int
) -> Page[ImpactLineOut]:
    """The subjects whose answer would change; what is not public yet is shown to those who review only."""
    if await impacts.find(db, change_id) is None:
        raise no_change(change_id)
    after = cast(tuple[int, str, str], tuple(decode_cursor(cursor, int, str, str))) if cursor else None
    public_only = actor is None or not actor.has(*READERS)
    rows = await impacts.list_lines(db, change_id, after, limit + 1, public_only=public_only)
    last = rows[limit - 1] if len(rows) > limit else None
    return Page(
        items=[_line_out(row) for row in rows[:limit]],
        next=encode_cursor(impacts.rank(last), last.subject_kind, last.subject_id) if last else None,
    )


def _line_out(row: ImpactLine) -> ImpactLineOut:
    return ImpactLineOut(
        subject_kind=cast(Any, row.subject_kind),
        subject_id=row.subject_id,
        region_code=row.region_code,
        title_zh=row.title_zh,
        title_en=row.title_en,
        decision_id=row.decision_id,
        outcome_then=cast(Any, row.outcome_then),
        outcome_now=cast(Any, row.outcome_now),
        changes=[ChangedResult.model_validate(change) for change in row.changes],
    )


async def list_history(db: AsyncSession, rule: str | None, cursor: str | None, limit: int) -> Page[HistoryItem]:
    """What changed in the rules, by the day of publication, newest first; of one rule, if one is named."""
    if rule is not None:
        known_rule(rule)
    items = [_release_item(entry) for entry in released_history() if rule in (None, entry.rule)]
    for row in await store.list_made_public(db, rule):
        items += _value_items(row)
    items.sort(key=_place, reverse=True)
    after = tuple(map(str, decode_cursor(cursor, str, str))) if cursor else None
    rest = [item for item in items if after is None or _place(item) < after]
    more = len(rest) > limit
    return Page(items=rest[:limit], next=encode_cursor(*_place(rest[limit - 1])) if more else None)


def _place(item: HistoryItem) -> tuple[str, str]:
    return item.published_on.isoformat(), item.id


def _title(rule_id: str) -> Words:
    found = next((rule.title for rule in RULEBOOK if rule.id == rule_id), None)
    return Words(zh=found.zh, en=found.en) if found else Words(zh=rule_id, en=rule_id)


def _release_item(entry: Entry) -> HistoryItem:
    return HistoryItem(
        id=f"{entry.release}:{entry.rule}",
        kind=entry.kind,
        rule=entry.rule,
        rule_title=_title(entry.rule),
        published_on=entry.published_on,
        effective_on=entry.effective_on,
        release=entry.release,
        sha256=entry.sha256,
        what=Words(zh=entry.zh, en=entry.en),
    )


def _value_items(row: ParameterChange) -> list[HistoryItem]:
    rule = row.name.rpartition(".")[0]
    published = HistoryItem(
        id=row.id,
        kind="value",
        rule=rule,
        rule_title=_title(rule),
        published_on=cast(date, row.published_on),
        effective_on=row.from_on,
        what=Words(zh=row.reason_zh, en=row.reason_en),
        parameter=row.name,
        value=row.value,
        change_id=row.id,
    )
    if row.withdrawn_at is None:
        return [published]
    withdrawn_on = shanghai_day(row.withdrawn_at)
    told = {
        "id": f"{row.id}:withdrawn",
        "kind": "withdrawn_value",
        "published_on": withdrawn_on,
        "effective_on": withdrawn_on,
        "what": _words(row.withdrawal_zh, row.withdrawal_en),
    }
    return [published, published.model_copy(update=told)]
