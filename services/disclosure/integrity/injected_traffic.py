"""Injected traffic: stays produced by software or device farms, not by a person who chose to watch.

A farm is seen as a group: something it has in common (phones, network, hour of registration) that established buyers of
this broadcast do not have, and a way of watching that people do not have. Either alone is never enough, and an address
shared by many is no evidence at all.
"""

from dataclasses import dataclass

import numpy as np

from services.disclosure.integrity import farms
from services.disclosure.integrity.arrays import Floats, Ints, Mask, codes, is_in, pair_codes
from services.disclosure.integrity.config import Thresholds
from services.disclosure.integrity.detection import Alternative, Detection, Ground, any_of
from services.disclosure.integrity.facts import Facts
from services.disclosure.integrity.lift import lift, mixture_share
from services.disclosure.integrity.stats import share_bounds
from services.disclosure.integrity.stays import Stays, same_hour, stays_of

ABUSE = "injected_traffic"


@dataclass(frozen=True)
class Common:
    """One thing that stays can have in common: codes, how far from the reference, and what it takes to act on it."""

    rule: str
    family: str
    of: Ints
    lift: Floats
    least: int
    points: float
    tapping: bool = True


def detect(facts: Facts, limits: Thresholds) -> Detection:
    """Sessions of groups that are both put together and do not watch as people do."""
    size = facts.sessions.size
    stays = stays_of(facts, limits)
    free = ~stays.hall
    grounds: list[Ground] = []
    score = np.zeros(size)
    reference = acting_reference(facts, stays)
    somewhere = _from_odd_places(facts, stays, reference, limits)
    for common in _commons(facts, stays, reference, limits):
        how, points = _how(stays, common, free, limits)
        # Where the way of watching leaves no doubt, half as much has to be in common.
        shared = (common.lift >= limits["lift.strong"]) | (
            (points >= limits["traffic.points_plain"]) & (common.lift >= 0.5 * limits["lift.strong"])
        )
        member = free & ~stays.person & shared & (points >= common.points)
        conforming = member & _conforms(common, how, free, limits)
        if conforming.any():
            conforming &= ~_site(facts, common) | _of_a_machine(how, size)
        if common.family == "device":
            conforming &= ~stays.guest | somewhere | _of_a_machine(how, size)
        if not conforming.any():
            continue
        score += np.where(conforming, 0.35, 0.0)
        grounds.append(_who(common, conforming, limits))
        grounds += [
            Ground(
                rule, _HOW[rule], mask & conforming, limits["traffic.most_alike"], float(mask[conforming].mean()), usual
            )
            for rule, mask, usual in _named(how, stays)
        ]
    grounds += farms.grounds_of(facts, stays, reference, free, limits)
    grounds += farms.machines(stays, free, limits)
    flagged = any_of(size, (ground.items for ground in grounds))
    grounds = _merged(grounds, size)
    linked = _linked(facts, stays, flagged, free, limits)
    grounds.append(Ground("same_equipment_as_the_flagged", "device", linked, 0.7, float(linked.sum()), 0.0))
    grounds.append(Ground("idle_like_the_flagged", "attention", linked, 0.7, float(linked.sum()), 0.0))
    flagged |= linked
    return Detection(
        ABUSE,
        "session",
        flagged,
        np.where(flagged, np.clip(0.5 + score, 0.5, 0.98), 0.0),
        grounds,
        _alternatives(facts, stays, flagged),
        numbers={"mixture_per_mille": int(1000 * _mixture(facts, stays))},
    )


def _of_a_machine(how: dict[str, Mask], size: int) -> Mask:
    """Stays that show what no class that sits still for a lesson, and no idle office, can show."""
    return any_of(size, (how[rule] for rule in ("no_media", "constant_media", "one_length", "mass_exit")))


def _from_odd_places(facts: Facts, stays: Stays, reference: Mask, limits: Thresholds) -> Mask:
    """Stays with an oddness beside the phone's. Guests of a player on another site have one client and one way in."""
    carrier = lift(facts.session_codes("asn"), reference) >= limits["lift.strong"]
    return np.asarray(carrier | stays.crowded_device | facts.sessions.text("ip_class").among("datacenter"))


