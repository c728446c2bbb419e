"""Regions and categories as answers: look-ups in the committed tables that every service holds."""

import difflib
from datetime import date, timedelta

from services.catalog.errors import CategoryUnknown, RegionUnknown
from services.catalog.schemas.common import CategoryName, RegionName
from services.catalog.schemas.places import (
    AttributeList,
    AttributeOption,
    AttributeOut,
    CategoryList,
    CategoryOut,
    RegionBrief,
    RegionHistory,
    RegionList,
    RegionOut,
)
from services.contracts import attributes, categories, regions
from services.contracts.regions import Level, Region
from services.kit.page import decode_cursor, encode_cursor
from services.kit.problem import BodyInvalid, FieldError

# Regions that are in force without an end are in force on any later day, this one included.
_LAST_DAY = date(9999, 1, 1)


def list_regions(
    parent: str | None, level: Level | None, q: str | None, on: date, *, demo: bool, cursor: str | None, limit: int
) -> RegionList:
    """Regions in force on the day by parent, level or name; the provinces when nothing is asked."""
    if q is not None:
        found: tuple[Region, ...] = regions.search(q, on, demo=demo, limit=min(limit, 100))
    elif parent is not None:
        _visible(parent, demo=demo)
        found = _children(parent, on)
    elif level is not None and level != "province":
        found = tuple(row for row in regions.regions(on, demo=demo) if row.level == level)
    else:
        found = regions.provinces(on, demo=demo)
    if level is not None:
        found = tuple(row for row in found if row.level == level)
    return _page(found, on, cursor, limit, by_code=q is None)


def _page(found: tuple[Region, ...], on: date, cursor: str | None, limit: int, *, by_code: bool) -> RegionList:
    if cursor is not None and by_code:
        (after,) = decode_cursor(cursor, str)
        found = tuple(row for row in found if row.code > str(after))
    shown = found[:limit]
    more = by_code and len(found) > limit
    return RegionList(on=on, items=[_brief(row) for row in shown], next=encode_cursor(shown[-1].code) if more else None)


def list_children(code: str, on: date, *, demo: bool) -> RegionList:
    """The regions directly below. Raises RegionUnknown."""
    _visible(code, demo=demo)
    return RegionList(on=on, items=[_brief(row) for row in _children(code, on)])


def _children(code: str, on: date) -> tuple[Region, ...]:
    known_region(code)
    return regions.children(code, on)


def get_region(code: str, on: date, *, demo: bool) -> RegionOut:
    """One code, in force on the day or not, with what stands above it and what became of it. Raises RegionUnknown."""
    _visible(code, demo=demo)
    row = regions.region(code, on) or known_region(code)
    above = [regions.region(each, on) or known_region(each) for each in regions.ancestors(code, on)]
    return RegionOut(
        **_brief(row).model_dump(),
        in_force=row.holds(on),
        ancestors=[_brief(each) for each in above],
        approving_code=regions.approving_level(code, on),
        children_count=len(regions.children(code, on)),
        history=RegionHistory(
            predecessors=[_brief(each) for each in _predecessors(row)],
            successors=[_brief(known_region(each)) for each in row.successors],
            current_code=regions.current(code),
        ),
    )


def _predecessors(row: Region) -> list[Region]:
    """The codes that ended on the day this one began and named it as their successor."""
    before = regions.regions(row.valid_from - timedelta(days=1), demo=row.demo)
    return [each for each in before if row.code in each.successors and each.valid_to == row.valid_from]


def _visible(code: str, *, demo: bool) -> None:
    """Raises RegionUnknown for an invented region outside demo mode."""
    if known_region(code).demo and not demo:
        raise unknown_region(code)


def known_region(code: str) -> Region:
    """The newest row of a code, whenever it was in force. Raises RegionUnknown."""
    row = regions.known(code)
    if row is None:
        raise unknown_region(code)
    return row


def unknown_region(code: str) -> RegionUnknown:
    """The problem for a code that never was, with those that look most like it."""
    near = nearest_codes(code)
    listed_en = ", ".join(f"{row.code} {row.name_en}" for row in near)
    listed_zh = "、".join(f"{row.code} {row.name_zh}" for row in near)
    return RegionUnknown(
        f"A region code has six digits (GB/T 2260), such as 341321 for Dangshan County. {_nearest_en(listed_en)}",
        f"行政区划代码为六位数字（GB/T 2260），例如砀山县 341321。{_nearest_zh(listed_zh)}",
        nearest=[row.code for row in near],
    )


def _nearest_en(listed: str) -> str:
    return f"The nearest are {listed}." if listed else "Find it with /regions?q=."


def _nearest_zh(listed: str) -> str:
    return f"最接近的是：{listed}。" if listed else "可通过 /regions?q= 查找。"


