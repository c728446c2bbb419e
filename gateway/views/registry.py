"""What the desk says of events and of slow-sales evidence: rows of lists, what was entered, the papers behind it."""

from datetime import datetime
from typing import Any

from gateway.views import events, instant, mass, region_name, share, show_day, show_instant
from gateway.views.codes import category_word, word_of
from gateway.views.event_forms import authority_kinds
from gateway.views.people_forms import organ_levels
from gateway.views.speaking import Speaker, own, place

Json = dict[str, Any]


def event_row(speaker: Speaker, event: Json) -> Json:
    """An event in a list of the desk."""
    papers = event["document"].get("declarations", ())
    state = event_state(speaker, event)
    return {
        "href": f"/{speaker.language}/desk/events/{event['id']}",
        "title": own(speaker, event, "title"),
        "where": _joined(speaker, [place(speaker, code) for code in event["region_codes"][:3]]),
        "when": show_day(instant(event["occurred_at"]).date(), speaker.language),
        "state": state,
        "next": verified_line(speaker, event) or registered_line(speaker, event),
        "note": speaker._("Declarations: %(count)s", count=len(papers)),
    }


def event_state(speaker: Speaker, event: Json) -> Json:
    """Whether a second person spoke for the event as it stands, as a badge."""
    if event["verified"]:
        return {"kind": "pass", "text": speaker._("Verified")}
    return {"kind": "review", "text": speaker._("Waits for a verifier")}


def verified_line(speaker: Speaker, event: Json) -> str | None:
    """Which organ verified it."""
    lines = [
        speaker._(
            "Verified by %(organ)s on %(day)s",
            organ=each["organ"] or "–",
            day=show_day(instant(each["verified_at"]).date(), speaker.language),
        )
        for each in event["verifications"]
    ]
    return " · ".join(lines) or None


def registered_line(speaker: Speaker, event: Json) -> str:
    """Which organ registered it, and when."""
    return speaker._(
        "Registered by %(organ)s on %(day)s",
        organ=event["registered_by_organ"] or "–",
        day=show_day(instant(event["registered_at"]).date(), speaker.language),
    )


def declarations(speaker: Speaker, event: Json, now: datetime) -> list[Json]:
    """Each declaration as entered, with its paper and what its registrar may do with it."""
    documents = event["document"].get("declarations", ())
    shown = events.declarations(speaker, event["document"], now)
    return [_declaration(speaker, each, raw) for each, raw in zip(shown, documents, strict=True)]


def _declaration(speaker: Speaker, shown: Json, raw: Json) -> Json:
    bodies = [raw["authority"]] if raw.get("authority") else []
    rows = [_body(speaker, speaker._("Authority"), each) for each in bodies]
    rows += [_body(speaker, speaker._("Together with"), each) for each in raw.get("joint_authorities", ())]
    law = raw.get("system")
    entered = [
        *rows,
        {"name": speaker._("Under which law"), "value": word_of(speaker, law) if law else speaker._("not stated")},
        {"name": speaker._("Number of the document"), "value": raw.get("doc_no") or speaker._("not stated")},
        {"name": speaker._("Issued"), "value": _moment(speaker, raw.get("issued_at"))},
        {"name": speaker._("A copy passed on by somebody else"), "value": _flag(speaker, raw.get("relayed"))},
        {
            "name": speaker._("Who signed it"),
            "value": speaker._("kept as a token") if raw.get("signed_by") else speaker._("not stated"),
        },
    ]
    standing = raw.get("lifted_at") is None
    return {**shown, "id": raw["id"], "entered": entered, "paper": paper(speaker, raw), "standing": standing}


def _body(speaker: Speaker, name: str, body: Json) -> Json:
    kinds: dict[str, str] = dict(authority_kinds(speaker))
    levels: dict[str, str] = dict(organ_levels(speaker._))
    code, above = body.get("region_code"), body.get("parent_government")
    told = [
        body.get("name"),
        kinds.get(body.get("kind", "")),
        levels.get(body.get("level", "")),
        place(speaker, code) if code else None,
        speaker._("below %(government)s", government=above) if above else None,
    ]
    return {"name": name, "value": " · ".join(str(each) for each in told if each) or "–"}


