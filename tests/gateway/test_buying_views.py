"""Views of what is bought: sums in fen, limits, clocks, the way of an order. Nothing is asked of anybody."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.views import addresses, baskets, checkouts, goods, orders, selling
from services.contracts import regions

NOW = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)
DAY = NOW.date()
STATIC = Path(__file__).parent.parent.parent / "gateway" / "static"


class Reader:
    """Somebody who reads English."""

    language = "en"

    def _(self, message: str, **values: Any) -> str:
        return message % values if values else message


READER: Any = Reader()


def shelf(**fields: Any) -> dict[str, Any]:
    """A lot on the shelf."""
    given = {"lot_id": "a", "price_fen": 2990, "freight_fen": 500, "available_units": 20, "open": True}
    return {**given, "units_per_buyer": None, "limit_units": None, "page_sha256": "0" * 64, **fields}


def sale(*lots: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A broadcast that sells."""
    given = {"broadcast_id": "b", "title_zh": "梨", "title_en": "Pears", "state": "open", "segment_kind": "market"}
    return {**given, "rehearsing": False, "selling": True, "starts_at": None, "lots": list(lots), **fields}


def line(**fields: Any) -> dict[str, Any]:
    """A line of the basket."""
    given = {"broadcast_id": "b", "lot_id": "a", "title_zh": "梨", "title_en": "Pears", "units": 2, "price_fen": 2990}
    return {**given, "now_fen": 2990, "price_changed": False, "can_be_bought": True, **fields}


def test_freight_is_paid_once_for_each_lot() -> None:
    [group] = baskets.groups(READER, [line(units=3)], {"b": sale(shelf())}, {"a": None})
    assert (group["goods_fen"], group["freight_fen"], group["total_fen"]) == (8970, 500, 9470)
    assert group["orderable"]


def test_one_lot_that_cannot_be_bought_holds_up_its_broadcast_and_no_other() -> None:
    other = sale(shelf(), broadcast_id="c")
    lines = [line(can_be_bought=False, units=21), line(broadcast_id="c")]
    groups = baskets.groups(READER, lines, {"b": sale(shelf()), "c": other}, {"a": None})
    assert [(group["orderable"], group["held_up"]) for group in groups] == [(False, True), (True, False)]


@pytest.mark.parametrize(
    ("on_shelf", "most"),
    [
        (None, 999),
        (shelf(), 20),
        (shelf(units_per_buyer=3), 3),
        (shelf(available_units=0), 0),
        (shelf(available_units=-1), 0),
    ],
)
def test_one_buyer_may_have_what_is_left_within_the_limit(on_shelf: dict[str, Any] | None, most: int) -> None:
    assert baskets.most_units(on_shelf) == most


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"state": "ended"}, "over"),
        ({"state": "halted"}, "stopped"),
        ({"rehearsing": True}, "rehearsal"),
        ({"segment_kind": "region"}, "presented"),
        ({"state": "closed", "starts_at": "2026-11-28T11:00:00Z"}, "market segment of the broadcast on"),
        ({"state": "closed"}, "Opens in the market segment"),
    ],
)
def test_a_broadcast_that_does_not_sell_says_why_and_when_it_will(fields: dict[str, Any], said: str) -> None:
    assert said in baskets.standing(READER, sale(selling=False, **fields))["text"]


def test_a_basket_takes_new_prices_only_when_they_are_accepted() -> None:
    changed = line(now_fen=3290, price_changed=True)
    assert baskets.changes([changed], {}, accept_prices=False) == []
    assert baskets.changes([changed], {}, accept_prices=True)[0]["price_fen"] == 3290
    assert baskets.changes([changed], {"units.b.a": 0}, accept_prices=False)[0]["units"] == 0


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"line.a": "2x2990"}, [{"lot_id": "a", "units": 2, "price_fen": 2990}]),
        ({"line.a": "-2x2990", "line.b": "x", "line.c": "2", "line.d": "２x１", "other": "2x3"}, []),
        ({"line.a": "2x9999999999999"}, []),
    ],
)
def test_only_lines_that_can_be_read_are_ordered(fields: dict[str, str], asked: list[dict[str, Any]]) -> None:
    assert checkouts.asked_in(fields) == asked


