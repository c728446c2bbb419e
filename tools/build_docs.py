"""Write the reference pages that are made from the code: settings, problems, events, forms. `--check` only compares."""

import importlib
import inspect
import json
import pkgutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from deploy.sandbox.settings import SandboxSettings
from deploy.sandbox.witness.settings import WitnessSettings
from gateway import errors as gateway_errors
from gateway.settings import GatewaySettings
from services.disclosure.schemas.release import release_schema
from services.kit import problem as kit_problem
from services.kit.app import HEARD_BY_ALL
from services.kit.event import Event
from services.kit.problem import Problem
from services.kit.settings import ProcessSettings

ROOT = Path(__file__).parent.parent
SERVICES = ("accounts", "catalog", "compliance", "broadcast", "orders", "disclosure")
MADE = "<!-- Made by `python -m tools.build_docs` from the code. -->"


def settings_page() -> str:
    """Every setting of every process: its variable, default and meaning."""
    lines = [
        MADE,
        "# Settings",
        "",
        "Every process is told everything by `SUNFAIR_…` variables. Outside demo mode a process with a default secret",
        "refuses to start.",
    ]
    for name, settings in _settings_classes():
        lines += ["", f"## {name}", "", "| variable | default | meaning |", "|---|---|---|"]
        for field, info in settings.model_fields.items():
            default = "required" if info.is_required() else f"`{_shown_default(info.default)}`"
            lines.append(f"| `SUNFAIR_{field.upper()}` | {default} | {info.description or ''} |")
    lines += ["", "## Stand-ins for a payment provider and a courier", "", "| variable | default | meaning |"]
    lines += ["|---|---|---|"]
    for field, info in SandboxSettings.model_fields.items():
        variable = info.validation_alias or f"SUNFAIR_SANDBOX_{field.upper()}"
        lines.append(f"| `{variable}` | `{_shown_default(info.default)}` | {info.description or ''} |")
    lines += ["", "## A witness of the public log", "", "| variable | default | meaning |", "|---|---|---|"]
    for field, info in WitnessSettings.model_fields.items():
        default = _shown_default(info.default)
        lines.append(f"| `SUNFAIR_WITNESS_{field.upper()}` | `{default}` | {info.description or ''} |")
    lines += [
        "",
        "## Commands",
        "",
        "| variable | read by | meaning |",
        "|---|---|---|",
        "| `SUNFAIR_DATABASE_URL` | `sunfair.py migrate`, `backup` | The administrator's address; for these alone. |",
        "| `SUNFAIR_SECRET` | `sunfair.py migrate`, compose | Database and NATS passwords are `<name>-<secret>`. |",
        "| `SUNFAIR_PORT` | `sunfair.py up`, compose | Port of the gateway, 8000 unless set. |",
        "| `SUNFAIR_PAYMENTS_PORT` | `sunfair.py up`, compose | Port of the stand-in for a payment provider. |",
        "| `SUNFAIR_COURIER_PORT` | `sunfair.py up` | Port of the stand-in for a courier. |",
        "| `SUNFAIR_WITNESS_PORT` | `sunfair.py up` | Port of the witness that runs beside. |",
        "| `SUNFAIR_SANDBOX_SECRET` | compose | Key and signing secret of both stand-ins: `whsec_` and base64. |",
        "| `SUNFAIR_BACKUPS` | compose | Folder or volume of the backups that `docker compose run backup` makes. |",
        "| `SUNFAIR_GRAFANA_PORT` | compose | Port of the dashboards on this machine alone, 3000 unless set. |",
        "| `SUNFAIR_STATE` | `sunfair.py` | Folder of the local state, `.sunfair` unless set. |",
        "| `SUNFAIR_SEED` | `sunfair.py up` | `0` starts without demo data. |",
    ]
    return "\n".join(lines) + "\n"


def _settings_classes() -> Iterator[tuple[str, type[ProcessSettings]]]:
    for service in SERVICES:
        module = importlib.import_module(f"services.{service}.settings")
        own = [c for c in vars(module).values() if inspect.isclass(c) and issubclass(c, ProcessSettings)]
        yield service, next((c for c in own if c.__module__ == module.__name__), own[0])
    yield "gateway", GatewaySettings


def _shown_default(value: Any) -> str:
    if isinstance(value, SecretStr):
        return "a demonstration secret, refused outside demo mode" if value.get_secret_value() else "none"
    return str(value) or "none"


