"""What changed in the catalogue as feeds that any reader takes: Atom (RFC 4287) and JSON Feed 1.1."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape, quoteattr

_TITLES = {"zh": "阳光集市：商品目录的变化", "en": "Sunfair: what changes in the catalogue"}


@dataclass(frozen=True)
class Entry:
    """One change: what is shown of it in one language, and where it stands."""

    id: str
    title: str
    text: str
    page: str
    at: datetime


def atom(entries: Sequence[Entry], base: str, here: str, language: str) -> bytes:
    """The Atom document; `base` is the address of the site, `here` that of the feed."""
    return "\n".join(_atom_lines(entries, base, here, language)).encode()


def _atom_lines(entries: Sequence[Entry], base: str, here: str, language: str) -> Iterator[str]:
    updated = entries[0].at if entries else datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{"zh-CN" if language == "zh" else "en"}">'
    yield f"<title>{_TITLES[language]}</title><id>{escape(base + here)}</id>"
    yield f'<link rel="self" type="application/atom+xml" href={quoteattr(base + here)}/>'
    yield f"<updated>{updated.isoformat()}</updated><author><name>Sunfair 阳光集市</name></author>"
    for entry in entries:
        yield f"<entry><id>urn:uuid:{escape(entry.id)}</id><title>{escape(entry.title)}</title>"
        yield f"<updated>{entry.at.isoformat()}</updated>"
        yield f"<link href={quoteattr(base + entry.page)}/><summary>{escape(entry.text)}</summary></entry>"
    yield "</feed>"


def json_feed(entries: Sequence[Entry], base: str, here: str, language: str) -> bytes:
    """The JSON Feed document, version 1.1."""
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _TITLES[language],
        "home_page_url": f"{base}/{language}/",
        "feed_url": base + here,
        "language": "zh-CN" if language == "zh" else "en",
        "items": [
            {
                "id": entry.id,
                "url": base + entry.page,
                "title": entry.title,
                "content_text": entry.text,
                "date_published": entry.at.isoformat(),
            }
            for entry in entries
        ],
    }
    return json.dumps(document, ensure_ascii=False).encode()