def nearest_codes(code: str) -> list[Region]:
    """At most three regions in force whose codes begin like this one, the nearest numbers first."""
    digits = code[:6]
    if len(digits) < 6 or not (digits.isascii() and digits.isdigit()):
        return []
    alike = [row for row in regions.regions(_LAST_DAY) if row.code[:2] == digits[:2]]
    alike.sort(key=lambda row: (row.code[:4] != digits[:4], abs(int(row.code) - int(digits))))
    return alike[:3]


def check_region(code: str, on: date, field: str) -> None:
    """Raises BodyInvalid unless the code is in force on the day; a former one is told its successors."""
    if regions.region(code, on) is not None:
        return
    row = regions.known(code)
    if row is None:
        unknown = unknown_region(code)
        raise _invalid(field, f"There is no region {code}. {unknown.en}", f"没有代码为 {code} 的地区。{unknown.zh}")
    if row.valid_to is None or on < row.valid_from:
        raise _invalid(
            field,
            f"{code} {row.name_en} holds only from {row.valid_from}.",
            f"{code} {row.name_zh}自 {row.valid_from} 起启用。",
        )
    heirs = [each for each in map(regions.known, row.successors) if each is not None]
    new_en = " or ".join(f"{each.code} {each.name_en}" for each in heirs) or "the code of its successor"
    new_zh = "或".join(f"{each.code} {each.name_zh}" for each in heirs) or "其继任区划代码"
    raise _invalid(
        field,
        f"{code} {row.name_en} ended on {row.valid_to}. Use {new_en}.",
        f"{code} {row.name_zh}已于 {row.valid_to} 停用，请改用 {new_zh}。",
    )


def check_category(code: str, field: str) -> None:
    """Raises BodyInvalid unless there is such a category."""
    if categories.category(code) is None:
        near = nearest_categories(code)
        raise _invalid(
            field,
            f"There is no category {code}. See /categories{': ' + ', '.join(near) if near else ''}.",
            f"没有品类 {code}，请查看 /categories{'：' + '、'.join(near) if near else ''}。",
        )


def nearest_categories(code: str) -> list[str]:
    """At most three category codes that look like this one."""
    return difflib.get_close_matches(code, [each.code for each in categories.all_categories()], n=3, cutoff=0.6)


def _invalid(field: str, en: str, zh: str) -> BodyInvalid:
    return BodyInvalid(
        "Correct the fields listed under `errors` and send it again.",
        "请按 `errors` 中的提示修改后重新提交。",
        errors=[FieldError(field, en, zh)],
    )


def list_categories() -> CategoryList:
    """The whole tree, parents before their children."""
    return CategoryList(items=[_category(each) for each in categories.all_categories()])


def get_category(code: str) -> CategoryOut:
    """One kind of goods. Raises CategoryUnknown."""
    found = categories.category(code)
    if found is None:
        near = ", ".join(nearest_categories(code)) or "/categories"
        raise CategoryUnknown(
            f"There is no category {code[:64]}. See {near}.", f"没有品类 {code[:64]}，可查看 {near}。"
        )
    return _category(found)


def list_attributes(code: str) -> AttributeList:
    """What goods of this kind are described by. Raises CategoryUnknown."""
    found = get_category(code)
    items = [
        AttributeOut(
            name=each.name,
            kind=each.kind,
            zh=each.zh,
            en=each.en,
            unit_zh=each.unit_zh,
            unit_en=each.unit_en,
            scale=each.scale,
            least=each.least if each.kind == "integer" else None,
            most=each.most if each.kind == "integer" else None,
            options=[AttributeOption(value=value, zh=zh, en=en) for value, zh, en in each.options],
        )
        for each in attributes.attributes_of(code)
    ]
    return AttributeList(category=found.code, items=items, json_schema=attributes.schema_of(code))


def region_name(code: str, on: date) -> RegionName:
    """A region as a page names it, as it stood on the day."""
    row = regions.region(code, on) or known_region(code)
    above = [regions.region(each, on) or known_region(each) for each in reversed(regions.ancestors(code, on))]
    return RegionName(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        short_zh=row.short_zh,
        short_en=row.short_en,
        level=row.level,
        path_zh="".join(each.name_zh for each in (*above, row)),
        path_en=", ".join(each.name_en for each in (row, *reversed(above))),
        demo=row.demo,
    )


def category_name(code: str) -> CategoryName:
    """A category as a page names it."""
    found = get_category(code)
    return CategoryName(code=found.code, zh=found.zh, en=found.en, illustration=found.illustration)


def _brief(row: Region) -> RegionBrief:
    return RegionBrief.model_validate(row)


def _category(each: categories.Category) -> CategoryOut:
    return CategoryOut(
        code=each.code,
        parent=each.parent,
        zh=each.zh,
        en=each.en,
        admission=each.admission,
        admission_note=each.admission_note,
        food=each.food,
        processed=each.processed,
        fresh=each.fresh,
        keeping=each.keeping,
        certificate_class=each.certificate_class,
        quarantine=each.quarantine,
        medicinal_food=each.medicinal_food,
        illustration=each.illustration,
        ancestors=list(categories.category_ancestors(each.code)),
        children=[child.code for child in categories.category_children(each.code)],
    )
