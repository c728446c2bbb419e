"""The words by which things are found: Chinese in twos, pinyin whole and by initials, English, and places as marks.

PostgreSQL does not split Chinese, so we do: every character and every pair of neighbours is a lexeme. A search for
three characters asks for its two pairs. Names of places, kinds and produce are lexemes of their own too: PostgreSQL
takes pairs for independent of each other, and would think that 猕猴 & 猴桃 finds next to nothing.

Marks such as `@r341321` begin with a sign that no typed text can produce.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, lru_cache

from pypinyin import Style, lazy_pinyin

from services.catalog.domain.produce import PRODUCE
from services.contracts import categories, regions

LONGEST_NAME = 40
LONGEST_PROSE = 2_000
LONGEST_SYLLABLES = 6
MOST_TERMS = 24
LONGEST_WHOLE = 8

# Words that say nothing of what is meant: 砀山的梨 means 砀山 梨, and "pears from Dangshan" the pears.
SAYING_NOTHING = frozenset({"的", "a", "an", "and", "for", "from", "in", "of", "the"})

_RUN = re.compile(r"[a-z0-9]+|[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")


def folded(text: str) -> str:
    """Full-width and compatibility forms made plain, accents and case removed."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text)).casefold()
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def runs(text: str) -> list[str]:
    """The stretches of Chinese characters, and the words of letters and digits, in order."""
    return _RUN.findall(folded(text).replace("'", "").replace("’", ""))


def is_chinese(run: str) -> bool:
    """Whether a stretch is Chinese characters rather than letters and digits."""
    return not run[0].isascii()


def grams(run: str) -> Iterator[str]:
    """Each character and each pair of neighbours."""
    yield from run
    yield from (run[at : at + 2] for at in range(len(run) - 1))


def pinyin_words(name: str) -> Iterator[str]:
    """From each syllable of a name on, up to six syllables joined, and their initials.

    Typed letters match the beginning of a word, so the shorter stretches need no words of their own.
    """
    for run in runs(name[:LONGEST_NAME]):
        if not is_chinese(run):
            continue
        syllables = [folded(each).replace("u:", "v") for each in lazy_pinyin(run, style=Style.NORMAL, v_to_u=False)]
        for start in range(len(syllables)):
            part = syllables[start : start + LONGEST_SYLLABLES]
            yield "".join(part)
            yield "".join(each[0] for each in part if each)
            if any("v" in each for each in part):
                yield "".join(part).replace("v", "u")


@dataclass(frozen=True)
class Findable:
    """What a thing is found by. `names` also by pinyin; `prose` by its words only."""

    kind: str
    names: Sequence[str]
    prose: Sequence[str]
    region_code: str
    category_code: str
    months: Sequence[int]
    specialty_id: str = ""


def lexemes(thing: Findable, on: date) -> list[str]:
    """Every word and mark under which the thing is found, sorted, each once."""
    found = {f"@k{thing.kind}", f"@s{thing.specialty_id}", *(f"@m{month}" for month in thing.months)}
    found |= _place_lexemes(thing.region_code, on) | _category_lexemes(thing.category_code)
    for name in thing.names:
        found.update(_name_lexemes(name))
    for text in thing.prose:
        found.update(wholes_and_grams(text[:LONGEST_PROSE]))
    return sorted(found)


@dataclass(frozen=True)
class Question:
    """A text-search query, and a plainer one by which to guess how much fits; both empty where everything does."""

    words: str
    rough: str


def query(text: str, *marks: Iterable[str]) -> Question | None:
    """What to look for, of what was typed and of marks (each group: any of them); None when it finds nothing.

    Every word must be there. A name of a region or a category inside the typed text is a word of its own, so that
    安徽酥梨 finds the pears of Dangshan though nothing is called that. Letters match the beginning of a word. A word
    that says nothing is looked for only where nothing else was typed.

    The pairs of one word stand together, but PostgreSQL would multiply their shares: the guess takes one of them.
    """
    terms: list[str] = []
    rough: list[str] = []
    for run in _saying_something(runs(text)):
        if is_chinese(run):
            terms.extend(_chinese_terms(run))
            rough.extend(_quoted(part if part in _known_names() else part[:2]) for part in _split_names(run))
        else:
            terms.append(_latin_term(run))
            rough.append(terms[-1])
    if not terms and text.strip():
        return None
    groups = [f"({any_of})" for group in marks if (any_of := " | ".join(_quoted(mark) for mark in group))]
    return Question(
        " & ".join([*terms[:MOST_TERMS], *groups]), " & ".join([*dict.fromkeys(rough[:MOST_TERMS]), *groups])
    )


