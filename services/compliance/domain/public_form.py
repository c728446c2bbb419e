"""The public form of facts: identifying values become tokens, personal numbers in texts are covered.

What is decided, hashed, stored and returned is this form; the raw values never get past here.
"""

import functools
import hashlib
import re
import typing
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from services.compliance.rules.facts import Facts
from services.compliance.rules.facts.values import Token

Document = dict[str, Any]
Tokenise = Callable[[str, str], str]
"""(kind, value) → token."""

MOST_TEXT_BYTES = 1024 * 1024
# Kinds of identity; every other identifying field names a human being or a body by its own number.
_KINDS = {"phone": "phone", "account": "account", "address": "address"}
_TOKEN = re.compile(r"[0-9a-f]{64}\Z", re.ASCII)
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:1[3-9][0-9]{9}|[0-9]{6}(?:19|20)[0-9]{9}[0-9Xx]|62[0-9]{14,17})(?![0-9A-Za-z])", re.ASCII
)


def public_form(facts: Mapping[str, Any], tokenise: Tokenise) -> Document:
    """The facts with tokens in place of identifying values; what is not shaped like facts is left to the parser."""
    document = _walk(dict(facts), _identifying(Facts), tokenise)
    texts = document.get("texts")
    if isinstance(texts, list):
        document["texts"] = [_text(text) if isinstance(text, dict) else text for text in texts]
    return typing.cast(Document, document)


def _text(text: Document) -> Document:
    said = text.get("text")
    if not isinstance(said, str):
        return text
    if len(said) * 3 > MOST_TEXT_BYTES:
        raw = said.encode("utf-8", "replace")
        if len(raw) > MOST_TEXT_BYTES:
            # Nobody reads so much by rule; a person must, and knows it again by its hash.
            kept = {name: value for name, value in text.items() if name != "text"}
            return {**kept, "unreadable": True, "sha256": hashlib.sha256(raw).hexdigest()}
    return {**text, "text": _PERSONAL.sub(_cover, said)}


def _cover(found: re.Match[str]) -> str:
    """The number's first three digits and as many stars as it has more, so that places in the text stay the same."""
    number = found.group()
    return number[:3] + "*" * (len(number) - 3)


def _walk(value: Any, places: Mapping[str, Any], tokenise: Tokenise) -> Any:
    if isinstance(value, list):
        return [_walk(item, places, tokenise) for item in value]
    if not isinstance(value, dict):
        return value
    found = dict(value)
    for name, below in places.items():
        if name in found:
            inner = found[name]
            found[name] = _tokens(name, inner, tokenise) if below is None else _walk(inner, below, tokenise)
    return found


def _tokens(name: str, value: Any, tokenise: Tokenise) -> Any:
    if isinstance(value, list):
        return [_tokens(name, item, tokenise) for item in value]
    if not isinstance(value, str) or not value or _TOKEN.match(value):
        return value
    return tokenise(_KINDS.get(name, "id"), value)


@functools.cache
def _identifying(definition: type[Any]) -> dict[str, Any]:
    """Where identifying values stand in a fact class: field → None for a token, or the places inside it."""
    hints = typing.get_type_hints(definition, include_extras=True)
    places: dict[str, Any] = {}
    for field in fields(definition):
        found = _place(hints[field.name])
        if found != {}:
            places[field.name] = found
    return places


def _place(annotation: Any) -> Any:
    marks = getattr(annotation, "__metadata__", ())
    if marks and marks[0] is typing.cast(Any, Token).__metadata__[0]:
        return None
    if is_dataclass(annotation) and isinstance(annotation, type):
        return _identifying(annotation)
    for inner in typing.get_args(annotation):
        found = _place(inner)
        if found != {}:
            return found
    return {}
