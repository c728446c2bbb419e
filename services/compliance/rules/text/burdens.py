"""Burdens that are laid on people in other words than a quota: deductions, tables, chains, conditions and proof."""

import re
from collections.abc import Sequence
from itertools import islice

from services.compliance.rules.text.addressed import (
    AMOUNTS,
    FLOORS,
    Document,
    Found,
    captive_at,
    distance,
    is_noun,
    small_words_count,
    subject_of,
    verbs_in,
)
from services.compliance.rules.text.marks import Mark
from services.compliance.rules.text.patterns import NUMBER, any_of, compiled, lexicon
from services.compliance.rules.text.sentences import Sentence
from services.compliance.rules.text.words import GOODS

_WORDS = lexicon("burdens")
_REST = r"[^,;。\n]"
_HAN = "\u4e00-\u9fff"
_ACT = any_of(_WORDS["acts"])
# Money that somebody else holds, and what is done to it: 从工钱里走, 管理费里一块收, 分红中抵.
_HELD = any_of(_WORDS["held_money"])
_FROM_HELD = compiled(rf"(?:[从由在]{_REST}{{0,8}})?{_HELD}")
_TAKEN = compiled(any_of(_WORDS["taken"]))
_PRICE_FROM = compiled(rf"[款钱费]{_REST}{{0,6}}从")
_DAYS_OF_WAGES = compiled(rf"[拿出按]{_REST}{{0,8}}(?:天|日|%|百分之|千分之){_REST}{{0,4}}(?:工资|薪|补贴)")
_AN_ACT = compiled(_ACT)
_VOUCHERS = compiled("购物券|消费券|代金券|提货券|购物卡|农产品抵|实物抵")
_DEDUCTIONS = (
    ((_FROM_HELD, 0), (_TAKEN, 9)),
    ((_PRICE_FROM, 0), (_TAKEN, 13)),
    ((_DAYS_OF_WAGES, 0), (_AN_ACT, 8)),
    ((compiled(_HELD), 0), (_VOUCHERS, 26)),
)
_REFUNDED = compiled("退还|返还|退回|不得从|不从|不扣|工作餐|伙食|个税|社保|水电|押金退")
_ORGAN = rf"(?:{any_of(_WORDS['table_rows'])})"
_SHARE_OF_MANY = compiled(
    rf"[{_HAN}]{{0,8}}{_ORGAN}:? ?(?:认购|下单|完成|各|各认购|负责|承担)?"
    rf"{NUMBER} ?(?:{GOODS}|[万千百]?元|块|人|名|(?=[,、;。\n]|$))"
)
_ALLOTTED = compiled(any_of(_WORDS["allotted"]))
_SOLD = compiled(
    "销售数量|销售量|销量|销售额|单数|订单|任务|认购|销售目标|售完|卖完|卖掉|人人领单|领单|全部售出|库存清零|下单"
)
# What an authority or an employer gives only to those who bought or watched.
_GIVEN = compiled(any_of(_WORDS["given"]))
_BOUGHT = compiled(rf"{_ACT}|订单|单号|购买单|认购单|{NUMBER} ?{GOODS}")
_THEN = compiled(
    "方可|方能|方予|才能|才可|才给|才算|才有|才让|后再|后方|后才|后,?到|后给|后予|后凭|后可|再(?!也|一次|次)|作为|折抵|折算|抵扣"
    "|替代|视同|优先|前置"
)
_BEFORE_THAT = compiled("[前时的者,]|须|需")
_NEEDS = compiled("必须|须|应|需|先|凭|建议|配购|同步|顺便|完成")
_NOT_DONE = compiled(rf"[没未不]{_REST}{{0,4}}{_ACT}")
_REFUSED = compiled("不能|不得|不予|不可|不给|不让|不办|不发|暂缓|延后|靠后")
_WORSE = compiled("不|暂缓|延后|取消|核减|扣")
_POINTS = compiled("[加得计记折扣减][0-9一二两三四五十.]{1,3}(?:个?学?[分时]|课时|工分|积分)")
_BY = compiled("[按与跟以和依看]")
_COUNTED = compiled("成交|订单|单数|下单|购买|认购|在线|观看|点赞|转发")
_PAID_OUT = compiled("核发|发放|挂钩|挂|折算|计算|计发|兑现|确定|排")
# What must follow what, each within so many characters of the one before.
_CONDITIONS = (
    ((_BOUGHT, 0), (_THEN, 24), (_GIVEN, 16)),
    ((_GIVEN, 0), (_BEFORE_THAT, 11), (_NEEDS, 16), (_BOUGHT, 18)),
    ((_NOT_DONE, 0), (_REFUSED, 16)),
    ((_NOT_DONE, 0), (_GIVEN, 16), (_WORSE, 8)),
    ((_BOUGHT, 0), (_POINTS, 24)),
    ((_GIVEN, 0), (_BY, 25), (_COUNTED, 18), (_PAID_OUT, 12)),
)
_FREELY = compiled(
    "自愿|无关|无须|无需|不必|不需要|不用|消费者|顾客|会员价|优惠|包邮|抽奖|赠品|退款|售后|发票|快递|积分商城"
)
# Who buys with the money of the institution asks nobody for his own.
_PAID = ("institution", "cap", "supplies", "supplier")
_REACH = 40
# A sentence that says it so often has said it.
_TRIED = 12
_BEFORE = 2


