"""Whether whoever speaks for a region, or anybody near them, has an interest in those who gain by it.

Findings never say whose interest it is or in whom: what is published of a declaration is that it was made and
showed nothing, or that the official steps back.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Literal

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
from services.compliance.rules.facts import (
    ConflictDeclaration,
    Facts,
    FormerOffice,
    Relation,
    Supplier,
    says_nothing,
)
from services.compliance.rules.law import Law, start_of
from services.compliance.rules.months import months_after
from services.contracts.regions import covers
from services.contracts.values import uscc_kind

Compared = Literal["none", "unclear", "match"]

# 夫妻、直系血亲、三代以内旁系血亲、近姻亲: 公务员法 第七十四条. Whoever else was declared is a person's question.
_KIN = frozenset({"self", "spouse", "child", "child_spouse", "lineal", "collateral", "close_in_law"})
_GRAVITY: Sequence[Compared] = ("none", "unclear", "match")
# The one place that every finding points at: a nearer one would tell whose interest it is.
_DECLARATION = "official.declaration"
_DAY = timedelta(days=1)


@rule(
    "official.conflict",
    title=("利益回避", "No personal or family interest"),
    stages=("filing", "post"),
    reads=("official", "suppliers", "filing"),
    hard=True,
    grounds=(
        PLATFORM,
        ground("中华人民共和国公务员法", "第七十四条、第七十六条、第一百零七条", since="2019-06-01"),
        ground("中华人民共和国公职人员政务处分法", "第三十三条", since="2020-07-01"),
    ),
)
def no_interest(facts: Facts, law: Law) -> tuple[Finding, ...]:
    """Declared within a year, and neither the speaker nor kin, former posts or grants touch those who gain."""
    official = need(facts.official, "official")
    if official.declaration is not None and official.declaration.recused:
        # Whoever steps back owes nobody the reason, so nothing further is looked at.
        return (fail("recused").at(_DECLARATION),)
    return each(facts, law, _declared, _known_parties, _own_interest, _kin, _former_posts, _grants)


def _the_declaration(facts: Facts) -> ConflictDeclaration:
    return need(need(facts.official, "official").declaration, _DECLARATION)


def _declared(facts: Facts, law: Law) -> Finding:
    declaration = _the_declaration(facts)
    if says_nothing(declaration):
        return fail("not_declared").at(_DECLARATION)
    declared = need(declaration.declared_on, f"{_DECLARATION}.declared_on")
    if declared > law.on:
        return review("declared_ahead", declared=declared).at(f"{_DECLARATION}.declared_on").until(start_of(declared))
    months = law.number("official.conflict.declaration_months")
    last = months_after(declared, months)
    if law.on > last:
        return fail("declaration_expired", declared=declared, months=months).at(f"{_DECLARATION}.declared_on")
    return passed("declared", declared=declared).until(start_of(last + _DAY))


def _known_parties(facts: Facts, law: Law) -> Iterator[Finding]:
    """What nobody stated cannot be compared: an unknown owner may be the official's own brother."""
    for index, supplier in enumerate(need(facts.suppliers, "suppliers")):
        kind = supplier.kind or (uscc_kind(supplier.uscc) if supplier.uscc else "other")
        behind = law["official.conflict.behind_supplier"]
        silent = [name for name in behind.get(kind, behind["other"]) if getattr(supplier, name, None) is None]
        yield from (missing(f"suppliers[{index}].{name}") for name in silent)
    filing = need(facts.filing, "filing")
    need(filing.agencies, "filing.agencies")
    need(filing.sponsors, "filing.sponsors")


def _own_interest(facts: Facts, _: Law) -> Iterator[Finding]:
    own = need(need(facts.official, "official").person, "official.person")
    if any(own in people_behind(supplier) for supplier in facts.suppliers or ()):
        yield fail("interest_found").at(_DECLARATION)


def _kin(facts: Facts, law: Law) -> Finding:
    declaration = _the_declaration(facts)
    compared = declaration.relations_compared
    if compared is None:
        relations = need(declaration.relations, f"{_DECLARATION}.relations")
        compared = compare_relations(relations, facts.suppliers or (), firms_that_gain(facts), law.on)
    if compared == "match":
        return fail("interest_found").at(_DECLARATION)
    if compared == "unclear":
        return review("interest_unclear").at(_DECLARATION)
    return passed("no_interest")


