"""An edit is told in the words of the form, with units and names, and never as it lies in the database."""

from typing import Any

import pytest

from gateway.views import edited
from tests.gateway.test_account_views import English


def told(kind: str, path: str, value: Any) -> tuple[str, str]:
    """What the field is called and what it holds."""
    name, asked = edited.field_of(English(), kind, path)
    return name, edited.value_of(English(), path, asked, value)["text"]


@pytest.mark.parametrize(
    ("path", "value", "shown"),
    [
        ("packaging", "packed_at_farm", "packed at the farm"),
        ("return_policy", "fresh_exempt", "fresh goods, exempt by law"),
        ("shelf_life_days", 270, "270 days"),
        ("promised_dispatch_hours", 48, "48 hours"),
        ("complaint_share_7d_bp", 125, "1.25 %"),
        ("price_fen", 2990, "¥29.90"),
        ("net_grams", 2_505, "2.505 kg"),
        ("verified_stock_grams", 9_000_000, "9 t"),
        ("harvested_on", "2026-11-16", "Mon 16 November 2026"),
        ("origin_region_code", "341321", "Dangshan County"),
        ("declared_warehouses", ["341321", "610722"], "Dangshan County, Chenggu County"),
        ("storage_record_sha256", "ab" * 32, "file abababababab…"),
        ("cold_stored", True, "Yes"),
        ("season_months", [9, 10, 11], "Sep to Nov"),
        ("attributes.solids_bp", 1250, "12.5 %"),
        ("attributes.ripeness", "ready", "ready to eat"),
        (
            "certificates",
            [{"kind": "test_report", "number": "T 1", "conforming": True}],
            "Kind of paper test report, Number T 1, Says that the goods pass Yes",
        ),
        ("plots", [], "–"),
    ],
    ids=lambda value: value if isinstance(value, str) and "_" in value and len(value) < 25 else "",
)
def test_a_field_of_a_lot_is_told_in_words_with_its_unit(path: str, value: Any, shown: str) -> None:
    name, text = told("listing", f"lots[A-1].{path}", value)
    assert text == shown
    assert name.startswith("Lot A-1: ")
    assert "_" not in name
    assert "." not in name.removeprefix("Lot A-1: ")


def test_what_has_a_page_of_its_own_is_a_link_to_it() -> None:
    _, asked = edited.field_of(English(), "listing", "event_id")
    assert edited.value_of(English(), "event_id", asked, "e-1") == {"text": "Open it", "href": "/en/events/e-1"}
    assert edited.value_of(English(), "lots[A].producer_id", None, "p-1")["href"] == "/en/edits/producer/p-1"


def test_a_field_that_no_form_asks_for_is_still_readable() -> None:
    assert told("listing", "paid_to_growers_fen", 1250) == ("paid to growers fen", "¥12.50")
