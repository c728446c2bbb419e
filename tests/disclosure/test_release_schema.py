"""The published form of a release: closed, kept for ever, and the same to our own validator as to anybody else's."""

import copy
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from services.disclosure.schemas.release import faults, release_schema
from tests.conftest import ServiceOf
from tests.disclosure.schema import require_release, schema_faults
from tools import verify

HERE = Path(__file__).parent
SAMPLE = HERE / "samples" / "release.json"
# Objects whose names are data: of rules, of raw values.
OPEN = ("moderation.removed", "values")


def sample() -> dict[str, Any]:
    """A release with something in every section."""
    document: dict[str, Any] = json.loads(SAMPLE.read_bytes())
    return document


def objects(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Where the closed objects of a document are."""
    if isinstance(value, dict):
        if not ".".join(map(str, path)).endswith(OPEN):
            yield path
        for name, inner in value.items():
            yield from objects(inner, (*path, name))
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            yield from objects(inner, (*path, position))


def at(document: Any, path: tuple[str | int, ...]) -> dict[str, Any]:
    """The object at a place."""
    for step in path:
        document = document[step]
    found: dict[str, Any] = document
    return found


def refused(document: Any) -> bool:
    """Whether the document is no release; both validators must say the same."""
    ours, theirs = faults(json.dumps(document).encode()), schema_faults(document)
    assert bool(ours) == bool(theirs), (ours, theirs)
    return bool(ours)


def test_the_schema_is_a_schema_of_the_draft_it_names() -> None:
    Draft202012Validator.check_schema(release_schema())
    assert release_schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_a_release_of_long_ago_is_a_release_today() -> None:
    require_release(SAMPLE.read_bytes())


def test_one_field_too_many_is_refused_in_every_object() -> None:
    places = list(objects(sample()))
    assert len(places) > 30
    for path in places:
        document = sample()
        at(document, path)["something_else"] = 1
        assert refused(document), path


def test_one_field_too_few_is_refused_in_every_object() -> None:
    # What may be absent is only what a producer or a halt does not always have.
    optional = {("producers", "name"), ("producers", "kind"), ("producers", "region_code")}
    optional |= {("broadcast", "rule"), ("broadcast", "decision_id")}
    for path in objects(sample()):
        for name in at(sample(), path):
            document = sample()
            del at(document, path)[name]
            whole = not refused(document)
            assert whole == ((path or ("",))[0] in {first for first, last in optional if last == name}), (path, name)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("number",), 0),
        (("number",), "2"),
        (("number",), True),
        (("stage",), "draft"),
        (("schema",), "sunfair-disclosure/2"),
        (("released_at",), "yesterday"),
        (("supersedes",), "ab"),
        (("broadcast", "region_code"), "34"),
        (("sales", "claimed", "orders"), -1),
        (("sales", "claimed", "orders"), 1.5),
        (("sales", "told"), False),
        (("viewers", "interval"), [1]),
        (("findings", 0, "grade"), "certain"),
        (("goods",), None),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else repr(value),
)
def test_a_value_of_another_kind_is_refused(path: tuple[str | int, ...], value: Any) -> None:
    document = copy.deepcopy(sample())
    at(document, path[:-1])[str(path[-1])] = value
    assert refused(document)


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"text"', b"\xff"], ids=repr)
def test_what_is_no_object_is_refused(body: bytes) -> None:
    assert faults(body)


def test_no_field_was_ever_lost_and_none_became_required() -> None:
    parts = {"Release": release_schema(), **release_schema()["$defs"]}
    now = {f"{name}.{field}" for name, part in parts.items() for field in part["properties"]}
    required = {f"{name}.{field}" for name, part in parts.items() for field in part.get("required", ())}
    promised = set((HERE / "samples" / "release-fields.txt").read_text("utf-8").split())
    assert {field.rstrip("!") for field in promised} - now == set()
    assert required - {field.rstrip("!") for field in promised if field.endswith("!")} == set(), "it may be absent"
    assert now - {field.rstrip("!") for field in promised} == set(), "promised from now on: add it to the file"


async def test_the_schema_is_served_at_an_address_that_stays(service_app: ServiceOf) -> None:
    client = (await service_app("disclosure")).client
    answer = await client.get("/open-data/schemas/sunfair-disclosure-1.json")
    assert answer.json() == release_schema()
    again = await client.get(str(answer.request.url), headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_anybody_checks_the_form_of_a_kept_release_without_us(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify.main(["release", str(SAMPLE)]) == verify.HOLDS
    assert "release 2 of broadcast-of-pears" in capsys.readouterr().out
    changed = tmp_path / "changed.json"
    changed.write_text(json.dumps(sample() | {"best_county": True}), encoding="utf-8")
    assert verify.main(["release", str(changed)]) == verify.BROKEN
    assert "best_county" in capsys.readouterr().err
    assert verify.main(["release", str(tmp_path / "none")]) == verify.NOT_FOUND
