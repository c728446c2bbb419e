"""Cuts a normalised text into sentences and clauses, knowing headings and list items."""

from collections.abc import Iterator
from typing import NamedTuple

from services.compliance.rules.text.patterns import compiled

_SENTENCE = compiled(r"[^。!?;…\n]+")
_CLAUSE = compiled(r"[^,: ]+")
# No writer makes a longer sentence; cutting one keeps the work for each sentence, and so for a text, in bounds.
_LONGEST = 400
# The style of an item's number, so that a list ends where a heading of another style begins.
_ITEM = compiled(
    r"(?:(?P<bracket>[(\[【][一二三四五六七八九十0-9]{1,3}[)\]】])|(?P<han>[一二三四五六七八九十]{1,3}[、.])"
    r"|(?P<digit>[0-9]{1,2}[.、)])|(?P<is>[一二三四五六七八九十]是)|(?P<ordinal>第[一二三四五六七八九十],)|(?P<dash>[-•·*]))"
)


class Clause(NamedTuple):
    """A stretch between two commas; offsets are in the normalised text."""

    start: int
    end: int
    sentence: int


class Sentence(NamedTuple):
    """A stretch between two full stops, with the style of its item number if it is a list item."""

    start: int
    end: int
    ends_with: str
    item_style: str | None
    clauses: tuple[Clause, ...]


def sentences(text: str) -> tuple[Sentence, ...]:
    """The sentences of a normalised text, in order, empty ones left out."""
    found: list[Sentence] = []
    for whole in _SENTENCE.finditer(text):
        for start, end in _cut(text, *whole.span()):
            item = _ITEM.match(text, start, end)
            clauses = tuple(Clause(part.start(), part.end(), len(found)) for part in _CLAUSE.finditer(text, start, end))
            found.append(
                Sentence(start, end, text[end : end + 1], item.lastgroup if item else None, clauses),
            )
    return tuple(found)


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The sentence in pieces of bounded length, cut at a comma where there is one; nothing when it is blank."""
    while end - start > _LONGEST:
        comma = text.rfind(",", start + _LONGEST // 2, start + _LONGEST)
        cut = comma + 1 if comma > 0 else start + _LONGEST
        yield start, cut
        start = cut
    if text[start:end].strip(" ,:"):
        yield start, end
