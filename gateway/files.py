"""Files of the pages: read and packed once in the life of the process, and answered from memory."""

import gzip
import mimetypes
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from fastapi import Request
from starlette.types import Receive, Scope, Send

from services.kit.http import etag_of, public_bytes
from services.kit.problem import MethodNotAllowed, NotFound

SMALLEST_PACKED = 1_000
# Under their versioned name files never change; phones keep them for a year.
YEAR = 31_536_000
MINUTES = 300


@dataclass(frozen=True, slots=True)
class File:
    """A file as it travels; `packed` is None for what packing makes no smaller."""

    media_type: str
    modified_at: datetime
    plain: bytes
    packed: bytes | None


class StaticFiles:
    """Everything in a folder, under `/static` and, for ever, under `root`, whose name changes with any of the files."""

    def __init__(self, folder: Path, root: str) -> None:
        self.files = read_files(folder)
        self.root = root

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request. Raises NotFound and MethodNotAllowed."""
        path: str = scope["path"]
        versioned = path.startswith(f"{self.root}/")
        file = self.files.get(path.removeprefix(self.root if versioned else "/static"))
        if scope["method"] not in ("GET", "HEAD"):
            raise MethodNotAllowed("Files are for reading.", "文件只供读取。", headers={"Allow": "GET"})
        if file is None:
            raise NotFound(f"There is no file {path}.", f"没有文件 {path}。")
        request = Request(scope)
        packed = file.packed if "gzip" in request.headers.get("accept-encoding", "") else None
        body = packed or file.plain
        response = public_bytes(
            request,
            body,
            file.media_type,
            etag=etag_of(body),
            modified_at=file.modified_at,
            max_age=YEAR if versioned else MINUTES,
        )
        if versioned:
            response.headers["cache-control"] += ", immutable"
        if file.packed is not None:
            response.headers["vary"] = "Accept-Encoding"
        if packed is not None and response.status_code != 304:
            response.headers["content-encoding"] = "gzip"
        await response(scope, receive, send)


@cache
def read_files(folder: Path) -> dict[str, File]:
    """Every file of a folder by its path below it, with a leading slash."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {f"/{path.relative_to(folder).as_posix()}": _file(path) for path in found}


def _file(path: Path) -> File:
    media_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    modified_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    plain = path.read_bytes()
    packed = gzip.compress(plain, 9, mtime=0) if len(plain) >= SMALLEST_PACKED else plain
    return File(media_type, modified_at, plain, packed if len(packed) < len(plain) * 0.9 else None)
