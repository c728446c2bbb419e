"""What kind of file some bytes are, judged by the bytes and never by their name."""

import io
import zipfile
import zlib

from services.kit.texts import DOCX, PDF, TXT, decode_plain

MOST_BYTES = 10 * 1024 * 1024
_PICTURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}
_MOST_TYPES_BYTES = 256 * 1024


def media_type_of(data: bytes) -> str | None:
    """The media type of a PDF, Word, PNG, JPEG, WebP or plain text file; None for anything else."""
    for start, media_type in _PICTURES.items():
        if data.startswith(start):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(b"PK"):
        return DOCX if _is_word(data) else None
    # A drawing that is written down as text may hold a program, and is no text that anybody reads.
    is_drawing = b"<svg" in data[:4096].lower().replace(b"\0", b"")
    return TXT if not is_drawing and decode_plain(data) is not None else None


def safe_name(name: str) -> str:
    """The last part of a file name, without what a header, a path or a screen could be misled by; at most 120 signs."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(sign for sign in last if sign.isprintable() and sign not in '"<>:|?*').strip(" .")
    return kept[:120] or "document"


def _is_word(data: bytes) -> bool:
    """Whether an archive is a Word document without macros."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive, archive.open("[Content_Types].xml") as part:
            types = part.read(_MOST_TYPES_BYTES)
            return b"wordprocessingml.document.main+xml" in types and "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, zlib.error, KeyError, OSError, EOFError, ValueError, RuntimeError):
        return False
