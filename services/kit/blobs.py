"""Content-addressed files: the key is the SHA-256 of the bytes. A local folder or an S3-compatible store by setting."""

import hashlib
from collections.abc import AsyncIterator, Iterable
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

    async def put(self, data: bytes, owners: Iterable[str] = ()) -> str:
        """Keep `data`; its SHA-256 in hex. `owners` (region scopes, or an account) may name it by its hash from now on.

        Hashes of documents stand in public registers, so to know a hash is no right to read what it names.
        """
        digest = hashlib.sha256(data).hexdigest()
        await obstore.put_async(self.store, _path(digest), data)
        for owner in owners:
            await obstore.put_async(self.store, _mark(digest, owner), b"")
        return digest

    async def is_owned(self, digest: str, owners: Iterable[str]) -> bool:
        """True when any of `owners` brought this file itself."""
        for owner in owners:
            try:
                await obstore.head_async(self.store, _mark(digest, owner))
            except FileNotFoundError:
                continue
            return True
        return False

    async def get(self, digest: str) -> bytes | None:
        """The bytes whose SHA-256 is `digest`; None when there are none, or when they no longer match their name."""
        try:
            found = await obstore.get_async(self.store, _path(digest))
        except FileNotFoundError:
            return None
        data = bytes(await found.bytes_async())
        return data if hashlib.sha256(data).hexdigest() == digest else None

    async def digests(self) -> AsyncIterator[str]:
        """The name of every file that is here."""
        async for page in obstore.list(self.store):
            for found in page:
                folder, _, name = found["path"].rpartition("/")
                if folder == name[:2]:
                    yield name

    async def delete(self, digest: str) -> None:
        """Forget a file. Only for a store whose owner knows that nobody else names its files."""
        try:
            await obstore.delete_async(self.store, _path(digest))
        except FileNotFoundError:
            return


def _mark(digest: str, owner: str) -> str:
    return f"owners/{digest}/{owner}"


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
