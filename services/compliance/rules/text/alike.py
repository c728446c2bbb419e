"""Whether a name looks or sounds like a protected one without being it: words slipped in, a sign exchanged."""

import functools
import re
from collections.abc import Iterable

from pypinyin import Style, pinyin

from services.compliance.rules.text.normalise import normalise

# 桔 is only another way of writing 橘, and both stand in the names of genuine marks.
_SAME = str.maketrans("桔", "橘")
_LEAST = 3


@functools.lru_cache(maxsize=8_192)
def plain_name(name: str) -> str:
    """The name in one spelling, without blanks, brackets and other signs."""
    return "".join(sign for sign in normalise(name).text if sign.isalnum()).translate(_SAME)


def contains_name(name: str, protected: str) -> bool:
    """Whether the name names the protected one: 阳澄湖大闸蟹礼盒 names 阳澄湖大闸蟹."""
    return len(plain_name(protected)) >= _LEAST and plain_name(protected) in plain_name(name)


@functools.lru_cache(maxsize=8_192)
def imitated(name: str, protected: tuple[str, ...], words: frozenset[str], own_places: tuple[str, ...]) -> str | None:
    """The first of the protected names that the name imitates or sounds like; None for one that is protected itself."""
    if any(plain_name(name) == plain_name(one) for one in protected):
        return None
    return next((one for one in protected if imitates(name, one, words) or sounds_like(name, one, own_places)), None)


def imitates(name: str, protected: str, words: frozenset[str]) -> bool:
    """Whether the name is the protected one with some of the words slipped in or put in place of one sign.

    A single sign (镇, 源 …) before or after the protected name counts only at the name's own end, for 奉节脐橙源头直发
    is an honest offer; between the signs of the protected name it always counts. The protected name itself never does.
    """
    written, genuine = plain_name(name), plain_name(protected)
    if written == genuine or len(genuine) < _LEAST:
        return False
    slipped_in = any(found != genuine for found in _pattern(genuine, words).findall(written))
    return slipped_in or (genuine not in written and _exchanged(written, genuine, words))


def sounds_like(name: str, protected: str, own_places: Iterable[str]) -> bool:
    """Whether one sign of the protected name is exchanged for another of the same sound: 洋澄湖大闸蟹.

    Goods that begin with the name of their own place are honest, however close it sounds.
    """
    written, genuine = plain_name(name), plain_name(protected)
    if genuine in written or len(genuine) < _LEAST or any(place and written.startswith(place) for place in own_places):
        return False
    length = len(genuine)
    return any(_one_homophone(written[at : at + length], genuine) for at in range(len(written) - length + 1))


def _one_homophone(written: str, genuine: str) -> bool:
    pairs = [(mine, theirs) for mine, theirs in zip(written, genuine, strict=True) if mine != theirs]
    return len(pairs) == 1 and bool(_sounds(pairs[0][0]) & _sounds(pairs[0][1]))


@functools.lru_cache(maxsize=8_192)
def _sounds(sign: str) -> frozenset[str]:
    """The readings of a sign without their tones; none for what is no Chinese sign."""
    return frozenset(
        sound for sounds in pinyin(sign, Style.NORMAL, heteronym=True, errors="ignore") for sound in sounds
    )


def _exchanged(written: str, genuine: str, words: Iterable[str]) -> bool:
    """Whether one sign of the protected name, not its first, gave way to one of the words."""
    return any(
        genuine[:at] + word + genuine[at + 1 :] in written
        for at in range(1, len(genuine))
        for word in words
        if word != genuine[at]
    )


@functools.lru_cache(maxsize=256)
def _pattern(genuine: str, words: frozenset[str]) -> re.Pattern[str]:
    """The protected name with any of the words slipped in."""
    inside = _any_of(words)
    beside = _any_of(word for word in words if len(word) > 1)
    # Two at the most: a name has no room for more, and the search stays linear.
    body = f"(?:{inside}){{0,2}}".join(re.escape(sign) for sign in genuine)
    return re.compile(f"(?:{beside}){{0,2}}{body}(?:(?:{inside}){{1,2}}\\Z|(?:{beside}){{0,2}})")


def _any_of(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or "(?!)"
