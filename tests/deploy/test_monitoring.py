"""Alerts and dashboards ask for figures that exist, and every alert has a page that says what to do."""

import importlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY

from deploy.stack import SERVICES
from deploy.supervisor import ROOT
from tools import build_dashboards

ALERTS = ROOT / "deploy" / "monitoring" / "alerts.yaml"
RUNBOOKS = ROOT / "docs" / "runbooks"
RULES: list[dict[str, Any]] = yaml.safe_load(ALERTS.read_text(encoding="utf-8"))["groups"][0]["rules"]
# What Prometheus itself says of a process.
OF_PROMETHEUS = {"up"}
LABELS_OF_PROMETHEUS = {"job", "instance", "service", "le"}


def questions() -> Iterator[tuple[str, str]]:
    """Every question that an alert or a panel asks, with its name."""
    for rule in RULES:
        yield rule["alert"], rule["expr"]
    for path in sorted(build_dashboards.FOLDER.glob("*.json")):
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            for target in panel["targets"]:
                yield f"{path.stem} {panel['id']}", re.sub(r"\$__(rate_interval|range)", "5m", target["expr"])


ASKED = dict(questions())


@pytest.fixture(scope="module")
def figures() -> dict[str, set[str]]:
    """Every figure that some process of ours shows, with its labels."""
    importlib.import_module("gateway.app")
    for service in SERVICES:
        importlib.import_module(f"services.{service}.app")
    found: dict[str, set[str]] = {}
    # A figure with labels has no samples before it is used, so its names are asked of the collector itself.
    for collector, names in REGISTRY._collector_to_names.items():
        for name in names:
            found[name] = set(getattr(collector, "_labelnames", ()))
    return found


@pytest.mark.parametrize("name", ASKED)
def test_a_question_is_understood_and_asks_for_figures_and_labels_that_exist(
    figures: dict[str, set[str]], name: str
) -> None:
    expression = ASKED[name]
    promql_parser.parse(expression)
    asked = set(re.findall(r"\b(?:sunfair|process|python)_[a-z_]+\b|\bup\b", expression))
    assert asked
    assert asked <= figures.keys() | OF_PROMETHEUS
    labels = set(re.findall(r'([a-z_]+)(?:=~|!=|=)"', expression))
    for listed in re.findall(r"\b(?:by|on) \(([^)]*)\)", expression):
        labels |= {label.strip() for label in listed.split(",")}
    known = set().union(*(figures.get(metric, set()) for metric in asked))
    assert labels <= known | LABELS_OF_PROMETHEUS


@pytest.mark.parametrize("rule", RULES, ids=[rule["alert"] for rule in RULES])
def test_an_alert_says_how_urgent_it_is_and_where_its_page_is(rule: dict[str, Any]) -> None:
    assert rule["labels"]["severity"] in ("page", "ticket")
    assert rule["annotations"]["summary"]
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", rule["alert"]).lower()
    assert rule["annotations"]["runbook"] == f"docs/runbooks/{name}.md"
    page = (RUNBOOKS / f"{name}.md").read_text(encoding="utf-8")
    assert page.startswith(f"# {rule['alert']}\n")
    assert all(f"\n## {part}\n" in page for part in ("Look", "Do", "Know"))


def test_every_page_belongs_to_an_alert_and_is_in_the_list() -> None:
    named = {Path(rule["annotations"]["runbook"]).name for rule in RULES}
    assert {path.name for path in RUNBOOKS.glob("*.md")} == named | {"README.md"}
    listed = (RUNBOOKS / "README.md").read_text(encoding="utf-8")
    for rule in RULES:
        page = Path(rule["annotations"]["runbook"]).name
        assert f"| [{rule['alert']}]({page}) | {rule['labels']['severity']} |" in listed


@pytest.mark.parametrize("page", sorted(RUNBOOKS.glob("*.md")), ids=lambda page: page.stem)
def test_a_page_leads_only_to_pages_that_exist_and_names_settings_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (page.parent / target).exists(), target
    settings = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    for variable in re.findall(r"SUNFAIR_[A-Z_]+", text):
        assert f"`{variable}`" in settings, variable


def test_the_dashboards_are_made_of_one_form() -> None:
    assert {path.stem for path in build_dashboards.FOLDER.glob("*.json")} == set(build_dashboards.DASHBOARDS)
    for name in build_dashboards.DASHBOARDS:
        written = (build_dashboards.FOLDER / f"{name}.json").read_text(encoding="utf-8")
        assert written == build_dashboards.dashboard(name), "run python -m tools.build_dashboards"


def test_prometheus_reads_every_process() -> None:
    told = yaml.safe_load((ROOT / "deploy" / "monitoring" / "prometheus.yaml").read_text(encoding="utf-8"))
    assert set(told["scrape_configs"][0]["dns_sd_configs"][0]["names"]) == {*SERVICES, "gateway"}
