"""Write Grafana's dashboards, which are one form with other questions. `--check` only compares."""

import json
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "deploy" / "monitoring" / "dashboards"
SOURCE = {"type": "prometheus", "uid": "sunfair"}
WIDTH, HEIGHT, COLUMNS = 12, 8, 2
Panel = tuple[str, str, str, str]


def share(quantile: str, metric: str, by: str, chosen: str = "") -> str:
    """The time within which that share of the cases was over."""
    return f"histogram_quantile({quantile}, sum by (le, {by}) (rate({metric}_bucket{chosen}[$__rate_interval])))"


HTTP = "sunfair_http_request_seconds"
CHECKS = '{service="compliance", route=~"/checks.*"}'
# title → (title of the panel, unit, what a line is called, question)
DASHBOARDS: dict[str, tuple[Panel, ...]] = {
    "requests": (
        ("Requests a second", "reqps", "{{service}}", f"sum by (service) (rate({HTTP}_count[$__rate_interval]))"),
        ("Answered from memory", "reqps", "{{instance}}", "rate(sunfair_cache_hits_total[$__rate_interval])"),
        ("Half of all answers within", "s", "{{service}}", share("0.5", HTTP, "service")),
        ("99 of 100 answers within", "s", "{{service}}", share("0.99", HTTP, "service")),
        (
            "Errors of our own",
            "percentunit",
            "{{service}}",
            (
                f'sum by (service) (rate({HTTP}_count{{status=~"5.."}}[$__rate_interval])) '
                f"/ sum by (service) (rate({HTTP}_count[$__rate_interval]))"
            ),
        ),
        (
            "Refused at the door",
            "reqps",
            "{{status}}",
            f'sum by (status) (rate({HTTP}_count{{service="gateway", status=~"4.."}}[$__rate_interval]))',
        ),
    ),
    "events": (
        ("Announced", "ops", "{{service}}", "sum by (service) (rate(sunfair_events_sent_total[$__rate_interval]))"),
        (
            "Heard",
            "ops",
            "{{service}} {{outcome}}",
            "sum by (service, outcome) (rate(sunfair_events_handled_total[$__rate_interval]))",
        ),
        (
            "From the message server to the stored effect, 99 of 100",
            "s",
            "{{service}} hears {{source}}",
            share("0.99", "sunfair_event_seconds", "service, source"),
        ),
        ("Oldest row not yet sent", "s", "{{service}}", "max by (service) (sunfair_outbox_oldest_seconds)"),
        ("Rows waiting", "short", "{{service}}", "max by (service) (sunfair_outbox_waiting)"),
        (
            "Given up on",
            "short",
            "{{service}} {{subject}}",
            "sum by (service, subject) (increase(sunfair_dead_letters_total[$__range]))",
        ),
    ),
    "gate": (
        ("Checks a second", "reqps", "{{route}}", f"sum by (route) (rate({HTTP}_count{CHECKS}[$__rate_interval]))"),
        ("Half of all checks within", "s", "{{route}}", share("0.5", HTTP, "route", CHECKS)),
        ("99 of 100 checks within", "s", "{{route}}", share("0.99", HTTP, "route", CHECKS)),
        (
            "Facts heard by the gate, 99 of 100 within",
            "s",
            "{{source}}",
            share("0.99", "sunfair_event_seconds", "source", '{service="compliance"}'),
        ),
    ),
    "room": (
        ("Watching", "short", "{{instance}}", "sunfair_live_watching"),
        ("Streams cut", "ops", "{{instance}}", "rate(sunfair_live_cut_total[$__rate_interval])"),
        ("Chat lines left out", "ops", "{{instance}}", "rate(sunfair_live_shed_total[$__rate_interval])"),
        (
            "Orders placed",
            "reqps",
            "{{status}}",
            f'sum by (status) (rate({HTTP}_count{{service="orders", route="/checkouts"}}[$__rate_interval]))',
        ),
    ),
    "processes": (
        ("Copies that answer", "short", "{{service}}", 'sum by (service) (up{job="sunfair"})'),
        ("Memory", "bytes", "{{service}} {{instance}}", 'process_resident_memory_bytes{job="sunfair"}'),
        ("Processor", "percentunit", "{{service}} {{instance}}", "rate(process_cpu_seconds_total[$__rate_interval])"),
        (
            "Database connections in use",
            "percentunit",
            "{{service}} {{instance}}",
            "sunfair_database_connections / sunfair_database_pool",
        ),
        ("Open files", "short", "{{service}} {{instance}}", "process_open_fds"),
        ("Loops that broke", "short", "{{service}}", "sunfair_loops_broken"),
    ),
}


def panel(number: int, described: Panel) -> dict[str, Any]:
    """One panel in its place of the grid."""
    title, unit, legend, question = described
    row, column = divmod(number, COLUMNS)
    return {
        "id": number + 1,
        "type": "timeseries",
        "title": title,
        "datasource": SOURCE,
        "gridPos": {"x": column * WIDTH, "y": row * HEIGHT, "w": WIDTH, "h": HEIGHT},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [{"refId": "A", "datasource": SOURCE, "expr": question, "legendFormat": legend}],
    }


def dashboard(name: str) -> str:
    """The file of one dashboard."""
    made = {
        "uid": f"sunfair-{name}",
        "title": f"Sunfair · {name}",
        "tags": ["sunfair"],
        "timezone": "Asia/Shanghai",
        "schemaVersion": 39,
        "refresh": "15s",
        "time": {"from": "now-1h", "to": "now"},
        "panels": [panel(number, described) for number, described in enumerate(DASHBOARDS[name])],
    }
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the files, or say which are out of date."""
    stale = [name for name in DASHBOARDS if _read(FOLDER / f"{name}.json") != dashboard(name)]
    if "--check" in sys.argv:
        said = f"Out of date: {', '.join(stale)}; run python -m tools.build_dashboards"
        print(said if stale else "The dashboards are current.")
        return 1 if stale else 0
    for name in stale:
        (FOLDER / f"{name}.json").write_text(dashboard(name), encoding="utf-8")
        print(f"deploy/monitoring/dashboards/{name}.json")
    return 0


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
