"""Making and revoking the API keys of platforms."""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.accounts import domain
from services.accounts.actions.acts import note_key
from services.accounts.actions.tokens import revoke_tokens
from services.accounts.errors import AccountInactive, NotAPlatform
from services.accounts.models import ApiKey
from services.accounts.schemas import ApiKeyIn, ApiKeyMade, ApiKeyOut
from services.accounts.store import accounts as account_store
from services.accounts.store import keys as store
from services.kit import clock
from services.kit.actor import Actor
from services.kit.ids import new_id
from services.kit.problem import NotAllowed


def owner_seen_by(actor: Actor, account_id: str | None) -> str | None:
    """Whose keys the actor deals with: their own, or for an administrator anyone's (None). Raises NotAllowed."""
    if actor.has("administrator"):
        return account_id
    if account_id not in (None, actor.account_id):
        raise NotAllowed("These keys belong to another account.", "这些密钥属于其他账户。")
    return actor.account_id


async def create_api_key(db: AsyncSession, actor: Actor, body: ApiKeyIn) -> ApiKeyMade:
    """A new key of a platform's account; the answer is the only place where it ever stands in full."""
    owner = await account_store.lock_account(db, owner_seen_by(actor, body.account_id) or actor.account_id)
    if not owner.active:
        raise AccountInactive("Switch it on first.", "请先启用该账户。")
    if "platform" not in owner.roles:
        raise NotAPlatform(
            "Give the account the role platform first, or name a platform's account.",
            "请先为该账户添加平台角色，或指定一个平台账户。",
        )
    key = domain.new_api_key(test=body.test)
    row = ApiKey(
        id=new_id(),
        account_id=owner.id,
        name=body.name,
        prefix=domain.key_prefix(key),
        key_sha256=domain.secret_sha256(key),
        scopes=list(body.scopes),
        test=body.test,
        created_by=actor.account_id,
        created_at=clock.now(),
    )
    await store.add_api_key(db, row)
    await note_key(db, actor, "key.issued", owner, row.id, {"scopes": list(row.scopes), "test": row.test})
    return ApiKeyMade(**store.api_key_out(row).model_dump(), key=key)


async def revoke_api_key(db: AsyncSession, actor: Actor, key_id: str) -> ApiKeyOut:
    """Revoke a key and the access tokens made from it; revoking twice changes nothing."""
    key = await store.lock_api_key(db, key_id, owner_seen_by(actor, None))
    if key.revoked_at is None:
        key.revoked_at = clock.now()
        await store.save_api_key(db, key)
        # Tokens are refused by account, so the platform's other tokens are exchanged anew as well.
        owner = await account_store.lock_account(db, key.account_id)
        await revoke_tokens(db, owner)
        await note_key(db, actor, "key.revoked", owner, key.id, {"scopes": list(key.scopes), "test": key.test})
    return store.api_key_out(key)
