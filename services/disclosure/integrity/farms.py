"""Farms seen by what their stays have in common in several ways at once, whatever they pretend while watching.

Who taps, loses heartbeats and looks away like a person can still not buy phones, lines and ways in at random: the few
models, carriers, shared phones and links of a farm are rare among the people here who spoke or bought, and pictures and
stays that come from one programme are alike. One such oddness is met in every village; three of different kinds, or
phones with many accounts that all come from one carrier or by one link, are not.
"""

from dataclasses import dataclass

import numpy as np

from services.disclosure.integrity.arrays import Floats, Ints, Mask, codes, counted, pair_codes
from services.disclosure.integrity.config import Thresholds
from services.disclosure.integrity.detection import Ground, any_of
from services.disclosure.integrity.facts import Facts
from services.disclosure.integrity.lift import lift
from services.disclosure.integrity.stats import share_bounds
from services.disclosure.integrity.stays import Stays

_FAMILIES = {
    "phones_and_versions": "device",
    "accounts_on_one_phone": "sharing",
    "carrier": "network",
    "address_block": "network",
    "one_way_in": "arrival",
    "registered_together": "account",
    "one_picture": "media",
    "one_pace": "timing",
}
# What is bought once and used for every stay; hours of registration and blocks of addresses are shared by classes too.
_EQUIPMENT = ("phones_and_versions", "accounts_on_one_phone", "carrier", "one_way_in")


@dataclass(frozen=True)
class Oddness:
    """How much more common than among those who took part (log, cautious), and what the stays have in common."""

    rule: str
    lift: Floats
    of: Ints


def grounds_of(facts: Facts, stays: Stays, reference: Mask, free: Mask, limits: Thresholds) -> list[Ground]:
    """Stays that are odd in several ways at once, if they are many and nobody who took part is like them."""
    odd = _equipment(facts, stays, reference, limits)
    odd += _alike(stays, odd, reference, free, limits)
    strong = {each.rule: each.lift >= limits["lift.strong"] for each in odd}
    families = _families(strong, len(free))
    bought = any_of(len(free), (strong[name] for name in _EQUIPMENT))
    shared = strong["accounts_on_one_phone"] & (strong["carrier"] | strong["one_way_in"])
    total = sum((each.lift for each in odd), np.zeros(len(free)))
    away = (strong["phones_and_versions"] | strong["accounts_on_one_phone"]) & _from_away(facts, stays, odd)
    # Who watches through one page of one site has one client, one way in and one picture, on lines like everybody's.
    bought &= strong["carrier"] | strong["address_block"] | strong["accounts_on_one_phone"]
    like = (((families >= 3) & bought) | shared) & (total >= limits["traffic.farm_points"])
    like |= away & (families >= 2) & (total >= limits["traffic.away_points"])
    items = like & free & ~stays.took_part
    items &= ~_one_house(facts, stays, items)
    # Either crowd may be too small to know, or hold a few accounts of a farm: one that knows is enough.
    if not (enough(items, like, reference, limits) or enough(items, like, stays.reference, limits)):
        return []
    return [_ground(each, items & strong[each.rule], limits) for each in odd if (items & strong[each.rule]).any()]


def _ground(odd: Oddness, items: Mask, limits: Thresholds) -> Ground:
    times = round(float(np.exp(np.median(odd.lift[items]))), 1)
    return Ground(odd.rule, _FAMILIES[odd.rule], items, float(np.exp(limits["lift.strong"])), times, 1.0)


def _families(strong: dict[str, Mask], size: int) -> Ints:
    """How many kinds of oddness each stay shows."""
    out = np.zeros(size, dtype=np.int64)
    for family in sorted(set(_FAMILIES.values())):
        out += any_of(size, (mask for rule, mask in strong.items() if _FAMILIES[rule] == family))
    return out


def _equipment(facts: Facts, stays: Stays, reference: Mask, limits: Thresholds) -> list[Oddness]:
    """Phones, lines, ways in and hours of registration."""
    asn, prefix = facts.session_codes("asn"), facts.session_codes("ip_prefix")
    crowded: Ints = stays.crowded_device.astype(np.int64)
    together = np.where(stays.cohort > limits["lift.poisson_z"], limits["lift.strong"], 0.0)
    shared = np.where(stays.crowded_device, lift(crowded, reference), 0.0)
    found = (
        ("phones_and_versions", lift(stays.pair, reference), stays.pair),
        ("accounts_on_one_phone", shared, pair_codes(crowded, asn)),
        ("carrier", lift(asn, reference), asn),
        ("address_block", _crowded_blocks(facts, prefix, reference), prefix),
        ("one_way_in", lift(stays.referrer, reference), pair_codes(stays.referrer, asn)),
        ("registered_together", together, codes(stays.cohort_hour)),
    )
    return [Oddness(rule, np.maximum(0.0, each), of) for rule, each, of in found]


def _crowded_blocks(facts: Facts, prefix: Ints, reference: Mask) -> Floats:
    """Stays from blocks as full as hardly anybody's is who took part, all such blocks of one kind of line together.

    One block says nothing; a carrier's shared addresses are as full for those who took part.
    """
    full = np.floor(np.log2(counted(prefix))).astype(np.int64)
    kind = pair_codes(full, facts.sessions.text("ip_class").codes)
    return np.where(full >= 4, lift(kind, reference), 0.0)


