"""Who may act for which region, and who may look at what is not public."""

from collections.abc import Collection
from datetime import date
from typing import Protocol

from services.contracts import regions

REGULATORS = ("approver", "reviewer", "inspector", "verifier", "certifier", "registrar", "administrator")


class Asker(Protocol):
    """What is asked of an actor here: the regions in which they act, and their roles."""

    @property
    def scopes(self) -> tuple[str, ...]:
        """Region codes whose subtrees they act in."""

    def has(self, *roles: str) -> bool:
        """True when they hold any of the roles."""


def in_scope(actor: Asker, code: str, on: date) -> bool:
    """Whether the region lies in one of the actor's scopes; an administrator without scopes is a national one."""
    if actor.has("administrator") and not actor.scopes:
        return True
    return any(regions.covers(scope, code, on) for scope in actor.scopes)


def may_see(actor: Asker | None, code: str, on: date) -> bool:
    """Whether the actor may see what a region has not made public: its operators, and the offices that oversee it."""
    if actor is None or not actor.has("operator", *REGULATORS):
        return False
    national = actor.has(*REGULATORS) and not actor.scopes
    return national or in_scope(actor, code, on)


def shares_a_region(actor: Asker | None, scopes: Collection[str], on: date) -> bool:
    """Whether the actor's regions and these meet: an office above its offices below, or the other way round."""
    if actor is None or not actor.has("operator", "official", "host", *REGULATORS):
        return False
    if actor.has(*REGULATORS) and not actor.scopes:
        return True
    pairs = [(mine, other) for mine in actor.scopes for other in scopes]
    return any(regions.covers(mine, other, on) or regions.covers(other, mine, on) for mine, other in pairs)
