"""Regions as this service asks about them: whose charge, which level approves, how a former code is answered."""

from collections.abc import Iterable
from datetime import date

from services.contracts import regions
from services.kit.problem import FieldError


def in_scope(scopes: Iterable[str], code: str, on: date) -> bool:
    """Whether the region lies in any of the scopes."""
    return any(regions.covers(scope, code, on=on) for scope in scopes)


def path_of(code: str, on: date) -> list[str]:
    """The codes under which a list finds the region: itself, all above it, and the code that stands today."""
    today = regions.current(code)
    codes = [code, *regions.ancestors(code, on)]
    if today is not None:
        codes += [today, *regions.ancestors(today, on)]
    return list(dict.fromkeys(codes))


def with_present_codes(scopes: Iterable[str]) -> list[str]:
    """The scopes and the codes that stand today for the same land."""
    codes = [known for scope in scopes for known in (scope, regions.current(scope)) if known]
    return list(dict.fromkeys(codes))


def is_the_level(scopes: Iterable[str], code: str, on: date) -> bool:
    """Whether one of the scopes is this very region, under its old or its new code."""
    return any(regions.covers(scope, code, on) and regions.covers(code, scope, on) for scope in scopes)


def approving_region(post_region: str, level: str | None, on: date) -> str | None:
    """The region whose approver stands above a post; None for a province and for the nation."""
    if level in ("national", "province"):
        return None
    return regions.approving_level(post_region, on)


def region_problem(field: str, code: str, on: date, *, demo: bool) -> FieldError | None:
    """Why a region code cannot be used on the day, naming its successor; None when it can."""
    row = regions.region(code, on)
    if row is not None and (demo or not row.demo):
        return None
    former = regions.known(code)
    if former is None or (former.demo and not demo):
        return FieldError(
            field,
            f"{code} is not a region. Give the six-digit code of a province, prefecture or county.",
            f"没有代码为 {code} 的行政区划，请填写省、市、县的六位代码。",
        )
    heirs = ", ".join(former.successors) or "none"
    return FieldError(
        field,
        f"{code} {former.name_en} is not in force on that day; its successor: {heirs}.",
        f"{code}（{former.name_zh}）当日不是有效的区划代码，接替的代码：{heirs}。",
    )


def full_name(code: str, on: date, *, chinese: bool) -> str:
    """The region with all above it, as an address has it."""
    rows = [regions.region(each, on) or regions.known(each) for each in (*regions.ancestors(code, on)[::-1], code)]
    names = [row.name_zh if chinese else row.name_en for row in rows if row is not None]
    return "".join(names) if chinese else ", ".join(reversed(names))


def short_name(code: str, on: date, *, chinese: bool) -> str:
    """The region's own name; the code itself when it is unknown."""
    row = regions.region(code, on) or regions.known(code)
    if row is None:
        return code
    return row.name_zh if chinese else row.name_en
