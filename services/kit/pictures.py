"""Pictures as they look and nothing beside: what a camera or a program wrote into the file is left behind.

Place, time, device, owner, thumbnails, comments and whatever hangs behind the picture are dropped without decoding it;
only the way up of a JPEG is kept. What can be seen in the picture itself stays, and nothing here can hide it.

Pictures of goods are drawn anew, as large as a screen wants them: whatever was not picture is gone with the old file.
"""

import io
import re
import struct
import warnings
import zlib
from collections.abc import Iterator

from PIL import Image, ImageOps

PNG, JPEG = "image/png", "image/jpeg"
MOST_PIXELS = 100_000_000

_PNG_START = b"\x89PNG\r\n\x1a\n"
# Picture, palette, transparency and how bright: everything else may tell of the maker.
_PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"})
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_TABLES = frozenset({0xC4, 0xCC, 0xDB, 0xDC, 0xDD})
_SCAN, _END, _EXIF, _ADOBE = 0xDA, 0xD9, 0xE1, 0xEE
_ORIENTATION = 0x0112
# In the coded picture 0xFF is followed by nought or by a restart; anything else begins the next part.
_NEXT_PART = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")


# What is drawn anew is decoded, and every pixel of it costs memory.
MOST_DECODED_PIXELS = 50_000_000
LONGEST_SIDE = 2_000
_JPEG_QUALITY = 85
_FORMATS = ("PNG", "JPEG", "WEBP")


class PictureDamaged(ValueError):
    """The bytes are no picture of their kind, end too early, or would be larger than anybody can look at."""


def without_metadata(data: bytes, media_type: str) -> bytes:
    """The picture alone. Raises PictureDamaged."""
    cleaned = _clean_png if media_type == PNG else _clean_jpeg
    try:
        return b"".join(cleaned(data))
    except (struct.error, IndexError) as error:
        raise PictureDamaged("ends too early") from error


def _clean_png(data: bytes) -> Iterator[bytes]:
    yield _PNG_START
    place, name = len(_PNG_START), b""
    while name != b"IEND":
        (length,) = struct.unpack_from(">I", data, place)
        name, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        (sum_said,) = struct.unpack_from(">I", data, place + 8 + length)
        if zlib.crc32(name + body) != sum_said:
            raise PictureDamaged("a part does not match its sum")
        if place == len(_PNG_START):
            _require_size(name == b"IHDR", *struct.unpack_from(">II", body))
        if name in _PNG_KEPT:
            yield data[place : place + 12 + length]
        place += 12 + length


def _clean_jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    place, marker = 2, 0
    while True:
        if data[place] != 0xFF:
            raise PictureDamaged("a part begins with something else")
        while data[place] == 0xFF:
            place += 1
        marker, place = data[place], place + 1
        if marker == _END:
            # What follows the end is not shown by anything, but cameras hide second pictures and films there.
            yield b"\xff\xd9"
            return
        (length,) = struct.unpack_from(">H", data, place)
        body = data[place + 2 : place + length]
        yield from _jpeg_part(marker, body)
        place += length
        if marker == _SCAN:
            start, place = place, _end_of_scan(data, place)
            yield data[start:place]


def _jpeg_part(marker: int, body: bytes) -> Iterator[bytes]:
    if marker in _FRAMES:
        height, width = struct.unpack_from(">HH", body, 1)
        _require_size(True, width, height)
    if marker == _EXIF:
        way_up = _orientation(body)
        if way_up != 1:
            yield _segment(_EXIF, _exif_of(way_up))
    elif marker in _FRAMES | _TABLES | {_SCAN} or (marker == _ADOBE and body.startswith(b"Adobe")):
        yield _segment(marker, body[:12] if marker == _ADOBE else body)


def _segment(marker: int, body: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body


def _end_of_scan(data: bytes, place: int) -> int:
    found = _NEXT_PART.search(data, place)
    if found is None:
        raise PictureDamaged("has no end")
    return found.start()


def _orientation(body: bytes) -> int:
    """The way up in an EXIF part, 1 to 8; 1 (as it is) for anything that cannot be read."""
    try:
        tiff = body.removeprefix(b"Exif\0\0")
        order = {b"II": "<", b"MM": ">"}[tiff[:2]]
        (first,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, first)
        for index in range(min(count, 200)):
            tag, _, _, value = struct.unpack_from(f"{order}HHIH", tiff, first + 2 + 12 * index)
            if tag == _ORIENTATION and 1 <= value <= 8:
                return int(value)
    except (KeyError, struct.error):
        return 1
    return 1


def _exif_of(way_up: int) -> bytes:
    """An EXIF part that says the way up and nothing else."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, way_up, 0)
    return b"Exif\0\0MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)


def _require_size(shaped: bool, width: int, height: int) -> None:
    if not shaped or not width or not height or width * height > MOST_PIXELS:
        raise PictureDamaged("has no size, or one too large to look at")


def require_viewable(data: bytes) -> None:
    """Of a PNG, JPEG or WebP that is kept as it came: its head can be read, and a screen could show it.

    Raises PictureDamaged.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                _require_size(True, picture.width, picture.height)
    except PictureDamaged:
        raise
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError) as error:
        raise PictureDamaged("cannot be opened") from error


def drawn_anew(data: bytes) -> tuple[bytes, str]:
    """A PNG, JPEG or WebP picture for a page: upright, at most 2,000 pixels a side, without metadata; and its type.

    One with transparency becomes a PNG, any other a JPEG. Raises PictureDamaged for what is no such picture, ends too
    early, or has more than 50 million pixels; that is read from its head, before anything is decoded.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            return _drawn(data)
    except PictureDamaged:
        raise
    except (OSError, SyntaxError, ValueError, struct.error, Image.DecompressionBombError) as error:
        raise PictureDamaged("cannot be drawn") from error


def _drawn(data: bytes) -> tuple[bytes, str]:
    with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
        if picture.width * picture.height > MOST_DECODED_PIXELS or getattr(picture, "n_frames", 1) != 1:
            raise PictureDamaged("is too large to look at, or moves")
        # A JPEG is decoded no larger than it is needed.
        picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        upright = ImageOps.exif_transpose(picture)
        upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        clear = upright.has_transparency_data
        drawn, out = upright.convert("RGBA" if clear else "RGB"), io.BytesIO()
    # A fresh canvas: nothing that hung on the old picture comes along.
    canvas = Image.new(drawn.mode, drawn.size)
    canvas.paste(drawn)
    if clear:
        canvas.save(out, "PNG", optimize=True)
        return out.getvalue(), PNG
    canvas.save(out, "JPEG", quality=_JPEG_QUALITY, optimize=True, progressive=True)
    return out.getvalue(), JPEG
