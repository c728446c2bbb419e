"""Reads a notice for apportionment: quotas on people to buy, watch, like or share (domain section 3, G and 3.1).

The unit is the sentence; who is addressed may be said anywhere in the document.
"""

from collections.abc import Iterator
from itertools import islice

from services.compliance.rules.text.addressed import AMOUNTS, FLOORS, Document, Result, read_document
from services.compliance.rules.text.amounts import floors, quotas, shares_of_units
from services.compliance.rules.text.burdens import allotments, chains, deductions, headlines, permits, proofs, settled
from services.compliance.rules.text.frames import frame
from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.marks import Mark, merged
from services.compliance.rules.text.patterns import compiled
from services.compliance.rules.text.pressure import (
    anything_asked,
    compulsion,
    conditions,
    leading,
    nudges,
    refusals,
    registration,
    sanctions,
    tasks,
    universals,
)
from services.compliance.rules.text.sentences import Sentence

_CHECKS = (
    floors,
    quotas,
    shares_of_units,
    allotments,
    deductions,
    chains,
    permits,
    proofs,
    settled,
    headlines,
    tasks,
    sanctions,
    compulsion,
    conditions,
    refusals,
    universals,
    leading,
    registration,
    anything_asked,
    nudges,
    frame,
)
_HAN = compiled("[\u3400-\u9fff]")
# A sentence without any of these asks nothing of anybody.
_ASKING = (
    *("purchase", "attention", "strong_task", "task", "counted", "payment", "sanction", "whole", "each", "leading"),
    *("weak_act", "refusal", "universal", "nudge", "mild_sanction", "counting"),
    *("proof", "settled", "chain"),
    *(*AMOUNTS, *FLOORS),
)
_AMOUNTS_NAMED = frozenset({"floor_on_people", "quota_on_people"})
_VAGUER = frozenset({"everyone_compelled", "pressed_without_number", "purchases_registered"})
# A text that fails so often needs no more proof; the rest is not read.
_ENOUGH = 60
_ENOUGH_IN_A_SENTENCE = 12


def find_apportionment(text: str, *, public: bool = False) -> list[Hit]:
    """Demands on captive people in a normalised text, in order.

    `public`: the text speaks to shoppers (a title, a script), so only sentences that name staff can demand of staff.
    """
    if _HAN.search(text) is None:
        return []
    document = read_document(text, public=public)
    hits: set[Hit] = set()
    fails = 0
    for sentence in document.sentences:
        found = _plainest(list(_of_sentence(document, sentence)))
        hits.update(found)
        fails += sum(hit.result == "fail" for hit in found)
        if fails >= _ENOUGH:
            break
    return sorted(hits)


def _of_sentence(document: Document, sentence: Sentence) -> Iterator[Hit]:
    marks = document.marks
    if document.public and not marks.any(sentence.start, sentence.end, "staff"):
        return
    if not marks.any(sentence.start, sentence.end, *_ASKING):
        return
    for check in _CHECKS:
        for result, code, evidence in islice(check(document, sentence), _ENOUGH_IN_A_SENTENCE):
            hit = _weighed(document, result, code, evidence)
            if hit is not None:
                yield hit


def _plainest(hits: list[Hit]) -> list[Hit]:
    """Without the vaguer findings of a sentence that already names an amount: a reader needs one reason."""
    if any(hit.code in _AMOUNTS_NAMED for hit in hits):
        return [hit for hit in hits if hit.code not in _VAGUER]
    return hits


def _weighed(document: Document, result: Result, code: str, evidence: list[Mark]) -> Hit | None:
    """The hit, weakened where a prohibition may reach it and dropped where the writer disowns it."""
    stances = {document.reading.stance(mark.start) for mark in evidence}
    if "disowned" in stances:
        return None
    start, end = merged(evidence)
    if "doubtful" in stances:
        return Hit(start, end, "review", "doubtful_wording")
    return Hit(start, end, result, code)
