"""An administrator on the command line: dead letters and telling the present state again, through the gateway."""

import os
import subprocess
import sys
from pathlib import Path

from deploy.process import remembered_port, write_private
from deploy.stack import Stack
from deploy.supervisor import ROOT


def administer(gateway: str, state: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the command as `sunfair.py` does."""
    command = [sys.executable, "-m", "deploy.administer", "--gateway", gateway, "--state", str(state), *arguments]
    env = {"PATH": os.defpath, "HOME": str(state)}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


def test_a_quiet_market_has_no_dead_letters(stack: Stack) -> None:
    answer = administer(stack.url, stack.state, "dead-letters")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout == "There are no dead letters.\n"


def test_accounts_tell_their_present_state_again(stack: Stack) -> None:
    answer = administer(stack.url, stack.state, "republish", "accounts", "account", "2020-01-01T00:00:00+08:00")
    assert answer.returncode == 0, answer.stderr
    count = int(answer.stdout.removeprefix("accounts tells ").partition(" ")[0])
    assert count >= 1


def test_an_unknown_entity_is_answered_with_the_known_ones(stack: Stack) -> None:
    answer = administer(stack.url, stack.state, "republish", "accounts", "pear", "2020-01-01T00:00:00+08:00")
    assert answer.returncode == 1
    assert "account" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_letter_that_does_not_exist_is_answered_in_words(stack: Stack) -> None:
    answer = administer(stack.url, stack.state, "dead-letters", "--replay", "catalog", "none")
    assert answer.returncode == 1
    assert "no dead letter none" in answer.stderr


def test_a_market_that_does_not_run_is_named_with_the_way_to_start_it(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", "ab12" * 16)
    gateway = f"http://127.0.0.1:{remembered_port(tmp_path / 'port')}"
    answer = administer(gateway, tmp_path, "dead-letters")
    assert answer.returncode == 1
    assert "python3 sunfair.py up" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_folder_without_a_market_is_named(tmp_path: Path) -> None:
    answer = administer("http://127.0.0.1:1", tmp_path, "dead-letters")
    assert answer.returncode == 1
    assert f"There is no Sunfair in {tmp_path}" in answer.stderr
