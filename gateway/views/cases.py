"""Findings before inspectors as pages show them: how grave, how old, where they stand, and what was done."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from gateway.views import show_instant
from gateway.views.disclosures import abuse_word, grade_word, measured
from gateway.views.speaking import Speaker, own, place

Json = dict[str, Any]

STATES = ("open", "closing", "referred", "closed")
SEVERITIES = ("grave", "serious", "minor")


def state_word(speaker: Speaker, state: str) -> Json:
    """Where a case stands, as a badge."""
    words = {
        "open": ("review", speaker._("Open")),
        "closing": ("review", speaker._("Waits for a second inspector")),
        "referred": ("pass", speaker._("Sent on")),
        "closed": ("", speaker._("Closed")),
    }
    kind, text = words[state]
    return {"kind": kind, "text": text}


def severity_word(speaker: Speaker, severity: str) -> Json:
    """How grave a case is, as a badge."""
    words = {
        "grave": ("fail", speaker._("Grave")),
        "serious": ("review", speaker._("Serious")),
        "minor": ("", speaker._("Minor")),
    }
    kind, text = words[severity]
    return {"kind": kind, "text": text}


def row(speaker: Speaker, case: Json) -> Json:
    """A case in a list."""
    return {
        "href": f"/{speaker.language}/desk/findings/{case['id']}",
        "title": abuse_word(speaker, case["abuse"]),
        "broadcast": own(speaker, case, "title"),
        "where": place(speaker, case["region_code"]),
        "since": show_instant(case["opened_at"], speaker.language),
        "state": state_word(speaker, case["state"]),
        "severity": severity_word(speaker, case["severity"]),
        "standing": case["standing"],
    }


def one(speaker: Speaker, case: Json) -> Json:
    """A case whole."""
    return {
        **row(speaker, case),
        "id": case["id"],
        "raw_state": case["state"],
        "broadcast_id": case["broadcast_id"],
        "record_href": f"/{speaker.language}/disclosures/{case['broadcast_id']}",
        "findings": [finding(speaker, each) for each in case["findings"]],
        "explanations": explanations(speaker, case["findings"]),
        "exhibits": [line for each in case["findings"] for line in exhibits(speaker, each)],
        "exhibit_head": exhibit_head(speaker, case["findings"]),
        "figures": figures(speaker, case["figures"]),
        "grounds": case["grounds"],
        "acts": [act(speaker, each) for each in reversed(case["acts"])],
        "file": case["file"],
        **{name: case[name] for name in ("referred_to", "needs_second", "proposed_by_you", "part_in_it")},
    }


def finding(speaker: Speaker, found: Json) -> Json:
    """What was found, in a sentence, and the rules by which."""
    return {
        "grade": grade_word(speaker, found["grade"]),
        "kind": "fail" if found["grade"] == "substantiated" else "review",
        "text": found[f"text_{speaker.language}"],
        "rules": [
            [
                f"{number}. " + rule["text"] if speaker.language == "zh" else f"{number}. " + rule["text_en"],
                *measured(rule),
                f"{rule['n_items']:,}",
            ]
            for number, rule in enumerate(found["rules"], 1)
        ],
    }


def explanations(speaker: Speaker, findings: Iterable[Json]) -> list[Json]:
    """The honest explanations that were tried, each once; whether one of them fits."""
    tried = {each["id"]: each for found in findings for each in found["alternatives_considered"]}
    return [{"text": each[f"text_{speaker.language}"], "fits": each["fits"]} for each in tried.values()]


def value_word(speaker: Speaker, name: str) -> str:
    """What a raw value beside an exhibit is."""
    words = {
        "join_ms": speaker._("Joined"),
        "leave_ms": speaker._("Left"),
        "heartbeats": speaker._("Heartbeats"),
        "interactions": speaker._("Taps"),
        "foreground_ms": speaker._("In front, ms"),
        "rx_kb": speaker._("Received, kB"),
        "qty": speaker._("Units"),
        "paid_fen": speaker._("Paid, fen"),
        "created_ms": speaker._("Ordered"),
        "page_view_ms": speaker._("Page view, ms"),
        "sent_ms": speaker._("Sent"),
    }
    return words.get(name, name)


_MOMENTS = ("join_ms", "leave_ms", "created_ms", "sent_ms")


def exhibit_head(speaker: Speaker, findings: Iterable[Json]) -> list[Json]:
    """The columns of the table of exhibits."""
    names = next((list(item["values"]) for found in findings for item in found["exhibits"]), [])
    shown = [{"name": value_word(speaker, name), "num": name not in _MOMENTS} for name in names]
    return [{"name": speaker._("Token")}, *shown, {"name": speaker._("Rules")}]


def exhibits(speaker: Speaker, found: Json) -> list[list[str]]:
    """The exhibits as rows: a token of this broadcast, its raw values, the rules that fired."""
    return [
        [
            item["id"],
            *(_value(speaker, name, value) for name, value in item["values"].items()),
            ", ".join(_places(found, item["rules"])),
        ]
        for item in found["exhibits"]
    ]


def _places(found: Json, rules: Iterable[str]) -> list[str]:
    """The numbers of these rules in the table of the finding."""
    places = {rule["id"]: f"{number}" for number, rule in enumerate(found["rules"], 1)}
    return [places.get(each, each) for each in rules]


def _value(speaker: Speaker, name: str, value: int) -> str:
    if name in _MOMENTS and value > 0:
        return show_instant(datetime.fromtimestamp(value / 1000, UTC), speaker.language)
    return f"{value:,}"


def figures(speaker: Speaker, known: Json) -> list[list[str]]:
    """The figures of the broadcast as counted and as verified, exact: for inspectors alone."""
    counted, verified = known.get("counted") or {}, known.get("verified") or {}
    words = {"viewers": speaker._("Viewers, each counted once"), "orders": speaker._("Paid orders")}
    return [
        [words[name], f"{counted[name]:,}", f"{verified[name]:,}"]
        for name in words
        if name in counted and name in verified
    ]


def act_word(speaker: Speaker, action: str) -> str:
    """What was done."""
    return {
        "opened": speaker._("Found and opened"),
        "changed": speaker._("The evidence changed"),
        "gone": speaker._("The newest examination no longer finds it"),
        "back": speaker._("The newest examination finds it again"),
        "reopened": speaker._("Opened again on graver evidence"),
        "referred": speaker._("Sent on"),
        "close_proposed": speaker._("Closing proposed"),
        "close_declined": speaker._("Closing declined"),
        "closed": speaker._("Closed"),
    }.get(action, action)


def act(speaker: Speaker, done: Json) -> Json:
    """What was done, as the macro `trail` shows it."""
    return {
        "time": show_instant(done["at"], speaker.language),
        "iso": done["at"],
        "text": act_word(speaker, done["action"]),
        "who": done["by_organ"] or done["by_account"] or speaker._("The examination"),
        "rule": None,
        "reason": own(speaker, done, "reason"),
        "href": None,
        "internal": False,
        "account": done["by_account"],
    }
