"""What was sold, as it may be told: claimed beside verified, what was removed and why, by lot and over time.

Figures are sums of paid orders in an order that `NAMES` fixes; net sales are what buyers paid less what they were paid
back, never below nothing for an order. Apportioned orders are real goods that nobody chose: a line of their own.
"""

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from typing import Final, Literal

from services.disclosure.domain.aggregates import (
    Basis,
    Cell,
    Figures,
    K,
    added,
    beside,
    in_order,
    merged,
    released_again,
    tells_of_few,
    whole_of,
)
from services.disclosure.domain.isolation import Printed, fewest_isolated

NAMES = ("orders", "units", "grams", "paid_fen", "net_fen", "subsidy_fen")
MOMENT_MS = 5 * 60 * 1000
FEW_LOTS = 12

Grade = Literal["counted", "suspected", "substantiated", "apportioned"]
COUNTED: Final = "counted"


@dataclass(frozen=True, slots=True)
class Sold:
    """One paid order. `abuse`: the finding that questions it, by its name; `buyer`: a token, for counting only.

    `staff`: the buyer is known or says to work for the organiser; of the last two only what they say counts.

    `order_id`: for its receipt alone; a release that was kept before there were receipts knows none.
    """

    buyer: str
    lot_id: str
    producer_uscc: str
    created_ms: int
    units: int
    unit_grams: int
    paid_fen: int
    refunded_fen: int
    subsidy_fen: int
    grade: Grade = COUNTED
    abuse: str | None = None
    order_id: str = ""
    delivered: bool = False
    staff: bool = False
    of_producer: bool = False
    told_to_buy: bool = False

    @property
    def state(self) -> str:
        """`counted`, or how grave a finding stands against it and which one."""
        return self.grade if self.abuse is None else f"{self.grade}:{self.abuse}"

    @property
    def figures(self) -> Figures:
        """What it adds, as `NAMES` orders it."""
        net = max(0, self.paid_fen - self.refunded_fen)
        return (1, self.units, self.units * self.unit_grams, self.paid_fen, net, self.subsidy_fen)


@dataclass(frozen=True, slots=True)
class Divisions:
    """The cells that a release prints, and the orders behind them; no cells when fewer than ten people bought."""

    sold: tuple[Sold, ...] = ()
    by_lot: tuple[Cell, ...] = ()
    by_state: tuple[Cell, ...] = ()
    by_producer: tuple[Cell, ...] = ()
    over_time: tuple[Cell, ...] = ()

    @property
    def told(self) -> bool:
        """Whether any figure may be told."""
        return bool(self.by_lot)


def divided(sold: Sequence[Sold], before: Sequence[Divisions] = (), k: int = K) -> Divisions:
    """The orders of a broadcast in every division that is printed, given its earlier releases, oldest first.

    Lots come first. The orders of a lot that is held as it was printed stand there as they were in every other division
    too, so that all of them add up to the same. Where all that was ever printed would let somebody isolate a few
    people, the states are told as a whole only, and where that is not enough the release prints what the last one did.
    """
    earlier = [each for each in before if each.told]
    by_lot = released_again(_by(sold, _lot), [each.by_lot for each in earlier], k)
    if by_lot is None:
        return Divisions(tuple(sold))
    stands = _as_printed(sold, by_lot, earlier)
    states = _by(stands, lambda order: order.state)
    whole = (Cell(tuple(sorted(states)), merged(states.values())),)
    parts = _state_cells(states, [each.by_state for each in earlier], k) or whole
    # Looking for cells to put together takes every pair of lots; of many lots the whole is told at once.
    joined = beside(parts, by_lot, k) if len(by_lot) <= FEW_LOTS else whole
    for cells in (parts, joined, whole):
        made = Divisions(stands, by_lot, cells)
        if not _isolates([*earlier, made], k):
            return _completed(made, earlier, k)
    return _completed(_as_last(stands, whole, earlier), earlier, k)


def _as_last(stands: tuple[Sold, ...], whole: tuple[Cell, ...], earlier: Sequence[Divisions]) -> Divisions:
    """What the last release printed, once more; before the first one, nothing but the totals."""
    if not earlier:
        lots = _by(stands, _lot)
        return Divisions(stands, (Cell(tuple(sorted(lots)), merged(lots.values())),), whole)
    last = earlier[-1]
    return replace(last, by_lot=tuple(replace(cell, held=True) for cell in last.by_lot))


