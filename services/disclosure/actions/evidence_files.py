"""Files that a region publishes with its reply: looked through first, and given out once a release tells of them."""

import asyncio
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.errors import FileTellsOfSomebody
from services.disclosure.schemas.replies import ReplyFileIn, tells_of_somebody
from services.disclosure.store import releases
from services.kit.blobs import BlobStore
from services.kit.files import media_type_of
from services.kit.problem import FieldError, NotFound
from services.kit.texts import extract_text

ANYTHING = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A published file."""

    name: str
    media_type: str
    data: bytes


async def require_of_nobody(blobs: BlobStore, files: list[ReplyFileIn]) -> None:
    """Raises FileTellsOfSomebody for a file that is to be public and holds a telephone or identity number.

    Only text can be read; of pictures whoever publishes them has to see to it.
    """
    found = [index for index, file in enumerate(files) if file.public and await _tells(blobs, file.sha256)]
    if found:
        raise FileTellsOfSomebody(
            "A file that is to be published holds a telephone or identity number. Black it out, or do not publish it.",
            "拟公开的文件中含有电话号码或身份证号码，请遮盖后重新上传，或选择不公开。",
            errors=[FieldError(f"files.{index}.public", "Tells of a person.", "含有个人信息。") for index in found],
        )


async def _tells(blobs: BlobStore, sha256: str) -> bool:
    data = await blobs.get(sha256)
    media_type = media_type_of(data) if data else None
    if data is None or media_type is None:
        return False
    read = await asyncio.to_thread(extract_text, data, media_type)
    return tells_of_somebody(read.text or "")


async def get_file(db: AsyncSession, blobs: BlobStore, broadcast_id: str, sha256: str) -> EvidenceFile:
    """A file that a release of this record publishes. Raises NotFound for every other one, whatever it is."""
    told = await releases.list_bodies(db, broadcast_id)
    files = [file for release in told for reply in release.get("replies", ()) for file in reply["files"]]
    named = next((file for file in files if file["sha256"] == sha256 and file.get("public")), None)
    data = await blobs.get(sha256) if named else None
    if named is None or data is None:
        raise NotFound(
            "No release of this record publishes such a file. Of files that are not public the hash alone is told.",
            "该记录的各版均未公开此文件；未公开的文件仅公布其哈希。",
        )
    return EvidenceFile(named["name"], media_type_of(data) or ANYTHING, data)
