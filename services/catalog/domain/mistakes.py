"""What somebody probably meant who typed it wrong: the right sounds with another character, or one letter amiss.

Most mistakes in Chinese are made by choosing another character of the same pinyin, so the pinyin is asked for; the
rest is one sign too many, too few, another or in the wrong place, found by leaving out one sign on either side.
"""

from collections.abc import Iterator
from functools import cache

from pypinyin import Style, lazy_pinyin

from services.catalog.domain.produce import PRODUCE
from services.catalog.domain.words import folded, is_chinese, runs
from services.contracts import categories, regions

SHORTEST_CHINESE, SHORTEST_LATIN, LONGEST = 3, 4, 40
MOST_GUESSES = 4
MOST_ALIKE = 3


def guesses(text: str) -> list[str]:
    """At most four other texts to look for, the likeliest first; none when nothing is near."""
    parts = runs(text)[:6]
    plain = " ".join(parts)
    near = [_one_sign_off(part) for part in parts]
    tried = [" ".join(_same_sound(part) or part for part in parts)]
    tried += [_with_choice(parts, near, choice) for choice in range(max(map(len, near), default=0))]
    # One character sounds like too many words.
    tried.append(" ".join(spelled(part) if is_chinese(part) and len(part) > 1 else part for part in parts))
    return [guess for guess in dict.fromkeys(tried) if guess and guess != plain][:MOST_GUESSES]


def _with_choice(parts: list[str], near: list[list[str]], choice: int) -> str:
    """The parts, each replaced by this one of the names near it, or by the last there is."""
    return " ".join(
        found[min(choice, len(found) - 1)] if found else part for part, found in zip(parts, near, strict=True)
    )


def spelled(chinese: str) -> str:
    """The pinyin of a stretch of Chinese, without tones and gaps."""
    return "".join(folded(each).replace("u:", "v") for each in lazy_pinyin(chinese, style=Style.NORMAL, v_to_u=False))


def names() -> Iterator[str]:
    """The words that are known: produce first, then kinds of goods, then places."""
    yield from PRODUCE
    yield from (each.zh for each in categories.all_categories())
    yield from (row.short_zh for row in regions.history())


def _same_sound(part: str) -> str | None:
    """A known name that sounds like this Chinese, unless it is known itself."""
    if not is_chinese(part):
        return None
    meant = _by_sound().get(spelled(part))
    return meant if meant != part else None


def _one_sign_off(part: str) -> list[str]:
    """Known names one sign away; short words are near too many others, and a known word is meant."""
    shortest = SHORTEST_CHINESE if is_chinese(part) else SHORTEST_LATIN
    near = _by_missing_sign()
    if len(part) < shortest or len(part) > LONGEST or part in near.get(part, ()):
        return []
    found = (word for each in (part, *_without_one(part)) for word in near.get(each, ()))
    return list(dict.fromkeys(found))[:MOST_ALIKE]


def _without_one(word: str) -> Iterator[str]:
    yield from (word[:at] + word[at + 1 :] for at in range(len(word)))


@cache
def _by_sound() -> dict[str, str]:
    sounds: dict[str, str] = {}
    for name in names():
        sounds.setdefault(spelled(name), name)
    return sounds


@cache
def _by_missing_sign() -> dict[str, tuple[str, ...]]:
    """Each known word, and each with one sign left out, to the words it may stand for, the first known first."""
    english = [word for each in categories.all_categories() for word in runs(each.en)]
    near: dict[str, tuple[str, ...]] = {}
    for word in dict.fromkeys((*names(), *_by_sound(), *english)):
        shortest = SHORTEST_CHINESE if is_chinese(word) else SHORTEST_LATIN
        for each in (word, *(_without_one(word) if len(word) >= shortest else ())):
            known = near.get(each, ())
            if word not in known and len(known) < MOST_ALIKE:
                near[each] = (*known, word)
    return near
