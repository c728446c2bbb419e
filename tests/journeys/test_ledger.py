"""A stranger and the public log of the running market: whatever was decided in public can be checked from outside."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Protocol

import pytest

from deploy.seed import rolling
from deploy.stack import Stack
from deploy.supervisor import ROOT
from services.kit import clock
from tests.journeys.town import Town


class Running(Protocol):
    """Whoever has a running system."""

    @property
    def stack(self) -> Stack:
        """The system."""


def asks(town: Running, folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """The command, as somebody runs it in a folder of their own; the key is what the launcher wrote down."""
    key = str(town.stack.state / "ledger.pub")
    command = [sys.executable, "-P", "-m", "tools.verify", *words, "--from", town.stack.url, "--key", key]
    env = {"PYTHONPATH": str(ROOT), "PATH": ""}
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def forge(kept: Path) -> None:
    """Let a kept decision say that it fails."""
    shown = json.loads(kept.read_text(encoding="utf-8"))
    kept.write_text(json.dumps(shown | {"outcome": "fail"}), encoding="utf-8")


@pytest.fixture
async def decision_id(town: Town) -> str:
    """The binding decision on a filing of these days."""
    slot = rolling.slots(clock.now())[-1]
    filing = await town.filing(slot.key, "demo-operator")
    return str(filing["binding"]["decision_id"])


async def test_a_decision_is_verified_from_its_facts_to_a_witnessed_head(
    town: Town, decision_id: str, tmp_path: Path
) -> None:
    told = (await town.market.http.get("/ledger")).json()
    witness = told["witnesses"][0]["key"]

    held = asks(town, tmp_path, "decision", decision_id, "--witness", witness, "--keep", "kept")
    forge(tmp_path / "kept" / "decision.json")
    offline = ["--proof", "kept/leaf.tlog-proof", "--document", "kept/document.json"]
    forged = asks(town, tmp_path, "decision", "kept/decision.json", *offline)

    assert held.returncode == 0, held.stderr
    assert "witnessed by witness.example/demonstration" in held.stdout
    assert (forged.returncode, "DOES NOT HOLD" in forged.stderr) == (1, True)


async def test_the_price_of_a_lot_on_sale_is_the_one_in_the_log(town: Town, tmp_path: Path) -> None:
    priced = (await town.market.http.get("/ledger/leaves", params={"kind": "price", "limit": 1})).json()["items"][0]
    lot = (await town.market.http.get(f"/lots/{priced['id']}")).json()

    answer = asks(town, tmp_path, "entity", "price", priced["id"])

    assert answer.returncode == 0, answer.stderr
    assert f'"price_fen":{lot["lot"]["price_fen"]}' in answer.stdout


async def test_the_whole_log_is_rebuilt_from_outside_and_only_grew_since_the_last_visit(
    town: Town, tmp_path: Path
) -> None:
    first = asks(town, tmp_path, "growth", "seen.txt", "--remember")
    rebuilt = asks(town, tmp_path, "--fsck", "--keep", "mirror")
    again = asks(town, tmp_path, "growth", "seen.txt", "--remember")

    assert [answer.returncode for answer in (first, rebuilt, again)] == [0, 0, 0], rebuilt.stderr + again.stderr
    assert "entries have the root that was signed" in rebuilt.stdout