def time_marks(at: datetime) -> list[str]:
    """The day, the week and the month (UTC) in which a thing was published."""
    day = at.astimezone(UTC)
    return [f"@td{day:%Y%m%d}", f"@tw{day:%G%V}", f"@tm{day:%Y%m}"]


def region_marks(code: str) -> list[str]:
    """The marks that find a region and all below it, under its old code and its present one."""
    return [f"@r{each}" for each in dict.fromkeys((code, regions.current(code) or code))]


def region_path(code: str, on: date) -> list[str]:
    """The code, the code that stands for it now, and everything above either."""
    present = regions.current(code) or code
    return list(dict.fromkeys([code, *regions.ancestors(code, on), present, *regions.ancestors(present, on)]))


def _name_lexemes(name: str) -> Iterator[str]:
    yield from wholes_and_grams(name[:LONGEST_PROSE])
    yield from pinyin_words(name)


@lru_cache(maxsize=4096)
def _place_lexemes(code: str, on: date) -> frozenset[str]:
    """The marks and the names of a place and of all that lies above it."""
    path = region_path(code, on)
    rows = [row for each in path if (row := regions.known(each)) is not None]
    names = {lexeme for row in rows for name in (row.name_zh, row.name_en) for lexeme in _name_lexemes(name)}
    return frozenset(names | {f"@r{each}" for each in path})


@lru_cache(maxsize=1024)
def _category_lexemes(code: str) -> frozenset[str]:
    """The marks and the names of a kind of goods and of all that contain it."""
    path = (code, *categories.category_ancestors(code))
    rows = [row for each in path if (row := categories.category(each)) is not None]
    names = {lexeme for row in rows for name in (row.zh, row.en) for lexeme in _name_lexemes(name)}
    return frozenset(names | {f"@c{each}" for each in path})


def wholes_and_grams(text: str) -> Iterator[str]:
    """The words of letters, and of Chinese every character, every pair and every known name."""
    for run in runs(text):
        if is_chinese(run):
            yield from grams(run)
            yield from _wholes(run)
        else:
            yield run[:40]


def _wholes(run: str) -> Iterator[str]:
    """Every known name of three characters or more that stands anywhere in the run."""
    names = _known_names()
    for start in range(len(run) - 2):
        for end in range(start + 3, min(start + LONGEST_WHOLE, len(run)) + 1):
            if run[start:end] in names:
                yield run[start:end]


def _latin_term(run: str) -> str:
    # A single letter would match a tenth of all words by its beginning.
    return _quoted(run[:40]) if len(run) == 1 else f"{_quoted(run[:40])}:*"


def _saying_something(typed: Sequence[str]) -> Sequence[str]:
    """The runs without words that say nothing; all of them where nothing else was typed."""
    parts = (part for run in typed for part in (run.split("的") if is_chinese(run) else [run]))
    return [part for part in parts if part and part not in SAYING_NOTHING] or typed


def _chinese_terms(run: str) -> list[str]:
    terms: list[str] = []
    for part in _split_names(run):
        pairs = [_quoted(part[at : at + 2]) for at in range(len(part) - 1)] or [_quoted(part)]
        if len(part) > 2 and part in _known_names():
            # The pairs stay as a way: what was entered before a name became known has no lexeme for it.
            pairs = [f"({_quoted(part)} | ({' & '.join(pairs)}))"]
        terms.extend(pairs)
    return terms


def _split_names(run: str) -> Iterator[str]:
    """The run cut where a region's or a category's name begins or ends, the longest name first."""
    names, plain, at = _known_names(), "", 0
    while at < len(run):
        name = next((run[at : at + size] for size in range(8, 1, -1) if run[at : at + size] in names), None)
        if name is None:
            plain += run[at]
            at += 1
            continue
        if plain:
            yield plain
        yield name
        plain, at = "", at + len(name)
    if plain:
        yield plain


@cache
def _known_names() -> frozenset[str]:
    """Of all times: a name that ended still stands in what was entered under it."""
    places = {name for row in regions.history() for name in (row.name_zh, row.short_zh)}
    kinds = {each.zh for each in categories.all_categories()}
    return frozenset(name for name in places | kinds | set(PRODUCE) if len(name) > 1)


def _quoted(lexeme: str) -> str:
    return "'" + lexeme.replace("'", "''").replace("\\", "\\\\") + "'"
