"""Pressure on people to buy or to watch: tasks, counting and punishment, compulsion, leading, registration."""

from services.compliance.rules.text.addressed import (
    Document,
    Found,
    captive_at,
    distance,
    is_noun,
    paid_by_the_institution,
    subject_of,
    verbs_in,
)
from services.compliance.rules.text.marks import Mark
from services.compliance.rules.text.patterns import compiled
from services.compliance.rules.text.sentences import Sentence

_TASK_REACH = 30
_LEAD_REACH = 18
_PRESS_REACH = 24
_HIGHER_OFFICE = compiled(r"上报|报送|前报|报[^,;。\n]{0,2}(?:局|镇|办公室|县)|报至|交至|交到")
_PERSON_LIST = compiled(r"名单|逐人|个人|每人|每个人|每名|未下单|未购买|没买")
# Households that must buy or lose something: 不买的…再说, 不下单的…
_OR_ELSE = compiled(
    r"(?:没有|没|未|不)(?!得|要)[^,;。\n]{0,6}(?:下单|购买|认购|买|拍|留言|评论|点赞|转发|观看|收看|进直播间|参与|完成)[^,;。\n]{0,6}的"
    r"|(?:完成不了|完不成)[^,;。\n]{0,6}的|谁不(?:买|购|拍|看|转|下单|参与)|(?:成交|订单|下单|认购|购买|观看|点赞)[^,;。\n]{0,6}(?:低于|不足|少于|未达|不到|垫底|靠后|倒数)"
)
_VERBS = "(?:购买|认购|下单|订购|观看|收看|点赞|转发|消费)"
_CONDITION = compiled(
    rf"凡[^;。\n]{{0,24}}(?:须|必须|应当|应|都要)先?{_VERBS}"
    rf"|{_VERBS}[^;。\n]{{0,20}}(?:方可|方能|才能|才可|才予|才给)[^,;。\n]{{0,8}}(?:办理|报销|审批|年检|补贴|低保|证明|入学|手续|盖章|发放)"
)
_EVERY_HOME = compiled(r"(?:人人|家家|户户|个个|全员)(?:都)?(?:有|要|会)?(?:下单|订单|购买|认购|转发|点赞|参与购买)")
_EMPLOYERS = compiled(
    "考核|绩效|扣|代扣|约谈|评优|评先|职称|晋升|考评|一票否决|检讨|点名|诫勉|挂钩|旷工|年检|情况说明|说明情况|书面检查|谈话|加班|相衔接|留下来|资金安排"
)
_WAGES = compiled("从[^,;。\n]{0,6}(?:绩效|工资|薪|奖金|津贴|车补|补贴)")
_POLITICAL = compiled("政治任务|硬任务|规定动作|军令状|责任书")
_NAMED_FORM = compiled("姓名|工号")


def tasks(document: Document, sentence: Sentence) -> Found:
    """A task, target or contract to buy or to watch, laid on people or their units."""
    marks, start, end = document.marks, sentence.start, sentence.end
    if paid_by_the_institution(document, sentence, giving=False):
        return
    for strong in marks.within(start, end, "strong_task"):
        if captive_at(document, sentence, strong.start):
            yield "fail", "task_assigned", [strong]
    for task in marks.within(start, end, "task"):
        if not captive_at(document, sentence, task.start) and not _ordered(document, sentence, task):
            continue
        objects = verbs_in(document, start, end, "purchase", "attention")
        if marks.any(start, end, "staff", "each"):
            objects += marks.within(start, end, "counted")
        near = [verb for verb in objects if distance(verb, task) <= _TASK_REACH]
        if near:
            yield "fail", "task_assigned", [task, min(near, key=lambda verb: distance(verb, task))]


def _ordered(document: Document, sentence: Sentence, task: Mark) -> bool:
    """Whether only a superior speaks of such a task, whoever is addressed."""
    unnamed = subject_of(document, sentence, task.start) == "unnamed"
    return unnamed and not document.public and _POLITICAL.search(document.text, sentence.start, task.end) is not None


def sanctions(document: Document, sentence: Sentence) -> Found:
    """Purchases or clicks of people that are counted, ranked, proved by screenshot or punished."""
    marks, start, end = document.marks, sentence.start, sentence.end
    objects = verbs_in(document, start, end, "purchase", "attention", "strong_task")
    objects += marks.within(start, end, "counted")
    if document.buying or document.watching:
        # 没完成的 of a notice about neither buying nor watching have failed at something else.
        objects += [Mark(m.start(), m.end(), "refusal") for m in _OR_ELSE.finditer(document.text, start, end)]
    lesson = marks.any(start, end, "training") and not marks.any(start, end, "purchase")
    if not objects or lesson:
        return
    for sanction in marks.within(start, end, "sanction"):
        if not _employees(document, sentence, sanction):
            continue
        nearest = min(objects, key=lambda verb: distance(verb, sanction))
        free_relay = "接龙" in document.text[sanction.start : sanction.end] and marks.any(start, end, "voluntary")
        if free_relay:
            yield "review", "purchases_registered", [sanction]
        else:
            yield "fail", "counted_or_sanctioned", [nearest, sanction]


