"""One spelling for many ways of writing the same, with the way back to the original."""

import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass

from services.compliance.rules.text.patterns import compiled, lexicon

_WRITTEN = "".join("".join(pairs) for pairs in lexicon("characters").values())
_VARIANTS = str.maketrans(dict(zip(_WRITTEN[::2], _WRITTEN[1::2], strict=True)))
_PUNCTUATION = str.maketrans({"﹐": ",", "。": "。", "「": "“", "」": "”", "『": "“", "』": "”", "﹑": "、", "﹔": ";"})
_TERMINAL = frozenset("。!?;:,、…")
_ITEM_NUMBERS = frozenset("一二三四五六七八九十0123456789")
_WRAPPED_LINE = 18
_CACHED = 20_000
_RUN = compiled(r"[^ \n]+")
_HAN = "\u3400-\u9fff〇"
# A sign between two characters that nobody reads: 最-佳, 国·家·级. Words that a dash divides are longer: 砀山-酥梨.
_SIGN = compiled(rf"(?<=[{_HAN}])[-_*·•~^|=#.]{{1,3}}(?=[{_HAN}])")
# A letter that passes for nought: 50 written as 5o元.
_NOUGHT = compiled(r"(?:(?<=[0-9])|(?<=[0-9] )|(?<=[0-9]o))o(?= ?o?o? ?(?:元|块|单|箱|份|盒|斤))")
# No Chinese word ends with these, so that nothing stands between them and what they qualify.
_PREFIXES = frozenset("最第")
_SIGNS = frozenset("-_*·•~^|=#.")
_UNITS = frozenset("元角分斤两克吨亩箱盒袋件份个只颗年月日天时号米升度")
_FIGURES = frozenset("一二三四五六七八九十百千万亿零〇两半几")
# Circled figures that compatibility forms leave alone.
_CIRCLED = {chr(first + n): str(n + 1) for first in (0x2776, 0x2780, 0x278A) for n in range(10)}


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in one spelling; `span` leads back to the characters that a reader sees."""

    original: str
    text: str
    _places: Sequence[int]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Where a stretch of the normalised text (0 ≤ start < end) stands in the original."""
        return self._places[start], self._places[end - 1] + 1

    def quote(self, start: int, end: int) -> str:
        """The stretch as it was written."""
        first, last = self.span(start, end)
        return self.original[first:last]


def is_han(character: str) -> bool:
    """Whether the character is a Chinese one."""
    return "\u3400" <= character <= "\u9fff" or character == "〇"


def normalise(original: str) -> Normalised:
    """Full width to half width, variants to the common character, invisible and spacing characters removed.

    Takes time linear in the length. Line breaks stay where they end a paragraph and go where they only wrap a line.
    """
    spelled = original.translate(_SPELLINGS)
    if _SPELLINGS.uneven.isdisjoint(original):
        return _without_signs(original, spelled, range(len(original)))
    places = array("l")
    for position, written in enumerate(original):
        places.extend([position] * len(_SPELLINGS[ord(written)]))
    return _without_signs(original, spelled, places)


class _Spellings(dict[int, str]):
    """The spelling of each character, found when it is first met."""

    def __init__(self) -> None:
        super().__init__()
        # Characters that become none, or several.
        self.uneven: set[str] = set()

    def __missing__(self, code: int) -> str:
        character = chr(code)
        spelling = _spelling(character)
        if len(spelling) != 1:
            self.uneven.add(character)
        if len(self) < _CACHED:
            self[code] = spelling
        return spelling


_SPELLINGS = _Spellings()


def _spelling(character: str) -> str:
    if character in "\n\r\u2028\u2029\u000b\u000c\u0085":
        return "\n"
    if character.isspace():
        return " "
    if character in "®™℠Ⓡ":
        return "®"
    if character in _CIRCLED:
        return _CIRCLED[character]
    category = unicodedata.category(character)
    if category in {"Cf", "Cc", "Mn", "Me", "Cs", "Co"}:
        return ""
    if category == "So" and len(unicodedata.normalize("NFKC", character)) == 1 and character != "°":
        # A picture among words, such as a flame, divides them no more than a dot does.
        return "·"
    spelled = unicodedata.normalize("NFKC", character).lower()
    return spelled.translate(_VARIANTS).translate(_PUNCTUATION).replace(" ", "")


def _without_signs(original: str, text: str, places: Sequence[int]) -> Normalised:
    """Signs inside a word taken out, then blanks; a letter that stands for nought becomes one."""
    if "o" in text:
        text = _NOUGHT.sub("0", text)
    gone = [found.span() for found in _SIGN.finditer(text) if _hides(text, *found.span())]
    if not gone:
        return _without_spacing(original, text, places)
    kept: list[str] = []
    kept_places = array("l")
    start = 0
    for first, end in (*gone, (len(text), len(text))):
        kept.append(text[start:first])
        kept_places.extend(places[start:first])
        start = end
    return _without_spacing(original, "".join(kept), kept_places)


def _hides(text: str, start: int, end: int) -> bool:
    """Whether the sign stands in a word: behind a prefix, or beside a character that stands alone."""
    left, right = text[start - 1], text[end]
    if left in _PREFIXES:
        return True
    alone = not is_han(text[start - 2 : start - 1] or " ") or not is_han(text[end + 1 : end + 2] or " ")
    chained = text[start - 2 : start - 1] in _SIGNS
    return alone and right not in _UNITS and left not in _UNITS and (chained or left not in _FIGURES)


def _without_spacing(original: str, text: str, places: Sequence[int]) -> Normalised:
    """All that is not blank, and one blank where it divides."""
    if " " not in text and "\n" not in text:
        return Normalised(original, text, places)
    kept: list[str] = []
    kept_places = array("l")
    line_length = 0
    before: tuple[int, int] | None = None
    for run in _RUN.finditer(text):
        start, end = run.span()
        if before is not None:
            gap = text[before[1] : start]
            divides = _dividing_blank(text[slice(*before)], gap, text[start:end], line_length)
            if divides:
                kept.append(divides)
                kept_places.append(places[before[1] + gap.index(divides)])
            line_length = 0 if divides == "\n" else line_length
        kept.append(text[start:end])
        kept_places.extend(places[start:end])
        line_length += end - start
        before = (start, end)
    return Normalised(original, "".join(kept), kept_places)


def _dividing_blank(left: str, gap: str, right: str, line_length: int) -> str:
    """The blank that stays between two runs: a line break, a space, or none."""
    if left[-1] in _PREFIXES and "\n" not in gap:
        return ""
    single = len(left) == 1 or len(right) == 1
    if "\n" in gap:
        wrapped = line_length >= _WRAPPED_LINE and left[-1] not in _TERMINAL and not _starts_item(right)
        spaced_out = len(left) == len(right) == 1
        return "" if gap.count("\n") == 1 and (wrapped or spaced_out) else "\n"
    if is_han(left[-1]) and is_han(right[0]):
        return "" if single else " "
    divided = left[-1].isascii() and right[0].isascii() and left[-1].isalnum() and right[0].isalnum()
    return " " if divided and not single else ""


def _starts_item(run: str) -> bool:
    return run[0] == "(" or (len(run) > 1 and run[0] in _ITEM_NUMBERS and run[1] in "、.),:")
