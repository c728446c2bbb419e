"""The public keys and revocations that every service holds, and the reading of access tokens with them."""

import hashlib
from collections import OrderedDict
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock, tokens
from services.kit.db import Database, schema_of
from services.kit.event import KeyPublished, TokenRevoked
from services.kit.plumbing import plumbing

ACCESS_ISSUER = "sunfair:accounts"
REMEMBERED = 10_000
RELOAD_SECONDS = 1.0


async def add_public_key(db: AsyncSession, event: KeyPublished) -> None:
    """Keep a published key for ever: old tokens and clearances stay verifiable."""
    table = plumbing(schema_of(db)).public_key
    row = {"kid": event.jwk["kid"], "issuer": event.issuer, "jwk": event.jwk, "not_after": event.not_after}
    await db.execute(
        insert(table).values(**row).on_conflict_do_update(index_elements=["kid"], set_={"not_after": event.not_after})
    )


async def add_revocation(db: AsyncSession, event: TokenRevoked) -> None:
    """Refuse tokens of the account that were issued earlier."""
    table = plumbing(schema_of(db)).revocation
    statement = insert(table).values(account_id=event.account_id, revoked_at=event.revoked_at)
    latest = sa.func.greatest(table.c.revoked_at, statement.excluded.revoked_at)
    await db.execute(statement.on_conflict_do_update(index_elements=["account_id"], set_={"revoked_at": latest}))


class KeyRing:
    """Reads access tokens. Verified ones are remembered (bounded, never past their `exp`): verifying costs 300 µs."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.keys: dict[str, tuple[str, dict[str, str]]] = {}
        self.revoked: dict[str, datetime] = {}
        self.loaded_at: datetime | None = None
        self.verified: OrderedDict[bytes, dict[str, Any]] = OrderedDict()

    async def claims(self, token: str) -> dict[str, Any]:
        """The claims of a good access token. Raises TokenRefused, also for a revoked one."""
        await self._reload_if_due()
        digest = hashlib.sha256(token.encode()).digest()
        claims = self.verified.get(digest)
        if claims is None:
            claims = await self._verify(token)
            self.verified[digest] = claims
            if len(self.verified) > REMEMBERED:
                self.verified.popitem(last=False)
        self._refuse_stale(claims)
        return claims

    async def _verify(self, token: str) -> dict[str, Any]:
        kid = tokens.key_id(token, tokens.ACCESS_TYPE)
        if kid not in self.keys:
            await self._reload()
        issuer, key = self.keys.get(kid, ("", {}))
        if issuer != ACCESS_ISSUER:
            raise tokens.TokenRefused("The token was signed by a key that is not ours.")
        return tokens.read(token, key, typ=tokens.ACCESS_TYPE, audience=tokens.ACCESS_AUDIENCE, issuer=ACCESS_ISSUER)

    def _refuse_stale(self, claims: dict[str, Any]) -> None:
        if claims["exp"] <= clock.now().timestamp():
            raise tokens.TokenRefused("The token has expired.")
        revoked_at = self.revoked.get(claims["sub"])
        if revoked_at is not None and datetime.fromtimestamp(claims["iat"], UTC) < revoked_at:
            raise tokens.TokenRefused("The token was revoked.")

    async def _reload_if_due(self) -> None:
        if self.loaded_at is None or (clock.now() - self.loaded_at).total_seconds() > RELOAD_SECONDS:
            await self._reload()

    async def _reload(self) -> None:
        tables = plumbing(self.database.schema)
        async with self.database.sessions() as db:
            keys = (await db.execute(sa.select(tables.public_key))).all()
            revoked = (await db.execute(sa.select(tables.revocation))).all()
        # A key past its time stays published, but signs nobody in: an old one that leaks opens no door.
        in_time = [row for row in keys if row.not_after is None or row.not_after > clock.now()]
        self.keys = {row.kid: (row.issuer, dict(row.jwk)) for row in in_time}
        self.revoked = {row.account_id: row.revoked_at for row in revoked}
        self.loaded_at = clock.now()
