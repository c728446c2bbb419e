"""A live room as its viewers see it, and the words that its script needs to say the same. Pure functions."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.views import instant, show_instant, show_time, yuan
from gateway.views.goods_forms import producer_kinds
from gateway.views.speaking import Speaker, chosen, own

Json = dict[str, Any]

MOST_NOTICES = 5
STATES_WITH_STREAM = frozenset({"opening", "open", "halted"})


def state_badge(speaker: Speaker, state: str) -> Json:
    """Where a room stands, as a badge."""
    _ = speaker._
    words = {
        "closed": ("", _("Not open yet")),
        "opening": ("review", _("The gate is being asked")),
        "open": ("pass", _("Live now")),
        "halted": ("fail", _("Halted")),
        "ended": ("", _("Ended")),
    }
    kind, text = words.get(state, ("", state))
    return {"kind": kind, "text": text}


def segment_banner(speaker: Speaker, room: Json) -> Json:
    """What may happen now: a heading and a sentence for the running segment, or for a room that is not on air."""
    _ = speaker._
    words = banner_words(speaker)
    kind = (room.get("segment") or {}).get("kind") if room["state"] == "open" else None
    title, text = words[kind or room["state"]] if (kind or room["state"]) in words else (_("Between segments"), "")
    return {"kind": kind or "", "title": title, "text": text}


def banner_words(speaker: Speaker) -> dict[str, tuple[str, str]]:
    """The banner's heading and sentence, by segment and by state."""
    _ = speaker._
    return {
        "region": (
            _("Region segment: nothing is for sale"),
            _("The official speaks about the region. No prices, no pins."),
        ),
        "market": (
            _("Market segment: the host sells"),
            _("The official is off screen. You buy from the seller named."),
        ),
        "open": (_("Between segments"), _("The next segment begins in a moment. Nothing is for sale until then.")),
        "closed": (_("Not open yet"), _("The room opens when the gate has answered pass, and not before.")),
        "opening": (_("The gate is being asked"), _("Everything is checked once more before the room opens.")),
        "halted": (_("Halted"), _("The shelf is shut. Paid orders stand, or are refunded on request.")),
        "ended": (_("Ended"), _("The broadcast is over. Its record can be replayed.")),
    }


def why_halted(speaker: Speaker, room: Json) -> Json | None:
    """Why it was halted: the sentence, the rule and the decision behind it."""
    why = room.get("why_halted")
    if not why:
        return None
    return {
        "reason": own(speaker, why, "reason"),
        "rule": why.get("rule"),
        "rule_href": f"/{speaker.language}/rules/{why['rule']}" if _is_rule(why.get("rule")) else None,
        "decision_href": f"/{speaker.language}/decisions/{why['decision_id']}" if why.get("decision_id") else None,
    }


def _is_rule(rule: str | None) -> bool:
    return bool(rule) and not str(rule).startswith("gate.")


def notices(speaker: Speaker, room: Json) -> list[Json]:
    """Official notices, the newest first."""
    said = [{"text": chosen(speaker, each) or each["zh"], "time": show_time(each["at"])} for each in room["notices"]]
    return said[::-1][:MOST_NOTICES]


def pictures(room: Json) -> list[str]:
    """The addresses of the broadcast's pictures."""
    return [picture(each["sha256"]) for each in room["pictures"]]


def picture(sha256: str) -> str:
    """Where a kept picture is shown from."""
    return f"/api/v1/documents/{sha256}"


def caption(speaker: Speaker, room: Json) -> str:
    """The caption in the page's language; the other one where this is empty."""
    said = room.get("caption") or {}
    other = "en" if speaker.language == "zh" else "zh"
    return str(said.get(speaker.language) or said.get(other) or "")


def watching(speaker: Speaker, state: str, about: int | None) -> str:
    """About how many watch, coarsely: fewer than ten have no number. Nothing of a room that is not on air."""
    if state != "open":
        return ""
    if about is None:
        return speaker._("A few are watching")
    return speaker._("About %(count)s watching", count=f"{about:,}")


