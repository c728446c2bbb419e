"""The tree of goods: what counts as a region's produce, and what the law asks of each kind."""

import csv
import functools
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

Admission = Literal["specialty", "review", "excluded"]
Keeping = Literal["perishable", "storable", "cold_storable"]
CertificateClass = Literal["vegetable", "fruit", "tea_leaf", "livestock", "egg", "aquatic", "none"]


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of goods.

    `certificate_class` is one of the six classes that must carry a 承诺达标合格证, or none. `cold_storable` goods are
    perishable unless a lot says that it was kept in cold storage. `medicinal_food` are 药食同源 goods.
    """

    code: str
    parent: str | None
    zh: str
    en: str
    admission: Admission
    admission_note: str
    food: bool
    processed: bool
    keeping: Keeping
    certificate_class: CertificateClass
    quarantine: bool
    medicinal_food: bool
    illustration: str

    @property
    def fresh(self) -> bool:
        """Fresh and perishable in the sense of 价格法 第十四条 and 消费者权益保护法 第二十五条."""
        return not self.processed and self.keeping != "storable"


def category(code: str) -> Category | None:
    """The category of the code."""
    return _tree().get(code)


def category_ancestors(code: str) -> tuple[str, ...]:
    """Codes of the category's ancestors, nearest first; empty for a root or an unknown code."""
    found: list[str] = []
    here = _tree().get(code)
    while here is not None and here.parent is not None:
        found.append(here.parent)
        here = _tree().get(here.parent)
    return tuple(found)


def category_within(code: str, wider: str) -> bool:
    """Whether the category is the wider one or below it."""
    return code == wider or wider in category_ancestors(code)


def category_children(code: str | None) -> tuple[Category, ...]:
    """The categories directly below, or the roots for None, in the order of the table."""
    return tuple(each for each in _tree().values() if each.parent == code)


def all_categories() -> tuple[Category, ...]:
    """Every category, parents before their children."""
    return tuple(_tree().values())


@functools.cache
def _tree() -> Mapping[str, Category]:
    tree: dict[str, Category] = {}
    path = Path(__file__).with_name("categories.csv")
    with path.open(encoding="utf-8", newline="") as table:
        for row in csv.DictReader(table):
            # An empty cell takes the parent's value, so that a new fruit needs only its names.
            parent = tree[row["parent"]] if row["parent"] else None
            tree[row["code"]] = _category(row, parent)
    return MappingProxyType(tree)


def _category(row: Mapping[str, str], parent: Category | None) -> Category:
    def cell(name: str) -> str:
        return row[name] or (str(getattr(parent, name)) if parent is not None else "")

    def flag(name: str) -> bool:
        return cell(name) in ("yes", "True")

    return Category(
        code=row["code"],
        parent=row["parent"] or None,
        zh=row["zh"],
        en=row["en"],
        admission=cast(Admission, cell("admission")),
        admission_note=cell("admission_note"),
        food=flag("food"),
        processed=flag("processed"),
        keeping=cast(Keeping, cell("keeping")),
        certificate_class=cast(CertificateClass, cell("certificate_class")),
        quarantine=flag("quarantine"),
        medicinal_food=flag("medicinal_food"),
        illustration=cell("illustration"),
    )
