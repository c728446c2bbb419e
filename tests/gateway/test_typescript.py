"""The client in TypeScript is whole; that it compiles is asked by `python3 sunfair.py check`."""

import re
from typing import Any

import pytest

from gateway.openapi import merged
from gateway.typescript import typescript
from tests.gateway.test_openapi import documents

__all__ = ["documents"]

BUILT_IN = {"Array", "Record", "Blob", "FormData", "BodyInit", "Operations"}


@pytest.fixture(scope="module")
def document(documents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return merged(documents, "1")


@pytest.fixture(scope="module")
def made(document: dict[str, Any]) -> str:
    return typescript(document)


def types_of(made: str) -> dict[str, str]:
    return dict(re.findall(r"^export type (\w+) = (.*);$", made, re.MULTILINE))


def test_every_operation_has_a_shape_and_a_way(document: dict[str, Any], made: str) -> None:
    shapes, _, routes = made.partition("const ROUTES")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            name = operation["operationId"]
            assert f"\n  {name}: {{ " in shapes
            assert f'\n  {name}: ["{method.upper()}", "{path}", ' in routes


def test_every_type_that_is_named_is_declared_once(document: dict[str, Any], made: str) -> None:
    declared = re.findall(r"^export type (\w+) = ", made, re.MULTILINE)
    assert len(declared) == len(set(declared))
    assert len(document["components"]["schemas"]) <= len(declared)
    shapes = re.findall(r"^  \w+: (\{ .* \});$", made, re.MULTILINE)
    for written in (*types_of(made).values(), *shapes):
        bare = re.sub(r'"(?:[^"\\]|\\.)*"', '""', written)
        used = set(re.findall(r"\b[A-Z]\w*\b(?!\??:)", bare))
        assert used <= {*declared, *BUILT_IN}, used - {*declared, *BUILT_IN}


def test_brackets_close_and_nothing_is_left_of_python(made: str) -> None:
    bare = re.sub(r'"(?:[^"\\\n]|\\.)*"|//.*|/\*.*?\*/', '""', made)
    for opening, closing in ("{}", "[]", "()"):
        assert bare.count(opening) == bare.count(closing)
    assert not re.search(r"\b(None|True|False)\b", bare)


def test_what_is_optional_and_what_is_one_of_several_is_said(made: str) -> None:
    types = types_of(made)
    check = types["CheckIn"]
    assert 'stage: ("listing" | "filing" | "golive" | "onair" | "post")' in check
    assert re.search(r"\brules\?: \(Array<.+> \| null\)", check)
    assert "answer: DecisionOut" in re.findall(r"^  check_facts: (.*);$", made, re.MULTILINE)[0]
    assert "path: { decision_id: string }" in re.findall(r"^  get_decision: (.*);$", made, re.MULTILINE)[0]


@pytest.mark.parametrize(
    ("schema", "written"),
    [
        ({}, "unknown"),
        ({"type": ["string", "null"]}, "(string | null)"),
        ({"const": 'a"b'}, '"a\\"b"'),
        ({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]}, "[string, number]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "Record<string, number>"),
        ({"type": "object", "properties": {"from-on": {"type": "string"}}}, '{ "from-on"?: string }'),
        ({"anyOf": [{"$ref": "#/components/schemas/A-B"}, {"type": "null"}]}, "(A_B | null)"),
        ({"type": "string", "format": "binary"}, "Blob"),
    ],
    ids=["nothing", "nullable", "constant", "tuple", "map", "odd-name", "reference", "file"],
)
def test_a_schema_becomes_a_type(schema: dict[str, Any], written: str) -> None:
    document = {"components": {"schemas": {"X": schema}}, "paths": {}}
    assert f"export type X = {written};" in typescript(document)
