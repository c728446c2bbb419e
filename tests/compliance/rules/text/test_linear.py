"""No text makes a text rule explode: every pattern costs a bounded number of steps at each place."""

import re
import re._constants as opcodes  # type: ignore[import-not-found]  # typeshed leaves the parser of re out
import re._parser as parser  # type: ignore[import-not-found]  # the same
from collections.abc import Iterable
from typing import Any

import pytest

import services.compliance.rules  # noqa: F401 - importing the rulebook compiles every pattern.
from services.compliance.rules.text.patterns import COMPILED

_REPEATS = {opcodes.MAX_REPEAT, opcodes.MIN_REPEAT, opcodes.POSSESSIVE_REPEAT}
# The longest stretch that a pattern may go over again and again at one place of the text.
_MOST_STEPS = 4_000


def _steps(parsed: Iterable[Any]) -> int:
    """Upper bound of the ways in which a pattern can read from one place; unbounded repeats count as endless."""
    total = 1
    for operation, argument in parsed:
        if operation in _REPEATS:
            _, most, inner = argument
            assert most is not opcodes.MAXREPEAT, "a repeat without bound"
            assert not any(kind in _REPEATS for kind, _ in inner) or most <= 1, "a repeat inside a repeat"
            total *= max(1, int(most)) * _steps(inner)
        elif operation is opcodes.SUBPATTERN:
            total *= _steps(argument[3])
        elif operation is opcodes.BRANCH:
            # Alternatives that fail leave no work behind: the costliest counts, and each once for trying it.
            total *= max(_steps(branch) for branch in argument[1])
        elif operation in (opcodes.ASSERT, opcodes.ASSERT_NOT):
            total *= _steps(argument[1])
    return total


@pytest.mark.parametrize("pattern", COMPILED, ids=lambda pattern: pattern.pattern[:40])
def test_no_pattern_repeats_without_bound_or_inside_a_repeat(pattern: re.Pattern[str]) -> None:
    assert _is_one_run(pattern) or _steps(parser.parse(pattern.pattern)) <= _MOST_STEPS


def _is_one_run(pattern: re.Pattern[str]) -> bool:
    """Whether the pattern is one class of characters, repeated: it reads every character once."""
    parsed = list(parser.parse(pattern.pattern))
    return len(parsed) == 1 and parsed[0][0] in _REPEATS and [kind for kind, _ in parsed[0][1][2]] == [opcodes.IN]
