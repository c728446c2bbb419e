"""Reconciling a broadcast: stock against reservations, orders and checkouts, every difference listed."""

from collections.abc import Iterator
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from services.kit import clock
from services.orders import store
from services.orders.actions.surroundings import Surroundings
from services.orders.schemas.reconciliation import (
    CountedLot,
    Difference,
    ProviderComparison,
    ProviderDifference,
    Reconciliation,
)

FEWEST_BUYERS = 10
AT_ONCE = 200


async def reconcile(db: AsyncSession, broadcast_id: str) -> Reconciliation:
    """Add a broadcast up, in a session that sees one moment. Raises NotFound."""
    lots = await store.read_lots(db, broadcast_id)
    sums = await store.read_sums(db, broadcast_id)
    money = await store.read_money(db, broadcast_id)
    differences = await store.list_differences(db, broadcast_id)
    return Reconciliation(
        broadcast_id=broadcast_id,
        at=clock.now(),
        balanced=not differences,
        differences=[Difference.model_validate(each) for each in differences],
        checks=list(store.CHECKS),
        lots=[CountedLot.model_validate(lot) for lot in lots],
        **_told(sums | money),
    )


def _told(counted: dict[str, int]) -> dict[str, int | None]:
    """The sums, each withheld while it, or its difference to what it is a part of, rests on one to nine buyers."""
    sums = {name: value for name, value in counted.items() if name.endswith("_fen")}
    buyers = {name: counted[name.replace("_fen", "_buyers")] for name in sums}
    told = {name: value if value == 0 or buyers[name] >= FEWEST_BUYERS else None for name, value in sums.items()}
    under_way = buyers["given_back_fen"] - buyers["refunded_fen"]
    if sums["given_back_fen"] != sums["refunded_fen"] and under_way < FEWEST_BUYERS:
        told["refunded_fen"] = None
    return told


async def compare_with_provider(db: AsyncSession, around: Surroundings, broadcast_id: str) -> ProviderComparison:
    """Ask the provider what it took and gave back for each payment of a broadcast. Raises ProviderUnavailable."""
    differences: list[ProviderDifference] = []
    after, count = "", 0
    while rows := await store.money_taken(db, broadcast_id, after, AT_ONCE):
        theirs = await around.provider.totals([row["checkout_id"] for row in rows])
        for row in rows:
            differences += _compared(row, *theirs.get(row["checkout_id"], (0, 0)))
        after, count = rows[-1]["checkout_id"], count + len(rows)
    return ProviderComparison(
        broadcast_id=broadcast_id,
        at=clock.now(),
        payments=count,
        balanced=not differences,
        differences=differences,
    )


def _compared(row: dict[str, Any], paid_fen: int, refunded_fen: int) -> Iterator[ProviderDifference]:
    for what, ours, theirs in (("paid", row["paid_fen"], paid_fen), ("refunded", row["refunded_fen"], refunded_fen)):
        if ours != theirs:
            yield ProviderDifference(checkout_id=row["checkout_id"], what=what, ours_fen=ours, theirs_fen=theirs)
