"""Whether somebody who adds up and subtracts all that was ever printed of a broadcast can isolate a few buyers.

What is printed are sums over two divisions of the same orders, by lot and by state, in every release. A reader may
combine any of them with any factors: what comes out is a sum over orders in which an order counts with `a + b`, where
`a` depends on how it stood by lot in every release and `b` on how it stood by state. Orders of which the factors
cancel drop out. So draw a graph: a node for every way to stand by lot, one for every way to stand by state, an edge
for the orders that stand in both. To leave only the orders of some edges over, a reader must give the nodes on both
sides of them different factors, and that is possible exactly where these edges cut the graph in two. The fewest people
behind such a cut are the fewest anybody can isolate.
An order whose figures changed between two releases is one thing before and another after, so it has nodes of its own.
Source: Stoer & Wagner, *A simple min-cut algorithm* (1997).
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

Graph = dict[Hashable, dict[Hashable, float]]


@dataclass(frozen=True, slots=True)
class Printed:
    """An order as one release printed it: whose it is, its cells by lot and by state, and its figures."""

    buyer: str
    lot: int
    state: int
    figures: tuple[int, ...]


Release = Mapping[Hashable, Printed]
"""Order → as it was printed."""


def fewest_isolated(releases: Sequence[Release]) -> float:
    """The fewest buyers that anybody can isolate; infinity where nothing was printed.

    Counted cautiously: a buyer with orders on several edges counts for a part on each.
    """
    places = _places(releases)
    graph: Graph = {}
    for edges in places.values():
        for one, other in edges:
            for near, far in ((one, other), (other, one)):
                beyond = graph.setdefault(near, {})
                beyond[far] = beyond.get(far, 0.0) + 1 / len(edges)
    return min((_smallest_cut(part) for part in _connected(graph)), default=float("inf"))


def _places(releases: Sequence[Release]) -> dict[str, set[tuple[Hashable, Hashable]]]:
    """Buyer → the edges on which their orders stand."""
    found: dict[str, set[tuple[Hashable, Hashable]]] = {}
    for order in {order for release in releases for order in release}:
        stood = [release.get(order) for release in releases]
        seen = [each.figures if each else None for each in stood]
        runs = tuple(seen.index(each) for each in seen)
        lots = ("lot", runs, tuple(each.lot if each else None for each in stood))
        states = ("state", runs, tuple(each.state if each else None for each in stood))
        buyer = next(each.buyer for each in stood if each)
        found.setdefault(buyer, set()).add((lots, states))
    return found


def _connected(graph: Graph) -> Iterable[Graph]:
    """The parts of a graph that hang together."""
    left = set(graph)
    while left:
        part, waiting = set(), [left.pop()]
        while waiting:
            node = waiting.pop()
            part.add(node)
            waiting += [each for each in graph[node] if each in left]
            left -= set(graph[node])
        yield {node: dict(graph[node]) for node in part}


def _smallest_cut(graph: Graph) -> float:
    """The lightest set of edges that cuts a connected graph in two; it is used up."""
    smallest = float("inf")
    while len(graph) > 1:
        before, last, weight = _last_two(graph)
        smallest = min(smallest, weight)
        for node, between in graph.pop(last).items():
            del graph[node][last]
            if node != before:
                graph[before][node] = graph[before].get(node, 0.0) + between
                graph[node][before] = graph[node].get(before, 0.0) + between
    return smallest


def _last_two(graph: Graph) -> tuple[Hashable, Hashable, float]:
    """The last two nodes in the order of how tightly they hang on those before, and the weight of the last."""
    tightness = dict.fromkeys(graph, 0.0)
    before = last = next(iter(graph))
    weight = 0.0
    while tightness:
        before, last = last, max(tightness, key=lambda node: tightness[node])
        weight = tightness.pop(last)
        for node, between in graph[last].items():
            if node in tightness:
                tightness[node] += between
    return before, last, weight