def _site(facts: Facts, common: Common) -> Mask:
    """Stays at work, or of a group that is mostly in one block of addresses: a class or an office, idle and alike."""
    prefix = facts.session_codes("ip_prefix")
    groups = np.bincount(common.of)
    pair = pair_codes(common.of, prefix)
    most = np.zeros(len(groups), dtype=np.int64)
    np.maximum.at(most, common.of, np.bincount(pair)[pair])
    return facts.sessions.text("ip_class").among("office") | (most > 0.5 * groups)[common.of]


def _conforms(common: Common, how: dict[str, Mask], free: Mask, limits: Thresholds) -> Mask:
    """Members who watch as the group does; what most of its idle stays share, an idle person need not share."""
    size = len(common.of)
    out = any_of(size, how.values())
    idle = free & out
    total = np.bincount(common.of[idle], minlength=int(common.of.max()) + 1)
    for rule in ("no_media", "constant_media", "untouched", "one_referrer"):
        if rule not in how:
            continue
        part = np.bincount(common.of[idle & how[rule]], minlength=len(total)) / np.maximum(1, total)
        out &= how[rule] | (part < limits["traffic.typical"])[common.of]
    return out


_HOW = {
    "no_media": "media",
    "constant_media": "media",
    "one_media_rate": "media",
    "untouched": "attention",
    "silent": "attention",
    "nobody_acts": "attention",
    "one_length": "timing",
    "alike_lengths": "timing",
    "mass_exit": "timing",
    "one_referrer": "arrival",
}
_POINTS = {
    "no_media": 2.0,
    "constant_media": 2.0,
    "one_media_rate": 1.0,
    "untouched": 1.5,
    "silent": 1.0,
    "nobody_acts": 1.5,
    "one_length": 1.5,
    "alike_lengths": 1.0,
    "mass_exit": 1.5,
    "one_referrer": 0.7,
}


def _commons(facts: Facts, stays: Stays, reference: Mask, limits: Thresholds) -> list[Common]:
    """The things in common that are asked about, with the lift of each value over the reference."""
    prefix, asn = facts.session_codes("ip_prefix"), facts.session_codes("asn")
    least = int(limits["traffic.least_group"])
    hour, cohort = same_hour(stays), stays.cohort > limits["lift.poisson_z"]
    alone = np.full(len(prefix), limits["lift.strong"])
    crowded = np.where(stays.crowded_device, pair_codes(stays.pair, stays.crowded_device), -1)
    carrier, by_carrier = lift(asn, reference), pair_codes(asn, stays.crowded_device)
    easy, hard = limits["traffic.points_device"], limits["traffic.points_other"]
    return [
        Common("phones_and_versions", "device", stays.pair, lift(stays.pair, reference), least, easy),
        Common("phones_on_one_network", "device", *_joint(stays.pair, asn, reference), least, easy),
        Common("carrier", "network", asn, carrier, least, easy),
        Common("carrier_and_referrer", "network", *_joint(asn, stays.referrer, reference), least, easy),
        Common("address_block", "network", prefix, _block_lift(prefix, reference, limits), 20, hard),
        Common("registered_together", "account", hour, np.where(cohort, alone, 0.0), least, hard),
        Common("accounts_on_one_phone", "device", codes(crowded), np.where(crowded >= 0, alone, 0.0), 20, easy),
        Common(
            "crowded_phones_by_carrier", "device", by_carrier, np.where(crowded >= 0, carrier, 0.0), 20, easy, False
        ),
        Common("length_and_referrer", "timing", *_joint(stays.stay_bin, stays.referrer, reference), 40, 9.0),
    ]


def acting_reference(facts: Facts, stays: Stays) -> Mask:
    """Accounts of some age that spoke, or bought as people buy; where they are too few, established ones that tapped.

    A farm is hired to be counted: it hardly speaks and buys, while it may own accounts that once bought something.
    """
    old = facts.viewers.age_days >= 60
    took_part, acted = old & stays.took_part, stays.reference & stays.acted
    for mask, least in ((took_part, 300), (took_part | acted, 60), (stays.reference, 60)):
        if mask.sum() >= least:
            return np.asarray(mask)
    return np.asarray(old & stays.acted)


