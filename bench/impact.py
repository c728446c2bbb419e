"""What a proposed value would change, over 40,000 live listings: how many, how fast, beside the rules alone.

`python3 sunfair.py bench impact [NAME VALUE [LISTINGS]]` (adm.suppliers.enough 4 40000 unless said otherwise). The
listings are the case of Dangshan in the present, in several hundred ways near the limits of its rules; they are laid
into a compliance database of its own as decisions that stand, and weighed in batches as a running service weighs them.
"""

import asyncio
import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime, timedelta
from operator import attrgetter
from pathlib import Path
from typing import Any

import asyncpg

from bench.load import SECRET, postgres
from services.compliance.actions.impact import ask_next_batch, begin_impact
from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain.access import region_line
from services.compliance.domain.impact import Proposal, difference_for_lot, stays
from services.compliance.domain.verdict import Question, Subject, Verdict, decision_document, judge
from services.compliance.models import Impact, ParameterChange, Standing
from services.compliance.rules.changes import Change, as_if_published
from services.compliance.rules.law import released_parameters, start_of
from services.compliance.settings import ComplianceSettings
from services.compliance.store import impact as store
from services.compliance.store.decisions import NewDecision
from services.contracts.values import shanghai_day
from services.kit import clock
from services.kit.blobs import BlobStore
from services.kit.db import Database
from services.kit.ids import new_id
from tests.compliance.present import moved, today
from tests.compliance.rules.documents import document

NAME, VALUE, LISTINGS = "adm.suppliers.enough", 4, 40_000
WAYS, ALONE = 400, 400
AT_ONCE = 1_000
REGION = "341321"
NOTICE_DAYS = 10


def way(dice: random.Random) -> dict[str, Any]:
    """Facts of one listing: suppliers, shares, papers and stocks near the limits of the rules."""
    facts: dict[str, Any] = moved(document())
    suppliers = facts["suppliers"]
    del suppliers[dice.choice((2, 3, 3, 4, 4, 4)) :]
    first = dice.choice((2_500, 3_000, 4_000, 5_000, 5_001, 7_001))
    rest = (10_000 - first) // (len(suppliers) - 1)
    for supplier in suppliers[1:]:
        supplier["offered_share_bp"] = rest
    suppliers[0]["offered_share_bp"] = 10_000 - rest * (len(suppliers) - 1)
    lot = facts["lot"]
    lot["cost_evidence_on"] = today().isoformat()
    lot["certificates"][1]["issued_on"] = (today() - timedelta(days=dice.choice((3, 9, 19, 29, 60)))).isoformat()
    facts["sales"]["unsold_grams"] = dice.choice((20_000_000_000, 40_000_000_000, 40_000_000_000))
    facts["texts"][0]["text"] += f"（第{dice.randrange(1_000_000)}批）"
    return facts


def ways() -> list[Verdict]:
    """The answers about several hundred such listings; the same for everyone who runs this."""
    dice = random.Random(20200302)  # noqa: S311  The same listings every time.
    at = clock.now()
    return [judge(Question("listing", at, way(dice))) for _ in range(WAYS)]


def decision(verdict: Verdict, lot_id: str) -> NewDecision:
    """The decision about one lot as the gate stores it."""
    decision_id, now = new_id(), clock.now()
    return NewDecision(
        id=decision_id,
        origin="sunfair",
        stage=verdict.stage,
        subject_kind="lot",
        subject_id=lot_id,
        subject_version=1,
        region_code=REGION,
        binding=True,
        announced=True,
        is_public=True,
        outcome=verdict.outcome,
        at=verdict.at,
        decided_at=now,
        valid_until=verdict.valid_until,
        ruleset=verdict.ruleset,
        facts_sha256=verdict.facts_sha256,
        answer_sha256=verdict.answer_sha256,
        document=decision_document(decision_id, Subject("lot", lot_id, 1), verdict, now, trial=False, binding=True),
    )


def standing(verdict: Verdict, row: NewDecision) -> dict[str, Any]:
    """What stands for the lot."""
    return Standing(
        subject_kind="lot",
        subject_id=str(row.subject_id),
        decision_id=row.id,
        parts=[],
        version=1,
        region_code=REGION,
        region_line=region_line([REGION], shanghai_day(row.decided_at)),
        title_zh=f"砀山酥梨 {row.subject_id}",
        title_en=f"Dangshan pears {row.subject_id}",
        binding=True,
        outcome=row.outcome,
        at=row.at,
        clock_set=False,
        active=True,
        deadline_at=row.decided_at + timedelta(days=3),
        keys=sorted(verdict.keys),
    ).model_dump()


