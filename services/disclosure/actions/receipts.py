"""Receipts: made with every release, given to the buyer of the order and to nobody else, without salt once erased."""

import json
from dataclasses import dataclass
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.accounts import AccountErased
from services.disclosure.domain.receipts import Status, as_told
from services.disclosure.ledger.notes import encoded
from services.disclosure.ledger.receipts import Receipt, ReceiptTree, make_receipts, path_places
from services.disclosure.store import receipts as store
from services.disclosure.store import tree
from services.kit.db import Database
from services.kit.identity import broadcast_token
from services.kit.problem import NotFound

LOCK = "receipts"


@dataclass(frozen=True, slots=True)
class Made:
    """The receipts of a release that is being put together."""

    told: list[Status]
    tree: ReceiptTree

    def published(self) -> dict[str, Any]:
        """What the release says of them."""
        return {"root": encoded(self.tree.root), "size": self.tree.size}


def receipts_of(said: bytes | None) -> Made | None:
    """Receipts for all orders of a release, with salts of their own; None of a draft from before there were any.

    Of the processor: a large broadcast's belong into a thread.
    """
    if said is None:
        return None
    told, room = as_told(said)
    return Made(told, make_receipts([status.document for status in told], room=room))


async def keep_receipts(db: AsyncSession, secret: str, broadcast_id: str, number: int, made: Made) -> None:
    """Keep what proves them. Of who was erased the order is in the tree, and its salt is nowhere."""
    # An erasure waits for the release, or the release for the erasure: between them no salt slips through.
    await tree.lock(db, LOCK)
    erased = {broadcast_token(broadcast_id, account_id, secret) for account_id in await store.list_erased(db)}
    kept = [(place, status) for place, status in enumerate(made.told) if status.buyer not in erased]
    await store.add_receipts(db, broadcast_id, number, made.tree, kept)


async def receipt_of(
    database: Database, secret: str, account_id: str, broadcast_id: str, order_id: str, release: int | None
) -> Receipt:
    """The receipt of an order of this account, under a release or the newest. Raises NotFound for anybody else too."""
    buyer = broadcast_token(broadcast_id, account_id, secret)
    row = await store.find_receipt(database, broadcast_id, order_id, buyer, release)
    if row is None:
        raise NotFound(
            "There is no receipt of an order of yours under this number here. Receipts come with the first release of a"
            " record, within three working days after a broadcast.",
            "此处没有您的这一订单的凭证。凭证随首版公开记录产生，即直播结束后三个工作日内。",
        )
    size = await store.find_size(database, broadcast_id, row["release"])
    path = await store.list_nodes(database, broadcast_id, row["release"], path_places(row["place"], size))
    return Receipt(json.loads(row["status"]), row["salt"], row["place"], size, tuple(path))


async def erase_account(db: AsyncSession, event: AccountErased, *, token_secret: str) -> None:
    """A buyer is gone: the salts of their orders go, and no later release keeps any. Every root and proof stays."""
    await tree.lock(db, LOCK)
    await store.keep_erased(db, event.account_id, event.erased_at)
    broadcasts = await store.list_broadcasts(db)
    buyers = {each: broadcast_token(each, event.account_id, token_secret) for each in broadcasts}
    await store.erase_receipts(db, buyers)
