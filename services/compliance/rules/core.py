"""What a rule is and what it answers: results, findings, evidence, grounds."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, NamedTuple, TypeVar

from services.compliance.rules.facts import Facts
from services.compliance.rules.law import FIRST_DAY, Law, NoParameter
from services.compliance.rules.stages import Stage
from services.contracts.workdays import Calendar

Result = Literal["pass", "review", "fail", "not_applicable", "not_in_force"]
# From best to worst; the worst of a rule's findings is the rule's result.
_SEVERITY: Mapping[Result, int] = {"not_in_force": -1, "not_applicable": 0, "pass": 1, "review": 2, "fail": 3}
_T = TypeVar("_T")


class Words(NamedTuple):
    """A value that is said differently in Chinese and in English."""

    zh: str
    en: str


class Evidence(NamedTuple):
    """Where a finding looks: the path of a fact, and in a text the exact span."""

    fact: str
    quote: str | None = None
    start: int | None = None
    end: int | None = None


class Finding(NamedTuple):
    """One thing a rule found; it says why by a reason code and values, never by a sentence.

    A tuple and no dataclass: an answer is made of some sixty, and a frozen dataclass takes four times as long to make.
    """

    result: Result
    reason_code: str
    values: Mapping[str, Any]
    evidence: tuple[Evidence, ...] = ()
    hard: bool | None = None
    valid_until: datetime | None = None
    calendar: Calendar | None = None

    def at(self, *places: str | Evidence) -> "Finding":
        """The same finding, pointing at these facts or spans too."""
        added = tuple([place if isinstance(place, Evidence) else Evidence(place) for place in places])
        # Written out, since most findings come through here and `_replace` takes four times as long.
        return Finding(
            self.result,
            self.reason_code,
            self.values,
            self.evidence + added,
            self.hard,
            self.valid_until,
            self.calendar,
        )

    def until(self, moment: datetime | None) -> "Finding":
        """The same finding, which must be asked again at the moment at the latest."""
        if moment is None or (self.valid_until is not None and self.valid_until <= moment):
            return self
        return self._replace(valid_until=moment)

    def counted(self, calendar: Calendar) -> "Finding":
        """The same finding, which counted working days in such a calendar."""
        worst: Calendar = "provisional" if "provisional" in (calendar, self.calendar) else "final"
        return self._replace(calendar=worst)

    def soft(self) -> "Finding":
        """The same finding, but a person may override it."""
        return self._replace(hard=False)


def passed(reason_code: str, **values: Any) -> Finding:
    """The condition holds."""
    return Finding("pass", reason_code, values)


def review(reason_code: str, **values: Any) -> Finding:
    """A person must look."""
    return Finding("review", reason_code, values)


def fail(reason_code: str, *, hard: bool | None = None, **values: Any) -> Finding:
    """The condition is broken; hard (default: as the rule says) means that no person may override it."""
    return Finding("fail", reason_code, values, hard=hard)


def not_applicable(reason_code: str, **values: Any) -> Finding:
    """The rule has nothing to say about such facts."""
    return Finding("not_applicable", reason_code, values)


class MissingFact(LookupError):
    """A fact that a rule needs is absent; answered with review, which names it."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(path)


def need(value: _T | None, path: str) -> _T:
    """The value of the fact at the path.

    Raises MissingFact when it is absent.
    """
    if value is None:
        raise MissingFact(path)
    return value


def missing(path: str) -> Finding:
    """The fact at the path is absent: a person must look."""
    return review(f"missing_fact:{path}", fact=path).at(path)


def stale(path: str, *, as_of: date, age_days: int, most_days: int) -> Finding:
    """The fact at the path is too old: a person must look."""
    return review(f"stale_fact:{path}", fact=path, as_of=as_of, age_days=age_days, most_days=most_days).at(path)


def outdated(path: str, *, as_of: datetime, most: Words) -> Finding:
    """The reading at the path was not made near the moment asked about: a person must look."""
    return review(f"outdated_fact:{path}", fact=path, as_of=as_of, most=most).at(path)


def incomplete(path: str, *, as_of: datetime, needed: datetime) -> Finding:
    """The count at the path ends before what it must count: a person must look."""
    return review(f"incomplete_fact:{path}", fact=path, as_of=as_of, needed=needed).at(path)


Check = Callable[[Facts, Law], Finding | Iterable[Finding]]


def each(facts: Facts, law: Law, *checks: Check) -> tuple[Finding, ...]:
    """Findings of several checks; a fact missing in one does not hide what another finds."""
    found: list[Finding] = []
    for check in checks:
        try:
            answer = check(facts, law)
            found.extend([answer] if isinstance(answer, Finding) else answer)
        except MissingFact as absent:
            found.append(missing(absent.path))
        except NoParameter as lacking:
            found.append(review("no_parameter", parameter=lacking.name))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Ground:
    """A source of the rule and the days on which it is one; `until` is excluded."""

    law: str
    article: str
    since: date
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether the ground is in force on the day."""
        return self.since <= on and (self.until is None or on < self.until)


def ground(law: str, article: str = "", *, since: str, until: str | None = None) -> Ground:
    """A ground from ISO days."""
    return Ground(law, article, date.fromisoformat(since), date.fromisoformat(until) if until else None)


PLATFORM = Ground("阳光集市平台规则", "", FIRST_DAY)


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule of the gate: what must be true, when it is asked, on which grounds. Equal to itself only."""

    id: str
    title: Words
    stages: tuple[Stage, ...]
    since: date
    until: date | None
    hard: bool
    grounds: tuple[Ground, ...]
    reads: tuple[str, ...]
    check: Check

    def in_force(self, on: date) -> bool:
        """Whether the rule is law on the day."""
        return self.since <= on and (self.until is None or on < self.until)

    def findings(self, facts: Facts, law: Law) -> tuple[Finding, ...]:
        """All that the rule finds, never empty, each with its hardness settled."""
        found = each(facts, law, self.check) or (not_applicable("nothing_to_check"),)
        return tuple(
            [
                finding._replace(hard=self.hard) if finding.result == "fail" and finding.hard is None else finding
                for finding in found
            ]
        )


def rule(
    rule_id: str,
    *,
    title: tuple[str, str],
    stages: tuple[Stage, ...],
    reads: tuple[str, ...],
    grounds: tuple[Ground, ...],
    since: str = "2020-01-01",
    until: str | None = None,
    hard: bool = False,
) -> Callable[[Check], Rule]:
    """Makes a rule of the function that checks it.

    `reads` names the top-level facts it uses; a review that was resolved stands only while these are unchanged.
    """

    def make(check: Check) -> Rule:
        last = date.fromisoformat(until) if until else None
        return Rule(rule_id, Words(*title), stages, date.fromisoformat(since), last, hard, grounds, reads, check)

    return make


def severity(finding: Finding) -> int:
    """How grave a finding is; not_applicable is the least."""
    return _SEVERITY[finding.result]


def worst(findings: Iterable[Finding]) -> Result:
    """The gravest result among findings, which are not empty."""
    return max(findings, key=severity).result


def later(moment: datetime, **span: int) -> datetime | None:
    """The moment so many days, hours or minutes later; None when the calendar ends before."""
    try:
        return moment + timedelta(**span)
    except OverflowError:
        return None
