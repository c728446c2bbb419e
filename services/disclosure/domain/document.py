"""The public record of a broadcast, `sunfair-disclosure/1`: one document for people and machines.

What the law and `disc.publish` want: goods, producers, the event and its evidence, who approved, what it cost, what was
sold and what of it was real, complaints, the gate's answers, corrections. No buyer, no name of an official, no ranking.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.disclosure.domain import counted, described
from services.disclosure.domain.aggregates import K
from services.disclosure.domain.differences import change, differences
from services.disclosure.domain.duties import RETURN_WINDOW, Stage
from services.disclosure.domain.evidence import Told
from services.disclosure.domain.examined import Examined
from services.disclosure.domain.sales import Divisions

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


def contents(
    known: Told, divisions: Divisions, found: Examined, before: Sequence[Document] = (), k: int = K
) -> Document:
    """Everything that a release says of the broadcast itself. The same facts give the same contents.

    `before`: the earlier releases, oldest first; no number is told that differs by a few people from one of theirs.
    """
    sections: dict[str, Callable[[], Any]] = {
        "broadcast": lambda: described.broadcast(known),
        "goods": lambda: [described.good(lot) for lot in known.lots],
        "producers": lambda: described.producers(known, divisions),
        "event": lambda: described.event(known.event),
        "slow_sales": lambda: [described.slow_sales(each, known, divisions) for each in known.slow_sales],
        "approvals": lambda: described.approvals(known.filing),
        "costs": lambda: described.costs(known.filing),
        "segments": lambda: described.segments(known.notes),
        "sales": lambda: counted.sales(divisions, k),
        "viewers": lambda: counted.viewers(found, before, k),
        "findings": lambda: counted.findings(found, divisions, before, k),
        "complaints": lambda: counted.complaints(known.complaints, before, k),
        "moderation": lambda: described.moderation(known),
        "gate_results": lambda: [described.gate_result(each) for each in known.decisions],
        "overrides": lambda: [described.override(each) for each in known.overrides],
        "reports": lambda: [described.report(each) for each in known.reports],
        "replies": lambda: [described.reply(each) for each in known.replies],
    }
    body = {name: section() for name, section in sections.items()}
    return body | {"redactions": redactions(body)}


def release(occasion: Occasion, body: Document) -> Document:
    """A release: the contents, which release it is, what has changed since the one before, and what the gate says."""
    before, publication = occasion.before, occasion.publication
    changed = differences(before, body)
    if before is not None and before.get("publication") is None and publication is not None:
        changed.append(change("publication", before, {"publication": publication}))
    corrections = list((before or {}).get("corrections", ()))
    if before is not None:
        corrections.append(_correction(occasion, changed))
    return {
        "schema": SCHEMA,
        "number": occasion.number,
        "stage": occasion.stage,
        "provisional": occasion.released_at < occasion.ended_at + RETURN_WINDOW,
        "released_at": _instant(occasion.released_at),
        "supersedes": occasion.before_sha256,
        "changes": changed,
        "corrections": corrections,
        "publication": publication,
        "receipts": occasion.receipts,
        **body,
    }


def _correction(occasion: Occasion, changed: Sequence[Document]) -> Document:
    """How the list of corrections names this release, for ever."""
    why = [(each["zh"], each["en"]) for part in changed for each in part["why"]]
    if occasion.stage == "full":
        why.insert(0, ("退货期已满，公开完整记录。", "Goods can no longer be given back: the full record."))
    zh, en = zip(*dict.fromkeys(why), strict=True) if why else ((), ())
    return {
        "release": occasion.number,
        "at": _instant(occasion.released_at),
        "stage": occasion.stage,
        "sections": [each["section"] for each in changed],
        "why_zh": "".join(zh),
        "why_en": " ".join(en),
    }


def _instant(at: datetime) -> str:
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


_GROUND = (
    "涉及人数少于十人，单独列出可能识别出个人（个人信息保护法第二十五条）。",
    "It rests on fewer than ten people, who could be recognised (Personal Information Protection Law, art. 25).",
)


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
