"""Robust statistics: bounds of shares, Poisson excess over a local median, lines through a crowd of points."""

import numpy as np

from services.disclosure.integrity.arrays import Array, Floats, Ints, Mask

_Z = 1.645


def share_bounds(hits: Array, total: Array, z: float = _Z) -> tuple[Floats, Floats]:
    """Wilson bounds of a share."""
    n = np.maximum(1.0, np.asarray(total, dtype=np.float64))
    p = np.asarray(hits, dtype=np.float64) / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return np.maximum(0.0, middle - half), np.minimum(1.0, middle + half)


def lower_share(hits: int, total: int) -> float:
    """Lower bound of one share."""
    return float(share_bounds(np.array([hits]), np.array([total]))[0][0])


def poisson_excess(counts: Ints, window: int) -> Floats:
    """z of each cell over the median of the cells around it (Anscombe); in the quiet, half an event."""
    if len(counts) == 0:
        return np.zeros(0)
    padded = np.pad(counts.astype(np.float64), window, mode="reflect" if len(counts) > window else "edge")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * window + 1)
    expected = np.maximum(0.5, np.median(around, axis=1))
    return np.asarray(2 * (np.sqrt(counts + 0.375) - np.sqrt(expected + 0.375)))


def theil_sen(x: Floats, y: Floats, most: int = 400) -> tuple[float, float]:
    """Slope and intercept that half of all pairs of points agree on; of many points every k-th is taken."""
    step = max(1, len(x) // most)
    order = np.lexsort((y, x))[::step]
    x, y = x[order], y[order]
    left, right = np.triu_indices(len(x), 1)
    run = x[right] - x[left]
    usable = run > 0
    if not usable.any():
        return 1.0, float(np.median(y - x))
    slope = float(np.median((y[right] - y[left])[usable] / run[usable]))
    return slope, float(np.median(y - slope * x))


def on_one_line(x: Floats, y: Floats, within: float, slopes: tuple[float, float]) -> Mask:
    """Points within a residual of the line most of them lie on: candidate lines through pairs, the fullest one kept.

    The pairs are every point with neighbours at a distance of 1, 2, 4 … in time: no dice, the same answer every time.
    """
    best = np.zeros(len(x), dtype=bool)
    order = np.lexsort((y, x))
    for step in (1, 2, 4, 8, 16, 32):
        for number in range(0, len(x) - step, max(1, len(x) // 60)):
            a, b = order[number], order[number + step]
            if x[b] - x[a] <= 0:
                continue
            slope = (y[b] - y[a]) / (x[b] - x[a])
            if not slopes[0] <= slope <= slopes[1]:
                continue
            near = np.abs(y - (y[a] + slope * (x - x[a]))) <= within
            if near.sum() > best.sum():
                best = near
    return best
