"""One document as the checks for apportionment see it: who is addressed, what is asked of whom, and who pays."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from services.compliance.rules.text.marks import UNITS, Mark, Marks, nearest_before
from services.compliance.rules.text.sentences import Clause, Sentence, sentences
from services.compliance.rules.text.stance import Reading, read_stance

Result = Literal["review", "fail"]
Found = Iterator[tuple[Result, str, list[Mark]]]

# How near to a purchase stand the things that a show itself needs: 纸箱、胶带采购.
_SUPPLIES_REACH = 8
_BUSINESS_REACH = 8
_REASSURED_REACH = 14
_BEARER_REACH = 8
_PERIODS = ("每日", "每天", "每周", "每月", "每晚", "每场", "每小时")
AMOUNTS = tuple(f"amount.{unit}" for unit in UNITS if unit != "period")
FLOORS = tuple(f"floor.{unit}" for unit in UNITS)


@dataclass(frozen=True, slots=True)
class Document:
    """A normalised text with its marks; `public` when it speaks to shoppers."""

    text: str
    sentences: tuple[Sentence, ...]
    # The number of the sentence that begins at a place.
    numbers: Mapping[int, int]
    marks: Marks
    reading: Reading
    public: bool
    captive: bool
    buying: bool
    watching: bool
    # Whether it speaks of a show or a sale at all; small verbs such as 参与 and 拿 mean something only then.
    selling: bool


def read_document(text: str, *, public: bool) -> Document:
    """The document of a normalised text; a distributive “每人” makes captives only of a text for staff."""
    found = sentences(text)
    marks = Marks(text)
    captive = not public or marks.has("staff", "other")
    reading = read_stance(text, found)
    # A text about school insurance, or one that says 不用买, sells nothing that this rule is about.
    bought = any(
        not _of_supplies(marks, mark) and reading.stance(mark.start) != "disowned"
        for mark in marks.within(0, len(text), "purchase")
    )
    buying = bought or marks.has("strong_task", "payment")
    watching = marks.has("attention")
    # 愿意不愿意都来一箱 names no sale, but nobody is pressed to take home anything else.
    a_share = marks.has("amount.goods", "floor.goods") and (
        marks.has("universal", "payment") or (marks.has("each", "staff") and marks.has("sanction", "task", "proof"))
    )
    selling = not public and (a_share or bought or marks.has("topic", "strong_task"))
    numbers = {sentence.start: number for number, sentence in enumerate(found)}
    return Document(text, found, numbers, marks, reading, public, captive, buying, watching, selling)


def verbs_in(document: Document, start: int, end: int, *kinds: str) -> list[Mark]:
    """What people are asked to do in the stretch: to buy or to pay attention, as far as it is asked."""
    marks = document.marks
    if not kinds:
        small = small_words_count(document, start, end)
        kinds = ("purchase", "attention", "strong_task", *(("weak_act",) if small else ()))
    found = marks.within(start, end, *kinds)
    if not document.selling and marks.has("business", "training"):
        # A lesson is watched and an app against fraud is installed where nothing is for sale.
        found = [mark for mark in found if mark.kind != "attention"]
    if found and marks.any(start, end, "training") and not marks.any(start, end, "purchase"):
        found = [mark for mark in found if mark.kind != "attention"]
    if found and marks.any(start, end, "supplies"):
        # Where no show is named, a sentence about medicine or paper buys nothing else either.
        found = [mark for mark in found if marks.has("topic") and not _of_supplies(marks, mark)]
    found = [mark for mark in found if mark.kind not in ("attention", "weak_act") or not _of_business(marks, mark)]
    return [mark for mark in found if document.reading.stance(mark.start) != "disowned"]


def small_words_count(document: Document, start: int, end: int) -> bool:
    """Whether 参与, 完成 or 没到 in the stretch can mean buying and watching, and not some other duty."""
    return document.selling and not document.marks.any(start, end, "business")


def _of_business(marks: Marks, verb: Mark) -> bool:
    """Whether the verb belongs to another duty: 引导群众有序观看, 进直播间发布岗位."""
    return marks.any(verb.start - _BUSINESS_REACH, verb.end + _BUSINESS_REACH, "business")


def _of_supplies(marks: Marks, mark: Mark) -> bool:
    reach = mark.start - 2 * _SUPPLIES_REACH, mark.end + _SUPPLIES_REACH
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


def reassured(document: Document, sentence: Sentence, mark: Mark) -> bool:
    """Whether the sentence goes on to say that it does not matter: 没买的也没关系."""
    return document.marks.any(mark.start, min(mark.end + _REASSURED_REACH, sentence.end), "reassured")


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
    if nearest is None or nearest.kind not in ("spec", "income"):
        return False
    # 每人每日 measures what is asked of a person, not the goods.
    timed = document.text.startswith(_PERIODS, nearest.start)
    return not (timed and document.marks.any(max(clause.start, nearest.start - _BEARER_REACH), nearest.start, "each"))


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
