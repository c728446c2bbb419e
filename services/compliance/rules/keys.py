"""The keys of the facts that an answer rests on: a change behind a key asks the question again."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from services.compliance.rules.facts import Facts

# A reviewer joins the case only to close it; their arrival must not undo the review they closed.
REVIEWERS = frozenset({"reviewer", "gate_reviewer"})


def fact_keys(facts: Facts, reads: Iterable[str]) -> tuple[str, ...]:
    """Keys such as `event:E2`, `lot:…`, `supplier:<uscc>` of these top-level facts, sorted, each once."""
    found: set[str] = set()
    for name in reads:
        keys_of = _KEYS.get(name)
        if keys_of is not None:
            found.update(key for key in keys_of(facts) if key)
    return tuple(sorted(found))


def _key(kind: str, identity: str | None) -> str:
    return f"{kind}:{identity}" if identity else ""


def _of_subject(facts: Facts) -> Iterator[str]:
    if facts.subject:
        yield _key("specialty", facts.subject.specialty_id)
        yield _key("listing", facts.subject.listing_id)


def _of_event(facts: Facts) -> Iterator[str]:
    if facts.event:
        yield _key("event", facts.event.id)


def _of_suppliers(facts: Facts) -> Iterator[str]:
    yield from (_key("supplier", supplier.uscc) for supplier in facts.suppliers or ())


def _of_marks(facts: Facts) -> Iterator[str]:
    yield from (_key("mark", mark.mark_id) for mark in facts.marks or ())


def _of_people(facts: Facts) -> Iterator[str]:
    yield from (_key("person", person.person) for person in facts.people or () if person.role not in REVIEWERS)


def _of_official(facts: Facts) -> Iterator[str]:
    if facts.official:
        yield _key("person", facts.official.person)


def _of_filing(facts: Facts) -> Iterator[str]:
    if facts.filing:
        yield _key("filing", facts.filing.id)
        yield from (_key("listing", listing) for listing in facts.filing.listing_ids or ())
        yield from (_key("lot", lot) for lot in facts.filing.lot_ids or ())


def _of_lot(facts: Facts) -> Iterator[str]:
    if facts.lot:
        yield _key("lot", facts.lot.id)
        yield _key("supplier", facts.lot.supplier_uscc)


def _of_seller(facts: Facts) -> Iterator[str]:
    if facts.seller:
        yield _key("supplier", facts.seller.uscc)


def _of_sales(facts: Facts) -> Iterator[str]:
    if facts.sales:
        yield _key("sales", facts.sales.id)


def _of_room(facts: Facts) -> Iterator[str]:
    if facts.room:
        yield _key("room", facts.room.id)


_KEYS: Mapping[str, Callable[[Facts], Iterator[str]]] = {
    "subject": _of_subject,
    "event": _of_event,
    "suppliers": _of_suppliers,
    "marks": _of_marks,
    "people": _of_people,
    "official": _of_official,
    "filing": _of_filing,
    "lot": _of_lot,
    "seller": _of_seller,
    "sales": _of_sales,
    "room": _of_room,
}
