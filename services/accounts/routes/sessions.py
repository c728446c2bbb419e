"""Signing in and out, renewing and exchanging credentials, and choosing a password.

A refused sign-in and a refresh token used twice must leave a trace, but a refusal rolls its transaction back: such
routes open their transactions themselves, one for what is kept, and none while a password is hashed.
"""

from fastapi import APIRouter

from services.accounts.actions import credentials, sessions
from services.accounts.errors import RefreshReused, SignInRefused
from services.accounts.routes.asking import (
    SECRET_ANSWER,
    ClientAddress,
    DatabaseOf,
    HasherOf,
    Person,
    SettingsOf,
)
from services.accounts.schemas import (
    AcceptIn,
    AccessOut,
    AccountOut,
    ExchangeIn,
    PasswordIn,
    RefreshIn,
    SessionOut,
    SignInIn,
    SignOutIn,
    TokensOut,
)
from services.accounts.store import accounts as store
from services.kit.actor import CurrentActor
from services.kit.db import Reading, Writing

router = APIRouter(tags=["sign-in"])


@router.post("/sign-in", dependencies=[SECRET_ANSWER])
async def sign_in(
    body: SignInIn, database: DatabaseOf, settings: SettingsOf, hasher: HasherOf, address: ClientAddress = None
) -> SessionOut | TokensOut:
    """Sign in with user name and password."""
    password = body.password.get_secret_value()
    async with hasher.turn():
        async with database.sessions() as db:
            attempt = await sessions.begin_sign_in(db, settings, body.username, address)
        proof = await hasher.prove(attempt.password_hash, password)
        async with database.sessions.begin() as db:
            answer = await sessions.finish_sign_in(db, settings, attempt, proof, body.kind)
    if answer is None:
        raise SignInRefused(
            "Check both and try again. After five failures you have to wait.",
            "请检查后重试。连续失败五次后需等待一段时间。",
        )
    return answer


@router.post("/token/refresh", dependencies=[SECRET_ANSWER])
async def refresh_token(body: RefreshIn, database: DatabaseOf, settings: SettingsOf) -> TokensOut:
    """Exchange a refresh token for a new pair; used twice, it ends the whole family."""
    async with database.sessions.begin() as db:
        answer = await sessions.refresh_tokens(db, settings, body.refresh_token)
    if answer is None:
        raise RefreshReused(
            "Somebody may have copied it, so all tokens that came of this sign-in have ended. Sign in again.",
            "该令牌可能已被他人复制，由此次登录产生的所有令牌均已失效，请重新登录。",
        )
    return answer


@router.post("/token/exchange", dependencies=[SECRET_ANSWER], include_in_schema=False)
async def exchange_credential(body: ExchangeIn, db: Writing, settings: SettingsOf) -> AccessOut:
    """For the gateway alone, which routes nobody here: a session or an API key for an access token."""
    return await sessions.exchange_credential(db, settings, body)


@router.post("/sign-out", status_code=204)
async def sign_out(body: SignOutIn, db: Writing) -> None:
    """End one browser session, or one API sign-in with all its refresh tokens."""
    await sessions.sign_out(db, body)


@router.post("/sign-out-everywhere", status_code=204)
async def sign_out_everywhere(db: Writing, actor: Person) -> None:
    """End every session and refuse every token of your account."""
    await sessions.sign_out_everywhere(db, actor.account_id)


@router.get("/me")
async def get_me(db: Reading, actor: CurrentActor) -> AccountOut:
    """Your own account."""
    return store.account_out(await store.get_account(db, actor.account_id))


@router.post("/me/password", status_code=204)
async def change_password(
    body: PasswordIn,
    database: DatabaseOf,
    settings: SettingsOf,
    hasher: HasherOf,
    actor: Person,
    address: ClientAddress = None,
) -> None:
    """Change your password; every session ends, this one included."""
    async with hasher.turn():
        async with database.sessions() as db:
            attempt = await credentials.begin_password_change(db, settings, actor, body, address)
        proof = await hasher.prove(attempt.password_hash, body.old.get_secret_value())
        new_hash = await hasher.hash(body.new.get_secret_value()) if proof.good else ""
        async with database.sessions.begin() as db:
            changed = await credentials.finish_password_change(db, attempt, proof, new_hash)
    if not changed:
        raise SignInRefused("The old password is not the right one.", "原密码有误。")


@router.post("/invitations/accept")
async def accept_invitation(body: AcceptIn, database: DatabaseOf, settings: SettingsOf, hasher: HasherOf) -> AccountOut:
    """Choose a password with the one-time code of an invitation or a reset."""
    async with database.sessions() as db:
        await credentials.check_code(db, body)
    async with hasher.turn():
        password_hash = await hasher.hash(body.password.get_secret_value())
    async with database.sessions.begin() as db:
        return await credentials.accept_invitation(db, settings, body, password_hash)