def _isolates(releases: Sequence[Divisions], k: int) -> bool:
    """Whether all that these releases print by lot and by state lets somebody isolate fewer than `k` buyers."""
    # Parts of people add up with a last digit too few now and then.
    return fewest_isolated([_printed(each) for each in releases]) < k - 1e-6


def _printed(divisions: Divisions) -> dict[Hashable, Printed]:
    lots = {key: place for place, cell in enumerate(divisions.by_lot) for key in cell.keys}
    states = {key: place for place, cell in enumerate(divisions.by_state) for key in cell.keys}
    seen: Counter[Hashable] = Counter()
    found: dict[Hashable, Printed] = {}
    for order in divisions.sold:
        if order.lot_id in lots:
            key = order.order_id or (order.buyer, order.lot_id, order.created_ms)
            seen[key] += 1
            cell = states[order.state]
            found[(key, seen[key])] = Printed(order.buyer, lots[order.lot_id], cell, order.figures)
    return found


def _completed(made: Divisions, earlier: Sequence[Divisions], k: int) -> Divisions:
    """With the divisions that add nothing: producers as sums of lots, and the hour, printed in round numbers."""
    over_time = _moments(made.sold, earlier, (*made.by_lot, *made.by_state), k)
    return replace(made, by_producer=_of_lots(made), over_time=over_time)


def _of_lots(divisions: Divisions) -> tuple[Cell, ...]:
    """Producers, each with those whose lots stand in one cell with its own; so they say no more than the lots do."""
    lots_of: dict[str, set[str]] = {}
    for order in divisions.sold:
        lots_of.setdefault(order.producer_uscc, set()).add(order.lot_id)
    groups: list[tuple[set[str], list[Cell]]] = []
    for cell in divisions.by_lot:
        owners = {uscc for uscc, lots in lots_of.items() if not lots.isdisjoint(cell.keys)}
        joined = [group for group in groups if not owners.isdisjoint(group[0])]
        groups = [group for group in groups if group not in joined]
        groups.append((owners.union(*(group[0] for group in joined)), [cell, *(c for g in joined for c in g[1])]))
    found = [Cell(tuple(sorted(owners)), whole_of(cells).basis) for owners, cells in groups if owners]
    return tuple(sorted(found, key=lambda cell: cell.keys))


def _as_printed(sold: Sequence[Sold], by_lot: Sequence[Cell], earlier: Sequence[Divisions]) -> tuple[Sold, ...]:
    """The orders of lots that are held as the last release had them, the others as they are now."""
    held = {lot_id for cell in by_lot if cell.held for lot_id in cell.keys}
    if not held:
        return tuple(sold)
    kept = [order for order in earlier[-1].sold if order.lot_id in held]
    # A lot that is new and too small for a cell of its own waits for a release in which it is not alone.
    printed = {lot_id for cell in by_lot for lot_id in cell.keys}
    return (*kept, *(order for order in sold if order.lot_id in printed - held))


def _state_cells(parts: Mapping[str, Basis], before: Sequence[tuple[Cell, ...]], k: int) -> tuple[Cell, ...]:
    """The states in cells, given those of earlier releases; none where one would have to stand as it was."""
    cells = released_again(parts, [each for each in before if each], k) or ()
    return () if any(cell.held for cell in cells) else cells


def _moments(sold: Sequence[Sold], earlier: Sequence[Divisions], shown: Sequence[Cell], k: int) -> tuple[Cell, ...]:
    cells = in_order(sorted(_by(sold, _moment).items(), key=lambda part: int(part[0])), k)
    known = [*shown, *(cell for each in earlier for cell in each.over_time)]
    if any(tells_of_few(cell.basis, other.basis, k) for cell in cells for other in known):
        return ()
    return cells


def _lot(order: Sold) -> str:
    return order.lot_id


def kept(divisions: Divisions) -> bytes:
    """What must be kept, in private, to hold later releases against this one."""
    cells = {name: [[list(cell.keys), cell.held] for cell in getattr(divisions, name)] for name in _KEYS}
    sold = [astuple(order) for order in divisions.sold]
    return json.dumps({"sold": sold, **cells}, ensure_ascii=False, separators=(",", ":")).encode()


def as_kept(data: bytes) -> Divisions:
    """The divisions of an earlier release again."""
    document = json.loads(data)
    sold = tuple(Sold(*order) for order in document["sold"])
    cells: dict[str, tuple[Cell, ...]] = {}
    for name, key in _KEYS.items():
        parts = _by(sold, key)
        cells[name] = tuple(
            Cell(tuple(keys), merged(parts.get(each, {}) for each in keys), held) for keys, held in document[name]
        )
    return Divisions(sold, **cells)