def shelf(speaker: Speaker, room: Json, sale: Json | None, drawings: Mapping[str, str]) -> list[Json]:
    """The lots on the shelf; what orders says is left of each decides whether it can be ordered."""
    levels = {lot["lot_id"]: lot for lot in (sale or {}).get("lots", ())}
    return [_lot(speaker, room, row, levels.get(row["lot_id"]), drawings) for row in room["shelf"]]


def _lot(speaker: Speaker, room: Json, row: Json, level: Json | None, drawings: Mapping[str, str]) -> Json:
    left = level["available_units"] if level else None
    is_open = bool(row["open"]) and room["state"] == "open" and left != 0
    return {
        "lot_id": row["lot_id"],
        "listing_id": row["listing_id"],
        "href": f"/{speaker.language}/lots/{row['lot_id']}",
        "title": own(speaker, row, "title"),
        "specification": row.get("specification") or "",
        "price": yuan(row["price_fen"]),
        "price_fen": row["price_fen"],
        "was": was(speaker, row),
        "until": until(speaker, row),
        "picture": picture(row["picture_sha256"]) if row.get("picture_sha256") else None,
        "drawing": drawings.get(row["listing_id"], "other"),
        "open": is_open,
        "left": "" if left is None else left,
        "standing": standing(speaker, row["open"], left),
        "limits": limits(speaker, row.get("limit_units"), row.get("units_per_buyer")),
        "most": row.get("units_per_buyer") or row.get("limit_units") or 99,
        "seller": seller(speaker, row["seller"]),
        "decision": f"/{speaker.language}/decisions/{row['decision_id']}" if row.get("decision_id") else None,
        "pinned": row["lot_id"] == room.get("pinned_lot_id"),
        "explaining": row["lot_id"] == room.get("explaining_lot_id"),
    }


def blank_lot() -> Json:
    """A card without a lot, which the page's script fills when one is put on the shelf."""
    words = ("lot_id", "listing_id", "href", "title", "specification", "price", "was", "until", "standing", "limits")
    empty = dict.fromkeys(words, "")
    panel = dict.fromkeys(("name", "kind", "uscc", "address", "contact"), "")
    flags = dict.fromkeys(("open", "pinned", "explaining"), False)
    return {
        **empty,
        **flags,
        "left": "",
        "price_fen": "",
        "picture": None,
        "drawing": "other",
        "most": 99,
        "seller": panel,
        "decision": "",
    }


def was(speaker: Speaker, row: Json) -> str:
    """The former price that the gate passed, in words that say which one it is; empty without one."""
    if not row.get("was_price_fen"):
        return ""
    return speaker._("was %(price)s, no higher than the lowest price charged before", price=yuan(row["was_price_fen"]))


def until(speaker: Speaker, row: Json) -> str:
    """When an offer for a time ends; empty when it does not end by itself."""
    if not row.get("open") or not row.get("open_until"):
        return ""
    return speaker._("at this price until %(time)s", time=show_time(row["open_until"]))


def standing(speaker: Speaker, is_open: bool, left: int | None) -> str:
    """Whether it can be ordered, and what is left of it."""
    _ = speaker._
    if left == 0:
        return _("Sold out")
    if not is_open:
        return _("Not open for orders yet")
    return _("Open for orders") if left is None else _("%(units)s left", units=f"{left:,}")


def limits(speaker: Speaker, limit_units: int | None, units_per_buyer: int | None) -> str:
    """What was announced of limits; empty when there are none."""
    _ = speaker._
    said = [
        _("%(units)s in this broadcast", units=f"{limit_units:,}") if limit_units else "",
        _("at most %(units)s per buyer", units=f"{units_per_buyer:,}") if units_per_buyer else "",
    ]
    return " · ".join(each for each in said if each)


def seller(speaker: Speaker, panel: Json) -> Json:
    """Who sells, as the law wants it shown."""
    return {
        "name": panel["name"],
        "kind": producer_kind(speaker, panel.get("kind")),
        "uscc": panel.get("uscc") or speaker._("Farm household, exempt from registration"),
        "address": panel.get("address") or "",
        "contact": panel.get("contact") or "",
    }


def producer_kind(speaker: Speaker, kind: str | None) -> str:
    """The kind of producer as people call it."""
    return kind_words(speaker).get(kind or "", "")


def kind_words(speaker: Speaker) -> dict[str, str]:
    """Every kind of producer in words."""
    return {option[0]: option[1] for option in producer_kinds(speaker._)}


