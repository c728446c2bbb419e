"""Word lists and the one way a pattern is compiled, so that every pattern can be held to linear time.

No pattern may repeat without a bound: a bounded one costs the same at every place of a text, whatever the text.
"""

import functools
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import yaml

LEXICONS = Path(__file__).parents[1] / "lexicons"

COMPILED: list[re.Pattern[str]] = []

NUMERALS = "零〇一二两三四五六七八九十百千万亿半几数仨俩壹贰叁肆伍陆柒捌玖拾佰仟"
# Arabic or Chinese digits, with thousands separators and a decimal part; no repeat inside a repeat.
NUMBER = rf"(?:[0-9][0-9,]{{0,12}}(?:\.[0-9]{{1,4}})?|[{NUMERALS}]{{1,12}})[万千百余多]{{0,2}}"


def compiled(pattern: str) -> re.Pattern[str]:
    """The compiled pattern, remembered for the test that forbids unbounded repeats."""
    made = re.compile(pattern)
    COMPILED.append(made)
    return made


class Anchored:
    """A pattern tried only where one of its first characters stands.

    A search for one class of characters is some twenty times faster than trying a branching pattern everywhere.
    """

    __slots__ = ("_firsts", "_pattern")

    def __init__(self, firsts: Iterable[str], pattern: str) -> None:
        letters = "".join(sorted({re.escape(word[0]) for word in firsts}))
        self._firsts = compiled(f"[{letters}]")
        self._pattern = compiled(pattern)

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """The matches in order, none overlapping another."""
        end = 0
        for place in self._firsts.finditer(text):
            found = self._pattern.match(text, place.start()) if place.start() >= end else None
            if found is not None:
                yield found
                end = max(found.end(), place.end())


def any_of(words: Iterable[str]) -> str:
    """A group that matches any of the words, the longest first.

    Words that begin alike share their beginning, so that a character is compared once and not once a word.
    """
    return _any_rest(sorted(set(words)))


def _any_rest(words: Sequence[str]) -> str:
    """The group of these words, sorted; a word may be empty, and is then tried last."""
    branches = []
    for first, group in itertools.groupby((word for word in words if word), key=lambda word: word[0]):
        rest = [word[1:] for word in group]
        branches.append(re.escape(first) + ("" if rest == [""] else _any_rest(rest)))
    return f"(?:{'|'.join(branches)}{'|' if '' in words else ''})"


@functools.cache
def lexicon(name: str) -> Mapping[str, tuple[str, ...]]:
    """The word lists of one file of `lexicons/`, by the name of the list."""
    document = yaml.safe_load((LEXICONS / f"{name}.yaml").read_text("utf-8"))
    return {key: tuple(str(word) for word in words) for key, words in document.items()}
