"""A room's record as people read it: what happened on the stream clock, and what was offered at which price. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.views import yuan
from gateway.views.speaking import Speaker

Json = dict[str, Any]

# What keeps the room running is in the record as well; it is left out here unless somebody asks for everything.
INNER = frozenset({"asked", "renewed", "studio_token", "shelf", "beat", "chat", "refused", "slow_mode"})
OFFERS = frozenset({"product", "flash_open", "price", "pinned", "loss_leader"})


def clock_text(stream_ms: int) -> str:
    """`0:12:03`, hours first."""
    seconds = stream_ms // 1000
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def kind_word(speaker: Speaker, kind: str) -> str:
    """What an entry of the record is about."""
    _ = speaker._
    words = {
        "open": _("The room opens"),
        "segment_started": _("A segment begins"),
        "segment_ended": _("The segment ends"),
        "product": _("Now explaining"),
        "flash_open": _("Flash opening"),
        "price": _("Opens for orders"),
        "lot_closed": _("Closes for orders"),
        "pinned": _("Pinned"),
        "unpinned": _("The pin is taken off"),
        "off_shelf": _("Leaves the shelf"),
        "loss_leader": _("A limited offer below cost"),
        "push": _("A push message goes out"),
        "slogan_prompt": _("Viewers are asked to write something"),
        "leader_on": _("The official comes on"),
        "leader_off": _("The official goes off"),
        "caption": _("Caption"),
        "notice": _("Official notice"),
        "halted": _("Halted"),
        "stop_lifted": _("The halt is lifted"),
        "slow_mode": _("The pace of the chat changes"),
        "beat": _("The recorder runs"),
        "close": _("The room closes"),
        "asked": _("The gate is asked"),
        "renewed": _("The gate says yes again"),
        "refused": _("The gate says no"),
        "shelf": _("The shelf is arranged"),
        "studio_token": _("Somebody takes the studio"),
        "chat": _("Message"),
    }
    return words.get(kind, kind)


def entries(speaker: Speaker, rows: Iterable[Json], lots: Mapping[str, str], *, everything: bool) -> list[Json]:
    """The record's entries, each with its moment on the stream clock."""
    return [_entry(speaker, row, lots) for row in rows if everything or row["kind"] not in INNER]


def _entry(speaker: Speaker, row: Json, lots: Mapping[str, str]) -> Json:
    body = row.get("body") or {}
    return {
        "anchor": f"e{row['seq']}",
        "clock": clock_text(row["stream_ms"]),
        "at": row["at"],
        "kind": row["kind"],
        "word": _word(speaker, row["kind"], body),
        "lot": lots.get(body.get("lot_id", ""), ""),
        "price": yuan(body["price_fen"]) if body.get("price_fen") is not None else "",
        "text": said(speaker, body),
        "hash": row.get("hash", ""),
    }


def _word(speaker: Speaker, kind: str, body: Json) -> str:
    segment = body.get("segment")
    if kind == "segment_started" and segment in ("region", "market"):
        return speaker._("Region segment begins") if segment == "region" else speaker._("Market segment begins")
    return kind_word(speaker, kind)


def said(speaker: Speaker, body: Json) -> str:
    """The words of an entry, in the page's language where they were given in both."""
    other = "en" if speaker.language == "zh" else "zh"
    found = body.get(f"text_{speaker.language}") or body.get(f"text_{other}") or body.get("text") or ""
    return str(found)


def products(
    speaker: Speaker, rows: Iterable[Json], lots: Mapping[str, str], now: Mapping[str, int | None]
) -> list[Json]:
    """Each lot that was offered: where it was first explained or opened, its price then, and its price now."""
    found: dict[str, Json] = {}
    for row in rows:
        body = row.get("body") or {}
        lot_id = body.get("lot_id")
        if row["kind"] not in OFFERS or not lot_id:
            continue
        entry = found.setdefault(lot_id, _product(speaker, row, lots, now.get(lot_id)))
        if not entry["then"] and body.get("price_fen") is not None:
            entry["then"] = yuan(body["price_fen"])
    return list(found.values())


def _product(speaker: Speaker, row: Json, lots: Mapping[str, str], now_fen: int | None) -> Json:
    lot_id = row["body"]["lot_id"]
    return {
        "href": f"#e{row['seq']}",
        "page": f"/{speaker.language}/lots/{lot_id}",
        "title": lots.get(lot_id) or speaker._("A lot that is no longer offered"),
        "clock": clock_text(row["stream_ms"]),
        "then": yuan(row["body"]["price_fen"]) if row["body"].get("price_fen") is not None else "",
        "now": yuan(now_fen) if now_fen is not None else speaker._("not on sale"),
    }


def lot_ids(rows: Iterable[Json]) -> list[str]:
    """Every lot that the record names, in the order of its first mention."""
    return list(dict.fromkeys(name for row in rows if (name := (row.get("body") or {}).get("lot_id"))))


def moderation(speaker: Speaker, told: Json) -> Json:
    """What was done to a chat, as it is published: counts by rule and a hash for each removal."""
    language = speaker.language
    rules = {each["rule"]: each[language] for each in told["rules"]}
    _ = speaker._
    return {
        "figures": [
            {"name": _("Messages"), "value": f"{told['messages']:,}"},
            {"name": _("Removed"), "value": f"{len(told['removals']):,}"},
            {
                "name": _("Complaints"),
                "value": f"{told['complaints']:,}",
                "note": _("removed: %(count)s", count=told["complaints_removed"]),
            },
            {"name": _("Folded praise"), "value": f"{told['folded']:,}", "note": _("said by many, shown once")},
            {
                "name": _("Appeals"),
                "value": f"{told['appeals']:,}",
                "note": _("silences lifted: %(count)s", count=told["silences_lifted"]),
            },
        ],
        "rules": [
            [
                rules.get(code, code),
                str(told["removed_by_rule"].get(code, 0)),
                str(told["silences_by_rule"].get(code, 0)),
            ]
            for code in dict.fromkeys([*told["removed_by_rule"], *told["silences_by_rule"]])
        ],
        "removals": [
            {
                "rule": rules.get(each["rule"], each["rule"]),
                "by": _("an inspector") if each["removed_as"] == "inspector" else _("a moderator"),
                "at": each["removed_at"],
                "sha256": each["sha256"],
            }
            for each in told["removals"]
        ],
        "all_rules": list(rules.values()),
    }