def firms_that_gain(facts: Facts) -> frozenset[str]:
    """Credit codes of the suppliers, agencies and sponsors."""
    filing = facts.filing
    others = (*(filing.agencies or ()), *(filing.sponsors or ())) if filing else ()
    return frozenset({supplier.uscc for supplier in facts.suppliers or () if supplier.uscc} | set(others))


def people_behind(supplier: Supplier) -> frozenset[str]:
    """Tokens of everybody who represents, controls, owns or leads the supplier."""
    named = (person.person for person in supplier.people or ())
    listed = (*(supplier.shareholders or ()), *(supplier.executives or ()), *named)
    return frozenset(token for token in (supplier.legal_rep, supplier.controller, *listed) if token)


def compare_relations(
    relations: Iterable[Relation], suppliers: Sequence[Supplier], firms: frozenset[str], on: date
) -> Compared:
    """The gravest that comparing each relation with those who gain shows; it does not tell which one."""
    owners = frozenset[str]().union(*(people_behind(supplier) for supplier in suppliers))
    found = [_compare(relation, suppliers, owners, firms, on) for relation in relations]
    return max(found, key=_GRAVITY.index, default="none")


def _compare(
    relation: Relation, suppliers: Sequence[Supplier], owners: frozenset[str], firms: frozenset[str], on: date
) -> Compared:
    if relation.person in owners or relation.employer_uscc in firms:
        return "match" if relation.relation in _KIN else "unclear"
    if relation.person is None and relation.name is None:
        return "unclear"
    return "unclear" if any(_may_be_behind(relation, supplier, on) for supplier in suppliers) else "none"


def _may_be_behind(relation: Relation, supplier: Supplier, on: date) -> bool:
    """Whether a person without number on one of the two sides may be the relation: same name, same region."""
    if supplier.people is None:
        return relation.person is None
    for known in supplier.people:
        if relation.person is not None and known.person is not None:
            # Two numbers tell two people apart, whatever they are called.
            continue
        if relation.name is None or known.name is None:
            return True
        if relation.name == known.name and _near(relation.region_code, supplier.region_code, on):
            return True
    return False


def _near(one: str | None, other: str | None, on: date) -> bool:
    return one is None or other is None or covers(one, other, on) or covers(other, one, on)


def _former_posts(facts: Facts, law: Law) -> Iterator[Finding]:
    """Two years after leaving, three for who led or held county rank: 公务员法 第一百零七条."""
    firms = firms_that_gain(facts)
    names = {_plain(name) for s in facts.suppliers or () for name in (s.name, s.trade_name) if name}
    for post in need(_the_declaration(facts).former_posts, f"{_DECLARATION}.former_posts"):
        if post.organ_uscc in firms or (post.organ is not None and _plain(post.organ) in names):
            yield from _after_leaving(post, law)


def _after_leaving(post: FormerOffice, law: Law) -> Iterator[Finding]:
    if post.left_on is None:
        yield fail("interest_found").at(_DECLARATION)
        return
    short = months_after(post.left_on, law.number("official.conflict.other_post_months"))
    long = months_after(post.left_on, law.number("official.conflict.leading_post_months"))
    last = short if post.leading is False else long
    if law.on > last:
        return
    if post.leading is None and law.on > short:
        yield review("interest_unclear").at(_DECLARATION).until(start_of(last + _DAY))
    else:
        yield fail("interest_found").at(_DECLARATION).until(start_of(last + _DAY))


def _plain(name: str) -> str:
    return "".join(name.split()).replace("（", "(").replace("）", ")")


def _grants(facts: Facts, law: Law) -> Iterator[Finding]:
    codes = {supplier.uscc for supplier in facts.suppliers or () if supplier.uscc}
    months = law.number("official.conflict.grant_months")
    for index, grant in enumerate(need(_the_declaration(facts).grants, f"{_DECLARATION}.grants")):
        path = f"{_DECLARATION}.grants[{index}]"
        if need(grant.supplier_uscc, f"{path}.supplier_uscc") not in codes:
            continue
        last = months_after(need(grant.approved_on, f"{path}.approved_on"), months)
        if law.on <= last:
            yield review("grant_to_supplier", months=months).at(f"{_DECLARATION}.grants").until(start_of(last + _DAY))
