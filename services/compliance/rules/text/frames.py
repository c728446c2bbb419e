"""The net under the other checks: in a text about a sale, captive people and pressure must be looked at.

The other checks know the word for what is asked. Here it may be said in a sentence near by, or not at all, so what is
found is held for a person and never fails by itself.
"""

from services.compliance.rules.text.addressed import AMOUNTS, FLOORS, Document, Found, about_goods, captive_at, verbs_in
from services.compliance.rules.text.marks import Mark
from services.compliance.rules.text.sentences import Sentence

# Each of these, in a sentence about a sale, says that it is no demand on captive people.
_UNDONE = (
    *("business", "training", "income", "institution", "supplier", "consumer", "promotion", "supplies"),
    *("past", "appeal", "voluntary", "reassured", "cap", "spec"),
)
_PRESSURES = ("sanction", "mild_sanction", "refusal", "universal", "personal_pay", "payment")
_BOUND_REACH = 12
_NEAR = 2


def frame(document: Document, sentence: Sentence) -> Found:
    """People of a text about a sale who are pressed in two ways, or in one beside something they are to do."""
    marks, start, end = document.marks, sentence.start, sentence.end
    if document.public or not document.selling or marks.any(start, end, *_UNDONE):
        return
    if not captive_at(document, sentence, end) or not _about_the_sale(document, sentence):
        return
    pressures = [mark for mark in _pressures(document, sentence) if document.reading.stance(mark.start) == "demand"]
    twice = len({_family(mark) for mark in pressures}) > 1
    asked = verbs_in(document, start, end) and marks.any(start, end, "staff", "other", "each")
    if pressures and (twice or asked):
        yield "review", "pressed_without_number", pressures[:2]


def _pressures(document: Document, sentence: Sentence) -> list[Mark]:
    marks = document.marks
    found = marks.within(sentence.start, sentence.end, *_PRESSURES)
    for amount in marks.within(sentence.start, sentence.end, *FLOORS, *AMOUNTS):
        bound = marks.any(max(sentence.start, amount.start - _BOUND_REACH), amount.start, "each")
        if (bound or amount.kind in FLOORS) and not about_goods(document, sentence, amount):
            found.append(amount)
    return sorted(found)


def _about_the_sale(document: Document, sentence: Sentence) -> bool:
    """Whether this sentence or one just before it names the sale, the show or an act of buying and watching."""
    number = document.numbers[sentence.start]
    first = document.sentences[max(0, number - _NEAR)]
    near = document.marks.any(first.start, sentence.end, "topic", "record", "counted")
    return near or bool(verbs_in(document, sentence.start, sentence.end))


def _family(mark: Mark) -> str:
    role = mark.kind.partition(".")[0]
    return {"mild_sanction": "sanction", "floor": "amount", "personal_pay": "payment"}.get(role, role)
