"""A release held against the published schema, as anybody's validator does, and against our own."""

import json
from typing import Any

from jsonschema import Draft202012Validator

from services.disclosure.schemas.release import faults, release_schema

VALIDATOR = Draft202012Validator(release_schema())


def schema_faults(document: Any) -> list[str]:
    """What a validator of JSON Schema says against a document."""
    return [f"{error.json_path}: {error.message}" for error in VALIDATOR.iter_errors(document)]


def require_release(body: bytes) -> None:
    """Both validators hold it for a release; a new field belongs into services/disclosure/schemas/release."""
    assert faults(body) == []
    assert schema_faults(json.loads(body)) == []
