"""Amounts laid on people or their units: floors, quotas, and shares written beside names."""

from services.compliance.rules.text.addressed import (
    AMOUNTS,
    FLOORS,
    Document,
    Found,
    about_goods,
    captive_at,
    clause_at,
    is_noun,
    paid_by_the_institution,
    verbs_in,
)
from services.compliance.rules.text.marks import Mark, nearest_before
from services.compliance.rules.text.patterns import NUMBER, any_of, compiled, lexicon
from services.compliance.rules.text.sentences import Sentence

# What is done to goods without buying them: 一人搬十箱.
_LABOUR = compiled("[搬装运卸栽挖采摘种养贴写画查巡挑捡扫喂修剪捐储备]")
_CARRY_OUT = compiled("落实|执行|照办|抓紧")
_SENT = ("派", "抽", "出", "抽调", "选派")
_ADJACENT = 4
# Where the price is collected too, the goods may stand between: 每个职工家庭分配滞销土豆两袋，货款扣缴.
_PAID_REACH = 14
_EACH_REACH = 18
_QUOTA_REACH = 40
# What people fill in or hand in by the copy is no goods: 核查表每村不少于2份.
_PAPERS = compiled("(?:表|报告|材料|记录|台账|档案|问卷|手册|资料|总结|信息|稿件|照片|试卷|合同|协议),?每")
# Not a quota: one person who does the writing, and one of something only in a figure of speech.
_ONE_OF_THEM = compiled(
    r"[一1][名位](?:联络员|负责人|代表|联系人|专人|信息员|管理员|工作人员|同志|干部)|(?<=[用以为献尽送递])一份"
)
_SHARE = compiled(
    r"(?:镇|乡|街道|局|办|村|社区|支部|科|科室|股|处|学校|中学|小学|医院|卫生院|公司|所|站|组|班|队|园|中心|干部|单位"
    rf"|{any_of(lexicon('notices')['units'])})[:]?(?:认购|下单|完成|各)?{NUMBER}(?:元|箱|盒|份|件|单|袋|斤|公斤|吨|人|(?<=[万千百])(?=[,、。;\n]|$))"
)


def floors(document: Document, sentence: Sentence) -> Found:
    """A least amount bound to people or their units."""
    start, end = sentence.start, sentence.end
    for floor in document.marks.within(start, end, *FLOORS):
        if about_goods(document, sentence, floor) or not captive_at(document, sentence, floor.end):
            continue
        if _of_other_business(document, sentence, floor):
            continue
        if paid_by_the_institution(document, sentence, giving=False):
            continue
        verbs = _related(document, sentence, floor)
        if verbs is not None:
            yield "fail", "floor_on_people", [floor, *verbs]


def _of_other_business(document: Document, sentence: Sentence, amount: Mark) -> bool:
    """Whether the clause of the amount is about another duty: 每人至少打包200单, 每户自带午餐一份."""
    clause = clause_at(sentence, amount.start)
    marks = document.marks
    if marks.any(clause.start, clause.end, "business"):
        return not marks.any(clause.start, clause.end, "purchase", "attention", "strong_task")
    if amount.kind.endswith(("times", "people")) and marks.any(sentence.start, sentence.end, "business"):
        return not verbs_in(document, sentence.start, sentence.end, "purchase", "attention")
    shoppers = marks.any(sentence.start, sentence.end, "consumer")
    return marks.any(sentence.start, sentence.end, "promotion") or (
        shoppers and not marks.any(sentence.start, sentence.end, "staff", "each")
    )


def _is_past(document: Document, sentence: Sentence, amount: Mark) -> bool:
    """Whether the clause of the amount, or one before that it follows on, tells what was bought."""
    clause = clause_at(sentence, amount.start)
    asked = document.marks.any(sentence.start, clause.end, "strict", "each", "universal")
    return document.marks.any(clause.start if asked else sentence.start, clause.end, "past")


def _related(document: Document, sentence: Sentence, amount: Mark) -> list[Mark] | None:
    """The nearest verb that the amount measures; empty when only the document names it; None when there is none."""
    unit = amount.kind.partition(".")[2]
    kinds = {"period": ("attention",), "people": ("attention", "purchase")}.get(unit, ())
    verbs = verbs_in(document, sentence.start, sentence.end, *kinds)
    if unit in ("money", "goods", "people") and document.marks.any(sentence.start, sentence.end, "staff", "each"):
        verbs += document.marks.within(sentence.start, sentence.end, "counted")
    if verbs:
        return [min(verbs, key=lambda verb: min(abs(verb.start - amount.end), abs(amount.start - verb.end)))]
    each = _each_before(document, sentence, amount)
    if each is not None and not document.buying and _PAPERS.search(document.text, sentence.start, amount.start):
        return None
    if each is not None and unit in ("money", "goods") and amount.start - each.end <= 2:
        return None if document.marks.any(sentence.start, sentence.end, "income", "institution") else [each]
    if each is not None and _counts_orders(document, amount):
        return [each]
    topical = (
        document.buying or document.selling if unit in ("money", "goods") else document.watching and unit == "times"
    )
    return [each] if each is not None and topical else None


def _counts_orders(document: Document, amount: Mark) -> bool:
    """Whether the unit is an order, which nobody places without buying."""
    return document.text.endswith(("单", "笔"), amount.start, amount.end)


