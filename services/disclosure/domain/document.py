"""The public record of a broadcast, `sunfair-disclosure/1`: one document for people and machines.

What the law and `disc.publish` want: goods, producers, the event and its evidence, who approved, what it cost, what was
sold and what of it was real, complaints, the gate's answers, corrections. No buyer, no name of an official, no ranking.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.disclosure.domain.aggregates import Cell, K
from services.disclosure.domain.duties import RETURN_WINDOW, Stage
from services.disclosure.domain.evidence import Payload, Told
from services.disclosure.domain.examined import Examined
from services.disclosure.domain.sales import Divisions, shares_bp, summary, told

SCHEMA = "sunfair-disclosure/1"
Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Occasion:
    """Which release this is, and what it follows."""

    number: int
    stage: Stage
    released_at: datetime
    ended_at: datetime
    before: Document | None = None
    before_sha256: str | None = None
    publication: Document | None = None
    receipts: Document | None = None


def contents(told_of: Told, divisions: Divisions, found: Examined) -> Document:
    """Everything that a release says of the broadcast itself. The same facts give the same contents."""
    sections: dict[str, Callable[[], Any]] = {
        "broadcast": lambda: _broadcast(told_of),
        "goods": lambda: [_good(lot) for lot in told_of.lots],
        "producers": lambda: _producers(told_of, divisions),
        "event": lambda: _event(told_of.event),
        "slow_sales": lambda: [_slow_sales(each) for each in told_of.slow_sales],
        "approvals": lambda: _approvals(told_of.filing),
        "costs": lambda: _costs(told_of.filing),
        "segments": lambda: _segments(told_of.notes),
        "sales": lambda: _sales(divisions),
        "viewers": lambda: _viewers(found.findings),
        "findings": lambda: _findings(found, divisions),
        "complaints": lambda: _complaints(told_of.complaints),
        "moderation": lambda: _moderation(told_of),
        "gate_results": lambda: [_gate_result(each) for each in told_of.decisions],
    }
    body = {name: section() for name, section in sections.items()}
    return body | {"redactions": redactions(body)}


def release(occasion: Occasion, body: Document) -> Document:
    """A release: the contents, which release it is, what has changed since the one before, and what the gate says."""
    changed = changes(occasion.before, body)
    if occasion.before is not None and occasion.before.get("publication") is None and occasion.publication is not None:
        changed.append(_change("publication"))
    corrections = list((occasion.before or {}).get("corrections", ()))
    if occasion.before is not None:
        entry = {"release": occasion.number, "at": _instant(occasion.released_at), "stage": occasion.stage}
        corrections.append(entry | {"sections": [each["section"] for each in changed]})
    return {
        "schema": SCHEMA,
        "number": occasion.number,
        "stage": occasion.stage,
        "provisional": occasion.released_at < occasion.ended_at + RETURN_WINDOW,
        "released_at": _instant(occasion.released_at),
        "supersedes": occasion.before_sha256,
        "changes": changed,
        "corrections": corrections,
        "publication": occasion.publication,
        "receipts": occasion.receipts,
        **body,
    }


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


_SECTION_WORDS = {
    "broadcast": ("直播情况", "The broadcast"),
    "goods": ("商品目录", "The goods"),
    "producers": ("生产者及其份额", "The producers and their shares"),
    "event": ("不可抗力事件", "The event of force majeure"),
    "slow_sales": ("滞销证明", "The evidence of slow sales"),
    "approvals": ("审批情况", "The approvals"),
    "costs": ("费用与经费来源", "The costs and who bears them"),
    "segments": ("直播时段", "The segments"),
    "sales": ("销售数据", "The figures of sales"),
    "viewers": ("观看数据", "The figures of viewers"),
    "findings": ("数据核查发现", "The findings"),
    "complaints": ("投诉及处理", "The complaints and their outcomes"),
    "moderation": ("互动管理", "The moderation of the chat"),
    "gate_results": ("合规核验结论", "The answers of the gate"),
    "redactions": ("未公开的内容及理由", "What is kept back, and why"),
    "publication": ("本记录的核验结论", "The gate's answer about this record"),
}
_GROUND = (
    "涉及人数少于十人，单独列出可能识别出个人（个人信息保护法第二十五条）。",
    "It rests on fewer than ten people, who could be recognised (Personal Information Protection Law, art. 25).",
)


def changes(before: Document | None, now: Document) -> list[Document]:
    """The sections that say something else than in the release before; empty for a first release."""
    if before is None:
        return []
    return [_change(name) for name in now if before.get(name) != now[name]]


def _change(section: str) -> Document:
    zh, en = _SECTION_WORDS[section]
    return {"section": section, "zh": zh, "en": en}


def redactions(body: Document) -> list[Document]:
    """What the contents keep back, and on what ground: figures that would tell of fewer than ten people."""
    sales, viewers = body["sales"], body["viewers"]
    held = {
        "sales": not sales["told"],
        "sales.held": any(cell["held"] for cell in sales.get("by_lot", ())),
        "sales.questioned": bool(sales.get("few_questioned")),
        "viewers": not viewers["told"] or bool(viewers.get("few_questioned")),
        "findings": any(each["n"] is None for each in body["findings"]),
        "complaints": body["complaints"]["few"],
    }
    zh, en = _GROUND
    return [{"item": item, "ground_zh": zh, "ground_en": en} for item, is_held in held.items() if is_held]


def _broadcast(known: Told) -> Document:
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


def _good(lot: Payload) -> Document:
    facts: Payload = lot["facts"]["lot"]
    same = ("display_name", "category_code", "specification", "grade", "origin_region_code", "price_fen", "net_grams")
    papers = [
        {name: paper.get(name) for name in ("kind", "number", "issued_on", "expires_on", "conforming")}
        for paper in facts.get("certificates") or ()
    ]
    named = {name: facts.get(name) for name in same}
    return {"lot_id": lot["lot_id"], "producer_uscc": lot["producer_uscc"], **named, "certificates": papers}


def _producers(known: Told, divisions: Divisions) -> list[Document]:
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


def _event(event: Payload | None) -> Document | None:
    if event is None:
        return None
    said = {name: event.get(name) for name in ("title_zh", "title_en", "region_codes", "verified", "lifted")}
    declarations = (event.get("document") or {}).get("declarations") or ()
    told_of = ("title", "number", "issued_on", "authority", "lifted_on")
    return said | {"declarations": [{name: each.get(name) for name in told_of} for each in declarations]}


def _slow_sales(evidence: Payload) -> Document:
    return {
        name: evidence.get(name) for name in ("entity_id", "region_code", "category_code", "season", "certified_at")
    }


def _approvals(filing: Payload) -> list[Document]:
    """Which organs approved; the people behind them are no part of the record."""
    approvals = (filing.get("facts") or {}).get("filing", {}).get("approvals") or ()
    said = ("organ", "organ_level", "organ_region_code", "decided_at", "decision")
    return [{name: each.get(name) for name in said} for each in approvals]


def _costs(filing: Payload) -> Document:
    facts = (filing.get("facts") or {}).get("filing", {})
    said = {name: facts.get(name) for name in ("cost_fen", "funding_line", "staff_count", "commission_rate_bp")}
    fees = [{name: each.get(name) for name in ("fee_fen", "fee_payer_kind")} for each in facts.get("influencers") or ()]
    bought = [{name: each.get(name) for name in ("amount_fen", "payer_kind")} for each in facts.get("promotions") or ()]
    return said | {"influencers": fees, "promotions": bought}


def _segments(notes: Sequence[Payload]) -> list[Document]:
    """The segments as they ran. One that was cut off ends with the room."""
    found: list[Document] = []
    for note in sorted(notes, key=lambda note: (note["stream_ms"], note["entity_id"])):
        if note["kind"] == "segment_started":
            found.append({"kind": note["segment_kind"], "from": note["noted_at"], "until": None})
        elif note["kind"] in ("segment_ended", "halted", "close") and found and found[-1]["until"] is None:
            found[-1]["until"] = note["noted_at"]
    return found


def _cell(cell: Cell, name: str) -> Document:
    return {name: list(cell.keys), "held": cell.held, **told(cell.figures)}


def _sales(divisions: Divisions) -> Document:
    """Claimed, verified and questioned side by side. Fewer than ten buyers: no figure, and why."""
    found = summary(divisions)
    if found is None:
        return {"told": False, "fewest_buyers": K}
    return {
        "told": True,
        "fewest_buyers": K,
        "claimed": dict(found.claimed),
        "verified": dict(found.verified),
        "upper": dict(found.upper),
        "few_questioned": found.few_questioned,
        "questioned": [{"states": list(keys), **figures} for keys, figures in found.questioned],
        "by_lot": [_cell(cell, "lots") for cell in divisions.by_lot],
        "over_time": [{"from_ms": int(cell.keys[0]), **told(cell.figures)} for cell in divisions.over_time],
    }


def _viewers(findings: Mapping[str, Any]) -> Document:
    """Distinct viewers, counted once however often they came back. A difference of a few is not told."""
    counted, verified = findings["counted"]["viewers"], findings["verified"]["viewers"]
    if counted < K:
        return {"told": False, "fewest_viewers": K}
    if 0 < counted - verified < K:
        return {"told": True, "counted": counted, "verified": counted, "few_questioned": True, "interval": None}
    interval = findings["verified_interval"]["viewers"]
    near = any(0 < abs(counted - end) < K or 0 < abs(verified - end) < K for end in interval)
    return {
        "told": True,
        "counted": counted,
        "verified": verified,
        "few_questioned": False,
        "interval": None if near else list(interval),
    }


def _findings(examined: Examined, divisions: Divisions) -> list[Document]:
    """What was found, each with its rules and the honest explanations that were tried.

    Of orders only what stands in a cell of its own: otherwise the number would tell of a few people.
    """
    tellable = {cell.keys[0] for cell in divisions.by_state if len(cell.keys) == 1} | examined.tellable
    found = []
    for each in examined.findings["findings"]:
        grade = "apportioned" if each["abuse"] == "apportionment" else each["grade"]
        said = {name: each[name] for name in ("abuse", "entity", "grade", "alternatives_considered")}
        if each["entity"] == "order" and f"{grade}:{each['abuse']}" not in tellable:
            found.append(said | {"n": None, "text_zh": None, "text_en": None, "rules": [], "exhibits": []})
        else:
            shown = {name: each[name] for name in ("n", "text_zh", "text_en", "rules")}
            found.append(said | shown | {"exhibits": [_exhibit(item) for item in each["exhibits"]]})
    return found


def _exhibit(item: Payload) -> Document:
    """An item by its token. Tokens have 63 bits, more than a JSON number carries everywhere, so they are text."""
    return {**item, "id": str(item["id"])}


def _complaints(complaints: Sequence[Payload]) -> Document:
    """How many complaints came and how they ended; below ten only that there are some."""
    few = 0 < len(complaints) < K
    if few:
        return {"few": True, "received": None, "decided": None, "upheld": None}
    decided = [each for each in complaints if each.get("decided_at")]
    upheld = sum(1 for each in decided if each.get("upheld"))
    apart = len(complaints) - len(decided) == 0 or len(complaints) - len(decided) >= K
    told_upheld = upheld == 0 or upheld >= K
    return {
        "few": False,
        "received": len(complaints),
        "decided": len(decided) if apart else None,
        "upheld": upheld if told_upheld else None,
    }


def _moderation(known: Told) -> Document:
    """What was taken out of the chat, by rule; words are no secret of those who said them, so numbers are told."""
    removed: dict[str, int] = {}
    for message in known.messages:
        if rule := message.get("removed_by_rule"):
            removed[rule] = removed.get(rule, 0) + 1
    return {"messages": len(known.messages), "removed": dict(sorted(removed.items()))}


def _gate_result(decision: Payload) -> Document:
    said = {name: decision[name] for name in ("stage", "outcome", "at", "decided_at", "ruleset", "answer_sha256")}
    about = decision["about"]
    results = [
        {name: each.get(name) for name in ("rule", "result", "reason_zh", "reason_en")}
        for each in decision["not_passed"]
    ]
    return {"decision_id": decision["entity_id"], "about": about["kind"], "about_id": about["id"], **said} | {
        "not_passed": results
    }
