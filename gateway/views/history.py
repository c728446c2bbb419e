"""Edits, prices and steps of an admission as pages show them: fields by their names on the forms, values with units."""

from typing import Any

from gateway.views import desk, edited, show_day, show_instant, yuan
from gateway.views.speaking import Speaker, own, place

Json = dict[str, Any]


def action_words(speaker: Speaker) -> dict[str, str]:
    """What somebody did."""
    return {
        "entered": speaker._("Entered"),
        "changed": speaker._("Changed"),
        "submitted": speaker._("Submitted to the gate"),
        "decided": speaker._("Decided by the gate"),
        "withdrawn": speaker._("Withdrawn"),
        "recommended": speaker._("Recommended by the county"),
        "admitted": speaker._("Admitted by the platform"),
        "returned": speaker._("Returned"),
        "refused": speaker._("Refused"),
        "verified": speaker._("Verified by a register outside"),
        "suspended": speaker._("Suspended from the market"),
        "suspension_lifted": speaker._("Suspension lifted"),
        "change_approved": speaker._("A large change was let through"),
        "change_refused": speaker._("A large change was sent back"),
    }


def kind_words(speaker: Speaker) -> dict[str, str]:
    """Kinds of records, as the log is narrowed by."""
    return {
        "listing": speaker._("Listings"),
        "producer": speaker._("Producers"),
        "specialty": speaker._("Specialties"),
        "mark": speaker._("Marks"),
    }


def edit_row(speaker: Speaker, edit: Json) -> Json:
    """One change for the log."""
    names = kind_words(speaker)
    return {
        "action": action_words(speaker).get(edit["action"], edit["action"]),
        "kind": names.get(edit["kind"], edit["kind"]),
        "title": own(speaker, edit, "title") or names.get(edit["kind"], edit["kind"]),
        "href": f"/{speaker.language}/edits/{edit['kind']}/{edit['record_id']}",
        "when": show_instant(edit["made_at"], speaker.language),
        "iso": edit["made_at"],
        "where": place(speaker, edit["region"]["code"]),
        # What the gate decides names the gate already.
        "who": edit["by_office"] or ("" if edit["action"] == "decided" else speaker._("the gate")),
        "account": edit["by_account"],
        "why": edit["why"],
        "decision": f"/{speaker.language}/decisions/{edit['decision_id']}" if edit["decision_id"] else None,
        "sha256": edit["sha256"],
        "changes": [_change(speaker, edit["kind"], change) for change in edit["changes"]],
    }


def _change(speaker: Speaker, kind: str, change: Json) -> Json:
    path: str = change["field"]
    name, asked = edited.field_of(speaker, kind, path)
    before = None if change["before"] is None else edited.value_of(speaker, path, asked, change["before"])
    after = edited.value_of(speaker, path, asked, change["after"])
    return {"name": name, "secret": change["secret"], "before": before, "after": after}


def steps_in_order() -> tuple[str, ...]:
    """The steps of an admission."""
    return ("applied", "recommended", "reviewed")


def admission_badge(speaker: Speaker, state: str) -> Json:
    """Where a producer stands, as a badge."""
    words = {
        "applied": ("review", speaker._("Applied, waits for the county")),
        "recommended": ("review", speaker._("Recommended, waits for the platform")),
        "admitted": ("pass", speaker._("Admitted")),
        "returned": ("review", speaker._("Returned to be mended")),
        "refused": ("fail", speaker._("Not admitted")),
    }
    kind, text = words.get(state, ("", state))
    return {"kind": kind, "text": text}


def admission_steps(speaker: Speaker, admission: Json) -> list[Json]:
    """The three steps with the office that signed each."""
    names = {
        "applied": speaker._("Applied"),
        "recommended": speaker._("Recommended by the county"),
        "reviewed": speaker._("Reviewed by the platform"),
    }
    found = []
    for name in steps_in_order():
        signed = admission.get(name)
        value = f"{signed['office']} · {show_instant(signed['at'], speaker.language)}" if signed else speaker._("open")
        found.append({"name": names[name], "value": value})
    return found


def admission_row(speaker: Speaker, producer: Json) -> Json:
    """A producer in the list of those who wait for a step."""
    state = producer["admission"]["state"]
    return {
        "id": producer["id"],
        "version": producer["version"],
        "title": own(speaker, {"name_zh": producer["name"], "name_en": producer["name_en"]}, "name"),
        "where": place(speaker, producer["region"]["code"]),
        "uscc": producer["uscc"],
        "state": admission_badge(speaker, state),
        "raw_state": state,
        "steps": admission_steps(speaker, producer["admission"]),
        "reason": producer["admission"]["reason"],
        "history": f"/{speaker.language}/edits/producer/{producer['id']}",
        "warnings": [warning[speaker.language] for warning in producer["warnings"]],
        "facts": _facts(speaker, producer),
    }


