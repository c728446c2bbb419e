"""Promises that the house makes about itself: its shape, its imports, its documents, its events."""

import ast
import importlib
import json
import re
from collections.abc import Iterator
from inspect import isasyncgenfunction, iscoroutinefunction
from pathlib import Path
from typing import Any

import pytest
from importlinter.cli import lint_imports

from tools import build_docs

ROOT = Path(__file__).parent.parent.parent
SERVICES = build_docs.SERVICES
MODULES = {
    "__init__",
    "app",
    "routes",
    "consumers",
    "actions",
    "store",
    "models",
    "schemas",
    "domain",
    "errors",
    "settings",
    "migrations",
}
ORGANS = {"compliance": {"rules"}, "orders": {"batcher"}, "disclosure": {"ledger", "integrity"}}
LONGEST_FILE = 400
LONGEST_FUNCTION = 50
SAMPLES = ROOT / "tests" / "contracts" / "samples"


def code_files() -> list[Path]:
    """Every Python file of the product, migrations left out: they are written once and never touched again."""
    folders = ("services", "gateway", "deploy", "tools", "bench")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*.py") if "versions" not in path.parts]
    return [*files, ROOT / "sunfair.py"]


def test_imports_go_downwards_and_services_never_know_each_other() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


@pytest.mark.parametrize("service", SERVICES)
def test_every_service_has_the_same_rooms_and_no_others(service: str) -> None:
    rooms = {path.stem for path in (ROOT / "services" / service).iterdir() if path.name != "__pycache__"}
    assert rooms >= MODULES
    assert rooms <= MODULES | ORGANS.get(service, set())


@pytest.mark.parametrize("path", code_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_functions_and_docstrings_keep_to_the_house_rules(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    assert source.count("\n") <= LONGEST_FILE
    assert ast.get_docstring(tree), "a module says in one sentence what it is for"
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            assert node.end_lineno - node.lineno < LONGEST_FUNCTION, f"{node.name} is too long"


@pytest.mark.parametrize("service", SERVICES)
def test_migrations_are_numbered_and_have_one_head(service: str) -> None:
    versions = sorted((ROOT / "services" / service / "migrations" / "versions").glob("[0-9]*.py"))
    numbers = [path.name.split("_")[0] for path in versions]
    assert numbers == [f"{number:04d}" for number in range(1, len(versions) + 1)]
    for before, path in zip([None, *numbers], versions, strict=False):
        module = path.read_text(encoding="utf-8")
        assert re.search(rf'^revision(: str)? = "{path.name[:4]}"', module, re.MULTILINE)
        expected = "None" if before is None else f'"{before}"'
        assert re.search(rf"^down_revision(: .*)? = {expected}", module, re.MULTILINE)


@pytest.mark.parametrize("name", build_docs.PAGES)
def test_the_reference_pages_say_what_the_code_says(name: str) -> None:
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert written == build_docs.PAGES[name](), "run python -m tools.build_docs"


def test_every_setting_says_what_it_means() -> None:
    assert "|  |" not in build_docs.settings_page()


@pytest.mark.parametrize("event", build_docs.all_events(), ids=lambda event: event.subject)
def test_every_event_has_a_golden_sample_that_still_parses(event: type) -> None:
    sample = SAMPLES / f"{event.subject}.json"  # type: ignore[attr-defined]  # Every event class has its subject.
    document = json.loads(sample.read_text(encoding="utf-8"))
    parsed = event.model_validate(document)  # type: ignore[attr-defined]  # pydantic's.
    assert json.loads(parsed.model_dump_json()).items() >= document.items()


def test_every_task_of_the_runner_is_documented() -> None:
    runner = importlib.import_module("sunfair")
    readme = (ROOT / "README.md").read_text(encoding="utf-8") + (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert len(runner.TASKS) <= 15
    missing = [name for name in runner.TASKS if f"sunfair.py {name}" not in readme]
    assert missing == []


@pytest.mark.parametrize("service", SERVICES)
def test_no_route_depends_on_a_plain_function(service: str) -> None:
    """A dependency that is no coroutine runs in a thread, and doubles the time of a request."""
    module = importlib.import_module(f"services.{service}.routes")
    calls = {
        dependant.call
        for router in module.ROUTERS
        for route in router.routes
        for dependant in _flattened(route.dependant)
    }
    plain = [call for call in calls if not (iscoroutinefunction(call) or isasyncgenfunction(call))]
    assert not plain


def _flattened(dependant: Any) -> Iterator[Any]:
    for below in dependant.dependencies:
        yield below
        yield from _flattened(below)
