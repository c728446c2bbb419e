"""Cuts a normalised text into sentences and clauses, knowing headings and list items."""

from collections.abc import Iterator
from dataclasses import dataclass

from services.compliance.rules.text.patterns import compiled

_SENTENCE_END = "。!?;…\n"
_CLAUSE_END = ",: "
# The style of an item's number, so that a list ends where a heading of another style begins.
_ITEM = compiled(
    r"(?:(?P<bracket>[(\[【][一二三四五六七八九十0-9]{1,3}[)\]】])|(?P<han>[一二三四五六七八九十]{1,3}[、.])"
    r"|(?P<digit>[0-9]{1,2}[.、)])|(?P<is>[一二三四五六七八九十]是)|(?P<ordinal>第[一二三四五六七八九十],)|(?P<dash>[-•·*]))"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch between two commas; offsets are in the normalised text."""

    start: int
    end: int
    sentence: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A stretch between two full stops, with the style of its item number if it is a list item."""

    start: int
    end: int
    ends_with: str
    item_style: str | None
    clauses: tuple[Clause, ...]


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a normalised text, in order, empty ones left out."""
    found: list[Sentence] = []
    for start, end in _stretches(text, 0, len(text), _SENTENCE_END):
        if text[start:end].strip():
            item = _ITEM.match(text, start, end)
            clauses = tuple(
                Clause(first, last, len(found)) for first, last in _stretches(text, start, end, _CLAUSE_END)
            )
            found.append(
                Sentence(start, end, text[end : end + 1], item.lastgroup if item else None, clauses),
            )
    return tuple(found)


def _stretches(text: str, start: int, end: int, ends: str) -> Iterator[tuple[int, int]]:
    first = start
    for index in range(start, end):
        if text[index] in ends:
            if first < index:
                yield first, index
            first = index + 1
    if first < end:
        yield first, end
