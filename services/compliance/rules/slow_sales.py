"""Whether independent and fresh evidence shows that stock lies unsold."""

from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta

from services.compliance.rules.core import PLATFORM, Finding, each, fail, need, passed, review, rule, stale
from services.compliance.rules.facts import Facts, Sales, Source
from services.compliance.rules.law import Law, start_of
from services.compliance.rules.naming import category_words, region_words, the_goods, the_place
from services.contracts.categories import category_within
from services.contracts.regions import covers


@rule(
    "fm.slow_sales",
    title=("滞销证据独立、及时", "Independent, fresh evidence of unsold stock"),
    stages=("filing", "golive"),
    reads=("sales", "event", "subject"),
    grounds=(PLATFORM,),
)
def stock_is_unsold(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Two indicators from two fresh sources, one of them independent; a shortage is the opposite of slow sales."""
    return each(facts, law, _about_these_goods, _indicators, _shortage, _damage, _sources)


def _about_these_goods(facts: Facts, law: Law) -> Finding:
    """Evidence speaks for a case only when it was taken of these goods, in this place."""
    sales, place, goods = need(facts.sales, "sales"), the_place(facts), the_goods(facts)
    region, kind = need(sales.region_code, "sales.region_code"), need(sales.category_code, "sales.category_code")
    if not (covers(region, place, law.on) or covers(place, region, law.on)):
        shown = region_words(region, law.on), region_words(place, law.on)
        return fail("evidence_of_another_place", region=shown[0], place=shown[1]).at("sales.region_code")
    if not (category_within(goods, kind) or category_within(kind, goods)):
        shown = category_words(kind), category_words(goods)
        return fail("evidence_of_other_goods", category=shown[0], goods=shown[1]).at("sales.category_code")
    season = facts.subject.season if facts.subject else None
    if season is not None and sales.season is not None and season != sales.season:
        return review("evidence_of_another_season", evidence=sales.season, season=season).at("sales.season")
    if not (covers(region, place, law.on) and category_within(goods, kind)):
        return review("evidence_of_a_part").at("sales.region_code", "sales.category_code")
    return passed("evidence_of_these_goods")


def _progress(sales: Sales, law: Law) -> bool | None:
    if sales.progress_gap_bp is None:
        return None
    return sales.progress_gap_bp >= law.number("fm.slow_sales.progress_gap_bp")


def _price(sales: Sales, law: Law) -> bool | None:
    if sales.price_gap_bp is None:
        return None
    return sales.price_gap_bp >= law.number("fm.slow_sales.price_gap_bp")


def _unsold(sales: Sales, law: Law) -> bool | None:
    """Enough of the season is unsold and, at the present rate, cannot be sold before it spoils."""
    unsold, season = sales.unsold_grams, sales.season_grams
    days, rate = sales.days_to_spoil, sales.sold_grams_per_day
    if unsold is None or season is None or days is None or rate is None:
        return None
    enough = unsold * 10_000 >= season * law.number("fm.slow_sales.unsold_bp") and unsold > 0
    return enough and rate * days < unsold


def _disruption(sales: Sales, _: Law) -> bool | None:
    return None if sales.disruption_documents is None else bool(sales.disruption_documents)


_INDICATORS: Mapping[str, Callable[[Sales, Law], bool | None]] = {
    "sales.progress_gap_bp": _progress,
    "sales.price_gap_bp": _price,
    "sales.unsold_grams": _unsold,
    "sales.disruption_documents": _disruption,
}


def _indicators(facts: Facts, law: Law) -> Finding:
    sales = need(facts.sales, "sales")
    answers = {path: indicator(sales, law) for path, indicator in _INDICATORS.items()}
    shown = [path for path, holds in answers.items() if holds]
    enough = law.number("fm.slow_sales.indicators")
    if len(shown) >= enough:
        return passed("indicators_enough", count=len(shown), enough=enough)
    if shown:
        return review("one_indicator", count=len(shown), enough=enough).at(*shown)
    unknown = next((path for path, holds in answers.items() if holds is None), None)
    if unknown is not None:
        # An indicator that nobody measured may still show the unsold stock.
        need(None, unknown)
    return fail("not_unsold").at("sales")


def _shortage(facts: Facts, _: Law) -> Iterator[Finding]:
    """Dearer than usual and scarcer than usual: the damage made the goods rare, not unsaleable."""
    sales = facts.sales
    if sales is None or sales.price_gap_bp is None or sales.price_gap_bp >= 0:
        return
    sold_faster = sales.progress_gap_bp is not None and sales.progress_gap_bp < 0
    scarcer = _less_in_store(sales)
    if sold_faster or scarcer:
        yield fail("shortage", rise_bp=-sales.price_gap_bp).at("sales.price_gap_bp")
    elif scarcer is None:
        # The price rose; only the stock can tell whether the goods are scarce.
        need(sales.progress_gap_bp, "sales.progress_gap_bp")


def _less_in_store(sales: Sales) -> bool | None:
    usual = sales.usual_unsold_share_bp
    if usual is None or sales.unsold_grams is None or sales.season_grams is None:
        return None
    return sales.unsold_grams * 10_000 < sales.season_grams * usual


def _damage(facts: Facts, _: Law) -> Iterator[Finding]:
    """Goods that were destroyed are not unsold, unless what is left was downgraded."""
    sales, event = facts.sales, facts.event
    if sales is None:
        return
    records = [sales.downgrade_record]
    mechanisms = [sales.mechanism] if sales.mechanism else []
    if not mechanisms:
        impacts = need(need(event, "sales.mechanism").impacts, "event.impacts")
        goods = the_goods(facts)
        struck = [i for i in impacts if i.category_code and category_within(goods, i.category_code)]
        mechanisms = [impact.mechanism for impact in struck if impact.mechanism]
        records += [impact.downgrade_record for impact in struck]
        if struck and not mechanisms:
            need(None, "sales.mechanism")
    if not mechanisms or any(mechanism != "damage" for mechanism in mechanisms) or any(records):
        return
    need(next((record for record in records if record is not None), None), "sales.downgrade_record")
    yield fail("damage_without_downgrade").at("sales.downgrade_record")


def _sources(facts: Facts, law: Law) -> Iterator[Finding]:
    sources = need(need(facts.sales, "sales").sources, "sales.sources")
    most, enough = law.number("fm.slow_sales.source_days"), law.number("fm.slow_sales.sources")
    ages = {i: (law.on - need(s.as_of_on, f"sales.sources[{i}].as_of_on")).days for i, s in enumerate(sources)}
    fresh = [(i, sources[i]) for i, age in ages.items() if 0 <= age <= most]
    if not sources:
        yield fail("no_source").at("sales.sources")
        return
    if len(fresh) < min(enough, len(sources)):
        old = max(ages.keys() - {i for i, _ in fresh}, key=lambda i: (abs(ages[i]), i))
        if ages[old] < 0:
            yield review("source_dated_ahead").at(f"sales.sources[{old}].as_of_on")
        else:
            day = law.on - timedelta(days=ages[old])
            yield stale(f"sales.sources[{old}].as_of_on", as_of=day, age_days=ages[old], most_days=most)
        return
    offices = {_office(i, source) for i, source in fresh}
    # The answer may change as soon as the first of the sources grows stale.
    until = start_of(law.on + timedelta(days=most + 1 - max(ages[i] for i, _ in fresh)))
    if len(offices) < enough:
        yield review("one_office", count=len(offices), enough=enough).at("sales.sources").until(until)
    else:
        yield passed("sources_enough", count=len(offices), enough=enough).until(until)
    yield _independence(fresh)


def _office(index: int, source: Source) -> str:
    return need(source.office or source.org, f"sales.sources[{index}].org")


def _independence(fresh: list[tuple[int, Source]]) -> Finding:
    if any(source.independent_of_applicant for _, source in fresh):
        return passed("independent_source")
    for index, source in fresh:
        need(source.independent_of_applicant, f"sales.sources[{index}].independent_of_applicant")
    return review("no_independent_source").at("sales.sources")
