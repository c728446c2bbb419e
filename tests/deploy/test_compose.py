"""Compose and the launcher tell every process the same things: one way to run, whatever runs it."""

import os
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.nats import CONFIGURATION, USERS, Nats
from deploy.outside import COMPANIES, stand_ins
from deploy.postgres import Postgres
from deploy.stack import SERVICES, Stack
from deploy.supervisor import ROOT, Service

COMPOSE = ROOT / "docker-compose.yml"
SECRETS = {
    "SUNFAIR_SECRET": "ab12" * 8,
    "SUNFAIR_TOKEN_SECRET": "cd34" * 8,
    "SUNFAIR_GATEWAY_SECRET": "9a87" * 8,
    "SUNFAIR_FIRST_ADMINISTRATOR_PASSWORD": "ef56" * 4,
    "SUNFAIR_SANDBOX_SECRET": "whsec_" + "gh78" * 8,
}
# What the public may turn in compose and the launcher leaves at its default.
# A receiver of webhooks that somebody tries out listens beside the launcher; on a host of its own it must be public.
ON_ONE_MACHINE = {"SUNFAIR_WEBHOOK_PRIVATE_TARGETS"}
OPTIONAL = {
    "SUNFAIR_LOG_LEVEL",
    "SUNFAIR_TRUSTED_PROXIES",
    "SUNFAIR_OTLP_ENDPOINT",
    "AWS_ENDPOINT",
    "AWS_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_ALLOW_HTTP",
}


def compose(*arguments: str, secrets: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Ask the real Compose, which needs no engine to read a file."""
    program = Path(sysconfig.get_path("scripts")) / "docker-compose"
    env = {"PATH": os.defpath, "HOME": str(ROOT), **secrets}
    command = [str(program), "-f", str(COMPOSE), *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def processes() -> dict[str, Any]:
    """Every process as Compose understands the file."""
    asked = compose("config", secrets=SECRETS)
    assert asked.returncode == 0, asked.stderr
    services: dict[str, Any] = yaml.safe_load(asked.stdout)["services"]
    return services


@pytest.fixture
def launcher(tmp_path: Path) -> Stack:
    """A launcher that knows its servers and has started none."""
    stack = Stack(tmp_path, 8000)
    stack.secret = SECRETS["SUNFAIR_SECRET"]
    stack.postgres = Postgres(tmp_path, stack.secret, sink=lambda _name, _line: None)
    stack.nats = Nats(tmp_path, stack.secret, sink=lambda _name, _line: None)
    journal = stack.make_journal()
    stack.services |= stand_ins(tmp_path, stack.secret, journal, {})
    for name in SERVICES:
        stack.services[name] = Service(name, tmp_path / f"{name}.sock", {}, state=tmp_path, journal=journal)
    return stack


@pytest.mark.parametrize("missing", SECRETS)
def test_compose_refuses_to_start_without_a_secret(missing: str) -> None:
    asked = compose("config", "-q", secrets={name: value for name, value in SECRETS.items() if name != missing})
    assert asked.returncode != 0
    assert missing in asked.stderr


@pytest.mark.parametrize("name", [*SERVICES, "gateway"])
def test_a_process_is_told_the_same_by_compose_and_by_the_launcher(
    processes: dict[str, Any], launcher: Stack, name: str
) -> None:
    assert set(processes[name]["environment"]) - OPTIONAL == set(launcher.told(name)) - ON_ONE_MACHINE


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_the_same_users_everywhere(processes: dict[str, Any], launcher: Stack, name: str) -> None:
    for variable in ("SUNFAIR_SERVICE_DATABASE_URL", "SUNFAIR_NATS_URL"):
        composed, local = processes[name]["environment"][variable], launcher.told(name)[variable]
        assert composed.partition("@")[0] == local.partition("@")[0]


def test_nats_is_given_every_variable_that_its_configuration_names(processes: dict[str, Any]) -> None:
    written = CONFIGURATION.read_text() + CONFIGURATION.with_name("nats-users.conf").read_text()
    named = set(re.findall(r"\$(SUNFAIR_\w+)", written))
    assert set(processes["nats"]["environment"]) == named
    assert {f"SUNFAIR_NATS_{user.upper()}" for user in USERS} <= named


@pytest.mark.parametrize("name", ["postgres", "nats", *SERVICES, *COMPANIES, "gateway"])
def test_every_lasting_process_has_a_health_check(processes: dict[str, Any], name: str) -> None:
    assert processes[name]["healthcheck"]["test"]


def test_only_the_gateway_and_the_provider_are_reachable_from_outside(processes: dict[str, Any]) -> None:
    # The stand-in for a payment provider has a page of its own, as a real one has.
    assert {name for name, process in processes.items() if process.get("ports")} == {"gateway", "payments"}


def test_no_process_may_take_the_whole_machine(processes: dict[str, Any]) -> None:
    for name, process in processes.items():
        assert {"mem_limit", "cpus", "pids_limit"} <= process.keys(), name
        assert process["logging"]["options"]["max-size"], name


def test_our_own_processes_are_nobody_and_write_nowhere_but_to_their_volumes(processes: dict[str, Any]) -> None:
    for name in (*SERVICES, *COMPANIES, "gateway", "nats", "migrate"):
        assert processes[name]["read_only"], name
        assert processes[name]["cap_drop"] == ["ALL"], name
        assert processes[name]["security_opt"] == ["no-new-privileges:true"], name
    assert "USER 10001" in (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
