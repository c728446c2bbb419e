"""One document as the checks for apportionment see it: who is addressed, what is asked of whom, and who pays."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from services.compliance.rules.text.marks import UNITS, Mark, Marks, nearest_before
from services.compliance.rules.text.sentences import Clause, Sentence, sentences
from services.compliance.rules.text.stance import Reading, read_stance

Result = Literal["review", "fail"]
Found = Iterator[tuple[Result, str, list[Mark]]]

# How near to a purchase stand the things that a show itself needs: 纸箱、胶带采购.
_SUPPLIES_REACH = 8
AMOUNTS = tuple(f"amount.{unit}" for unit in UNITS if unit != "period")
FLOORS = tuple(f"floor.{unit}" for unit in UNITS)


@dataclass(frozen=True, slots=True)
class Document:
    """A normalised text with its marks; `public` when it speaks to shoppers."""

    text: str
    sentences: tuple[Sentence, ...]
    marks: Marks
    reading: Reading
    public: bool
    captive: bool
    buying: bool
    watching: bool


def read_document(text: str, *, public: bool) -> Document:
    """The document of a normalised text; a distributive “每人” makes captives only of a text for staff."""
    found = sentences(text)
    marks = Marks(text)
    captive = marks.count("staff") + marks.count("other") > 0 or (not public and marks.count("each") > 0)
    buying = marks.count("purchase") + marks.count("strong_task") + marks.count("payment") > 0
    watching = marks.count("attention") > 0
    return Document(text, found, marks, read_stance(text, found), public, captive, buying, watching)


def verbs_in(document: Document, start: int, end: int, *kinds: str) -> list[Mark]:
    """What people are asked to do in the stretch: to buy or to pay attention, as far as it is asked."""
    marks = document.marks
    found = marks.within(start, end, *(kinds or ("purchase", "attention", "strong_task")))
    if found and marks.any(start, end, "training") and not marks.any(start, end, "purchase"):
        found = [mark for mark in found if mark.kind != "attention"]
    if found and marks.any(start, end, "supplies"):
        found = [mark for mark in found if not _of_supplies(marks, mark)]
    return [mark for mark in found if document.reading.stance(mark.start) != "disowned"]


def _of_supplies(marks: Marks, mark: Mark) -> bool:
    reach = mark.start - _SUPPLIES_REACH, mark.end + _SUPPLIES_REACH
    return mark.kind == "purchase" and marks.any(*reach, "supplies")


def subject_of(document: Document, sentence: Sentence, position: int) -> str:
    """Who must do what stands at the position: people, shoppers, suppliers, or nobody named."""
    kinds = ("staff", "other", "each", "consumer", "supplier")
    named = document.marks.within(sentence.start, sentence.end, *kinds)
    nearest = nearest_before(named, position) or (named[0] if named else None)
    if nearest is None:
        return "unnamed"
    if nearest.kind == "each":
        # 每位顾客 and 培训班学员每人 speak of the shopper and the trainee.
        beside = [
            mark
            for mark in named
            if mark.kind in ("consumer", "supplier")
            and (nearest.start <= mark.start < nearest.end + 6 or mark.end == nearest.start)
        ]
        nearest = beside[0] if beside else nearest
    return nearest.kind if nearest.kind in ("consumer", "supplier") else "people"


def captive_at(document: Document, sentence: Sentence, position: int) -> bool:
    subject = subject_of(document, sentence, position)
    return subject == "people" or (subject == "unnamed" and document.captive)


def clause_at(sentence: Sentence, position: int) -> Clause:
    return next(clause for clause in reversed(sentence.clauses) if clause.start <= position)


def about_goods(document: Document, sentence: Sentence, amount: Mark) -> bool:
    """Whether the amount is a specification, a payment to people, or a supply, and no demand."""
    clause = clause_at(sentence, amount.start)
    kinds = ("spec", "income", "purchase", "attention", "each", "staff", "personal_pay")
    nearest = nearest_before(document.marks.within(clause.start, clause.end, *kinds), amount.start)
    return nearest is not None and nearest.kind in ("spec", "income")


def paid_by_the_institution(document: Document, sentence: Sentence, *, giving: bool) -> bool:
    marks, start, end = document.marks, sentence.start, sentence.end
    kinds = ("institution", "income") if giving else ("institution",)
    return marks.any(start, end, *kinds) and not marks.any(start, end, "personal_pay", "payment")


def distance(one: Mark, other: Mark) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


def is_noun(text: str, verb: Mark) -> bool:
    if text.endswith(("怎么", "哪里", "哪儿", "在哪", "如何"), 0, verb.start):
        # Who asks how to buy is not told to.
        return True
    return text.startswith(("的人", "者", "链接", "须知", "渠道", "方式", "意愿", "入口", "需求"), verb.end)
