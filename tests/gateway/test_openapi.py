"""One document of the whole interface: every path leads to its service, every operation has a name of its own."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from gateway.api import PREFIX, ROUTES, route
from gateway.openapi import OperationNamedTwice, merged
from tests.apps import settings_of

SERVICES = ("accounts", "catalog", "compliance", "broadcast", "orders", "disclosure")


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """What each service says of itself."""
    blobs = f"file://{tmp_path_factory.mktemp('blobs')}"
    return {
        name: import_module(f"services.{name}.app").create_app(settings=settings_of(name, blobs=blobs)).openapi()
        for name in SERVICES
    }


def scope_of(path: str) -> dict[str, Any]:
    return {"path": path, "raw_path": path.encode(), "query_string": b""}


def test_every_public_path_is_routed_to_the_service_that_answers_it(documents: dict[str, dict[str, Any]]) -> None:
    for service, document in documents.items():
        for path in document["paths"]:
            concrete = re.sub(r"\{[^}]+\}", "341321", path)
            if path in ("/token/exchange", "/jwks"):
                continue
            public = (
                f"{PREFIX}/admin/{service}{concrete.removeprefix('/admin')}" if "/admin/" in path else PREFIX + concrete
            )
            assert route(scope_of(public)) == (service, concrete)


def test_no_route_of_the_gateway_leads_nowhere(documents: dict[str, dict[str, Any]]) -> None:
    first_words = {path.split("/")[1] for document in documents.values() for path in document["paths"]}
    assert set(ROUTES) <= first_words


def test_operation_ids_are_unique_and_clean_enough_for_a_client(documents: dict[str, dict[str, Any]]) -> None:
    document = merged(documents, "1")
    names = [o["operationId"] for operations in document["paths"].values() for o in operations.values()]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)+", name) or name == "me" for name in names)


def test_every_reference_in_the_document_leads_somewhere(documents: dict[str, dict[str, Any]]) -> None:
    document = merged(documents, "1")
    references = set(re.findall(r"#/components/schemas/([A-Za-z0-9_\[\]-]+)", str(document)))
    assert references <= set(document["components"]["schemas"])


def test_every_operation_can_answer_a_problem(documents: dict[str, dict[str, Any]]) -> None:
    for operations in merged(documents, "1")["paths"].values():
        for operation in operations.values():
            assert "application/problem+json" in operation["responses"]["4XX"]["content"]


def test_two_operations_of_one_name_are_refused() -> None:
    operation = {"get": {"operationId": "get_thing", "responses": {}}}
    with pytest.raises(OperationNamedTwice):
        merged({"catalog": {"paths": {"/a": operation}}, "broadcast": {"paths": {"/b": operation}}}, "1")


def test_the_page_of_the_interface_needs_nothing_from_elsewhere() -> None:
    templates = Path(__file__).parent.parent.parent / "gateway" / "templates"
    for path in templates.rglob("*.html"):
        outside = re.findall(r'(?:src|href)="https?://[^"]+\.(?:js|css|woff2?)"', path.read_text(encoding="utf-8"))
        assert outside == []
