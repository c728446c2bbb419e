"""The texts that a text rule reads, normalised once, and the findings about those that nobody can read."""

import functools
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

from services.compliance.rules.core import Evidence, Finding, MissingFact, missing, review
from services.compliance.rules.facts import Facts, Text
from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.normalise import Normalised, normalise

# Promotional kinds speak to shoppers; a correction, a notice or a form speaks to officials and their staff.
PROMOTIONAL = frozenset(
    {"title", "description", "tag", "keyword", "cover", "thumbnail", "script", "caption", "clip", "push", "other"}
)
# A minute or a reminder filed as “other” speaks to staff, not to shoppers.
TO_SHOPPERS = PROMOTIONAL - {"other"}
# One county's listing asks the same short texts once a lot; long ones are rare and would fill the memory.
_SHORT = 8_000
# A decision shows the first places of a kind; a reader who mends these finds the others the same way.
_SHOWN = 20
_WORDS_SHOWN = 5
_LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True)
class Passage:
    """One readable text and where its fact stands."""

    index: int
    kind: str
    words: Normalised

    def evidence(self, hit: Hit) -> Evidence:
        """The place of a hit in the text as it was written."""
        start, end = self.words.span(hit.start, hit.end)
        return Evidence(f"texts[{self.index}]", self.words.original[start:end], start, end)


def passages(facts: Facts, kinds: Collection[str]) -> Iterator[Passage]:
    """The texts of these kinds that have words; a text without kind is read by every rule."""
    for index, text in enumerate(facts.texts or ()):
        if text.text and (text.kind is None or text.kind in kinds):
            yield Passage(index, text.kind or "other", _normalised(text.text))


def unread(facts: Facts, kinds: Collection[str]) -> Iterator[Finding]:
    """What a person must read because a rule cannot: absent texts, and documents without legible words.

    Raises MissingFact when nobody said which texts there are.
    """
    if facts.texts is None:
        raise MissingFact("texts")
    for index, text in enumerate(facts.texts):
        if text.kind is not None and text.kind not in kinds:
            continue
        if text.unreadable:
            yield review("unreadable_document", name=_name(text, index)).at(f"texts[{index}]")
        elif text.text is None or (text.sha256 and not text.text.strip()):
            # A document without a word in it was not read, whatever its file held.
            yield missing(f"texts[{index}].text")


def places(found: Sequence[tuple[Passage, Hit]]) -> tuple[list[str], list[Evidence]]:
    """The words to name in a sentence, each once, and the evidence, the first places only."""
    evidence = [passage.evidence(hit) for passage, hit in found[:_SHOWN]]
    words = dict.fromkeys(_shortened(item.quote or "") for item in evidence)
    return [f"“{word}”" for word in words][:_WORDS_SHOWN], evidence


def by_code(found: Sequence[tuple[Passage, Hit]]) -> dict[str, list[tuple[Passage, Hit]]]:
    """The hits of each kind, in order."""
    grouped: dict[str, list[tuple[Passage, Hit]]] = {}
    for passage, hit in found:
        grouped.setdefault(hit.code, []).append((passage, hit))
    return grouped


def remembered(find: Callable[..., list[Hit]]) -> Callable[..., tuple[Hit, ...]]:
    """The finder, which remembers what it found in short texts; its arguments after the text tell all else it uses."""
    keep = functools.lru_cache(maxsize=1_024)(lambda *asked, **named: tuple(find(*asked, **named)))

    def found(text: str, *asked: object, **named: object) -> tuple[Hit, ...]:
        return keep(text, *asked, **named) if len(text) <= _SHORT else tuple(find(text, *asked, **named))

    return found


def _normalised(text: str) -> Normalised:
    return _short_normalised(text) if len(text) <= _SHORT else normalise(text)


@functools.lru_cache(maxsize=1_024)
def _short_normalised(text: str) -> Normalised:
    return normalise(text)


def _name(text: Text, index: int) -> str:
    return text.name or f"texts[{index}]"


def _shortened(quote: str) -> str:
    return quote if len(quote) <= _LONGEST_QUOTE else f"{quote[:_LONGEST_QUOTE]}…"
