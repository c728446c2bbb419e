"""The frame of a demand: in a text about a sale, captive people and pressure make one, whatever the verb is called.

The other checks know the word for what is asked. This one is the net under them: who is addressed may be said
anywhere, what is asked may be said in a sentence near by, and two kinds of pressure on the same people prove it.
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
_CODES = {
    "refusal": "counted_or_sanctioned",
    "universal": "everyone_compelled",
}
_BOUND_REACH = 12
_NEAR = 2


def frame(document: Document, sentence: Sentence) -> Found:
    """People of a text about a sale who are pressed in two ways at least, or in one that a person must weigh."""
    marks, start, end = document.marks, sentence.start, sentence.end
    if document.public or not document.selling or marks.any(start, end, *_UNDONE):
        return
    if not captive_at(document, sentence, end) or not _about_the_sale(document, sentence):
        return
    pressures = [mark for mark in _pressures(document, sentence) if document.reading.stance(mark.start) == "demand"]
    kinds = {_family(mark) for mark in pressures}
    if len(kinds) >= 2:
        first = min(pressures, key=_plainness)
        other = next(mark for mark in pressures if _family(mark) != _family(first))
        yield "fail", _code(first), [first, other]
    elif pressures and verbs_in(document, start, end) and marks.any(start, end, "staff", "other", "each"):
        yield "review", "pressed_without_number", [pressures[0]]


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


def _plainness(mark: Mark) -> int:
    return 0 if "." in mark.kind else 1


def _code(mark: Mark) -> str:
    role = mark.kind.partition(".")[0]
    if role in ("floor", "amount"):
        return "floor_on_people" if role == "floor" else "quota_on_people"
    return _CODES.get(role, "counted_or_sanctioned")
