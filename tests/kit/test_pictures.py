"""Pictures lose what tells of their maker, and nothing that can be seen."""

import struct

import pytest

from services.kit.pictures import JPEG, PNG, PictureDamaged, without_metadata
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