def _joint(first: Ints, second: Ints, reference: Mask) -> tuple[Ints, Floats]:
    both = pair_codes(first, second)
    return both, lift(both, reference)


def _block_lift(prefix: Ints, reference: Mask, limits: Thresholds) -> Floats:
    """Blocks of addresses with a crowd in which hardly any established buyer is."""
    total = np.bincount(prefix)
    known = np.bincount(prefix[reference], minlength=len(total))
    usual = reference.mean() if len(reference) else 0.0
    strange = (total >= 20) & (known <= 0.35 * usual * total)
    return np.where(strange[prefix], limits["lift.strong"], 0.0) if usual > 0.02 else np.zeros(len(prefix))


def _how(stays: Stays, common: Common, free: Mask, limits: Thresholds) -> tuple[dict[str, Mask], Floats]:
    """How the members of each group watch, where it is not how people watch: masks by rule, and points."""
    of = common.of
    size = int(of.max()) + 1 if len(of) else 1
    total = np.bincount(of[free], minlength=size)
    big = total >= common.least
    known = stays.reference & free
    how: dict[str, Mask] = {}
    points: dict[str, Floats] = {}
    for rule, mask, floor, times in (
        ("no_media", stays.no_media, 0.4, 3.0),
        ("constant_media", stays.constant, 0.4, 3.0),
        ("untouched", stays.untouched, 0.45, 2.5),
        ("silent", stays.silent, limits["traffic.silent_share"], 1.1),
        ("one_length", stays.one_length, 0.4, 3.0),
        ("mass_exit", stays.mass_exit, 0.35, 3.0),
    ):
        usual = float(mask[known].mean()) if known.any() else 0.0
        low, _ = share_bounds(np.bincount(of[free & mask], minlength=size), total)
        odd = big & (low > np.minimum(0.97, np.maximum(floor, times * usual)))
        how[rule] = odd[of] & mask
        points[rule] = np.where(odd[of], _POINTS[rule], 0.0)
    acting = _acting(stays, common, free, total, limits)
    idle = big & (acting < limits["traffic.acting_share"])
    how["nobody_acts"] = idle[of] & ~stays.acted
    points["nobody_acts"] = np.where(idle[of], _POINTS["nobody_acts"], 0.0)
    for rule, values, floor, times in (
        ("alike_lengths", stays.stay_bin, limits["traffic.most_alike"], 3.0),
        ("one_media_rate", stays.rate_bin, limits["traffic.most_alike"], 3.0),
        ("one_referrer", stays.referrer, 0.75, 1.8),
    ):
        if rule == "one_referrer" and common.rule.endswith("and_referrer"):
            continue  # A group that is made by the referrer has one by its making.
        how[rule], points[rule] = _alike(of, values, free, known, big, total, floor, times, _POINTS[rule])
    families: dict[str, Floats] = {}
    for rule, each in points.items():
        families[_HOW[rule]] = np.maximum(families.get(_HOW[rule], np.zeros(len(of))), each)
    return how, sum(families.values(), np.zeros(len(of)))


def _acting(stays: Stays, common: Common, free: Mask, total: Ints, limits: Thresholds) -> Floats:
    """How many of each group tap, speak or buy, against the reference: 1 as many; of guests only taps are expected."""
    known, of = stays.reference & free, common.of
    if not known.any():
        return np.ones(len(total))
    usual = np.where(stays.guest, float((~stays.silent)[known].mean()), float(stays.acted[known].mean()))
    expected = np.bincount(of[free], weights=usual[free], minlength=len(total)) / np.maximum(1, total)
    # Hundreds of groups are asked, so that chance alone would call some of them idle: the bounds are wide.
    z = limits["traffic.idle_z"]
    _, most = share_bounds(np.bincount(of[free & stays.acted], minlength=len(total)), total, z)
    # Who came with a class or an office may not buy or speak, but does tap like anybody: both have to be missing.
    _, taps = share_bounds(np.bincount(of[free & ~stays.silent], minlength=len(total)), total, z)
    tapping = taps < limits["traffic.tapping_share"] * float((~stays.silent)[known].mean())
    return np.where(tapping | (not common.tapping), most / np.maximum(1e-9, expected), 1.0)


