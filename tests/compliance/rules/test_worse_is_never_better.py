"""Worse facts never make a better answer, and a later publication never meets a deadline that an earlier one missed."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.compliance.rules import Stage, decide, parse_facts
from services.compliance.rules.on_air import kept_until
from services.compliance.rules.publication import due_on
from tests.compliance.rules.documents import changed, document

GRAVITY = {"not_in_force": 0, "not_applicable": 0, "pass": 1, "review": 2, "fail": 3}
ON_AIR: tuple[str, Stage, str] = ("dangshan", "onair", "2020-03-02T20:00:00+08:00")
AFTERWARDS: tuple[str, Stage, str] = ("dangshan_afterwards", "post", "2020-03-27T09:00:00+08:00")
# A fact of which more is worse, and the most that is tried.
WORSE = [
    ("live.record", ON_AIR, "room.recorder.longest_gap_seconds", 700),
    ("live.traffic", ON_AIR, "room.traffic.sessions_under_5s_share_bp", 10_000),
    ("live.traffic", ON_AIR, "room.traffic.largest_network_share_bp", 10_000),
    ("live.traffic", ON_AIR, "room.traffic.arrival_steps_over_3_sigma", 5),
    ("live.traffic", ON_AIR, "room.traffic.most_sessions_per_device", 9),
    ("live.traffic", ON_AIR, "room.traffic.viewers", 30_000),
    ("live.praise", ON_AIR, "room.deleted_product_complaints", 3),
    ("order.staged", AFTERWARDS, "orders.signed_too_fast", 600),
    ("order.staged", AFTERWARDS, "orders.signed_before_first_scan", 600),
    ("order.refund", AFTERWARDS, "orders.no_fault_refund_share_72h_bp", 10_000),
    ("order.captive", AFTERWARDS, "orders.most_names_per_payer", 80),
    ("order.captive", AFTERWARDS, "orders.top_ten_buyers_share_bp", 10_000),
    ("order.captive", AFTERWARDS, "orders.buyer_seller_same_device", 20),
    ("complaint.sla", AFTERWARDS, "complaints.unacknowledged_after_24h", 3),
    ("complaint.sla", AFTERWARDS, "complaints.undecided_after_7d", 3),
    ("complaint.sla", AFTERWARDS, "complaints.refunds_late", 3),
    ("complaint.sla", AFTERWARDS, "complaints.deleted", 3),
]


def gravity(rule: str, moment: tuple[str, Stage, str], changes: dict[str, Any]) -> int:
    base, stage, at = moment
    answer = decide(parse_facts(changed(document(base), changes)), stage, datetime.fromisoformat(at), [rule])
    return GRAVITY[answer.result_of(rule)["result"]]


@pytest.mark.parametrize(("rule", "moment", "path", "most"), WORSE, ids=[row[2] for row in WORSE])
def test_more_of_a_bad_thing_is_never_better(rule: str, moment: tuple[str, Stage, str], path: str, most: int) -> None:
    steps = sorted({*range(0, most, max(1, most // 40)), most})
    graves = [gravity(rule, moment, {path: value}) for value in steps]
    assert graves == sorted(graves)
    assert (graves[0], graves[-1]) == (1, max(graves))
    assert graves[-1] > 1


@given(st.integers(0, 120), st.integers(0, 10_000), st.integers(0, 9), st.integers(0, 10_000), st.booleans())
def test_a_worse_window_of_praise_is_never_better(
    comments: int, share: int, same: int, new: int, one_network: bool
) -> None:
    window = {
        "comments": comments,
        "praise_share_bp": share,
        "same_text_accounts_60s": same,
        "new_account_share_bp": new,
        "one_network": one_network,
    }
    now = gravity("live.praise", ON_AIR, {"room.praise": [window]})
    for worse in (
        {"praise_share_bp": min(10_000, share + 500)},
        {"same_text_accounts_60s": same + 1},
        {"new_account_share_bp": min(10_000, new + 500)},
        {"one_network": True},
    ):
        assert gravity("live.praise", ON_AIR, {"room.praise": [window | worse]}) >= now


@given(st.integers(0, 100), st.integers(0, 10_000), st.integers(0, 10_000), st.integers(1, 40))
def test_a_worse_bunch_of_orders_is_never_better(yuan: int, share: int, public: int, paid: int) -> None:
    def asked(share: int, public: int) -> int:
        bunch = {"floor_fen": yuan * 500, "order_share_bp": share, "public_sector_share_bp": public}
        return gravity("order.captive", AFTERWARDS, {"orders.price_bunches": [bunch], "orders.paid": paid})

    assert asked(min(10_000, share + 500), public) >= asked(share, public)
    assert asked(share, min(10_000, public + 500)) >= asked(share, public)


@given(st.integers(-120, 30))
def test_a_deal_signed_earlier_is_never_better(hours: int) -> None:
    def signed(hours: int) -> int:
        at = datetime.fromisoformat("2020-02-21T10:00:00+08:00") + timedelta(hours=hours)
        return gravity("order.staged", AFTERWARDS, {"orders.bulk_deals[0].contract_signed_at": at.isoformat()})

    assert signed(hours - 5) >= signed(hours)


@pytest.mark.parametrize("fact", ["summary_published_on", "full_published_on"])
def test_a_later_publication_is_never_better(fact: str) -> None:
    # After the last day for returns, before which a full record would be early.
    first = date(2020, 3, 2) if fact == "summary_published_on" else date(2020, 3, 17)
    moment: tuple[str, Stage, str] = ("dangshan_afterwards", "post", "2020-05-04T09:00:00+08:00")
    days = [(first + timedelta(days=n)).isoformat() for n in range(60)]
    graves = [gravity("disc.publish", moment, {f"disclosure.{fact}": day}) for day in days]
    assert graves == sorted(graves)
    assert {graves[0], graves[-1]} == {1, 3}


def test_the_longer_nothing_is_out_the_worse() -> None:
    silent = {"disclosure": {"ended_at": "2020-03-02T21:30:00+08:00"}}
    moments = [datetime.fromisoformat("2020-03-03T00:00:00+08:00") + timedelta(hours=12 * n) for n in range(80)]
    graves = [gravity("disc.publish", ("dangshan", "post", at.isoformat()), silent) for at in moments]
    assert graves == sorted(graves)


@given(st.dates(date(2019, 1, 1), date(2035, 1, 1)), st.integers(0, 40), st.integers(0, 30))
def test_deadlines_move_with_the_day_and_with_the_days_given(ended_on: date, later: int, days: int) -> None:
    due, _ = due_on(ended_on, days)
    assert due >= ended_on
    assert due_on(ended_on + timedelta(days=later), days)[0] >= due
    assert due_on(ended_on, days + 1)[0] > due


@given(st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1)), st.integers(0, 10_000))  # noqa: DTZ001 - bounds of a strategy are naive
def test_what_ends_later_is_kept_longer(ended: datetime, minutes: int) -> None:
    end = ended.replace(tzinfo=datetime.fromisoformat("2020-01-01T00:00:00+08:00").tzinfo)
    kept = kept_until(end, 3)
    assert (kept - end).days >= 3 * 365
    assert kept_until(end + timedelta(minutes=minutes), 3) >= kept


def test_a_broadcast_of_the_leap_day_is_kept_to_the_end_of_february() -> None:
    kept = kept_until(datetime.fromisoformat("2024-02-29T21:00:00+08:00"), 3)
    assert kept == datetime.fromisoformat("2027-03-01T00:00:00+08:00")