def deductions(document: Document, sentence: Sentence) -> Found:
    """The price of goods is taken out of money that is due to people."""
    if document.public or not document.selling or _REFUNDED.search(document.text, sentence.start, sentence.end):
        return
    if document.marks.any(sentence.start, sentence.end, "voluntary", "past", "institution", "supplies"):
        return
    for steps in _DEDUCTIONS:
        taken = _in_order(document.text, sentence, steps, "deduction")
        goods = _goods_near(document, sentence) if taken is not None else []
        if taken and goods and subject_of(document, sentence, taken.start) != "consumer":
            yield "fail", "quota_on_people", [min(goods, key=lambda mark: distance(mark, taken)), taken]


def _in_order(text: str, sentence: Sentence, steps: Sequence[tuple[re.Pattern[str], int]], kind: str) -> Mark | None:
    """Where the words of all steps stand in this order, each near the one before; the first such place."""
    for first in islice(steps[0][0].finditer(text, sentence.start, sentence.end), _TRIED):
        place = first.end()
        for pattern, reach in steps[1:]:
            found = pattern.search(text, place, min(place + reach, sentence.end))
            if found is None:
                break
            place = found.end()
        else:
            return Mark(first.start(), place, kind)
    return None


def _goods_near(document: Document, sentence: Sentence) -> list[Mark]:
    """What the money pays for: an act or an amount in this sentence or in the one before."""
    first = document.sentences[max(0, document.numbers[sentence.start] - 1)].start
    amounts = document.marks.within(first, sentence.end, "amount.goods", "floor.goods", "topic")
    return amounts + verbs_in(document, first, sentence.end, "purchase", "strong_task", "weak_act")


def allotments(document: Document, sentence: Sentence) -> Found:
    """A table that allots a number to each of several units, though its rows are sentences of their own."""
    if document.public or document.marks.any(sentence.start, sentence.end, "spec", "past", "supplier", "business"):
        return
    shares = list(_SHARE_OF_MANY.finditer(document.text, sentence.start, sentence.end))
    number = document.numbers[sentence.start]
    for other in document.sentences[number + 1 : number + 3]:
        if document.text[other.start - 1] in ";\n":
            shares += _SHARE_OF_MANY.finditer(document.text, other.start, other.end)
    head = document.sentences[max(0, number - _BEFORE)]
    last = shares[-1].end() if shares else sentence.end
    # The heading may have named the show, and the line below who pays.
    allotted = _ALLOTTED.search(document.text, head.start, min(last + _REACH, len(document.text)))
    if len(shares) < 2 or allotted is None or not (document.selling or document.watching):
        return
    if not document.marks.any(head.start, last, *("supplier", "business", "income", "institution", "past")):
        yield "fail", "task_assigned", [Mark(found.start(), found.end(), "share") for found in shares]


