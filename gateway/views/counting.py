"""How figures are made, in words, and how often what is found is right, in numbers."""

from collections.abc import Mapping
from typing import Any

from gateway.views.disclosures import abuse_word
from gateway.views.speaking import Speaker

Json = dict[str, Any]


def words(speaker: Speaker) -> list[Json]:
    """What the words beside a figure mean."""
    return [
        {
            "name": speaker._("Claimed"),
            "value": speaker._("Everything as it was counted: every paid order, every viewer. Nothing is taken away."),
        },
        {
            "name": speaker._("Verified"),
            "value": speaker._(
                "What is left when everything is taken away that stands under a finding, proven or only suspected. "
                "It is the strictest reading of what can be seen."
            ),
        },
        {
            "name": speaker._("Under review"),
            "value": speaker._(
                "What is suspected and not proven. It is not in the verified figure, it is shown by itself, and it "
                "comes back when the suspicion is answered."
            ),
        },
        {
            "name": speaker._("Interval"),
            "value": speaker._(
                "From the strictest reading (all that is questioned taken away) to the mildest (only what is proven "
                "taken away). If both are the same, one number stands there."
            ),
        },
    ]


def removing(speaker: Speaker) -> list[list[str]]:
    """Each abuse: what it takes away, and what shows it."""
    orders, viewers, nothing = speaker._("The order"), speaker._("The viewer"), speaker._("Nothing: it is told beside")
    own = speaker._("The order; told on a line of its own")
    said = {
        "injected_traffic": (
            viewers,
            speaker._("Crowds that are alike in phone, network or registration, and watch alike. Both are needed."),
        ),
        "false_order": (
            orders,
            speaker._("Empty parcels, orders paid and never sent, rings that share a payer, a phone or a consignee."),
        ),
        "refund_cycling": (
            orders,
            speaker._("Whole refunds in clusters before anything was sent, beyond usual second thoughts."),
        ),
        "second_signing": (
            orders,
            speaker._("Parcels signed for at a time or place at which they cannot have been."),
        ),
        "rehearsed": (
            orders,
            speaker._("Orders that replay what was tried in rehearsal or written down before the broadcast."),
        ),
        "apportionment": (
            own,
            speaker._("A written demand or a trace of one in the orders. Those who had to buy are witnesses."),
        ),
        "below_cost": (
            nothing,
            speaker._("The price does not cover the cost. For fresh produce that is lawful; it is published."),
        ),
        "water_army": (
            nothing,
            speaker._("Groups of accounts that praise in each other's words. Praise by itself is no finding."),
        ),
    }
    return [[abuse_word(speaker, abuse), *each] for abuse, each in said.items()]


def accuracy_rows(speaker: Speaker, told: Json) -> list[list[str]]:
    """For each abuse: how much of it is found with crude and with careful operators, and how much of that is right."""
    rows = []
    for abuse, figure in told["all"]["abuses"].items():
        rows.append(
            [
                abuse_word(speaker, abuse),
                percent(figure["precision"]),
                percent(figure["recall_crude"]),
                percent(figure["recall_careful"]),
                f"{figure['broadcasts_found']} / {figure['broadcasts_with_it']}",
                f"{figure['false_accusations']} / {figure['broadcasts_without_it']}",
            ]
        )
    return rows


def measured(speaker: Speaker, told: Json) -> Json:
    """On what the figures rest."""
    whole: Mapping[str, Any] = told["all"]
    errors = whole["mean_relative_error_by_figure"]
    return {
        "broadcasts": whole["broadcasts"],
        "honest": whole["honest_broadcasts"],
        "accused": whole["honest_broadcasts_accused"],
        "errors": [
            {"name": speaker._("Viewers"), "value": percent(errors["viewers"])},
            {"name": speaker._("Orders"), "value": percent(errors["orders"])},
            {"name": speaker._("Sales after refunds"), "value": percent(errors["net_sales_fen"])},
        ],
        "config": told["config_sha256"],
        "command": told["command"],
        "generators": len(told["generators"]),
    }


def percent(share: float | None) -> str:
    """A share as percent with one digit; a dash where nothing was measured."""
    return "–" if share is None else f"{100 * share:.1f} %"
