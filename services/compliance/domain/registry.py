"""The public form of a registered event and of slow-sales evidence: facts as the rules read them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

Document = dict[str, Any]

# Kinds of declaration that stay in force until they are lifted.
_STANDING = frozenset({"response", "lockdown", "warning"})


class Declared(Protocol):
    """A declaration as stored."""

    id: str
    kind: str
    system: str | None
    event_grade: int | None
    warning_level: int | None
    response_level: int | None
    authority: dict[str, Any] | None
    joint_authorities: list[dict[str, Any]]
    doc_no: str | None
    title: str | None
    url: str | None
    file_hash: str | None
    stored_file_hash: str | None
    relayed: bool | None
    signed_by: str | None
    issued_at: datetime | None
    lifted_at: datetime | None


_PLAIN = (
    "id",
    "kind",
    "system",
    "event_grade",
    "warning_level",
    "response_level",
    "authority",
    "doc_no",
    "title",
    "url",
    "file_hash",
    "stored_file_hash",
    "relayed",
    "signed_by",
)


def instant_text(instant: datetime | None) -> str | None:
    """RFC 3339 in UTC."""
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z") if instant else None


def papers_in(body: Mapping[str, Any]) -> dict[str, str]:
    """Field → id of every document that the impacts of an event name."""
    named = {
        f"impacts.{place}.document_sha256": each.get("document_sha256") for place, each in enumerate(body["impacts"])
    }
    return {field: digest for field, digest in named.items() if digest}


def event_fact(
    event_id: str, version: int, title_zh: str, body: Mapping[str, Any], declarations: Sequence[Declared]
) -> Document:
    """The event as the rules read it. `body` holds the remaining fields under the names of the facts."""
    ordered = sorted(declarations, key=lambda declaration: declaration.id)
    fact = {
        "id": event_id,
        "title": title_zh,
        **body,
        "declarations": [_declaration(declaration) for declaration in ordered],
        "version": version,
    }
    return {name: value for name, value in fact.items() if value is not None}


def _declaration(declaration: Declared) -> Document:
    fact: Document = {name: getattr(declaration, name) for name in _PLAIN}
    fact["joint_authorities"] = declaration.joint_authorities or None
    fact["issued_at"] = instant_text(declaration.issued_at)
    fact["lifted_at"] = instant_text(declaration.lifted_at)
    return {name: value for name, value in fact.items() if value is not None}


def all_lifted(declarations: Iterable[Declared]) -> bool:
    """Whether every declaration that stays in force until lifted has been lifted; false when there is none."""
    standing = [declaration for declaration in declarations if declaration.kind in _STANDING]
    return bool(standing) and all(declaration.lifted_at is not None for declaration in standing)
