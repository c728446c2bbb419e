"""What the routes of accounts ask FastAPI for: the settings, the database, the hasher, and who is asking."""

from typing import Annotated

from fastapi import Depends, Header, Request, Response

from services.accounts.actions.passwords import Hasher
from services.accounts.settings import AccountsSettings
from services.kit.actor import Actor, CurrentActor, role
from services.kit.db import Database, database_of
from services.kit.problem import NotAllowed


async def _settings(request: Request) -> AccountsSettings:
    settings: AccountsSettings = request.app.state.settings
    return settings


async def _hasher(request: Request) -> Hasher:
    hasher: Hasher = request.app.state.hasher
    return hasher


async def _database(request: Request) -> Database:
    return database_of(request)


async def _person(actor: CurrentActor) -> Actor:
    if actor.key_id is not None:
        raise NotAllowed(
            "An API key cannot do this. Sign in with the account's password.",
            "API 密钥不能执行此操作，请使用账户密码登录。",
        )
    return actor


async def _key_owner(actor: Annotated[Actor, Depends(_person)]) -> Actor:
    return await role("platform", "administrator")(actor)


async def _secret_answer(response: Response) -> None:
    """No cache anywhere may keep an answer with a secret in it (RFC 6749 §5.1)."""
    response.headers["Cache-Control"] = "no-store"


SettingsOf = Annotated[AccountsSettings, Depends(_settings)]
HasherOf = Annotated[Hasher, Depends(_hasher)]
DatabaseOf = Annotated[Database, Depends(_database)]
Person = Annotated[Actor, Depends(_person)]
KeyOwner = Annotated[Actor, Depends(_key_owner)]
Administrator = Annotated[Actor, Depends(role("administrator"))]
# The gateway sets it and removes whatever a client sent under that name.
ClientAddress = Annotated[str | None, Header(alias="X-Client-Address", max_length=100, include_in_schema=False)]
SECRET_ANSWER = Depends(_secret_answer)
