"""Whether an event that nobody could prevent explains, here and now, why these goods are unsold."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from services.compliance.rules.authority import lawful_declarations
from services.compliance.rules.core import (
    PLATFORM,
    Finding,
    Words,
    each,
    fail,
    ground,
    missing,
    need,
    not_applicable,
    passed,
    review,
    rule,
)
from services.compliance.rules.declarations import EMERGENCY, EMERGENCY_2007
from services.compliance.rules.facts import Declaration, Event, EventRegion, Facts, Impact
from services.compliance.rules.law import Law, start_of
from services.compliance.rules.naming import category_words, joined, region_words, the_goods, the_place
from services.contracts.categories import category, category_within
from services.contracts.regions import covers
from services.contracts.values import shanghai_day

FORCE_MAJEURE = (
    PLATFORM,
    ground("中华人民共和国民法总则", "第一百八十条", since="2017-10-01", until="2021-01-01"),
    ground("中华人民共和国民法典", "第一百八十条", since="2021-01-01"),
)

_CAUSES = {
    "market_glut": Words("供过于求", "over-supply"),
    "price_fall": Words("价格下跌", "a fall in prices"),
    "competition": Words("市场竞争", "competition"),
    "late_ripening": Words("成熟偏晚", "late ripening"),
    "trade_dispute": Words("贸易纠纷", "a trade dispute"),
    "poor_quality": Words("品质不佳", "poor quality"),
}
_BLOCKED = frozenset({"transport", "market_closed"})


@rule(
    "fm.event",
    title=("不可抗力事件成立", "A qualifying event exists on paper"),
    stages=("listing", "filing", "golive"),
    reads=("event", "subject"),
    hard=True,
    grounds=(
        *FORCE_MAJEURE,
        ground(EMERGENCY_2007, "第三条、第四十二条", since="2007-11-01", until="2024-11-01"),
        ground(EMERGENCY, "第三条、第六十三条、第七十一条", since="2024-11-01"),
    ),
)
def event_exists(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Nature, disease or accident, declared in a numbered document; never a bad market."""
    return each(facts, law, _event_kind, _documents_unchanged, _event_declared)


def _event_kind(facts: Facts, _: Law) -> Finding:
    event = need(facts.event, "event")
    for cause in (event.cause, event.event_type):
        if cause in _CAUSES:
            return fail("not_force_majeure", cause=_CAUSES[cause]).at("event.event_type")
    kind = need(event.event_type, "event.event_type")
    if kind == "none":
        return fail("no_event").at("event.event_type")
    if kind == "social_safety":
        return review("social_safety").at("event.event_type")
    return passed("kind_qualifies")


def _documents_unchanged(facts: Facts, _: Law) -> Iterator[Finding]:
    for index, declaration in enumerate((facts.event and facts.event.declarations) or ()):
        registered, stored = declaration.file_hash, declaration.stored_file_hash
        if registered and stored and registered.lower() != stored.lower():
            yield fail("document_changed", document=_called(declaration)).at(f"event.declarations[{index}].file_hash")


def _event_declared(facts: Facts, law: Law) -> Finding:
    event = need(facts.event, "event")
    declarations = need(event.declarations, "event.declarations")
    for index, declaration in enumerate(declarations):
        need(declaration.kind, f"event.declarations[{index}].kind")
    # What nobody was entitled to declare proves nothing, however complete the paper is.
    bearing = lawful_declarations(facts, law)
    if not bearing:
        return fail("no_declaration").at("event.declarations")
    if bearing[0][1].kind == "warning":
        return review("warning_only").at(*(f"event.declarations[{index}]" for index, _ in bearing))
    complete = [d for _, d in bearing if _numbered(d) and d.file_hash and d.issued_at]
    if complete:
        return passed("declared", document=_called(complete[0]))
    index, best = max(bearing, key=lambda each_of: (_numbered(each_of[1]), bool(each_of[1].file_hash)))
    if not _numbered(best):
        return review("without_number").at(f"event.declarations[{index}].doc_no")
    if not best.file_hash:
        return review("without_document", document=_called(best)).at(f"event.declarations[{index}].file_hash")
    return missing(f"event.declarations[{index}].issued_at")


