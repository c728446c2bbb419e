"""What a use case needs beside the database: the deployment's secret, its file store, the caller's expectation."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from services.kit.blobs import BlobStore
from services.kit.identity import identity_token

Expect = Callable[[int], None]
"""Raises VersionChanged when the caller's `If-Match` names another version."""

_TOKEN = re.compile(r"[0-9a-f]{64}\Z", re.ASCII)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Where the service runs."""

    token_secret: str
    demo: bool
    blobs: BlobStore

    def token(self, kind: str, value: str) -> str:
        """The token of an identity value; a value that is a token already stays as it is."""
        return value if _TOKEN.match(value) else identity_token(kind, value, self.token_secret)
