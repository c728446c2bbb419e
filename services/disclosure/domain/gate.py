"""What the gate is told of a release before it is out (`disc.publish`), and what its answer means for the release.

The facts are looked up in the document, never assumed: whether a part is there, whether somebody can be recognised,
whether anything is put into a ranking order.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.disclosure.domain.evidence import Payload, Told

Document = dict[str, Any]

CONTENTS: Mapping[str, str] = {
    "goods": "goods",
    "producers": "producers",
    "event": "event",
    "slow_sales": "slow_sales",
    "approvals": "approvals",
    "costs": "costs",
    "orders": "sales",
    "refunds": "sales",
    "complaints": "complaints",
    "gate_results": "gate_results",
    "corrections": "corrections",
}
"""What the rulebook calls the parts of a full record → the member of a release that holds it."""

# A list that is empty says that there is nothing of the kind; of these there is always something to tell.
_NEVER_EMPTY = frozenset({"goods", "producers", "slow_sales", "approvals", "gate_results"})
# A release that fails for one of these would harm somebody: it waits, in public, until the harm is out of it.
HARMS = frozenset({"personal_data", "official_identifiers", "ranking", "cell_too_small"})
_RANKING = frozenset({"rank", "ranking", "top", "best", "worst", "score", "league"})
_WORD = re.compile(r"[0-9A-Za-z_-]{6,}")
_PHONE = re.compile(r"(?<![0-9A-Za-z])1[3-9][0-9]{9}(?![0-9A-Za-z])")
# An exhibit of a finding names an order by its token of this broadcast; of people and their things none is told.
_TOKENS = ("buyer", "device", "ip", "address", "consignee", "entity_id")


@dataclass(frozen=True, slots=True)
class Days:
    """The days that the rule reckons with: of both publications, and the last day for giving goods back."""

    returns_end_on: date
    summary_on: date | None
    full_on: date | None


def asked_facts(contents: Document, told: Told, days: Days, smallest_cell: int, post_names: Collection[str]) -> Payload:
    """The facts of a release. `post_names`: names of those who spoke for the region, which no record tells."""
    disclosure: Document = {
        "ended_at": contents["broadcast"]["ended_at"],
        "return_window_ends_on": days.returns_end_on.isoformat(),
        "contents": contents_held(contents),
        "smallest_cell": smallest_cell,
        "buyer_personal_data": tells_of_buyers(contents, told),
        "official_identifiers": tells_of_officials(contents, told, post_names),
        "ranking": ranks(contents),
        "redactions": [{"item": each["item"], "ground": each["ground_zh"]} for each in contents["redactions"]],
    }
    for name, day in (("summary_published_on", days.summary_on), ("full_published_on", days.full_on)):
        if day is not None:
            disclosure[name] = day.isoformat()
    room = {"ended_at": contents["broadcast"]["ended_at"]}
    return {"disclosure": disclosure, "room": room, **_suppliers_and_shares(contents, told)}


def _suppliers_and_shares(contents: Document, told: Told) -> Payload:
    """Who produced what was sold, and each one's printed share of the paid orders (`adm.suppliers`).

    Several producers may have one hand behind them, which only their orders together show. A decision is public: where
    a share is told only together with others', or not at all, nothing is asked.
    """
    producers = contents["producers"]
    if any(each["share_bp"] is None or each["counted_with"] for each in producers):
        return {}
    known = {
        supplier.get("uscc"): supplier
        for listing in told.listings
        for supplier in (listing.get("facts") or {}).get("suppliers") or ()
    }
    shares = [{"supplier_uscc": each["uscc"], "paid_share_bp": each["share_bp"]} for each in producers]
    suppliers = [known[each["uscc"]] for each in producers if each["uscc"] in known]
    return {"suppliers": suppliers, "orders": {"supplier_shares": shares}} if len(suppliers) == len(producers) else {}


def contents_held(contents: Document) -> list[str]:
    """The parts that are there, as the rulebook calls them."""
    return sorted(code for code, member in CONTENTS.items() if _is_there(code, contents.get(member)))


def _is_there(code: str, part: Any) -> bool:
    if code == "corrections":
        # Every release has the list of what it corrects, which is made when it is out, after this question.
        return True
    if code == "costs":
        return bool(part) and part.get("cost_fen") is not None and bool(part.get("funding_line"))
    return bool(part) if code in _NEVER_EMPTY else part is not None


def tells_of_buyers(contents: Document, told: Told) -> bool:
    """Whether a token of a buyer, their parcel or payment stands in it, or what looks like a telephone number."""
    texts = list(_texts(contents))
    words = {word for text in texts for word in _WORD.findall(text)}
    tokens = {str(order[name]) for order in told.orders for name in _TOKENS if order.get(name)}
    tokens |= {str(order["payment"]["payer"]) for order in told.orders}
    return not words.isdisjoint(tokens) or any(_PHONE.search(text) for text in texts)


def tells_of_officials(contents: Document, told: Told, post_names: Collection[str]) -> bool:
    """Whether a person who had a part in the filing is named in it, by token, account or name."""
    texts = list(_texts(contents))
    words = {word for text in texts for word in _WORD.findall(text)}
    known = {*told.filing.get("people", {}).values(), *told.filing.get("accounts", {}).values()}
    return not words.isdisjoint(known) or any(name in text for name in post_names for text in texts)


def ranks(contents: Document) -> bool:
    """Whether a member ranks something, or lots and producers stand in another order than that of their names."""
    if not _RANKING.isdisjoint(_names(contents)):
        return True
    lots = [cell["lots"] for cell in contents["sales"].get("by_lot", ())]
    producers = [each["uscc"] for each in contents["producers"]]
    return lots != sorted(lots) or producers != sorted(producers)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from _texts(inner)
    elif isinstance(value, Iterable):
        for inner in value:
            yield from _texts(inner)


def _names(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        return {str(name) for name in value}.union(*map(_names, value.values()))
    if isinstance(value, list | tuple):
        return set().union(*map(_names, value))
    return set()


def publication(decision: Payload, number: int) -> Document:
    """The gate's answer as a release carries it. `number`: the release that was judged."""
    said = ("outcome", "at", "decided_at", "ruleset", "facts_sha256", "answer_sha256")
    why = ("rule", "result", "reason_code", "reason_zh", "reason_en", "remedy_zh", "remedy_en")
    return {
        "decision_id": decision["entity_id"],
        "release": number,
        **{name: decision[name] for name in said},
        "not_passed": [{name: each.get(name) for name in why} for each in decision["not_passed"]],
    }


def harms(decision: Payload) -> bool:
    """Whether the answer says that the release would harm somebody; then alone does it wait."""
    return not HARMS.isdisjoint(code.rpartition(":")[2] for code in decision["reason_codes"])