def _numbered(declaration: Declaration) -> bool:
    return bool((declaration.doc_no or "").strip())


def _called(declaration: Declaration) -> str:
    return declaration.title or declaration.doc_no or declaration.id or "—"


@rule(
    "fm.coverage",
    title=("覆盖本地区与本品类", "Covers this place and this product"),
    stages=("listing", "filing", "golive"),
    reads=("event", "subject", "lot"),
    hard=True,
    grounds=(
        PLATFORM,
        ground(EMERGENCY_2007, "第七条、第四十四条、第四十八条", since="2007-11-01", until="2024-11-01"),
        ground(EMERGENCY, "第十八条、第六十四条、第七十二条", since="2024-11-01"),
    ),
)
def event_covers(facts: Facts, law: Law) -> Finding:
    """The product's region lies in the event's, and the event struck this kind of goods."""
    event = need(facts.event, "event")
    place, goods = the_place(facts), the_goods(facts)
    regions = need(event.regions, "event.regions")
    shown = joined([region_words(region.code, law.on) for region in regions if region.code])
    whole, part = _covering(regions, place, law.on)
    if not whole and not part:
        return _outside(need(event.impacts, "event.impacts"), place, shown, law)
    struck = _impact_finding(need(event.impacts, "event.impacts"), goods, facts)
    if struck.result == "fail" or whole:
        return struck
    return review("part_of_region", regions=shown).at("event.regions", "subject.region_code")


def _covering(regions: tuple[EventRegion, ...], place: str, on: date) -> tuple[bool, bool]:
    """Whether the event struck the whole place, and whether it struck at least a part of it."""
    reached = [region for region in regions if region.code and covers(region.code, place, on)]
    inside = [region for region in regions if region.code and covers(place, region.code, on)]
    return any(not region.partial for region in reached), bool(reached or inside)


def _impact_finding(impacts: tuple[Impact, ...], goods: str, facts: Facts) -> Finding:
    words = category_words(goods)
    if any(impact.category_code and category_within(goods, impact.category_code) for impact in impacts):
        return passed("covered", category=words)
    unnamed = [impact for impact in impacts if impact.category_code is None]
    if any(impact.mechanism in _BLOCKED for impact in unnamed) and keeps(goods, facts) != "storable":
        return review("category_not_named", category=words).at("event.impacts")
    return fail("category_not_struck", category=words).at("event.impacts", "subject.category_code")


def _outside(impacts: tuple[Impact, ...], place: str, shown: Words, law: Law) -> Finding:
    for index, impact in enumerate(impacts):
        routes = impact.route_region_codes or ()
        named = bool(impact.market) or any(covers(route, place, law.on) for route in routes)
        if impact.mechanism in _BLOCKED and impact.document_sha256 and named:
            return review("route_or_market_closed", regions=shown).at(f"event.impacts[{index}]")
    return fail("region_not_covered", region=region_words(place, law.on), regions=shown).at(
        "event.regions", "subject.region_code"
    )


def keeps(goods: str, facts: Facts) -> str | None:
    """`perishable` or `storable`; None when it depends on cold storage that nobody stated."""
    row = category(goods)
    if row is None or row.keeping != "cold_storable":
        return row.keeping if row else "perishable"
    stored = facts.lot.cold_stored if facts.lot else None
    return None if stored is None else "storable" if stored else "perishable"


