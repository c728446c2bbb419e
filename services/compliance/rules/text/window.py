"""The words around a place of a normalised text, bounded, so that no place costs more than another."""

from functools import cached_property

from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.patterns import compiled

_CLAUSE = 30
_SENTENCE = 80
_CLAUSE_END = compiled(r"[,。;!?…\n:]")
_SENTENCE_END = compiled(r"[。;!?\n]")


class Around:
    """A word in its clause and its sentence."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.start, self.end = text, start, end

    @property
    def word(self) -> str:
        """The word itself."""
        return self.text[self.start : self.end]

    @cached_property
    def before(self) -> str:
        """What stands before it in its clause, at most thirty characters."""
        return _CLAUSE_END.split(self.text[max(0, self.start - _CLAUSE) : self.start])[-1]

    @cached_property
    def after(self) -> str:
        """What stands behind it in its clause, at most thirty characters."""
        return _CLAUSE_END.split(self.text[self.end : self.end + _CLAUSE], 1)[0]

    @property
    def clause(self) -> str:
        """Its clause."""
        return self.before + self.word + self.after

    @cached_property
    def sentence(self) -> str:
        """Its sentence, at most eighty characters on either side."""
        first = _SENTENCE_END.split(self.text[max(0, self.start - _SENTENCE) : self.start])[-1]
        last = _SENTENCE_END.split(self.text[self.end : self.end + _SENTENCE], 1)[0]
        return first + self.word + last

    @property
    def in_title(self) -> bool:
        """Whether it stands in the title of a work: 《最美的梨园》."""
        opened, closed = (self.text.rfind(mark, max(0, self.start - _CLAUSE), self.start) for mark in "《》")
        return opened > closed and self.text.find("》", self.end, self.end + _CLAUSE) >= 0

    def hit(self, code: str, result: str, more: int = 0) -> Hit:
        """A finding about the word and the characters behind it that belong to it."""
        return Hit(self.start, self.end + more, "fail" if result == "fail" else "review", code)
