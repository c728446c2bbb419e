"""The studio's page: where the room stands, what its people may do now, and what each of their forms asks for. Pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.views import instant, show_instant, show_time, yuan
from gateway.views.room import line, until
from gateway.views.speaking import Speaker, chosen, own

Json = dict[str, Any]
Form = Mapping[str, str]

STUDIO_ROLES = ("host", "moderator", "operator")
LONGEST_SHELF = 200


@dataclass(frozen=True)
class Call:
    """What one form of the studio asks of broadcast, below `/broadcasts/{id}/`."""

    method: str
    path: str
    body: Json | None = None


def _text(form: Form, name: str) -> str:
    return form.get(name, "").strip()


def _units(form: Form, name: str) -> int | None:
    """A whole number as it was typed; what is no number goes on as 0, which broadcast refuses with a sentence."""
    text = _text(form, name)
    if not text:
        return None
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


def _pair(form: Form, name: str) -> Json:
    """A text in both languages; a missing English one is told in Chinese."""
    chinese = _text(form, f"{name}_zh")
    return {f"{name}_zh": chinese, f"{name}_en": _text(form, f"{name}_en") or chinese}


def _both(form: Form) -> Json:
    chinese = _text(form, "zh")
    return {"zh": chinese, "en": _text(form, "en") or chinese}


def _shelf(form: Form) -> Json:
    """The lots that were ticked, in the order of the page, each with its limits."""
    order = [name.removeprefix("on.") for name in form if name.startswith("on.")][:LONGEST_SHELF]
    items = [
        {
            "lot_id": lot_id,
            "limit_units": _units(form, f"limit.{lot_id}"),
            "units_per_buyer": _units(form, f"each.{lot_id}"),
        }
        for lot_id in order
    ]
    return {"items": [{name: value for name, value in item.items() if value is not None} for item in items]}


def _opening(form: Form) -> Json:
    body: Json = {
        "lot_id": _text(form, "lot_id"),
        "open": form.get("do") != "close",
        "flash": form.get("do") == "flash",
    }
    minutes = _units(form, "minutes") if body["flash"] else None
    return body if minutes is None else body | {"minutes": minutes}


def _cue(form: Form) -> Json:
    body: Json = {"kind": _text(form, "kind"), "text": _text(form, "text")}
    more = {"lot_id": _text(form, "lot_id") or None, "limit_units": _units(form, "limit_units")}
    return body | {name: value for name, value in more.items() if value is not None}


def _silence(form: Form) -> Json:
    length = _text(form, "minutes")
    lasting: Json = {"forever": True} if length == "forever" else {"minutes": _units(form, "minutes") or 0}
    return {
        "message_id": _text(form, "message_id"),
        "rule": _text(form, "rule"),
        "reason": _text(form, "reason"),
        **lasting,
    }


def _segment(name: str) -> str:
    """A name from a form as one word of a path; it can never become another path."""
    return "".join(each for each in name if each.isalnum() or each in "-_") or "-"


ROOM_ACTS: dict[str, Callable[[Form], Call]] = {
    "open": lambda form: Call("POST", "room/open"),
    "end": lambda form: Call("POST", "room/end"),
    "halt": lambda form: Call("POST", "room/halt", _pair(form, "reason")),
    "lift": lambda form: Call("POST", "room/lift", _pair(form, "reason")),
    "rehearsal": lambda form: Call("POST", "room/rehearsal", {"on": form.get("on") == "yes"}),
    "rehearsed": lambda form: Call("POST", "room/rehearsed", {"action": "test_order", "lot_id": _text(form, "lot_id")}),
    "segments": lambda form: Call("POST", "room/segments", {"kind": _text(form, "kind")}),
    "shelf": lambda form: Call("PUT", "room/shelf", _shelf(form)),
    "openings": lambda form: Call("POST", "room/openings", _opening(form)),
    "pins": lambda form: Call("POST", "room/pins", {"lot_id": _text(form, "lot_id") or None}),
    "explaining": lambda form: Call("POST", "room/explaining", {"lot_id": _text(form, "lot_id")}),
    "captions": lambda form: Call("POST", "room/captions", {"zh": _text(form, "zh"), "en": _text(form, "en")}),
    "notices": lambda form: Call("POST", "room/notices", _both(form)),
    "cues": lambda form: Call("POST", "room/cues", _cue(form)),
}
CHAT_ACTS: dict[str, Callable[[Form], Call]] = {
    "removal": lambda form: Call(
        "POST",
        f"messages/{_segment(_text(form, 'message_id'))}/removal",
        {"rule": _text(form, "rule"), "reason": _text(form, "reason")},
    ),
    "silence": lambda form: Call("POST", "silences", _silence(form)),
    "appeal": lambda form: Call(
        "POST",
        f"silences/{_segment(_text(form, 'silence_id'))}/decision",
        {"upheld": form.get("do") == "uphold", "reason": _text(form, "reason")},
    ),
    "chat": lambda form: Call("PUT", "chat", {"slow_mode_seconds": _units(form, "slow_mode_seconds") or 0}),
}
ACTS = ROOM_ACTS | CHAT_ACTS


def done(speaker: Speaker, act: str, form: Form) -> str:
    """What an act has done, said once on the page that follows."""
    _ = speaker._
    words = {
        "open": _("The gate is asked. The room opens by itself as soon as the answer is pass."),
        "end": _("The broadcast has ended."),
        "halt": _("The room is halted. Everybody in it is told why."),
        "lift": _("The halt is lifted. The studio may ask to open again."),
        "rehearsal": _("The rehearsal runs. Nobody outside sees it, and nothing is sold.")
        if form.get("on") == "yes"
        else _("The rehearsal is over."),
        "rehearsed": _("Noted as a test order. Nothing was sold."),
        "segments": _("The segment has changed, and everybody was told."),
        "shelf": _("The shelf is arranged."),
        "openings": _("Closed for orders.") if form.get("do") == "close" else _("Open for orders now."),
        "pins": _("Pinned.") if form.get("lot_id") else _("The pin is off."),
        "explaining": _("Marked as being explained from now on."),
        "captions": _("The caption is on screen.") if form.get("zh") or form.get("en") else _("The caption is off."),
        "notices": _("The notice was told to everybody."),
        "cues": _("Noted in the record."),
        "removal": _("The message is no longer shown. Its rule and its hash are published."),
        "silence": _("They may not write for that time, under any name. They may appeal."),
        "appeal": _("The appeal is decided."),
        "chat": _("The pace of the chat has changed."),
    }
    return words[act]


def facts(speaker: Speaker, room: Json, desk: Json | None) -> list[Json]:
    """What the studio must know at a glance, as the macro `definitions` shows it."""
    _ = speaker._
    segment = room.get("segment")
    kinds = {"region": _("Region segment"), "market": _("Market segment")}
    begins = show_instant(room["starts_at"], speaker.language)
    rows = [
        {
            "name": _("Segment"),
            "value": f"{kinds[segment['kind']]} · {_since(speaker, segment['started_at'])}" if segment else "–",
        },
        {"name": _("By plan"), "value": f"{begins} – {show_time(room['ends_at'])}"},
    ]
    over = room["state"] == "ended"
    if not over:
        rows.append({"name": _("Hard stop"), "value": show_time(room["hard_stop_at"])})
    if room.get("decision_id"):
        until = None if over else room.get("decision_valid_until")
        value = _("valid until %(time)s, asked anew before", time=show_time(until)) if until else _("there is one")
        rows.append(
            {
                "name": _("The gate's answer"),
                "value": value,
                "href": f"/{speaker.language}/decisions/{room['decision_id']}",
            }
        )
    recorder = (desk or {}).get("recorder") or {}
    if recorder:
        rows.append({"name": _("Recorder"), "value": recorder_line(speaker, recorder)})
    return rows


def _since(speaker: Speaker, moment: str) -> str:
    return speaker._("since %(time)s", time=f"{instant(moment):%H:%M:%S}")


def recorder_line(speaker: Speaker, recorder: Json) -> str:
    """Whether everything is being written down."""
    _ = speaker._
    parts = {
        "recorder_healthy": _("the record"),
        "interaction_log_healthy": _("the log of interactions"),
        "pin_log_healthy": _("the log of pins and prices"),
        "snapshots_healthy": _("the goods pages"),
    }
    ill = [words for name, words in parts.items() if recorder.get(name, True) is not True]
    if ill:
        return _("NOT recording everything: %(parts)s", parts=", ".join(ill))
    return speaker._("everything is being recorded")


def why_not_opened(speaker: Speaker, desk: Json | None) -> Json | None:
    """Why the gate did not open the room the last time."""
    why = (desk or {}).get("not_opened")
    if not why:
        return None
    return {
        "reason": own(speaker, why, "reason"),
        "rule": why.get("rule"),
        "decision": f"/{speaker.language}/decisions/{why['decision_id']}" if why.get("decision_id") else None,
    }


def goods(speaker: Speaker, lots: Iterable[Json], room: Json, desk: Json | None, sale: Json | None) -> list[Json]:
    """Every lot that the filing brings to market, with its place on the shelf and what may be done with it now."""
    shown = {row["lot_id"]: row for row in room["shelf"]}
    known = {row["lot_id"]: row for row in (desk or {}).get("lots", ())}
    levels = {row["lot_id"]: row["available_units"] for row in (sale or {}).get("lots", ())}
    named = {lot["lot_id"]: lot for lot in lots}
    # A lot whose listing may not be seen by the public is steered all the same.
    named |= {name: shelf_line(speaker, row) for name, row in (known | shown).items() if name not in named}
    return [
        {
            **lot,
            "on": name in shown or bool(known.get(name, {}).get("on_shelf")),
            "limit": shown.get(name, {}).get("limit_units") or "",
            "each": shown.get(name, {}).get("units_per_buyer") or "",
            "open": bool(shown.get(name, {}).get("open")),
            "until": until(speaker, shown.get(name, {})),
            "pinned": name == room.get("pinned_lot_id"),
            "explaining": name == room.get("explaining_lot_id"),
            "left": levels.get(name, known.get(name, {}).get("units")),
            "refused": own(speaker, known.get(name, {}), "against"),
        }
        for name, lot in named.items()
    ]


def shelf_line(speaker: Speaker, row: Json) -> Json:
    """A lot as the shelf itself describes it."""
    return {
        "lot_id": row["lot_id"],
        "title": own(speaker, row, "title"),
        "producer": (row.get("seller") or {}).get("name") or row["lot_id"][-6:],
        "number": "",
        "specification": row.get("specification") or "",
        "price": yuan(row["price_fen"]) if row.get("price_fen") is not None else "",
    }


def shelf_of(room: Json, desk: Json | None) -> list[Json]:
    """The lots on the shelf, also while viewers are not shown it."""
    hidden = [row for row in (desk or {}).get("shelf", ()) if row.get("on_shelf")]
    return room["shelf"] or hidden


def lot_line(speaker: Speaker, listing: Json, lot: Json) -> Json:
    """A lot of the filing as the studio names it."""
    form = lot["lot"]
    return {
        "lot_id": lot["id"],
        "title": own(speaker, listing, "title"),
        "producer": lot["seller"]["name"],
        "number": form.get("lot_number", ""),
        "specification": form.get("specification") or "",
        "price": yuan(form["price_fen"]) if form.get("price_fen") is not None else "",
    }


def roles_to_take(roles: frozenset[str], desk: Json | None) -> list[str]:
    """As what the visitor may steer this room."""
    return list(desk["you"]) if desk and "you" in desk else [role for role in STUDIO_ROLES if role in roles]


def owed(speaker: Speaker, desk: Json | None) -> list[str]:
    """What is still missing before the room may ask to open."""
    return [chosen(speaker, each) for each in (desk or {}).get("owed", ())]


def said(speaker: Speaker, messages: Iterable[Json]) -> list[Json]:
    """Messages as moderators see them, with what viewers said of each."""
    _ = speaker._
    reasons = {"complaint": _("complaint"), "abuse": _("insult"), "spam": _("advertising"), "other": _("other")}
    return [
        {
            **line(speaker, each),
            "complaint": bool(each.get("complaint")),
            "flags": ", ".join(
                f"{reasons[why]} × {count}" for why, count in (each.get("flags") or {}).items() if count
            ),
            "removed": each.get("removed_rule") or "",
        }
        for each in messages
    ]


def role_word(speaker: Speaker, role: str) -> str:
    """A role of the studio in words."""
    _ = speaker._
    return {"host": _("Host"), "moderator": _("Moderator"), "operator": _("Operator")}.get(role, role)