def paper(speaker: Speaker, declared: Json) -> Json:
    """The file behind a declaration: whether we hold it, and where it opens."""
    digest, held = declared.get("file_hash"), declared.get("stored_file_hash")
    if digest is None:
        return {"kind": "fail", "text": speaker._("No file was given."), "href": None, "digest": None}
    if held != digest:
        text = speaker._("Only the fingerprint of a file was given; the file itself is not kept here.")
        return {"kind": "review", "text": text, "href": None, "digest": digest}
    return {
        "kind": "pass",
        "text": speaker._("Open the original"),
        "href": f"/api/v1/documents/{digest}",
        "digest": digest,
    }


def about_event(speaker: Speaker, event: Json) -> list[Json]:
    """The event without declarations, as entered."""
    document = event["document"]
    code, hazard, cause = document.get("event_type", ""), document.get("hazard"), document.get("cause")
    rows = [
        {"name": speaker._("Kind of event"), "value": events.event_kind(speaker, code)},
        {"name": speaker._("Began"), "value": show_instant(event["occurred_at"], speaker.language)},
        {"name": speaker._("What struck"), "value": word_of(speaker, hazard) if hazard else speaker._("not stated")},
        {"name": speaker._("Title in Chinese"), "value": event["title_zh"]},
        {"name": speaker._("Title in English"), "value": event["title_en"]},
    ]
    if cause:
        rows.append({"name": speaker._("Another cause that the papers name"), "value": word_of(speaker, cause)})
    if document.get("point_hazard") is not None:
        name = speaker._("Over at once, such as hail or frost")
        rows.append({"name": name, "value": _flag(speaker, document["point_hazard"])})
    if season := document.get("affected_season"):
        rows.append({"name": speaker._("Season that it struck"), "value": season})
    return rows


def regions(speaker: Speaker, document: Json) -> list[str]:
    """Where it struck; a region of which only a part was struck is said to be one."""
    found = []
    for each in document.get("regions", ()):
        words = f"{place(speaker, each['code'])} {each['code']}"
        if each.get("partial"):
            words = speaker._("%(region)s, only a part", region=words)
        if day := each.get("valid_on"):
            words = speaker._("%(region)s (code as of %(day)s)", region=words, day=show_day(day, speaker.language))
        found.append(words)
    return found


def impacts(speaker: Speaker, document: Json) -> list[Json]:
    """What it did to which goods."""
    return [_impact(speaker, each) for each in document.get("impacts", ())]


def _impact(speaker: Speaker, each: Json) -> Json:
    routes = [region_name(code, speaker.language) for code in each.get("route_region_codes") or ()]
    notes = [
        speaker._("routes through %(regions)s", regions=_joined(speaker, routes)) if routes else None,
        each.get("market"),
        speaker._("downgrading on record") if each.get("downgrade_record") else None,
    ]
    digest = each.get("document_sha256")
    return {
        "title": f"{category_word(speaker, each.get('category_code', ''))} · {word_of(speaker, each['mechanism'])}",
        "note": " · ".join(note for note in notes if note),
        "href": f"/api/v1/documents/{digest}" if digest else None,
    }


def quarantines(speaker: Speaker, document: Json) -> list[str]:
    """Closed zones."""
    found = []
    for each in document.get("quarantines", ()):
        goods = [category_word(speaker, code) for code in each.get("category_codes") or ()]
        told = [
            word_of(speaker, each["zone"]),
            place(speaker, each["region_code"]),
            _joined(speaker, each.get("township_codes") or []),
            _joined(speaker, goods),
            speaker._("closed since %(when)s", when=_moment(speaker, each["sealed_at"]))
            if each.get("sealed_at")
            else "",
            speaker._("opened %(when)s", when=_moment(speaker, each["lifted_at"])) if each.get("lifted_at") else "",
        ]
        found.append(" · ".join(part for part in told if part))
    return found


