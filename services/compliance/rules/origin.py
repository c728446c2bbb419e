"""Whether the goods really come from the place whose name they bear, by plots, papers, amounts and first scans."""

from collections.abc import Iterator
from datetime import date
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
from services.compliance.rules.facts import Facts
from services.compliance.rules.law import Law
from services.compliance.rules.naming import region_words, the_place
from services.compliance.rules.plots import county_of, lies_in
from services.contracts.regions import is_administration

_WHOLE = 10_000


@rule(
    "adm.origin",
    title=("产地真实可溯", "The goods come from the named place"),
    stages=("listing", "post"),
    reads=("lot", "subject", "orders"),
    grounds=(
        PLATFORM,
        ground("中华人民共和国产品质量法", "第五条", since="2018-12-29"),
        ground("中华人民共和国农产品质量安全法", "第四十一条", since="2023-01-01"),
    ),
)
def true_origin(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Plots and papers lie in the named region, no more is sold than grew there, and parcels set out from there."""
    checks = (_stated_origin, _plots, _papers, _capacity, _warehouses)
    if law.stage == "post":
        return each(facts, law, *checks, _parcels)
    return each(facts, law, *checks)


def _stated_origin(facts: Facts, law: Law) -> Finding:
    place = the_place(facts)
    code = need(need(facts.lot, "lot").origin_region_code, "lot.origin_region_code")
    shown: dict[str, Any] = {"region": region_words(code, law.on), "place": region_words(place, law.on)}
    where = lies_in(code, place, law.on)
    if where == "outside":
        return fail("origin_elsewhere", **shown).at("lot.origin_region_code", "subject.region_code")
    if where != "inside":
        return review("origin_unclear", **shown).at("lot.origin_region_code")
    return passed("origin_stated", **shown)


def _plots(facts: Facts, law: Law) -> Iterator[Finding]:
    plots, place = need(need(facts.lot, "lot").plots, "lot.plots"), the_place(facts)
    if not plots:
        yield review("no_plots").at("lot.plots")
        return
    inside = 0
    for index, plot in enumerate(plots):
        path = f"lot.plots[{index}].township_code"
        if plot.township_code is None:
            yield missing(path)
            continue
        codes = [code for code in (county_of(plot.township_code), plot.region_code) if code is not None]
        finding = _plot(codes, place, path, law.on)
        inside += finding is None
        if finding is not None:
            yield finding
    if inside == len(plots):
        yield passed("plots_inside", n=inside, place=region_words(place, law.on))


def _plot(codes: list[str], place: str, path: str, on: date) -> Finding | None:
    """What is wrong with a plot whose township and stated region are these; None when both lie in the place."""
    shown = {code: lies_in(code, place, on) for code in codes}
    outside = next((code for code, where in shown.items() if where == "outside"), None)
    if outside is not None:
        return fail("plot_elsewhere", region=region_words(outside, on), place=region_words(place, on)).at(path)
    unknown = next((code for code, where in shown.items() if where == "unknown"), None)
    if unknown is not None:
        return review("plot_unknown", code=unknown).at(path)
    unclear = next((code for code, where in shown.items() if where == "unclear"), None)
    if unclear is not None:
        return review("plot_unclear", region=region_words(unclear, on), place=region_words(place, on)).at(path)
    return None


def _papers(facts: Facts, law: Law) -> Iterator[Finding]:
    """A certificate of conformity or origin says where the goods come from; any other paper may."""
    place = the_place(facts)
    for index, paper in enumerate(need(need(facts.lot, "lot").certificates, "lot.certificates")):
        path, code = f"lot.certificates[{index}].origin_region_code", paper.origin_region_code
        if code is None:
            if paper.kind in _SAY_WHERE:
                yield missing(path)
            continue
        shown: dict[str, Any] = {"number": paper.number or "—", "region": region_words(code, law.on)}
        where = lies_in(code, place, law.on)
        if where == "outside":
            yield fail("paper_from_elsewhere", **shown, place=region_words(place, law.on)).at(path)
        elif where != "inside":
            yield review("paper_origin_unclear", **shown).at(path)
        else:
            yield passed("paper_from_here", **shown)


_SAY_WHERE = frozenset({"conformity", "origin"})


def _capacity(facts: Facts, law: Law) -> Finding:
    lot = need(facts.lot, "lot")
    sold = need(lot.sold_grams, "lot.sold_grams")
    capacity = need(lot.verified_capacity_grams, "lot.verified_capacity_grams")
    most = law.number("adm.origin.capacity_bp")
    shown: dict[str, Any] = {"sold_grams": sold, "capacity_grams": capacity, "most_bp": most}
    if sold * _WHOLE > capacity * most:
        return fail("more_than_grew", **shown).at("lot.sold_grams", "lot.verified_capacity_grams")
    return passed("no_more_than_grew", **shown)


def _warehouses(facts: Facts, _: Law) -> Iterator[Finding]:
    """Parcels may set out from a warehouse elsewhere, if it was declared and exists; nobody needs to have one."""
    for index, code in enumerate(need(facts.lot, "lot").declared_warehouses or ()):
        if not is_administration(code):
            yield review("warehouse_unknown", code=code).at(f"lot.declared_warehouses[{index}]")


def _parcels(facts: Facts, law: Law) -> Finding:
    """Where couriers first scanned the parcels, counted outside the prefecture of origin and declared warehouses."""
    orders = need(facts.orders, "orders")
    if not need(orders.parcels_scanned, "orders.parcels_scanned"):
        return passed("no_parcels")
    share = need(orders.parcels_outside_origin_share_bp, "orders.parcels_outside_origin_share_bp")
    limit, most = law.number("adm.origin.parcels_bp"), law.number("adm.origin.parcels_most_bp")
    shown: dict[str, Any] = {"share_bp": share, "limit_bp": limit, "most_bp": most}
    if share >= most:
        return fail("parcels_from_elsewhere", **shown).at("orders.parcels_outside_origin_share_bp")
    if share >= limit:
        return review("some_parcels_from_elsewhere", **shown).at("orders.parcels_outside_origin_share_bp")
    return passed("parcels_from_here", **shown)