def problems_page() -> str:
    """Every problem type: status and titles."""
    lines = [
        MADE,
        "# Problem types",
        "",
        "Every error is an RFC 9457 problem document. `type` is `<public URL>/problems/<type>`; `title` is fixed per",
        "type and language; `detail` says what happened this time and what to do; `errors` names each wrong field.",
        "",
        "| type | status | title | 标题 | from |",
        "|---|---|---|---|---|",
    ]
    lines += [f"| `{p.type}` | {p.status} | {p.title_en} | {p.title_zh} | {where} |" for where, p in sorted_problems()]
    return "\n".join(lines) + "\n"


def sorted_problems() -> list[tuple[str, type[Problem]]]:
    """Every problem class with the service it comes from, by type."""
    found: dict[str, tuple[str, type[Problem]]] = {}
    for where, module in _problem_modules():
        for item in vars(module).values():
            if inspect.isclass(item) and issubclass(item, Problem) and hasattr(item, "type"):
                found.setdefault(item.type, (where, item))
    return [found[name] for name in sorted(found)]


def _problem_modules() -> Iterator[tuple[str, Any]]:
    yield "every service", kit_problem
    for service in SERVICES:
        yield service, importlib.import_module(f"services.{service}.errors")
    yield "gateway", gateway_errors


def events_page() -> str:
    """Every event: subject, entity, fields, and who hears it."""
    lines = [
        MADE,
        "# Events",
        "",
        "Every event carries `message_id`, `occurred_at`, `clock_set`, `traceparent`, `entity`, `entity_id` and",
        "`version`, and the whole state. Receivers keep the last version per entity. Published events only gain",
        "optional fields.",
    ]
    heard = hearers()
    for event in all_events():
        who = ", ".join(heard.get(event.subject, [])) or "public: nobody inside needs it yet"
        lines += ["", f"## `{event.subject}`", "", f"{inspect.getdoc(event) or ''}", "", f"Heard by: {who}.", ""]
        lines += ["| field | type |", "|---|---|"]
        own = [name for name in event.model_fields if name not in Event.model_fields or name == "entity"]
        properties = event.model_json_schema(mode="serialization")["properties"]
        lines += [f"| `{name}` | {_type_name(properties[name])} |" for name in own]
    return "\n".join(lines) + "\n"


def all_events() -> list[type[Event]]:
    """Every event class with a subject, by subject."""
    for module in pkgutil.iter_modules([str(ROOT / "services" / "contracts")]):
        importlib.import_module(f"services.contracts.{module.name}")
    found: dict[str, type[Event]] = {}
    pending = list(Event.__subclasses__())
    while pending:
        event = pending.pop()
        pending += event.__subclasses__()
        if "subject" in vars(event) and event.__module__.startswith("services."):
            found[event.subject] = event
    return [found[subject] for subject in sorted(found)]


def hearers() -> dict[str, list[str]]:
    """Subject → the services that hear it."""
    heard: dict[str, list[str]] = {event.subject: ["every service"] for event in HEARD_BY_ALL}
    with tempfile.TemporaryDirectory() as folder:
        for (service, settings), _ in zip(_settings_classes(), SERVICES, strict=False):
            given = settings.model_validate({"demo": True, "background": False, "blobs": f"file://{folder}"})
            app = importlib.import_module(f"services.{service}.app").create_app(given)
            for event in app.state.handlers:
                if event not in HEARD_BY_ALL:
                    heard.setdefault(event.subject, []).append(service)
    return heard


def _type_name(schema: dict[str, Any]) -> str:
    """A JSON Schema in a few words: `string`, `array of string`, `Organ or null`."""
    if "anyOf" in schema:
        return " or ".join(_type_name(option) for option in schema["anyOf"])
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if "const" in schema:
        return f'`"{schema["const"]}"`'
    if "enum" in schema:
        return " or ".join(f'`"{value}"`' for value in schema["enum"])
    if schema.get("type") == "array":
        return f"array of {_type_name(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "any")


def release_form() -> str:
    """The JSON Schema of the public record of a broadcast."""
    return json.dumps(release_schema(), ensure_ascii=False, indent=1) + "\n"


PAGES = {
    "settings.md": settings_page,
    "problems.md": problems_page,
    "events.md": events_page,
    "schemas/sunfair-disclosure-1.json": release_form,
}


def main() -> int:
    """Write the pages, or say which are out of date."""
    stale = [name for name, page in PAGES.items() if _read(name) != page()]
    if "--check" in sys.argv:
        print(f"Out of date: {', '.join(stale)}; run python -m tools.build_docs" if stale else "The pages are current.")
        return 1 if stale else 0
    for name in stale:
        (ROOT / "docs" / name).write_text(PAGES[name](), encoding="utf-8")
        print(f"docs/{name}")
    return 0


def _read(name: str) -> str:
    path = ROOT / "docs" / name
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    sys.exit(main())