async def fill(url: str, answers: list[Verdict], listings: int) -> None:
    """Lay the decisions and what stands into the database, a thousand at a time."""
    columns = [field.name for field in fields(NewDecision)]
    values = attrgetter(*columns)
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    for first in range(0, listings, AT_ONCE):
        numbers = range(first, min(first + AT_ONCE, listings))
        rows = [(answers[n % len(answers)], decision(answers[n % len(answers)], f"LOT-{n:06}")) for n in numbers]
        await connection.copy_records_to_table(
            "decision", schema_name="compliance", columns=columns, records=[values(row) for _, row in rows]
        )
        stands = [standing(verdict, row) for verdict, row in rows]
        await connection.copy_records_to_table(
            "standing",
            schema_name="compliance",
            columns=list(stands[0]),
            records=[tuple(each.values()) for each in stands],
        )
    await connection.execute("ANALYZE compliance.decision, compliance.standing")
    await connection.close()


def change(name: str, value: Any) -> ParameterChange:
    """A reviewer's proposal for our own value in ten days."""
    now = clock.now()
    return ParameterChange(
        id=new_id(),
        version=1,
        name=name,
        value=value,
        from_on=today() + timedelta(days=NOTICE_DAYS),
        basis="platform",
        source="",
        article="",
        reason_zh="量测",
        reason_en="A measurement",
        state="proposed",
        proposed_by="bench",
        proposer_person="bench",
        proposer_organ={},
        proposed_at=now,
        changed_at=now,
    )


async def weighed(database: Database, around: Surroundings, proposed: ParameterChange) -> Impact:
    """The proposal weighed to its end, a batch a transaction."""
    change_id = proposed.id
    async with database.sessions.begin() as db:
        db.add(proposed)
        await db.flush()
        await begin_impact(db, proposed, 0)
    while await ask_next_batch(database, around):
        pass
    async with database.sessions() as db:
        found = await store.find(db, change_id)
    if found is None or found.done_at is None:
        raise RuntimeError(f"It was not weighed to its end: {found.problem if found else 'it is not there'}.")
    return found


def alone(answers: list[Verdict], name: str, value: Any) -> float:
    """Listings a second that one process weighs by the rules alone, their documents read and nothing stored."""
    present, from_on = released_parameters(), today() + timedelta(days=NOTICE_DAYS)
    asked = Proposal(
        name, present, as_if_published(present, Change(name, value, from_on, "platform")), start_of(from_on)
    )
    documents = [json.loads(decision(verdict, "LOT").document) for verdict in answers[:ALONE]]
    begun = time.perf_counter()
    for each in documents:
        if not stays(each, asked):
            difference_for_lot(each, asked)
    return len(documents) / (time.perf_counter() - begun)


def told(found: Impact) -> Iterator[str]:
    """How many change, and from what to what."""
    total = sum(found.counts.values())
    yield f"  {total:,} of {found.subjects:,} listings would be answered otherwise"
    for kind, count in sorted(found.counts.items(), key=lambda pair: -pair[1]):
        _, then, now = kind.split(":")
        yield f"    {count:>8,}  {then} → {now}" + ("  (on other grounds)" if then == now else "")


async def main(arguments: list[str]) -> None:
    """All of it, in a folder that is gone afterwards."""
    name, value = (arguments[0], json.loads(arguments[1])) if len(arguments) > 1 else (NAME, VALUE)
    listings = int(arguments[2]) if len(arguments) > 2 else LISTINGS
    answers = ways()
    print(f"{name} = {json.dumps(value, ensure_ascii=False)}, weighed against {listings:,} live listings")
    floor = alone(answers, name, value)
    with tempfile.TemporaryDirectory(prefix="sunfair-bench-") as folder:
        async with postgres(Path(folder)) as server:
            begun = datetime.now().astimezone()
            await fill(server.url("postgres", server.password, "postgres"), answers, listings)
            print(f"  {(datetime.now().astimezone() - begun).total_seconds():.0f} s to lay them into the database")
            settings = ComplianceSettings(demo=True, blobs=f"file://{folder}/blobs")
            blobs = BlobStore(settings.blobs)
            database = Database.connect(server.url("compliance_app", f"compliance-{SECRET}", "postgres"), "compliance")
            started = time.perf_counter()
            found = await weighed(database, Surroundings(settings, blobs, blobs), change(name, value))
            seconds = time.perf_counter() - started
            await database.close()
    print("\n".join(told(found)))
    rate = found.asked / seconds
    print(f"  {seconds:.1f} s, {rate:.0f} listings/s, of which the rules {found.busy_ms / 1000:.1f} s")
    print(f"  the rules alone: {floor:.0f} listings/s   {rate / floor:.2f} of it")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
