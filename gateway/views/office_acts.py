"""What offices did to accounts and orders, as lines of the log of what was changed."""

from typing import Any

from gateway.views import show_instant
from gateway.views.account import role_word, roles_line
from gateway.views.speaking import Speaker, place

Json = dict[str, Any]


def act_row(speaker: Speaker, act: Json) -> Json:
    """One act, in the form of every line of the log."""
    who = (doer_word(speaker, act["by_role"]), act["by_office"])
    facts = act["facts"] | (act["inside"] or {})
    return {
        "when": show_instant(act["at"], speaker.language),
        "iso": act["at"],
        "action": act_word(speaker, act["action"]),
        "title": _subject(speaker, act),
        "href": None,
        "where": place(speaker, act["region_code"]) if act["region_code"] else speaker._("The whole country"),
        "who": " · ".join(each for each in who if each),
        "account": (act["inside"] or {}).get("by_account"),
        "why": None,
        "decision": None,
        "sha256": act["sha256"],
        "changes": [
            {"name": name, "secret": False, "before": None, "after": {"text": text, "href": None}}
            for name, text in _told(speaker, facts)
        ],
    }


def notes(speaker: Speaker, kind: str | None) -> list[str]:
    """What a reader of a trail must know of it."""
    return {
        "accounts": [
            speaker._("People stand here as tokens: the same person has the same one, and nobody can tell who it is."),
            speaker._("What people do with their own account is not here."),
        ],
        "orders": [
            speaker._("No order and no buyer is named here."),
            speaker._(
                "An act appears once its office has done the same to ten buyers; its hash is in the log at once."
            ),
        ],
    }.get(kind or "", [])


def doer_word(speaker: Speaker, role: str) -> str:
    """In which role it was done."""
    return speaker._("The market by itself") if role == "market" else role_word(speaker, role)


def _subject(speaker: Speaker, act: Json) -> str:
    """What the act is about; a person by the beginning of the token."""
    words = {
        "account": speaker._("An account"),
        "office": speaker._("An office"),
        "key": speaker._("An API key"),
        "refund": speaker._("A refund"),
        "complaint": speaker._("A complaint"),
        "parcel": speaker._("A parcel"),
        "invoice": speaker._("An invoice"),
    }
    name = words.get(str(act["about"]), "")
    if act["about"] == "account" and act["subject"] is None:
        return speaker._("A buyer's account")
    return f"{name} {act['subject'][:8]}" if act["subject"] else name


def act_word(speaker: Speaker, action: str) -> str:
    """What was done."""
    words = {
        "account.made": speaker._("Account made"),
        "account.changed": speaker._("Account changed"),
        "account.locked": speaker._("Account switched off"),
        "account.unlocked": speaker._("Account switched on"),
        "account.erased": speaker._("Account erased at its owner's wish"),
        "roles.changed": speaker._("Roles changed"),
        "scopes.changed": speaker._("Regions changed"),
        "office.made": speaker._("Office entered"),
        "headcount.changed": speaker._("Headcount entered"),
        "password.reset": speaker._("Code for a new password made"),
        "key.issued": speaker._("Key issued"),
        "key.revoked": speaker._("Key revoked"),
        "refund.given": speaker._("Money given back unasked"),
        "refund.approved": speaker._("Refund granted"),
        "refund.refused": speaker._("Refund refused"),
        "complaint.acknowledged": speaker._("Complaint acknowledged"),
        "complaint.upheld": speaker._("Complaint upheld"),
        "complaint.refused": speaker._("Complaint refused"),
        "parcel.sent": speaker._("Parcel handed to the carrier"),
        "invoice.issued": speaker._("Invoice issued"),
    }
    return words.get(action, action)


def _told(speaker: Speaker, facts: Json) -> list[tuple[str, str]]:
    """The facts that have words, as name and value; ids that stay inside are for programs."""
    lists = {"given": speaker._("Given"), "taken": speaker._("Taken"), "roles": speaker._("Roles")}
    told = [(name, _listed(speaker, facts[key])) for key, name in lists.items() if facts.get(key)]
    if facts.get("scopes"):
        told.append((speaker._("Regions and rights"), _listed(speaker, facts["scopes"])))
    if facts.get("office"):
        told.append((speaker._("Organ"), facts["office"]))
    if facts.get("headcount"):
        told.append((speaker._("People who work there"), str(facts["headcount"])))
    if facts.get("fields"):
        told.append((speaker._("Changed fields"), _listed(speaker, facts["fields"])))
    if facts.get("test"):
        told.append((speaker._("Kind"), speaker._("A test key")))
    return told


def _listed(speaker: Speaker, values: list[str]) -> str:
    """Roles, regions, rights or fields, each in words."""
    if all(value.isdigit() for value in values):
        return ("、" if speaker.language == "zh" else ", ").join(place(speaker, value) for value in values)
    fields = {
        "name": speaker._("Name"),
        "organ": speaker._("Organ"),
        "post": speaker._("Post"),
        "superior_account_id": speaker._("Superior"),
        "head_of_government": speaker._("Head of a government"),
    }
    return roles_line(speaker, [fields.get(value, value) for value in values])
