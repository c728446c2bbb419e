"""What a release made of every single order, in words for its buyer: counted, questioned, removed and why.

The figures of a release rest on its orders; a receipt tells one buyer how theirs stands behind them, and nobody else.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from services.disclosure.domain.aggregates import K
from services.disclosure.domain.sales import COUNTED, Divisions, Sold

SCHEMA: Final = "sunfair-order-status/1"
SMALLEST_TREE: Final = 64

Result = Literal["counted", "under_review", "removed", "apportioned", "waiting"]

_ABUSES: Mapping[str, tuple[str, str]] = {
    "false_order": ("更像为充数而下的订单", "orders that look placed to be counted"),
    "refund_cycling": ("成批下单后退款的订单", "orders that were placed and given back in clusters"),
    "second_signing": ("在不可能送达的时间或地点被签收的订单", "orders signed for where the parcel cannot have been"),
    "rehearsed": ("重演开播前演练的订单", "orders that replay what was rehearsed before the broadcast"),
    "apportionment": ("被要求购买的订单", "orders that people were made to place"),
}
_OTHER = ("受到质疑的订单", "questioned orders")

_NO_JUDGEMENT = "This is no judgement of you; if it is wrong, complain on the page of the order."

_REASONS: Mapping[Result, tuple[str, str]] = {
    "counted": ("该订单计入核实数据。", "The order is counted among the verified figures."),
    "under_review": (
        "数据核查怀疑这属于{abuse}，暂不计入核实数据，列入“核查中”。这不是对您个人的判断；如有不同意见，请在订单页投诉。",
        "It is suspected to be one of {abuse}: it is under review and not among the verified figures. " + _NO_JUDGEMENT,
    ),
    "removed": (
        "数据核查认定这属于{abuse}，已从核实数据中剔除。这不是对您个人的判断；如有不同意见，请在订单页投诉。",
        "It was found to be one of {abuse} and is removed from the verified figures. " + _NO_JUDGEMENT,
    ),
    "apportioned": (
        "这属于{abuse}：货物是真实的，但不是自愿购买，因此单列。您没有过错。",
        "It is one of {abuse}: real goods, not freely chosen, so a line of their own. You did nothing wrong.",
    ),
    "waiting": (
        "自上一版以来变化的订单太少，单独公布会暴露个人，因此该订单要到后续版本才计入。",
        "Too few orders have changed to be told without pointing at persons; this one is counted in a later release.",
    ),
}
_ALONG = (
    "数据核查对该订单有疑问，但受质疑的订单太少，单独公布会暴露个人，因此一并计入。",
    "It is questioned, but such orders are too few to be told without pointing at persons, so it is counted along.",
)
_UNTOLD = (
    f"购买者少于{K}人，因此这一版不公布销售数字。",
    f" Fewer than {K} people bought, so this release prints no figures of sales.",
)
_GRADES: Mapping[str, Result] = {
    "counted": "counted",
    "suspected": "under_review",
    "substantiated": "removed",
    "apportioned": "apportioned",
}


@dataclass(frozen=True, slots=True)
class Status:
    """What the receipt of one order says, and whose it is (a token of the broadcast)."""

    order_id: str
    buyer: str
    document: dict[str, str | int | None]


def statuses(broadcast_id: str, number: int, sold: Sequence[Sold], divisions: Divisions) -> list[Status]:
    """How every paid order stands behind release `number`: what is printed, not what is known since."""
    standing = {order.order_id: order for order in divisions.sold if order.order_id}
    plain = next((cell for cell in divisions.by_state if COUNTED in cell.keys), None)
    along = frozenset(plain.keys) if plain else frozenset()
    of: dict[str, str | int | None] = {"schema": SCHEMA, "broadcast_id": broadcast_id, "release": number}
    return [
        Status(order.order_id, order.buyer, of | _said(standing.get(order.order_id), order, along, told=divisions.told))
        for order in sold
        if order.order_id
    ]


def _said(stands: Sold | None, now: Sold, along: frozenset[str], *, told: bool) -> dict[str, str | int | None]:
    order = stands or now
    result: Result = "waiting" if stands is None else _GRADES[order.grade]
    reason = _REASONS[result]
    if result not in ("waiting", "counted") and order.state in along:
        result, reason = "counted", _ALONG
    abuse = _ABUSES.get(order.abuse or "", _OTHER)
    untold = ("", "") if told else _UNTOLD
    _, units, grams, paid_fen, net_fen, subsidy_fen = order.figures
    return {
        "order_id": order.order_id,
        "lot_id": order.lot_id,
        "units": units,
        "grams": grams,
        "paid_fen": paid_fen,
        "net_fen": net_fen,
        "subsidy_fen": subsidy_fen,
        "result": result,
        "abuse": order.abuse,
        "reason_zh": reason[0].format(abuse=abuse[0]) + untold[0],
        "reason_en": reason[1].format(abuse=abuse[1]) + untold[1],
    }


def to_tell(told: Sequence[Status], room: int) -> bytes:
    """What is kept of statuses until their release goes out."""
    rows = [[status.order_id, status.buyer, status.document] for status in told]
    return json.dumps({"room": room, "told": rows}, ensure_ascii=False, separators=(",", ":")).encode()


def as_told(said: bytes) -> tuple[list[Status], int]:
    """Statuses again, and the room their tree needs."""
    document = json.loads(said)
    return [Status(*row) for row in document["told"]], int(document["room"])


def room_for(divisions: Divisions) -> int:
    """Places that the tree has at least, so that its size does not tell of a few orders more than are printed."""
    return max(SMALLEST_TREE, len(divisions.sold) + K)
