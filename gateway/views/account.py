"""What the account pages show: demonstration accounts, roles in words, API keys."""

from typing import Any

from gateway.views import show_instant
from gateway.views.speaking import Speaker

Json = dict[str, Any]


def demo_accounts(speaker: Speaker) -> list[list[Any]]:
    """Rows of the table on the sign-in page: a few of the accounts that the demo data makes, never a password."""
    return [
        [
            "demo-operator",
            speaker._("Operator of Demo County"),
            speaker._("List produce, try the gate, file a broadcast"),
        ],
        ["demo-approver", speaker._("Approver of Demo City"), speaker._("Approve or return filings")],
        ["demo-head", speaker._("Head of Demo County"), speaker._("Read the sheet for speaking, declare interests")],
        ["reviewer", speaker._("Compliance reviewer"), speaker._("Answer open reviews, propose to override")],
        ["second-reviewer", speaker._("Reviewer of another organ"), speaker._("Confirm or decline an override")],
        ["inspector", speaker._("Inspector"), speaker._("Forward or close referrals")],
        ["dangshan-operator", speaker._("Operator of Dangshan"), speaker._("The pears of March 2020")],
        ["platform", speaker._("Another platform"), speaker._("Make API keys")],
    ]


def role_word(speaker: Speaker, role: str) -> str:
    """A role in words."""
    words = {
        "operator": speaker._("Operator"),
        "official": speaker._("Official"),
        "host": speaker._("Host"),
        "approver": speaker._("Approver"),
        "verifier": speaker._("Event verifier"),
        "certifier": speaker._("Certifier of slow sales"),
        "registrar": speaker._("Event registrar"),
        "reviewer": speaker._("Compliance reviewer"),
        "inspector": speaker._("Inspector"),
        "moderator": speaker._("Moderator"),
        "administrator": speaker._("Administrator"),
        "platform": speaker._("Another platform"),
        "buyer": speaker._("Buyer"),
    }
    return words.get(role, role)


def roles_line(speaker: Speaker, roles: Any) -> str:
    """All roles, in one order everywhere."""
    return ("、" if speaker.language == "zh" else ", ").join(role_word(speaker, role) for role in sorted(roles))


def api_keys(speaker: Speaker, rows: list[Json]) -> list[Json]:
    """API keys as the account page lists them."""
    scopes = {
        "checks:write": speaker._("ask the gate"),
        "decisions:read": speaker._("read decisions"),
        "webhooks:write": speaker._("keep webhooks"),
    }
    comma = "、" if speaker.language == "zh" else ", "
    return [
        {
            "id": row["id"],
            "name": row["name"],
            "prefix": row["prefix"],
            "scopes": comma.join(scopes.get(scope, scope) for scope in row["scopes"]),
            "test": row["test"],
            "made": show_instant(row["created_at"], speaker.language),
            "revoked": show_instant(row["revoked_at"], speaker.language) if row["revoked_at"] else None,
        }
        for row in rows
    ]
