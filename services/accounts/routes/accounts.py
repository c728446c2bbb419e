"""Accounts, as administrators make and change them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.accounts.actions import accounts
from services.accounts.routes.asking import SECRET_ANSWER, Administrator, HasherOf, Person, SettingsOf
from services.accounts.schemas import AccountIn, AccountMade, AccountOut, AccountPatch, CodeOut
from services.accounts.store import accounts as store
from services.contracts.people import Role
from services.kit.db import Reading, Writing
from services.kit.http import require_version
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page, decode_cursor, encode_cursor
from services.kit.problem import NotAllowed

router = APIRouter(prefix="/accounts", tags=["accounts"])


@router.post("", status_code=201, response_model=AccountMade, dependencies=[SECRET_ANSWER])
async def create_account(
    body: AccountIn, db: Writing, actor: Administrator, once: OptionalKey, settings: SettingsOf, hasher: HasherOf
) -> Response:
    """Make an account; without a password (demo mode only) it comes with a one-time invitation code."""
    return await once.answer(
        db,
        201,
        lambda: accounts.create_account(db, settings, hasher, actor, body),
        location="/api/v1/accounts/{id}",
        shown_once=("invitation_code",),
    )


@router.get("")
async def list_accounts(
    db: Reading,
    actor: Administrator,
    role: Annotated[Role | None, Query(description="Only accounts with this role.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[AccountOut]:
    """Accounts, oldest first."""
    after = str(decode_cursor(cursor, str)[0]) if cursor else None
    rows = await store.list_accounts(db, role, after, limit + 1)
    following = encode_cursor(rows[limit - 1].id) if len(rows) > limit else None
    return Page(items=[store.account_out(row) for row in rows[:limit]], next=following)


@router.get("/{account_id}")
async def get_account(account_id: str, db: Reading, actor: Person, response: Response) -> AccountOut:
    """One account: your own, or any for an administrator."""
    if account_id != actor.account_id and not actor.has("administrator"):
        raise NotAllowed("You may read your own account only.", "您只能查看自己的账户。")
    account = store.account_out(await store.get_account(db, account_id))
    response.headers["ETag"] = f'"{account.version}"'
    return account


@router.patch("/{account_id}")
async def update_account(
    account_id: str,
    body: AccountPatch,
    db: Writing,
    actor: Administrator,
    settings: SettingsOf,
    request: Request,
    response: Response,
) -> AccountOut:
    """Change what an account is or may do; its access tokens end, and an account switched off is signed out."""
    row = await store.lock_account(db, account_id)
    require_version(request, row.version)
    account = await accounts.update_account(db, settings, actor, row, body)
    response.headers["ETag"] = f'"{account.version}"'
    return account


@router.post("/{account_id}/reset", status_code=201, dependencies=[SECRET_ANSWER])
async def reset_password(account_id: str, db: Writing, actor: Administrator, settings: SettingsOf) -> CodeOut:
    """Make a one-time code with which the person sets a new password; earlier codes end."""
    return await accounts.reset_password(db, settings, actor, account_id)
