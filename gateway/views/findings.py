"""The gate's answer on a form: each finding beside the field that it concerns."""

import re
from collections.abc import Iterable
from typing import Any

from gateway.views import decisions
from gateway.views.forms import nearest
from gateway.views.speaking import Speaker, chosen

Json = dict[str, Any]

_INDEX = re.compile(r"\[(\d+)\]")
_TEXT_FIELDS = {"title": "title", "description": "description", "script": "script"}
_ELSEWHERE = {"seller": "producer_id", "event": "event_id", "sales": "slow_sales_ids", "official": "official_id"}


def answer(speaker: Speaker, decision: Json, name: str | None = None) -> Json:
    """A decision as the macro `answer` shows it: verdict, what stands against it, and the rest folded."""
    found = decisions.rulings(speaker, decision)
    return {
        "name": name,
        "outcome": decision["outcome"],
        "title": decisions.title(speaker, decision),
        "counts": decisions.counts(decision),
        "against": [each for each in found if each["result"] in ("fail", "review")],
        "rest": [each for each in found if each["result"] not in ("fail", "review")],
    }


def beside_fields(speaker: Speaker, decision: Json, names: Iterable[str]) -> dict[str, Json]:
    """Field → the gravest finding about it, for the fields that the form draws."""
    known = set(names)
    found: dict[str, Json] = {}
    for grave in ("fail", "review"):
        for result in decision["results"]:
            if result["result"] != grave:
                continue
            for place in result["evidence"]:
                field = nearest(field_of(place["fact"], decision["facts"]), known)
                if field in known and field not in found:
                    found[field] = finding(speaker, result)
    return found


def finding(speaker: Speaker, result: Json) -> Json:
    """A rule's result as a field shows it."""
    return {
        "result": result["result"],
        "reason": chosen(speaker, result["reason"]),
        "remedy": chosen(speaker, result["remedy"]) or None,
    }


def unread(speaker: Speaker, content: Json) -> dict[str, Json]:
    """Beside each notice whose words nobody could read: that its text has to be typed."""
    said = {
        "result": "review",
        "reason": speaker._("No text could be read"),
        "remedy": speaker._("A person has to read it. Type what it says, so that the rules can read it too."),
    }
    notices = content.get("notices") or ()
    return {f"notices.{place}.typed_text": said for place, each in enumerate(notices) if each.get("unreadable")}


def field_of(fact: str, facts: Json) -> str:
    """The path of the field that says a fact: `lot.certificates[0].number` is `certificates.0.number`."""
    path = _INDEX.sub(r".\1", fact)
    first, _, rest = path.partition(".")
    if first == "texts":
        return _text_field(rest.split(".")[0], facts)
    if first in ("lot", "filing"):
        return _own_name(rest)
    return _ELSEWHERE.get(first, path)


def _own_name(name: str) -> str:
    return {"listing_ids": "lots", "lot_ids": "lots", "hosts": "host_ids"}.get(name.split(".")[0], name)


def _text_field(index: str, facts: Json) -> str:
    texts = facts.get("texts") or []
    text = texts[int(index)] if index.isdecimal() and int(index) < len(texts) else {}
    kind = str(text.get("kind", ""))
    if kind == "notice":
        return "notices"
    if kind in _TEXT_FIELDS:
        return f"{_TEXT_FIELDS[kind]}_{text.get('language') or 'zh'}"
    return "texts" if kind else "script_zh"


_NOT_YET = ("people", "filing.approvals", "filing.submitted_at")


def for_now(decision: Json) -> Json:
    """A try's or a preview's answer without what only asks for the facts that come with submission and approval."""
    results = [result for result in decision["results"] if not _waits(result)]
    worst = {"pass": 0, "not_applicable": 0, "not_in_force": 0, "review": 1, "fail": 2}
    gravest = max((worst[result["result"]] for result in results), default=0)
    return {**decision, "results": results, "outcome": ("pass", "review", "fail")[gravest]}


def _waits(result: Json) -> bool:
    if result["result"] == "review" and result["reason_codes"] == ["awaiting_approval"]:
        return True
    asks = all(code.startswith("missing_fact:") for code in result["reason_codes"])
    places = [place["fact"] for place in result["evidence"]]
    return result["result"] == "review" and asks and bool(places) and all(at.startswith(_NOT_YET) for at in places)