def _alike(
    of: Ints,
    values: Ints,
    free: Mask,
    known: Mask,
    big: Mask,
    total: Ints,
    floor: float,
    times: float,
    worth: float,
) -> tuple[Mask, Floats]:
    """Groups many of whose members share one value (with its neighbours where it is a bin) that few others have."""
    shifted = values - (values.min() if len(values) else 0)
    width = int(shifted.max()) + 2 if len(shifted) else 2
    cells, counts = np.unique(of[free] * width + shifted[free], return_counts=True)
    group, value = cells // width, cells % width
    usual = np.bincount(shifted[known], minlength=width) / max(1, int(known.sum()))
    low, _ = share_bounds(counts, total[group])
    odd = big[group] & (low > np.minimum(0.95, np.maximum(floor, times * usual[value])))
    mine = is_in(of * width + shifted, cells[odd])
    touched = np.zeros(len(total), dtype=bool)
    touched[group[odd]] = True
    return mine & free, np.where(touched[of], worth, 0.0)


def _named(how: dict[str, Mask], stays: Stays) -> list[tuple[str, Mask, float]]:
    """The ways that fired, each with how usual it is among the reference."""
    known = stays.reference
    return [(rule, mask, float(mask[known].mean()) if known.any() else 0.0) for rule, mask in how.items() if mask.any()]


def _who(common: Common, items: Mask, limits: Thresholds) -> Ground:
    times = float(np.exp(np.median(common.lift[items])))
    return Ground(common.rule, common.family, items, float(np.exp(limits["lift.strong"])), round(times, 1), 1.0)


def _merged(grounds: list[Ground], size: int) -> list[Ground]:
    """One ground per rule."""
    out: dict[str, Ground] = {}
    for ground in grounds:
        before = out.get(ground.rule)
        items = ground.items | (before.items if before else np.zeros(size, dtype=bool))
        out[ground.rule] = Ground(
            ground.rule, ground.family, items, ground.threshold, ground.observed, ground.expected, ground.proof
        )
    return list(out.values())


def _linked(facts: Facts, stays: Stays, flagged: Mask, free: Mask, limits: Thresholds) -> Mask:
    """Idle stays on equipment that hardly anybody but the flagged has."""
    table = facts.sessions
    out = np.zeros(len(flagged), dtype=bool)
    if not flagged.any():
        return out
    idle = free & ~flagged & ~stays.person & ~stays.reference & (table["interactions"] <= 1)
    for of in (stays.pair, *(facts.session_codes(name) for name in ("ip_prefix", "asn", "device_id"))):
        total = np.bincount(of)
        part = np.bincount(of[flagged], minlength=len(total)) / np.maximum(1, total)
        out |= idle & ((part >= limits["traffic.linked_share"]) & (total >= 10))[of]
    return out


def _mixture(facts: Facts, stays: Stays) -> float:
    """A cautious share of the sessions that do not come from the reference's crowd, known even where items are not."""
    table = facts.sessions
    columns = [codes(table["device_model"]), facts.session_codes("asn"), stays.referrer, table.text("client").codes]
    return mixture_share(columns, stays.reference)


def _alternatives(facts: Facts, stays: Stays, flagged: Mask) -> list[Alternative]:
    """Honest reasons to look like a farm, and how many stays each explains."""
    table = facts.sessions
    mobile = table.text("ip_class").among("mobile")
    return [
        Alternative("village_hall", int((stays.hall & stays.silent).sum())),
        Alternative("carrier_nat", int((mobile & ~flagged).sum())),
        Alternative("sign_up_drive", int(((stays.cohort > 6) & ~flagged).sum())),
        Alternative("weak_network_or_audio", int((stays.no_media & ~flagged).sum())),
        Alternative("shared_tablet", int((stays.crowded_device & ~flagged).sum())),
        Alternative("idle_viewers", int((stays.untouched & ~flagged).sum())),
    ]
