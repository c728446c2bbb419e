"""Asks what a proposed value would change: every live subject once, in batches that survive a restart."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.parameters import change_of, current_parameters
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain.impact import (
    Difference,
    Proposal,
    counted,
    difference_for_filing,
    difference_for_lot,
    lot_answer,
    stays,
)
from services.compliance.models import Impact, ParameterChange, Standing
from services.compliance.rules import FactsError
from services.compliance.rules.changes import as_if_published
from services.compliance.rules.law import start_of
from services.compliance.store import decisions
from services.compliance.store import impact as store
from services.kit import clock
from services.kit.db import Database

# A demonstration of years ago is not asked again when a rule changes, so it does not count here either.
_PAST = timedelta(days=30)

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stored:
    """A subject with what was decided about it and, of a filing, about its lots, as it was sent."""

    standing: Standing
    documents: list[bytes]
    lots: list[tuple[bytes | None, bool]]
    public: bool


def live_since(now: datetime) -> datetime:
    """Subjects under a set clock count from this instant on."""
    return now - _PAST


async def begin_impact(db: AsyncSession, change: ParameterChange, revision: int) -> None:
    """Begin to ask, as of the value's first day; of a value that holds already, as of now."""
    now = clock.now()
    subjects = await store.count_live(db, now, live_since(now))
    await store.begin(
        db,
        Impact(
            change_id=change.id,
            revision=revision,
            as_of=max(start_of(change.from_on), now),
            subjects=subjects,
            asked=0,
            busy_ms=0,
            counts={},
            started_at=now,
        ),
    )


async def begin_open_impacts_again(db: AsyncSession, revision: int) -> None:
    """Other values hold from now on: what open proposals would change is asked anew."""
    for change in await store.list_open_changes(db):
        await begin_impact(db, change, revision)


async def ask_next_batch(database: Database, around: Surroundings) -> bool:
    """Ask about the next subjects of the proposal that waits longest; False when none waits."""
    async with database.sessions.begin() as db:
        taken = await store.take_waiting(db)
        if taken is None:
            return False
        impact, change = taken
        try:
            await _ask(db, around, impact, change)
        except (LookupError, TypeError, ValueError, ArithmeticError, FactsError) as error:
            # A rule cannot work with the value: the proposal must say so, and never be published.
            impact.problem = f"{type(error).__name__}: {error}"[:500]
        await store.save(db, impact)
    return True


async def _ask(db: AsyncSession, around: Surroundings, impact: Impact, change: ParameterChange) -> None:
    present = await current_parameters(db)
    proposal = Proposal(change.name, present, as_if_published(present, change_of(change)), impact.as_of)
    kind, rows = await _next_rows(db, impact, around.settings.weighed_at_once)
    if not rows:
        impact.done_at = clock.now()
        return
    subjects = await _stored(db, rows)
    began = time.perf_counter()
    # In a thread, so that whoever asks the gate meanwhile does not wait for a whole batch.
    found = await asyncio.to_thread(lambda: [_difference(subject, proposal) for subject in subjects])
    impact.busy_ms += round((time.perf_counter() - began) * 1000)
    changed = [(subject, each) for subject, each in zip(subjects, found, strict=True) if each and each.changes]
    await store.add_lines(db, [_line(change.id, subject, each) for subject, each in changed])
    impact.counts = counted(impact.counts, kind, (each for _, each in changed))
    impact.asked += len(rows)
    impact.done_kind, impact.done_id = kind, rows[-1].subject_id


async def _next_rows(db: AsyncSession, impact: Impact, most: int) -> tuple[str, Sequence[Standing]]:
    kinds = store.KINDS[store.KINDS.index(impact.done_kind) :] if impact.done_kind in store.KINDS else store.KINDS
    for kind in kinds:
        after = (impact.done_id or "") if kind == impact.done_kind else ""
        rows = await store.list_live_after(db, kind, after, impact.started_at, live_since(impact.started_at), most)
        if rows:
            return kind, rows
    return kinds[-1], ()


async def _stored(db: AsyncSession, rows: Sequence[Standing]) -> list[Stored]:
    lot_ids = {row.subject_id: _lots_of(row) for row in rows if row.subject_kind == "filing"}
    wanted = [lot_id for ids in lot_ids.values() for lot_id in ids]
    lots = await decisions.list_standing(db, "lot", wanted) if wanted else {}
    ids = {each for row in rows for each in (row.decision_id, *row.parts)} | {lot.decision_id for lot in lots.values()}
    documents = await store.list_documents(db, ids)
    return [
        Stored(
            row,
            [documents[each][0] for each in (row.decision_id, *row.parts)],
            [_lot(lots.get(lot_id), documents) for lot_id in lot_ids.get(row.subject_id, ())],
            documents[row.decision_id][1],
        )
        for row in rows
    ]


def _lots_of(filing: Standing) -> list[str]:
    return [key.removeprefix("lot:") for key in filing.keys if key.startswith("lot:")]


def _lot(standing: Standing | None, documents: Mapping[str, tuple[bytes, bool]]) -> tuple[bytes | None, bool]:
    if standing is None:
        return None, True
    return documents[standing.decision_id][0], standing.active


def _difference(subject: Stored, proposal: Proposal) -> Difference | None:
    """What changes for the subject; None where nothing does, of its own or through its lots."""
    documents: list[Document] = [msgspec.json.decode(document) for document in subject.documents]
    lots = [(msgspec.json.decode(lot) if lot else None, active) for lot, active in subject.lots]
    if all(stays(document, proposal) for document in (*documents, *(lot for lot, _ in lots if lot))):
        return None
    if subject.standing.subject_kind == "lot":
        return difference_for_lot(documents[0], proposal)
    return difference_for_filing(
        documents, [lot_answer(lot, proposal, active=active) for lot, active in lots], proposal
    )


def _line(change_id: str, subject: Stored, difference: Difference) -> dict[str, Any]:
    standing = subject.standing
    return {
        "change_id": change_id,
        "subject_kind": standing.subject_kind,
        "subject_id": standing.subject_id,
        "region_code": standing.region_code,
        "title_zh": standing.title_zh,
        "title_en": standing.title_en,
        "decision_id": standing.decision_id,
        "outcome_then": difference.outcome_then,
        "outcome_now": difference.outcome_now,
        "public": subject.public,
        "changes": list(difference.changes),
    }