def next_market(room: Json, planned: Iterable[Json]) -> str | None:
    """When goods open next by the plan, for the countdown of a region segment; None where nothing is to come."""
    if room["state"] in ("ended", "halted") or (room.get("segment") or {}).get("kind") == "market":
        return None
    now = instant(room["at"])
    coming = [part["starts_at"] for part in planned if part["kind"] == "market" and instant(part["starts_at"]) > now]
    return min(coming, key=instant, default=None)


def chat(speaker: Speaker, room: Json, said: Json | None) -> Json:
    """What was said lately, the newest last, and how often one may speak."""
    seconds = room.get("slow_mode_seconds") or 0
    return {
        "slow": speaker._("Slow mode: one message in %(seconds)s seconds.", seconds=seconds) if seconds else "",
        "lines": [line(speaker, each) for each in reversed((said or {}).get("items", ()))],
    }


def line(speaker: Speaker, message: Json) -> Json:
    """One message as it was said, or praise that many said alike; who spoke is a role and four digits."""
    times = message.get("times") or 1
    return {
        "id": message["message_id"],
        "who": f"{role_words(speaker).get(message['role'], message['role'])} {message['tag']}",
        "staff": message["role"] != "viewer",
        "text": message["text"],
        "times": speaker._("said %(count)s times", count=times) if times > 1 else "",
    }


def role_words(speaker: Speaker) -> dict[str, str]:
    """As what somebody speaks."""
    _ = speaker._
    return {
        "viewer": _("Viewer"),
        "host": _("Host"),
        "moderator": _("Moderator"),
        "operator": _("Operator"),
        "inspector": _("Inspector"),
    }


def silences(speaker: Speaker, rows: Iterable[Json]) -> list[Json]:
    """Who may not write, under which rule, and whose appeal waits. `holds`: it was not lifted."""
    _ = speaker._
    return [
        {
            "id": row["silence_id"],
            "rule": own(speaker, row, "rule"),
            "reason": row["reason"],
            "until": show_instant(row["until"], speaker.language) if row["until"] else _("for good"),
            "appeal": row["appeal"] or "",
            "holds": row["upheld"] is not False,
            "waits": bool(row["appealed_at"]) and row["decided_at"] is None,
            "decided": "" if row["upheld"] is None else _("Upheld") if row["upheld"] else _("Lifted"),
        }
        for row in rows
    ]


def flag_reasons(speaker: Speaker) -> list[tuple[str, str]]:
    """Why a viewer points at a message."""
    _ = speaker._
    return [
        ("complaint", _("It is a complaint that must stay")),
        ("abuse", _("It insults somebody")),
        ("spam", _("It is advertising or repetition")),
        ("other", _("Something else")),
    ]


def script_words(speaker: Speaker) -> Json:
    """Every word that the room's script has to say, in the page's language; `%(name)s` is filled in by the script."""
    _ = speaker._
    states = ("closed", "opening", "open", "halted", "ended")
    return {
        "banner": {name: list(pair) for name, pair in banner_words(speaker).items()},
        "state": {state: state_badge(speaker, state) for state in states},
        "few": _("A few are watching"),
        "about": _("About %(count)s watching"),
        "sold_out": _("Sold out"),
        "not_open": _("Not open for orders yet"),
        "was": _("was %(price)s, no higher than the lowest price charged before"),
        "until": _("at this price until %(time)s"),
        "open": _("Open for orders"),
        "left": _("%(units)s left"),
        "limit": _("%(units)s in this broadcast"),
        "per_buyer": _("at most %(units)s per buyer"),
        "kinds": kind_words(speaker),
        "household": _("Farm household, exempt from registration"),
        "away": _("The connection is away. It comes back by itself."),
        "shed": _("%(count)s messages were left out: more came than anybody can read."),
        "removed": _("Removed. By which rule is published."),
        "roles": role_words(speaker),
        "times": _("said %(count)s times"),
        "sent": _("Sent."),
        "flagged": _("Reported. A moderator looks at it."),
        "failed": _("Not sent. Try again in a moment."),
        "wait": _("Slow mode: one message in %(seconds)s seconds."),
    }
