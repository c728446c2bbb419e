"""SQL about browser sessions, refresh tokens, one-time codes and failed sign-ins."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts.domain import FAILURE_WINDOW, LONGEST_WAIT, Failures
from services.accounts.models import BrowserSession, OneTimeCode, PhoneCode, RefreshFamily, RefreshToken, SignInFailure


async def add_session(db: AsyncSession, session: BrowserSession) -> None:
    """A browser that has just signed in."""
    db.add(session)
    await db.flush()


async def find_session(db: AsyncSession, session_sha256: str, now: datetime) -> BrowserSession | None:
    """A session that has not run out, locked."""
    wanted = select(BrowserSession).where(
        BrowserSession.session_sha256 == session_sha256, BrowserSession.expires_at > now
    )
    return (await db.exec(wanted.with_for_update())).one_or_none()


async def save_session(db: AsyncSession, session: BrowserSession) -> None:
    """Write a session that slid on."""
    db.add(session)
    await db.flush()


async def delete_session(db: AsyncSession, session_sha256: str) -> None:
    """End one browser session; none by that id is no error."""
    await db.execute(sa.delete(BrowserSession).where(col(BrowserSession.session_sha256) == session_sha256))


async def delete_sessions(db: AsyncSession, account_id: str) -> None:
    """End every browser session of an account."""
    await db.execute(sa.delete(BrowserSession).where(col(BrowserSession.account_id) == account_id))


async def add_family(db: AsyncSession, family: RefreshFamily) -> None:
    """A new sign-in of a program."""
    db.add(family)
    await db.flush()


async def add_refresh_token(db: AsyncSession, token: RefreshToken) -> None:
    """One more token of a family."""
    db.add(token)
    await db.flush()


async def find_refresh_token(db: AsyncSession, token_sha256: str) -> tuple[RefreshToken, RefreshFamily] | None:
    """A token and its family, both locked, so that two uses at once are seen one after the other."""
    wanted = (
        select(RefreshToken, RefreshFamily)
        .join(RefreshFamily, col(RefreshFamily.id) == col(RefreshToken.family_id))
        .where(RefreshToken.token_sha256 == token_sha256)
        .with_for_update()
    )
    found = (await db.exec(wanted)).one_or_none()
    return None if found is None else (found[0], found[1])


async def mark_refresh_used(db: AsyncSession, token_sha256: str, now: datetime) -> None:
    """The token was exchanged for its successor."""
    used = sa.update(RefreshToken).where(col(RefreshToken.token_sha256) == token_sha256).values(used_at=now)
    await db.execute(used)


async def revoke_family(db: AsyncSession, family_id: str, now: datetime) -> None:
    """No token of the family is good any more."""
    await db.execute(sa.update(RefreshFamily).where(col(RefreshFamily.id) == family_id).values(revoked_at=now))


async def revoke_families(db: AsyncSession, account_id: str, now: datetime) -> None:
    """No refresh token of the account is good any more."""
    standing = sa.and_(col(RefreshFamily.account_id) == account_id, col(RefreshFamily.revoked_at).is_(None))
    await db.execute(sa.update(RefreshFamily).where(standing).values(revoked_at=now))


async def add_code(db: AsyncSession, code: OneTimeCode) -> None:
    """A new one-time code."""
    db.add(code)
    await db.flush()


async def find_code(db: AsyncSession, code_sha256: str, now: datetime) -> OneTimeCode | None:
    """A code that still stands, locked."""
    wanted = select(OneTimeCode).where(OneTimeCode.code_sha256 == code_sha256, OneTimeCode.expires_at > now)
    return (await db.exec(wanted.with_for_update())).one_or_none()


async def delete_codes(db: AsyncSession, account_id: str) -> None:
    """End every one-time code of an account."""
    await db.execute(sa.delete(OneTimeCode).where(col(OneTimeCode.account_id) == account_id))


async def find_failures(db: AsyncSession, kind: str, token: str) -> Failures | None:
    """The failed sign-ins under a name or from an address."""
    row = await db.get(SignInFailure, (kind, token), populate_existing=True)
    return None if row is None else Failures(row.count, row.last_at, row.blocked_until)


async def lock_failures(db: AsyncSession, kind: str, token: str) -> Failures | None:
    """As `find_failures`; nobody else counts there until this transaction ends, not even a first failure."""
    await db.execute(
        sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": f"accounts.{kind}.{token}"}
    )
    return await find_failures(db, kind, token)


async def save_failures(db: AsyncSession, kind: str, token: str, failures: Failures) -> None:
    """Write a count."""
    values = {"count": failures.count, "last_at": failures.last_at, "blocked_until": failures.blocked_until}
    statement = insert(SignInFailure).values(kind=kind, token=token, **values)
    await db.execute(statement.on_conflict_do_update(index_elements=["kind", "token"], set_=values))


async def delete_failures(db: AsyncSession, kind: str, token: str) -> None:
    """Forget the failures under a name or from an address."""
    matching = sa.and_(col(SignInFailure.kind) == kind, col(SignInFailure.token) == token)
    await db.execute(sa.delete(SignInFailure).where(matching))


async def sweep(db: AsyncSession, now: datetime) -> None:
    """Delete what has run out and cannot matter any more."""
    forgotten = now - FAILURE_WINDOW - LONGEST_WAIT
    await db.execute(sa.delete(BrowserSession).where(col(BrowserSession.expires_at) <= now))
    await db.execute(sa.delete(RefreshFamily).where(col(RefreshFamily.ends_at) <= now))
    await db.execute(sa.delete(OneTimeCode).where(col(OneTimeCode.expires_at) <= now))
    await db.execute(sa.delete(PhoneCode).where(col(PhoneCode.expires_at) <= now))
    await db.execute(sa.delete(SignInFailure).where(col(SignInFailure.last_at) <= forgotten))