def _each_before(document: Document, sentence: Sentence, amount: Mark) -> Mark | None:
    clause = clause_at(sentence, amount.start)
    each = nearest_before(document.marks.within(clause.start, clause.end, "each"), amount.end)
    return each if each is not None and amount.start - each.end <= _EACH_REACH else None


def quotas(document: Document, sentence: Sentence) -> Found:
    """A fixed amount for each person or unit."""
    marks, start, end = document.marks, sentence.start, sentence.end
    if paid_by_the_institution(document, sentence, giving=True):
        return
    for amount in marks.within(start, end, *AMOUNTS):
        # Of people the bearer may stand behind the number: 组织500名干部观看.
        last = amount.end + 6 if amount.kind == "amount.people" else amount.start + 1
        bearers = marks.within(max(start, amount.start - _QUOTA_REACH), min(last, end), "each", "staff")
        if not bearers or about_goods(document, sentence, amount) or not captive_at(document, sentence, amount.start):
            continue
        if _is_past(document, sentence, amount) or _of_other_business(document, sentence, amount):
            continue
        if _ONE_OF_THEM.match(document.text, amount.start):
            continue
        bearer = (
            bearers[-1]
            if bearers[-1].kind == "each"
            else next((mark for mark in reversed(bearers) if mark.kind == "each"), bearers[-1])
        )
        verbs = _quota_verbs(document, sentence, amount, bearer)
        if verbs is not None:
            yield "fail", "quota_on_people", [bearer, amount, *verbs]


def _quota_verbs(document: Document, sentence: Sentence, amount: Mark, bearer: Mark) -> list[Mark] | None:
    unit = amount.kind.partition(".")[2]
    clause = clause_at(sentence, amount.start)
    kinds = ("attention", "purchase") if unit == "people" else ()
    first = min(bearer.start, clause.start)
    last = sentence.end if unit == "people" else clause.end
    verbs = [verb for verb in verbs_in(document, first, last, *kinds) if not is_noun(document.text, verb)]
    if verbs:
        return [verbs[0]]
    if unit == "people" and document.selling and document.text.endswith(_SENT, amount.start - 2, amount.start):
        return []
    if bearer.kind == "each" and unit == "times" and not document.public:
        # 评论区刷屏, 每人三十条: what is counted stands in the clause before.
        before = verbs_in(document, sentence.start, amount.start, "attention")
        return before[-1:] or None
    return _share_of_goods(document, sentence, amount, bearer) if unit in ("money", "goods") else None


def _share_of_goods(document: Document, sentence: Sentence, amount: Mark, bearer: Mark) -> list[Mark] | None:
    """What shows that the amount is bought, though no verb says so: who pays, or that it is counted in orders."""
    clause = clause_at(sentence, amount.start)
    paid = document.marks.within(clause.start, sentence.end, "payment")
    if paid and document.selling and not document.public:
        return paid[:1]
    if bearer.kind != "each":
        return None
    if document.public:
        return [] if _counts_orders(document, amount) else None
    return (
        None
        if _of_papers_or_labour(document, sentence, amount, bearer)
        else _adjacent_share(document, sentence, amount, bearer)
    )


def _of_papers_or_labour(document: Document, sentence: Sentence, amount: Mark, bearer: Mark) -> bool:
    """Whether what is counted is handed in or carried, and not bought."""
    marks, text = document.marks, document.text
    other = not document.buying and (
        _PAPERS.search(text, sentence.start, amount.start) or marks.any(sentence.start, sentence.end, "business")
    )
    paid = marks.any(sentence.start, sentence.end, "personal_pay", "payment")
    return bool(other or (not paid and _LABOUR.search(text, bearer.end, amount.start)))


def _adjacent_share(document: Document, sentence: Sentence, amount: Mark, bearer: Mark) -> list[Mark] | None:
    paid = document.marks.within(sentence.start, sentence.end, "personal_pay", "payment")
    adjacent = amount.start - bearer.end <= (_PAID_REACH if paid else _ADJACENT)
    headcount = document.text.startswith("按", bearer.start)
    bought = document.buying or document.selling or bool(paid) or _counts_orders(document, amount)
    bought = bought or _asked_of_each(document, bearer)
    bought = bought or _CARRY_OUT.search(document.text, amount.end, sentence.end) is not None
    return paid[:1] if (adjacent and bought) or headcount else None


def _asked_of_each(document: Document, bearer: Mark) -> bool:
    """Whether the bearer follows a headcount: 按编制数每人1箱."""
    return document.marks.any(max(0, bearer.start - 10), bearer.start, "each")


def shares_of_units(document: Document, sentence: Sentence) -> Found:
    """Amounts written beside the names of several units: 城关镇300箱, 东门镇260箱."""
    marks, start, end = document.marks, sentence.start, sentence.end
    shares = list(_SHARE.finditer(document.text, start, end))
    if len(shares) < 2 or marks.any(start, end, "spec", "past", "supplier", "institution", "income"):
        return
    asked = marks.within(start, end, "task", "purchase", "strong_task")
    orders = [share for share in shares if share.group().endswith("单") and "公司" not in share.group()]
    if asked or (len(orders) > 1 and not document.public):
        yield "fail", "task_assigned", [*asked[:1], *(Mark(m.start(), m.end(), "share") for m in shares)]
