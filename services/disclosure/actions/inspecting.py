"""Inspectors read findings as cases, send one to those who supervise the people behind it, or close it.

Nobody decides about a broadcast in which they have a part, and no inspector alone takes a grave accusation away.
"""

import json
from datetime import datetime
from typing import Any, cast

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.values import shanghai_day
from services.disclosure.actions.cases import note
from services.disclosure.actions.surroundings import Surroundings
from services.disclosure.domain.cases import GRAVITY, SEVERITIES, Severity, grounds_of, has_part, needs_second
from services.disclosure.domain.paper import as_pdf
from services.disclosure.domain.referral import (
    Document,
    Release,
    Sending,
    file_sha256,
    referral_file,
    referral_leaf,
)
from services.disclosure.errors import CaseClosed, NothingProposed, OwnCase, SamePerson, WrongRegion
from services.disclosure.ledger.canonical import canonical
from services.disclosure.models import CaseAct, FindingCase, ReferralFile
from services.disclosure.schemas.cases import ActOut, CaseOut, CaseRowOut, CloseIn, ClosureIn, FileOut, ReferIn
from services.disclosure.store import cases as store
from services.disclosure.store import leaves, record
from services.kit import clock
from services.kit.actor import Actor
from services.kit.page import Page, decode_cursor, encode_cursor
from services.kit.problem import NotFound

UNSETTLED = ("open", "closing")


async def list_cases(
    db: AsyncSession, actor: Actor, states: tuple[str, ...], severity: Severity | None, cursor: str | None, limit: int
) -> Page[CaseRowOut]:
    """Cases of the inspector's regions, the gravest first and of these the oldest."""
    after = None
    if cursor:
        grade, at, case_id = decode_cursor(cursor, int, str, str)
        after = (int(grade), datetime.fromisoformat(str(at)), str(case_id))
    grade_asked = None if severity is None else GRAVITY[severity]
    rows = await store.list_cases(db, actor.scopes, states or UNSETTLED, grade_asked, after, limit + 1)
    last = rows[limit - 1] if len(rows) > limit else None
    following = encode_cursor(last.severity, last.opened_at.isoformat(), last.id) if last else None
    return Page(items=[_row(row) for row in rows[:limit]], next=following)


async def get_case(db: AsyncSession, actor: Actor, case_id: str) -> CaseOut:
    """One case with its exhibits and all that was done. Raises NotFound, WrongRegion."""
    row = await _case(db, actor, case_id)
    return await _out(db, actor, row)


async def refer_case(db: AsyncSession, around: Surroundings, actor: Actor, case_id: str, body: ReferIn) -> CaseOut:
    """Send it to the organ that supervises the people behind it; the file is kept, and its hash enters the log."""
    row = await _moved(db, actor, case_id)
    sending = Sending(body.organ, actor.organ, clock.now(), body.reason_zh, body.reason_en)
    document = await _file(db, around, row, sending)
    before = await store.newest_file(db, row.id)
    kept = ReferralFile(
        case_id=row.id,
        number=before.number + 1 if before else 1,
        made_at=sending.at,
        sha256=file_sha256(document),
        body=canonical(document),
    )
    await store.save(db, kept)
    await leaves.add_leaves(db, [referral_leaf(document, sending.at)])
    row.state, row.referred_to, row.proposed_by = "referred", body.organ, None
    await note(db, row, "referred", **_by(actor, body.reason_zh, body.reason_en))
    return await _out(db, actor, row)


async def close_case(db: AsyncSession, actor: Actor, case_id: str, body: CloseIn) -> CaseOut:
    """Nothing more is to be done, and why. A case that is more than minor waits for a second inspector."""
    row = await _moved(db, actor, case_id)
    if needs_second(SEVERITIES[row.severity]):
        row.state, row.proposed_by = "closing", actor.person
        await note(db, row, "close_proposed", **_by(actor, body.reason_zh, body.reason_en))
    else:
        row.state = "closed"
        await note(db, row, "closed", **_by(actor, body.reason_zh, body.reason_en))
    return await _out(db, actor, row)


async def answer_closure(db: AsyncSession, actor: Actor, case_id: str, body: ClosureIn) -> CaseOut:
    """The second inspector agrees that it is closed, or does not. Raises NothingProposed, SamePerson."""
    row = await _moved(db, actor, case_id)
    if row.state != "closing":
        raise NothingProposed("Nobody has proposed to close it.", "尚无人提出办结。")
    if row.proposed_by == actor.person:
        raise SamePerson(
            "You proposed to close it; another inspector has to agree.", "该办结由您提出，须由另一名检查员确认。"
        )
    row.proposed_by = None
    row.state = "closed" if body.agreed else "referred" if row.referred_to else "open"
    action = "closed" if body.agreed else "close_declined"
    await note(db, row, cast(Any, action), **_by(actor, body.reason_zh, body.reason_en))
    return await _out(db, actor, row)


