"""Accounts, as administrators make and change them."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from services.accounts.actions import accounts
from services.accounts.domain import Role
from services.accounts.routes.asking import SECRET_ANSWER, Administrator, HasherOf, Person, SettingsOf
from services.accounts.schemas import AccountIn, AccountMade, AccountOut, AccountPatch, CodeOut
from services.kit.db import Reading, Writing
from services.kit.idempotency import OptionalKey
from services.kit.page import Cursor, Limit, Page

router = APIRouter(prefix="/accounts", tags=["accounts"])


@router.post("", status_code=201, response_model=AccountMade)
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
    return await accounts.list_accounts(db, role, cursor, limit)


@router.get("/{account_id}")
async def get_account(account_id: str, db: Reading, actor: Person, response: Response) -> AccountOut:
    """One account: your own, or any for an administrator."""
    account = await accounts.show_account(db, actor, account_id)
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
    account = await accounts.update_account(db, settings, account_id, body, request.headers.get("if-match"))
    response.headers["ETag"] = f'"{account.version}"'
    return account


@router.post("/{account_id}/reset", status_code=201, dependencies=[SECRET_ANSWER])
async def reset_password(account_id: str, db: Writing, actor: Administrator) -> CodeOut:
    """Make a one-time code with which the person sets a new password; earlier codes end."""
    return await accounts.reset_password(db, actor, account_id)
