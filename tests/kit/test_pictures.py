"""Pictures lose what tells of their maker, and nothing that can be seen."""

import io
import struct
from typing import Any

import pytest
from PIL import Image

from services.kit.pictures import JPEG, PNG, PictureDamaged, drawn_anew, without_metadata
from tests import papers

SECRETS = (papers.OWNER.encode(), papers.PLACE.encode(), b"adobe", b"tIME", b"JFIF")


@pytest.mark.parametrize(("data", "kind"), [(papers.png(), PNG), (papers.jpeg(), JPEG)])
def test_owner_place_and_time_are_gone(data: bytes, kind: str) -> None:
    assert papers.OWNER.encode() in data
    cleaned = without_metadata(data, kind)
    assert [secret for secret in SECRETS if secret in cleaned] == []
    assert without_metadata(cleaned, kind) == cleaned


def test_the_picture_itself_stays_byte_for_byte() -> None:
    png, jpeg = papers.png(), papers.jpeg()
    assert png[png.index(b"IDAT") : png.index(b"IDAT") + 20] in without_metadata(png, PNG)
    scan = b"\xff\xda" + jpeg.split(b"\xff\xda")[1].split(b"\xff\xd9")[0]
    assert scan + b"\xff\xd9" in without_metadata(jpeg, JPEG)


@pytest.mark.parametrize("way_up", [3, 6, 8])
def test_a_photo_keeps_its_way_up_and_nothing_else_of_its_exif(way_up: int) -> None:
    cleaned = without_metadata(papers.jpeg(way_up), JPEG)
    exif = cleaned.split(b"Exif\0\0")[1][:26]
    assert struct.unpack(">HIHHHIHHI", exif[2:])[4:8] == (3, 1, way_up, 0)
    assert b"Exif" not in without_metadata(papers.jpeg(1), JPEG)


@pytest.mark.parametrize("cut", range(0, len(papers.jpeg()) - 30, 7))
def test_a_photo_that_was_cut_off_is_refused_and_never_spins(cut: int) -> None:
    with pytest.raises(PictureDamaged):
        without_metadata(papers.jpeg()[: cut + 2], JPEG)


@pytest.mark.parametrize("cut", range(8, 60, 5))
def test_a_drawing_that_was_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(PictureDamaged):
        without_metadata(papers.png()[:cut], PNG)


def test_a_picture_too_large_to_look_at_is_refused() -> None:
    with pytest.raises(PictureDamaged):
        without_metadata(papers.png(50_000, 50_000), PNG)


def test_a_part_that_was_altered_is_refused() -> None:
    with pytest.raises(PictureDamaged):
        without_metadata(papers.png().replace(b"\xff\x00\x00", b"\xff\x00\x01").replace(b"Author", b"AuthoR"), PNG)


def photograph(width: int, height: int, kind: str = "JPEG", mode: str = "RGB", **more: Any) -> bytes:
    """A picture that a camera or a program might have made."""
    out = io.BytesIO()
    Image.new(mode, (width, height), (180, 140, 60, 120)[: len(mode)]).save(out, kind, **more)
    return out.getvalue()


def size_of(data: bytes) -> tuple[int, int]:
    with Image.open(io.BytesIO(data)) as picture:
        return picture.size


def test_a_photo_of_goods_is_drawn_anew_upright_small_and_without_its_story() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x013B] = 6, "Camera", papers.OWNER
    drawn, media_type = drawn_anew(photograph(4000, 3000, exif=exif))
    assert (media_type, size_of(drawn)) == (JPEG, (1500, 2000))
    assert papers.OWNER.encode() not in drawn
    assert b"Exif" not in drawn
    assert without_metadata(drawn, JPEG)


def test_what_one_can_see_through_stays_so_and_a_small_picture_is_not_blown_up() -> None:
    drawn, media_type = drawn_anew(photograph(40, 30, "PNG", "RGBA"))
    assert (media_type, size_of(drawn)) == (PNG, (40, 30))
    drawn, media_type = drawn_anew(photograph(40, 30, "WEBP"))
    assert (media_type, size_of(drawn)) == (JPEG, (40, 30))


@pytest.mark.parametrize(
    "data",
    [
        papers.png(30_000, 30_000),
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"MZ\x90\x00" + b"\0" * 200,
        b"GIF89a" + b"\0" * 60,
        photograph(300, 200)[:900],
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\x10\x00\x00\x00WEBPVP8 ",
        b"",
    ],
    ids=["huge", "script", "program", "gif", "cut", "only-a-head", "only-a-webp-head", "nothing"],
)
def test_what_is_no_picture_or_too_large_a_one_is_never_decoded(data: bytes) -> None:
    with pytest.raises(PictureDamaged):
        drawn_anew(data)


def test_a_picture_that_moves_is_refused() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green")]
    out = io.BytesIO()
    frames[0].save(out, "WEBP", save_all=True, append_images=frames[1:])
    with pytest.raises(PictureDamaged):
        drawn_anew(out.getvalue())
