"""Whole stories through the door of the running system: an honest fair, and a notice that leaked.

Where a story needs weeks, time is let pass in the one place that counts it; where it needs thousands of orders it is
told in `tests/disclosure/test_stories.py`.
"""

import json
from pathlib import Path

from tests.journeys.crowd import buyers
from tests.journeys.fair import Bought, Fair, Wish, truth
from tests.journeys.test_ledger import asks
from tests.journeys.town import Town, failed, result_of

BUYERS = 12


async def test_an_honest_fair_is_told_as_it_was_from_its_listing_to_the_full_record(town: Town, tmp_path: Path) -> None:
    fair = Fair(town)
    filing = await fair.file()
    assert filing["state"] == "scheduled", filing
    room = await fair.open()
    shelf = (await room.see())["shelf"]
    bought = await fair.sell(
        shelf, [Wish(buyer, units=1 + n % 2) for n, buyer in enumerate(await buyers(town, BUYERS))]
    )
    await fair.end(room)
    await fair.send(bought)
    await fair.deliver(bought)

    await fair.pass_time()
    summary = await fair.record(1)
    assert (summary["stage"], summary["provisional"], summary["findings"]) == ("summary", True, [])
    sales, true = summary["sales"], truth(bought)
    assert {name: sales["claimed"][name] for name in true} == true
    assert {name: sales["verified"][name] for name in true} == true
    assert sales["verified"]["net_fen"] == true["paid_fen"]
    assert [segment["kind"] for segment in summary["segments"]] == ["region", "market"]
    assert sum(producer["share_bp"] or 0 for producer in summary["producers"]) == 10_000
    assert any(each["outcome"] == "pass" and each["stage"] == "golive" for each in summary["gate_results"])
    text = json.dumps(summary, ensure_ascii=False)
    assert not [word for word in ("演示买家", "139000000", "fair-guest", "县长") if word in text]

    await fair.pass_time(days=16)
    full = await fair.record(2)
    assert (full["stage"], full["provisional"]) == ("full", False)
    assert full["sales"]["verified"]["orders"] == BUYERS
    assert full["sales"]["delivered_about"] == 10, "twelve arrived, rounded down to tens"

    verified = asks(town, tmp_path, "disclosure", fair.broadcast_id, "--keep", "kept")
    assert verified.returncode == 0, verified.stderr
    kept = json.loads((tmp_path / "kept" / "release-2.json").read_text(encoding="utf-8"))
    assert kept == full
    await what_stands_behind_it_is_checked_too(town, fair, bought, tmp_path)


async def what_stands_behind_it_is_checked_too(town: Town, fair: Fair, bought: list[Bought], folder: Path) -> None:
    """A buyer's receipt under the logged release, who came first, and what was recorded."""
    mine, other = bought[-1], bought[0].buyer.name
    path = f"/disclosures/{fair.broadcast_id}/receipts/{mine.order_id}"
    receipt = await fair.market.get(path, mine.buyer.name)
    assert (receipt["status"]["result"], receipt["status"]["paid_fen"]) == ("counted", mine.paid_fen)
    (folder / "receipt.json").write_text(json.dumps(receipt), encoding="utf-8")
    for words in (["receipt", "receipt.json"], ["tickets", fair.broadcast_id], ["recording", fair.broadcast_id]):
        proven = asks(town, folder, *words)
        assert proven.returncode == 0, proven.stderr
    stranger = {"Authorization": f"Bearer {await fair.market.token(other)}"}
    assert (await fair.market.http.get(path, headers=stranger)).status_code == 404


async def test_a_notice_that_leaked_is_blocked_before_air_and_put_before_inspectors(town: Town, tmp_path: Path) -> None:
    """Chenggu, May 2020: fifty yuan for everybody, and the notice stands among the papers of the filing."""
    filing = await town.filing("S4", "chenggu-operator")
    decision_id = filing["preview"]["decision_id"]
    decision = await town.decision(decision_id)
    assert (filing["state"], set(failed(decision))) == ("blocked", {"notice.apportion"})
    assert result_of(decision, "notice.apportion")["hard"], "nobody may overrule it"

    # It never has a room, sells nothing and has no record; the block itself is public and can be checked.
    broadcast_id = filing["broadcast_id"]
    assert (await town.market.http.get(f"/broadcasts/{broadcast_id}/room")).status_code == 404
    assert (await town.market.http.get(f"/disclosures/{broadcast_id}")).status_code == 404
    verified = asks(town, tmp_path, "decision", decision_id)
    assert verified.returncode == 0, verified.stderr

    referral = (await town.post(f"/decisions/{decision_id}/referral", {}, "inspector", Idempotency_Key="leak")).json()
    assert any("每人不少于50元" in quote for quote in referral["quotes"])
    assert referral["state"] == "open"
