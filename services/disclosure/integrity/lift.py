"""How much more common a value is here than among established buyers of the same broadcast.

The reference needs no training: it is the part of the audience that nobody could have made up for the day.
"""

import numpy as np

from services.disclosure.integrity.arrays import Floats, Ints, Mask

_Z = 1.645


def lift(values: Ints, reference: Mask, cap: float = 2.0, among: Mask | None = None) -> Floats:
    """For each item the cautious log of [share of its value among all / share in the reference], within ±cap.

    Nothing is claimed where the bound does not exclude an equal share, or where the reference is too small to know.
    """
    everybody = np.ones(len(values), dtype=bool) if among is None else among
    whole, known = int(everybody.sum()), int((reference & everybody).sum())
    out = np.zeros(len(values))
    if known < 30 or whole == 0:
        return out
    size = int(values.max()) + 1
    here = np.bincount(values[everybody], minlength=size).astype(np.float64)
    there = np.bincount(values[reference & everybody], minlength=size).astype(np.float64)
    least = np.log(_poisson_low(here) / whole) - np.log(_poisson_high(there) / known)
    most = np.log(_poisson_high(here) / whole) - np.log(_poisson_low(there) / known)
    cautious = np.where(least > 0, least, np.minimum(0.0, most))
    return np.where(everybody, np.clip(cautious, -cap, cap)[values], 0.0)


def _poisson_high(counts: Floats) -> Floats:
    """Upper bound of the rate behind counts (Wilson and Hilferty): three for none seen."""
    more = counts + 1
    return np.asarray(more * (1 - 1 / (9 * more) + _Z / (3 * np.sqrt(more))) ** 3)


def _poisson_low(counts: Floats) -> Floats:
    """Lower bound of the rate behind counts, a hair above nothing for none seen."""
    some = np.maximum(1.0, counts)
    low = some * np.maximum(0.0, 1 - 1 / (9 * some) - _Z / (3 * np.sqrt(some))) ** 3
    return np.where(counts > 0, np.maximum(0.02, low), 0.02)


def mixture_share(columns: list[Ints], reference: Mask) -> float:
    """A lower bound of the share of items that do not come from the reference's crowd: q = 1 − min P_all(v)/P_ref(v).

    Only values that a good part of the reference has are asked, and each ratio is taken at its cautious end.
    """
    known, whole = int(reference.sum()), len(reference)
    if known < 200:
        return 0.0
    best = 0.0
    for values in columns:
        size = int(values.max()) + 1 if whole else 1
        here = np.bincount(values, minlength=size)
        there = np.bincount(values[reference], minlength=size)
        common = there >= 0.05 * known
        if not common.any():
            continue
        ratio = (here / whole) / np.maximum(1e-9, there / known)
        doubt = np.exp(_Z * 1.5 * np.sqrt(1 / np.maximum(1, here) + 1 / np.maximum(1, there)))
        best = max(best, 1.0 - float((ratio * doubt)[common].min()))
    return max(0.0, best)


def lowest_threshold(scores: Floats, reference: Mask, may: Mask, least: float, most_false: float) -> float:
    """The lowest score from which on fewer than `most_false` of the flagged are expected to be people.

    The reference says how often people reach a score; people are at most everybody who is not flagged.
    """
    known = int(reference.sum())
    if known == 0:
        return least
    candidates = np.unique(np.round(scores[may & (scores >= least)], 2))
    for threshold in candidates:
        flagged = may & (scores >= threshold)
        wrong = (int((flagged & reference).sum()) + 0.5) / known * float((~flagged).sum())
        if wrong <= most_false * max(1.0, float(flagged.sum())) or wrong < 1.0:
            return float(threshold)
    return float("inf")
