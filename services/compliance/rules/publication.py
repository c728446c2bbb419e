"""Whether the record of a broadcast is published in time, in full and without harm, and its complaints are answered."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from services.compliance.rules.core import (
    PLATFORM,
    Finding,
    Words,
    each,
    fail,
    ground,
    need,
    passed,
    review,
    rule,
)
from services.compliance.rules.facts import Complaints, Disclosure, Facts
from services.compliance.rules.law import Law, start_of
from services.compliance.rules.readings import made_lately
from services.contracts.values import shanghai_day
from services.contracts.workdays import Calendar, add_working_days

_DAY = timedelta(days=1)
_MINUTES = 60
_UNACKNOWLEDGED = "complaints.unacknowledged_after_24h"
_UNDECIDED = "complaints.undecided_after_7d"
_REFUNDS = "complaints.refunds_late"
# What the record holds, in the words of the clerk who must add what is missing.
_CONTENTS = {
    "goods": Words("商品目录", "the goods"),
    "producers": Words(
        "各生产者的名称、类型、信用代码、产地、份额和检测结果", "the producers, their shares and test results"
    ),
    "event": Words("不可抗力事件及其宣布文件", "the event and its declarations"),
    "slow_sales": Words("直播前后的滞销数据", "the unsold goods before and after"),
    "approvals": Words("审批人和审批意见", "who approved it"),
    "costs": Words("费用和经费来源", "costs and funding"),
    "orders": Words("扣除退款后的订单", "the net orders"),
    "refunds": Words("退款", "the refunds"),
    "complaints": Words("投诉及处理结果", "complaints and their outcomes"),
    "gate_results": Words("各项规则的结论、人工改判及理由", "the gate's results with overrides and reasons"),
    "corrections": Words("更正", "corrections"),
}


@rule(
    "disc.publish",
    title=("依时公开、保护隐私、不排名", "Publish on time, in full, without harm"),
    stages=("post",),
    reads=("disclosure", "room"),
    hard=True,
    grounds=(
        PLATFORM,
        ground("中华人民共和国政府信息公开条例", "第十五条、第二十六条", since="2019-05-15"),
        ground("中华人民共和国个人信息保护法", "第二十五条", since="2021-11-01"),
    ),
)
def published_without_harm(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """A summary within days, the full record within weeks, and in neither anything that harms a person or ranks one."""
    return each(facts, law, _summary, _full, _contents, _returns_over, _harms, _cells, _redactions)


def _disclosure(facts: Facts) -> Disclosure:
    return need(facts.disclosure, "disclosure")


def _ended_on(facts: Facts) -> date:
    """The day the broadcast ended: by the record, or by the room where that was earlier; so nothing postpones it."""
    ended = need(_disclosure(facts).ended_at, "disclosure.ended_at")
    closed = facts.room.ended_at if facts.room else None
    return shanghai_day(min(ended, closed) if closed else ended)


def due_on(ended_on: date, working_days: int) -> tuple[date, Calendar]:
    """The last day for publishing: so many working days after the day of the broadcast, which does not count."""
    return add_working_days(ended_on, working_days)


def _out(day: date | None, law: Law) -> bool:
    """Whether what was dated so is out by the moment asked about."""
    return day is not None and day <= law.on


def _summary(facts: Facts, law: Law) -> Finding:
    published, days = _disclosure(facts).summary_published_on, law.number("disc.publish.summary_working_days")
    due, calendar = due_on(_ended_on(facts), days)
    path = "disclosure.summary_published_on"
    if published is not None and _out(published, law):
        if published <= due:
            return passed("summary_in_time", published=published, due=due).counted(calendar)
        return fail("summary_published_late", published=published, due=due, days=days).at(path).counted(calendar)
    if law.on > due:
        return fail("summary_overdue", due=due, days=days).at(path).counted(calendar)
    return passed("summary_not_due", due=due, days=days).counted(calendar).until(start_of(due + _DAY))


def _full(facts: Facts, law: Law) -> Finding:
    published, days = _disclosure(facts).full_published_on, law.number("disc.publish.full_working_days")
    due, calendar = due_on(_ended_on(facts), days)
    path = "disclosure.full_published_on"
    if published is not None and _out(published, law):
        if published <= due:
            return passed("record_in_time", published=published, due=due).counted(calendar)
        return fail("record_published_late", published=published, due=due, days=days).at(path).counted(calendar)
    if law.on > due:
        return fail("record_overdue", due=due, days=days).at(path).counted(calendar)
    return passed("record_not_due", due=due, days=days).counted(calendar).until(start_of(due + _DAY))


def _contents(facts: Facts, law: Law) -> Iterator[Finding]:
    disclosure = _disclosure(facts)
    if not _out(disclosure.full_published_on, law):
        return
    contents = need(disclosure.contents, "disclosure.contents")
    absent = law.words("disc.publish.contents") - set(contents)
    lacking = [words for code, words in _CONTENTS.items() if code in absent]
    lacking += [Words(code, code) for code in sorted(absent - _CONTENTS.keys())]
    if lacking:
        yield fail("contents_lacking", items=_joined(lacking)).at("disclosure.contents")
    else:
        yield passed("contents_complete")


def _joined(words: list[Words]) -> Words:
    return Words("、".join(word.zh for word in words), ", ".join(word.en for word in words))


def _returns_over(facts: Facts, law: Law) -> Iterator[Finding]:
    """Net figures stand once goods can no longer be returned, as far as the deadline leaves time for it."""
    disclosure = _disclosure(facts)
    if disclosure.full_published_on is None or not _out(disclosure.full_published_on, law):
        return
    last = need(disclosure.return_window_ends_on, "disclosure.return_window_ends_on")
    due, _ = due_on(_ended_on(facts), law.number("disc.publish.full_working_days"))
    if disclosure.full_published_on <= last < due:
        yield review("record_before_returns", published=disclosure.full_published_on, last=last).at(
            "disclosure.full_published_on"
        )


def _anything_out(facts: Facts, law: Law) -> bool:
    disclosure = _disclosure(facts)
    return _out(disclosure.summary_published_on, law) or _out(disclosure.full_published_on, law)


def _harms(facts: Facts, law: Law) -> Iterator[Finding]:
    disclosure = _disclosure(facts)
    if disclosure.buyer_personal_data:
        yield fail("personal_data").at("disclosure.buyer_personal_data")
    if disclosure.official_identifiers:
        yield fail("official_identifiers").at("disclosure.official_identifiers")
    if disclosure.ranking:
        yield fail("ranking").at("disclosure.ranking")
    if _anything_out(facts, law):
        for name in ("buyer_personal_data", "official_identifiers", "ranking"):
            need(getattr(disclosure, name), f"disclosure.{name}")
        yield passed("nobody_exposed")


def _cells(facts: Facts, law: Law) -> Iterator[Finding]:
    smallest, least = _disclosure(facts).smallest_cell, law.number("disc.publish.smallest_cell")
    if smallest is None and not _anything_out(facts, law):
        return
    if 0 < need(smallest, "disclosure.smallest_cell") < least:
        yield fail("cell_too_small", smallest=smallest, least=least).at("disclosure.smallest_cell")
    else:
        yield passed("cells_large_enough", least=least)


def _redactions(facts: Facts, law: Law) -> Iterator[Finding]:
    redactions = _disclosure(facts).redactions
    if redactions is None and not _anything_out(facts, law):
        return
    # A blank ground is none; a ground that nobody sent is a fact we do not know.
    grounds = [(f"disclosure.redactions[{i}].ground", item.ground) for i, item in enumerate(redactions or ())]
    blank = [path for path, words in grounds if words is not None and not words.strip()]
    if blank:
        yield fail("redaction_without_ground", count=len(blank)).at(*blank)
    need(redactions, "disclosure.redactions")
    for path, words in grounds:
        need(words, path)


@rule(
    "complaint.sla",
    title=("投诉办结与回流", "Complaints answered; red flags reach the gate"),
    stages=("onair", "post"),
    reads=("complaints",),
    grounds=(
        PLATFORM,
        ground("中华人民共和国消费者权益保护法", "第二十五条", since="2014-03-15"),
        ground("中华人民共和国食品安全法", "第一百四十八条", since="2015-10-01"),
        ground("中华人民共和国电子商务法", "第三十九条", since="2019-01-01"),
        ground("网络直播营销管理办法（试行）", "", since="2021-05-25"),
        ground("直播电商监督管理办法", "第二十条", since="2026-02-01"),
    ),
)
def complaints_answered(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Who complains hears of it within a day, has an answer and the money within a week, and is left in peace."""
    return each(facts, law, _retaliation, _deleted, _limits, _acknowledged, _decided, _refunds, _counted_lately)


