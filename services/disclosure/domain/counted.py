"""The figures of a record, none of which rests on a few people, whether by itself or held against earlier releases."""

from collections.abc import Mapping, Sequence
from typing import Any

from services.disclosure.domain.aggregates import Cell
from services.disclosure.domain.evidence import Payload
from services.disclosure.domain.examined import Examined, Moment
from services.disclosure.domain.sales import Divisions, by_relation, delivered, rounded, summary, told
from services.disclosure.integrity.findings import sentences

Document = dict[str, Any]


def held_count(now: int, earlier: Sequence[int | None], k: int) -> int:
    """A count as it may be printed: the last one again while it differs by a few from any that was printed."""
    known = [each for each in earlier if each is not None]
    return known[-1] if any(0 < abs(now - each) < k for each in known) else now


def _printed(before: Sequence[Document], *path: str) -> list[int | None]:
    """What earlier releases, oldest first, printed at a place."""
    found: list[int | None] = []
    for document in before:
        value: Any = document
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else None
        found.append(value if isinstance(value, int) else None)
    return found


def _cell(cell: Cell, name: str) -> Document:
    return {name: list(cell.keys), "held": cell.held, **told(cell.figures)}


def sales(divisions: Divisions, k: int) -> Document:
    """Claimed, verified and questioned side by side. Fewer buyers than a number may rest on: no figure, and why."""
    found = summary(divisions)
    if found is None:
        return {"told": False, "fewest_buyers": k}
    return {
        "told": True,
        "fewest_buyers": k,
        "claimed": dict(found.claimed),
        "verified": dict(found.verified),
        "upper": dict(found.upper),
        "few_questioned": found.few_questioned,
        "questioned": [{"states": list(keys), **figures} for keys, figures in found.questioned],
        "by_lot": [_cell(cell, "lots") for cell in divisions.by_lot],
        "over_time": [{"from_ms": int(cell.keys[0]), **rounded(cell.figures, k)} for cell in divisions.over_time],
        "refunded_fen": found.claimed["paid_fen"] - found.claimed["net_fen"],
        "delivered_about": delivered(divisions, k),
        **by_relation(divisions, k),
    }


def viewers(found: Examined, before: Sequence[Document], k: int) -> Document:
    """Distinct viewers, counted once however often they came back. A difference of a few is not told."""
    figures = found.findings
    if figures["counted"]["viewers"] < k:
        return {"told": False, "fewest_viewers": k}
    counted = held_count(figures["counted"]["viewers"], _printed(before, "viewers", "counted"), k)
    verified = held_count(figures["verified"]["viewers"], _printed(before, "viewers", "verified"), k)
    few = 0 < abs(counted - verified) < k
    interval = None if few else _interval(figures, (counted, verified), k)
    return {
        "told": True,
        "counted": counted,
        "verified": counted if few else verified,
        "few_questioned": few,
        "interval": interval,
        "over_time": [_moment(each, k) for each in found.present],
    }


def _interval(figures: Mapping[str, Any], printed: tuple[int, int], k: int) -> list[int] | None:
    ends = [int(end) for end in figures["verified_interval"]["viewers"]]
    near = any(0 < abs(value - end) < k for value in printed for end in ends)
    return None if near else ends


def _moment(each: Moment, k: int) -> Document:
    """How many were there, rounded down to tens."""
    return {
        "from_ms": each.from_ms,
        "raw_about": each.raw - each.raw % k,
        "verified_about": each.verified - each.verified % k,
    }


def findings(examined: Examined, divisions: Divisions, before: Sequence[Document], k: int) -> list[Document]:
    """What was found, each with its rules and the honest explanations that were tried.

    Of orders only what stands in a cell of its own: otherwise the number would tell of a few people.
    """
    cells = {cell.keys[0]: cell.figures[0] for cell in divisions.by_state if len(cell.keys) == 1}
    return [_finding(each, examined, cells, before, k) for each in examined.findings["findings"]]


def _finding(
    each: Mapping[str, Any], examined: Examined, cells: Mapping[str, int], before: Sequence[Document], k: int
) -> Document:
    said = {name: each[name] for name in ("abuse", "entity", "grade", "alternatives_considered")}
    state = f"{'apportioned' if each['abuse'] == 'apportionment' else each['grade']}:{each['abuse']}"
    number = _number(each, state, examined, cells, before, k)
    if number is None:
        return said | {"n": None, "text_zh": None, "text_en": None, "rules": [], "exhibits": []}
    rules = [rule | {"n_items": rule["n_items"] - rule["n_items"] % k} for rule in each["rules"]]
    return said | {
        "n": number,
        **_sentences(each, number),
        "rules": rules,
        "exhibits": [_exhibit(item) for item in each["exhibits"]],
    }


def _sentences(each: Mapping[str, Any], number: int) -> Document:
    """The sentences of a finding with the number that is told."""
    if number == each["n"]:
        return {"text_zh": each["text_zh"], "text_en": each["text_en"]}
    words = sentences()["abuses"][each["abuse"]]
    numbers = {"n": number, "share": f"{100 * each['share'] * number / each['n']:.2f}"}
    return {"text_zh": words["zh"].format(**numbers), "text_en": words["en"].format(**numbers)}


def _number(
    each: Mapping[str, Any],
    state: str,
    examined: Examined,
    cells: Mapping[str, int],
    before: Sequence[Document],
    k: int,
) -> int | None:
    """How many items of a finding are told; None when their number would tell of a few people."""
    if each["entity"] == "notice":
        return int(each["n"])
    if state in cells:
        return cells[state]
    if each["entity"] == "order" and state not in examined.tellable:
        return None
    if each["n"] < k:
        return None
    earlier = [_number_before(document, each) for document in before]
    return held_count(each["n"], earlier, k)


def _number_before(document: Document, each: Mapping[str, Any]) -> int | None:
    same = ("abuse", "entity", "grade")
    found = (known["n"] for known in document["findings"] if all(known[name] == each[name] for name in same))
    return next(found, None)


def _exhibit(item: Payload) -> Document:
    """An item by its token. Tokens have 63 bits, more than a JSON number carries everywhere, so they are text."""
    return {**item, "id": str(item["id"])}


def complaints(received: Sequence[Payload], before: Sequence[Document], k: int) -> Document:
    """How many complaints came and how they ended; below ten only that there are some."""
    count = held_count(len(received), _printed(before, "complaints", "received"), k)
    if 0 < count < k:
        return {"few": True, "received": None, "decided": None, "upheld": None}
    decided = [each for each in received if each.get("decided_at")]
    upheld = sum(1 for each in decided if each.get("upheld"))
    decided_count = _apart(len(decided), count, _printed(before, "complaints", "decided"), k)
    return {
        "few": False,
        "received": count,
        "decided": decided_count,
        "upheld": None if decided_count is None else _apart(upheld, decided_count, _upheld(before), k),
    }


def _upheld(before: Sequence[Document]) -> list[int | None]:
    return _printed(before, "complaints", "upheld")


def _apart(part: int, whole: int, earlier: Sequence[int | None], k: int) -> int | None:
    """A part of a printed number: told when nobody, or enough, are in it and outside it."""
    shown = min(held_count(part, earlier, k), whole)
    return None if 0 < shown < k or 0 < whole - shown < k else shown
