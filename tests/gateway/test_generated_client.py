"""A client made from the merged document: the document says enough, and says it well, or this cannot be."""

import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient

from gateway.openapi import merged
from tests.apps import ServiceUnderTest
from tests.conftest import ServiceOf
from tests.gateway.test_openapi import SERVICES, documents

__all__ = ["documents"]

CONFIG = Path(__file__).parents[2] / "docs" / "schemas" / "client-generator.yaml"


@pytest.fixture(scope="module")
def made(documents: dict[str, dict[str, Any]], tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """The name of the generated package, importable, and what its maker said."""
    folder = tmp_path_factory.mktemp("client")
    (folder / "openapi.json").write_text(json.dumps(merged(documents, "1")))
    command = [
        *(sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--overwrite"),
        *("--path", "openapi.json", "--config", str(CONFIG), "--output-path", "generated_sunfair_client"),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield "generated_sunfair_client", done.stdout + done.stderr
    sys.path.remove(str(folder))


def test_the_maker_of_clients_has_no_complaint(made: tuple[str, str]) -> None:
    assert "warning" not in made[1].lower(), made[1]


def test_every_operation_became_a_function(made: tuple[str, str], documents: dict[str, dict[str, Any]]) -> None:
    package = Path(importlib.import_module(made[0]).__file__ or "").parent / "api"
    functions = {path.stem for path in package.rglob("*.py")}
    operations = {
        operation["operationId"]
        for operations in merged(documents, "1")["paths"].values()
        for operation in operations.values()
    }
    assert operations <= functions
    assert {folder.name for folder in package.iterdir() if folder.is_dir()} >= set(SERVICES)


@pytest.fixture
async def gate(service_app: ServiceOf) -> ServiceUnderTest:
    return await service_app("compliance")


async def test_the_client_asks_the_gate_and_understands_the_answer(
    made: tuple[str, str], gate: ServiceUnderTest
) -> None:
    client = importlib.import_module(f"{made[0]}.client")
    models = importlib.import_module(f"{made[0]}.models")
    ask = importlib.import_module(f"{made[0]}.api.compliance.check_facts")
    sunfair = client.Client(base_url="http://sunfair.test")
    transport = ASGITransport(gate.app)

    class Doors(AsyncClient):
        """As the gateway does: the interface's prefix is taken off before the service is asked."""

        async def request(self, method: str, url: Any, **named: Any) -> Any:
            return await super().request(method, str(url).removeprefix("/api/v1"), **named)

    sunfair.set_async_httpx_client(Doors(transport=transport, base_url="http://sunfair.test"))
    facts = models.CheckInFacts.from_dict({"texts": [{"kind": "notice", "text": "各单位每人不少于50元。"}]})
    body = models.CheckIn(stage=models.CheckInStage("filing"), rules=["notice.apportion"], facts=facts)

    said = await ask.asyncio(client=sunfair, body=body)

    assert (said.outcome.value, said.results[0].rule) == ("fail", "notice.apportion")
    assert said.results[0].evidence[0].quote