def _complaints(facts: Facts) -> Complaints:
    return need(facts.complaints, "complaints")


def _retaliation(facts: Facts, _: Law) -> Iterator[Finding]:
    if need(_complaints(facts).retaliation, "complaints.retaliation"):
        yield fail("retaliation").at("complaints.retaliation")


def _deleted(facts: Facts, _: Law) -> Iterator[Finding]:
    deleted = need(_complaints(facts).deleted, "complaints.deleted")
    if deleted:
        yield fail("complaints_deleted", count=deleted).at("complaints.deleted")


def _limits(facts: Facts, law: Law) -> Finding:
    if need(_complaints(facts).limits_published, "complaints.limits_published"):
        return passed("limits_published")
    mandatory = fail if law["complaint.sla.limits_mandatory"] else review
    return mandatory("limits_not_published").at("complaints.limits_published")


def _late(law: Law) -> Callable[..., Finding]:
    """While the room runs a late answer is mended by answering; afterwards it is a promise that was broken."""
    return fail if law.stage == "post" else review


def _acknowledged(facts: Facts, law: Law) -> Finding:
    count, hours = (
        need(_complaints(facts).unacknowledged_after_24h, _UNACKNOWLEDGED),
        law.number("complaint.sla.acknowledge_hours"),
    )
    if count == 0:
        return passed("all_acknowledged", hours=hours)
    late = _late(law)
    return late("acknowledged_late", count=count, hours=hours).at(_UNACKNOWLEDGED)


def _decided(facts: Facts, law: Law) -> Finding:
    count, days = need(_complaints(facts).undecided_after_7d, _UNDECIDED), law.number("complaint.sla.decide_days")
    if count == 0:
        return passed("all_decided", days=days)
    late = _late(law)
    return late("decided_late", count=count, days=days).at(_UNDECIDED)


def _refunds(facts: Facts, law: Law) -> Finding:
    """首负责任制: who is asked first pays first, and settles with the producer afterwards."""
    count, days = need(_complaints(facts).refunds_late, _REFUNDS), law.number("complaint.sla.refund_days")
    if count == 0:
        return passed("all_refunded", days=days)
    late = _late(law)
    return late("refunded_late", count=count, days=days).at(_REFUNDS)


def _counted_lately(facts: Facts, law: Law) -> Finding:
    minutes = law.number("complaint.sla.count_hours") * _MINUTES
    return made_lately("complaints.counted_until_at", _complaints(facts).counted_until_at, law, minutes)