@pytest.mark.parametrize(
    ("state", "payment", "left", "title", "again"),
    [
        ("reserved", "open", 60, "Not paid yet", True),
        ("reserved", "failed", 60, "The payment failed", True),
        ("reserved", "open", 0, "The reservation has run out", False),
        ("expired", None, 0, "The reservation has run out", False),
        ("expired", "late", 0, "The money came too late", False),
        ("cancelled", None, 0, "Cancelled", False),
        ("paid", "paid", 0, "Paid", False),
    ],
)
def test_how_a_checkout_stands_is_told_in_words(
    state: str, payment: str | None, left: int, title: str, again: bool
) -> None:
    said = checkouts.outcome(READER, {"state": state}, payment and {"state": payment}, left)  # type: ignore[arg-type]
    assert (said["title"], said["again"]) == (title, again)


def test_the_way_to_pay_speaks_the_language_of_the_page() -> None:
    assert checkouts.pay_address({"pay_url": "http://pay/x"}, "en") == "http://pay/x?lang=en"
    assert checkouts.pay_address({"pay_url": None}, "en") is None


def test_fresh_goods_say_that_nobody_need_give_a_reason_only_before_sending() -> None:
    fresh = " ".join(goods.return_lines(READER, None))
    assert "no return without a reason" in fresh
    assert "48 hours" in fresh
    dry = {"fresh": False, "no_reason_days": 7, "claim_hours": 168, "photo_needed": False}
    assert "Within 7 days" in " ".join(goods.return_lines(READER, dry))


@pytest.mark.parametrize("state", orders.STATES)
def test_every_state_has_a_word_and_a_way(state: str) -> None:
    assert orders.state_word(READER, state)["text"] != state
    assert orders.way(READER, state)


def complaint(hours: int, **fields: Any) -> dict[str, Any]:
    """A complaint that was received so many hours ago."""
    received = NOW - timedelta(hours=hours)
    clocks = {
        "received_at": received,
        "acknowledge_until": received + timedelta(hours=24),
        "decide_until": received + timedelta(days=7),
    }
    given = {"acknowledged_at": None, "decided_at": None, "refund_id": None, "refunded_at": None}
    return {**given, **{name: at.isoformat() for name, at in clocks.items()}, "hours": hours, **fields}


def test_the_complaint_whose_next_clock_ends_first_stands_at_the_top() -> None:
    read = complaint(100, acknowledged_at=(NOW - timedelta(hours=90)).isoformat())
    done = complaint(200, decided_at=NOW.isoformat())
    found = selling.by_urgency([complaint(1), done, read, complaint(30)])
    assert [each["hours"] for each in found] == [30, 1, 100, 200]


def test_a_clock_is_kept_runs_or_has_run_out() -> None:
    late, running = orders.clocks(READER, complaint(30), NOW)
    assert (late["late"], late["said"]) == (True, "overdue")
    assert (running["late"], running["said"]) == (False, "running")
    answered = complaint(30, acknowledged_at=(NOW - timedelta(hours=2)).isoformat())
    assert orders.clocks(READER, answered, NOW)[0]["late"]


def test_every_county_can_be_reached_step_by_step() -> None:
    def counties(above: str | None) -> set[str]:
        found: set[str] = set()
        for each in addresses.choices(READER, above, "", DAY, demo=False):
            found |= counties(each["code"]) if each["further"] else {each["code"]}
        return found

    assert counties(None) >= {row.code for row in regions.regions(DAY) if row.level == "county"}


def test_the_style_of_shops_stays_small() -> None:
    assert (STATIC / "shop.css").stat().st_size < 8_000
    assert (STATIC / "js" / "until.js").stat().st_size < 2_000


def test_the_overview_counts_what_waits_and_says_what_is_overdue() -> None:
    nothing: dict[str, Any] = {"items": [], "next": None}
    sold = {"items": [{}, {}], "next": "more"}
    [orders_line, complaints_line] = selling.waiting(
        READER, sold, nothing, {"items": [complaint(30), complaint(1)], "next": None}, NOW
    )
    assert orders_line["text"] == "2+ orders to send"
    assert (complaints_line["text"], complaints_line["late"]) == ("2 complaints to answer", 1)
