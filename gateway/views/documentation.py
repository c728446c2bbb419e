"""The merged OpenAPI document as a page: operations by theme, bodies by name."""

from typing import Any

from gateway.views.speaking import Speaker

Json = dict[str, Any]
METHODS = ("get", "post", "put", "patch", "delete")


def themes(speaker: Speaker, document: Json) -> list[Json]:
    """The operations of each part of the market."""
    names = {
        "accounts": (speaker._("Accounts and keys"), speaker._("Signing in, roles, API keys.")),
        "catalog": (speaker._("Catalogue"), speaker._("Regions, specialties, producers, listings and lots, search.")),
        "compliance": (
            speaker._("The gate"),
            speaker._("Checks, decisions, rules, registered events, reviews, webhooks."),
        ),
        "broadcast": (speaker._("Broadcasts"), speaker._("Filings, approvals, slots and the public calendar.")),
        "orders": (speaker._("Orders"), speaker._("Baskets, checkouts, payments, parcels, refunds and complaints.")),
        "live room": (
            speaker._("The live room"),
            speaker._("Its events as they happen, and the signs that a viewer is still there."),
        ),
        "disclosure": (
            speaker._("Records and the public log"),
            speaker._("Releases, findings, open data; the log's head, its entries and their proofs."),
        ),
    }
    found: dict[str, list[Json]] = {name: [] for name in names}
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = operations[method]
                found.setdefault(operation["tags"][0], []).append(_operation(method, path, operation))
    return [
        {"id": tag, "name": names.get(tag, (tag, ""))[0], "lead": names.get(tag, ("", ""))[1], "operations": operations}
        for tag, operations in found.items()
        if operations
    ]


def _operation(method: str, path: str, operation: Json) -> Json:
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("description") or operation.get("summary", ""),
        "parameters": [_parameter(each) for each in operation.get("parameters", ())],
        "body": _body(operation.get("requestBody")),
        "answers": [
            {"code": code, "shape": _body(answer)}
            for code, answer in operation.get("responses", {}).items()
            if not code.endswith("XX")
        ],
    }


def _parameter(parameter: Json) -> Json:
    return {
        "name": parameter["name"],
        "where": parameter["in"],
        "type": type_of(parameter.get("schema", {})),
        "required": parameter.get("required", False),
        "description": parameter.get("description") or parameter.get("schema", {}).get("description", ""),
    }


def _body(body: Json | None) -> str | None:
    for content in (body or {}).get("content", {}).values():
        return type_of(content.get("schema", {}))
    return None


def type_of(schema: Json) -> str:
    """A schema in a word or two."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    if "anyOf" in schema:
        return " | ".join(type_of(each) for each in schema["anyOf"])
    if "enum" in schema:
        return " | ".join(str(each) for each in schema["enum"])
    if "const" in schema:
        return str(schema["const"])
    if schema.get("type") == "array":
        return f"[{type_of(schema.get('items', {}))}]"
    kind = str(schema.get("type", "any"))
    return f"{kind} ({schema['format']})" if "format" in schema else kind


def shapes(document: Json) -> list[Json]:
    """Every body by its name, with its fields."""
    return [
        {
            "name": name,
            "description": schema.get("description", ""),
            "fields": [
                {
                    "name": field,
                    "type": type_of(value),
                    "required": field in schema.get("required", ()),
                    "description": value.get("description", ""),
                }
                for field, value in schema.get("properties", {}).items()
            ],
        }
        for name, schema in document["components"]["schemas"].items()
    ]
