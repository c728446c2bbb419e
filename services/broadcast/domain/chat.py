"""What may be said in a room, and how it is read: pure. A message is a line of plain text, shown as it is written.

The lists lie in `chat_rules.yaml`, with a sentence for each rule. A complaint about goods is recognised so that it is
left alone; praise of an official so that a chorus of it takes one line.
"""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

import yaml

Kind = Literal["plain", "complaint", "praise"]

LONGEST = 200
# Of marks stacked on one letter, as many as any language needs.
MOST_MARKS = 2
# Letters and symbols that look like nothing.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800\u17b4\u17b5")
_LEFT_OUT = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_TAIL = "啊呀呢吧哦噢喔嘛哈呵了的地得~～!！。.,，、"


@dataclass(frozen=True, slots=True)
class ChatRule:
    """A rule of the chat: what a refused or removed message is told."""

    code: str
    zh: str
    en: str
    words: tuple[str, ...]
    patterns: tuple[re.Pattern[str], ...]


@dataclass(frozen=True, slots=True)
class _Lists:
    complaint: tuple[str, ...]
    officials: tuple[str, ...]
    praises: tuple[str, ...]
    asking: tuple[str, ...]


@cache
def _document() -> dict[str, Any]:
    path = Path(__file__).with_name("chat_rules.yaml")
    document: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return document


@cache
def rules() -> MappingProxyType[str, ChatRule]:
    """Every rule by its code."""
    made = {
        code: ChatRule(
            code,
            rule["zh"],
            rule["en"],
            tuple(_squeezed(word) for word in rule.get("words", ())),
            tuple(re.compile(pattern) for pattern in rule.get("patterns", ())),
        )
        for code, rule in _document()["rules"].items()
    }
    return MappingProxyType(made)


@cache
def _lists() -> _Lists:
    document = _document()
    names = ("complaint", "officials", "praises", "asking")
    return _Lists(*(tuple(_squeezed(word) for word in document[name]) for name in names))


def cleaned(text: str) -> str:
    """The text as one line of what can be seen: no control or invisible characters, nothing that turns the direction.

    Zero-width characters, right-to-left overrides, lone surrogates and stacked marks would hide or spoil what stands
    beside them. Markup is left as it is: it is shown as text, because nobody ever reads it as anything else.
    """
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", text):
        category = unicodedata.category(character)
        if character.isspace():
            kept.append(" ")
        elif category in _LEFT_OUT or character in _BLANKS:
            continue
        else:
            marks = marks + 1 if category in ("Mn", "Me") else 0
            if marks <= MOST_MARKS:
                kept.append(character)
    return " ".join("".join(kept).split())


def _squeezed(text: str) -> str:
    """The text as rules read it: one spelling for each character, lower case, no spaces."""
    return "".join(unicodedata.normalize("NFKC", str(text)).casefold().split())


def broken_rule(text: str) -> ChatRule | None:
    """The first rule that the cleaned text breaks; None for one that may be said."""
    squeezed = _squeezed(text)
    spaced = unicodedata.normalize("NFKC", text).casefold()
    letters = "".join(character for character in squeezed if character.isalnum())
    for rule in rules().values():
        if any(word in squeezed or word in letters for word in rule.words):
            return rule
        # A number or an address that is spread out with blanks or dashes is one all the same.
        readings = (spaced, squeezed, letters) if rule.code == "personal_data" else (spaced, squeezed)
        if any(pattern.search(reading) for pattern in rule.patterns for reading in readings):
            return rule
    return None


def kind_of(text: str) -> Kind:
    """Whether the cleaned text complains about goods or service, praises a person in office, or neither."""
    squeezed, lists = _squeezed(text), _lists()
    if any(word in squeezed for word in lists.complaint):
        return "complaint"
    named = any(word in squeezed for word in lists.officials)
    praised = named and any(word in squeezed for word in lists.praises)
    return "praise" if praised and not any(word in squeezed for word in lists.asking) else "plain"


def wording(text: str) -> str:
    """What is the same in messages that say the same: letters only, runs written once, no particles at the end."""
    letters = [character for character in _squeezed(text) if character.isalpha()]
    kept = "".join(letter for place, letter in enumerate(letters) if place == 0 or letters[place - 1] != letter)
    return kept.rstrip(_TAIL) or kept


def tag_of(user_token: str) -> str:
    """Four digits by which viewers tell each other apart in one broadcast; they lead to nobody."""
    return f"{int(user_token) % 10_000:04d}"
