"""Ordering: a basket becomes one checkout with one order per lot, reserved all or none."""

import json
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.kit.actor import Actor
from services.kit.db import Database
from services.kit.identity import broadcast_token
from services.kit.ids import new_id
from services.kit.problem import BodyInvalid, FieldError
from services.orders import store
from services.orders.batcher import Batcher
from services.orders.domain.placing import Asked, Line, answer_of, merged, refusal
from services.orders.errors import CheckoutClosed
from services.orders.schemas.checkouts import CheckoutIn


@dataclass(frozen=True)
class Till:
    """Where orders are placed: the database, the batcher of its hot lots, and how buyers become tokens."""

    database: Database
    batcher: Batcher
    token_secret: str
    reservation_seconds: int


@dataclass(frozen=True)
class Knock:
    """The request behind an order: its idempotency key, the hash of its body, and the address it came from."""

    key: str
    body_sha256: str
    address: str


async def place_checkout(till: Till, actor: Actor, body: CheckoutIn, knock: Knock) -> tuple[bytes, bool]:
    """Order a basket; the answer as JSON, and whether it was placed before with the same key.

    Commits by itself, together with everybody who orders the same lot in the same moment. Raises the problem of the
    first line that could not be sold; then nothing of the basket is.
    """
    asked = _asked(till, actor, body, knock)
    if len(asked.lines) == 1:
        outcomes = [await till.batcher.place(asked)]
    else:
        outcomes = await store.place_basket(till.database, asked, till.reservation_seconds)
    if outcomes[0].outcome == "again":
        return await store.get_checkout(till.database, str(outcomes[0].checkout_id), actor.account_id), True
    for line, outcome in zip(asked.lines, outcomes, strict=False):
        if outcome.outcome != "placed":
            raise refusal(outcome, line.lot_id)
    return json.dumps(answer_of(asked, outcomes), separators=(",", ":")).encode(), False


def _asked(till: Till, actor: Actor, body: CheckoutIn, knock: Knock) -> Asked:
    lines = merged([Line(line.lot_id, line.units, line.price_fen, new_id()) for line in body.lines])
    if lines is None:
        raise BodyInvalid(
            "The same lot stands in the basket with two prices. Read the shelf again.",
            "同一批次在购物车中出现两种价格，请刷新货架后重试。",
            errors=[FieldError("lines", "One lot has two prices.", "同一批次有两种价格。")],
        )
    return Asked(
        checkout_id=new_id(),
        broadcast_id=body.broadcast_id,
        account_id=actor.account_id,
        key=knock.key,
        body_sha256=knock.body_sha256,
        address_id=body.address_id,
        placed=_placed(till, actor, body, knock),
        lines=lines,
        at=clock.business_now() if clock.is_set() else None,
    )


def _placed(till: Till, actor: Actor, body: CheckoutIn, knock: Knock) -> str:
    """How the order came about, with tokens in place of people and machines, as JSON."""

    def token(kind: str, value: str) -> str:
        return broadcast_token(body.broadcast_id, f"{kind}:{value}" if value else "", till.token_secret)

    return json.dumps(
        {
            # The same token as in the room's viewer sessions and chat, so that the integrity engine can join them.
            "buyer": broadcast_token(body.broadcast_id, actor.account_id, till.token_secret),
            "device": token("device", body.device),
            "ip": token("ip", knock.address),
            "entry": body.entry,
            "cart_ms": int((body.cart_at or clock.business_now()).timestamp() * 1000),
            "page_view_ms": body.page_view_ms,
            "declared": sorted(set(body.declared)),
        }
    )


async def cancel_checkout(db: AsyncSession, actor: Actor, checkout_id: str) -> None:
    """Let the units of an unpaid checkout go. Raises CheckoutClosed when it is paid, cancelled or run out."""
    # A payment comes before its checkout in the lock order.
    await store.lock_payment(db, checkout_id)
    checkout = await store.lock_checkout(db, checkout_id, actor.account_id)
    if checkout.state != "reserved":
        raise CheckoutClosed(
            f"This checkout is {checkout.state} and cannot be cancelled. A paid order can be returned instead.",
            "该结算单已付款、已取消或已过期，无法取消；已付款的订单可申请退货。",
            state=checkout.state,
        )
    await store.cancel_checkout(db, checkout_id)
    await store.ask_soon(db, checkout_id, clock.now())
