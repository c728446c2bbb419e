"""Figures without people: what rests on fewer than ten buyers is merged, held back or not told at all.

A published number tells of a person when it, or its difference from another published number, rests on that person and
a few others. So every cell, every difference of two cells and every difference between two releases rests on nobody or
on at least `k` distinct buyers. Money and units follow the buyers behind them.
Source: 个人信息保护法 第二十五条; Dalenius, *Towards a methodology for statistical disclosure control* (1977), for
complementary cells; Fellegi, *On the question of statistical confidentiality* (1972), for differences.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

K = 10

Figures = tuple[int, ...]
"""Additive figures of one buyer in one cell, in an order that the caller fixes: orders, units, fen …"""

Basis = Mapping[str, Figures]
"""Buyer token → what they add to a cell. Never published, and never compared across broadcasts."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One published cell: the keys that were merged into it, in their own order, and what it rests on.

    `held`: its figures are those of an earlier release, because what has changed since concerns fewer than `k` buyers.
    """

    keys: tuple[str, ...]
    basis: Basis
    held: bool = False

    @property
    def buyers(self) -> int:
        """Distinct buyers behind it."""
        return len(self.basis)

    @property
    def figures(self) -> Figures:
        """The sums that may be printed."""
        return added(self.basis.values())


def added(figures: Iterable[Figures]) -> Figures:
    """The sum of figures, place by place; () of none."""
    return tuple(map(sum, zip(*figures, strict=True)))


def merged(bases: Iterable[Basis]) -> dict[str, Figures]:
    """The basis of several cells together: each buyer once, with all that they add."""
    whole: dict[str, Figures] = {}
    for basis in bases:
        for buyer, figures in basis.items():
            known = whole.get(buyer)
            whole[buyer] = figures if known is None else added((known, figures))
    return whole


def differing(one: Basis, other: Basis) -> int:
    """How many buyers the difference of two cells rests on."""
    return sum(one.get(buyer) != other.get(buyer) for buyer in one.keys() | other.keys())


def tells_of_few(one: Basis, other: Basis, k: int = K) -> bool:
    """Whether two numbers that are both published point together at somebody."""
    return 0 < differing(one, other) < k


def partition(parts: Mapping[str, Basis], k: int = K) -> tuple[Cell, ...] | None:
    """The parts of one whole as they may be published; None when the whole itself rests on fewer than `k` buyers.

    Small parts are put together, and the smallest of the others is added until they are enough. As every cell rests on
    `k` buyers and the cells make up the whole, so does every sum and every remainder. The cells stand in the order of
    their keys, never of their size: nothing here ranks.
    """
    if len(merged(parts.values())) < k:
        return None
    by_size = sorted((key for key in parts if parts[key]), key=lambda key: (-len(parts[key]), key))
    alone = [key for key in by_size if len(parts[key]) >= k]
    together = [key for key in by_size if len(parts[key]) < k]
    while together and len(merged(parts[key] for key in together)) < k:
        together.append(alone.pop())
    cells = [_cell([key], parts) for key in alone] + ([_cell(together, parts)] if together else [])
    return tuple(sorted(cells, key=lambda cell: cell.keys))


def in_order(parts: Sequence[tuple[str, Basis]], k: int = K) -> tuple[Cell, ...]:
    """Parts that follow one another, such as minutes: each is put together with the next until they are enough.

    What is left at the end joins the cell before it; no cell at all when the whole rests on fewer than `k` buyers.
    """
    cells: list[Cell] = []
    keys: list[str] = []
    open_bases: list[Basis] = []
    for key, basis in parts:
        keys.append(key)
        open_bases.append(basis)
        if len(together := merged(open_bases)) >= k:
            cells.append(Cell(tuple(keys), together))
            keys, open_bases = [], []
    if keys and cells:
        last = cells.pop()
        cells.append(Cell((*last.keys, *keys), merged((last.basis, *open_bases))))
    return tuple(cells)


def whole_of(cells: Sequence[Cell]) -> Cell:
    """The cells as one: what is printed as their total."""
    keys = tuple(sorted(key for cell in cells for key in cell.keys))
    return Cell(keys, merged(cell.basis for cell in cells), any(cell.held for cell in cells))


def beside(cells: Sequence[Cell], published: Sequence[Cell], k: int = K) -> tuple[Cell, ...]:
    """Cells of another division of the same whole, as they may stand beside those that are published already.

    A cell that differs from a published one by a few buyers, or whose sum with others does, is put together with the
    smallest of its neighbours, in the end with all of them: then it says no more than the total.
    """
    shown = list(cells)
    while len(shown) > 1 and (telling := _telling(shown, published, k)) is not None:
        neighbour = min((cell for cell in shown if cell is not telling), key=lambda cell: (cell.buyers, cell.keys))
        shown = [cell for cell in shown if cell is not telling and cell is not neighbour]
        shown.append(whole_of([telling, neighbour]))
    return tuple(sorted(shown, key=lambda cell: cell.keys))


def _telling(cells: Sequence[Cell], published: Sequence[Cell], k: int) -> Cell | None:
    """The first cell that, alone or with one other, comes too near to one or two published ones together."""
    sums = [cell.basis for cell in published] + [
        merged((one.basis, other.basis)) for one, other in combinations(published, 2)
    ]
    for cell in cells:
        mine = [cell.basis, *(merged((cell.basis, other.basis)) for other in cells if other is not cell)]
        if any(tells_of_few(basis, known, k) for basis in mine for known in sums):
            return cell
    return None


def released_again(now: Mapping[str, Basis], before: Sequence[Sequence[Cell]], k: int = K) -> tuple[Cell, ...] | None:
    """The parts as a later release may print them, given the cells of every earlier one, oldest first; None: untold.

    The division of the earlier releases stays; new keys join by themselves where they rest on `k` buyers, else with the
    smallest cell. A cell that would differ by fewer than `k` buyers from one that was ever printed is held as it was
    printed last, and so are all of them where their total would.
    """
    if not before:
        return partition(now, k)
    last = before[-1]
    known = {key for cell in last for key in cell.keys}
    fresh = partition({key: now[key] for key in now.keys() - known}, k)
    homeless = () if fresh is not None else tuple(sorted(key for key in now.keys() - known if now[key]))
    smallest = min(last, key=lambda cell: (cell.buyers, cell.keys))
    printed = [cell for cells in before for cell in cells]
    cells = [_held_or_new(cell, homeless if cell is smallest else (), now, printed, k) for cell in last]
    shown = tuple(sorted((*cells, *(fresh or ())), key=lambda cell: cell.keys))
    total = whole_of(shown).basis
    if any(tells_of_few(total, whole_of(cells).basis, k) for cells in before):
        return tuple(Cell(cell.keys, cell.basis, held=True) for cell in last)
    return shown


def _held_or_new(last: Cell, joining: Sequence[str], now: Mapping[str, Basis], printed: Sequence[Cell], k: int) -> Cell:
    keys = tuple(sorted((*last.keys, *joining)))
    basis = merged(now.get(key, {}) for key in keys)
    alike = [cell for cell in printed if not set(keys).isdisjoint(cell.keys)]
    if len(basis) < k or any(tells_of_few(basis, cell.basis, k) for cell in alike):
        return Cell(last.keys, last.basis, held=True)
    return Cell(keys, basis)


def _cell(keys: Sequence[str], parts: Mapping[str, Basis]) -> Cell:
    return Cell(tuple(sorted(keys)), merged(parts[key] for key in keys))
