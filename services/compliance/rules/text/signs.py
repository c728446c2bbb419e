"""Finds the signs of a demand in a text that weighs like one: who, what, how much, and what presses them.

The checks of `apportion` know how a demand is built. A sentence in which two of these signs stand together is built
otherwise, and is a demand only where the whole passage weighs like one and nothing in it tells, withdraws or denies.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping

from services.compliance.rules.text.addressed import AMOUNTS, FLOORS, Document, read_document
from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.likeness import Weights, released_weights, stretches
from services.compliance.rules.text.marks import Mark, merged
from services.compliance.rules.text.sentences import Sentence
from services.compliance.rules.text.stance import undoes

_SIGNS: Mapping[str, tuple[str, ...]] = {
    "who": ("staff", "other", "each", "address", "whole", "chain"),
    "what": ("purchase", "attention", "strong_task", "weak_act", "counted", "record"),
    "much": tuple(kind for kind in (*AMOUNTS, *FLOORS) if not kind.endswith("period")),
    "press": (
        *("task", "strong_task", "strict", "universal", "sanction", "proof", "refusal", "settled"),
        *("payment", "personal_pay"),
    ),
}
# What is bought, told, taught or promised in such a sentence is no demand.
_OTHERWISE = ("promotion", "voluntary", "training", "institution", "past", "consumer", "supplies")
_ELSEWHERE = ("business", "training", "institution", "supplies", "promotion", "consumer")
# What only organises is a sign beside people and what they do.
_SOFT = ("counting", "compulsion")
_OF_GOODS = tuple(kind for kind in _SIGNS["much"] if kind.endswith(("goods", "money")))
_COUNTED = frozenset({"sanction", "proof", "refusal", "settled"})
_ASSIGNED = frozenset({"task", "strong_task"})
_ENOUGH = 12
_LEAST = 2
# Without pressure an amount must fall on somebody.
_SHARED_OUT = frozenset({"who", "much"})
# The passage shows itself in so many words of one sentence.
_REACH = 60


def find_signs(text: str, *, sale_from: int, any_from: int, weights: Weights | None = None) -> Iterator[Hit]:
    """Demands in the passages of a normalised notice that weigh `sale_from` or more, each with its words.

    A passage that names no sale must weigh `any_from`, and be about no other duty.
    """
    known = weights or released_weights()
    document: Document | None = None
    for start, end in stretches(text):
        if undoes(text, start, end) or (weight := known.score(text[start:end])) < sale_from:
            continue
        document = document or read_document(text, public=False)
        if not (document.selling or document.watching):
            if weight < any_from or document.marks.any(start, end, *_ELSEWHERE):
                continue
            if not document.marks.any(start, end, *_OF_GOODS):
                continue
        yield from _in_passage(document, start, end, sure=weight >= any_from)


def _in_passage(document: Document, start: int, end: int, *, sure: bool) -> Iterator[Hit]:
    found = 0
    first, last = (
        bisect_left(document.sentences, place, key=lambda sentence: sentence.start) for place in (start, end)
    )
    for sentence in document.sentences[first:last]:
        signs = _of_sentence(document, sentence)
        if len(signs) >= _LEAST and _presses(signs, sure=sure):
            yield _shown(signs)
            found += 1
        if found >= _ENOUGH:
            return


def _presses(signs: Mapping[str, list[Mark]], *, sure: bool) -> bool:
    """Whether somebody is pressed, or bears an amount; in a passage that weighs enough any amount will do."""
    return "press" in signs or signs.keys() >= _SHARED_OUT or (sure and "much" in signs)


def _of_sentence(document: Document, sentence: Sentence) -> dict[str, list[Mark]]:
    """The signs of the sentence, each with the marks that show it; none where it buys, tells, teaches or promises."""
    marks, start, end = document.marks, sentence.start, sentence.end
    if marks.any(start, end, *_OTHERWISE):
        return {}
    if marks.any(start, end, "business") and not marks.any(start, end, "purchase", "attention", "strong_task"):
        return {}
    if marks.any(start, end, "income") and not marks.any(start, end, "payment", "personal_pay"):
        return {}
    found = {
        sign: [mark for mark in marks.within(start, end, *kinds) if document.reading.stance(mark.start) == "demand"]
        for sign, kinds in _SIGNS.items()
    }
    signs = {sign: stood for sign, stood in found.items() if stood}
    soft = marks.within(start, end, *_SOFT) if len(signs) > _LEAST and "press" not in signs else []
    return {**signs, "press": soft} if soft else signs


def _shown(signs: Mapping[str, list[Mark]]) -> Hit:
    """The finding, with the words that stand nearest to the first of the rarest sign."""
    anchor = next(signs[sign][0] for sign in ("press", "much", "what", "who") if sign in signs)
    near = [min(stood, key=lambda mark: abs(mark.start - anchor.start)) for stood in signs.values()]
    start, end = merged([anchor, *(mark for mark in near if abs(mark.start - anchor.start) <= _REACH)])
    return Hit(start, end, "fail", _code(signs))


def _code(signs: Mapping[str, list[Mark]]) -> str:
    if "much" in signs and "who" in signs:
        return "quota_on_people"
    pressing = {mark.kind for mark in signs.get("press", ())}
    if pressing & _COUNTED:
        return "counted_or_sanctioned"
    return "task_assigned" if pressing & _ASSIGNED else "everyone_compelled"
