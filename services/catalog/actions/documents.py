"""Taking in evidence documents and giving them out again."""

import asyncio

from sqlmodel.ext.asyncio.session import AsyncSession

from services.catalog.errors import DocumentEmpty, DocumentTypeRefused, PictureUnreadable
from services.catalog.models import StoredDocument
from services.catalog.schemas.specialties import DocumentOut
from services.catalog.store.documents import keep_upload
from services.kit import clock
from services.kit.actor import Actor
from services.kit.blobs import BlobStore
from services.kit.files import MOST_BYTES, media_type_of, safe_name
from services.kit.pictures import PictureDamaged, drawn_anew, require_viewable
from services.kit.problem import BodyTooLarge, NotFound

PICTURE = "picture"


async def add_document(
    db: AsyncSession, blobs: BlobStore, actor: Actor, kind: str, name: str, data: bytes
) -> DocumentOut:
    """Keep a file. Uploading the same bytes again is the same document, under its first name and kind.

    Evidence is kept byte for byte, if it can be looked at. A picture of goods is drawn anew: upright, no larger than a
    page needs it, and without what the camera wrote into it; its id is that of the new file.
    """
    media_type = _accepted(data)
    if kind == PICTURE:
        data, media_type = await _picture(data, media_type)
    elif media_type.startswith("image/"):
        _require_viewable(data)
    sha256 = await blobs.put(data, actor.owners)
    document = StoredDocument(
        sha256=sha256,
        uploaded_by=actor.account_id,
        kind=kind,
        name=safe_name(name),
        bytes=len(data),
        media_type=media_type,
        scopes=list(actor.scopes),
        created_at=clock.now(),
    )
    return DocumentOut.model_validate(await keep_upload(db, document))


def _accepted(data: bytes) -> str:
    if not data:
        raise DocumentEmpty("Choose a file that has something in it.", "请选择一个有内容的文件。")
    if len(data) > MOST_BYTES:
        raise BodyTooLarge("A file may have 10 MB. Send a smaller one.", "文件不得超过 10 MB，请压缩后重新上传。")
    media_type = media_type_of(data)
    if media_type is None:
        raise DocumentTypeRefused(
            "Send a PDF, a Word file (.docx, without macros), plain text (UTF-8 or GB18030), PNG, JPEG or WebP.",
            "请上传 PDF、Word 文件（.docx，不含宏）、纯文本（UTF-8 或 GB18030）、PNG、JPEG 或 WebP。",
        )
    return media_type


def _require_viewable(data: bytes) -> None:
    try:
        require_viewable(data)
    except PictureDamaged:
        raise PictureUnreadable(
            "The picture is damaged, or has more than 100 million pixels. Scan it anew, smaller, and send that.",
            "图片已损坏，或超过 1 亿像素。请重新扫描或另存为较小的图片后上传。",
        ) from None


async def _picture(data: bytes, media_type: str) -> tuple[bytes, str]:
    if not media_type.startswith("image/"):
        raise DocumentTypeRefused(
            "A picture of goods is a PNG, JPEG or WebP file; drawings with programs in them (SVG) are not taken.",
            "商品图片须为 PNG、JPEG 或 WebP 文件；不接受可含脚本的 SVG 图形。",
        )
    try:
        return await asyncio.to_thread(drawn_anew, data)
    except PictureDamaged:
        raise PictureUnreadable(
            "The picture is damaged, moves, or has more than 50 million pixels. Save it anew, smaller, and send that.",
            "图片已损坏、为动图，或超过 5000 万像素。请另存为较小的图片后重新上传。",
        ) from None


async def read_document(blobs: BlobStore, document: StoredDocument) -> bytes:
    """The bytes of a document. Raises NotFound when the store has lost or damaged them."""
    data = await blobs.get(document.sha256)
    if data is None:
        raise NotFound(
            "The file store does not have this document in order. Upload it again.",
            "文件库中没有完好的此文件，请重新上传。",
        )
    return data
