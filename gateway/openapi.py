"""One OpenAPI document out of every service's own, with the gateway's prefix, security and problem answers."""

import json
from collections.abc import Mapping
from typing import Any

from gateway.api import PREFIX
from gateway.live.described import live_paths

METHODS = ("get", "put", "post", "delete", "patch", "head", "options")
DESCRIPTION = (
    "The national official live-broadcast market: regional produce, the compliance gate, the public calendar. "
    "Errors are RFC 9457 problem documents; lists use keyset cursors; creating calls take an Idempotency-Key."
)


class OperationNamedTwice(ValueError):
    """Two services gave one operation id to different operations; a generated client could not tell them apart."""


def merged(documents: Mapping[str, dict[str, Any]], version: str) -> dict[str, Any]:
    """The public document. Raises OperationNamedTwice."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": _PROBLEM}
    seen: dict[str, str] = {}
    for service, document in sorted(documents.items()):
        renamed = _renamed(service, document, schemas)
        schemas |= renamed.get("components", {}).get("schemas", {})
        for path, operations in renamed["paths"].items():
            public = _public_path(service, path)
            if public is None:
                continue
            paths[public] = {m: _operation(service, o, public, seen) for m, o in operations.items() if m in METHODS}
    paths |= live_paths(_PROBLEM_ANSWER)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Sunfair 阳光集市", "version": version, "description": DESCRIPTION},
        "servers": [{"url": "/"}],
        "security": [{}, {"token": []}],
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": {name: _titled(name, schema) for name, schema in sorted(schemas.items())},
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "An access token from `POST /api/v1/sign-in` or an API key (`sf_live_…`).",
                }
            },
        },
    }


def _titled(name: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema under the title of its own name: makers of clients name what they make after the title."""
    return schema | {"title": name} if "title" in schema else schema


def _public_path(service: str, path: str) -> str | None:
    if path in ("/token/exchange", "/jwks"):
        return None
    if path.startswith("/admin/"):
        return f"{PREFIX}/admin/{service}/{path.removeprefix('/admin/')}"
    return PREFIX + path


def _operation(service: str, operation: dict[str, Any], path: str, seen: dict[str, str]) -> dict[str, Any]:
    name = operation["operationId"]
    if "/admin/" in path:
        name = f"{service}_{name}"
    if name in seen:
        raise OperationNamedTwice(f"{name}: {seen[name]} and {path}")
    seen[name] = path
    answers = {code: answer for code, answer in operation.get("responses", {}).items() if code != "422"}
    return operation | {
        "operationId": name,
        "tags": [service],
        "responses": answers | {"4XX": _PROBLEM_ANSWER, "5XX": _PROBLEM_ANSWER},
    }


def _renamed(service: str, document: dict[str, Any], taken: Mapping[str, Any]) -> dict[str, Any]:
    """The document with schemas whose names another service already took for something else renamed."""
    own = document.get("components", {}).get("schemas", {})
    text = json.dumps(document)
    for name, schema in own.items():
        if name in taken and taken[name] != schema:
            text = text.replace(f'"#/components/schemas/{name}"', f'"#/components/schemas/{service.title()}{name}"')
            text = text.replace(f'"{name}": {{', f'"{service.title()}{name}": {{')
    renamed: dict[str, Any] = json.loads(text)
    schemas = renamed.get("components", {}).get("schemas", {})
    for dropped in ("HTTPValidationError", "ValidationError"):
        schemas.pop(dropped, None)
    return renamed


_PROBLEM = {
    "type": "object",
    "description": "RFC 9457 problem details. `errors` names each wrong field.",
    "required": ["type", "title", "status", "detail", "instance"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail"],
                "properties": {"field": {"type": "string"}, "detail": {"type": "string"}},
            },
        },
    },
}
_PROBLEM_ANSWER = {
    "description": "A problem document.",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
