"""What the pages of imports show: states in words, how far one is, what it did, and what is wrong with which cell."""

from typing import Any

from gateway.views import show_instant
from gateway.views.speaking import Speaker, chosen

Json = dict[str, Any]


def state_of(speaker: Speaker, job: Json) -> Json:
    """The state as a badge: its kind and its word."""
    _ = speaker._
    return {
        "waiting": {"kind": "review", "text": _("Waiting for its turn")},
        "running": {"kind": "review", "text": _("Running")},
        "done": {"kind": "pass", "text": _("Imported")},
        "checked": {"kind": "pass", "text": _("Tried: nothing is wrong")},
        "faulty": {"kind": "fail", "text": _("Rows to mend; nothing was imported")},
        "refused": {"kind": "fail", "text": _("Not taken; nothing was imported")},
    }[job["state"]]


def import_row(speaker: Speaker, job: Json) -> Json:
    """One import of the list."""
    words = speaker._("A trial") if job["dry_run"] else speaker._("An import")
    return {
        "href": f"/{speaker.language}/desk/imports/{job['id']}",
        "title": job["name"],
        "where": None,
        "when": show_instant(job["created_at"], speaker.language),
        "state": state_of(speaker, job),
        "note": words,
    }


def import_view(speaker: Speaker, job: Json) -> Json:
    """The page of one import."""
    return {
        "state": state_of(speaker, job),
        "moving": job["state"] in ("waiting", "running"),
        "sent": show_instant(job["created_at"], speaker.language),
        "step": step_of(speaker, job),
        "stats": _stats(speaker, job["counts"]),
        "remarks": [chosen(speaker, remark) for remark in job["remarks"]],
        "problem": _problem(speaker, job["problem"]),
        "changes_nothing": not any(count for name, count in job["counts"].items() if not name.endswith("_unchanged")),
    }


def step_of(speaker: Speaker, job: Json) -> str:
    """What is being done with the file."""
    phase = job["phase"]
    if phase == "comparing" and job["total"]:
        return speaker._("Comparing row %(done)s of %(total)s", done=job["done"], total=job["total"])
    if phase == "writing":
        return speaker._("Writing everything at once")
    if phase == "reading" and job["done"]:
        return speaker._("Reading row %(done)d", done=job["done"])
    return speaker._("Reading the file") if phase else speaker._("Waiting for its turn")


def _stats(speaker: Speaker, counts: Json) -> list[Json]:
    _ = speaker._
    named = (
        ("lots_new", _("New lots")),
        ("lots_changed", _("Changed lots")),
        ("lots_unchanged", _("Unchanged lots")),
        ("listings_new", _("New draft listings")),
        ("producers_new", _("New producers")),
        ("producers_changed", _("Changed producers")),
        ("producers_unchanged", _("Unchanged producers")),
    )
    return [{"name": words, "value": f"{counts[name]:,}"} for name, words in named if counts[name]]


def _problem(speaker: Speaker, problem: Json | None) -> Json | None:
    if problem is None:
        return None
    language = speaker.language
    return {"title": problem[f"title_{language}"], "detail": problem[f"detail_{language}"]}


def fault_row(speaker: Speaker, fault: Json) -> list[Json | str]:
    """One line of the table of faults: where, what stands there, why not."""
    sheet = {"lots": speaker._("Lots"), "producers": speaker._("Producers")}[fault["sheet"]]
    where = (
        f"{sheet} {fault['cell']}"
        if fault["cell"]
        else speaker._("%(sheet)s, row %(row)d", sheet=sheet, row=fault["row"])
    )
    return [where, fault["value"] or "—", chosen(speaker, fault)]


def export_state(speaker: Speaker, job: Json) -> Json:
    """The state of an export as a badge."""
    _ = speaker._
    return {
        "waiting": {"kind": "review", "text": _("Waiting for its turn")},
        "running": {"kind": "review", "text": _("Running")},
        "done": {"kind": "pass", "text": _("Ready to be fetched")},
        "expired": {"kind": "", "text": _("Expired and deleted")},
        "given_up": {"kind": "fail", "text": _("It could not be made")},
    }[job["state"]]


def export_row(speaker: Speaker, job: Json) -> Json:
    """One export of the list."""
    return {
        "href": f"/{speaker.language}/desk/imports/exports/{job['id']}",
        "title": job["name"],
        "where": None,
        "when": show_instant(job["created_at"], speaker.language),
        "state": export_state(speaker, job),
    }


def export_view(speaker: Speaker, job: Json) -> Json:
    """The page of one export."""
    known = {"done": f"{job['done']:,}", "total": f"{job['total']:,}"}
    return {
        "state": export_state(speaker, job),
        "moving": job["state"] in ("waiting", "running"),
        "asked": show_instant(job["created_at"], speaker.language),
        "step": speaker._("Writing row %(done)s of %(total)s", **known)
        if job["total"]
        else speaker._("Waiting for its turn"),
        "until": show_instant(job["expires_at"], speaker.language) if job["expires_at"] else None,
        "rows": known["total"],
    }
