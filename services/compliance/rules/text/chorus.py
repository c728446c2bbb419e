"""Reads a chat for choruses: what share praises the official, how many say the same at once, and who they are."""

from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from services.compliance.rules.facts import PraiseWindow
from services.compliance.rules.text.praise import is_praise, wording

WINDOW = timedelta(minutes=5)
BURST = timedelta(seconds=60)
NEW_ACCOUNT_DAYS = 7
_WHOLE = 10_000
_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment of the chat; account and network are opaque tokens, an unknown network is None."""

    at: datetime
    text: str
    account: str
    account_age_days: int
    network: str | None


@dataclass(frozen=True, slots=True)
class _Said:
    """A comment as it counts."""

    at: datetime
    account: str
    wording: str
    praise: bool
    new: bool
    network: str | None


class _Window:
    """What was said in the last five minutes, counted as it comes and goes; a repeated comment counts once."""

    def __init__(self) -> None:
        self._said: deque[_Said] = deque()
        self._comments: Counter[tuple[str, str]] = Counter()
        self._praise: Counter[tuple[str, str]] = Counter()
        self._praising: Counter[str] = Counter()
        self._new: Counter[str] = Counter()
        self._networks: Counter[str | None] = Counter()
        self._bursts = _Bursts()

    def take(self, said: _Said) -> None:
        """A further comment; what is older than the window goes."""
        while self._said and said.at - self._said[0].at >= WINDOW:
            self._count(self._said.popleft(), -1)
        self._said.append(said)
        self._count(said, 1)
        self._bursts.take(said)

    def _count(self, said: _Said, step: int) -> None:
        _add(self._comments, (said.account, said.wording), step)
        if said.praise:
            _add(self._praise, (said.account, said.wording), step)
            _add(self._praising, said.account, step)
            _add(self._networks, said.network, step)
            if said.new:
                _add(self._new, said.account, step)

    def fact(self) -> PraiseWindow:
        """The window that ends with the newest comment."""
        now = self._said[-1].at
        return PraiseWindow(
            starts_at=now - WINDOW,
            ends_at=now,
            comments=len(self._comments),
            praise_share_bp=len(self._praise) * _WHOLE // len(self._comments),
            same_text_accounts_60s=self._bursts.most(),
            new_account_share_bp=len(self._new) * _WHOLE // max(1, len(self._praising)),
            one_network=self._one_network(),
        )

    def _one_network(self) -> bool | None:
        """Whether all who praise come through one network; one person alone is no network."""
        known = self._networks.keys() - {None}
        if len(self._praising) < 2 or len(known) > 1:
            return False
        return None if None in self._networks else True


class _Bursts:
    """How many accounts post the same praise within a minute, and the most of it within the window."""

    def __init__(self) -> None:
        self._minute: deque[_Said] = deque()
        self._accounts: dict[str, Counter[str]] = {}
        # Falling numbers: an earlier one matters only while it is greater than all that came after.
        self._most: deque[tuple[datetime, int]] = deque()

    def take(self, said: _Said) -> None:
        while self._minute and said.at - self._minute[0].at >= BURST:
            old = self._minute.popleft()
            _add(self._accounts[old.wording], old.account, -1)
            if not self._accounts[old.wording]:
                del self._accounts[old.wording]
        while self._most and said.at - self._most[0][0] >= WINDOW:
            self._most.popleft()
        if said.praise:
            self._minute.append(said)
            same = self._accounts.setdefault(said.wording, Counter())
            _add(same, said.account, 1)
            while self._most and self._most[-1][1] <= len(same):
                self._most.pop()
            self._most.append((said.at, len(same)))

    def most(self) -> int:
        return self._most[0][1] if self._most else 0


def praise_windows(
    comments: Iterable[Comment], gravity: Callable[[PraiseWindow], int], names: Iterable[str] = ()
) -> tuple[PraiseWindow, ...]:
    """The facts `room.praise` of a chat: of every five minutes with praise the gravest window that ends in them.

    The window is looked at after each comment, so no chorus hides across a boundary. `gravity` weighs a window, as
    `on_air.gravity` does by the law of the day; `names` are those of the official. Comments come in any order; in the
    order of time the whole takes time linear in their number and length.
    """
    ordered = sorted(comments, key=_in_order)
    known = tuple(names)
    window = _Window()
    gravest: dict[int, tuple[tuple[int, int, int], PraiseWindow]] = {}
    for said in _read(ordered, known):
        window.take(said)
        fact = window.fact()
        if not fact.praise_share_bp:
            continue
        weight = (gravity(fact), fact.same_text_accounts_60s or 0, fact.comments or 0)
        stretch = (said.at - ordered[0].at) // WINDOW
        if stretch not in gravest or weight > gravest[stretch][0]:
            gravest[stretch] = (weight, fact)
    return tuple(fact for _, fact in gravest.values())


def _in_order(comment: Comment) -> tuple[datetime, str, str, int, str]:
    return (comment.at, comment.account, comment.text, comment.account_age_days, comment.network or "")


def _read(comments: Iterable[Comment], names: tuple[str, ...]) -> Iterator[_Said]:
    for comment in comments:
        new = comment.account_age_days < NEW_ACCOUNT_DAYS
        praise = is_praise(comment.text, names)
        yield _Said(comment.at, comment.account, wording(comment.text), praise, new, comment.network)


def _add(counter: Counter[_Key], key: _Key, step: int) -> None:
    """Counts up or down; what is no longer there is forgotten, so that the number of keys is what is there."""
    counter[key] += step
    if not counter[key]:
        del counter[key]