def _alike(stays: Stays, odd: list[Oddness], reference: Mask, free: Mask, limits: Thresholds) -> list[Oddness]:
    """Pictures and lengths of stay that are alike within what is odd already, and nowhere else."""
    long = free & (stays.seconds >= 20)
    out = []
    for rule, values, known in (
        ("one_picture", np.log(np.maximum(0.5, stays.rate)), long & (stays.rate >= 2)),
        ("one_pace", np.log(np.maximum(1.0, stays.seconds)), long),
    ):
        best = np.zeros(len(free))
        for each in odd:
            if each.rule in _EQUIPMENT:
                mine = known & (each.lift >= limits["lift.strong"])
                best = np.maximum(best, _narrow(values, each.of, mine, known, reference, limits))
        out.append(Oddness(rule, best, np.zeros(len(free), dtype=np.int64)))
    return out


def _narrow(values: Floats, of: Ints, mine: Mask, known: Mask, reference: Mask, limits: Thresholds) -> Floats:
    """For members of each group in its fullest window: log of their share over the share of everybody else there."""
    out = np.zeros(len(values))
    rows = np.flatnonzero(mine)
    rows = rows[counted(of[rows]) >= limits["traffic.alike_least"]] if len(rows) else rows
    width = limits["traffic.alike_window"]
    people, others = np.sort(values[known & reference]), np.sort(values[known & ~mine])
    order = rows[np.lexsort((values[rows], of[rows]))]
    starts = np.flatnonzero(np.diff(of[order], prepend=-1))
    for group in np.split(order, starts[1:]) if len(order) else []:
        mid = values[group]
        ends = np.searchsorted(mid, mid + width, side="right")
        at = int(np.argmax(ends - np.arange(len(mid))))
        low, high = mid[at], mid[at] + width
        share = float(share_bounds(np.array([ends[at] - at]), np.array([len(mid)]))[0][0])
        usual = max(_within(people, low, high), _within(others, low, high))
        if share >= limits["traffic.alike_share"]:
            out[group[at : ends[at]]] = min(2.0, float(np.log(share / max(0.05, usual))))
    return np.maximum(0.0, out)


def _within(ordered: Floats, low: float, high: float) -> float:
    """Cautious share of values in a window: its upper bound."""
    if len(ordered) < 30:
        return 1.0
    hits = np.searchsorted(ordered, high, side="right") - np.searchsorted(ordered, low, side="left")
    return float(share_bounds(np.array([hits]), np.array([len(ordered)]))[1][0])


def _from_away(facts: Facts, stays: Stays, odd: list[Oddness]) -> Mask:
    """Stays of accounts on odd lines that hardly anybody from the host county uses.

    Phones that a county issued, its schools and its valleys are odd too, in the same two ways; but they are at home.
    """
    home, county = facts.viewers.home, facts.broadcast.county
    out = np.zeros(len(home), dtype=bool)
    for each in (one for one in odd if one.rule in ("carrier", "address_block", "accounts_on_one_phone")):
        mine = (each.lift > 0) & (home > 0)
        local = np.bincount(each.of[mine & (home == county)], minlength=int(each.of.max()) + 1)
        known = np.bincount(each.of[mine], minlength=len(local))
        out |= mine & ((known >= 20) & (local <= 0.5 * known))[each.of]
    return np.asarray(out & ~stays.guest)


def _one_house(facts: Facts, stays: Stays, items: Mask) -> Mask:
    """Stays from a block of addresses where half of those with the same equipment are: a school or an office."""
    prefix = facts.session_codes("ip_prefix")
    out = np.zeros(len(items), dtype=bool)
    for of in (stays.pair, facts.session_codes("asn")):
        many = counted(of, items)
        out |= (many >= 8) & (counted(pair_codes(of, prefix), items) > 0.5 * many)
    return out


def enough(items: Mask, like: Mask, reference: Mask, limits: Thresholds, least: str = "traffic.farm_least") -> bool:
    """Many, and far more than the people there can be who look like this by chance."""
    found, known = int(items.sum()), int(reference.sum())
    if known == 0 or found < max(limits[least], limits["traffic.farm_share"] * len(items)):
        return False
    by_chance = (int((like & reference).sum()) + 1) / known * (len(items) - found)
    return by_chance <= limits["traffic.farm_chance"] * found


def machines(stays: Stays, free: Mask, limits: Thresholds) -> list[Ground]:
    """Stays that nobody watched, by two signs each: never touched, all heartbeats, and no picture or one length.

    People are like this now and then; so it is asked how many of the established are, and these have to be far more.
    """
    known = stays.reference | (free & stays.took_part)
    signs = {
        ("no_media", "media"): stays.no_media,
        ("constant_media", "media"): stays.constant,
        ("one_length", "timing"): stays.one_length,
    }
    grounds = []
    for (rule, family), sign in signs.items():
        like = free & stays.untouched & sign
        items = like & ~stays.took_part
        # Each kind for itself: lengths of stay may be cut to a round one by whoever wrote them down.
        if enough(items, like, known, limits, "traffic.machine_least"):
            grounds.append(Ground(rule, family, items, 1.0, 1.0, round(float(sign[known].mean()), 3)))
    still = any_of(len(free), (ground.items for ground in grounds))
    usual = round(float(stays.untouched[known].mean()), 3) if known.any() else 0.0
    return [*grounds, Ground("untouched", "attention", still, 1.0, 1.0, usual)] if still.any() else []
