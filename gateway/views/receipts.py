"""A receipt in words: what became of the order, and the figures that stand behind it."""

from typing import Any

from gateway.views import mass, yuan
from gateway.views.speaking import Speaker

Json = dict[str, Any]


def badge(speaker: Speaker, result: str) -> Json:
    """What the record made of an order, as a badge."""
    words = {
        "counted": ("pass", speaker._("Counted")),
        "under_review": ("review", speaker._("Under review, not yet counted")),
        "removed": ("fail", speaker._("Removed from the figures")),
        "apportioned": ("review", speaker._("Counted on a line of its own")),
        "waiting": ("", speaker._("Counted in a later release")),
    }
    kind, text = words.get(result, ("", result))
    return {"kind": kind, "text": text}


def facts(speaker: Speaker, receipt: Json, root: str) -> list[Json]:
    """How the order stands behind the release, and under which root."""
    status = receipt["status"]
    found = [
        (speaker._("Order number"), status["order_id"]),
        (speaker._("Release of the record"), str(status["release"])),
        (speaker._("How many"), f"{status['units']:,}"),
        (speaker._("Weight"), mass(status["grams"], speaker.language)),
        (speaker._("Paid for the goods"), yuan(status["paid_fen"])),
        (speaker._("Left after refunds"), yuan(status["net_fen"])),
        (speaker._("Root of the receipts in this release"), root),
    ]
    return [{"name": name, "value": value} for name, value in found]
