"""A broadcast examined: the engine's findings, and every paid order with what stands against it."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any

import numpy as np

from services.disclosure.domain.aggregates import K
from services.disclosure.domain.evidence import (
    OF_THE_ORGANISER,
    Payload,
    TokenOf,
    Told,
    frames,
    header,
    milliseconds,
    organisers_people,
)
from services.disclosure.domain.replies import Outcome, as_decided, grade_as_decided, set_aside
from services.disclosure.domain.sales import MOMENT_MS, Grade, Sold
from services.disclosure.integrity.engine import examine
from services.disclosure.integrity.figures import NO_ORDER, NO_VIEWER
from services.disclosure.integrity.tables import from_frames

_GRAVITY: Mapping[str, int] = {"suspected": 1, "substantiated": 2}


@dataclass(frozen=True, slots=True)
class Moment:
    """How many distinct viewers were there in the minutes from a moment on: as counted, and without what was found."""

    from_ms: int
    raw: int
    verified: int


@dataclass(frozen=True, slots=True)
class Examined:
    """`findings` is the engine's document; `sold` the orders as they count; `present` the viewers over the broadcast.

    `tellable`: findings about orders that take none away (below cost), as `grade:abuse`, that rest on enough buyers.
    """

    findings: dict[str, Any]
    sold: tuple[Sold, ...]
    tellable: frozenset[str]
    present: tuple[Moment, ...] = ()


def examined(told: Told, token: TokenOf, k: int = K) -> Examined:
    """Run the engine over all that was told. Pure and of the processor: minutes of it belong into a thread."""
    outcome = examine(from_frames(header(told), frames(told, token)))
    decided = set_aside(told.replies, outcome.document["findings"])
    flags = _standing(outcome.flags.iter_rows(named=True), decided)
    questioned, beside = _of_orders(flags)
    tellable = frozenset(name for name, orders in beside.items() if _enough(told.orders, orders, k))
    injected = {flag["id"] for flag in flags if flag["entity"] == "session" and flag["abuse"] in NO_VIEWER}
    staff = organisers_people(told, token)
    sold = tuple(_sold(order, questioned, order["buyer"] in staff) for order in told.orders)
    return Examined(_as_decided(outcome.document, decided), sold, tellable, present(told, injected))


def _standing(flags: Iterable[Payload], decided: Mapping[str, Outcome]) -> list[Payload]:
    """The flags that still count once replies were decided, and how grave they are."""
    graded = ((flag, grade_as_decided(flag["grade"], decided.get(flag["abuse"]))) for flag in flags)
    return [{**flag, "grade": grade} for flag, grade in graded if grade is not None]


def _of_orders(flags: Iterable[Payload]) -> tuple[dict[int, tuple[Grade, str]], dict[str, set[int]]]:
    """What stands against each order that is taken away, and what was found beside that takes none away."""
    questioned: dict[int, tuple[Grade, str]] = {}
    beside: dict[str, set[int]] = {}
    for flag in flags:
        if flag["entity"] != "order":
            continue
        if flag["abuse"] not in NO_ORDER:
            beside.setdefault(f"{flag['grade']}:{flag['abuse']}", set()).add(flag["id"])
            continue
        known = questioned.get(flag["id"])
        if known is None or _GRAVITY.get(flag["grade"], 0) > _GRAVITY.get(known[0], 0):
            questioned[flag["id"]] = (flag["grade"], flag["abuse"])
    return questioned, beside


def _as_decided(document: dict[str, Any], decided: Mapping[str, Outcome]) -> dict[str, Any]:
    """The engine's document without what a reviewer took back; viewers of such a finding are viewers again."""
    if not decided:
        return document
    made = document | {"findings": as_decided(document["findings"], decided)}
    if any(decided.get(abuse) == "upheld" for abuse in NO_VIEWER):
        counted = document["counted"]["viewers"]
        made["verified"] = document["verified"] | {"viewers": counted}
        made["verified_interval"] = document["verified_interval"] | {"viewers": [counted, counted]}
    return made


def present(told: Told, injected: AbstractSet[int]) -> tuple[Moment, ...]:
    """The distinct viewers of every five minutes from the opening to the end; a guest is a device."""
    start, end = (milliseconds(told.room.get(name)) for name in ("opened_at", "ended_at"))
    stays = told.sessions
    if not stays or start < 0 or end <= start:
        return ()
    joined = np.array([stay["join_ms"] for stay in stays])
    left = np.array([stay["leave_ms"] for stay in stays])
    viewers = np.array([int(stay["user"] if stay["user"] != "0" else stay["device"]) for stay in stays])
    honest = np.array([int(stay["session"]) not in injected for stay in stays])
    found = []
    for moment in range(start, end, MOMENT_MS):
        there = (joined < moment + MOMENT_MS) & (left >= moment)
        raw, verified = (len(np.unique(viewers[mask])) for mask in (there, there & honest))
        found.append(Moment(moment, raw, verified))
    return tuple(found)


def _enough(orders: Sequence[Payload], chosen: AbstractSet[int], k: int) -> bool:
    """Whether as many buyers as a number needs have such an order, and as many (or nobody) have another one."""
    such = {order["buyer"] for order in orders if int(order["order_token"]) in chosen}
    others = {order["buyer"] for order in orders if int(order["order_token"]) not in chosen}
    return len(such) >= k and (not others or len(others) >= k)


def _sold(order: Payload, questioned: Mapping[int, tuple[Grade, str]], staff: bool) -> Sold:
    grade: Grade
    abuse: str | None
    grade, abuse = questioned.get(int(order["order_token"]), ("counted", None))
    if abuse == "apportionment":
        # Real goods that nobody chose: published as a line of their own, never as voluntary sales.
        grade = "apportioned"
    said = order.get("declared") or ()
    return Sold(
        buyer=order["buyer"],
        lot_id=order["lot_id"],
        producer_uscc=order["producer_uscc"],
        created_ms=order["created_ms"],
        units=order["units"],
        unit_grams=order["unit_grams"],
        paid_fen=order["paid_fen"] - order["freight_fen"],
        refunded_fen=sum(refund["amount_fen"] for refund in order["refunds"]),
        subsidy_fen=order["subsidy_fen"],
        grade=grade,
        abuse=abuse,
        order_id=order["entity_id"],
        delivered=_delivered(order),
        staff=staff or not OF_THE_ORGANISER.isdisjoint(said),
        of_producer="producer" in said,
        told_to_buy="told_to_buy" in said,
    )


def _delivered(order: Payload) -> bool:
    parcels = order["shipments"]
    return bool(parcels) and all(parcel["sign_kind"] != "unsigned" for parcel in parcels)