def evidence_row(speaker: Speaker, row: Json) -> Json:
    """Evidence in a list of the desk."""
    certified = row["certified"]
    return {
        "href": f"/{speaker.language}/desk/slow-sales/{row['id']}",
        "title": evidence_title(speaker, row),
        "where": place(speaker, row["region_code"]),
        "state": evidence_state(speaker, row),
        "next": certified_line(speaker, row) if certified else submitted_line(speaker, row),
    }


def evidence_title(speaker: Speaker, row: Json) -> str:
    """The goods and the season."""
    return f"{category_word(speaker, row['category_code'])} · {row['season']}"


def evidence_state(speaker: Speaker, row: Json) -> Json:
    """Whether somebody else certified it, as a badge."""
    if row["certified"]:
        return {"kind": "pass", "text": speaker._("Certified")}
    return {"kind": "review", "text": speaker._("Waits for a certifier")}


def certified_line(speaker: Speaker, row: Json) -> str:
    """Which organ certified it."""
    day = show_day(instant(row["certified_at"]).date(), speaker.language)
    return speaker._("Certified by %(organ)s on %(day)s", organ=row["certified_by_organ"] or "–", day=day)


def submitted_line(speaker: Speaker, row: Json) -> str:
    """Which organ submitted it."""
    day = show_day(instant(row["submitted_at"]).date(), speaker.language)
    return speaker._("Submitted by %(organ)s on %(day)s", organ=row["submitted_by_organ"] or "–", day=day)


def measures(speaker: Speaker, document: Json) -> list[Json]:
    """What was measured, in readable units; what was not measured is said to be open."""
    names = (
        ("progress_gap_bp", speaker._("Share sold by now, behind the usual")),
        ("price_gap_bp", speaker._("Price at the farm, below the usual")),
        ("unsold_grams", speaker._("Unsold")),
        ("season_grams", speaker._("Harvest of the season")),
        ("usual_unsold_share_bp", speaker._("Share usually unsold on this day")),
        ("sold_grams_per_day", speaker._("Sold a day")),
        ("days_to_spoil", speaker._("Keeps for")),
    )
    rows = [{"name": name, "value": _measure(speaker, field, document.get(field))} for field, name in names]
    mechanism, downgraded = document.get("mechanism"), document.get("downgrade_record")
    rows.append({"name": speaker._("What the event did"), "value": word_of(speaker, mechanism) if mechanism else "–"})
    if downgraded is not None:
        name = speaker._("It is on record that goods were downgraded")
        rows.append({"name": name, "value": _flag(speaker, downgraded)})
    return rows


def _measure(speaker: Speaker, field: str, value: int | None) -> str:
    if value is None:
        return speaker._("not stated")
    if field.endswith("_bp"):
        return share(value)
    if field == "days_to_spoil":
        return speaker._("%(days)s days", days=value)
    return mass(value, speaker.language)


def sources(speaker: Speaker, document: Json) -> list[Json]:
    """Who says so, with the paper of each."""
    return [_source(speaker, each) for each in document.get("sources", ())]


def _source(speaker: Speaker, each: Json) -> Json:
    digest, day = each.get("document_sha256"), each.get("as_of_on")
    return {
        "title": each["org"] if each.get("office") in (None, each["org"]) else f"{each['org']} · {each['office']}",
        "rows": [
            {
                "name": speaker._("Independent of who applies"),
                "value": _flag(speaker, each.get("independent_of_applicant")),
            },
            {
                "name": speaker._("Figures of"),
                "value": show_day(day, speaker.language) if day else speaker._("not stated"),
            },
            {
                "name": speaker._("Speaks of"),
                "value": _joined(speaker, [word_of(speaker, code) for code in each.get("indicators") or ()]) or "–",
            },
        ],
        "href": f"/api/v1/documents/{digest}" if digest else None,
    }


def _moment(speaker: Speaker, value: str | None) -> str:
    return show_instant(value, speaker.language) if value else speaker._("not stated")


def _flag(speaker: Speaker, value: bool | None) -> str:
    if value is None:
        return speaker._("not stated")
    return speaker._("Yes") if value else speaker._("No")


def _joined(speaker: Speaker, words: list[str]) -> str:
    return ("、" if speaker.language == "zh" else ", ").join(words)
