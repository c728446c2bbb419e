"""Pressure on people to buy or to watch: tasks, counting and punishment, compulsion, leading, registration."""

from services.compliance.rules.text.addressed import (
    Document,
    Found,
    Result,
    captive_at,
    distance,
    is_noun,
    paid_by_the_institution,
    reassured,
    small_words_count,
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
_PERSON_LIST = compiled(r"名单|逐人|个人|每人|每个人|每名|姓名|实名|未下单|未购买|没买")
# What a sentence says that goes on about the purchases of the sentence before.
_GOES_ON = compiled(r"完成|参与|结果|情况|差额|缺口|进度|名单|截图|截屏|上述|不够|未|没|谁|哪个|后台|订单|数")
_BACK = 2
_VERBS = "(?:购买|认购|下单|订购|观看|收看|点赞|转发|消费)"
_CONDITION = compiled(
    rf"凡[^;。\n]{{0,24}}(?:须|必须|应当|应|都要|请|需)先?[^,;。\n不]{{0,12}}{_VERBS}"
    r"|凭[^,;。\n]{0,6}(?:订单|购买|付款|下单|认购)[^,;。\n]{0,6}(?:受理|办理|盖章|领取|审批|报名|入学|结算|拨付)"
    rf"|(?:{_VERBS}|自购|购满)[^;。\n]{{0,20}}(?:方可|方能|才能|才可|才予|才给)[^,;。\n]{{0,8}}(?:进入|入场|候考|参评|晋升|续签|办理|报销|审批|年检|补贴|低保|证明|入学|手续|盖章|发放)"
)
_EVERY_HOME = compiled(r"(?:人人|家家|户户|个个|全员)(?:都)?(?:有|要|会)?(?:下单|订单|购买|认购|转发|点赞|参与购买)")
_EMPLOYERS = compiled(
    "考核|绩效|扣|代扣|约谈|评优|评先|职称|晋升|考评|一票否决|检讨|点名|诫勉|挂钩|旷工|年检|情况说明|说明情况|书面检查|谈话|加班|相衔接|留下来|资金安排|写|打电话|找我|找你|喝茶|减半|截图|截屏|私发|记旷课|旷课|导名单|名单|打回|别来上班|不用来|念你们|会上念"
)
_WAGES = compiled("从[^,;。\n]{0,6}(?:绩效|工资|薪|奖金|津贴|车补|补贴)")
_POLITICAL = compiled("政治任务|硬任务|规定动作|军令状|责任书")
_SET_BY_SUPERIORS = compiled(r"(?:点赞|观看|转发|评论|关注|认购|购买|下单|订购|刷屏)(?:任务|指标)")
_NAMED_FORM = compiled("姓名|工号")


def tasks(document: Document, sentence: Sentence) -> Found:
    """A task, target or contract to buy or to watch, laid on people or their units."""
    if paid_by_the_institution(document, sentence, giving=False) or _other_matter(document, sentence):
        return
    for strong in document.marks.within(sentence.start, sentence.end, "strong_task"):
        if captive_at(document, sentence, strong.start) or _only_a_superior(document, sentence, strong):
            yield "fail", "task_assigned", [strong]
    for task in document.marks.within(sentence.start, sentence.end, "task"):
        near = [verb for verb in _measured(document, sentence) if distance(verb, task) <= _TASK_REACH]
        if near and (captive_at(document, sentence, task.start) or _ordered(document, sentence, task)):
            yield "fail", "task_assigned", [task, min(near, key=lambda verb: distance(verb, task))]


def _measured(document: Document, sentence: Sentence) -> list[Mark]:
    """What a task can measure: acts, and beside named people the sums of their acts."""
    start, end = sentence.start, sentence.end
    named = document.marks.any(start, end, "staff", "each")
    sums = document.marks.within(start, end, "counted") if named else []
    if document.selling or document.public:
        # 压了50单的指标: what is counted stands in the number.
        sums += document.marks.within(start, end, "amount.goods", "floor.goods")
    return verbs_in(document, start, end, "purchase", "attention") + sums


def _other_matter(document: Document, sentence: Sentence) -> bool:
    """Whether the sentence courts shoppers, or is about another duty and asks nobody to buy or to watch."""
    marks, start, end = document.marks, sentence.start, sentence.end
    if marks.any(start, end, "promotion"):
        return True
    return marks.any(start, end, "business") and not verbs_in(document, start, end, "purchase", "attention")


def _only_a_superior(document: Document, sentence: Sentence, strong: Mark) -> bool:
    """Whether nobody but a superior speaks of such a task, whoever is addressed: 点赞任务."""
    unnamed = subject_of(document, sentence, strong.start) == "unnamed"
    return unnamed and not document.public and _SET_BY_SUPERIORS.match(document.text, strong.start) is not None


def _ordered(document: Document, sentence: Sentence, task: Mark) -> bool:
    """Whether only a superior speaks of such a task, whoever is addressed."""
    unnamed = subject_of(document, sentence, task.start) == "unnamed"
    return unnamed and not document.public and _POLITICAL.search(document.text, sentence.start, task.end) is not None


def sanctions(document: Document, sentence: Sentence) -> Found:
    """Purchases or clicks of people that are counted, ranked, proved by screenshot or punished."""
    marks, start, end = document.marks, sentence.start, sentence.end
    lesson = marks.any(start, end, "training") and not marks.any(start, end, "purchase")
    if lesson or _other_matter(document, sentence):
        return
    refused = _refusals(document, sentence)
    objects = [*verbs_in(document, start, end), *marks.within(start, end, "counted"), *refused]
    if document.selling and marks.any(start, end, "staff", "each"):
        objects += marks.within(start, end, "amount.goods")
    for sanction in marks.within(start, end, "sanction"):
        if _falls_on_people(document, sentence, sanction):
            yield from _sanctioned(document, sentence, sanction, objects)
    # 合同 and 补贴 are threats only to those who refused; beside records of what people bought a person must look.
    records = refused or marks.within(start, end, "record")
    for sanction in marks.within(start, end, "mild_sanction") if records else ():
        if _falls_on_people(document, sentence, sanction):
            nearest = min(records, key=lambda mark: distance(mark, sanction))
            yield ("fail", "counted_or_sanctioned", [nearest, sanction]) if refused else _pressed([nearest, sanction])


def _falls_on_people(document: Document, sentence: Sentence, sanction: Mark) -> bool:
    return _employees(document, sentence, sanction) and not reassured(document, sentence, sanction)


def _pressed(evidence: list[Mark]) -> tuple[Result, str, list[Mark]]:
    return "review", "pressed_without_number", evidence


def _sanctioned(document: Document, sentence: Sentence, sanction: Mark, objects: list[Mark]) -> Found:
    relay = "接龙" in document.text[sanction.start : sanction.end]
    if objects and relay and document.marks.any(sentence.start, sentence.end, "voluntary"):
        yield "review", "purchases_registered", [sanction]
    elif objects:
        yield "fail", "counted_or_sanctioned", [min(objects, key=lambda verb: distance(verb, sanction)), sanction]
    elif before := _objects_before(document, sentence):
        # What the sanction is about stands in another sentence, so it may be about something else.
        yield _pressed([*before, sanction])


def _refusals(document: Document, sentence: Sentence) -> list[Mark]:
    """Those who have not done it, unless the writer says that it does not matter."""
    if not small_words_count(document, sentence.start, sentence.end):
        return []
    found = document.marks.within(sentence.start, sentence.end, "refusal")
    return [mark for mark in found if not reassured(document, sentence, mark)]


def _objects_before(document: Document, sentence: Sentence) -> list[Mark]:
    """What the sentence before asked for, when this one goes on about it: 每人两单。完成情况纳入考核."""
    if not small_words_count(document, sentence.start, sentence.end) or not _GOES_ON.search(
        document.text, sentence.start, sentence.end
    ):
        return []
    number = document.numbers[sentence.start]
    for before in reversed(document.sentences[max(0, number - _BACK) : number]):
        found = verbs_in(document, before.start, before.end)
        if found and small_words_count(document, before.start, before.end):
            return found[-1:]
    return []


def refusals(document: Document, sentence: Sentence) -> Found:
    """People who are told that they have not bought or watched yet: 谁还没买, 三科还差6人, 未下单的抓紧."""
    marks, start, end = document.marks, sentence.start, sentence.end
    if marks.any(start, end, "past", "institution"):
        return
    for refusal in _refusals(document, sentence):
        if captive_at(document, sentence, refusal.start):
            yield "fail", "counted_or_sanctioned", [refusal]


def universals(document: Document, sentence: Sentence) -> Found:
    """Nobody may be left out: 一个都不能少, 应买尽买, 每人必拍."""
    if not small_words_count(document, sentence.start, sentence.end):
        return
    objects = verbs_in(document, sentence.start, sentence.end) or _objects_before(document, sentence)
    for universal in document.marks.within(sentence.start, sentence.end, "universal"):
        if captive_at(document, sentence, universal.start) and not reassured(document, sentence, universal):
            yield ("fail", "everyone_compelled", [universal, *objects[:1]]) if objects else _pressed([universal])


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


def nudges(document: Document, sentence: Sentence) -> Found:
    """Soft pressure that nobody below can ignore: 大家看着办, 不转说不过去, 营造浓厚氛围."""
    marks, start, end = document.marks, sentence.start, sentence.end
    innocent = ("voluntary", "past", "institution", "income", "promotion", "reassured", "supplier", "consumer")
    if not small_words_count(document, start, end) or marks.any(start, end, *innocent):
        return
    asked = verbs_in(document, start, end) or marks.within(start, end, "topic", "record")
    for nudge in marks.within(start, end, "nudge"):
        if asked and captive_at(document, sentence, nudge.start):
            yield "review", "pressed_without_number", [nudge, asked[0]]


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