def _facts(speaker: Speaker, producer: Json) -> list[Json]:
    licence = producer["licence"] or {}
    rows = [
        (speaker._("Unified social credit code"), producer["uscc"]),
        (speaker._("Address"), producer["address"]),
        (speaker._("Contact for buyers"), producer["contact"]),
        (speaker._("Members"), producer["members"]),
        (speaker._("Licence valid until"), licence.get("expires_on")),
        (
            speaker._("When this was last checked with the registry"),
            show_instant(producer["verified_at"], speaker.language) if producer["verified_at"] else None,
        ),
    ]
    found = [{"name": name, "value": value, "href": None} for name, value in rows if value]
    if licence.get("image_sha256"):
        address = f"/api/v1/documents/{licence['image_sha256']}"
        found.append({"name": speaker._("Picture of the licence"), "value": speaker._("Open it"), "href": address})
    return found


def review_row(speaker: Speaker, review: Json) -> Json:
    """A large change that waits, or waited."""
    return {
        "id": review["id"],
        "title": own(speaker, review, "title"),
        "where": place(speaker, review["region"]["code"]),
        "when": show_instant(review["asked_at"], speaker.language),
        "office": review["asked_by_office"],
        "risks": [risk_words(speaker, risk) for risk in review["risks"]],
        "history": f"/{speaker.language}/edits/listing/{review['listing_id']}",
        "listing": f"/{speaker.language}/listings/{review['listing_id']}",
    }


def risk_words(speaker: Speaker, risk: Json) -> str:
    """Why a change waits, as a sentence."""
    before, after = risk["before"], risk["after"]
    if risk["code"] == "stock_grown":
        said = speaker._("stock grows from %(before)s to %(after)s", before=f"{before:,}", after=f"{after:,}")
    elif risk["code"] == "far_below_median":
        said = speaker._(
            "%(after)s a kilogram is less than half of what such goods cost around (%(before)s)",
            before=yuan(before),
            after=yuan(after),
        )
    else:
        said = speaker._("a kilogram goes from %(before)s to %(after)s", before=yuan(before), after=yuan(after))
    return speaker._("Lot %(number)s: %(field)s", number=risk["lot_number"], field=said)


def price_panel(speaker: Speaker, prices: Json) -> Json:
    """What a lot has cost, and what others ask."""
    current = prices["items"][0]
    low = prices["low_30d_fen"]
    return {
        "low": yuan(low) if low is not None else None,
        "is_low": low is not None and current["price_fen"] == low,
        "rows": [
            [
                show_instant(row["since_at"], speaker.language),
                yuan(row["price_fen"]) if row["price_fen"] else speaker._("off the market"),
                yuan(row["per_kilogram_fen"]) if row["per_kilogram_fen"] else "–",
            ]
            for row in prices["items"]
        ],
        "medians": [_median(speaker, row) for row in prices["medians"]],
    }


def _median(speaker: Speaker, row: Json) -> Json:
    where = place(speaker, row["region"]["code"]) if row["region"] else speaker._("The whole country")
    if row["per_kilogram_fen"] is None:
        return {"name": where, "value": speaker._("fewer than three offers")}
    value = speaker._(
        "%(price)s a kilogram, the middle of %(count)s offers",
        price=yuan(row["per_kilogram_fen"]),
        count=row["offers"],
    )
    return {"name": where, "value": value}


def taken_down_row(speaker: Speaker, row: Json) -> Json:
    """A lot that the gate took down, for the desk."""
    comma = "；" if speaker.language == "zh" else "; "
    return {
        "href": f"/{speaker.language}/desk/listings/{row['listing_id']}",
        "title": speaker._("%(title)s, lot %(number)s", title=own(speaker, row, "title"), number=row["lot_number"]),
        "where": "",
        "when": show_instant(row["at"], speaker.language),
        "state": desk.listing_state(speaker, row["state"]),
        "reason": comma.join(own(speaker, each, "reason") for each in row["not_passed"]),
        "decision": f"/{speaker.language}/decisions/{row['decision_id']}",
    }


def expiring_row(speaker: Speaker, row: Json, kind: str) -> Json:
    """A paper that soon runs out, for the desk."""
    return {
        "href": f"/{speaker.language}/desk/listings/{row['listing_id']}",
        "title": speaker._("%(title)s, lot %(number)s", title=own(speaker, row, "title"), number=row["lot_number"]),
        "where": "",
        "when": show_day(row["expires_on"], speaker.language),
        "reason": " ".join(each for each in (kind, row["number"]) if each),
        "next": speaker._("Enter the new paper and submit the listing again before this day."),
    }