def chains(document: Document, sentence: Sentence) -> Found:
    """Sales that every level answers for, down to a village or a household."""
    if document.public or document.marks.any(sentence.start, sentence.end, "business", "past", "voluntary"):
        return
    sold = _SOLD.search(document.text, sentence.start, sentence.end)
    for chain in document.marks.within(sentence.start, sentence.end, "chain") if sold else ():
        if sold and captive_at(document, sentence, chain.start):
            yield "fail", "task_assigned", [chain, Mark(sold.start(), sold.end(), "task")]


def permits(document: Document, sentence: Sentence) -> Found:
    """What people may not have, or get more of, unless they buy or watch."""
    start, end = sentence.start, sentence.end
    if document.public or not (document.selling or document.watching):
        return
    if _FREELY.search(document.text, start, end) or document.marks.any(
        start, end, "consumer", "promotion", "training", *_PAID
    ):
        return
    if not verbs_in(document, start, end) and not document.marks.any(start, end, "topic", *AMOUNTS, *FLOORS):
        return
    for steps in _CONDITIONS:
        condition = _in_order(document.text, sentence, steps, "condition")
        if condition is not None:
            yield "fail", "everyone_compelled", [condition]


def proofs(document: Document, sentence: Sentence) -> Found:
    """What people bought or watched is proved, counted by name or looked up behind their backs."""
    start, end = sentence.start, sentence.end
    if document.public or document.marks.any(
        start, end, "voluntary", "consumer", "promotion", "past", "institution", "supplies", "income"
    ):
        return
    if not (document.selling or document.watching):
        return
    verbs = document.marks.any(start, end, "purchase", "attention")
    if document.marks.any(start, end, "business") and not (document.selling and verbs):
        return
    first = document.sentences[max(0, document.numbers[start] - 1)].start
    asked = [verb for verb in verbs_in(document, first, end) if not is_noun(document.text, verb)]
    asked += document.marks.within(start, end, "topic", "record")
    asked += document.marks.within(first, end, "amount.goods") if document.marks.any(first, end, "each") else []
    for proof in document.marks.within(start, end, "proof"):
        if asked and subject_of(document, sentence, proof.start) not in ("consumer", "supplier"):
            near = min(asked, key=lambda mark: distance(mark, proof))
            yield "fail", "counted_or_sanctioned", [near, proof] if near.start >= start else [proof]


def settled(document: Document, sentence: Sentence) -> Found:
    """Orders that are short, returned or not yet placed, and must be made good: 退单算没完成, 差的今晚补上."""
    if document.public or not small_words_count(document, sentence.start, sentence.end):
        return
    if document.marks.any(sentence.start, sentence.end, "consumer", "supplier", "voluntary", "past", "promotion"):
        return
    for mark in document.marks.within(sentence.start, sentence.end, "settled"):
        yield "fail", "counted_or_sanctioned", [mark]


def headlines(document: Document, sentence: Sentence) -> Found:
    """What a title or a script tells staff to do: 全院职工必买, 科室任务人均3箱."""
    start, end = sentence.start, sentence.end
    staff = document.marks.within(start, end, "staff")
    if not document.public or not staff or document.marks.any(start, end, "consumer", "promotion", "voluntary", "past"):
        return
    asked = verbs_in(document, start, end) + document.marks.within(start, end, *AMOUNTS, *FLOORS)
    for pressing in document.marks.within(start, end, "universal", "task", "strong_task") if asked else ():
        yield "fail", "everyone_compelled" if pressing.kind == "universal" else "task_assigned", [staff[0], pressing]
