"""Signing in by an identity outside; nobody outside is asked while a transaction is open."""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.accounts.actions import outside_sign_in as actions
from services.accounts.actions.outside import IdentityProvider, provider_of
from services.accounts.errors import OutsideOff
from services.accounts.routes.asking import SECRET_ANSWER, DatabaseOf, Person, SettingsOf
from services.accounts.schemas import (
    OutsideBegun,
    OutsideConnected,
    OutsideIn,
    OutsideOut,
    OutsideReturnIn,
    OutsideSignInIn,
    SessionOut,
    TokensOut,
)
from services.accounts.store import outside as store
from services.kit.actor import MaybeActor, signed_in
from services.kit.db import Reading, Writing

router = APIRouter(tags=["sign-in"])


async def _provider(settings: SettingsOf) -> IdentityProvider:
    provider = provider_of(settings)
    if provider is None:
        raise OutsideOff("Sign in with your password.", "请使用密码登录。")
    return provider


Provider = Annotated[IdentityProvider, Depends(_provider)]


@router.get("/outside-sign-in")
async def get_outside_sign_in(settings: SettingsOf) -> OutsideOut:
    """Whether people may sign in by a provider of identity outside."""
    available = provider_of(settings) is not None
    return OutsideOut(available=available, name_zh=settings.oidc_name_zh, name_en=settings.oidc_name_en)


@router.post("/outside-sign-in", dependencies=[SECRET_ANSWER])
async def begin_outside_sign_in(
    body: OutsideIn, actor: MaybeActor, settings: SettingsOf, provider: Provider
) -> OutsideBegun:
    """Begin to sign in there, or to connect that identity with your account; it is good for ten minutes."""
    account_id = signed_in(actor).account_id if body.connect else None
    return await actions.begin(settings, provider, body.language, account_id)


@router.post("/outside-sign-in/finish", dependencies=[SECRET_ANSWER])
async def finish_outside_sign_in(
    body: OutsideSignInIn, database: DatabaseOf, settings: SettingsOf, provider: Provider
) -> SessionOut | TokensOut:
    """Come back with the code, and be signed in to the account that is connected."""
    who = await actions.identify(settings, provider, body.sealed, body.state, body.code, None)
    async with database.sessions.begin() as db:
        return await actions.sign_in(db, settings, who, body.kind)


@router.get("/me/outside-identity")
async def get_outside_identity(db: Reading, actor: Person) -> OutsideConnected:
    """Whether an identity outside opens your account."""
    found = await store.find_outside_of(db, actor.account_id)
    return OutsideConnected(connected_at=found.connected_at if found else None)


@router.post("/me/outside-identity", status_code=204)
async def connect_outside_identity(
    body: OutsideReturnIn, database: DatabaseOf, settings: SettingsOf, provider: Provider, actor: Person
) -> None:
    """Come back with the code, and have that identity open your account from now on."""
    who = await actions.identify(settings, provider, body.sealed, body.state, body.code, actor.account_id)
    async with database.sessions.begin() as db:
        await actions.connect(db, settings, actor.account_id, who)


@router.delete("/me/outside-identity", status_code=204)
async def disconnect_outside_identity(db: Writing, actor: Person) -> None:
    """No identity outside opens your account any more; your password does."""
    await store.delete_outside(db, actor.account_id)
