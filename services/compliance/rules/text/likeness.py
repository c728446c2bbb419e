"""Weighs how much a text reads like the demands that people have labelled, by its characters alone.

A second reader beside the words of `apportion`: it brakes and it holds, and never makes a failure. All in whole
numbers, so that every machine gives the same answer. The weights are trained by `python -m tools.train_likeness`.
"""

import functools
import json
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from math import isqrt
from operator import add
from pathlib import Path

from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.patterns import compiled
from services.compliance.rules.text.sentences import Sentence, sentences
from services.compliance.rules.text.stance import undoes
from services.compliance.rules.text.words import KINDS

WEIGHTS = Path(__file__).with_suffix(".json")
# How amounts are written tells nothing: 50元, 100元 and 五十元 read alike.
_NUMBER = compiled(
    r"[0-9]{1,12}(?:[.,][0-9]{1,4})?|[一二两三四五六七八九十百千万]{1,8}(?=[元块箱单斤份袋盒人个名次条遍分小公])"
)
_CLAUSE = compiled(r"[^,。!?;…\n]+")
_HAN = compiled("[\u3400-\u9fff]")
# Two characters of a clause make a pair up to this many places apart: 每…元.
_REACH = 8
_LONGEST_RUN = 3
# The texts that people have labelled are about so long; a longer document is read in stretches of that length.
_STRETCH = 400
_SHOWN = 3
# Divides by one, two and three: what a run weighs is shared by its characters.
_SHARES = 6
_PRECISION = 1_000


