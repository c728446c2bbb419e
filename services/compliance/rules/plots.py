"""Where the plots of a lot lie: by the region tree and its history, never by comparing the digits of codes."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from services.compliance.rules.core import MissingFact, need
from services.compliance.rules.facts import Lot, Plot
from services.contracts.regions import covers, is_administration

Where = Literal["inside", "outside", "unclear", "unknown"]
# From best to worst for goods that claim to come from a place.
_GRAVITY: dict[Where, int] = {"inside": 0, "unclear": 1, "unknown": 1, "outside": 2}


def lies_in(code: str, scope: str, on: date) -> Where:
    """Where the land of a code lies, as seen from the scope: `unclear` when only a part of it can lie inside.

    Former codes are followed through history: 370181 lies in 370114; a county that was divided lies in neither part.
    """
    if covers(scope, code, on):
        return "inside"
    if not is_administration(code):
        return "unknown"
    return "unclear" if covers(code, scope, on) else "outside"


def lies_in_any(code: str, scopes: Iterable[str], on: date) -> Where:
    """Where the land lies as seen from several regions together: the best of what each of them says."""
    return min((lies_in(code, scope, on) for scope in scopes), key=_GRAVITY.__getitem__, default="outside")


def county_of(township_code: str) -> str:
    """The region that a township's code names: its first six digits are the code of the county *at that time*.

    That county may be called otherwise today, so the answer is only ever compared through the tree.
    """
    return township_code[:6]


def plots_of(lot: Lot) -> Iterator[tuple[str, Plot]]:
    """Each plot with its path.

    Raises MissingFact when there is none.
    """
    plots = need(lot.plots, "lot.plots")
    if not plots:
        raise MissingFact("lot.plots")
    yield from ((f"lot.plots[{index}]", plot) for index, plot in enumerate(plots))


def region_of(path: str, plot: Plot) -> str:
    """The region in which the plot lies, by its township or else as stated.

    Raises MissingFact when neither is known.
    """
    if plot.township_code is not None:
        return county_of(plot.township_code)
    return need(plot.region_code, f"{path}.township_code")
