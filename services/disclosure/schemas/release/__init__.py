"""The form of a release, `sunfair-disclosure/1`: its JSON Schema, and what is wrong with a document that claims it.

The models are the one source: the committed schema is made from them, and so is the answer of the validator. A field is
only ever added, and an added one may be absent: a release that was published before it stays a release.
"""

import json
from typing import Any

from pydantic import ValidationError

from services.disclosure.domain.document import SCHEMA
from services.disclosure.schemas.release.document import ReleaseDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_ID = "urn:sunfair:schema:sunfair-disclosure:1"
MOST_FAULTS = 20


def release_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a release; `title` of every field is Chinese, `description` English."""
    made = ReleaseDocument.model_json_schema(mode="validation")
    return {"$schema": DIALECT, "$id": SCHEMA_ID, "title": SCHEMA, **{k: v for k, v in made.items() if k != "title"}}


def faults(document: bytes) -> list[str]:
    """What is wrong with a document that claims to be a release, each with its place; empty when nothing is."""
    try:
        json.loads(document)
        ReleaseDocument.model_validate_json(document, strict=True)
    except ValidationError as error:
        return [f"{_place(each['loc'])}: {each['msg']}" for each in error.errors(include_url=False)][:MOST_FAULTS]
    except (ValueError, RecursionError):
        return ["$: this is no JSON"]
    return []


def _place(location: tuple[int | str, ...]) -> str:
    return "$" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in location)


__all__ = ["DIALECT", "SCHEMA_ID", "ReleaseDocument", "faults", "release_schema"]