@dataclass(frozen=True, slots=True)
class Weights:
    """What each run of characters and each pair in a clause weighs, in thousandths; `corpus` names the texts."""

    corpus: str
    bias: int
    runs: Mapping[str, int]
    pairs: Mapping[str, int]

    def score(self, text: str) -> int:
        """How much a normalised text reads like a demand, in thousandths: demands lie above zero."""
        runs, pairs = traits(text)
        runs &= self.runs.keys()
        pairs &= self.pairs.keys()
        total = sum(map(self.runs.__getitem__, runs)) + sum(map(self.pairs.__getitem__, pairs))
        # A long text has more traits than a short one: their number is taken out, as the training does.
        length = isqrt((len(runs) + len(pairs)) * _PRECISION**2)
        return self.bias + (total * _PRECISION // length if length else 0)


def traits(text: str) -> tuple[set[str], set[str]]:
    """The runs of up to three characters of a normalised text, and the pairs that stand apart in one clause."""
    runs: set[str] = set()
    pairs: set[str] = set()
    for clause in _CLAUSE.findall(_NUMBER.sub("0", text)):
        twos = list(map(add, clause, clause[1:]))
        runs.update(clause)
        runs.update(twos)
        runs.update(map(add, twos, clause[2:]))
        for apart in range(2, _REACH + 1):
            pairs.update(map(add, clause, clause[apart:]))
    return runs, pairs


@functools.cache
def released_weights() -> Weights:
    """The weights of this release."""
    return Weights(**json.loads(WEIGHTS.read_text("utf-8")))


def weighed(
    text: str,
    hits: Sequence[Hit],
    *,
    public: bool,
    doubtful_below: int,
    doubtful_undone_below: int,
    demand_from: int,
    weights: Weights | None = None,
) -> list[Hit]:
    """The hits in a normalised text, after the text around them was weighed.

    A failure in a stretch that weighs less than `doubtful_below` is left to a person; in one whose words tell, withdraw
    or deny, or mean another duty, already below `doubtful_undone_below`. A text without any hit
    is held where a stretch weighs `demand_from` or more. No hit goes, and none becomes a failure.
    """
    known = weights or released_weights()
    if hits:
        return sorted(_braked(text, hits, known, (doubtful_below, doubtful_undone_below)))
    return sorted(_held(text, known, demand_from, public=public))


def _braked(text: str, hits: Sequence[Hit], weights: Weights, below: tuple[int, int]) -> Iterator[Hit]:
    found = sentences(text)
    starts = [sentence.start for sentence in found]
    doubtful: dict[int, bool] = {}
    for hit in hits:
        if hit.result != "fail":
            yield hit
            continue
        number = max(bisect_right(starts, hit.start) - 1, 0)
        if number not in doubtful:
            start, end = _around(text, found, number)
            doubtful[number] = weights.score(text[start:end]) < below[undoes(text, start, end)]
        yield replace(hit, result="review", code="doubtful_demand") if doubtful[number] else hit


def _around(text: str, found: Sequence[Sentence], number: int) -> tuple[int, int]:
    """Where the sentence and its neighbours begin and end, until the stretch is as long as a notice."""
    if len(text) <= _STRETCH:
        return 0, len(text)
    first = last = number
    while found[last].end - found[first].start < _STRETCH and (first > 0 or last < len(found) - 1):
        first, last = max(first - 1, 0), min(last + 1, len(found) - 1)
    return found[first].start, found[last].end


def _held(text: str, weights: Weights, demand_from: int, *, public: bool) -> Iterator[Hit]:
    for start, end in stretches(text):
        if _HAN.search(text, start, end) is None:
            continue
        if weights.score(text[start:end]) < demand_from or (public and not _names_staff(text, start, end)):
            continue
        for first, last in _heaviest(text, start, end, weights):
            yield Hit(first, last, "review", "reads_like_a_demand")


def stretches(text: str) -> Iterator[tuple[int, int]]:
    """The text in consecutive stretches, cut behind a full stop or a line where one stands in the second half."""
    start = 0
    while len(text) - start > _STRETCH:
        reach = start + _STRETCH // 2, start + _STRETCH
        end = max(text.rfind("。", *reach), text.rfind("\n", *reach)) + 1 or reach[1]
        yield start, end
        start = end
    if start < len(text):
        yield start, len(text)


def _names_staff(text: str, start: int, end: int) -> bool:
    return any(pattern.search(text, start, end) for pattern in KINDS["staff"])


def _heaviest(text: str, start: int, end: int, weights: Weights) -> list[tuple[int, int]]:
    """Where the heaviest runs of characters stand, one a clause at most."""
    folded, places = _folded(text, start, end)
    best = (_heaviest_of(clause.group(), clause.start(), weights) for clause in _CLAUSE.finditer(folded))
    shown = nlargest(_SHOWN, (found for found in best if found[0] > 0))
    return [(places[first], places[last]) for _, first, last in shown] or [(start, end)]


def _folded(text: str, start: int, end: int) -> tuple[str, list[int]]:
    """The stretch with its numbers folded as for weighing, and where each of its characters stands in the text."""
    kept: list[str] = []
    places: list[int] = []
    position = start
    for first, last in (*(number.span() for number in _NUMBER.finditer(text, start, end)), (end, end)):
        kept.append(text[position:first])
        places.extend(range(position, first))
        if last > first:
            kept.append("0")
            places.append(first)
        position = last
    return "".join(kept), [*places, end]


def _heaviest_of(clause: str, offset: int, weights: Weights) -> tuple[int, int, int]:
    """The greatest sum of neighbouring characters of the clause, with its start and end."""
    best = (0, offset, offset)
    total, start = 0, 0
    for place, weight in enumerate(_shares(clause, weights)):
        if total <= 0:
            total, start = 0, place
        total += weight
        best = max(best, (total, offset + start, offset + place + 1))
    return best


def _shares(clause: str, weights: Weights) -> list[int]:
    """What each character of the clause adds to its weight."""
    shares = [0] * len(clause)
    for length in range(1, _LONGEST_RUN + 1):
        for place in range(len(clause) - length + 1):
            share = weights.runs.get(clause[place : place + length], 0) * _SHARES // length
            for inside in range(place, place + length) if share else ():
                shares[inside] += share
    for apart in range(2, _REACH + 1):
        for place, pair in enumerate(map(add, clause, clause[apart:])):
            share = weights.pairs.get(pair, 0) * _SHARES // 2
            shares[place] += share
            shares[place + apart] += share
    return shares