def _employees(document: Document, sentence: Sentence, sanction: Mark) -> bool:
    """Whether the sanction falls on captive people; what only an employer can do says so by itself."""
    subject = subject_of(document, sentence, sanction.start)
    if subject == "unnamed" and not document.public:
        only_employers = _EMPLOYERS.match(document.text, sanction.start, sanction.end)
        return document.captive or bool(only_employers or _WAGES.search(document.text, sanction.start, sanction.end))
    return subject == "people"


def compulsion(document: Document, sentence: Sentence) -> Found:
    """People who must buy or watch: all of them, or some without a number."""
    marks, start, end = document.marks, sentence.start, sentence.end
    if marks.any(start, end, "voluntary"):
        return
    institution = paid_by_the_institution(document, sentence, giving=True)
    verbs = [verb for verb in verbs_in(document, start, end) if not is_noun(document.text, verb)]
    whole = marks.within(start, end, "whole")
    for pressing in marks.within(start, end, "strict", "compulsion"):
        after = [verb for verb in verbs if 0 <= verb.start - pressing.start <= _PRESS_REACH]
        double = _is_double_negation(document, pressing)
        # 食堂 or 发放 in the sentence excuses no 须购买.
        if institution and not (after and after[0].start - pressing.end <= 1):
            continue
        if not after or not (double or captive_at(document, sentence, pressing.end)):
            continue
        if pressing.kind == "strict" and whole:
            yield "fail", "everyone_compelled", [whole[0], pressing, after[0]]
        elif double or marks.any(start, end, "staff", "other", "each"):
            yield "review", "pressed_without_number", [pressing, after[0]]


def conditions(document: Document, sentence: Sentence) -> Found:
    """What people may not have without buying, and purchases that everyone is to show: 家家有订单."""
    if document.public:
        return
    for pattern in (_CONDITION, _EVERY_HOME):
        for found in pattern.finditer(document.text, sentence.start, sentence.end):
            if not document.marks.any(sentence.start, sentence.end, "consumer", "voluntary"):
                yield "fail", "everyone_compelled", [Mark(found.start(), found.end(), "condition")]


def anything_asked(document: Document, sentence: Sentence) -> Found:
    """Staff and a purchase in one sentence that neither appeals nor explains itself: a person must look.

    The net under the other checks: what they do not understand is not therefore innocent.
    """
    marks, start, end = document.marks, sentence.start, sentence.end
    innocent = ("voluntary", "appeal", "past", "training", "spec", "income", "institution", "supplies", "cap")
    if document.public or marks.any(start, end, *innocent):
        return
    asked = [verb for verb in verbs_in(document, start, end, "purchase") if not is_noun(document.text, verb)]
    gathered = marks.any(start, end, "gathering")
    asked += verbs_in(document, start, end, "attention") if gathered else []
    people = marks.within(start, end, "staff", "other", "each")
    if people and asked and subject_of(document, sentence, asked[0].start) == "people":
        yield "review", "pressed_without_number", [people[0], asked[0]]


def _is_double_negation(document: Document, compulsion: Mark) -> bool:
    """Whether the pressure is written as a forbidden refusal, which nobody but a superior writes: 不准不买."""
    return not document.public and document.text[compulsion.start : compulsion.end].endswith(("不", "未"))


def leading(document: Document, sentence: Sentence) -> Found:
    """Officials asked to buy first: every subordinate understands."""
    verbs = verbs_in(document, sentence.start, sentence.end, "purchase", "attention")
    for leading in document.marks.within(sentence.start, sentence.end, "leading"):
        near = [verb for verb in verbs if 0 <= verb.start - leading.start <= _LEAD_REACH]
        if near and subject_of(document, sentence, leading.start) not in ("consumer", "supplier"):
            yield "review", "asked_to_lead", [leading, near[0]]


def registration(document: Document, sentence: Sentence) -> Found:
    """Purchases of people that somebody registers or reports."""
    marks, start, end = document.marks, sentence.start, sentence.end
    bought = verbs_in(document, start, end, "purchase", "strong_task")
    if not bought or not captive_at(document, sentence, bought[0].start):
        return
    if paid_by_the_institution(document, sentence, giving=False) or marks.any(start, end, "spec"):
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
