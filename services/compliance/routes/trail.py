"""The trail of every act, the referrals to inspectors, and the numbers of procedure."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from services.compliance.actions import referrals, rulebook, trail
from services.compliance.routes.asked import AnyId, Inspector
from services.compliance.routes.rulebook import LawDay
from services.compliance.schemas.people import CloseIn, ForwardIn, ReferralOut, ReferralState, TrailOut
from services.contracts.values import RegionCode
from services.kit.actor import MaybeActor
from services.kit.db import Reading, Writing
from services.kit.fields import Id
from services.kit.http import json_bytes
from services.kit.idempotency import OptionalKey, RequiredKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(tags=["trail"])

RegionAsked = Annotated[RegionCode | None, Query(description="This region and everything below it.")]


@router.get("/trail")
async def read_trail(
    actor: MaybeActor,
    db: Reading,
    subject: Annotated[
        list[Id], Query(min_length=1, max_length=20, description="Ids of filings, lots, events or pieces of evidence.")
    ],
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[TrailOut]:
    """What people did about these subjects, newest first. The database refuses to change or delete an entry.

    Public is the act, the role and organ for which it was done, its published reason, its decision and its moment.
    Internal, for inspectors and administrators, are referrals and the account that acted. An appeal's grounds stand
    with the appeal and not here.
    """
    return await trail.read_trail(db, actor, subject, cursor, limit)


@router.get("/acts")
async def list_acts(
    actor: MaybeActor, db: Reading, region: RegionAsked = None, cursor: Cursor = None, limit: Limit = 20
) -> Page[TrailOut]:
    """What people did about any subject, or any of a region and below, newest first, each act with its hash in the log.

    The public log has every hash, those of internal acts too; nothing of it can be changed or left out unseen.
    """
    return await trail.read_trail(db, actor, (), cursor, limit, region)


@router.get("/procedure", response_model=dict[str, Any])
async def get_procedure(request: Request, db: Reading, at: LawDay = None) -> Response:
    """Within how many working days an appeal is opened and decided, and how long an override may hold, by date."""
    return json_bytes(request, await rulebook.procedure_document(db, at), max_age=60, public=True)


@router.get("/referrals")
async def list_referrals(
    actor: Inspector,
    db: Reading,
    state: Annotated[ReferralState | None, Query(description="Only referrals that stand so.")] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[ReferralOut]:
    """Notices of apportionment in your regions that concern the conduct of people, newest first."""
    return await referrals.list_referrals(db, actor, state, cursor, limit)


@router.post("/decisions/{decision_id}/referral", response_model=ReferralOut)
async def refer_decision(decision_id: AnyId, actor: Inspector, db: Writing, once: OptionalKey) -> Response:
    """Put a stored decision before inspectors whose failed notice was never referred, such as one of earlier years.

    The same words of the same subject have one referral: a second call answers with it and changes nothing.
    """
    return await once.answer(db, 200, lambda: referrals.refer_decision(db, actor, decision_id))


@router.get("/referrals/{referral_id}")
async def get_referral(referral_id: AnyId, actor: Inspector, db: Reading) -> ReferralOut:
    """One referral, with the words that opened it and the law that they touch."""
    return await referrals.get_referral(db, actor, referral_id)


@router.post("/referrals/{referral_id}/forward", response_model=ReferralOut)
async def forward_referral(
    referral_id: AnyId, body: ForwardIn, actor: Inspector, db: Writing, once: RequiredKey
) -> Response:
    """Hand it to the organ that supervises the people behind the notice."""
    return await once.answer(db, 200, lambda: referrals.forward_referral(db, actor, referral_id, body))


@router.post("/referrals/{referral_id}/close", response_model=ReferralOut)
async def close_referral(
    referral_id: AnyId, body: CloseIn, actor: Inspector, db: Writing, once: RequiredKey
) -> Response:
    """Close it, with the reason."""
    return await once.answer(db, 200, lambda: referrals.close_referral(db, actor, referral_id, body))
