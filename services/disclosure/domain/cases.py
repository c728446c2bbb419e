"""Findings as cases before inspectors: how grave they are, how they move, who may move them, and the law they touch.

A case is one kind of abuse in one broadcast, for as long as its record is examined again. Cases stand by how grave and
how old they are, never by how much was sold.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from services.disclosure.domain.evidence import Payload

State = Literal["open", "closing", "referred", "closed"]
Severity = Literal["grave", "serious", "minor"]
Action = Literal[
    "opened", "changed", "gone", "back", "reopened", "referred", "close_proposed", "close_declined", "closed"
]
GRAVITY: Final[Mapping[Severity, int]] = {"minor": 1, "serious": 2, "grave": 3}
SEVERITIES: Final[Mapping[int, Severity]] = {number: name for name, number in GRAVITY.items()}

_FALSE_DEALS = ("false_order", "refund_cycling", "second_signing", "rehearsed")


@dataclass(frozen=True, slots=True)
class Found:
    """What one examination found of one abuse: the sure part and the suspected one."""

    abuse: str
    severity: Severity
    findings: tuple[Payload, ...]


def found_in(findings: Iterable[Payload]) -> dict[str, Found]:
    """The findings of an examination by abuse."""
    parts: dict[str, list[Payload]] = {}
    for each in findings:
        parts.setdefault(str(each["abuse"]), []).append(each)
    return {abuse: Found(abuse, _severity(abuse, each), tuple(each)) for abuse, each in parts.items()}


def _severity(abuse: str, findings: Sequence[Payload]) -> Severity:
    """False deals and people made to buy are grave once they are sure; a price below cost is no charge at all."""
    if abuse == "below_cost":
        return "minor"
    sure = any(each["grade"] == "substantiated" for each in findings)
    if abuse == "apportionment":
        return "grave" if sure else "serious"
    if not sure:
        return "minor"
    return "grave" if abuse in _FALSE_DEALS else "serious"


def needs_second(severity: Severity) -> bool:
    """Whether a second inspector must agree before such a case is closed: closing it takes an accusation away."""
    return GRAVITY[severity] > GRAVITY["minor"]


def seen_again(state: State, before: Found | None, now: Found | None) -> Action | None:
    """What a new examination does to a case. `before` and `now`: what is found of it; None: nothing any more.

    A closed case is opened again only by something graver, so that what people settled does not come back by itself.
    """
    if now is None:
        return None if before is None else "gone"
    if before is None:
        return "back"
    if state == "closed" and GRAVITY[now.severity] > GRAVITY[before.severity]:
        return "reopened"
    return None if before.findings == now.findings else "changed"


def has_part(filing: Payload, applicant_organ: str | None, *, person: str, account_id: str, organ: str | None) -> bool:
    """Whether somebody has a part in the broadcast, or belongs to an organ that applied for it or approved it."""
    if person in (filing.get("people") or {}).values() or account_id in (filing.get("accounts") or {}).values():
        return True
    approvals = (filing.get("facts") or {}).get("filing", {}).get("approvals") or ()
    return organ is not None and organ in {applicant_organ, *(each.get("organ") for each in approvals)}


@dataclass(frozen=True, slots=True)
class Ground:
    """An article in the days in which it holds."""

    law: str
    article: str
    since: date
    until: date | None = None


def _ground(law: str, article: str, since: str, until: str | None = None) -> Ground:
    return Ground(law, article, date.fromisoformat(since), date.fromisoformat(until) if until else None)


_FALSEHOOD = (
    _ground("行政机关公务员处分条例", "第二十二条", "2007-06-01"),
    _ground("中华人民共和国公职人员政务处分法", "第三十九条第四项", "2020-07-01"),
)
_DECEIT_IN_TRADE = (
    _ground("中华人民共和国电子商务法", "第十七条", "2019-01-01"),
    _ground("中华人民共和国反不正当竞争法（2019年）", "第八条", "2019-04-23", "2025-10-15"),
    _ground("中华人民共和国反不正当竞争法", "第九条", "2025-10-15"),
)
_LAYING_ON_PEOPLE = (
    _ground("行政机关公务员处分条例", "第二十五条第三项", "2007-06-01"),
    _ground("中华人民共和国公职人员政务处分法", "第三十八条第一项", "2020-07-01"),
)
_SHOW = (_ground("中华人民共和国公职人员政务处分法", "第三十九条第三项", "2020-07-01"),)
_SIGNED_FOR_OTHERS = (_ground("快递市场管理办法", "", "2024-03-01"),)
_GROUNDS: Mapping[str, tuple[Ground, ...]] = {
    "injected_traffic": (*_FALSEHOOD, *_DECEIT_IN_TRADE),
    "false_order": (*_FALSEHOOD, *_DECEIT_IN_TRADE),
    "refund_cycling": (*_FALSEHOOD, *_DECEIT_IN_TRADE),
    "second_signing": (*_FALSEHOOD, *_DECEIT_IN_TRADE, *_SIGNED_FOR_OTHERS),
    "rehearsed": (*_FALSEHOOD, *_DECEIT_IN_TRADE),
    "water_army": (*_FALSEHOOD, *_DECEIT_IN_TRADE),
    "apportionment": _LAYING_ON_PEOPLE,
    "below_cost": _SHOW,
}


def grounds_of(abuse: str, day: date) -> list[dict[str, Any]]:
    """The articles that such conduct may touch on the day of the broadcast; whether it does is decided elsewhere."""
    return [
        {"law": each.law, "article": each.article, "valid_from": each.since.isoformat()}
        for each in _GROUNDS.get(abuse, ())
        if each.since <= day and (each.until is None or day < each.until)
    ]
