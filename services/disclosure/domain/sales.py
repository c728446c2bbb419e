"""What was sold, as it may be told: claimed beside verified, what was removed and why, by lot and over time.

Figures are sums of paid orders in an order that `NAMES` fixes; net sales are what buyers paid less what they were paid
back, never below nothing for an order. Apportioned orders are real goods that nobody chose: a line of their own.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
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

NAMES = ("orders", "units", "grams", "paid_fen", "net_fen", "subsidy_fen")
MOMENT_MS = 5 * 60 * 1000

Grade = Literal["counted", "suspected", "substantiated", "apportioned"]
COUNTED: Final = "counted"


@dataclass(frozen=True, slots=True)
class Sold:
    """One paid order. `abuse`: the finding that questions it, by its name; `buyer`: a token, for counting only.

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
    too, so that all of them add up to the same. A division that would say more of a few people, beside the lots or
    beside an earlier release, is told as a whole only.
    """
    earlier = [each for each in before if each.told]
    by_lot = released_again(_by(sold, _lot), [each.by_lot for each in earlier], k)
    if by_lot is None:
        return Divisions(tuple(sold))
    stands = _as_printed(sold, by_lot, earlier)
    by_state = _beside_lots(_by(stands, lambda order: order.state), [each.by_state for each in earlier], by_lot, k)
    producers = _by(stands, lambda order: order.producer_uscc)
    by_producer = _beside_lots(producers, [each.by_producer for each in earlier], (*by_lot, *by_state), k)
    over_time = _moments(stands, earlier, (*by_lot, *by_state, *by_producer), k)
    return Divisions(stands, by_lot, by_state, by_producer, over_time)


def _as_printed(sold: Sequence[Sold], by_lot: Sequence[Cell], earlier: Sequence[Divisions]) -> tuple[Sold, ...]:
    """The orders of lots that are held as the last release had them, the others as they are now."""
    held = {lot_id for cell in by_lot if cell.held for lot_id in cell.keys}
    if not held:
        return tuple(sold)
    kept = [order for order in earlier[-1].sold if order.lot_id in held]
    # A lot that is new and too small for a cell of its own waits for a release in which it is not alone.
    printed = {lot_id for cell in by_lot for lot_id in cell.keys}
    return (*kept, *(order for order in sold if order.lot_id in printed - held))


def _beside_lots(
    parts: Mapping[str, Basis], before: Sequence[tuple[Cell, ...]], shown: Sequence[Cell], k: int
) -> tuple[Cell, ...]:
    cells = released_again(parts, [each for each in before if each], k) or ()
    if any(cell.held for cell in cells):
        return (Cell(tuple(sorted(parts)), merged(parts.values())),)
    return beside(cells, shown, k)


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
