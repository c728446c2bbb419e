"""The filing wizard between its form and the service: what a stored filing says, and what a step changes in it."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from gateway.views import instant
from gateway.views.filing_forms import STEPS
from gateway.views.forms import Entry

Json = dict[str, Any]

NOTICE_FIELDS = (
    "sha256",
    "name",
    "media_type",
    "typed_text",
    "allocates_supply",
    "fair_competition_review_no",
    "ends_on",
)
CODE_LISTS = ("sponsors", "agencies")
LOT_MARK = "/"


def body_of(content: Json) -> Json:
    """A stored filing as the body that would write it again; what was not said is left out."""
    body = {name: value for name, value in content.items() if value is not None}
    body["notices"] = [_notice(each) for each in content.get("notices") or ()]
    for name in ("segments", "texts", "media", "payments", "promotions", "influencers"):
        if body.get(name) is not None:
            body[name] = [_stated(each) for each in body[name]]
    return body


def _notice(notice: Json) -> Json:
    return {name: notice[name] for name in NOTICE_FIELDS if notice.get(name) is not None}


def _stated(record: Json) -> Json:
    return {name: value for name, value in record.items() if value is not None}


def without(body: Json, entries: Iterable[Entry]) -> Json:
    """The body without what a step asks: what is emptied there must not stay."""
    asked = {entry.name.split(".")[0] for entry in entries}
    return {name: value for name, value in body.items() if name not in asked}


def shown_body(body: Json) -> Json:
    """The body as the steps' fields show it."""
    lots = [f"{each['listing_id']}{LOT_MARK}{lot}" for each in body.get("listings", ()) for lot in each["lot_ids"]]
    codes = {name: [{"uscc": code} for code in body[name]] for name in CODE_LISTS if body.get(name) is not None}
    portions = [
        {"lot": f"{each['listing_id']}{LOT_MARK}{lot}", "units": units}
        for each in body.get("listings", ())
        for lot, units in (each.get("units") or {}).items()
    ]
    return {**body, **codes, "lots": lots, "portions": portions}


def when(before: Json, said: Json) -> Json:
    """Step 1. Parts move with the start; those that no longer fit are proposed anew in step 4."""
    body = {**{name: value for name, value in before.items() if name != "starts_at"}, **said}
    segments = before.get("segments") or []
    if not segments or "starts_at" not in said or "ends_at" not in said:
        return body
    shift = instant(said["starts_at"]) - instant(before["starts_at"])
    moved = [{**each, **_moved(each, shift)} for each in segments]
    fits = instant(moved[-1]["ends_at"]) <= instant(said["ends_at"])
    return {**body, "segments": moved if fits else []}


def _moved(segment: Json, shift: timedelta) -> Json:
    return {name: (instant(segment[name]) + shift).isoformat() for name in ("starts_at", "ends_at")}


def who(before: Json, said: Json) -> Json:
    """Step 2. A part whose host is no longer named gets the first one."""
    hosts = said.get("host_ids", [])
    segments = [_with_host(each, hosts) for each in before.get("segments") or ()]
    return {**before, **said, "segments": segments}


def _with_host(segment: Json, hosts: list[str]) -> Json:
    if segment.get("kind") != "market" or segment.get("host_id") in hosts:
        return segment
    bare = {name: value for name, value in segment.items() if name != "host_id"}
    return {**bare, "host_id": hosts[0]} if hosts else bare


def what(before: Json, said: Json) -> Json:
    """Step 3. Chosen lots by listing; the parts offer what was chosen."""
    asked = {each["lot"]: each["units"] for each in said.get("portions", ())}
    chosen: dict[str, list[str]] = {}
    units: dict[str, Json] = {}
    for each in dict.fromkeys([*said.get("lots", ()), *asked]):
        listing, _, lot = str(each).partition(LOT_MARK)
        chosen.setdefault(listing, []).append(lot)
        if each in asked:
            units.setdefault(listing, {})[lot] = asked[each]
    rest = {name: value for name, value in said.items() if name not in ("lots", "portions")}
    listings = [
        {"listing_id": listing, "lot_ids": lots, **({"units": units[listing]} if listing in units else {})}
        for listing, lots in chosen.items()
    ]
    body = {**before, **rest, "listings": listings}
    return {**body, "segments": pinned(body.get("segments") or (), listings)}


def plan(before: Json, said: Json, uploads: Mapping[str, Json]) -> Json:
    """Step 4. Parts offer the chosen lots; notices keep the names under which they were uploaded."""
    hosts = before.get("host_ids") or []
    segments = [_with_host(each, hosts) for each in said.get("segments", ())]
    known = {each["sha256"]: each for each in before.get("notices") or ()}
    notices = [_named(each, known, uploads) for each in said.get("notices", ())]
    rest = {name: value for name, value in said.items() if name not in ("segments", "notices")}
    return {**before, **rest, "segments": pinned(segments, before.get("listings", [])), "notices": notices}


def _named(notice: Json, known: Mapping[str, Json], uploads: Mapping[str, Json]) -> Json:
    digest = notice.get("sha256")
    uploaded = next((each for each in uploads.values() if each["sha256"] == digest), None)
    source = uploaded or known.get(str(digest)) or {}
    named = {name: source[name] for name in ("name", "media_type") if source.get(name)}
    return {**named, **notice}


def money(before: Json, said: Json) -> Json:
    """Step 5."""
    body = {**before, **said}
    for name in CODE_LISTS:
        if name in said:
            body[name] = [each["uscc"] for each in said[name] if each.get("uscc")]
    return body


def pinned(segments: Iterable[Json], listings: list[Json]) -> list[Json]:
    """Parts with what may be pinned in them: nothing while the official speaks, everything chosen in the market."""
    lots = [lot for each in listings for lot in each["lot_ids"]]
    return [{**each, "pinned_lots": lots if each.get("kind") == "market" else []} for each in segments]


def proposed(starts_at: str, ends_at: str, hosts: list[str]) -> list[Json]:
    """A plan to begin with: a third for the region, to the next five minutes, then the market."""
    start, end = instant(starts_at), instant(ends_at)
    turn = _rounded(start + (end - start) / 3, start, end)
    speaking = {
        "kind": "region",
        "starts_at": start.isoformat(),
        "ends_at": turn.isoformat(),
        "announced": True,
        "official_on_screen": True,
        "price_shown": False,
        "buy_call": False,
        "pooled_card": False,
    }
    selling = {
        **speaking,
        "kind": "market",
        "starts_at": turn.isoformat(),
        "ends_at": end.isoformat(),
        "official_on_screen": False,
        "price_shown": True,
        "buy_call": True,
    }
    return [speaking, {**selling, **({"host_id": hosts[0]} if hosts else {})}]


def _rounded(moment: datetime, start: datetime, end: datetime) -> datetime:
    five = moment - timedelta(minutes=moment.minute % 5, seconds=moment.second, microseconds=moment.microsecond)
    return five if start < five < end else moment


def after(step: str) -> str:
    """The step that follows."""
    return STEPS[min(STEPS.index(step) + 1, len(STEPS) - 1)]
