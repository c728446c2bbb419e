"""What people did and may do: urgency, moves, overrides, appeals, referrals and the trail, in words."""

from collections.abc import Iterable
from typing import Any

from gateway.views import region_name, show_instant
from gateway.views.account import role_word
from gateway.views.speaking import Speaker, chosen, own, place

Json = dict[str, Any]


def part_word(speaker: Speaker, role: str) -> str:
    """The role that somebody has in a case."""
    words = {
        "applicant": speaker._("Applicant"),
        "presenter": speaker._("Official who presents"),
        "gate": speaker._("The gate"),
    }
    return words.get(role) or role_word(speaker, role)


def urgency(speaker: Speaker, kind: str) -> Json:
    """How urgent a case is, as a badge."""
    words = {
        "live": ("fail", speaker._("On air now")),
        "soon": ("fail", speaker._("Within 24 hours")),
        "overdue": ("review", speaker._("Overdue")),
        "later": ("", speaker._("In time")),
        "demonstration": ("", speaker._("Demonstration of another day")),
    }
    badge, text = words[kind]
    return {"kind": badge, "text": text}


def who_may(speaker: Speaker, item: Json) -> str:
    """Who may act on a case, in one sentence."""
    region = place(speaker, item["region_code"]) if item["region_code"] else ""
    organs = _listed(speaker, item["applicant_organs"])
    if not organs:
        return speaker._("A reviewer for %(region)s who has no part in it may act.", region=region)
    return speaker._(
        "A reviewer for %(region)s who has no part in it and does not belong to %(organs)s may act.",
        region=region,
        organs=organs,
    )


def _listed(speaker: Speaker, names: Iterable[str]) -> str:
    return ("、" if speaker.language == "zh" else ", ").join(names)


def trail(speaker: Speaker, entries: Iterable[Json]) -> list[Json]:
    """Acts as the macro `trail` shows them, in the order in which they came."""
    return [_act(speaker, entry) for entry in entries]


def _act(speaker: Speaker, entry: Json) -> Json:
    decision = entry["decision_id"]
    return {
        "time": show_instant(entry["at"], speaker.language),
        "iso": entry["at"],
        "text": act_word(speaker, entry["action"]),
        "who": " · ".join(each for each in (part_word(speaker, entry["by_role"]), entry["by_organ"]) if each),
        "rule": entry["rule"],
        "reason": own(speaker, entry, "reason"),
        "href": f"/{speaker.language}/decisions/{decision}" if decision else None,
        "internal": entry["audience"] == "internal",
        "account": entry["account_id"],
    }


def act_word(speaker: Speaker, action: str) -> str:
    """What was done."""
    words = {
        "event.registered": speaker._("Event registered"),
        "event.revised": speaker._("Event corrected"),
        "event.declared": speaker._("Declaration added"),
        "event.lifted": speaker._("Declaration lifted"),
        "event.verified": speaker._("Event verified"),
        "evidence.submitted": speaker._("Evidence of unsold goods handed in"),
        "evidence.certified": speaker._("Evidence of unsold goods certified"),
        **_words_on_answers(speaker),
        "referral.opened": speaker._("Put before inspectors"),
        "referral.forwarded": speaker._("Forwarded to another organ"),
        "referral.closed": speaker._("Referral closed"),
    }
    return words.get(action, action)


def _words_on_answers(speaker: Speaker) -> dict[str, str]:
    return {
        "review.accepted": speaker._("A reviewer accepted it"),
        "review.refused": speaker._("A reviewer refused it"),
        "override.proposed": speaker._("Override proposed"),
        "override.confirmed": speaker._("Override confirmed by a second organ"),
        "override.declined": speaker._("Override declined"),
        "override.lapsed": speaker._("The proposal lapsed, because the facts changed"),
        "appeal.opened": speaker._("Appeal opened"),
        "appeal.upheld": speaker._("Appeal decided: the answer stands"),
        "appeal.granted": speaker._("Appeal granted"),
        "appeal.withdrawn": speaker._("Appeal withdrawn"),
    }


def published_reasons(speaker: Speaker, decision: Json, entries: Iterable[Json]) -> dict[str, list[str]]:
    """Rule → what people published when they closed its review or overrode it, for the results that rest on it."""
    wanted = {
        result["rule"]: word["decision_id"]
        for result in decision["results"]
        for word in (result.get("resolved_by"), result.get("overridden_by"))
        if word
    }
    spoken = ("review.accepted", "review.refused", "override.proposed", "override.confirmed", "appeal.granted")
    found: dict[str, list[str]] = {}
    for entry in entries:
        told = own(speaker, entry, "reason")
        if entry["action"] in spoken and told and wanted.get(entry["rule"]) == entry["decision_id"]:
            found.setdefault(entry["rule"], []).insert(0, f"{entry['by_organ'] or '–'}{speaker._(': ')}{told}")
    return found


def override_row(speaker: Speaker, row: Json) -> Json:
    """An override: what was proposed and what came of it."""
    words = {
        "proposed": ("review", speaker._("Waits for a second person")),
        "confirmed": ("pass", speaker._("Confirmed")),
        "declined": ("", speaker._("Declined")),
        "lapsed": ("", speaker._("Lapsed")),
    }
    kind, text = words[row["state"]]
    return {
        "id": row["id"],
        "state": {"kind": kind, "text": text},
        "title": own(speaker, row, "title"),
        "where": place(speaker, row["region_code"]) if row["region_code"] else "",
        "href": f"/{speaker.language}/desk/reviews/{row['decision_id']}",
        "rule": row["rule"],
        "first": _said(speaker, row["proposed_by_organ"], row["proposed_at"]),
        "reason": own(speaker, row, "reason"),
        "second": _said(speaker, row["answered_by_organ"], row["answered_at"]) if row["answered_at"] else None,
        "answer": own(speaker, row, "answer"),
        "until": show_instant(row["valid_until"], speaker.language),
    }


