"""The port to registers of enterprises: their word on who a producer is, in place of what a county typed.

`Registers` is all that an adapter must be. The one shipped reads claims that a register signed and the producer hands
in, so that nobody outside is ever asked while somebody waits.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, Protocol

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.actions.access import Change, own_producer
from services.catalog.actions.history import note_edit, producer_event, told_of
from services.catalog.domain.vouched import STANDINGS, Vouched, entered
from services.catalog.errors import ClaimOfAnother, ClaimRefused, RegisterUnknown
from services.catalog.schemas.producers import ClaimIn, ProducerOut
from services.catalog.store import records
from services.kit import clock, tokens
from services.kit.actor import Actor
from services.kit.outbox import enqueue

CLAIM_TYPE = "sunfair-registry-claim+jwt"
CLAIM_AUDIENCE = "sunfair:registry"


class Registers(Protocol):
    """Whoever can say what a register of enterprises vouches for."""

    def read(self, claim: str) -> Vouched:
        """What the claim says. Raises RegisterUnknown and ClaimRefused."""


class SignedClaims:
    """Registers that sign what they say (a compact JWS, ES256) with a key that this deployment knows."""

    def __init__(self, keys: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
        """`keys`: issuer → its public keys as JWK."""
        self.keys = {key["kid"]: (issuer, key) for issuer, known in keys.items() for key in known}

    def read(self, claim: str) -> Vouched:
        """What the claim says. Raises RegisterUnknown and ClaimRefused."""
        try:
            kid = tokens.key_id(claim, CLAIM_TYPE)
            if kid not in self.keys:
                raise RegisterUnknown(
                    "The claim is signed with a key of no register that is connected here.",
                    "该凭证的签名密钥不属于已接入的登记机关。",
                )
            issuer, key = self.keys[kid]
            return _vouched(tokens.read(claim, key, typ=CLAIM_TYPE, audience=CLAIM_AUDIENCE, issuer=issuer))
        except (tokens.TokenRefused, KeyError, TypeError, ValueError, OverflowError) as error:
            raise ClaimRefused(
                "The claim does not hold: it ran out, was changed, or lacks something. Fetch a new one.",
                "凭证无效：已过期、被改动或内容不全，请重新获取。",
            ) from error


def _vouched(claims: Mapping[str, Any]) -> Vouched:
    name, standing, ends = claims["name"], claims["standing"], claims.get("licence_expires_on")
    if standing not in STANDINGS or not isinstance(name, str) or not 0 < len(name) <= 200:
        raise ValueError("a claim without name or standing")
    return Vouched(
        register=str(claims["iss"]),
        uscc=str(claims["sub"]),
        name=name,
        standing=standing,
        expires_on=date.fromisoformat(ends) if ends is not None else None,
        seen_at=datetime.fromtimestamp(int(claims["iat"]), UTC),
    )


async def take_claim(
    db: AsyncSession, registers: Registers, actor: Actor, producer_id: str, body: ClaimIn, change: Change
) -> ProducerOut:
    """Enter what a register vouches for; the gate reads it with the producer's next submission."""
    producer = await own_producer(db, actor, producer_id, change)
    word = registers.read(body.claim)
    if word.uscc != producer.uscc:
        raise ClaimOfAnother(
            f"The claim is about {word.uscc}, this producer is {producer.uscc or 'a household without a code'}.",
            f"凭证所述主体为 {word.uscc}，与该生产主体（{producer.uscc or '无代码农户'}）不符。",
            uscc=word.uscc,
        )
    before = told_of(producer)
    producer.public = entered(producer.public, word)
    producer.version += 1
    producer.updated_at = clock.now()
    await db.flush()
    await note_edit(db, actor, producer, before, action="verified", why=change.why)
    await enqueue(db, producer_event(producer))
    return records.producer_out(producer, in_full=True)