async def read_file(db: AsyncSession, around: Surroundings, actor: Actor, case_id: str) -> tuple[str, bytes]:
    """The case as a PDF, with the name of the file: as it was sent last, or as it would be sent now."""
    row = await _case(db, actor, case_id)
    sent = await store.newest_file(db, row.id)
    document = json.loads(sent.body) if sent else await _file(db, around, row, None)
    return f"sunfair-referral-{row.id}.pdf", as_pdf(document, file_sha256(document))


async def _case(db: AsyncSession, actor: Actor, case_id: str, *, locked: bool = False) -> FindingCase:
    row = await store.find_case(db, case_id, locked=locked)
    if row is None:
        raise NotFound(f"There is no finding {case_id}.", f"没有编号为 {case_id} 的核查线索。")
    if actor.scopes and not set(actor.scopes) & set(row.region_path):
        raise WrongRegion("The finding lies outside of your regions.", "该线索不在您的地区范围内。")
    return row


async def _moved(db: AsyncSession, actor: Actor, case_id: str) -> FindingCase:
    """The case, locked, for an inspector who stands outside of it. Raises OwnCase and CaseClosed."""
    row = await _case(db, actor, case_id, locked=True)
    if await _has_part(db, actor, row):
        raise OwnCase(
            "You or your organ have a part in this broadcast. Somebody of another organ has to act.",
            "您或您所在单位参与了该直播，须由其他单位的检查员办理。",
        )
    if row.state == "closed":
        raise CaseClosed(
            "It was closed, with a reason; graver evidence opens it again by itself.",
            "该线索已附理由办结；出现更严重的证据时会自动重新立案。",
        )
    return row


async def _has_part(db: AsyncSession, actor: Actor, row: FindingCase) -> bool:
    course = await record.find_course(db, row.broadcast_id)
    filing = (course.filing if course else None) or {}
    applicant = str((filing.get("accounts") or {}).get("applicant", ""))
    known = await record.list_copies(db, "account", [applicant])
    organ = ((known.get(applicant) or {}).get("organ") or {}).get("name")
    return has_part(filing, organ, person=actor.person, account_id=actor.account_id, organ=actor.organ)


def _by(actor: Actor, reason_zh: str, reason_en: str | None) -> dict[str, str | None]:
    said = {"by_account": actor.account_id, "by_organ": actor.organ}
    return {**said, "reason_zh": reason_zh, "reason_en": reason_en}


async def _file(db: AsyncSession, around: Surroundings, row: FindingCase, sending: Sending | None) -> Document:
    case = row.model_dump() | {"severity": SEVERITIES[row.severity]}
    acts = [act.model_dump() for act in await store.list_acts(db, row.id)]
    return referral_file(case, await _release(db, around, row), acts, sending)


async def _release(db: AsyncSession, around: Surroundings, row: FindingCase) -> Release | None:
    made = await store.find_release(db, row.broadcast_id, row.release_number) if row.release_number else None
    if made is None:
        return None
    place = await store.find_place(db, "disclosure", row.broadcast_id, made.sha256)
    return Release(made.number, made.sha256, made.released_at, around.settings.ledger_origin, place)


async def _out(db: AsyncSession, actor: Actor, row: FindingCase) -> CaseOut:
    sent = await store.newest_file(db, row.id)
    acts = [_act(act) for act in await store.list_acts(db, row.id)]
    return CaseOut(
        **_row(row).model_dump(),
        findings=[_shown(each) for each in row.findings],
        engine=row.engine,
        figures=row.figures,
        grounds=grounds_of(row.abuse, shanghai_day(row.ended_at)),
        acts=acts,
        needs_second=needs_second(SEVERITIES[row.severity]),
        proposed_by_you=row.state == "closing" and row.proposed_by == actor.person,
        part_in_it=await _has_part(db, actor, row),
        file=None if sent is None else FileOut(number=sent.number, sha256=sent.sha256, made_at=sent.made_at),
    )


def _shown(finding: dict[str, Any]) -> dict[str, Any]:
    """A finding whose exhibits carry their tokens as text: they have more digits than every program reads."""
    return finding | {"exhibits": [item | {"id": str(item["id"])} for item in finding["exhibits"]]}


def _act(act: CaseAct) -> ActOut:
    return ActOut.model_validate(act)


def _row(row: FindingCase) -> CaseRowOut:
    same = row.model_dump(exclude={"severity", "findings", "engine", "figures", "region_path", "proposed_by"})
    return CaseRowOut(**same, severity=SEVERITIES[row.severity], n=sum(each["n"] for each in row.findings))
