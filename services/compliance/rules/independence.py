"""Which suppliers are really one, and by what: a graph whose edges are the identities they share."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.compliance.rules.core import Words
from services.compliance.rules.facts import Supplier

# The controller before the representative: who is both is named by what the two sides have in common, whichever of
# them comes first in the list.
_TOLD_FIRST = ("uscc", "controller", "legal_rep", "phone", "account", "address")
IDENTITIES = ("legal_rep", "controller", "phone", "account", "address")
# More edges than a sentence can hold are only counted; the evidence names them all.
_MOST_TOLD = 6

# The representative of one and the controller of another are one person when their tokens are equal.
_KIND: Mapping[str, str] = {"uscc": "uscc", "legal_rep": "person", "controller": "person"}
_SHARED: Mapping[str, Words] = {
    "uscc": Words("同一统一社会信用代码", "the same unified social credit code"),
    "legal_rep": Words("同一法定代表人", "the same legal representative"),
    "controller": Words("同一实际控制人", "the same controller"),
    "person": Words(
        "一方的法定代表人就是另一方的实际控制人", "the representative of one is the controller of the other"
    ),
    "phone": Words("同一联系电话", "the same telephone"),
    "account": Words("同一收款账户", "the same account"),
    "address": Words("同一地址", "the same address"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """Two suppliers, by their indexes, and the field of each that holds the identity they share."""

    one: int
    other: int
    field_of_one: str
    field_of_other: str

    @property
    def shared(self) -> Words:
        """What the two share, without telling it."""
        return _SHARED[self.field_of_one if self.field_of_one == self.field_of_other else "person"]

    @property
    def places(self) -> tuple[str, str]:
        """The paths of the two facts."""
        return f"suppliers[{self.one}].{self.field_of_one}", f"suppliers[{self.other}].{self.field_of_other}"


@dataclass(frozen=True, slots=True)
class Independence:
    """The suppliers in groups of those who are one, and the links that joined them."""

    groups: tuple[tuple[int, ...], ...]
    links: tuple[Link, ...]

    def links_within(self, group: Iterable[int]) -> tuple[Link, ...]:
        """The links that joined this group."""
        members = set(group)
        return tuple(link for link in self.links if link.one in members)


def independence(suppliers: Sequence[Supplier]) -> Independence:
    """Connected components over code, representative, controller, telephone, account and address."""
    leader = list(range(len(suppliers)))

    def find(index: int) -> int:
        while leader[index] != index:
            leader[index] = leader[leader[index]]
            index = leader[index]
        return index

    seen: dict[tuple[str, str], tuple[int, str]] = {}
    links: list[Link] = []
    for index, supplier in enumerate(suppliers):
        for field in _TOLD_FIRST:
            token = getattr(supplier, field)
            if token is None:
                continue
            first, first_field = seen.setdefault((_KIND.get(field, field), token), (index, field))
            if first != index and find(first) != find(index):
                leader[find(index)] = find(first)
                # Who represents and controls the first is named by the part that both sides know them in.
                same = getattr(suppliers[first], field) == token
                links.append(Link(first, index, field if same else first_field, field))
    groups: dict[int, list[int]] = {}
    for index in range(len(suppliers)):
        groups.setdefault(find(index), []).append(index)
    return Independence(tuple(tuple(group) for group in groups.values()), tuple(links))


def links_words(links: Sequence[Link], suppliers: Sequence[Supplier]) -> Words:
    """Which two share what, such as “一号与二号：同一实际控制人”; the identities themselves are not told."""
    told = [(called(suppliers, link.one), called(suppliers, link.other), link.shared) for link in links[:_MOST_TOLD]]
    zh = "；".join(f"{one.zh}与{other.zh}：{shared.zh}" for one, other, shared in told)
    en = "; ".join(f"{one.en} and {other.en}: {shared.en}" for one, other, shared in told)
    more = len(links) - len(told)
    return Words(f"{zh}；另有{more}处", f"{en}; and {more} more") if more else Words(zh, en)


def group_words(group: Sequence[int], suppliers: Sequence[Supplier]) -> Words:
    """The suppliers of a group by their names."""
    names = [called(suppliers, index) for index in group[:_MOST_TOLD]]
    more = len(group) - len(names)
    zh, en = "、".join(name.zh for name in names), ", ".join(name.en for name in names)
    return Words(f"{zh}等{len(group)}家", f"{en} and {more} more") if more else Words(zh, en)


def called(suppliers: Sequence[Supplier], index: int) -> Words:
    """The supplier's registered name, which is public; its place in the list where nobody stated one."""
    name = suppliers[index].name
    return Words(name, name) if name else Words(f"第{index + 1}家供货者", f"supplier no. {index + 1}")
