"""What offices did to accounts, for everybody."""

from fastapi import APIRouter

from services.accounts.models import ACTS
from services.kit.actor import MaybeActor
from services.kit.acts import ActOut, read_acts
from services.kit.db import Reading
from services.kit.page import Cursor, Limit, Page

router = APIRouter(prefix="/account-acts", tags=["trail"])


@router.get("")
async def list_account_acts(actor: MaybeActor, db: Reading, cursor: Cursor = None, limit: Limit = 20) -> Page[ActOut]:
    """What offices did to accounts, newest first: roles given and taken, accounts locked, keys issued and revoked.

    People are tokens; what a person does with their own account is not here. The database refuses to change or delete
    an act, and the public log has the hash of every one, of those that are not shown too.
    """
    return await read_acts(db, ACTS, actor, cursor, limit)
