"""Whether disease control forbids moving the goods: the event that excuses a show can make what is shown unsaleable."""

import functools
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta

from services.compliance.rules.core import (
    PLATFORM,
    Finding,
    Words,
    each,
    fail,
    ground,
    later,
    need,
    passed,
    review,
    rule,
)
from services.compliance.rules.facts import Certificate, Facts, Lot, Plot, Quarantine
from services.compliance.rules.law import Law, start_of
from services.compliance.rules.naming import category_words, region_words, the_goods
from services.compliance.rules.plots import county_of, lies_in, plots_of, region_of
from services.contracts.categories import category_within

_DAY = timedelta(days=1)


@rule(
    "fm.biosecurity",
    title=("疫区禁运禁售", "The event does not forbid moving the goods"),
    stages=("listing", "golive"),
    reads=("event", "lot", "subject"),
    hard=True,
    grounds=(
        PLATFORM,
        ground(
            "中华人民共和国动物防疫法（2015年修正）", "第二十五条、第三十一条", since="2015-04-24", until="2021-05-01"
        ),
        ground("中华人民共和国动物防疫法", "第三十八条、第四十九条、第五十一条", since="2021-05-01"),
        ground("植物检疫条例", "第七条", since="2017-10-07"),
        ground("中华人民共和国农产品质量安全法", "第四十四条", since="2023-01-01"),
    ),
)
def goods_may_move(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Nothing leaves a sealed zone, no listed plant an infected county unchecked, and no recalled input was used."""
    need(facts.lot, "lot")
    return each(facts, law, _inputs, _zones)


def _inputs(facts: Facts, _: Law) -> Finding:
    if need(need(facts.lot, "lot").recalled_inputs, "lot.recalled_inputs"):
        return fail("recalled_inputs").at("lot.recalled_inputs")
    return passed("no_recalled_inputs")


def _zones(facts: Facts, law: Law) -> Iterator[Finding]:
    zones = need(need(facts.event, "event").quarantines, "event.quarantines")
    found: list[Finding] = []
    for index, zone in enumerate(zones):
        check = functools.partial(_zone, f"event.quarantines[{index}]", zone)
        found.extend(each(facts, law, check))
    yield from found or [passed("no_zone", category=category_words(the_goods(facts)))]


def _zone(path: str, zone: Quarantine, facts: Facts, law: Law) -> Iterator[Finding]:
    quiet_from = _quiet_from(zone, law)
    if quiet_from is not None and quiet_from <= law.at:
        return
    if not _susceptible(path, zone, the_goods(facts), facts, law):
        return
    animal = _within(the_goods(facts), law.words("fm.biosecurity.animal_goods"))
    inside, perhaps = _plots_in(path, zone, need(facts.lot, "lot"), law, whole_county=not animal)
    if not inside and not perhaps:
        return
    region = region_words(need(zone.region_code, f"{path}.region_code"), law.on)
    if zone.sealed_at is not None and law.at < zone.sealed_at:
        yield passed("zone_to_come", region=region, begins=zone.sealed_at).until(zone.sealed_at)
    elif zone.lifted_at is not None and zone.lifted_at <= law.at:
        yield review("lifted_lately", region=region, lifted=zone.lifted_at).at(path).until(quiet_from)
    elif not inside:
        yield review("plots_perhaps_inside", region=region).at(path, *perhaps).until(zone.lifted_at)
    else:
        yield _restricted(path, zone, region, facts, law, animal=animal).at(path, *inside).until(zone.lifted_at)


def _restricted(path: str, zone: Quarantine, region: Words, facts: Facts, law: Law, *, animal: bool) -> Finding:
    """What a zone in force means for goods from within it."""
    category = category_words(the_goods(facts))
    if need(zone.zone, f"{path}.zone") == "threatened":
        return review("threatened_zone", region=region, category=category)
    if not animal:
        return _plants(path, region, facts, law)
    need(zone.sealed_at, f"{path}.sealed_at")
    return fail("sealed_zone", region=region, category=category)


def _quiet_from(zone: Quarantine, law: Law) -> datetime | None:
    """When the zone is forgotten: so many days after it was lifted; None while nobody lifted it."""
    return later(zone.lifted_at, days=law.number("fm.biosecurity.lifted_days")) if zone.lifted_at else None


def _susceptible(path: str, zone: Quarantine, goods: str, facts: Facts, law: Law) -> bool:
    """Whether the disease takes goods of this kind: as the zone says, and as is known of the disease."""
    disease = (facts.event and facts.event.hazard) or ""
    known = law.part("fm.biosecurity.susceptible").get(disease)
    if known is None:
        return _within(goods, need(zone.category_codes, f"{path}.category_codes"))
    return _within(goods, (*known, *(zone.category_codes or ())))


def _within(goods: str, wider: Iterable[str]) -> bool:
    return any(category_within(goods, code) for code in wider)


def _plots_in(path: str, zone: Quarantine, lot: Lot, law: Law, *, whole_county: bool) -> tuple[list[str], list[str]]:
    """The plots that lie in the zone, and those that perhaps do.

    Listed plants are held back in the whole infected county, animals in the townships named.
    """
    region, townships = need(zone.region_code, f"{path}.region_code"), zone.township_codes or ()
    inside, perhaps = [], []
    for place, plot in plots_of(lot):
        where = lies_in(region_of(place, plot), region, law.on)
        if where in ("unclear", "unknown"):
            perhaps.append(place)
        elif where == "outside":
            continue
        elif whole_county or not townships or _in_townships(_township(place, plot), townships, law.on):
            inside.append(place)
    return inside, perhaps


def _township(place: str, plot: Plot) -> str:
    return need(plot.township_code, f"{place}.township_code")


def _in_townships(code: str, townships: Iterable[str], on: date) -> bool:
    """Whether the township is one of these, under whatever code its county had when each was written down."""
    return any(
        code == other or (code[6:] == other[6:] and lies_in(county_of(code), county_of(other), on) == "inside")
        for other in townships
    )


def _plants(path: str, region: Words, facts: Facts, law: Law) -> Finding:
    """Listed plants leave an infected county only with the certificate of plant quarantine: 植物检疫条例 第七条."""
    lot = need(facts.lot, "lot")
    held = [
        (index, paper)
        for index, paper in enumerate(need(lot.certificates, "lot.certificates"))
        if paper.kind == "plant_quarantine" and paper.conforming is not False
    ]
    good = [paper for _, paper in held if _holds(paper, lot, law.on)]
    if not good:
        goods = category_words(the_goods(facts))
        return fail("plants_unchecked", region=region, category=goods).at("lot.certificates")
    # An open end counts as the longest: every paper without one is as good as the rule can know.
    paper = max(good, key=lambda one: one.expires_on or date.max)
    number = need(paper.number, f"lot.certificates[{next(i for i, one in held if one is paper)}].number")
    ends = start_of(paper.expires_on + _DAY) if paper.expires_on else None
    return passed("plants_checked", region=region, number=number).until(ends)


def _holds(paper: Certificate, lot: Lot, on: date) -> bool:
    """Whether the paper speaks for this lot on the day."""
    of_this_lot = paper.lot_number is None or lot.lot_number is None or paper.lot_number == lot.lot_number
    begun = paper.issued_on is None or paper.issued_on <= on
    return of_this_lot and begun and (paper.expires_on is None or on <= paper.expires_on)
