"""Text out of uploaded files: plain text, Word, and PDF with a text layer. Nothing is guessed from pictures.

What cannot be read is said so with a reason, never raised: a person reads it then. Files come from strangers, so a
Word file is read with limits and without entities, and a PDF is read by a child process that may be given up on.
"""

import io
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.parsers import expat

TXT = "text/plain"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

MOST_TEXT_BYTES = 1024 * 1024
MOST_XML_BYTES = 16 * 1024 * 1024
MOST_PARTS = 200
MOST_PAGES = 300
PDF_SECONDS = 20
PDF_MEMORY_BYTES = 1024 * 1024 * 1024

Reason = Literal["no_text", "undecodable", "too_much_text", "damaged", "type_without_text"]

_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_BREAKS = {f"{_WORD} br": "\n", f"{_WORD} cr": "\n", f"{_WORD} tab": "\t"}


# What the standard library raises on archives and XML that are broken, encrypted or lie about themselves.
_DAMAGE = (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, ValueError, LookupError, RuntimeError)


@dataclass(frozen=True)
class Extracted:
    """The text of a file, or the reason why a person must read it."""

    text: str | None
    reason: Reason | None = None


class _Unreadable(Exception):
    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


def extract_text(data: bytes, media_type: str) -> Extracted:
    """The text in `data`, at most 1 MB of UTF-8; otherwise None with a reason. Slow for PDF: call it in a thread."""
    readers = {TXT: _from_plain, DOCX: _from_docx, PDF: _from_pdf}
    reader = readers.get(media_type.partition(";")[0].strip().lower())
    if reader is None:
        return Extracted(None, "type_without_text")
    try:
        text = reader(data).strip()
    except _Unreadable as unreadable:
        return Extracted(None, unreadable.reason)
    if not text:
        return Extracted(None, "no_text")
    if len(text.encode("utf-8", "replace")) > MOST_TEXT_BYTES:
        return Extracted(None, "too_much_text")
    return Extracted(text)


def decode_plain(data: bytes) -> str | None:
    """Plain text in UTF-8 (with or without a mark), UTF-16 with a mark, or GB18030; None when it is none of them."""
    encodings = ["utf-8-sig", "gb18030"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_prose(text):
            return text
    return None


def _is_prose(text: str) -> bool:
    """Binary rubbish happens to decode as GB18030; control, private and unassigned characters give it away."""
    strange = sum(1 for sign in text if not (sign.isprintable() or sign in "\n\r\t\f\u3000\u00a0\ufeff"))
    return not any(sign < " " and sign not in "\n\r\t\f" for sign in text) and strange * 100 <= len(text)


def _from_plain(data: bytes) -> str:
    if len(data) > 2 * MOST_TEXT_BYTES:
        raise _Unreadable("too_much_text")
    text = decode_plain(data)
    if text is None or _is_another_format(text):
        raise _Unreadable("undecodable")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _is_another_format(text: str) -> bool:
    """A page, a letter, an RTF or a PDF may be plain ASCII, with its words in disguise for whoever reads the bytes."""
    head = text[:1024].lower()
    begins = head.lstrip().startswith(("{\\rtf", "<!doctype", "<html", "<?xml"))
    return begins or "%pdf-" in head or any(sign in head for sign in ("mime-version:", "content-transfer-encoding:"))


def _from_docx(data: bytes) -> str:
    """The body with its text boxes, then headers, footers and notes: an order to buy may stand in any of them."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [info.filename for info in archive.infolist()][:MOST_PARTS]
            if "word/document.xml" not in names:
                raise _Unreadable("damaged")
            beside = sorted(name for name in names if _holds_text(name))
            return "\n".join(_xml_texts(archive, ["word/document.xml", *beside]))
    except _DAMAGE as error:
        raise _Unreadable("damaged") from error


def _holds_text(name: str) -> bool:
    stems = ("word/header", "word/footer", "word/footnotes", "word/endnotes")
    return name.endswith(".xml") and name.startswith(stems)


def _xml_texts(archive: zipfile.ZipFile, names: list[str]) -> Iterator[str]:
    left = MOST_XML_BYTES
    for name in names:
        with archive.open(name) as part:
            # The size that the archive claims is not believed: what comes out is counted, of all parts together.
            xml = part.read(left + 1)
        left -= len(xml)
        if left < 0:
            raise _Unreadable("too_much_text")
        reader = _WordReader()
        reader.parser.Parse(xml, True)
        yield "".join(reader.pieces)


class _WordReader:
    """Collects the runs of text of one WordprocessingML part; stops at the first document type or past the limit."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.size = 0
        self.in_text = False
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.StartDoctypeDeclHandler = self.doctype

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self.in_text = name == f"{_WORD} t"
        if name in _BREAKS:
            self.add(_BREAKS[name])

    def end(self, name: str) -> None:
        self.in_text = False
        if name == f"{_WORD} p":
            self.add("\n")

    def data(self, text: str) -> None:
        if self.in_text:
            self.add(text)

    def add(self, text: str) -> None:
        self.size += len(text)
        if self.size > MOST_TEXT_BYTES:
            raise _Unreadable("too_much_text")
        self.pieces.append(text)

    def doctype(self, *_: object) -> None:
        raise _Unreadable("damaged")


def _from_pdf(data: bytes) -> str:
    """Read by a child: a hostile PDF can make any parser spin or swell, and a child can be stopped."""
    try:
        done = subprocess.run(  # noqa: S603  The command is this very file; the document is its input only.
            [sys.executable, "-I", str(Path(__file__).resolve())],
            input=data,
            capture_output=True,
            timeout=PDF_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise _Unreadable("damaged") from slow
    if done.returncode == TOO_MUCH:
        raise _Unreadable("too_much_text")
    if done.returncode != 0:
        raise _Unreadable("damaged")
    return done.stdout.decode("utf-8", "replace")


TOO_MUCH = 3


def _read_pdf_here() -> int:
    """What the child does: limits first, then the pages' text to standard output."""
    import logging
    import resource

    from pypdf import PdfReader

    resource.setrlimit(resource.RLIMIT_CPU, (PDF_SECONDS, PDF_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (PDF_MEMORY_BYTES, PDF_MEMORY_BYTES))
    logging.disable(logging.CRITICAL)
    pages = PdfReader(io.BytesIO(sys.stdin.buffer.read())).pages
    if len(pages) > MOST_PAGES:
        return TOO_MUCH
    size = 0
    for page in pages:
        text = page.extract_text().encode("utf-8", "replace")
        size += len(text)
        if size > MOST_TEXT_BYTES:
            return TOO_MUCH
        sys.stdout.buffer.write(text + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(_read_pdf_here())
