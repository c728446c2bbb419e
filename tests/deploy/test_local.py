"""`up`: what stands in the way is said in words, and what it started is gone when it ends."""

import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.local import welcome
from deploy.outside import STAND_INS
from deploy.process import CannotStart, birth, remembered_port
from deploy.stack import SERVICES, Stack, kept_secret, next_top_up, refuse_full_disk, run_folder
from deploy.supervisor import ROOT
from services.kit import clock

STARTING, STOPPING = 150, 20


class Launcher:
    """`up` as a person runs it: its own process, its own state folder, no demo data."""

    def __init__(self, state: Path, port: int) -> None:
        self.state = state
        self.port = port
        own = {"SUNFAIR_STATE": str(state), "SUNFAIR_PORT": str(port), "SUNFAIR_SEED": "0"}
        self.env = os.environ | own  # noqa: TID251  A child gets the environment that we have.
        self.child: subprocess.Popen[str] | None = None

    def run(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run it to its end, which must come by itself."""
        command = [sys.executable, "-m", "deploy.local", *words]
        return subprocess.run(
            command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=STARTING, check=False
        )

    def start(self) -> None:
        """Start it and wait for its closing line."""
        self.child = subprocess.Popen(
            [sys.executable, "-m", "deploy.local"],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        said = ""
        while "Sunfair is ready" not in said:
            assert self.child.stdout is not None
            line = self.child.stdout.readline()
            assert line, f"it ended before it was ready:\n{said}"
            said += line

    def pids(self) -> dict[str, int]:
        """Every process it keeps, by name."""
        return {path.stem: int(path.read_text().split()[0]) for path in self.state.glob("*.pid")}

    def end(self, number: signal.Signals) -> int:
        """Send it a signal and wait; its exit code."""
        assert self.child is not None
        self.child.send_signal(number)
        self.child.communicate(timeout=STOPPING)
        return self.child.returncode


def test_a_taken_port_is_named_with_the_way_out(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        answer = Launcher(tmp_path / "state", port).run()
    assert answer.returncode == 2
    assert f"Port {port} is taken by another program" in answer.stderr
    assert f"SUNFAIR_PORT={port + 1} python3 sunfair.py up" in answer.stderr
    assert "Traceback" not in answer.stderr


@pytest.mark.parametrize("port", ["eighty", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused_in_words(tmp_path: Path, port: str) -> None:
    launcher = Launcher(tmp_path / "state", 0)
    launcher.env["SUNFAIR_PORT"] = port
    answer = launcher.run()
    assert answer.returncode == 2
    assert f"SUNFAIR_PORT is “{port}”" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_state_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    answer = Launcher(tmp_path / "file" / "state", remembered_port(tmp_path / "port")).run()
    assert answer.returncode == 2
    assert str(tmp_path / "file" / "state") in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_state_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "state" / "lock").mkdir(parents=True)
    answer = Launcher(tmp_path / "state", remembered_port(tmp_path / "port")).run()
    assert answer.returncode == 2
    assert str(tmp_path / "state" / "lock") in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_full_disk_is_told_before_anything_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=100 * 1024**2))
    with pytest.raises(CannotStart, match="100 MB free; 400 MB are needed"):
        refuse_full_disk(tmp_path)
    (tmp_path / "ledger.pub").touch()
    refuse_full_disk(tmp_path)


def test_a_word_that_up_does_not_know_is_refused(tmp_path: Path) -> None:
    answer = Launcher(tmp_path / "state", 0).run("--port=8080")
    assert answer.returncode == 2
    assert "--port=8080" in answer.stderr
    assert "docs/settings.md" in answer.stderr


def test_a_second_start_says_where_the_first_is(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    with (state / "lock").open("w") as held:
        held.write("http://127.0.0.1:8123\n")
        held.flush()
        fcntl.flock(held, fcntl.LOCK_EX)
        answer = Launcher(state, remembered_port(tmp_path / "port")).run()
    assert answer.returncode == 0
    assert "already runs: open http://127.0.0.1:8123" in answer.stdout


def test_a_start_beside_a_backup_is_told_to_wait(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    with (state / "lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        answer = Launcher(state, remembered_port(tmp_path / "port")).run()
    assert answer.returncode == 2
    assert "A backup or a restore is at work" in answer.stderr


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    made = kept_secret(tmp_path / "secret")
    assert kept_secret(tmp_path / "secret") == made
    assert len(bytes.fromhex(made)) == 32
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600


def test_sockets_have_a_short_path_in_a_folder_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(deep))
    folder = run_folder(tmp_path)
    try:
        assert len(str(folder / "compliance.sock").encode()) <= 107
        assert folder.stat().st_mode & 0o777 == 0o700
    finally:
        folder.rmdir()


def test_the_demo_data_is_topped_up_every_half_hour_and_so_shortly_after_midnight_in_china() -> None:
    following = next_top_up()
    assert following.minute in (10, 40)
    assert timedelta(0) < following - clock.now() <= timedelta(minutes=30)
    assert str(following.tzinfo) == "Asia/Shanghai"


def test_the_closing_lines_say_what_to_open_and_one_account_of_each_kind(tmp_path: Path) -> None:
    names = {"dangshan-operator": "operator", "yijun-operator": "operator", "suzhou-approver": "approver"}
    accounts = [
        {"username": username, "password": "demo-pears", "name": "演示", "roles": [role]}
        for username, role in names.items()
    ]
    demo = {"password": "demo-pears", "accounts": accounts, "api_key": "sf_live_example"}
    (tmp_path / "demo.json").write_text(json.dumps(demo), encoding="utf-8")
    said = welcome(Stack(tmp_path, 8123))
    assert "Open  http://127.0.0.1:8123" in said
    assert "demo-pears (and 3 in " in said
    assert "dangshan-operator" in said
    assert "suzhou-approver" in said
    assert "yijun-operator" not in said
    assert "sf_live_example" in said


@pytest.fixture
def launcher(tmp_path: Path) -> Iterator[Launcher]:
    started = Launcher(tmp_path / "state", remembered_port(tmp_path / "port"))
    yield started
    if started.child and started.child.poll() is None:
        started.end(signal.SIGTERM)


@pytest.mark.xdist_group("stack")
def test_one_life_of_the_whole_system(launcher: Launcher) -> None:
    """Started, crashed in parts, killed as a whole, started again, stopped: one story, because each start costs."""
    launcher.start()
    first = launcher.pids()
    assert set(first) == {"postgres", "nats", *SERVICES, *STAND_INS, "gateway"}

    os.kill(first["catalog"], signal.SIGKILL)
    wait_until(lambda: launcher.pids().get("catalog", first["catalog"]) != first["catalog"])

    again = launcher.run()
    assert again.returncode == 0
    assert f"already runs: open http://127.0.0.1:{launcher.port}" in again.stdout

    neighbour = Launcher(launcher.state.with_name("neighbour"), launcher.port).run()
    assert neighbour.returncode == 2
    assert f"Port {launcher.port} is taken by another Sunfair" in neighbour.stderr

    os.kill(launcher.pids()["postgres"], signal.SIGKILL)
    wait_until(lambda: launcher.pids().get("postgres", first["postgres"]) != first["postgres"])

    left_behind = launcher.pids()
    launcher.end(signal.SIGKILL)
    launcher.start()
    assert all(birth(pid) is None for pid in left_behind.values()), "a killed launcher's processes were ended"

    present, sockets = launcher.pids(), run_folder(launcher.state)
    before = time.monotonic()
    assert launcher.end(signal.SIGINT) == 0
    assert time.monotonic() - before < 12
    assert all(birth(pid) is None for pid in present.values()), "nothing runs on"
    assert not list(launcher.state.glob("*.pid"))
    assert not sockets.exists()


def wait_until(is_so: Callable[[], bool], patience: float = 30.0) -> None:
    """Wait for something that the system does by itself."""
    deadline = time.monotonic() + patience
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.1)
