"""Files as strangers send them, with all that cameras and programs write into them."""

import io
import struct
import zipfile
import zlib

import docx
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

NOTICE = "各帮扶干部：请通过线上下单的方式购买直播带货农产品，每人不少于50元，购买情况5月12日前报办公室。"
OWNER, PLACE = "Zhang-San-Telephone", "N34.4265 E116.3680"


def word(text: str, author: str = OWNER) -> bytes:
    """A Word file that names who wrote it."""
    document = docx.Document()
    document.add_paragraph(text)
    document.core_properties.author = author
    document.core_properties.last_modified_by = author
    document.core_properties.comments = PLACE
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def word_bomb() -> bytes:
    """A small Word file that swells to half a gigabyte."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types><Override ContentType="application/vnd.openxmlformats-officedocument.'
            'wordprocessingml.document.main+xml"/></Types>',
        )
        with archive.open("word/document.xml", "w") as part:
            for _ in range(512):
                part.write(b" " * 1024 * 1024)
    return kept.getvalue()


def pdf(text: str = "") -> bytes:
    """A PDF that names who wrote it; without text it is a scan."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    if text:
        font = DictionaryObject(
            {
                NameObject("/Type"): NameObject("/Font"),
                NameObject("/Subtype"): NameObject("/Type1"),
                NameObject("/BaseFont"): NameObject("/Helvetica"),
            }
        )
        fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 10 100 Td ({text}) Tj ET".encode())
        page[NameObject("/Contents")] = writer._add_object(stream)
    writer.add_metadata({"/Author": OWNER, "/Creator": PLACE})
    kept = io.BytesIO()
    writer.write(kept)
    return kept.getvalue()


def png(width: int = 2, height: int = 2) -> bytes:
    """A picture whose file tells of its maker in three places, and something behind its end."""
    rows = b"".join(b"\0" + b"\xff\x00\x00" * 2 for _ in range(2))
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"tEXt", f"Author\0{OWNER}".encode()),
        (b"eXIf", b"MM\0*" + PLACE.encode()),
        (b"IDAT", zlib.compress(rows)),
        (b"tIME", struct.pack(">HBBBBB", 2026, 11, 27, 9, 41, 12)),
        (b"IEND", b""),
    ]
    chunks = [struct.pack(">I", len(b)) + n + b + struct.pack(">I", zlib.crc32(n + b)) for n, b in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks) + OWNER.encode()


def jpeg(way_up: int = 6) -> bytes:
    """A photo as a telephone takes it: place, owner and way up, a comment, a thumbnail, and a film behind its end."""
    owner = OWNER.encode() + b"\0"
    entries = struct.pack("<HHIHH", 0x0112, 3, 1, way_up, 0) + struct.pack("<HHII", 0x013B, 2, len(owner), 38)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 2) + entries + struct.pack("<I", 0) + owner + PLACE.encode()
    segments = [
        (0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
        (0xE1, exif),
        (0xE1, b"http://ns.adobe.com/xap/1.0/\0<x>" + owner + b"</x>"),
        (0xFE, PLACE.encode()),
        (0xDB, b"\0" + bytes(range(1, 65))),
        (0xC0, struct.pack(">BHHB", 8, 8, 8, 1) + b"\1\x11\0"),
        (0xC4, b"\0" + b"\0" * 15 + b"\1" + b"\0"),
        (0xDA, b"\1\1\0\0\x3f\0"),
    ]
    parts = [struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body for marker, body in segments]
    return b"\xff\xd8" + b"".join(parts) + b"\x12\xff\x00\x34\xff\xd0\x56" + b"\xff\xd9" + owner
