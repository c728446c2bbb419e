"""Tells praise of an official from the ordinary talk of a chat, and gives one spelling to praise that is the same."""

import functools
from collections.abc import Iterable

from services.compliance.rules.text.normalise import normalise
from services.compliance.rules.text.patterns import any_of, compiled, lexicon


def collapsed(text: str) -> str:
    """Every run of one character written once, and a text that only repeats itself written once."""
    kept = "".join(character for place, character in enumerate(text) if text[place - 1 : place] != character)
    return kept[: _period(kept)]


def _period(text: str) -> int:
    """The length of the part that the whole text repeats; its own length when it repeats nothing.

    Counts, for every place, the longest end that is a beginning too (Knuth, Morris and Pratt), in linear time.
    """
    borders = [0] * len(text)
    length = 0
    for place in range(1, len(text)):
        while length and text[place] != text[length]:
            length = borders[length - 1]
        length += text[place] == text[length]
        borders[place] = length
    part = len(text) - (borders[-1] if borders else 0)
    return part if part and len(text) % part == 0 else len(text)


_LEXICON = lexicon("praise")


def _words(name: str) -> list[str]:
    """A list of the lexicon, spelled as chat is read: without runs."""
    return [collapsed(word) for word in _LEXICON[name]]


_HOMOPHONES = [tuple(pair.split("=")) for pair in _LEXICON["homophones"]]
# 班主任 is a teacher.
_OFFICIAL, _FILLER = rf"(?<!班){any_of(_words('officials'))}", any_of(_words("fillers"))
# 县长好漂亮的梨: what follows 的 is praised, unless it is a person.
_OF_GOODS = r"的(?!好?人|好?官|领导|[县市区]长|书记|干部|很|啊|呀)[\u4e00-\u9fff]"
_NO_PRAISE = rf"(?!{any_of(_words('not_praise_after'))}|{_OF_GOODS})"
_INNOCENT = rf"(?!们?{any_of(_words('thanks_innocent_after'))})"
_PATTERNS = (
    compiled(rf"{_OFFICIAL}{_FILLER}{{0,7}}{any_of(_words('praises'))}{_NO_PRAISE}"),
    compiled(rf"{any_of(_words('thanks'))}{_FILLER}{{0,4}}{_OFFICIAL}{_INNOCENT}"),
    compiled(rf"(?<![{''.join(_words('greetings_before'))}]){any_of(_words('good_before'))}{_OFFICIAL}{_INNOCENT}"),
    compiled(rf"[为给替]{_FILLER}{{0,3}}{_OFFICIAL}{_FILLER}{{0,3}}{any_of(_words('cheers'))}{_NO_PRAISE}"),
)
_UNMISTAKABLE = compiled(rf"(?<![不没非假装别未]){any_of(_words('unmistakable'))}{_NO_PRAISE}")
_ASKING, _OTHERS = compiled(any_of(_words("asking"))), compiled(any_of(_words("others")))
_TAIL = "".join(_words("particles")) + "0123456789abcdefghijklmnopqrstuvwxyz"
# A comment in the chat is short; of a longer one the beginning is enough to know what it is about.
_LONGEST = 500


@functools.lru_cache(maxsize=4_096)
def bare(text: str) -> str:
    """A comment as it is read: one spelling, letters and digits only, without runs and repetitions; linear time.

    Full width, variants, invisible characters, emoji and punctuation make no difference, nor do common homophones.
    """
    written = "".join(character for character in normalise(text[:_LONGEST]).text if character.isalnum())
    for homophone, word in _HOMOPHONES:
        written = written.replace(homophone, word)
    return collapsed(written)


def wording(text: str) -> str:
    """What is the same in comments that say the same: `bare`, without particles, digits and letters at the end."""
    spelled = bare(text)
    return spelled.rstrip(_TAIL) or spelled


def is_praise(text: str, names: Iterable[str] = ()) -> bool:
    """Whether the comment praises an official, by post or by one of the names, and asks or complains about nothing.

    Praise of goods, of a host or of a farmer is none, nor is a greeting, nor thanks for what was recommended.
    """
    return _praises(bare(text), tuple(bare(name) for name in names))


@functools.lru_cache(maxsize=4_096)
def _praises(spelled: str, names: tuple[str, ...]) -> bool:
    if _ASKING.search(spelled):
        return False
    for name in names:
        if len(name) > 1:
            spelled = spelled.replace(name, "领导")
    if any(pattern.search(spelled) for pattern in _PATTERNS):
        return True
    return not _OTHERS.search(spelled) and _UNMISTAKABLE.search(spelled) is not None
