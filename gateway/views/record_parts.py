"""What a record tells beside its figures: viewers as a drawing, unsold goods, people's decisions, replies, changes."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from gateway.views import mass, show_instant, show_time, yuan
from gateway.views.codes import category_word
from gateway.views.disclosures import HEIGHT, WIDTH, abuse_word, gate_answer, grade_word
from gateway.views.speaking import Speaker, own, place

Json = dict[str, Any]


def said(speaker: Speaker, row: Json, name: str) -> str:
    """A text in the reader's language, else in the other one."""
    return str(row.get(f"{name}_{speaker.language}") or row.get(f"{name}_zh") or row.get(f"{name}_en") or "")


def viewer_lines(document: Json, start_ms: int, end_ms: int) -> Json | None:
    """Viewers over the broadcast as two lines, as counted and verified; None without figures."""
    moments = document["viewers"].get("over_time") or ()
    if not moments or end_ms <= start_ms:
        return None
    tallest = max(each["raw_about"] for each in moments) or 1
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "most": f"{tallest:,}",
        "raw": _line(moments, "raw_about", tallest, start_ms, end_ms),
        "verified": _line(moments, "verified_about", tallest, start_ms, end_ms),
    }


def _line(moments: Sequence[Json], name: str, tallest: int, start_ms: int, end_ms: int) -> str:
    points = []
    for each in moments:
        x = round((each["from_ms"] - start_ms) / (end_ms - start_ms) * WIDTH)
        points.append(f"{x},{HEIGHT - round(each[name] / tallest * (HEIGHT - 20))}")
    last = points[-1].partition(",")[2]
    return " ".join([*points, f"{WIDTH},{last}"])


_ABOUT = ("raw_about", "verified_about")


def viewer_rows(speaker: Speaker, document: Json) -> list[list[str]]:
    """The lines as a table."""
    return [
        [
            show_time(datetime.fromtimestamp(each["from_ms"] / 1000, UTC)),
            *(f"{each[name]:,}" if each[name] else speaker._("fewer than ten") for name in _ABOUT),
        ]
        for each in document["viewers"].get("over_time") or ()
    ]


def unsold_rows(speaker: Speaker, document: Json) -> list[list[str]]:
    """Goods that were unsold before, what the broadcast sold of them, and what was left."""
    rows = []
    for each in document["slow_sales"]:
        grams = [each.get(name) for name in ("unsold_grams", "sold_grams", "unsold_after_grams")]
        shown = [speaker._("not told") if value is None else mass(value, speaker.language) for value in grams]
        sources = ("、" if speaker.language == "zh" else ", ").join(
            source["org"] for source in each.get("sources", ()) if source.get("org")
        )
        rows.append([f"{category_word(speaker, each['category_code'])} · {each['season']}", *shown, sources or "–"])
    return rows


def changes(speaker: Speaker, document: Json) -> list[Json]:
    """The sections that changed: why, and which figures moved."""
    return [
        {
            "section": each[speaker.language],
            "why": "".join(why[speaker.language] for why in each.get("why", ())),
            "figures": [_moved(speaker, figure) for figure in each.get("figures", ())],
        }
        for each in document["changes"]
    ]


def _moved(speaker: Speaker, figure: Json) -> list[str]:
    sides = {
        "claimed": speaker._("as counted"),
        "verified": speaker._("verified"),
        "upper": speaker._("mildest reading"),
    }
    names = {
        "orders": speaker._("Paid orders"),
        "net_fen": speaker._("Sales after refunds"),
        "refunded_fen": speaker._("Paid back"),
        "counted": speaker._("Viewers as counted"),
        "verified": speaker._("Viewers verified"),
        "received": speaker._("Complaints"),
        "decided": speaker._("Complaints decided"),
        "upheld": speaker._("Complaints upheld"),
        "messages": speaker._("Messages in the chat"),
    }
    first, _, last = figure["name"].partition(".")
    name = f"{names.get(last, last)} ({sides[first]})" if last else names.get(first, first)
    values = [_value(figure["name"], figure[when]) for when in ("before", "now")]
    return [name, *values]


def _value(name: str, value: int | None) -> str:
    if value is None:
        return "–"
    return yuan(value) if name.endswith("_fen") else f"{value:,}"


def corrections(speaker: Speaker, document: Json) -> list[list[Any]]:
    """Every release after the first, with what it corrected and why; none ever leaves the list."""
    broadcast_id = document["broadcast"]["broadcast_id"]
    return [
        [
            {
                "text": str(each["release"]),
                "href": f"/{speaker.language}/disclosures/{broadcast_id}?release={each['release']}",
            },
            show_instant(each["at"], speaker.language),
            said(speaker, each, "why") or "–",
        ]
        for each in document.get("corrections", ())
    ]


def overrides(speaker: Speaker, document: Json) -> list[Json]:
    """Who overruled the gate, and both reasons."""
    return [
        {
            "rule": each["rule"],
            "first": each["proposed_by_organ"] or "–",
            "reason": said(speaker, each, "reason"),
            "second": each["confirmed_by_organ"] or "–",
            "answer": said(speaker, each, "answer"),
            "when": show_instant(each["confirmed_at"], speaker.language),
            "href": f"/{speaker.language}/decisions/{each['decision_id']}",
        }
        for each in document.get("overrides", ())
    ]


