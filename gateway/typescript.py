"""A client in TypeScript, made from the merged OpenAPI document: one file of types and a small caller over `fetch`."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from gateway.openapi import METHODS

Document = Mapping[str, Any]

_PLAIN = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
_NAME = re.compile(r"[^A-Za-z0-9_]")
_HEAD = """\
// The interface of Sunfair 阳光集市, made from its OpenAPI document. Do not change it: fetch it anew.
//
//   const sunfair = new Sunfair("https://market.example", { token: "sf_live_…" });
//   const answer = await sunfair.call("check_facts", { body: { stage: "filing", facts: {} } });

"""
_CALLER = """
export type Operation = keyof Operations;
type Part<K extends Operation, P extends string> = P extends keyof Operations[K] ? Operations[K][P] : never;
type Given<T, N extends string> = [T] extends [never] ? unknown : {} extends T ? { [P in N]?: T } : { [P in N]: T };
/** What an operation is called with: the parts of its path, its query, its body, and headers beside these. */
export type Asked<K extends Operation> = Given<Part<K, "path">, "path"> &
  Given<Part<K, "query">, "query"> &
  Given<Part<K, "body">, "body"> & { headers?: Record<string, string> };

/** An answer of 4xx or 5xx: the problem document says what to do. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly problem: Problem,
  ) {
    super(problem.detail ?? problem.title);
  }
}

export class Sunfair {
  constructor(
    readonly market: string,
    readonly options: { token?: string; language?: "zh" | "en"; fetch?: typeof fetch } = {},
  ) {}

  /** Call an operation by its name. Raises Refused for an answer of 4xx or 5xx. */
  async call<K extends Operation>(name: K, asked: Asked<K>): Promise<Operations[K]["answer"]> {
    const { path = {}, query = {}, body, headers = {} } = asked as Record<string, any>;
    const [method, template, media] = ROUTES[name] as readonly [string, string, string];
    const place = template.replace(/\\{(\\w+)\\}/g, (_, part: string) => encodeURIComponent(String(path[part])));
    const address = new URL(place, this.market);
    for (const [key, value] of Object.entries(query))
      for (const each of Array.isArray(value) ? value : [value])
        if (each !== undefined && each !== null) address.searchParams.append(key, String(each));
    const answer = await (this.options.fetch ?? fetch)(address, {
      method,
      headers: {
        "Accept-Language": this.options.language ?? "en",
        ...(this.options.token ? { Authorization: `Bearer ${this.options.token}` } : {}),
        ...(media === "application/json" ? { "Content-Type": media } : {}),
        ...headers,
      },
      body: body === undefined ? undefined : media === "application/json" ? JSON.stringify(body) : body,
    });
    const isJson = (answer.headers.get("content-type") ?? "").includes("json");
    if (!answer.ok) {
      const bare = { type: "about:blank", title: answer.statusText, status: answer.status };
      throw new Refused(answer.status, isJson ? await answer.json() : bare);
    }
    if (answer.status === 204) return undefined as Operations[K]["answer"];
    return (isJson ? await answer.json() : await answer.blob()) as Operations[K]["answer"];
  }
}
"""


def typescript(document: Document) -> str:
    """The whole file."""
    schemas = document["components"]["schemas"]
    types = [f"{_comment(schema)}export type {_name(name)} = {_type(schema)};\n" for name, schema in schemas.items()]
    operations = sorted(_operations(document))
    told = [f"  {name}: {shape};\n" for name, shape, _ in operations]
    routes = [f"  {name}: {json.dumps(route)},\n" for name, _, route in operations]
    return "".join(
        [
            _HEAD,
            *types,
            "\n/** Every operation by its name: what it is called with, and what it answers. */\n",
            "export interface Operations {\n",
            *told,
            "}\n\nconst ROUTES = {\n",
            *routes,
            "} as const;\n",
            _CALLER,
        ]
    )


def _operations(document: Document) -> Iterator[tuple[str, str, list[str]]]:
    """Name, the shape of what it is called with and answers, and how it is reached."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method in METHODS:
                media, body = _body(operation)
                parts = [*_parameters(operation), *([f"body: {body}"] if body else []), f"answer: {_answer(operation)}"]
                yield operation["operationId"], f"{{ {'; '.join(parts)} }}", [method.upper(), path, media]


def _parameters(operation: Document) -> Iterator[str]:
    for place in ("path", "query"):
        named = [each for each in operation.get("parameters", ()) if each["in"] == place]
        if named:
            fields = "; ".join(
                f"{_key(each['name'])}{'' if each.get('required') else '?'}: {_type(each.get('schema', {}))}"
                for each in named
            )
            yield f"{place}: {{ {fields} }}"


def _body(operation: Document) -> tuple[str, str | None]:
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return "", None
    media = "application/json" if "application/json" in content else next(iter(content))
    if media == "application/json":
        return media, _type(content[media].get("schema", {}))
    return media, "FormData" if media == "multipart/form-data" else "BodyInit"


def _answer(operation: Document) -> str:
    said = [answer for code, answer in operation.get("responses", {}).items() if code.startswith("2")]
    content = said[0].get("content", {}) if said else {}
    if "application/json" in content:
        return _type(content["application/json"].get("schema", {}))
    return "Blob" if content else "undefined"


def _type(schema: Any) -> str:
    """The type of a schema; `unknown` for one that says nothing."""
    if not isinstance(schema, Mapping) or not schema:
        return "unknown"
    if "$ref" in schema:
        return _name(schema["$ref"].rpartition("/")[2])
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False)
    if "enum" in schema:
        return _joined([json.dumps(value, ensure_ascii=False) for value in schema["enum"]], "|")
    for key, sign in (("anyOf", "|"), ("oneOf", "|"), ("allOf", "&")):
        if key in schema:
            return _joined([_type(each) for each in schema[key]], sign)
    kind = schema.get("type")
    if isinstance(kind, list):
        return _joined([_type({**schema, "type": each}) for each in kind], "|")
    return _typed(schema, kind)


def _typed(schema: Document, kind: str | None) -> str:
    if kind == "string" and schema.get("format") == "binary":
        return "Blob"
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind == "array":
        return _array(schema)
    return _object(schema) if kind == "object" or "properties" in schema else "unknown"


def _array(schema: Document) -> str:
    if "prefixItems" in schema:
        return f"[{', '.join(_type(each) for each in schema['prefixItems'])}]"
    return f"Array<{_type(schema.get('items', {}))}>"


def _object(schema: Document) -> str:
    more = schema.get("additionalProperties")
    if "properties" not in schema:
        return f"Record<string, {_type(more) if isinstance(more, Mapping) else 'unknown'}>"
    required = set(schema.get("required", ()))
    fields = [
        f"{_key(name)}{'' if name in required else '?'}: {_type(each)}" for name, each in schema["properties"].items()
    ]
    return f"{{ {'; '.join(fields)} }}" if fields else "Record<string, never>"


def _joined(types: list[str], sign: str) -> str:
    """Each type once; in brackets, so that it may stand anywhere."""
    once = list(dict.fromkeys(types))
    return once[0] if len(once) == 1 else f"({f' {sign} '.join(once)})"


def _name(name: str) -> str:
    return _NAME.sub("_", name)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else json.dumps(name)


def _comment(schema: Document) -> str:
    """The first paragraph of what the schema says of itself."""
    said = str(schema.get("description", "")).strip().split("\n\n")[0].replace("*/", "* /")
    return f"/** {' '.join(said.split())} */\n" if said else ""
