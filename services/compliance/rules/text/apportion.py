"""Reads a notice for apportionment: quotas on people to buy, watch, like or share (domain section 3, G and 3.1).

The unit is the sentence; who is addressed may be said anywhere in the document.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal

from services.compliance.rules.text.hit import Hit
from services.compliance.rules.text.marks import Mark, Marks, merged, nearest_before
from services.compliance.rules.text.patterns import NUMBER, compiled
from services.compliance.rules.text.sentences import Clause, Sentence, sentences
from services.compliance.rules.text.stance import Reading, read_stance

Result = Literal["review", "fail"]

# A text that fails so often needs no more proof; the rest is not read.
_ENOUGH = 60
_ENOUGH_IN_A_SENTENCE = 12
_ADJACENT = 4
_TASK_REACH = 30
_LEAD_REACH = 18
_PRESS_REACH = 24
_QUOTA_REACH = 40
_SHARE = compiled(
    rf"(?:镇|乡|街道|局|办|村|社区|支部|科|科室|股|学校|中学|小学|医院|卫生院|公司|所|站|组|班|中心|干部|单位)[:]?各?{NUMBER}"
    r"(?:元|箱|盒|份|件|单|袋|斤|公斤|吨|人)"
)
_HIGHER_OFFICE = compiled(r"上报|报送|前报|报[^,;。\n]{0,2}(?:局|镇|办公室|县)|报至|交至|交到")
_PERSON_LIST = compiled(r"名单|逐人|个人|每人|每个人|每名|未下单|未购买|没买")
# Households that must buy or lose something: 不买的…再说, 不下单的…
_OR_ELSE = compiled(
    r"(?:不买|没买|不拍|没拍|不下单|没下单|没有下单|未下单|不购买|未购买|没有购买|不认购|未认购|不参与)的"
)
_EMPLOYERS = compiled("考核|绩效|扣|代扣|约谈|评优|评先|职称|晋升|考评|一票否决|检讨|点名|诫勉")
_NAMED_FORM = compiled("姓名|工号")
_UNITS = ("money", "goods", "times", "people", "period")


@dataclass(frozen=True, slots=True)
class _Document:
    text: str
    sentences: tuple[Sentence, ...]
    marks: Marks
    reading: Reading
    public: bool
    captive: bool
    buying: bool
    watching: bool


def find_apportionment(text: str, *, public: bool = False) -> list[Hit]:
    """Demands on captive people in a normalised text, in order.

    `public`: the text speaks to shoppers (a title, a script), so only sentences that name staff can demand of staff.
    """
    found = sentences(text)
    marks = Marks(text)
    captive = marks.count("staff") + marks.count("other") > 0 or (not public and marks.count("each") > 0)
    document = _Document(
        text,
        found,
        marks,
        read_stance(text, found),
        public,
        captive,
        buying=marks.count("purchase") + marks.count("strong_task") > 0,
        watching=marks.count("attention") > 0,
    )
    hits: set[Hit] = set()
    for sentence in found:
        hits.update(_of_sentence(document, sentence))
        if len(hits) >= _ENOUGH and any(hit.result == "fail" for hit in hits):
            break
    return sorted(hits)


def _of_sentence(document: _Document, sentence: Sentence) -> Iterator[Hit]:
    marks = document.marks
    if document.public and not marks.any(sentence.start, sentence.end, "staff"):
        return
    for check in (_floors, _quotas, _shares, _tasks, _sanctions, _compulsion, _leading, _registration):
        for result, code, evidence in islice(check(document, sentence), _ENOUGH_IN_A_SENTENCE):
            hit = _weighed(document, result, code, evidence)
            if hit is not None:
                yield hit


_Found = Iterator[tuple[Result, str, list[Mark]]]


def _weighed(document: _Document, result: Result, code: str, evidence: list[Mark]) -> Hit | None:
    """The hit, weakened where a prohibition may reach it and dropped where the writer disowns it."""
    stances = {document.reading.stance(mark.start) for mark in evidence}
    if "disowned" in stances:
        return None
    start, end = merged(evidence)
    if "doubtful" in stances:
        return Hit(start, end, "review", "doubtful_wording")
    return Hit(start, end, result, code)


def _verbs(document: _Document, start: int, end: int, *kinds: str) -> list[Mark]:
    """What people are asked to do in the stretch: to buy or to pay attention, as far as it is asked."""
    marks = document.marks
    kinds = kinds or ("purchase", "attention", "strong_task")
    found = [mark for mark in marks.within(start, end, *kinds) if document.reading.stance(mark.start) != "disowned"]
    lesson = marks.any(start, end, "training") and not marks.any(start, end, "purchase")
    return [mark for mark in found if not (lesson and mark.kind == "attention")]


def _subject(document: _Document, sentence: Sentence, position: int) -> str:
    """Who must do what stands at the position: people, shoppers, suppliers, or nobody named."""
    kinds = ("staff", "other", "each", "consumer", "supplier")
    named = document.marks.within(sentence.start, sentence.end, *kinds)
    nearest = nearest_before(named, position) or (named[0] if named else None)
    if nearest is None:
        return "unnamed"
    if nearest.kind == "each":
        within = [mark for mark in named if nearest.start <= mark.start < nearest.end + 6 and mark.kind != "each"]
        nearest = within[0] if within and within[0].kind in ("consumer", "supplier") else nearest
    return nearest.kind if nearest.kind in ("consumer", "supplier") else "people"


def _captive(document: _Document, sentence: Sentence, position: int) -> bool:
    subject = _subject(document, sentence, position)
    return subject == "people" or (subject == "unnamed" and document.captive)


def _clause_at(sentence: Sentence, position: int) -> Clause:
    return next(clause for clause in reversed(sentence.clauses) if clause.start <= position)


def _about_goods(document: _Document, sentence: Sentence, amount: Mark) -> bool:
    """Whether the amount is a specification, a payment to people, or a supply, and no demand."""
    clause = _clause_at(sentence, amount.start)
    kinds = ("spec", "income", "purchase", "attention", "each", "staff", "personal_pay")
    nearest = nearest_before(document.marks.within(clause.start, clause.end, *kinds), amount.start)
    return nearest is not None and nearest.kind in ("spec", "income")


def _paid_by_the_institution(document: _Document, sentence: Sentence, *, giving: bool) -> bool:
    marks, start, end = document.marks, sentence.start, sentence.end
    kinds = ("institution", "income") if giving else ("institution",)
    return marks.any(start, end, *kinds) and not marks.any(start, end, "personal_pay")


def _floors(document: _Document, sentence: Sentence) -> _Found:
    """A least amount bound to people or their units."""
    start, end = sentence.start, sentence.end
    for floor in document.marks.within(start, end, *(f"floor.{unit}" for unit in _UNITS)):
        if _about_goods(document, sentence, floor) or not _captive(document, sentence, floor.end):
            continue
        if _paid_by_the_institution(document, sentence, giving=False):
            continue
        verbs = _related(document, sentence, floor)
        if verbs is not None:
            yield "fail", "floor_on_people", [floor, *verbs]


def _related(document: _Document, sentence: Sentence, amount: Mark) -> list[Mark] | None:
    """The nearest verb that the amount measures; empty when only the document names it; None when there is none."""
    unit = amount.kind.partition(".")[2]
    kinds = {"period": ("attention",), "people": ("attention", "purchase")}.get(unit, ())
    verbs = _verbs(document, sentence.start, sentence.end, *kinds)
    if verbs:
        return [min(verbs, key=lambda verb: min(abs(verb.start - amount.end), abs(amount.start - verb.end)))]
    each = _each_before(document, sentence, amount)
    if each is not None and unit in ("money", "goods") and amount.start - each.end <= 2 and not document.public:
        return None if document.marks.any(sentence.start, sentence.end, "income", "institution") else [each]
    if each is not None and _counts_orders(document, amount):
        return [each]
    topical = document.buying if unit in ("money", "goods") else document.watching and unit == "times"
    return [each] if each is not None and topical and not document.public else None


def _counts_orders(document: _Document, amount: Mark) -> bool:
    """Whether the unit is an order, which nobody places without buying."""
    return document.text.endswith(("单", "笔"), amount.start, amount.end)


def _each_before(document: _Document, sentence: Sentence, amount: Mark) -> Mark | None:
    clause = _clause_at(sentence, amount.start)
    each = nearest_before(document.marks.within(clause.start, clause.end, "each"), amount.end)
    return each if each is not None and amount.start - each.end <= _LEAD_REACH else None


def _quotas(document: _Document, sentence: Sentence) -> _Found:
    """A fixed amount for each person or unit."""
    marks, start, end = document.marks, sentence.start, sentence.end
    if _paid_by_the_institution(document, sentence, giving=True) or marks.any(start, end, "past"):
        return
    for amount in marks.within(start, end, *(f"amount.{unit}" for unit in _UNITS if unit != "period")):
        # Of people the bearer may stand behind the number: 组织500名干部观看.
        last = amount.end + 6 if amount.kind == "amount.people" else amount.start + 1
        bearers = marks.within(max(start, amount.start - _QUOTA_REACH), min(last, end), "each", "staff")
        if not bearers or _about_goods(document, sentence, amount) or not _captive(document, sentence, amount.start):
            continue
        bearer = (
            bearers[-1]
            if bearers[-1].kind == "each"
            else next((mark for mark in reversed(bearers) if mark.kind == "each"), bearers[-1])
        )
        verbs = _quota_verbs(document, sentence, amount, bearer)
        if verbs is not None:
            yield "fail", "quota_on_people", [bearer, amount, *verbs]


def _quota_verbs(document: _Document, sentence: Sentence, amount: Mark, bearer: Mark) -> list[Mark] | None:
    unit = amount.kind.partition(".")[2]
    clause = _clause_at(sentence, amount.start)
    kinds = ("attention", "purchase") if unit == "people" else ()
    first = min(bearer.start, clause.start)
    verbs = [verb for verb in _verbs(document, first, clause.end, *kinds) if not _is_noun(document.text, verb)]
    if verbs:
        return [verbs[0]]
    if bearer.kind != "each" or unit not in ("money", "goods") or document.public:
        return None
    paid = document.marks.within(sentence.start, sentence.end, "personal_pay")
    adjacent = amount.start - bearer.end <= _ADJACENT
    headcount = document.text.startswith("按", bearer.start)
    bought = document.buying or bool(paid) or _counts_orders(document, amount) or _asked_of_each(document, bearer)
    return paid[:1] if (adjacent and bought) or headcount else None


def _asked_of_each(document: _Document, bearer: Mark) -> bool:
    """Whether the bearer follows a headcount: 按编制数每人1箱."""
    return document.marks.any(max(0, bearer.start - 10), bearer.start, "each")


def _is_noun(text: str, verb: Mark) -> bool:
    return text.startswith(("的人", "者", "链接", "须知", "渠道", "方式", "意愿", "入口", "需求"), verb.end)


def _shares(document: _Document, sentence: Sentence) -> _Found:
    """Amounts written beside the names of several units: 城关镇300箱, 东门镇260箱."""
    marks, start, end = document.marks, sentence.start, sentence.end
    shares = list(_SHARE.finditer(document.text, start, end))
    if len(shares) < 2 or marks.any(start, end, "spec", "past", "supplier", "institution", "income"):
        return
    asked = marks.within(start, end, "task", "purchase", "strong_task")
    if asked:
        yield "fail", "task_assigned", [asked[0], *(Mark(m.start(), m.end(), "share") for m in shares)]


def _tasks(document: _Document, sentence: Sentence) -> _Found:
    """A task, target or contract to buy or to watch, laid on people or their units."""
    marks, start, end = document.marks, sentence.start, sentence.end
    if _paid_by_the_institution(document, sentence, giving=False):
        return
    for strong in marks.within(start, end, "strong_task"):
        if _captive(document, sentence, strong.start):
            yield "fail", "task_assigned", [strong]
    for task in marks.within(start, end, "task"):
        if not _captive(document, sentence, task.start):
            continue
        objects = _verbs(document, start, end, "purchase", "attention")
        if marks.any(start, end, "staff", "each"):
            objects += marks.within(start, end, "counted")
        near = [verb for verb in objects if _distance(verb, task) <= _TASK_REACH]
        if near:
            yield "fail", "task_assigned", [task, min(near, key=lambda verb: _distance(verb, task))]


def _distance(one: Mark, other: Mark) -> int:
    return max(one.start - other.end, other.start - one.end, 0)


def _sanctions(document: _Document, sentence: Sentence) -> _Found:
    """Purchases or clicks of people that are counted, ranked, proved by screenshot or punished."""
    marks, start, end = document.marks, sentence.start, sentence.end
    objects = _verbs(document, start, end, "purchase", "attention", "strong_task")
    objects += marks.within(start, end, "counted")
    objects += [Mark(m.start(), m.end(), "refusal") for m in _OR_ELSE.finditer(document.text, start, end)]
    lesson = marks.any(start, end, "training") and not marks.any(start, end, "purchase")
    if not objects or lesson:
        return
    for sanction in marks.within(start, end, "sanction"):
        if not _employees(document, sentence, sanction):
            continue
        nearest = min(objects, key=lambda verb: _distance(verb, sanction))
        free_relay = "接龙" in document.text[sanction.start : sanction.end] and marks.any(start, end, "voluntary")
        if free_relay:
            yield "review", "purchases_registered", [sanction]
        else:
            yield "fail", "counted_or_sanctioned", [nearest, sanction]


def _employees(document: _Document, sentence: Sentence, sanction: Mark) -> bool:
    """Whether the sanction falls on captive people; what only an employer can do says so by itself."""
    subject = _subject(document, sentence, sanction.start)
    if subject == "unnamed" and not document.public:
        return document.captive or bool(_EMPLOYERS.match(document.text, sanction.start, sanction.end))
    return subject == "people"


def _compulsion(document: _Document, sentence: Sentence) -> _Found:
    """People who must buy or watch: all of them, or some without a number."""
    marks, start, end = document.marks, sentence.start, sentence.end
    if _paid_by_the_institution(document, sentence, giving=True) or marks.any(start, end, "voluntary"):
        return
    verbs = [verb for verb in _verbs(document, start, end) if not _is_noun(document.text, verb)]
    whole = marks.within(start, end, "whole")
    for compulsion in marks.within(start, end, "strict", "compulsion"):
        after = [verb for verb in verbs if 0 <= verb.start - compulsion.start <= _PRESS_REACH]
        if not after or not (_captive(document, sentence, compulsion.end) or _is_double_negation(document, compulsion)):
            continue
        if compulsion.kind == "strict" and whole:
            yield "fail", "everyone_compelled", [whole[0], compulsion, after[0]]
        elif marks.any(start, end, "staff", "other", "each") or _is_double_negation(document, compulsion):
            yield "review", "pressed_without_number", [compulsion, after[0]]


def _is_double_negation(document: _Document, compulsion: Mark) -> bool:
    """Whether the pressure is written as a forbidden refusal, which nobody but a superior writes: 不准不买."""
    return not document.public and document.text[compulsion.start : compulsion.end].endswith(("不", "未"))


def _leading(document: _Document, sentence: Sentence) -> _Found:
    """Officials asked to buy first: every subordinate understands."""
    verbs = _verbs(document, sentence.start, sentence.end, "purchase", "attention")
    for leading in document.marks.within(sentence.start, sentence.end, "leading"):
        near = [verb for verb in verbs if 0 <= verb.start - leading.start <= _LEAD_REACH]
        if near and _subject(document, sentence, leading.start) not in ("consumer", "supplier"):
            yield "review", "asked_to_lead", [leading, near[0]]


def _registration(document: _Document, sentence: Sentence) -> _Found:
    """Purchases of people that somebody registers or reports."""
    marks, start, end = document.marks, sentence.start, sentence.end
    bought = _verbs(document, start, end, "purchase", "strong_task")
    if not bought or not _captive(document, sentence, bought[0].start):
        return
    if _paid_by_the_institution(document, sentence, giving=False) or marks.any(start, end, "spec"):
        return
    free = marks.any(start, end, "voluntary")
    for counting in marks.within(start, end, "counting"):
        higher = _HIGHER_OFFICE.match(document.text, counting.start, end)
        if free and not higher and not _NAMED_FORM.search(document.text, start, end):
            continue
        by_person = not free and _PERSON_LIST.search(document.text, start, end)
        if by_person:
            yield "fail", "counted_or_sanctioned", [bought[0], counting]
        else:
            yield "review", "purchases_registered", [bought[0], counting]
