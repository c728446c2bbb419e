"""What is asked for when somebody orders, what became of it, and the sentences for those who got nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from services.kit.problem import IdempotencyKeyReused, Problem
from services.orders.errors import AddressUnknown, LotNotOnSale, NotOnSale, OverLimit, PriceChanged, SoldOut


@dataclass(frozen=True, slots=True)
class Line:
    """So many units of a lot, at the price that the buyer saw."""

    lot_id: str
    units: int
    price_fen: int
    order_id: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One checkout as it is asked for. `placed`: tokens and times as JSON. `at`: the set clock, None for now."""

    checkout_id: str
    broadcast_id: str
    account_id: str
    key: str
    body_sha256: str
    address_id: str
    placed: str
    lines: tuple[Line, ...]
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one line. `number` is the new price or what is left, by the outcome; times only when placed."""

    outcome: str
    checkout_id: str | None
    number: int | None
    ticket: int | None
    freight_fen: int | None
    reserved_until: datetime | None
    created_at: datetime | None


def merged(lines: Sequence[Line]) -> tuple[Line, ...] | None:
    """The lines with the demand for each lot summed, in the order of lot ids; None when a lot has two prices."""
    by_lot: dict[str, Line] = {}
    for line in lines:
        if (known := by_lot.get(line.lot_id)) is None:
            by_lot[line.lot_id] = line
        elif known.price_fen != line.price_fen:
            return None
        else:
            by_lot[line.lot_id] = Line(line.lot_id, known.units + line.units, line.price_fen, known.order_id)
    return tuple(by_lot[lot_id] for lot_id in sorted(by_lot))


_CLOSED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "closed": (
            "The room is not open yet. Goods are sold in its market segment.",
            "直播间尚未开放，商品在集市环节开售。",
        ),
        "region": (
            "A regional segment is on air, in which nothing is for sale. Order in the market segment.",
            "当前为产地环节，不销售任何商品，请在集市环节下单。",
        ),
        "rehearsing": ("This is a rehearsal; nothing is sold in it.", "当前为彩排，不销售商品。"),
        "halted": ("The broadcast was halted; nothing is sold.", "该场直播已被叫停，停止销售。"),
        "ended": ("The broadcast is over; nothing is sold any more.", "该场直播已结束，停止销售。"),
        "decision_over": (
            "The compliance decision of this room has run out. Try again once it is renewed.",
            "本直播间的合规结论已过有效期，续期后方可下单。",
        ),
    }
)

_NOT_BOUGHT: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "not_here": (
            "This lot is not sold in this broadcast. Choose one from its shelf.",
            "本场直播不销售该批次，请从货架上选择。",
        ),
        "off_shelf": ("This lot is not on the shelf now.", "该批次当前不在货架上。"),
        "lot_closed": (
            "This lot is not open for orders now. Wait until it opens.",
            "该批次当前未开放下单，请等待开售。",
        ),
        "stopped": ("This lot was stopped and is not sold any more.", "该批次已被停止销售。"),
        "lot_decision_over": (
            "The compliance decision of this lot has run out. Try again once it is renewed.",
            "该批次的合规结论已过有效期，续期后方可下单。",
        ),
    }
)


def refusal(outcome: Outcome, lot_id: str) -> Problem:
    """The problem that tells somebody why this line was not sold."""
    kind, number = outcome.outcome, outcome.number or 0
    if kind in _CLOSED:
        return NotOnSale(*_CLOSED[kind], reason=kind)
    if kind in _NOT_BOUGHT:
        return LotNotOnSale(*_NOT_BOUGHT[kind], reason=kind, lot_id=lot_id)
    return _COUNTED[kind](number, lot_id)


def _price_changed(number: int, lot_id: str) -> Problem:
    return PriceChanged(
        f"The price is {number} fen now. Confirm it and order again.",
        f"价格已变为 {number} 分，请确认后重新下单。",
        lot_id=lot_id,
        price_fen=number,
    )


def _sold_out(number: int, lot_id: str) -> Problem:
    some = f"Only {number} are left. Order fewer.", f"仅剩 {number} 件，请减少数量。"
    none = "It is sold out. Reservations that are not paid come back later.", "已售罄，未付款的预留可能稍后释放。"
    return SoldOut(*(some if number else none), lot_id=lot_id, available_units=number)


def _over_limit(number: int, lot_id: str) -> Problem:
    return OverLimit(
        f"You, with all accounts of yours, and your household may still have {number} of this lot.",
        f"您（含您的其他账户）及同一收货地址的家庭还可购买 {number} 件。",
        lot_id=lot_id,
        allowed_units=number,
    )


def _address_unknown(_number: int, _lot_id: str) -> Problem:
    return AddressUnknown(
        "Choose an address from your address book, or add one first.", "请从地址簿中选择收货地址，或先添加地址。"
    )


def _key_reused(_number: int, _lot_id: str) -> Problem:
    return IdempotencyKeyReused(
        "Use a new key for a new request, or repeat the first one unchanged.",
        "新的请求请使用新的 Idempotency-Key，或原样重复首次请求。",
    )


_COUNTED: Mapping[str, Callable[[int, str], Problem]] = MappingProxyType(
    {
        "price_changed": _price_changed,
        "sold_out": _sold_out,
        "over_limit": _over_limit,
        "address_unknown": _address_unknown,
        "key_reused": _key_reused,
    }
)


def answer_of(asked: Asked, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The answer to a checkout whose lines were all placed."""
    first = outcomes[0]
    orders = [
        {
            "order_id": line.order_id,
            "lot_id": line.lot_id,
            "units": line.units,
            "unit_price_fen": line.price_fen,
            "freight_fen": outcome.freight_fen,
            "amount_fen": line.units * line.price_fen + (outcome.freight_fen or 0),
            "ticket": outcome.ticket,
            "state": "reserved",
        }
        for line, outcome in zip(asked.lines, outcomes, strict=True)
    ]
    return {
        "checkout_id": asked.checkout_id,
        "broadcast_id": asked.broadcast_id,
        "state": "reserved",
        "orders": orders,
        "total_fen": sum(line.units * line.price_fen for line in asked.lines)
        + sum(outcome.freight_fen or 0 for outcome in outcomes),
        "reserved_until": _instant(first.reserved_until),
        "created_at": _instant(first.created_at),
    }


def _instant(value: datetime | None) -> str | None:
    # Whole milliseconds, as the database writes them in a later answer.
    return value.isoformat(timespec="milliseconds").replace("+00:00", "Z") if value else None
