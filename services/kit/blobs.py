"""Content-addressed files: the key is the SHA-256 of the bytes. A local folder or an S3-compatible store by setting."""

import hashlib
import logging
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, from_url

from services.kit.problem import Unavailable

log = logging.getLogger(__name__)


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
        with _answering(writes=True):
            await obstore.put_async(self.store, _path(digest), data)
            for owner in owners:
                await obstore.put_async(self.store, _mark(digest, owner), b"")
        return digest

    async def is_owned(self, digest: str, owners: Iterable[str]) -> bool:
        """True when any of `owners` brought this file itself."""
        for owner in owners:
            try:
                with _answering():
                    await obstore.head_async(self.store, _mark(digest, owner))
            except FileNotFoundError:
                continue
            return True
        return False

    async def get(self, digest: str) -> bytes | None:
        """The bytes whose SHA-256 is `digest`; None when there are none, or when they no longer match their name."""
        try:
            with _answering():
                found = await obstore.get_async(self.store, _path(digest))
                data = bytes(await found.bytes_async())
        except FileNotFoundError:
            return None
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


@contextmanager
def _answering(*, writes: bool = False) -> Iterator[None]:
    """Raises Unavailable where the store does not answer, refuses, or has no room left.

    A file that is not there is an answer; a folder or bucket to write into that is not there is none.
    """
    try:
        yield
    except (BaseError, OSError) as error:
        if isinstance(error, FileNotFoundError) and not writes:
            raise
        log.exception("The file store cannot be used")
        raise Unavailable(
            "Files can be neither kept nor read just now. Try again in a moment.",
            "文件库暂时无法使用，请稍后重试。",
            headers={"Retry-After": "10"},
        ) from error


def _mark(digest: str, owner: str) -> str:
    return f"owners/{digest}/{owner}"


def _path(digest: str) -> str:
    return f"{digest[:2]}/{digest}"
