"""Text out of uploaded files: what is read, what is handed to a person, and what can do no harm."""

import io
import zipfile

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st

from services.kit.texts import DOCX, MOST_TEXT_BYTES, PDF, TXT, extract_text

NOTICE = "关于举办“县长直播带货”的通知\n每人不少于50元。"


def docx_of(*paragraphs: str, header: str = "") -> bytes:
    document = Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if header:
        document.sections[0].header.paragraphs[0].text = header
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def docx_with(xml: bytes) -> bytes:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", xml)
    return kept.getvalue()


def pdf_of(line: str) -> bytes:
    """A one-page PDF with a text layer, written by hand (Latin text in a standard font)."""
    stream = f"BT /F1 24 Tf 9 9 Td ({line}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 99 99] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(out),
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_notice_is_read_in_the_encodings_that_offices_use(encoding: str) -> None:
    assert extract_text(NOTICE.encode(encoding), TXT).text == NOTICE


def test_binary_rubbish_that_calls_itself_text_is_for_a_person() -> None:
    assert extract_text(bytes(range(256)) * 8, TXT).reason == "undecodable"


def test_five_megabytes_of_text_are_for_a_person() -> None:
    assert extract_text("通知".encode() * 900_000, TXT).reason == "too_much_text"


def test_a_word_file_is_read_with_its_header() -> None:
    text = extract_text(docx_of("第一段", "每人不少于50元", header="县脱贫办"), DOCX).text
    assert text is not None
    assert "每人不少于50元" in text
    assert "县脱贫办" in text


def test_a_word_file_that_unpacks_without_end_is_given_up() -> None:
    bomb = docx_with(b"<a>" + b" " * (40 * 1024 * 1024) + b"</a>")
    assert len(bomb) < 100_000
    assert extract_text(bomb, DOCX).reason == "too_much_text"


def test_a_word_file_with_entities_is_refused_before_they_are_unfolded() -> None:
    laughs = b'<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;">]><a>&c;</a>'
    assert extract_text(docx_with(laughs), DOCX).reason == "damaged"


def test_an_archive_that_is_no_word_file_is_damaged() -> None:
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w") as archive:
        archive.writestr("other.xml", "<a/>")
    assert extract_text(kept.getvalue(), DOCX).reason == "damaged"


def test_a_pdf_with_a_text_layer_is_read() -> None:
    assert extract_text(pdf_of("No less than 50 yuan each"), PDF).text == "No less than 50 yuan each"


def test_a_pdf_without_text_is_for_a_person() -> None:
    assert extract_text(pdf_of(""), PDF).reason == "no_text"


def test_scanned_rubbish_is_damaged() -> None:
    assert extract_text(b"%PDF-1.7\n" + bytes(range(256)) * 100, PDF).reason == "damaged"


def test_a_picture_has_no_text_for_a_machine() -> None:
    assert extract_text(b"\x89PNG\r\n\x1a\n", "image/png").reason == "type_without_text"


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=2_000), media_type=st.sampled_from([TXT, DOCX, "text/html", ""]))
def test_nothing_is_ever_raised_and_text_is_bounded(data: bytes, media_type: str) -> None:
    found = extract_text(data, media_type)
    assert (found.text is None) == (found.reason is not None)
    assert len((found.text or "").encode("utf-8", "replace")) <= MOST_TEXT_BYTES


@pytest.mark.parametrize(
    "disguised",
    [
        pdf_of("Everybody buys for 50 yuan"),
        b"\n" + pdf_of("Everybody buys for 50 yuan"),
        rb"{\rtf1\ansi\ansicpg936 \'c3\'bf\'c8\'cb}",
        b"<!DOCTYPE html><p>&#27599;&#20154;</p>",
        b"  <html><p>&#27599;&#20154;</p>",
        b'<?xml version="1.0"?><p>&#27599;</p>',
        b"MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n\n5q+P5Lq6",
        b"From: office\nContent-Transfer-Encoding: base64\n\n5q+P5Lq6",
    ],
)
def test_another_format_that_calls_itself_text_is_for_a_person(disguised: bytes) -> None:
    """Its words stand there in disguise: the gate would read the disguise and find nothing."""
    assert extract_text(disguised, TXT).reason == "undecodable"


def test_many_parts_of_a_word_file_share_one_limit() -> None:
    """Each part alone stays below it; together they would be parsed for minutes."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", "<a/>")
        for number in range(100):
            archive.writestr(f"word/header{number}.xml", f"<a>{' ' * 1_000_000}</a>")
    assert extract_text(kept.getvalue(), DOCX).reason == "too_much_text"


def test_a_million_empty_paragraphs_are_no_text_to_read_on() -> None:
    word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    xml = f'<w:document xmlns:w="{word}">{"<w:p/>" * 1_100_000}</w:document>'
    assert extract_text(docx_with(xml.encode()), DOCX).reason == "too_much_text"
