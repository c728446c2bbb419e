"""Citizens' reports: what may happen to one, who may not touch it, what is hurried, and what may be told in figures."""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, get_args

from services.compliance.domain.independence import applicants_organs, parties_in
from services.compliance.domain.public_form import public_form
from services.compliance.rules.law import Law, Parameters
from services.contracts import regions
from services.contracts.values import SHANGHAI

Document = dict[str, Any]

Kind = Literal["apportionment", "below_cost", "fake_goods", "bought_praise", "conflict", "retaliation", "other"]
KINDS: tuple[Kind, ...] = get_args(Kind)
State = Literal["received", "acknowledged", "asked", "upheld", "not_upheld", "forwarded", "merged"]
OPEN: tuple[State, ...] = ("received", "acknowledged", "asked")
CLOSED: tuple[State, ...] = ("upheld", "not_upheld", "forwarded", "merged")
RULE = "notice.apportion"
UNDER_WAY = ("submitted", "approved", "in_review", "scheduled", "live", "halted")
"""States of a filing to which an upheld notice still matters."""

CODE_DIGITS = 32
"""106 bits: nobody guesses one. Digits, because every telephone types them and every language reads them aloud."""
_GROUP = 4
FEWEST = 10
"""Figures below it are withheld, and so are those that would let a smaller one be reckoned (decision 40)."""
SOON = timedelta(hours=24)
MOST_FILES = 3
MOST_FILES_IN_ALL = 9
MOST_ENTRIES = 60


def code_from(digest: bytes) -> str:
    """The code that 32 random bytes make."""
    return f"{int.from_bytes(digest) % 10**CODE_DIGITS:0{CODE_DIGITS}d}"


def spoken(code: str) -> str:
    """The code in groups of four, as it is shown and read aloud."""
    return " ".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def normal_code(typed: str) -> str | None:
    """The digits of a code however they were typed; None when it cannot be one."""
    folded = unicodedata.normalize("NFKC", typed[:200])
    digits = "".join(sign for sign in folded if sign in "0123456789")
    rest = [sign for sign in folded if sign not in "0123456789" and not sign.isspace() and sign not in "-–.,"]
    return digits if len(digits) == CODE_DIGITS and not rest else None


def code_hash(code: str, key: bytes) -> str:
    """What is kept of a code: a hash under a key that the database does not hold."""
    return hmac.new(key, code.encode(), hashlib.sha256).hexdigest()


def on_the_hour(instant: datetime) -> datetime:
    """The instant without its minutes: enough for a deadline, too little to tell who sat at which screen when."""
    return instant.replace(minute=0, second=0, microsecond=0)


@dataclass(frozen=True, slots=True)
class Terms:
    """How soon a report is acknowledged and decided, by the parameters of `complaint.sla` on a day."""

    acknowledge_hours: int
    decide_days: int

    def acknowledge_by(self, received_at: datetime) -> datetime:
        """The end of the first time limit."""
        return received_at + timedelta(hours=self.acknowledge_hours)

    def decide_by(self, received_at: datetime) -> datetime:
        """The end of the second time limit."""
        return received_at + timedelta(days=self.decide_days)


def terms_at(parameters: Parameters, instant: datetime) -> Terms:
    """The limits in force at an instant."""
    law = Law(parameters, instant, "post")
    return Terms(law.number("complaint.sla.acknowledge_hours"), law.number("complaint.sla.decide_days"))


@dataclass(frozen=True, slots=True)
class Named:
    """What a report is about, as our copies know it: when it is on air, and who stands behind it."""

    kind: str
    id: str
    filing_id: str | None = None
    region_code: str | None = None
    title_zh: str | None = None
    title_en: str | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def stage_of(named: Named | None, now: datetime) -> Literal["filing", "onair", "post"]:
    """At which moment of a broadcast's life the notice is judged."""
    if named is None or named.starts_at is None or named.ends_at is None or now < named.starts_at:
        return "filing"
    return "onair" if now < named.ends_at else "post"


def barred_keys(facts: Mapping[str, Any] | None, organ: str | None) -> list[str]:
    """Keys of those who may not handle a report: the organ it names, and whoever has a part in the case it names."""
    parties = parties_in(facts or {})
    organs = frozenset(applicants_organs(parties))
    speaking = {str((facts or {}).get("official", {}).get("organ") or ""), organ or ""}
    keys = {f"organ:{_same_name(name)}" for name in organs | speaking if name}
    keys |= {f"person:{party.person}" for party in parties if party.person}
    return sorted(keys)


def keys_of(person: str, organ: str | None) -> list[str]:
    """The keys under which somebody may be barred."""
    return [f"person:{person}", *([f"organ:{_same_name(organ)}"] if organ else [])]


def organs_regions(organ: Mapping[str, Any] | None, on: date) -> list[str]:
    """The region of an organ and all above it: reports about any of these concern its own government."""
    code = (organ or {}).get("region_code")
    return [code, *regions.ancestors(code, on)] if code else []


def _same_name(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold()


@dataclass(frozen=True, slots=True)
class Content:
    """One text of a report: told as a message or written in a notice; `file` where it came in one, None if unread."""

    kind: Literal["message", "notice"]
    text: str | None
    file: int | None = None

    def fact(self) -> Document:
        """As the rule reads it."""
        named = {"name": f"附件 {self.file}"} if self.file is not None else {}
        return {"kind": self.kind, **named, **({"text": self.text} if self.text else {"unreadable": True})}


def covered(text: str) -> str:
    """The text with personal numbers covered, as everything that becomes public."""
    shown: str = public_form({"texts": [{"text": text}]}, lambda _, value: value)["texts"][0]["text"]
    return shown


def upheld_texts(notices: Iterable[tuple[str, str]]) -> list[Document]:
    """Upheld notices as the gate reads them among a filing's own: (number of the report, published words)."""
    return [{"kind": "notice", "name": f"举报 {number}", "text": text} for number, text in notices]


def months_between(first: date, last: date) -> list[date]:
    """The first days of the months from one to the other, both included."""
    months, month = [], first.replace(day=1)
    while month <= last:
        months.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    return months


def figures_from(month: date, decide_days: int) -> datetime:
    """When a month's figures are published, for good: each of its reports has then passed its last deadline."""
    following = (month + timedelta(days=32)).replace(day=1)
    return datetime(following.year, following.month, 1, tzinfo=SHANGHAI) + timedelta(days=decide_days)


def told_beside(counts: Iterable[int]) -> list[int | None]:
    """Figures that are parts of each other, the whole first; None where one, or its difference from one that is told,
    would point at a few people.
    """
    told: list[int | None] = []
    for count in counts:
        near = any(known is not None and 0 < abs(known - count) < FEWEST for known in told)
        told.append(None if count < FEWEST or near else count)
    return told


def marked(text: str, spans: Iterable[tuple[int, int]]) -> list[tuple[str, bool]]:
    """The text in pieces, each with whether the rule pointed at it; spans that touch are one piece."""
    hits: list[tuple[int, int]] = []
    for start, end in sorted((max(start, 0), min(end, len(text))) for start, end in spans):
        if hits and start <= hits[-1][1]:
            hits[-1] = (hits[-1][0], max(end, hits[-1][1]))
        elif start < end:
            hits.append((start, end))
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in hits:
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [(piece, hit) for piece, hit in [*pieces, (text[at:], False)] if piece]
