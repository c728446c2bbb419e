"""Clearances: a pass that a stranger can verify with nothing but our public keys."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.compliance.actions.surroundings import Surroundings
from services.compliance.domain.verdict import Subject, Verdict
from services.compliance.models import ClearanceKey
from services.compliance.store import keys as store
from services.contracts.compliance import ClearanceKeyPublished
from services.kit import clock, tokens
from services.kit.keys import add_public_key
from services.kit.outbox import enqueue

ISSUER = "sunfair:compliance"
LONGEST = timedelta(hours=24)


async def ensure_clearance_key(db: AsyncSession, around: Surroundings) -> tokens.SigningKey:
    """The key that signs clearances; made, sealed and published when there is none. Replicas make one together."""
    secret = around.settings.token_secret.get_secret_value()
    await store.lock_start(db)
    known = await store.list_clearance_keys(db)
    if known:
        return tokens.SigningKey(known[-1].kid, tokens.unseal(known[-1].sealed_pem, secret))
    made = tokens.new_signing_key()
    row = ClearanceKey(
        kid=made.kid, sealed_pem=tokens.seal(made.pem, secret), public_jwk=made.public_jwk, created_at=clock.now()
    )
    await store.add_clearance_key(db, row)
    published = key_event(row)
    await add_public_key(db, published)
    await enqueue(db, published)
    return made


def key_event(key: ClearanceKey) -> ClearanceKeyPublished:
    """The announcement of a key's public half; it has no last day."""
    return ClearanceKeyPublished(entity_id=key.kid, version=1, jwk=key.public_jwk, issuer=ISSUER, not_after=None)


def cleared_until(verdict: Verdict, decided_at: datetime) -> datetime | None:
    """Until when a clearance for this verdict holds; None when there can be none."""
    ends_at = min(verdict.valid_until or decided_at + LONGEST, decided_at + LONGEST)
    return ends_at if verdict.outcome == "pass" and ends_at > decided_at else None


def clearance(
    around: Surroundings, subject: Subject, verdict: Verdict, decision_id: str, decided_at: datetime, basis: str
) -> str | None:
    """A signed clearance for a pass; None when it would have run out already."""
    ends_at = cleared_until(verdict, decided_at)
    if ends_at is None or around.clearance_key is None:
        return None
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "aud": tokens.CLEARANCE_AUDIENCE,
        "sub": f"{subject.kind}:{subject.id}",
        "stage": verdict.stage,
        "decision_id": decision_id,
        "facts_sha256": verdict.facts_sha256,
        "ruleset": verdict.ruleset,
        "basis": basis,
        "iat": int(decided_at.timestamp()),
        "nbf": int(decided_at.timestamp()),
        "exp": int(ends_at.timestamp()),
    }
    return tokens.sign(claims, around.clearance_key, tokens.CLEARANCE_TYPE)
