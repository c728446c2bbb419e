"""Whether the goods were harvested no earlier than the official opening day, are in season, and still keep."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from services.compliance.rules.core import (
    PLATFORM,
    Finding,
    each,
    fail,
    ground,
    missing,
    need,
    passed,
    review,
    rule,
)
from services.compliance.rules.facts import Facts, Lot
from services.compliance.rules.law import Law, start_of
from services.compliance.rules.months import months_after
from services.compliance.rules.naming import category_words, the_goods, the_place
from services.contracts.categories import category_within
from services.contracts.regions import covers

_DAY = timedelta(days=1)


@rule(
    "adm.season",
    title=("应季且不早于开采（捕）日", "In season, not before the official opening day"),
    stages=("listing", "golive"),
    reads=("lot", "subject"),
    grounds=(
        PLATFORM,
        ground("中华人民共和国广告法", "第二十八条", since="2015-09-01"),
        ground("中华人民共和国食品安全法", "第三十四条", since="2015-10-01"),
    ),
)
def in_season(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Harvested on or after the opening day of its variety, offered in its months or from a store that is on record."""
    need(facts.lot, "lot")
    return each(facts, law, _harvested, _opening_day, _keeps, _months)


def _harvested(facts: Facts, law: Law) -> Finding:
    harvested = need(need(facts.lot, "lot").harvested_on, "lot.harvested_on")
    if harvested > law.on:
        return review("not_yet_harvested", harvested=harvested).at("lot.harvested_on").until(start_of(harvested))
    return passed("harvested", harvested=harvested)


def _opening_day(facts: Facts, law: Law) -> Finding:
    lot = need(facts.lot, "lot")
    harvested = need(lot.harvested_on, "lot.harvested_on")
    published = _published(facts, law)
    own = [entry for entry in published if entry["variety"] in (lot.variety or "")]
    opens = next((date.fromisoformat(entry["opens_on"]) for entry in own if entry["year"] == harvested.year), None)
    # What the authorities published for all the place goes before what somebody wrote into a form.
    opens = opens or lot.opens_on
    variety = lot.variety or category_words(the_goods(facts))
    if opens is not None:
        if harvested < opens:
            return fail("before_opening_day", variety=variety, harvested=harvested, opens=opens).at(
                "lot.harvested_on", "lot.opens_on"
            )
        return passed("after_opening_day", variety=variety, harvested=harvested, opens=opens)
    if published and lot.variety is None:
        return missing("lot.variety")
    expected = True if own else need(lot.opening_day_expected, "lot.opening_day_expected")
    if expected:
        return review("opening_day_not_on_record", variety=variety, year=str(harvested.year)).at("lot.opens_on")
    return passed("no_opening_day")


def _published(facts: Facts, law: Law) -> list[Mapping[str, Any]]:
    """The opening days that the gate itself knows for these goods from this place, of all varieties and years."""
    origin = facts.lot.origin_region_code if facts.lot else None
    place, goods = origin or the_place(facts), the_goods(facts)
    return [
        entry
        for entry in law["adm.season.opening_days"]
        if category_within(goods, entry["category_code"]) and covers(entry["region_code"], place, law.on)
    ]


def _keeps(facts: Facts, law: Law) -> Finding:
    last = _last_day(need(facts.lot, "lot"))
    if law.on > last:
        return fail("past_shelf_life", last=last).at("lot.best_before_on", "lot.shelf_life_days")
    return passed("still_keeps", last=last).until(start_of(last + _DAY))


def _last_day(lot: Lot) -> date:
    """The last day on which the goods may be sold: as printed, or as long as they keep after the harvest."""
    if lot.best_before_on is not None:
        return lot.best_before_on
    days = need(lot.shelf_life_days, "lot.shelf_life_days")
    return need(lot.harvested_on, "lot.harvested_on") + timedelta(days=days)


def _months(facts: Facts, law: Law) -> Finding:
    lot = need(facts.lot, "lot")
    months = need(lot.season_months or None, "lot.season_months")
    harvested = need(lot.harvested_on, "lot.harvested_on")
    if {harvested.month, law.on.month} <= set(months):
        return passed("in_season").until(_first_day_outside(months, law.on))
    if lot.storage_record_sha256:
        return passed("from_store")
    return review("out_of_season", harvested=harvested, months=sorted(months)).at(
        "lot.season_months", "lot.storage_record_sha256"
    )


def _first_day_outside(months: tuple[int, ...], on: date) -> datetime | None:
    """The first instant of the first month that is none of these; None when all are."""
    first = on.replace(day=1)
    ahead = (months_after(first, count) for count in range(1, 12))
    return next((start_of(day) for day in ahead if day.month not in months), None)
