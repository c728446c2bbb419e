"""Feeds tell of every release and of every entry of the log about a county, once, and of nothing else."""

import xml.etree.ElementTree as ET
from typing import Any

import pytest

from services.disclosure.actions.preparing import prepare_next
from services.disclosure.domain.atom import Entry, Feed, rendered
from services.kit.page import encode_cursor
from tests.apps import ServiceUnderTest
from tests.conftest import ServiceOf
from tests.disclosure.announcing import Log, decided, decision, override, parameter, submitted
from tests.disclosure.broadcasts import BROADCAST, ended, filing, listing, notes, order, some_time_ago, viewers

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
async def service(service_app: ServiceOf) -> ServiceUnderTest:
    """The disclosure service, which has released the record of one broadcast in 341321."""
    started = await service_app("disclosure")
    at = some_time_ago(days=1)
    await started.hear(listing(), filing(), *notes(at), viewers(at, 30))
    await started.hear(*(order(number, at) for number in range(12)), ended(at))
    await prepare_next(started.database, started.app.state.surroundings)
    return started


async def feed(service: ServiceUnderTest, name: str, **asked: Any) -> ET.Element:
    """A feed as a reader parses it."""
    answer = await service.client.get(f"/feeds/{name}.atom", params=asked)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    return ET.fromstring(answer.content)  # noqa: S314  It is our own.


def titles(feed: ET.Element) -> list[str]:
    """The titles of its entries."""
    return [entry.findtext(f"{ATOM}title") or "" for entry in feed.iter(f"{ATOM}entry")]


def link(element: ET.Element, relation: str) -> str | None:
    """Where a link leads."""
    found = element.find(f"{ATOM}link[@rel='{relation}']")
    return None if found is None else found.get("href")


async def test_a_release_is_in_the_feeds_of_its_county_its_province_and_the_country(service: ServiceUnderTest) -> None:
    for region in ("", "341321", "341300", "340000"):
        assert titles(await feed(service, "disclosures", region=region, lang="en")) == [
            "Dangshan pears, live · Summary · 1"
        ]
    assert titles(await feed(service, "disclosures", region="110000")) == []
    (entry,) = (await feed(service, "disclosures")).iter(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "砀山酥梨直播专场 · 摘要 · 1"
    data = link(entry, "related") or ""
    assert data.endswith(f"/api/v1/disclosures/{BROADCAST}/releases/1")
    assert (link(entry, "alternate") or "").endswith(f"/zh/disclosures/{BROADCAST}?release=1")


async def test_a_feed_is_whole_as_atom_wants_it(service: ServiceUnderTest) -> None:
    for name in ("disclosures", "ledger"):
        await Log(service).grow()
        document = await feed(service, name, region="341321", lang="en")
        assert document.tag == f"{ATOM}feed"
        for part in (document, *document.iter(f"{ATOM}entry")):
            for needed in ("id", "title", "updated"):
                assert part.findtext(f"{ATOM}{needed}")
        ids = [entry.findtext(f"{ATOM}id") for entry in document.iter(f"{ATOM}entry")]
        assert len(ids) == len(set(ids)) > 0
        assert link(document, "self")
        assert "341321" in (document.findtext(f"{ATOM}title") or "")


async def test_the_log_of_a_county_tells_what_is_about_it_and_nothing_else(service: ServiceUnderTest) -> None:
    log = Log(service)
    await log.hear(
        decision(1, region_code="341321"),
        decision(2, region_code="610722"),
        decision(3),
        override().model_copy(update={"region_code": "341321"}),
        parameter(),
        submitted(1, **{"lot-9": 2_990}),
        decided(1, **{"lot-9": "listed"}),
    )
    assert titles(await feed(service, "ledger", region="341321", lang="en")) == [
        "Price of a lot · lot-9",
        "Override · override-1",
        "Answer of the gate · decision-1",
        f"Viewers of a broadcast · {BROADCAST}",
        f"Record of a broadcast · {BROADCAST}",
    ]
    assert titles(await feed(service, "ledger", region="610000", lang="en")) == ["Answer of the gate · decision-2"]
    assert len(titles(await feed(service, "ledger"))) == len(await log.leaves())
    assert titles(await feed(service, "ledger", kind="parameter", lang="zh")) == ["规则参数公布 · change-1"]


async def test_what_is_not_published_is_in_no_feed(service: ServiceUnderTest) -> None:
    log = Log(service)
    await log.grow()
    before = titles(await feed(service, "ledger"))
    await service.hear(decision(1, region_code="341321"))
    assert titles(await feed(service, "ledger")) == before
    await log.grow()
    assert len(titles(await feed(service, "ledger"))) == len(before) + 1


async def test_a_long_feed_goes_on_under_its_next_link(service: ServiceUnderTest) -> None:
    log = Log(service)
    await log.hear(*(decision(number, region_code="341321") for number in range(60)))
    first = await feed(service, "ledger", region="341321", lang="en")
    assert len(titles(first)) == 50
    following = link(first, "next") or ""
    answer = await service.client.get(following.partition("/api/v1")[2])
    second = ET.fromstring(answer.content)  # noqa: S314  It is our own.
    assert len(titles(second)) == 12
    assert link(second, "next") is None
    assert not set(titles(first)) & set(titles(second))


async def test_who_has_the_feed_already_is_not_sent_it_again(service: ServiceUnderTest) -> None:
    path = "/feeds/disclosures.atom?region=341321"
    answer = await service.client.get(path)
    for known in (
        {"If-None-Match": answer.headers["etag"]},
        {"If-Modified-Since": answer.headers["last-modified"]},
    ):
        assert (await service.client.get(path, headers=known)).status_code == 304
    assert answer.headers["cache-control"] == "public, max-age=60"


@pytest.mark.parametrize(
    ("asked", "status", "words"),
    [
        ({"region": "341399"}, 404, "341399"),
        ({"region": "34"}, 422, "region"),
        ({"lang": "fr"}, 422, "lang"),
        ({"cursor": "nonsense"}, 422, "cursor"),
        ({"cursor": encode_cursor("yesterday", "x", 1)}, 422, "cursor"),
        ({"cursor": encode_cursor("2026-11-28T00:00:00", "x", 1)}, 422, "cursor"),
    ],
    ids=["unknown region", "half a code", "another language", "nonsense", "no instant", "no offset"],
)
async def test_a_wrong_question_is_answered_well(
    service: ServiceUnderTest, asked: dict[str, str], status: int, words: str
) -> None:
    answer = await service.client.get("/feeds/disclosures.atom", params=asked, headers={"Accept-Language": "en"})
    assert answer.status_code == status
    assert words in answer.text


def test_what_no_xml_may_hold_is_left_out() -> None:
    entry = Entry("urn:x", "a\0b\x1b<&>\ufffe", "2026-11-28T00:00:00Z", "梨 🍐", [("self", "http://x/?a=1&b=2", "x")])
    made = ET.fromstring(rendered(Feed("urn:f", "t", "s", "zh-CN", [], [entry])))  # noqa: S314  It is our own.
    assert titles(made) == ["ab<&>"]
    assert made.findtext(f"{ATOM}entry/{ATOM}summary") == "梨 🍐"
