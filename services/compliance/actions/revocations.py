"""Clearances that no longer hold: revoked by a changed record or by a person, published, and told to their owners."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.clearances import ISSUER
from services.compliance.actions.messages import message, revocation_data, tell
from services.compliance.actions.surroundings import Surroundings
from services.compliance.errors import ClearanceNotFound
from services.compliance.models import Revocation
from services.compliance.schemas.checks import Words
from services.compliance.schemas.webhooks import RevocationsOut, RevokedOut, RevokeIn
from services.compliance.store import clearances as store
from services.kit import clock, tokens
from services.kit.actor import Actor

REVOCATIONS_TYPE = "sunfair-revocations+jwt"
LIST_VALID_FOR = timedelta(minutes=10)
_A_RECORD_CHANGED = {
    "zh": "该凭证所依据的登记事项（{key}）已变更，请重新核验。",
    "en": "A record on which this clearance rests ({key}) has changed; ask the gate again.",
}


async def revoke_resting_on(db: AsyncSession, keys: Sequence[str]) -> int:
    """Revoke every clearance that rests on one of these records, which have changed; how many.

    What the caller asserted of the record may still be true; whether it is, only a new question can tell.
    """
    given = await store.list_given(db, keys, clock.now())
    named = {"key": ", ".join(sorted(keys))}
    reason = {language: sentence.format_map(named) for language, sentence in _A_RECORD_CHANGED.items()}
    for each in given:
        await _revoke(db, each, reason, None)
    return len(given)


async def revoke_clearance(db: AsyncSession, actor: Actor, decision_id: str, body: RevokeIn) -> RevokedOut:
    """A person revokes one clearance with a published reason; doing so twice changes nothing."""
    given = await store.find_given(db, decision_id, clock.now())
    if given is None:
        raise ClearanceNotFound(
            f"The decision {decision_id} gave no clearance that still runs.",
            f"决定 {decision_id} 没有仍在有效期内的放行凭证。",
        )
    await _revoke(db, given, {"zh": body.reason_zh, "en": body.reason_en}, actor.account_id)
    kept = await store.find_revocation(db, decision_id)
    if kept is None:
        raise RuntimeError("a revocation that was stored is not there")
    return _shown(kept)


async def _revoke(db: AsyncSession, given: store.Given, reason: Mapping[str, str], by: str | None) -> None:
    now = clock.now()
    revocation = Revocation(
        decision_id=given.decision_id,
        revoked_at=now,
        ends_at=given.ends_at,
        reason_zh=reason["zh"],
        reason_en=reason["en"],
        revoked_by=by,
    )
    if await store.add_revocation(db, revocation) and given.asked_by is not None:
        data = revocation_data(given.decision_id, now, reason)
        await tell(db, message("clearance.revoked", data, account_id=given.asked_by))


def _shown(row: Revocation) -> RevokedOut:
    return RevokedOut(
        decision_id=row.decision_id,
        revoked_at=row.revoked_at,
        ends_at=row.ends_at,
        reason=Words(zh=row.reason_zh, en=row.reason_en),
    )


async def list_revocations(db: AsyncSession, around: Surroundings) -> RevocationsOut:
    """All that a verifier must know, in words and signed with the clearance key."""
    now = clock.now()
    rows = await store.list_revocations(db, now)
    if around.clearance_key is None:
        raise RuntimeError("the service answers before it has started")
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": tokens.CLEARANCE_AUDIENCE,
        "sub": "revocations",
        "iat": int(now.timestamp()),
        "exp": int((now + LIST_VALID_FOR).timestamp()),
        "revoked": [row.decision_id for row in rows],
    }
    signed = tokens.sign(claims, around.clearance_key, REVOCATIONS_TYPE)
    return RevocationsOut(items=[_shown(row) for row in rows], signed=signed)
