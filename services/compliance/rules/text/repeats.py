"""Finds an unknown word that a text repeats, as a brand would be; known words come from a committed list."""

import functools
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from operator import add

from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.normalise import is_han
from services.compliance.rules.text.patterns import lexicon

COMMON_WORDS = frozenset(lexicon("common")["words"])
_CHARACTERS = frozenset("".join(lexicon("common")["characters"]))
_LONGEST_WORD = 8
_LONGEST_NAME = 6


def find_repeats(
    text: str, familiar: frozenset[str], marks: frozenset[str], *, repeats: int, least_length: int
) -> Iterator[Hit]:
    """The places of words that are in no list and stand in the text at least so often; linear in its length."""
    if not _anything_often(text, repeats):
        return
    places: dict[str, list[int]] = defaultdict(list)
    for start, end in _unknown_runs(text, familiar, marks):
        for length in range(least_length, min(_LONGEST_NAME, end - start) + 1):
            whole = length == end - start
            # Two characters inside a longer unknown run are seldom a word: only where they stand alone.
            if length == least_length and not whole:
                continue
            for first in range(start, end - length + 1):
                places[text[first : first + length]].append(first)
    frequent = {word: found for word, found in places.items() if len(found) >= repeats}
    inner = {part for word in frequent for part in _parts(word)}
    for word, found in frequent.items():
        if word not in inner:
            yield Hit(found[0], found[0] + len(word), "review", "repeated_word")


def _anything_often(text: str, repeats: int) -> bool:
    """Whether any two neighbouring Chinese characters stand in the text so often: most texts end here."""
    pairs = Counter(map(add, text, text[1:]))
    return any(often >= repeats and is_han(pair[0]) and is_han(pair[1]) for pair, often in pairs.items())


def _parts(word: str) -> Iterator[str]:
    """The proper parts of a word of at most six characters."""
    for length in range(1, len(word)):
        yield from (word[first : first + length] for first in range(len(word) - length + 1))


def _unknown_runs(text: str, familiar: frozenset[str], marks: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Stretches of Chinese characters that no known word covers."""
    index, start = 0, -1
    lengths = _lengths(familiar, marks)
    while index < len(text):
        length = _known_length(text, index, lengths, familiar, marks)
        if length == 0 and is_han(text[index]):
            start = index if start < 0 else start
            index += 1
            continue
        if start >= 0:
            yield start, index
            start = -1
        index += max(1, length)
    if start >= 0:
        yield start, len(text)


def _known_length(
    text: str, index: int, lengths: Mapping[str, tuple[int, ...]], familiar: frozenset[str], marks: frozenset[str]
) -> int:
    if not is_han(text[index]):
        return 0
    for length in lengths.get(text[index], ()):
        if text[index : index + length] in familiar or text[index : index + length] in marks:
            return length
    return 1 if text[index] in _CHARACTERS else 0


@functools.lru_cache(maxsize=64)
def _lengths(familiar: frozenset[str], marks: frozenset[str]) -> Mapping[str, tuple[int, ...]]:
    """The lengths of the known words that begin with a character, the longest first."""
    found: dict[str, set[int]] = defaultdict(set)
    for word in familiar | marks:
        if 1 < len(word) <= _LONGEST_WORD:
            found[word[0]].add(len(word))
    return {character: tuple(sorted(lengths, reverse=True)) for character, lengths in found.items()}
