"""What the run of the show explains, and what it does not: spikes, waves and registrations of one day."""

import numpy as np

from services.disclosure.integrity.arrays import Floats, Ints, Mask
from services.disclosure.integrity.facts import Facts
from services.disclosure.integrity.stats import poisson_excess

MINUTE, HOUR = 60_000, 3_600_000
_CALLS = ("push", "flash_open", "loss_leader", "product", "open", "slogan_prompt")


def explained(facts: Facts, moments: Ints, kinds: tuple[str, ...] = _CALLS, within_ms: int = 5 * MINUTE) -> Mask:
    """Moments that follow a call of the show within some minutes."""
    segments = facts.broadcast["segments"]
    calls = np.sort(segments["t_ms"][segments.text("kind").among(*kinds)])
    if len(calls) == 0:
        return np.zeros(len(moments), dtype=bool)
    last = calls[np.maximum(0, np.searchsorted(calls, moments, side="right") - 1)]
    return np.asarray((moments >= last) & (moments - last <= within_ms))


def excess(moments: Ints, cell_ms: int, around: int, known: Mask) -> Floats:
    """For each moment: z of its cell of time over the median of the cells around it; 0 where it is unknown."""
    out = np.zeros(len(moments))
    if not known.any():
        return out
    cell = (moments[known] - moments[known].min()) // cell_ms
    # Years of registrations make many empty cells; beyond some hundred thousand the oldest share one.
    cell = np.maximum(0, cell - max(0, int(cell.max()) - 200_000))
    out[known] = poisson_excess(np.bincount(cell), around)[cell]
    return out


def registered_together(facts: Facts, created: Ints) -> Floats:
    """z of the hour in which an account was made, over the hours around it; 0 for the hours of the broadcast itself.

    Who registers to watch or to buy does so when the room is open: those hours say nothing.
    """
    broadcast = facts.broadcast
    on_air = (created >= broadcast.start - 2 * HOUR) & (created <= broadcast.end + HOUR)
    return np.where(on_air, 0.0, excess(created, HOUR, 36, created > 0))


def waves(facts: Facts, moments: Ints) -> Floats:
    """z of the minute in which an order came; 0 where the show explains it or nothing is known of the show."""
    if not facts.broadcast["segments"].given:
        return np.zeros(len(moments))
    score = excess(moments, MINUTE, 15, moments > 0)
    return np.where(explained(facts, moments), 0.0, score)
