"""What the page of webhooks shows: kinds of message in words, states, and how attempts went."""

import json
from typing import Any

from gateway.views import show_instant
from gateway.views.speaking import Speaker, place

Json = dict[str, Any]


def kind_words(speaker: Speaker) -> dict[str, str]:
    """Each kind of message, in the order of the form."""
    return {
        "decision.changed": speaker._("an answer has changed"),
        "decision.made": speaker._("an answer was given for the first time, or again"),
        "clearance.revoked": speaker._("a clearance of yours no longer holds"),
        "listing.changed": speaker._("a listing was decided, or one of its lots goes on or off the market"),
        "listing.withdrawn": speaker._("a listing was withdrawn"),
        "producer.changed": speaker._("a producer applied, was recommended, admitted, returned or refused"),
        "disclosure.released": speaker._("the record of a broadcast has a new release"),
        "parameter.published": speaker._("a value of the rules was published"),
    }


def webhook_row(speaker: Speaker, row: Json) -> Json:
    """One webhook of the list."""
    words = kind_words(speaker)
    comma = "、" if speaker.language == "zh" else ", "
    return {
        "id": row["id"],
        "url": row["url"],
        "kinds": comma.join(words.get(kind, kind) for kind in row["kinds"]),
        "regions": comma.join(place(speaker, code) for code in row["region_codes"]) or speaker._("the whole country"),
        "trial": row["trial"],
        "last_success": _when(speaker, row["last_success_at"]),
        "paused": _when(speaker, row["paused_at"]),
        "because": paused_words(speaker, row["paused_because"]),
    }


def paused_words(speaker: Speaker, because: str | None) -> str | None:
    """Why nothing is sent."""
    if because is None:
        return None
    if "410" in because:
        return speaker._("The address answered that it is gone (410).")
    if "five days" in because:
        return speaker._("No message was taken for five days.")
    return speaker._("You paused it.")


def delivery_row(speaker: Speaker, row: Json) -> Json:
    """One message of the console."""
    states = {
        "waiting": ("review", speaker._("On its way")),
        "delivered": ("pass", speaker._("Delivered")),
        "given_up": ("fail", speaker._("Given up")),
    }
    kind, text = states[row["state"]]
    return {
        "id": row["message_id"],
        "kind": row["kind"],
        "state": {"kind": kind, "text": text},
        "when": show_instant(row["created_at"], speaker.language),
        "attempts": row["attempts"],
        "outcome": _outcome(row),
        "next": _when(speaker, row["next_attempt_at"]),
        "body": json.dumps(row["body"], ensure_ascii=False, indent=1),
    }


def _outcome(row: Json) -> str | None:
    if row["last_status"] is not None:
        return f"HTTP {row['last_status']}"
    error: str | None = row["last_error"]
    return error


def _when(speaker: Speaker, moment: str | None) -> str | None:
    return show_instant(moment, speaker.language) if moment else None
