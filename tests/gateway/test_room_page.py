"""The room page: what may be seen and bought in it, by what the room says, with and without a script."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.views import room as views
from tests.apps import Tokens
from tests.broadcast.county import LOTS
from tests.broadcast.studio import Studio
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house
from tests.gateway.offices import Accounts, Office
from tests.gateway.test_views import EN, ZH

STATIC = Path(__file__).parent.parent.parent / "gateway" / "static"
ORDER = '<form class="lot__order" method="post" action="/en/basket" data-order>'


class Watcher(Office):
    """A buyer whose browser keeps the name of its device."""

    device = ""

    @property
    def cookie(self) -> dict[str, str]:
        kept = f"; sunfair_device={self.device}" if self.device else ""
        return {"cookie": f"sunfair_session={self.session}{kept}"}

    async def enter(self, path: str) -> None:
        """Open the page for the first time."""
        found = re.search(r"sunfair_device=([^;]+)", (await self.see(path)).headers["set-cookie"])
        assert found
        self.device = found[1]


class Hall:
    """A room and its page."""

    def __init__(self, house: House, studio: Studio) -> None:
        self.house = house
        self.studio = studio
        self.buyer = Watcher(house, "buyer")

    async def see(self, tail: str = "", language: str = "en") -> str:
        """The page, as a guest."""
        answer = await self.house.client.get(f"/{language}/broadcasts/{self.studio.id}/live{tail}")
        assert answer.status_code == 200, answer.text
        return shown(answer.text)


def shown(html: str) -> str:
    """What a reader of the page gets: without the templates that its script fills."""
    return re.sub(r"<template.*?</template>", "", html, flags=re.DOTALL)


@pytest.fixture
async def hall(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Hall]:
    """The door before broadcast, catalog and orders, with a broadcast whose hour has begun."""
    services = {name: await committing_service_app(name) for name in ("broadcast", "catalog", "orders")}
    studio = await Studio(services["broadcast"], tokens).due()
    apps: dict[str, Any] = {name: service.app for name, service in services.items()}
    async with open_house({**apps, "accounts": Accounts(tokens)}, tmp_path, cache_seconds=0) as house:
        yield Hall(house, studio)


async def test_a_market_segment_shows_prices_sellers_and_a_way_to_order_what_is_open(hall: Hall) -> None:
    await hall.studio.selling()
    await hall.studio.do("openings", {"lot_id": LOTS[0], "open": True})
    await hall.studio.do("pins", {"lot_id": LOTS[1]})
    page = await hall.see()
    assert "Market segment: the host sells" in page
    assert page.count("¥29.90") == len(LOTS)
    assert page.count("砀山示例合作社") == len(LOTS)
    assert page.count("93341321MA00000000") == len(LOTS)
    assert page.count(ORDER) == 1
    assert f'name="lot_id" value="{LOTS[0]}"' in page
    assert "Pinned by the host" in page


async def test_a_region_segment_shows_no_price_no_pin_and_no_way_to_order(hall: Hall) -> None:
    await hall.studio.selling()
    await hall.studio.do("openings", {"lot_id": LOTS[0], "open": True})
    await hall.studio.do("segments", {"kind": "region"})
    page = await hall.see()
    assert "Region segment: nothing is for sale" in page
    assert "¥" not in page
    assert "lot__order" not in page
    assert 'data-part="pinned" hidden' in page


async def test_a_halted_room_says_why_with_the_rule_and_the_decision(hall: Hall) -> None:
    await hall.studio.selling()
    await hall.studio.answer("fail", entity_id="decision-of-the-halt")
    page = await hall.see()
    assert "The event it rests on was lifted." in page
    assert "/en/rules/fm.event" in page
    assert "/en/decisions/decision-of-the-halt" in page
    assert "¥" not in page
    assert "所依据的事件已解除。" in await hall.see(language="zh")


async def test_a_room_that_is_not_open_says_what_it_waits_for(hall: Hall) -> None:
    page = await hall.see()
    assert "Not open yet" in page
    assert "lot__order" not in page


async def test_a_room_that_ended_leads_to_its_record(hall: Hall) -> None:
    await hall.studio.on_air()
    await hall.studio.do("end")
    page = await hall.see()
    assert (
        f'<p data-part="replay"><a class="button button--primary" href="/en/broadcasts/{hall.studio.id}/replay">'
        in page
    )
    assert "room.js" not in page
    assert "http-equiv" not in page


async def test_captions_and_notices_are_shown_in_the_language_of_the_page(hall: Hall) -> None:
    await hall.studio.on_air()
    await hall.studio.do("captions", {"zh": "<b>皮薄</b>", "en": "Thin <skin>"})
    await hall.studio.do("notices", {"zh": "购买均属自愿。", "en": "Buying is voluntary."})
    page = await hall.see()
    assert "Thin &lt;skin&gt;" in page
    assert "Buying is voluntary." in page
    chinese = await hall.see(language="zh")
    assert "&lt;b&gt;皮薄&lt;/b&gt;" in chinese
    assert "购买均属自愿。" in chinese


async def test_without_a_script_the_page_loads_itself_anew_until_it_is_told_not_to(hall: Hall) -> None:
    await hall.studio.on_air()
    assert '<noscript><meta http-equiv="refresh" content="20"></noscript>' in await hall.see()
    assert "http-equiv" not in await hall.see("?still=1")


async def test_a_guest_is_asked_to_sign_in_before_writing(hall: Hall) -> None:
    await hall.studio.on_air()
    page = await hall.see()
    assert "data-say" not in page
    assert f"/en/phone?after=/broadcasts/{hall.studio.id}/live" in page
    own = (await hall.buyer.see(f"/en/broadcasts/{hall.studio.id}/live")).text
    assert "data-say><input" in own


async def test_a_form_of_another_site_says_nothing_in_the_room(hall: Hall) -> None:
    await hall.studio.on_air()
    path = f"/en/broadcasts/{hall.studio.id}/live/say"
    foreign = {**hall.buyer.cookie, "origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    answer = await hall.house.client.post(path, data={"text": "买"}, headers=foreign)
    assert answer.status_code == 403


async def test_a_room_that_nobody_announced_is_a_page_that_says_so(hall: Hall) -> None:
    answer = await hall.house.client.get("/zh/broadcasts/none/live")
    assert answer.status_code == 404
    assert "text/html" in answer.headers["content-type"]


def lot(**fields: Any) -> dict[str, Any]:
    """A lot on the shelf as broadcast tells it."""
    row = {
        "lot_id": "lot-1",
        "listing_id": "listing-1",
        "title_zh": "酥梨",
        "title_en": "Pears",
        "specification": None,
        "price_fen": 3990,
        "net_grams": 2500,
        "open": True,
        "limit_units": None,
        "units_per_buyer": None,
        "seller": {"name": "合作社", "uscc": "9", "kind": "cooperative", "address": None, "contact": None},
        "picture_sha256": None,
        "decision_id": "d",
        "valid_until": None,
    }
    return row | fields


def room_with(*lots: dict[str, Any]) -> dict[str, Any]:
    """An open room with these on its shelf."""
    return {"state": "open", "shelf": list(lots), "pinned_lot_id": None, "explaining_lot_id": None}


@pytest.mark.parametrize(
    ("is_open", "left", "standing", "orders"),
    [
        (True, 3, "3 left", True),
        (True, 0, "Sold out", False),
        (False, 3, "Not open for orders yet", False),
        (True, None, "Open for orders", True),
    ],
)
def test_a_lot_can_be_ordered_while_it_is_open_and_something_is_left(
    is_open: bool, left: int | None, standing: str, orders: bool
) -> None:
    sale = None if left is None else {"lots": [{"lot_id": "lot-1", "available_units": left}]}
    (row,) = views.shelf(EN, room_with(lot(open=is_open)), sale, {})
    assert (row["standing"], row["open"]) == (standing, orders)


def test_limits_are_said_before_anybody_orders() -> None:
    (row,) = views.shelf(EN, room_with(lot(limit_units=300, units_per_buyer=2)), None, {})
    assert row["limits"] == "300 in this broadcast · at most 2 per buyer"
    assert row["most"] == 2


@pytest.mark.parametrize(
    ("state", "about", "said"),
    [("open", None, "A few are watching"), ("open", 1200, "About 1,200 watching"), ("halted", 1200, "")],
)
def test_viewers_are_told_coarsely(state: str, about: int | None, said: str) -> None:
    assert views.watching(EN, state, about) == said


def test_a_speaker_is_a_role_and_four_digits_and_praise_said_by_many_stands_once() -> None:
    said = {
        "items": [
            {"message_id": "2", "tag": "0077", "role": "viewer", "text": "好", "times": 14},
            {"message_id": "1", "tag": "4821", "role": "host", "text": "各位好", "times": 1},
        ]
    }
    first, praise = views.chat(EN, {}, said)["lines"]
    assert (first["who"], first["staff"], first["times"]) == ("Host 4821", True, "")
    assert (praise["who"], praise["times"]) == ("Viewer 0077", "said 14 times")


HOSTILE = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b&gt;", "{{ 7 * 7 }}", "‮倒着写的")


async def test_whatever_is_said_is_shown_as_text(hall: Hall) -> None:
    await hall.studio.on_air()
    for number, text in enumerate(HOSTILE):
        headers = hall.studio.tokens.headers("buyer", account_id=f"buyer-{number}") | {"X-Viewer-Device": f"d-{number}"}
        path = f"/broadcasts/{hall.studio.id}/messages"
        answer = await hall.studio.app.client.post(path, json={"text": text}, headers=headers)
        assert answer.status_code == 201, answer.text
    page = await hall.see()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "&lt;img src=x onerror=alert(1)&gt;" in page
    assert "&amp;lt;b&amp;gt;" in page
    assert "{{ 7 * 7 }}" in page
    assert "<script>alert" not in page
    assert "\u202e" not in page


async def test_without_a_script_a_message_is_said_and_a_refused_one_says_why(hall: Hall) -> None:
    await hall.studio.on_air()
    here = f"/en/broadcasts/{hall.studio.id}/live"
    await hall.buyer.enter(here)
    answer = await hall.buyer.send(here, f"{here}/say", text="几天能到？")
    assert answer.headers["location"] == f"{here}?still=1#chat"
    page = (await hall.buyer.see(here)).text
    assert "几天能到？" in page
    refused = await hall.buyer.send(here, f"{here}/say", text="加微信 abc12345 便宜卖")
    assert "%22bad%22" in refused.headers["set-cookie"]
    assert "加微信" not in (await hall.buyer.see(here)).text


async def test_a_viewer_points_at_a_message_without_a_script(hall: Hall) -> None:
    await hall.studio.on_air()
    headers = hall.studio.tokens.headers("buyer", account_id="somebody") | {"X-Viewer-Device": "d"}
    path = f"/broadcasts/{hall.studio.id}/messages"
    said = (await hall.studio.app.client.post(path, json={"text": "都不许买别家的"}, headers=headers)).json()
    here = f"/en/broadcasts/{hall.studio.id}/live"
    await hall.buyer.enter(here)
    answer = await hall.buyer.send(here, f"{here}/flag", message_id=said["message_id"], reason="abuse")
    assert "%22good%22" in answer.headers["set-cookie"]


def test_the_script_is_given_every_word_that_it_says() -> None:
    words = views.script_words(ZH)
    used = set(re.findall(r"words\.(\w+)", (STATIC / "js" / "room.js").read_text("utf-8")))
    assert used == set(words)


def test_a_room_is_light_on_a_weak_network() -> None:
    files = [
        "sunfair.css",
        "room.css",
        "icons.svg",
        "mark.svg",
        *(f"js/{each}.js" for each in ("theme", "forms", "copy", "room")),
    ]
    assert sum((STATIC / name).stat().st_size for name in files) < 80_000
