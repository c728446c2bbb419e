"""The market is lost, and put back from its backup and its secret: the same to everybody who comes."""

import asyncio
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from deploy.postgres import FORGETFUL
from deploy.process import remembered_port
from deploy.seed.market import Market
from deploy.stack import Stack
from deploy.supervisor import ROOT
from tests.journeys.studio import OnAir
from tests.journeys.town import Town
from tools.verify import NOT_FOUND

# Entries of a room that has opened: that it did, its first segment, and that it runs.
BEGINNING = 3


def run(module: str, *words: str, folder: Path = ROOT) -> "subprocess.CompletedProcess[str]":
    """A command as its user runs it."""
    env = {"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}
    command = [sys.executable, "-P", "-m", module, *words]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def verify(folder: Path, url: str, key: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """What a stranger finds out about the public log there."""
    return run("tools.verify", *words, "--from", url, "--key", str(key), folder=folder)


@pytest.fixture
def restored(town: Town, tmp_path: Path) -> Iterator[Stack]:
    """The running market backed up, and put into an empty place that has nothing but its secret."""
    backup, state = tmp_path / "backup", tmp_path / "state"
    state.mkdir()
    shutil.copy(town.stack.state / "secret", state / "secret")
    made = run("deploy.backup", "make", str(backup), "--state", str(town.stack.state))
    assert made.returncode == 0, made.stderr
    put_back = run("deploy.backup", "restore", str(backup), "--state", str(state))
    assert put_back.returncode == 0, put_back.stderr
    assert "Restored and compared" in put_back.stdout
    again = Stack(
        state, remembered_port(state / "port"), seed=False, say=lambda _line: None, postgres_settings=FORGETFUL
    )
    try:
        again.start()
        yield again
    finally:
        again.stop()


async def test_the_restored_market_is_the_same_to_its_people_and_to_strangers(
    town: Town, restored: Stack, tmp_path: Path
) -> None:
    key = town.stack.state / "ledger.pub"
    seen = verify(tmp_path, town.stack.url, key, "growth", "seen.txt", "--remember")
    rebuilt = verify(tmp_path, restored.url, key, "--fsck", "--keep", "mirror")

    async with httpx.AsyncClient(base_url=f"{restored.url}/api/v1", timeout=30) as there:
        who = {"username": "dangshan-operator", "password": town.passwords["dangshan-operator"], "kind": "api"}
        signed_in = await there.post("/sign-in", json=who)
        listing = (await there.get(f"/listings/{town.ids['listing:S1']}")).json()
        letters = await there.get(
            "/admin/catalog/dead-letters", headers={"Authorization": f"Bearer {await admin(there, town)}"}
        )

    assert seen.returncode == 0, seen.stderr
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert "entries have the root that was signed" in rebuilt.stdout
    assert signed_in.status_code == 200
    assert listing["lots"] == (await town.market.get(f"/listings/{town.ids['listing:S1']}"))["lots"]
    assert letters.json()["items"] == []
    await the_recording_that_was_brought_back_is_the_one_that_was_made(town, restored, tmp_path, key)


async def the_recording_that_was_brought_back_is_the_one_that_was_made(
    town: Town, restored: Stack, folder: Path, key: Path
) -> None:
    """The room that was on air is ended where it was put back: its record holds from its first entry on."""
    async with Market(restored.url, town.passwords) as market:
        # Which case of the demonstration is which, the seed keeps for itself.
        shutil.copy(town.stack.state / "seed.json", restored.state / "seed.json")
        there = Town(restored, market, town.passwords)
        room = await a_room_with_a_record(there)
        before = [each async for each in town.market.every(f"{room.path}/record")]
        brought_back = [each async for each in market.every(f"{room.path}/record")]
        # Since the backup either of them has gone on by itself; its beginning both have.
        assert len(brought_back) > BEGINNING
        assert brought_back[:BEGINNING] == before[:BEGINNING]
        if (await room.see())["state"] != "ended":
            await room.take_studio()
            await room.act("end")
            await room.until("ended")
    for _ in range(60):
        held = await asyncio.to_thread(verify, folder, restored.url, key, "recording", room.broadcast_id)
        if held.returncode != NOT_FOUND:
            break
        # Its head is in the log with the next checkpoint.
        await asyncio.sleep(0.5)
    assert held.returncode == 0, held.stderr
    assert "entries are as they were at the end of the broadcast" in held.stdout


async def a_room_with_a_record(there: Town) -> OnAir:
    """The room of the demonstration that was on air, whatever has become of it meanwhile."""
    for state in ("live", "halted", "ended"):
        shown = await there.market.get("/broadcasts", region="999901", state=state, order="latest", limit=50)
        for each in shown["items"]:
            room = OnAir(there, each["id"])
            if (await there.market.http.get(room.path)).status_code == 200:
                return room
    raise AssertionError("No room of the demonstration was ever on air.")


async def admin(there: httpx.AsyncClient, town: Town) -> str:
    """The administrator's token: the secret is the same, so the password is too."""
    who = {"username": "admin", "password": town.stack.administrator_password, "kind": "api"}
    return str((await there.post("/sign-in", json=who)).json()["access_token"])