@rule(
    "fm.window",
    title=("事件影响的时间窗口", "Within the time the event still explains"),
    stages=("listing", "filing", "golive"),
    reads=("event", "subject", "lot", "sales"),
    grounds=(
        PLATFORM,
        ground(EMERGENCY_2007, "第四十七条、第五十八条", since="2007-11-01", until="2024-11-01"),
        ground(EMERGENCY, "第七十条、第八十六条", since="2024-11-01"),
    ),
)
def within_window(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """From the event's start until its lift and a tail that depends on how long the goods keep."""
    return each(facts, law, _inside_window, _affected_season)


def _inside_window(facts: Facts, law: Law) -> Finding:
    event = need(facts.event, "event")
    if not need(event.declarations, "event.declarations"):
        # Whether an undeclared event exists at all is the event rule's question.
        return not_applicable("nothing_declared")
    # A response that nobody was entitled to start, and so nobody lifted, keeps no window open.
    bearing = [declaration for _, declaration in lawful_declarations(facts, law)]
    started = [moment for moment in (event.occurred_at, *(d.issued_at for d in bearing)) if moment is not None]
    start = min(started, default=None)
    if start is None and all(declaration.issued_at for declaration in event.declarations or ()):
        return fail("not_yet_declared").at("event.declarations")
    start = need(start, "event.occurred_at")
    if law.at < start:
        return fail("not_yet_started", start=shanghai_day(start)).at("event.occurred_at")
    last = _last_day(event, bearing, start, facts, law)
    if last is None:
        return passed("still_in_force", start=shanghai_day(start)).until(_next_lift(bearing, law.at))
    if law.on <= last:
        return passed("in_tail", last=last).until(start_of(last + timedelta(days=1)))
    return _after_window(last, facts, law)


def _next_lift(bearing: list[Declaration], at: datetime) -> datetime | None:
    return min((d.lifted_at for d in bearing if d.lifted_at is not None and d.lifted_at > at), default=None)


def _last_day(event: Event, bearing: list[Declaration], start: datetime, facts: Facts, law: Law) -> date | None:
    """The last day inside the window; None while a declaration is still in force."""
    lifts = [d.lifted_at for d in bearing if d.lifted_at is not None and d.lifted_at <= law.at]
    if bearing and len(lifts) == len(bearing):
        return shanghai_day(max(lifts)) + timedelta(days=_tail_days(facts, law))
    if is_point_hazard(event, law):
        return shanghai_day(start) + timedelta(days=law.number("fm.window.point_hazard_days"))
    return None


def is_point_hazard(event: Event, law: Law) -> bool:
    """Hail and frost strike once and are lifted by nobody."""
    if event.point_hazard is not None:
        return event.point_hazard
    return event.hazard in law.words("fm.window.point_hazards")


def _tail_days(facts: Facts, law: Law) -> int:
    kept = keeps(the_goods(facts), facts)
    if kept is None and facts.lot is None and law.stage == "filing":
        # A filing has no lot of its own; each of its lots is asked by itself whether it was kept cold.
        kept = "storable"
    # Nobody said that the goods were kept cold, so only the shorter tail is proven.
    return law.number("fm.window.storable_days" if kept == "storable" else "fm.window.perishable_days")


def _after_window(last: date, facts: Facts, law: Law) -> Finding:
    grace = last + timedelta(days=law.number("fm.window.grace_days"))
    if law.on > grace:
        return fail("after_window", last=last).at("event.declarations")
    sources = need(need(facts.sales, "sales").sources, "sales.sources")
    days = [source.as_of_on for source in sources if source.as_of_on is not None and source.as_of_on <= law.on]
    newest = max(days, default=None)
    most = law.number("fm.window.evidence_days")
    if newest is None or (law.on - newest).days > most:
        return fail("after_window_without_evidence", last=last, most_days=most).at(
            "event.declarations", "sales.sources"
        )
    until = min(grace, newest + timedelta(days=most)) + timedelta(days=1)
    return review("shortly_after_window", last=last, grace=grace).at("event.declarations").until(start_of(until))


def _affected_season(facts: Facts, law: Law) -> Iterator[Finding]:
    event = facts.event
    if event is None or not is_point_hazard(event, law):
        return
    struck = need(event.affected_season, "event.affected_season")
    season = need(need(facts.subject, "subject").season, "subject.season")
    if struck != season:
        yield fail("another_season", struck=struck, season=season).at("subject.season")
