"""The words around a place of a normalised text, bounded, so that no place costs more than another."""

from typing import Literal

from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.patterns import compiled

_CLAUSE = 30
_SENTENCE = 80
_CLAUSE_END = compiled(r"[,。;!?…\n:]")
_SENTENCE_END = compiled(r"[。;!?\n]")


class Around:
    """A word in its clause and its sentence; `before` and `after` are at most thirty characters of its clause."""

    __slots__ = ("_sentence", "after", "before", "end", "start", "text")

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end
        self.before = _CLAUSE_END.split(text[max(0, start - _CLAUSE) : start])[-1]
        self.after = _CLAUSE_END.split(text[end : end + _CLAUSE], 1)[0]
        self._sentence: str | None = None

    @property
    def word(self) -> str:
        """The word itself."""
        return self.text[self.start : self.end]

    @property
    def clause(self) -> str:
        """Its clause."""
        return self.before + self.word + self.after

    @property
    def sentence(self) -> str:
        """Its sentence, at most eighty characters on either side."""
        if self._sentence is None:
            first = _SENTENCE_END.split(self.text[max(0, self.start - _SENTENCE) : self.start])[-1]
            last = _SENTENCE_END.split(self.text[self.end : self.end + _SENTENCE], 1)[0]
            self._sentence = first + self.word + last
        return self._sentence

    @property
    def in_title(self) -> bool:
        """Whether it stands in the title of a work: 《最美的梨园》."""
        opened, closed = (self.text.rfind(mark, max(0, self.start - _CLAUSE), self.start) for mark in "《》")
        return opened > closed and self.text.find("》", self.end, self.end + _CLAUSE) >= 0

    def hit(self, code: str, result: Literal["review", "fail"], more: int = 0) -> Hit:
        """A finding about the word and the characters behind it that belong to it."""
        return Hit(self.start, self.end + more, result, code)
