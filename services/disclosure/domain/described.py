"""What a record says in words: goods, producers, event and evidence, approvals, costs, segments, chat, the gate.

Of people only the organ they work for, and of officials nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.contracts.values import shanghai_day
from services.disclosure.domain.evidence import Payload, Told
from services.disclosure.domain.sales import Divisions, shares_bp

Document = dict[str, Any]


def broadcast(known: Told) -> Document:
    """Which broadcast, where and when."""
    filing, room = known.filing, known.room
    return {
        "broadcast_id": known.broadcast_id,
        "filing_id": filing["entity_id"],
        "title_zh": filing["title_zh"],
        "title_en": filing["title_en"],
        "region_code": filing["region_code"],
        "planned_from": filing["starts_at"],
        "planned_until": filing["ends_at"],
        "opened_at": room.get("opened_at"),
        "ended_at": room.get("ended_at"),
        "segment_mode": (filing.get("facts") or {}).get("filing", {}).get("segment_mode"),
        "media_kind": room.get("media_kind"),
        "halted": room.get("why_halted"),
    }


def good(lot: Payload) -> Document:
    """A lot that went to market, with its certificates and how it was sampled."""
    facts: Payload = lot["facts"]["lot"]
    same = ("display_name", "category_code", "specification", "grade", "origin_region_code", "price_fen", "net_grams")
    papers = [
        {name: paper.get(name) for name in ("kind", "number", "issued_on", "expires_on", "conforming")}
        for paper in facts.get("certificates") or ()
    ]
    tests = [
        {name: each.get(name) for name in ("sampled_on", "conforming", "closed")}
        for each in facts.get("samplings") or ()
    ]
    named = {name: facts.get(name) for name in same}
    own = {"lot_id": lot["lot_id"], "producer_uscc": lot["producer_uscc"]}
    return {**own, **named, "certificates": papers, "samplings": tests}


def producers(known: Told, divisions: Divisions) -> list[Document]:
    """Each producer of the goods, by its code; the share is that of the cell it was counted in, perhaps with others."""
    shares = shares_bp(divisions.by_producer)
    named: dict[str, Document] = {}
    for listing in known.listings:
        for supplier in (listing.get("facts") or {}).get("suppliers") or ():
            if uscc := supplier.get("uscc"):
                named[uscc] = {name: supplier.get(name) for name in ("name", "kind", "region_code")}
    found = []
    for uscc in sorted({lot["producer_uscc"] for lot in known.lots}):
        keys = next((keys for keys in shares if uscc in keys), ())
        share = {"share_bp": shares[keys] if keys else None, "counted_with": [key for key in keys if key != uscc]}
        found.append({"uscc": uscc, **named.get(uscc, {}), **share})
    return found


def event(known: Payload | None) -> Document | None:
    """The event of force majeure, and who declared it."""
    if known is None:
        return None
    said = {name: known.get(name) for name in ("title_zh", "title_en", "region_codes", "verified", "lifted")}
    declarations = (known.get("document") or {}).get("declarations") or ()
    return said | {"declarations": [_declaration(each) for each in declarations]}


def _declaration(fact: Payload) -> Document:
    return {
        "title": fact.get("title"),
        "number": fact.get("doc_no"),
        "issued_on": _day(fact.get("issued_at")),
        "authority": (fact.get("authority") or {}).get("name"),
        "lifted_on": _day(fact.get("lifted_at")),
    }


def _day(instant: str | None) -> str | None:
    return shanghai_day(datetime.fromisoformat(instant)).isoformat() if instant else None


_BEFORE = (
    *("unsold_grams", "season_grams", "progress_gap_bp", "price_gap_bp", "usual_unsold_share_bp", "days_to_spoil"),
    *("sold_grams_per_day", "mechanism"),
)


def slow_sales(evidence: Payload, known: Told, divisions: Divisions) -> Document:
    """What was unsold before, as certified, and what of it the broadcast sold; null where that is not told."""
    certified = ("entity_id", "region_code", "category_code", "season", "certified_at")
    fact = evidence.get("document") or {}
    sources = [{name: each.get(name) for name in ("org", "as_of_on")} for each in fact.get("sources") or ()]
    before = {name: fact.get(name) for name in _BEFORE}
    sold = _sold_grams(str(evidence.get("category_code")), known, divisions)
    left = None if sold is None or before["unsold_grams"] is None else max(0, before["unsold_grams"] - sold)
    return {name: evidence.get(name) for name in certified} | {
        **before,
        "sources": sources,
        "sold_grams": sold,
        "unsold_after_grams": left,
    }


def _sold_grams(category: str, known: Told, divisions: Divisions) -> int | None:
    """The weight sold of a category, as a sum of printed lots; None where these hold lots of others too."""
    lots = {lot["lot_id"] for lot in known.lots if _within(lot["facts"]["lot"].get("category_code"), category)}
    cells = [cell for cell in divisions.by_lot if not lots.isdisjoint(cell.keys)]
    if not cells or any(not lots.issuperset(cell.keys) for cell in cells):
        return None
    return sum(cell.figures[2] for cell in cells)


def _within(code: str | None, category: str) -> bool:
    return code is not None and (code == category or code.startswith(f"{category}."))


def approvals(filing: Payload) -> list[Document]:
    """Which organs approved; the people behind them are no part of the record."""
    approvals = (filing.get("facts") or {}).get("filing", {}).get("approvals") or ()
    said = ("organ", "organ_level", "organ_region_code", "decided_at", "decision")
    return [{name: each.get(name) for name in said} for each in approvals]


def costs(filing: Payload) -> Document:
    """What it cost and who bore it, as it was filed."""
    facts = (filing.get("facts") or {}).get("filing", {})
    said = {name: facts.get(name) for name in ("cost_fen", "funding_line", "staff_count", "commission_rate_bp")}
    fees = [{name: each.get(name) for name in ("fee_fen", "fee_payer_kind")} for each in facts.get("influencers") or ()]
    bought = [{name: each.get(name) for name in ("amount_fen", "payer_kind")} for each in facts.get("promotions") or ()]
    return said | {"influencers": fees, "promotions": bought}


def segments(notes: Sequence[Payload]) -> list[Document]:
    """The segments as they ran. One that was cut off ends with the room."""
    found: list[Document] = []
    for note in sorted(notes, key=lambda note: (note["stream_ms"], note["entity_id"])):
        if note["kind"] == "segment_started":
            found.append({"kind": note["segment_kind"], "from": note["noted_at"], "until": None})
        elif note["kind"] in ("segment_ended", "halted", "close") and found and found[-1]["until"] is None:
            found[-1]["until"] = note["noted_at"]
    return found


def moderation(known: Told) -> Document:
    """What was taken out of the chat, by rule; words are no secret of those who said them, so numbers are told."""
    removed: dict[str, int] = {}
    for message in known.messages:
        if rule := message.get("removed_by_rule"):
            removed[rule] = removed.get(rule, 0) + 1
    return {"messages": len(known.messages), "removed": dict(sorted(removed.items()))}


def gate_result(decision: Payload) -> Document:
    """An answer of the gate, with the reasons of what did not pass."""
    said = {name: decision[name] for name in ("stage", "outcome", "at", "decided_at", "ruleset", "answer_sha256")}
    about = decision["about"]
    results = [
        {name: each.get(name) for name in ("rule", "result", "reason_zh", "reason_en")}
        for each in decision["not_passed"]
    ]
    return {"decision_id": decision["entity_id"], "about": about["kind"], "about_id": about["id"], **said} | {
        "not_passed": results
    }


_OVERRIDE = (
    *("rule", "reason_code", "decision_id", "new_decision_id", "proposed_by_organ", "proposed_at"),
    *("reason_zh", "reason_en", "confirmed_by_organ", "confirmed_at", "answer_zh", "answer_en", "valid_until"),
)


def override(known: Payload) -> Document:
    """Two organs overruled a soft fail of the gate, each with its reason."""
    said = {name: known.get(name) for name in _OVERRIDE}
    return {"override_id": known["entity_id"], "about": known["about_kind"], "about_id": known["about_id"], **said}


_REPORT = (
    *("kind", "about_kind", "decided_at", "decided_by_organ", "reason_zh", "reason_en", "published_text"),
    *("corrected_at", "correction_zh", "correction_en"),
)


def report(known: Payload) -> Document:
    """A citizens' report that was upheld. Nothing tells who sent it, not even its number."""
    return {name: known.get(name) for name in _REPORT}


_REPLY = (
    *("reply_id", "abuse", "entity", "release", "organ", "replied_at", "text_zh", "text_en", "files", "state"),
    *("decide_by", "decided_by_organ", "decided_at", "reason_zh", "reason_en"),
)


def reply(known: Payload) -> Document:
    """What the region answers to a finding, and how a reviewer of another organ decided."""
    return {name: known.get(name) for name in _REPLY}
