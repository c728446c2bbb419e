"""Who may act for which region, and who may read a decision."""

from collections.abc import Iterable
from datetime import date
from typing import Protocol

from services.contracts import regions

CONCERNED = ("operator", "approver", "reviewer", "inspector", "administrator")
_NATIONAL = ("approver", "reviewer", "inspector", "administrator")


class Asker(Protocol):
    """What is asked of an actor here."""

    @property
    def account_id(self) -> str:
        """The account."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """Region codes whose subtrees they act in."""

    def has(self, *roles: str) -> bool:
        """True when they hold any of the roles."""


class Stored(Protocol):
    """What is asked of a stored decision here."""

    @property
    def origin(self) -> str:
        """sunfair, platform or trial."""

    @property
    def is_public(self) -> bool:
        """Everyone may read it."""

    @property
    def region_code(self) -> str | None:
        """The region of the subject."""

    @property
    def asked_by(self) -> str | None:
        """The account that asked."""


def outside(scopes: Iterable[str], codes: Iterable[str], on: date) -> list[str]:
    """Those of the codes that lie in none of the scopes on the day."""
    held = tuple(scopes)
    return [code for code in codes if not any(regions.covers(scope, code, on) for scope in held)]


def may_read(actor: Asker | None, decision: Stored, on: date) -> bool:
    """Whether the decision is for this actor's eyes without its link."""
    if decision.is_public:
        return True
    if actor is None:
        return False
    if decision.origin != "sunfair":
        return decision.asked_by == actor.account_id
    if not actor.has(*CONCERNED):
        return False
    if actor.has(*_NATIONAL) and not actor.scopes:
        return True
    return decision.region_code is not None and not outside(actor.scopes, [decision.region_code], on)


def region_line(codes: Iterable[str], on: date) -> list[str]:
    """The codes and all that stands above them on the day, each once: what a search by region looks in."""
    line: dict[str, None] = {}
    for code in codes:
        line[code] = None
        line.update(dict.fromkeys(regions.ancestors(code, on)))
    return list(line)
