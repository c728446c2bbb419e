"""The public log as pages show it: its head, its witnesses, its leaves, and the words for what they are about."""

import re
from typing import Any

from gateway.views import region_name
from gateway.views.speaking import Speaker

Json = dict[str, Any]
STYLE, SCRIPT = '<link rel="stylesheet" href="offline.css">', '<script type="module" src="offline.js"></script>'
KINDS = (
    "decision",
    "override",
    "parameter",
    "parameter.withdrawn",
    "price",
    "disclosure",
    "referral",
    "tickets",
    "recording",
    "viewers",
    "edits",
)
FOLDERS = {
    "decision": "decisions",
    "price": "lots",
    "parameter": "rules/changes",
    "parameter.withdrawn": "rules/changes",
    "disclosure": "disclosures",
    "tickets": "broadcasts",
    "recording": "broadcasts",
    "viewers": "disclosures",
    "edits": "regions",
}


def kind_word(speaker: Speaker, kind: str) -> str:
    """What a leaf is about."""
    words = {
        "decision": speaker._("Decision of the gate"),
        "override": speaker._("Override by two people"),
        "parameter": speaker._("Published value of a rule"),
        "parameter.withdrawn": speaker._("Withdrawn value of a rule"),
        "price": speaker._("Price of a listed lot"),
        "disclosure": speaker._("Record of a broadcast"),
        "referral": speaker._("Referral of a finding"),
        "tickets": speaker._("Order of arrival in a broadcast"),
        "recording": speaker._("Recording of a broadcast"),
        "viewers": speaker._("Viewers of a broadcast, counted and verified"),
        "edits": speaker._("Changes by a region's office"),
    }
    return words.get(kind, kind)


def leaf_rows(speaker: Speaker, leaves: list[Json]) -> list[list[Json | str]]:
    """Leaves as rows of a table: number, kind, what it is about, moment."""
    return [
        [
            {"text": f"{leaf['place']:,}", "href": leaf_href(speaker, leaf["place"])},
            kind_word(speaker, leaf["kind"]),
            {"text": subject_word(speaker, leaf), "href": subject_href(speaker, leaf)},
            {"text": leaf["at"][:16].replace("T", " ")},
        ]
        for leaf in leaves
    ]


def leaf_href(speaker: Speaker, place: int) -> str:
    """The page of a leaf."""
    return f"/{speaker.language}/ledger/{place}"


def subject_href(speaker: Speaker, leaf: Json) -> str | None:
    """The page of what a leaf is about, where it has one."""
    folder = FOLDERS.get(leaf["kind"])
    return f"/{speaker.language}/{folder}/{leaf['id']}" if folder else None


def subject_word(speaker: Speaker, leaf: Json) -> str:
    """What a leaf is about: a region by its name, anything else by the id under which it is checked."""
    return region_name(leaf["id"], speaker.language) if leaf["kind"] == "edits" else str(leaf["id"])


def kinds(speaker: Speaker, chosen: str) -> list[Json]:
    """The filters by kind."""
    everything = {"name": speaker._("Everything"), "href": f"/{speaker.language}/ledger", "current": not chosen}
    return [
        everything,
        *(
            {
                "name": kind_word(speaker, kind),
                "href": f"/{speaker.language}/ledger?kind={kind}",
                "current": kind == chosen,
            }
            for kind in KINDS
        ),
    ]


def witness_state(speaker: Speaker, witness: Json) -> Json:
    """What a witness did with the published checkpoint: a badge's kind and its word."""
    if witness["cosigned_at"]:
        return {"kind": "pass", "text": speaker._("has signed")}
    if witness["refusal"]:
        return {"kind": "fail", "text": speaker._("has not signed")}
    return {"kind": "review", "text": speaker._("not asked yet")}


def one_file(page: str, style: str, library: str, script: str) -> str:
    """The form with its style and its script inside: one file that works without any network.

    Both scripts become one: the library's exports and the import of them fall away.
    """
    used = "\n".join(line for line in script.split("\n") if not line.startswith("import "))
    whole = re.sub(r"^export ", "", library, flags=re.MULTILINE) + used
    if "</script" in whole.lower() or "</style" in style.lower():
        raise ValueError("A script or style that ends its own element cannot be put into a page.")
    return page.replace(STYLE, f"<style>\n{style}</style>").replace(SCRIPT, f'<script type="module">\n{whole}</script>')
