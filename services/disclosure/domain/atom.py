"""Atom feeds (RFC 4287): one entry for each release or leaf, the newest first; the same entries give the same bytes."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

ATOM = "http://www.w3.org/2005/Atom"
# A feed that has no entry yet must say when it was changed all the same.
NEVER = "2020-01-01T00:00:00Z"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry. `links`: relation → address, and the type of what is there; `terms`: scheme → term."""

    id: str
    title: str
    updated: str
    summary: str
    links: Sequence[tuple[str, str, str]]
    terms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed, or one page of it."""

    id: str
    title: str
    subtitle: str
    language: str
    links: Sequence[tuple[str, str, str]]
    entries: Sequence[Entry]

    @property
    def updated(self) -> str:
        """When its newest entry came."""
        return max((entry.updated for entry in self.entries), default=NEVER)


def rendered(feed: Feed) -> bytes:
    """The document."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": feed.language})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.subtitle)
    _add(root, "updated", feed.updated)
    author = ET.SubElement(root, "author")
    _add(author, "name", "阳光集市 Sunfair")
    _add_links(root, feed.links)
    for entry in feed.entries:
        _add_entry(root, entry)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _add_entry(root: ET.Element, entry: Entry) -> None:
    element = ET.SubElement(root, "entry")
    _add(element, "id", entry.id)
    _add(element, "title", entry.title)
    _add(element, "updated", entry.updated)
    for scheme, term in entry.terms.items():
        ET.SubElement(element, "category", {"scheme": scheme, "term": _clean(term)})
    _add_links(element, entry.links)
    _add(element, "summary", entry.summary)


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _clean(text)


def _add_links(parent: ET.Element, links: Sequence[tuple[str, str, str]]) -> None:
    for relation, href, kind in links:
        ET.SubElement(parent, "link", {"rel": relation, "href": _clean(href), "type": kind})


def _clean(text: str) -> str:
    """Without the few characters that no XML may hold."""
    return _NOT_IN_XML.sub("", text)
