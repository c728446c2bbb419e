"""What kind of file some bytes are."""

import io
import zipfile

import pytest

from services.kit.files import media_type_of, safe_name
from services.kit.texts import DOCX


def word(types: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr("word/document.xml", b"<a/>")
    return kept.getvalue()


PLAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
MACROS = b"application/vnd.ms-word.document.macroEnabled.main+xml"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.7\n...", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n0000", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8 ", "image/webp"),
        ("通知".encode("gb18030"), "text/plain"),
        (b"<script>alert(1)</script>", "text/plain"),
        (b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', None),
        ("\ufeff<SVG onload=alert(1)>".encode("utf-16-le"), None),
        (word(PLAIN), DOCX),
        (word(MACROS), None),
        (b"PK\x03\x04 broken", None),
        (b"MZ\x90\x00\x03\x00\x00\x00", None),
        (b"\x7fELF\x02\x01\x01\x00", None),
    ],
    # An archive holds the second at which it was made, and both workers must know a test by the same name.
    ids=[
        "pdf",
        "png",
        "jpeg",
        "webp",
        "text",
        "page",
        "drawing",
        "wide drawing",
        "docx",
        "docx with macros",
        "broken zip",
        "exe",
        "elf",
    ],
)
def test_bytes_say_what_they_are(data: bytes, media_type: str | None) -> None:
    assert media_type_of(data) == media_type


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\公文\\通知.docx", "通知.docx"),
        ('a"\r\nSet-Cookie: x.pdf', "aSet-Cookie x.pdf"),
        ("...", "document"),
        ("", "document"),
    ],
)
def test_a_file_name_can_mislead_nobody(given: str, kept: str) -> None:
    assert safe_name(given) == kept
