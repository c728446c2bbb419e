"""Waiting for a service that does not come: the launcher says what it waits for."""

from pathlib import Path

import pytest

from deploy.journal import Journal
from deploy.process import CannotStart, remembered_port
from deploy.supervisor import Service, wait_until_ready
from tests.servers import ROOT


def test_a_service_that_does_not_become_ready_says_what_it_waits_for(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "log", lambda _: None)
    listen = remembered_port(tmp_path / "port")
    service = Service(
        "orders", listen, {"PYTHONPATH": str(ROOT)}, state=tmp_path, journal=journal, program=("tests.deploy.unready",)
    )
    service.start()
    try:
        while not service.answer()[0]:
            assert service.alive
        with pytest.raises(CannotStart, match="orders is not ready: it waits for database, nats"):
            wait_until_ready([service], patience=0.0)
    finally:
        service.process.stop()
