"""Twice the text costs about twice the steps: counted in executed instructions, so that no clock decides."""

import sys
from collections.abc import Callable
from datetime import date
from types import FrameType
from typing import Any

import pytest

from bench.text_rules import TEXTS
from services.compliance.rules.text.absolute import find_absolute
from services.compliance.rules.text.apportion import find_apportionment
from services.compliance.rules.text.claims import find_claims
from services.compliance.rules.text.company import Known, find_companies
from services.compliance.rules.text.likeness import weighed
from services.compliance.rules.text.normalise import normalise
from services.compliance.rules.text.official_image import find_official_image
from services.compliance.rules.text.praise import collapsed

DAY = date(2020, 5, 9)
FINDERS: dict[str, Callable[[str], object]] = {
    "normalise": normalise,
    "apportionment": find_apportionment,
    "likeness": lambda text: weighed(
        text, [], public=False, doubtful_below=0, doubtful_undone_below=0, demand_from=-9_999
    ),
    "official image": lambda text: find_official_image(text, within=8, naming=True),
    "collapsed": collapsed,
    "companies": lambda text: find_companies(text, Known(), DAY, repeats=3, least_length=2),
    "superlatives": lambda text: find_absolute(text, frozenset({"遥遥领先"})),
    "claims": lambda text: find_claims(text, frozenset({"富硒"})),
}
HOSTILE = [
    "ordinary",
    "floors in one breath",
    "one verb",
    "clauses",
    "spaced out",
    "one a line",
    "titles",
    "rooms",
    "superlatives",
    "plain superlatives",
    "ranks",
    "medicine",
    "hardship",
    "signs",
]


def instructions(find: Callable[[str], object], text: str) -> int:
    """Python instructions that the finder executes."""
    count = 0

    def trace(frame: FrameType, event: str, _: Any) -> Any:
        nonlocal count
        frame.f_trace_opcodes, frame.f_trace_lines = True, False
        count += event == "opcode"
        return trace

    find(text[:20])
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        find(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("finder", FINDERS)
def test_twice_the_text_costs_about_twice_the_steps(finder: str, name: str) -> None:
    unit = TEXTS[name]
    find = FINDERS[finder]
    small, large = (instructions(find, unit * (length // len(unit))) for length in (900, 1_800))
    assert large < 2.5 * small
