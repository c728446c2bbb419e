"""Acts about cases and steps of filings, as lines of the log of what was changed."""

from typing import Any

from gateway.views import show_instant
from gateway.views.people import act_word, part_word
from gateway.views.speaking import Speaker, own, place

Json = dict[str, Any]


def act_row(speaker: Speaker, act: Json) -> Json:
    """One act of the trail of compliance."""
    decision = act["decision_id"]
    address = f"/{speaker.language}/decisions/{decision}" if decision else None
    return _row(speaker, act) | {
        "action": act_word(speaker, act["action"]),
        "title": subject_word(speaker, act["subject_kind"]),
        "href": address,
        "who": " · ".join(each for each in (part_word(speaker, act["by_role"]), act["by_organ"]) if each),
        "decision": address,
    }


def step_row(speaker: Speaker, step: Json) -> Json:
    """One step of a filing of the public calendar."""
    decision = step["decision_id"]
    return _row(speaker, step) | {
        "action": step_word(speaker, step["move"]),
        "title": own(speaker, step, "title"),
        "href": f"/{speaker.language}/broadcasts/{step['broadcast_id']}",
        "who": part_word(speaker, step["by"]),
        "decision": f"/{speaker.language}/decisions/{decision}" if decision else None,
    }


def _row(speaker: Speaker, entry: Json) -> Json:
    return {
        "when": show_instant(entry["at"], speaker.language),
        "iso": entry["at"],
        "where": place(speaker, entry["region_code"]) if entry["region_code"] else speaker._("The whole country"),
        "account": None,
        "why": own(speaker, entry, "reason"),
        "sha256": entry["sha256"],
        "changes": [],
    }


def subject_word(speaker: Speaker, kind: str) -> str:
    """What an act is about."""
    words = {
        "event": speaker._("An event"),
        "evidence": speaker._("Evidence of unsold goods"),
        "slow_sales": speaker._("Evidence of unsold goods"),
        "lot": speaker._("A lot"),
        "filing": speaker._("A filing"),
        "broadcast": speaker._("A broadcast"),
        "listing": speaker._("A listing"),
    }
    return words.get(kind, kind)


def step_word(speaker: Speaker, move: str) -> str:
    """What was done with a filing."""
    words = {
        "create": speaker._("Drafted"),
        "revise": speaker._("Revised"),
        "refile": speaker._("Changed and filed again"),
        "submit": speaker._("Filed"),
        "approve": speaker._("Approved"),
        "return": speaker._("Returned"),
        "withdraw": speaker._("Withdrawn"),
        "cancel": speaker._("Cancelled"),
        "lots_gone": speaker._("Its lots are gone"),
        "preview_fail": speaker._("Blocked by the gate"),
        "binding_pass": speaker._("Scheduled by the gate"),
        "binding_review": speaker._("Held by the gate for a person"),
        "binding_fail": speaker._("Blocked by the gate"),
        "lift": speaker._("Block lifted"),
        "go_live": speaker._("Went on air"),
        "halt": speaker._("Halted"),
        "end": speaker._("Ended"),
    }
    return words.get(move, move)