def _moment(order: Sold) -> str:
    return str(order.created_ms // MOMENT_MS * MOMENT_MS)


def _by(sold: Iterable[Sold], key: Callable[[Sold], str]) -> dict[str, Basis]:
    found: dict[str, dict[str, Figures]] = {}
    for order in sold:
        cell = found.setdefault(key(order), {})
        known = cell.get(order.buyer)
        cell[order.buyer] = order.figures if known is None else added((known, order.figures))
    return dict(found)


_KEYS: Mapping[str, Callable[[Sold], str]] = {
    "by_lot": _lot,
    "by_state": lambda order: order.state,
    "by_producer": lambda order: order.producer_uscc,
    "over_time": _moment,
}


def told(figures: Figures) -> dict[str, int]:
    """Figures by their names."""
    return dict(zip(NAMES, figures, strict=True))


def rounded(figures: Figures, k: int = K) -> dict[str, int]:
    """Figures by their names in round numbers: what is lost to rounding is as much as a few people would tell."""
    units = {"orders": k, "units": k, "grams": k * 1_000, "paid_fen": k * 1_000, "net_fen": k * 1_000}
    return {name: value - value % units.get(name, k * 1_000) for name, value in told(figures).items()}


def delivered(divisions: Divisions, k: int = K) -> int:
    """How many orders have arrived, rounded down to tens."""
    count = sum(order.delivered for order in divisions.sold)
    return count - count % k


def by_relation(divisions: Divisions, k: int = K) -> dict[str, int]:
    """How many orders are by people of the organiser, of a producer, or told to buy; nothing of fewer than ten people.

    Each is rounded down to tens.
    """
    of: dict[str, list[Sold]] = {
        "organiser_staff_about": [order for order in divisions.sold if order.staff],
        "producer_people_about": [order for order in divisions.sold if order.of_producer],
        "told_to_buy_about": [order for order in divisions.sold if order.told_to_buy],
    }
    counts = {name: len(some) if len({each.buyer for each in some}) >= k else 0 for name, some in of.items()}
    return {name: count - count % k for name, count in counts.items()}


@dataclass(frozen=True, slots=True)
class Summary:
    """Claimed, verified and questioned side by side.

    `verified` is the lower bound: all that is questioned taken away. `upper`: only what is substantiated. Where what is
    questioned rests on so few people that it cannot stand by itself, it is in `verified`, and `few_questioned` says so.
    """

    claimed: Mapping[str, int]
    verified: Mapping[str, int]
    upper: Mapping[str, int]
    questioned: tuple[tuple[tuple[str, ...], Mapping[str, int]], ...]
    few_questioned: bool


def summary(divisions: Divisions) -> Summary | None:
    """The figures at the head of a disclosure; None when none may be told."""
    if not divisions.told or not divisions.by_state:
        return None
    states = divisions.by_state
    plain = next((cell for cell in states if COUNTED in cell.keys), None)
    suspected = [cell for cell in states if cell is not plain and all(key.startswith("suspected") for key in cell.keys)]
    verified = plain.figures if plain else (0,) * len(NAMES)
    return Summary(
        claimed=told(added(cell.figures for cell in states)),
        verified=told(verified),
        upper=told(added([verified, *(cell.figures for cell in suspected)])),
        questioned=tuple((cell.keys, told(cell.figures)) for cell in states if cell is not plain),
        few_questioned=plain is not None and len(plain.keys) > 1,
    )


def shares_bp(cells: Sequence[Cell]) -> dict[tuple[str, ...], int]:
    """The share of each cell in all paid orders, in basis points that add up to 10,000 (largest remainders)."""
    total = whole_of(cells).figures[0] if cells else 0
    if total == 0:
        return {}
    exact = [(cell.keys, cell.figures[0] * 10_000) for cell in cells]
    floors = {keys: value // total for keys, value in exact}
    short = 10_000 - sum(floors.values())
    by_remainder = sorted(exact, key=lambda item: (-(item[1] % total), item[0]))
    return {keys: share + (keys in {item[0] for item in by_remainder[:short]}) for keys, share in floors.items()}


def buyers_behind(divisions: Divisions) -> int:
    """The fewest buyers behind any printed cell; 0 when none is printed. The gate asks for it (`disc.publish`)."""
    cells = (*divisions.by_lot, *divisions.by_state, *divisions.by_producer, *divisions.over_time)
    return min((cell.buyers for cell in cells), default=0)
