"""What offices do to orders, for the trail: without the order, and never with its buyer."""

from typing import Any, Literal

from sqlmodel.ext.asyncio.session import AsyncSession

from services.contracts.orders import OrderActsLogged
from services.kit import acts
from services.kit.actor import Actor
from services.orders.models import ACTS

Action = Literal[
    "refund.given",
    "refund.approved",
    "refund.refused",
    "complaint.acknowledged",
    "complaint.upheld",
    "complaint.refused",
    "parcel.sent",
    "invoice.issued",
]
ROLES = ("operator", "inspector", "reviewer", "administrator")


async def note_act(
    db: AsyncSession, actor: Actor, action: Action, order_id: str, buyer: str, region_code: str, **inside: Any
) -> None:
    """Write down what an office did to an order of its region; which order, and what of it, stays inside."""
    act = acts.Act(
        action=action,
        about=action.partition(".")[0],
        by_role=acts.acting_role(actor, *ROLES),
        by_office=actor.organ,
        region_code=region_code,
        inside={"order_id": order_id, "by_account": actor.account_id, **inside},
        buyer=buyer,
    )
    await acts.note_act(db, ACTS, act)


async def tell_order_acts(db: AsyncSession) -> int:
    """Tell the public log what it has not heard of; how many acts."""
    return await acts.tell_acts(ACTS, OrderActsLogged, db)