def _said(speaker: Speaker, organ: str | None, at: str) -> str:
    return f"{organ or '–'} · {show_instant(at, speaker.language)}"


def appeal_state(speaker: Speaker, row: Json) -> Json:
    """Where an appeal stands, as a badge; one that is late says so."""
    if row["overdue"]:
        return {"kind": "fail", "text": speaker._("Overdue")}
    words = {
        "open": ("review", speaker._("Being decided")),
        "upheld": ("", speaker._("The answer stands")),
        "granted": ("pass", speaker._("Granted")),
        "withdrawn": ("", speaker._("Withdrawn")),
    }
    kind, text = words[row["state"]]
    return {"kind": kind, "text": text}


def appeal_row(speaker: Speaker, row: Json) -> Json:
    """An appeal in a list and on its page."""
    return {
        "id": row["id"],
        "href": f"/{speaker.language}/desk/appeals/{row['id']}",
        "title": own(speaker, row, "title"),
        "where": place(speaker, row["region_code"]) if row["region_code"] else "",
        "when": speaker._("to be decided by %(when)s", when=show_instant(row["decide_by"], speaker.language))
        if row["state"] == "open"
        else None,
        "state": appeal_state(speaker, row),
        "next": row["rule"],
        "raw_state": row["state"],
        "rule": row["rule"],
        "hard": row["hard"],
        "grounds": own(speaker, row, "grounds"),
        "files": row["files"],
        "by": _said(speaker, row["appellant_organ"] or part_word(speaker, row["appellant_role"]), row["opened_at"]),
        "decided": _said(speaker, row["decided_by_organ"], row["decided_at"]) if row["decided_by_organ"] else None,
        "decision": own(speaker, row, "decision"),
        "effect": effect_words(speaker, row["effect"]),
        "decision_href": f"/{speaker.language}/decisions/{row['decision_id']}",
        "case_href": f"/{speaker.language}/desk/reviews/{row['new_decision_id'] or row['decision_id']}",
        "mine": row["mine"],
        "demonstration": row["demonstration"],
    }


def effect_words(speaker: Speaker, effect: str | None) -> str | None:
    """What the decision on an appeal does."""
    words = {
        "stands": speaker._("The answer of the gate stays as it is."),
        "resolution": speaker._("The refused review was accepted, and the gate decided again."),
        "override": speaker._("An override was begun. It speaks once a person of another organ confirms it."),
        "correct_facts": speaker._("The facts must be corrected, as the reason says. The block stays until then."),
        "suspension_lifted": speaker._("The suspension was lifted. The gate asks again about each of their lots."),
        "moot": speaker._("The case has moved on since; nothing was left to lift."),
    }
    return words.get(effect or "")


def referral_state(speaker: Speaker, state: str) -> Json:
    """Where a referral stands, as a badge."""
    words = {
        "open": ("review", speaker._("Open")),
        "forwarded": ("pass", speaker._("Forwarded")),
        "closed": ("", speaker._("Closed")),
    }
    kind, text = words[state]
    return {"kind": kind, "text": text}


def referable(speaker: Speaker, found: Json | None) -> Json | None:
    """What an inspector may do about a decision whose notice failed: open its referral, or read the one there is."""
    if found is None:
        return None
    href = f"/{speaker.language}/desk/referrals/{found['referral_id']}" if found["referral_id"] else None
    return {"href": href, "allowed": found["allowed"], "why": chosen(speaker, found["why"]) if found["why"] else None}


def referral_row(speaker: Speaker, row: Json) -> Json:
    """A referral in a list and on its page."""
    return {
        "id": row["id"],
        "href": f"/{speaker.language}/desk/referrals/{row['id']}",
        "title": own(speaker, row, "title"),
        "where": place(speaker, row["region_code"]) if row["region_code"] else "",
        "when": show_instant(row["opened_at"], speaker.language),
        "state": referral_state(speaker, row["state"]),
        "raw_state": row["state"],
        "quotes": row["quotes"],
        "grounds": row["grounds"],
        "forwarded_to": row["forwarded_to"],
        "reason": own(speaker, row, "reason"),
        "decision_href": f"/{speaker.language}/decisions/{row['decision_id']}",
        "demonstration": row["demonstration"],
    }


def parties(speaker: Speaker, rows: Iterable[Json]) -> list[list[Any]]:
    """Rows of the table of everybody in a case: role, organ, place, and whether it is the reader."""
    return [
        [
            part_word(speaker, row["role"]) + (speaker._(" (you)") if row["you"] else ""),
            row["organ"] or "–",
            region_name(row["region_code"], speaker.language) if row["region_code"] else "–",
        ]
        for row in rows
    ]


def moves(speaker: Speaker, point: Json) -> list[Json]:
    """What the reader may do about a result, with the reason where they may not."""
    return [
        {"move": each["move"], "allowed": each["allowed"], "why": chosen(speaker, each["why"]), "id": each["record_id"]}
        for each in point["moves"]
    ]


def nobody_moves(speaker: Speaker, point: Json) -> str | None:
    """Why no person can answer a result at all."""
    words = {
        "facts": speaker._("Nobody may overrule this. Only changed facts can cure it."),
        "records": speaker._("Only a changed record can cure this; nobody can decide it away."),
    }
    return words.get(point["answered_by"])
