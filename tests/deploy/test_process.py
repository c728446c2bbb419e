"""Children of the launcher: known by their birth, stopped when they are ours, left alone when they are not."""

import os
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from deploy.process import Process, birth, end_process, port_is_free, remembered_port, write_private

SLEEPER = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
STUBBORN = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)",
]


def make(tmp_path: Path, command: list[str], lines: list[str] | None = None) -> Process:
    """A process whose lines are kept."""
    kept: list[str] = [] if lines is None else lines
    return Process("child", command, pid_file=tmp_path / "child.pid", sink=lambda _, line: kept.append(line))


def wait_for(lines: list[str]) -> None:
    """Wait until the child has spoken."""
    deadline = time.monotonic() + 10
    while not lines and time.monotonic() < deadline:
        time.sleep(0.01)
    assert lines


def test_every_line_of_a_child_is_handed_on(tmp_path: Path) -> None:
    lines: list[str] = []
    child = make(tmp_path, [sys.executable, "-c", "print('砀山'); print('pears')"], lines)
    child.start()
    assert child.child is not None
    child.child.wait(10)
    child.stop()
    assert lines == ["砀山", "pears"]


def test_a_child_that_will_not_listen_is_ended_by_force(tmp_path: Path) -> None:
    lines: list[str] = []
    child = make(tmp_path, STUBBORN, lines)
    child.start()
    wait_for(lines)
    pid = child.pid
    child.stop(patience=0.2)
    assert pid is not None
    assert birth(pid) is None


def test_a_child_left_by_a_killed_launcher_is_stopped_by_the_next(tmp_path: Path) -> None:
    first, second = make(tmp_path, SLEEPER), make(tmp_path, SLEEPER)
    first.start()
    assert first.child is not None
    second.start()
    assert first.child.wait(10) != 0
    assert second.alive
    second.stop()


def test_a_pid_file_of_an_earlier_process_of_that_number_harms_nobody(tmp_path: Path) -> None:
    stranger = subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL)
    try:
        (tmp_path / "child.pid").write_text(f"{stranger.pid} another-boot:1\n")
        assert not make(tmp_path, SLEEPER).stop_leftover()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_torn_pid_file_is_no_obstacle(tmp_path: Path) -> None:
    (tmp_path / "child.pid").write_text("")
    assert not make(tmp_path, SLEEPER).stop_leftover()


def test_a_process_has_one_birth_and_a_dead_one_none() -> None:
    child = subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL)
    born = birth(child.pid)
    assert born is not None
    assert born == birth(child.pid)
    child.kill()
    child.wait()
    assert birth(child.pid) is None


def test_nothing_is_sent_to_a_process_born_at_another_time() -> None:
    child = subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL)
    try:
        end_process(child.pid, "another-boot:1", stop_signal=9, patience=0.1)  # type: ignore[arg-type]  # Any number.
        assert child.poll() is None
    finally:
        child.kill()
        child.wait()


def test_a_port_is_remembered_and_given_up_when_it_is_taken(tmp_path: Path) -> None:
    import socket

    path = tmp_path / "a.port"
    port = remembered_port(path)
    assert remembered_port(path) == port
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        assert not port_is_free(port)
        assert remembered_port(path) != port


@pytest.mark.parametrize("text", ["", "not a number", "70000000"])
def test_nonsense_in_a_port_file_is_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.port"
    path.write_text(text)
    assert 0 < remembered_port(path) < 65536


def test_a_private_file_is_readable_by_its_owner_alone_from_the_start(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_private(tmp_path / "secret", "pears")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "secret").stat().st_mode) == 0o600
