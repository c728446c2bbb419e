"""Water army: paid praise. Praise alone, however silly, is lawful speech and is never flagged.

What is looked for is a group: accounts that write each other's lines of praise and hardly anything else, that were made
together, sit in one place or speak by the clock.
"""

from dataclasses import dataclass

import numpy as np

from services.disclosure.integrity.arrays import Floats, Ints, Mask, codes, counted, joined, positions
from services.disclosure.integrity.config import Thresholds
from services.disclosure.integrity.detection import Alternative, Detection, Ground, nothing
from services.disclosure.integrity.facts import Facts
from services.disclosure.integrity.lines import Lines, lines_of
from services.disclosure.integrity.scene import explained, registered_together

ABUSE = "water_army"
_NIGHT_MS = 4 * 3_600_000


@dataclass(frozen=True)
class Speakers:
    """One value for each account that spoke."""

    of: Ints
    total: Ints
    praise: Ints
    shared: Ints
    goods: Ints
    cohort: Mask
    made: Ints
    place: Ints
    usual: Floats
    regular: Mask
    team: Ints


def detect(facts: Facts, limits: Thresholds) -> Detection:
    """All messages of accounts that belong to a team of praisers."""
    messages = facts.messages
    if messages.size == 0:
        return nothing(ABUSE, "message", 0)
    lines = lines_of(messages.text("text"))
    said = lines.of[messages.text("text").codes]
    prompted = explained(facts, messages["sent_ms"], ("slogan_prompt",), int(limits["water_army.slogan_ms"]))
    known = messages["user_id"] != 0
    praise = lines.praise[said] & ~prompted & known
    template = praise & _shared_lines(lines, said, praise, messages["user_id"], limits)[said]
    who = _speakers(facts, said, praise, template, lines, limits)
    core = _core(who, limits)
    member = _teams(who, core, limits) | _bands(who, limits)
    flagged = member[who.of] & known
    grounds = _grounds(who, member, limits)
    score = np.where(flagged, np.clip(0.5 + 0.1 * sum(ground.items for ground in grounds), 0.0, 0.98), 0.0)
    alternatives = [
        Alternative("superfan", int((_repeats(who) & ~member)[who.of].sum())),
        Alternative("slogan", int((prompted & lines.praise[said]).sum())),
        Alternative("hometown", int((praise & ~flagged).sum())),
    ]
    return Detection(ABUSE, "message", flagged, score, grounds, alternatives, numbers={"accounts": int(member.sum())})


def _shared_lines(lines: Lines, said: Ints, praise: Mask, users: Ints, limits: Thresholds) -> Mask:
    """Families of lines that several accounts write and that mostly people write who praise and do little else."""
    account = codes(users)
    purity = np.bincount(account, weights=praise) / np.maximum(1, np.bincount(account))
    rows = np.flatnonzero(praise)
    if len(rows) == 0:
        return np.zeros(lines.count, dtype=bool)
    pairs = np.unique(np.stack([said[rows], account[rows]]), axis=1)
    people = np.bincount(pairs[0], minlength=lines.count)
    devoted = np.bincount(pairs[0], weights=purity[pairs[1]] >= limits["water_army.devoted"], minlength=lines.count)
    return np.asarray((people >= limits["water_army.least_people"]) & (devoted >= limits["water_army.purity"] * people))


def _speakers(facts: Facts, said: Ints, praise: Mask, template: Mask, lines: Lines, limits: Thresholds) -> Speakers:
    messages = facts.messages
    account = codes(messages["user_id"])
    size = int(account.max()) + 1
    first = np.zeros(size, dtype=np.int64)
    first[account[::-1]] = np.arange(messages.size)[::-1]
    broadcast = facts.broadcast
    created = facts.people(messages["user_id"][first], np.full(size, broadcast.start)).created
    # Who registers while the room is open does so to speak: those hours make nobody a band.
    early = (created > 0) & (created < broadcast.start - 2 * 3_600_000)
    rows = np.flatnonzero(template)
    pairs = np.unique(np.stack([account[rows], said[rows]]), axis=1) if len(rows) else np.zeros((2, 0), dtype=np.int64)
    at = positions(facts.sessions["session_id"], messages["session_id"][first])
    place = np.where(at >= 0, facts.sessions["ip_prefix"][np.maximum(at, 0)], 0) if facts.sessions.size else first * 0
    return Speakers(
        of=account,
        total=np.bincount(account, minlength=size),
        praise=np.bincount(account[praise], minlength=size),
        shared=np.bincount(pairs[0], minlength=size),
        goods=np.bincount(account[lines.goods[said]], minlength=size),
        cohort=registered_together(facts, created) > limits["lift.poisson_z"],
        made=np.where(early, created, -1),
        place=place,
        usual=_usual_share(facts, place),
        regular=_regular(account, messages["sent_ms"], size, limits),
        team=_linked(pairs, size, lines.count),
    )


def _usual_share(facts: Facts, place: Ints) -> Floats:
    """What part of all stays comes from the block of addresses of each account: a carrier's may be a fifth."""
    prefix = np.sort(facts.sessions["ip_prefix"])
    here = np.searchsorted(prefix, place, side="right") - np.searchsorted(prefix, place, side="left")
    return np.asarray(here / max(1, len(prefix)), dtype=np.float64)


