"""Content-addressed files: the key is the SHA-256 of the bytes. A local folder or an S3-compatible store by setting."""

import hashlib
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import obstore
from obstore.store import LocalStore, ObjectStore, from_url


class BlobStore:
    """Files by their hash. Writing the same bytes twice is the same file; nothing is ever overwritten."""

    def __init__(self, url: str, **options: Any) -> None:
        """`url`: file:///folder or s3://bucket/prefix (endpoint and credentials from AWS_… variables or `options`)."""
        parsed = urlparse(url)
        self.store: ObjectStore
        if parsed.scheme == "file":
            Path(parsed.path).mkdir(parents=True, exist_ok=True)
            self.store = LocalStore(parsed.path)
        else:
            self.store = from_url(url, **options)

    async def put(self, data: bytes) -> str:
        """Keep `data`; its SHA-256 in hex."""
        digest = hashlib.sha256(data).hexdigest()
        await obstore.put_async(self.store, _path(digest), data)
        return digest

    async def get(self, digest: str) -> bytes | None:
        """The bytes whose SHA-256 is `digest`; None when there are none, or when they no longer match their name."""
        try:
            found = await obstore.get_async(self.store, _path(digest))
        except FileNotFoundError:
            return None
        data = bytes(await found.bytes_async())
        return data if hashlib.sha256(data).hexdigest() == digest else None


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