def reports(speaker: Speaker, document: Json) -> list[Json]:
    """Citizens' reports that were found right, and what was corrected since."""
    return [
        {
            "by": each["decided_by_organ"] or "–",
            "when": show_instant(each["decided_at"], speaker.language),
            "reason": said(speaker, each, "reason"),
            "text": each["published_text"],
            "corrected": show_instant(each["corrected_at"], speaker.language) if each["corrected_at"] else None,
            "correction": said(speaker, each, "correction"),
        }
        for each in document.get("reports", ())
    ]


def reply_state(speaker: Speaker, state: str) -> Json:
    """Where a reply stands, as a badge."""
    return {
        "open": {"kind": "review", "text": speaker._("Reply under review")},
        "upheld": {"kind": "pass", "text": speaker._("Reply upheld: the finding is taken back")},
        "partly": {"kind": "review", "text": speaker._("Reply upheld in part: the finding stays under review")},
        "rejected": {"kind": "fail", "text": speaker._("Reply rejected: the finding stands")},
    }[state]


def _file(file: Json, broadcast_id: str) -> Json:
    """A file of a reply; one that is public can be had by everybody."""
    href = f"/api/v1/disclosures/{broadcast_id}/files/{file['sha256']}" if file.get("public") else None
    return {"name": file["name"], "sha256": file["sha256"], "href": href}


def reply_row(speaker: Speaker, row: Json, broadcast_id: str) -> Json:
    """A reply, in the record and on the desk."""
    return {
        "title": abuse_word(speaker, row["abuse"]),
        "state": reply_state(speaker, row["state"]),
        "open": row["state"] == "open",
        "organ": row["organ"] or "–",
        "when": show_instant(row["replied_at"], speaker.language),
        "text": said(speaker, row, "text"),
        "files": [_file(file, broadcast_id) for file in row["files"]],
        "decide_by": show_instant(row["decide_by"], speaker.language),
        "decided_by": row["decided_by_organ"] or "–",
        "decided_at": show_instant(row["decided_at"], speaker.language) if row["decided_at"] else None,
        "reason": said(speaker, row, "reason"),
    }


def desk_reply(speaker: Speaker, row: Json) -> Json:
    """A reply before those who answer and decide."""
    return reply_row(speaker, row, row["broadcast_id"]) | {
        "id": row["id"],
        "broadcast": own(speaker, row, "title"),
        "where": place(speaker, row["region_code"]),
        "href": f"/{speaker.language}/desk/replies/{row['id']}",
        "record": f"/{speaker.language}/disclosures/{row['broadcast_id']}?release={row['release']}",
        "release": row["release"],
        "overdue": row["overdue"],
        "part_in_it": row["part_in_it"],
    }


def part_word(speaker: Speaker, code: str) -> str:
    """A part of a full record."""
    return {
        "goods": speaker._("The goods"),
        "producers": speaker._("The producers and their shares"),
        "event": speaker._("The event and its declarations"),
        "slow_sales": speaker._("Unsold goods before and after"),
        "approvals": speaker._("Who approved it"),
        "costs": speaker._("Costs and funding"),
        "orders": speaker._("Orders after refunds"),
        "refunds": speaker._("Refunds"),
        "complaints": speaker._("Complaints and their outcomes"),
        "gate_results": speaker._("What the gate said, with overrides"),
        "corrections": speaker._("Corrections"),
    }.get(code, code)


def desk_record(speaker: Speaker, row: Json) -> Json:
    """A record before the region whose it is."""
    newest = row["newest"]
    return {
        "title": own(speaker, row, "title"),
        "where": place(speaker, row["region_code"]),
        "href": f"/{speaker.language}/desk/records/{row['broadcast_id']}",
        "public": f"/{speaker.language}/disclosures/{row['broadcast_id']}" if newest else None,
        "newest": newest,
        "ended_at": row["ended_at"],
        "summary_due_on": row["summary_due_on"],
        "full_due_on": row["full_due_on"],
        "next_at": show_instant(row["next_look_at"], speaker.language) if row["next_look_at"] else None,
        "held": gate_answer(speaker, row["held"]) if row["held"] else None,
        "gate": gate_answer(speaker, row["gate"]) if row["gate"] else None,
        "parts": [part_word(speaker, code) for code in row["held_parts"]],
        "lacking": [part_word(speaker, code) for code in row["lacking_parts"]],
        "answerable": [_answerable(speaker, each) for each in row["answerable"]],
        "waiting": sum(1 for each in row["answerable"] if each["may_reply"]),
        "replies": [desk_reply(speaker, each) for each in row["replies"]],
    }


def _answerable(speaker: Speaker, each: Json) -> Json:
    return {
        "abuse": each["abuse"],
        "title": abuse_word(speaker, each["abuse"]),
        "grade": grade_word(speaker, each["grade"]),
        "kind": "fail" if each["grade"] == "substantiated" else "review",
        "text": said(speaker, each, "text"),
        "since": each["since_release"],
        "until": show_instant(each["reply_by"], speaker.language),
        "may_reply": each["may_reply"],
    }