def _regular(account: Ints, sent: Ints, size: int, limits: Thresholds) -> Mask:
    """Accounts that speak by the clock: gaps that vary little around their mean."""
    order = np.lexsort((sent, account))
    gap = np.diff(sent[order]).astype(np.float64)
    same = np.diff(account[order]) == 0
    who, gap = account[order][1:][same], gap[same]
    count = np.bincount(who, minlength=size)
    mean = np.bincount(who, weights=gap, minlength=size) / np.maximum(1, count)
    square = np.bincount(who, weights=(gap - mean[who]) ** 2, minlength=size) / np.maximum(1, count)
    return (count >= 4) & (np.sqrt(square) < limits["water_army.clockwork"] * mean)


def _linked(pairs: Ints, size: int, lines: int) -> Ints:
    """Accounts joined through lines that they share: each account's team."""
    del lines
    order = np.lexsort((pairs[0], pairs[1]))
    line, account = pairs[1][order], pairs[0][order]
    same = np.diff(line) == 0
    return codes(joined(account[:-1][same], account[1:][same], size))


def _core(who: Speakers, limits: Thresholds) -> Mask:
    """Accounts with several shared lines of praise, or one of them and little else."""
    share = who.praise / np.maximum(1, who.total)
    several = (who.shared >= limits["water_army.least_lines"]) & (share >= limits["water_army.praise_share"])
    single = (who.shared >= 1) & (share >= 0.8) & (who.goods == 0) & (who.cohort | who.regular)
    return np.asarray(several | single)


def _teams(who: Speakers, core: Mask, limits: Thresholds) -> Mask:
    """Teams of so many core accounts with something beside their words in common, or an unlikely lot of words."""
    size = int(who.team.max()) + 1
    members = np.bincount(who.team[core], minlength=size)
    praised = np.bincount(who.team[core], weights=who.praise[core], minlength=size)
    placed = _crowded_place(who, core)
    tied = core & (who.cohort | who.regular | placed)
    share = np.bincount(who.team[tied], minlength=size) / np.maximum(1, members)
    lines = np.bincount(who.team[core], weights=who.shared[core], minlength=size) / np.maximum(1, members)
    talk = np.bincount(who.team[core], weights=who.total[core], minlength=size)
    enough = (members >= limits["water_army.least_team"]) & (praised >= 0.35 * talk)
    strange = (share >= 0.3) | (lines >= limits["water_army.lines_alone"])
    return np.asarray(core & (enough & strange)[who.team])


def _bands(who: Speakers, limits: Thresholds) -> Mask:
    """Accounts made within the same few hours that do nothing but praise, and hardly anybody else was made then.

    Each may write lines of its own: here it is the making that they share.
    """
    pure = (who.praise >= 3) & (who.praise >= 0.8 * who.total) & (who.goods == 0) & (who.made >= 0)
    band = np.zeros(len(pure), dtype=bool)
    for shift in (0, _NIGHT_MS // 2):
        born = codes(np.where(who.made >= 0, (who.made + shift) // _NIGHT_MS, -1))
        many, speakers = counted(born, pure), counted(born)
        band |= pure & (many >= limits["water_army.least_band"]) & (many >= limits["water_army.band_share"] * speakers)
    return band


def _crowded_place(who: Speakers, core: Mask) -> Mask:
    """Core accounts in one block of addresses, far more than of all who watch: a carrier's block is no place."""
    place = codes(who.place)
    chance = int(core.sum()) * who.usual
    return np.asarray(
        core & (who.place != 0) & (counted(place, core) >= np.maximum(3, chance + 3 * np.sqrt(chance + 0.5)))
    )


def _repeats(who: Speakers) -> Mask:
    return np.asarray((who.praise >= 10) & (who.shared <= 1))


def _grounds(who: Speakers, member: Mask, limits: Thresholds) -> list[Ground]:
    """What binds the team, over messages."""
    placed = _crowded_place(who, member)
    share: Floats = who.praise / np.maximum(1, who.total)
    found: tuple[tuple[str, str, Mask, float, float], ...] = (
        (
            "shared_praise",
            "content",
            member & (who.shared >= 1),
            limits["water_army.least_lines"],
            _mid(who.shared, member),
        ),
        ("praises_and_little_else", "purpose", member & (share >= 0.6), 0.6, _mid(share, member)),
        ("registered_together", "account", member & who.cohort, limits["lift.poisson_z"], 0.0),
        ("made_in_one_night", "account", member & _bands(who, limits), limits["water_army.least_band"], 0.0),
        ("one_place", "network", placed & member, 3.0, 0.0),
        ("by_the_clock", "timing", member & who.regular, limits["water_army.clockwork"], 0.0),
    )
    return [
        Ground(rule, family, mask[who.of], limit, seen or float(mask.sum()), 0.0)
        for rule, family, mask, limit, seen in found
    ]


def _mid(values: Floats | Ints, where: Mask) -> float:
    return round(float(np.median(values[where])), 2) if where.any() else 0.0
