"""The studio: its people steer the room with plain forms, each in their own role, and hear why something is refused."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.views import studio as views
from tests.apps import Tokens
from tests.broadcast.county import COUNTY, LOTS
from tests.broadcast.studio import Studio
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house
from tests.gateway.offices import Accounts, Office, hidden_fields

PEOPLE: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {
    "the-host": (("host",), (COUNTY,), ""),
    "the-moderator": (("moderator",), (COUNTY,), ""),
    "the-inspector": (("inspector",), ("340000",), "安徽省监督检查处"),
    "the-official": (("official",), (COUNTY,), "砀山县人民政府"),
    "another-host": (("host",), ("610722",), ""),
}


class Seat(Office):
    """Somebody before the studio's page, whose browser keeps the studio's cookie."""

    studio = ""
    room: Studio

    @property
    def cookie(self) -> dict[str, str]:
        kept = f"; sunfair_studio={self.studio}" if self.studio else ""
        return {"cookie": f"sunfair_session={self.session}{kept}"}

    @property
    def here(self) -> str:
        """The studio's page."""
        return f"/en/desk/studio/{self.room.id}"

    async def look(self) -> str:
        """The page."""
        answer = await self.see(self.here)
        assert answer.status_code == 200, answer.text
        return answer.text

    async def take(self, role: str) -> httpx.Response:
        """Take the studio; the cookie is kept as a browser would."""
        answer = await self.send(self.here, f"{self.here}/take", role=role)
        for cookie in answer.headers.get_list("set-cookie"):
            if found := re.match(r"sunfair_studio=([^;]+); .*Path=/en/desk/studio/", cookie):
                assert "HttpOnly" in cookie
                self.studio = found[1]
        return answer

    async def act(self, act: str, **fields: str) -> str:
        """An act by a form that is on the page; what the page says afterwards."""
        return await self._after(await self.send(self.here, f"{self.here}/{act}", **fields))

    async def act_by_hand(self, act: str, **fields: str) -> str:
        """An act by a form that the page does not offer now."""
        hidden = {"csrf_token": hidden_fields(await self.look(), "/en/sign-out")["csrf_token"]}
        return await self._after(await self.send_again(hidden, f"{self.here}/{act}", **fields))

    async def _after(self, answer: httpx.Response) -> str:
        assert answer.status_code == 303, answer.text
        flash = re.search(r"sunfair_flash=([^;]+)", answer.headers["set-cookie"])
        assert flash
        headers = {"cookie": f"{self.cookie['cookie']}; sunfair_flash={flash[1]}"}
        return (await self.house.client.get(answer.headers["location"], headers=headers)).text


@pytest.fixture
async def seats(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[dict[str, Seat]]:
    """People before a room whose hour has begun."""
    services = {name: await committing_service_app(name) for name in ("broadcast", "catalog", "orders")}
    room = await Studio(services["broadcast"], tokens).due()
    await room.take_studio()
    apps: dict[str, Any] = {name: service.app for name, service in services.items()}
    official = (await services["broadcast"].said("broadcast.filing.submitted"))[-1]["people"]["presenter"]
    accounts = Accounts(tokens, PEOPLE, {"the-host": room.host_person, "the-official": official})
    async with open_house({**apps, "accounts": accounts}, tmp_path, cache_seconds=0) as house:
        yield {name: seated(house, name, room) for name in PEOPLE}


def seated(house: House, name: str, room: Studio) -> Seat:
    """One of them."""
    seat = Seat(house, name)
    seat.room = room
    return seat


async def test_strangers_sign_in_first_and_buyers_are_turned_away(seats: dict[str, Seat]) -> None:
    host = seats["the-host"]
    guest = await host.house.client.get(host.here)
    assert (guest.status_code, guest.headers["location"].startswith("/en/sign-in")) == (303, True)
    assert (await Office(host.house, "buyer").see(host.here)).status_code == 403


async def test_the_host_opens_the_room_and_runs_both_segments_by_forms(seats: dict[str, Seat]) -> None:
    host = seats["the-host"]
    await host.take("host")
    assert "The gate is asked." in await host.act("open")
    await host.room.answer("pass")
    page = await host.look()
    assert "Region segment: nothing is for sale" in page
    assert 'name="kind" value="market"' in page
    assert "The segment has changed" in await host.act("segments", kind="market")
    assert "Market segment: the host sells" in await host.look()


async def test_in_a_region_segment_the_studio_offers_nothing_to_sell_and_says_why(seats: dict[str, Seat]) -> None:
    host = seats["the-host"]
    await host.room.on_air()
    await host.take("host")
    page = await host.look()
    assert "In a region segment nothing is for sale" in page
    assert f"{host.here}/pins" not in page
    assert f"{host.here}/openings" not in page
    assert "Start a market segment first" in await host.act_by_hand("pins", lot_id=LOTS[0])
    assert (await host.room.see())["pinned_lot_id"] is None


async def test_lots_are_opened_pinned_explained_and_closed_by_forms(seats: dict[str, Seat]) -> None:
    host = seats["the-host"]
    await host.room.selling()
    await host.take("host")
    assert "Open for orders now." in await host.act("openings", lot_id=LOTS[0], do="flash")
    assert "Pinned." in await host.act("pins", lot_id=LOTS[0])
    assert "Marked as being explained" in await host.act("explaining", lot_id=LOTS[1])
    room = await host.room.see()
    assert [lot["open"] for lot in room["shelf"] if lot["lot_id"] == LOTS[0]] == [True]
    assert (room["pinned_lot_id"], room["explaining_lot_id"]) == (LOTS[0], LOTS[1])
    assert "Closed for orders." in await host.act("openings", lot_id=LOTS[0], do="close")
    assert "The pin is off." in await host.act("pins", lot_id="")


async def test_the_shelf_is_arranged_with_its_limits(seats: dict[str, Seat]) -> None:
    host = seats["the-host"]
    await host.room.selling()
    await host.take("host")
    ticked = {f"on.{LOTS[2]}": "yes", f"limit.{LOTS[2]}": "30", f"each.{LOTS[2]}": "2"}
    assert "The shelf is arranged." in await host.act("shelf", **ticked)
    (lot,) = (await host.room.see())["shelf"]
    assert (lot["lot_id"], lot["limit_units"], lot["units_per_buyer"]) == (LOTS[2], 30, 2)
    refused = await host.act("shelf", **(ticked | {f"limit.{LOTS[2]}": "many"}))
    assert "The shelf is arranged." not in refused


async def test_captions_notices_and_cues_reach_the_room(seats: dict[str, Seat]) -> None:
    host = seats["the-host"]
    await host.room.on_air()
    await host.take("host")
    assert "The caption is on screen." in await host.act("captions", zh="皮薄", en="Thin skin")
    assert "The notice was told" in await host.act("notices", zh="购买均属自愿。", en="Buying is voluntary.")
    assert "Noted in the record." in await host.act("cues", kind="push", text="提醒")
    room = await host.room.see()
    assert room["caption"] == {"zh": "皮薄", "en": "Thin skin"}
    assert room["notices"][-1]["en"] == "Buying is voluntary."


async def test_a_rehearsal_is_run_from_the_studio_and_seen_by_nobody_else(seats: dict[str, Seat]) -> None:
    host = seats["the-host"]
    await host.take("host")
    assert "Nobody outside sees it, and nothing is sold." in await host.act("rehearsal", on="yes")
    page = await host.look()
    assert 'data-rehearsing="yes"' in page
    assert "the official introduces it before anything is for sale" in await host.act_by_hand("segments", kind="market")
    await host.act("segments", kind="region")
    await host.act("segments", kind="market")
    assert "The shelf is arranged." in await host.act("shelf", **{f"on.{LOTS[0]}": "yes"})
    assert "Pinned." in await host.act("pins", lot_id=LOTS[0])
    viewed = await host.room.see()
    assert (viewed["state"], viewed["shelf"], viewed["pinned_lot_id"]) == ("closed", [], None)
    # Whoever of the studio tries an order leaves a trace, by which a deal that is replayed on air is known.
    moderator = seats["the-moderator"]
    assert "Order one as a test" in await moderator.look()
    assert "Nothing was sold." in await moderator.act("rehearsed", lot_id=LOTS[0])
    (told,) = await host.room.app.said("broadcast.rehearsal.recorded")
    assert [(act["action"], act["lot_id"]) for act in told["acts"]] == [("test_order", LOTS[0])]
    assert "The rehearsal is over." in await host.act("rehearsal", on="")
    page = await host.look()
    assert 'data-rehearsing=""' in page
    assert "Order one as a test" not in page


async def test_an_inspector_stops_the_room_and_the_reason_is_on_every_page(seats: dict[str, Seat]) -> None:
    inspector = seats["the-inspector"]
    await inspector.room.selling()
    said = await inspector.act("halt", reason_zh="货不对板。", reason_en="The goods are not as described.")
    assert "The room is halted." in said
    assert "The goods are not as described." in said
    room = await inspector.house.client.get(f"/en/broadcasts/{inspector.room.id}/live")
    assert "The goods are not as described." in room.text


async def test_a_halt_ends_the_right_to_steer(seats: dict[str, Seat]) -> None:
    host = seats["the-host"]
    await host.room.selling()
    await host.take("host")
    await seats["the-inspector"].act("halt", reason_zh="暂停核查。")
    assert "revoked" in await host.act_by_hand("captions", zh="还在")


async def test_only_people_of_this_filing_take_its_studio(seats: dict[str, Seat]) -> None:
    stranger = seats["another-host"]
    answer = await stranger.take("host")
    assert stranger.studio == ""
    assert "sunfair_flash" in answer.headers["set-cookie"]


async def test_a_form_of_another_site_steers_nothing(seats: dict[str, Seat]) -> None:
    host = seats["the-host"]
    await host.room.on_air()
    await host.take("host")
    hidden = {"csrf_token": hidden_fields(await host.look(), "/en/sign-out")["csrf_token"], "kind": "market"}
    foreign = {**host.cookie, "origin": "https://elsewhere.example", "sec-fetch-site": "cross-site"}
    answer = await host.house.client.post(f"{host.here}/segments", data=hidden, headers=foreign)
    assert answer.status_code == 403
    own = {**host.cookie, "origin": "http://sunfair.test", "sec-fetch-site": "same-origin"}
    answer = await host.house.client.post(f"{host.here}/segments", data={"csrf_token": "no"}, headers=own)
    assert answer.status_code == 403
    assert (await host.room.see())["segment"]["kind"] == "region"


async def test_an_act_that_does_not_exist_is_not_found(seats: dict[str, Seat]) -> None:
    host = seats["the-host"]
    hidden = {"csrf_token": hidden_fields(await host.look(), "/en/sign-out")["csrf_token"]}
    assert (await host.send_again(hidden, f"{host.here}/explode")).status_code == 404


@pytest.mark.parametrize("name", ["../../../accounts", "a/b", "", "%2e%2e"])
def test_a_name_from_a_form_never_becomes_another_path(name: str) -> None:
    call = views.ACTS["removal"]({"message_id": name, "rule": "link", "reason": "x"})
    assert call.path.count("/") == 2
    assert ".." not in call.path


async def test_the_officials_sheet_shows_the_segment_and_nothing_to_sell(seats: dict[str, Seat]) -> None:
    official = seats["the-official"]
    path = f"/en/desk/speaking/{official.room.id}"
    await official.room.on_air()
    page = (await official.see(path)).text
    assert "You are on air." in page
    assert "What may not be said" in page
    await official.room.do("segments", {"kind": "market"})
    await official.room.do("openings", {"lot_id": LOTS[0], "open": True})
    page = (await official.see(path)).text
    assert "You are off air" in page
    assert "¥" not in page
    assert "lot__order" not in page
    assert (await seats["the-host"].see(path)).status_code == 403


async def test_a_moderator_removes_a_message_by_a_rule_but_no_complaint(seats: dict[str, Seat]) -> None:
    moderator = seats["the-moderator"]
    await moderator.room.on_air()
    path = f"/broadcasts/{moderator.room.id}/messages"
    for number, text in enumerate(("到我家来看看", "梨都烂了，怎么赔？")):
        headers = moderator.room.tokens.headers("buyer", account_id=f"buyer-{number}") | {
            "X-Viewer-Device": f"d-{number}"
        }
        assert (await moderator.room.app.client.post(path, json={"text": text}, headers=headers)).status_code == 201
    page = await moderator.look()
    assert page.count("Remove the message") == 1
    assert "only an inspector may remove it" in page
    said = {each["text"]: each["message_id"] for each in (await moderator.room.app.client.get(path)).json()["items"]}
    removed = await moderator.act("removal", message_id=said["到我家来看看"], rule="spam", reason="与本场无关")
    assert "no longer shown" in removed
    kept = await moderator.act_by_hand(
        "removal", message_id=said["梨都烂了，怎么赔？"], rule="spam", reason="与本场无关"
    )
    assert "no longer shown" not in kept
    public = (await moderator.house.client.get(f"/en/broadcasts/{moderator.room.id}/live")).text
    assert "到我家来看看" not in public
    assert "梨都烂了" in public


async def test_a_moderator_slows_the_chat_and_silences_a_writer(seats: dict[str, Seat]) -> None:
    moderator = seats["the-moderator"]
    await moderator.room.on_air()
    assert "The pace of the chat has changed." in await moderator.act("chat", slow_mode_seconds="10")
    assert (await moderator.room.see())["slow_mode_seconds"] == 10
    path = f"/broadcasts/{moderator.room.id}/messages"
    headers = moderator.room.tokens.headers("buyer", account_id="loud") | {"X-Viewer-Device": "d"}
    said = (await moderator.room.app.client.post(path, json={"text": "刷屏刷屏"}, headers=headers)).json()
    done = await moderator.act("silence", message_id=said["message_id"], rule="spam", reason="反复刷屏", minutes="10")
    assert "They may not write" in done
    assert "Silences and appeals" in await moderator.look()


async def test_who_was_silenced_reads_why_and_appeals_to_somebody_else(seats: dict[str, Seat]) -> None:
    moderator, inspector = seats["the-moderator"], seats["the-inspector"]
    await moderator.room.on_air()
    path = f"/broadcasts/{moderator.room.id}/messages"
    headers = moderator.room.tokens.headers("buyer", account_id="buyer", person="p-buyer") | {"X-Viewer-Device": "d"}
    said = (await moderator.room.app.client.post(path, json={"text": "刷屏刷屏"}, headers=headers)).json()
    await moderator.act("silence", message_id=said["message_id"], rule="spam", reason="反复刷屏", minutes="60")
    buyer = Office(moderator.house, "buyer")
    here = f"/en/broadcasts/{moderator.room.id}/live"
    page = (await buyer.see(here)).text
    assert "You may not write until" in page
    assert "反复刷屏" in page
    assert (await buyer.send(here, f"{here}/appeal", text="我只问了一次。")).status_code == 303
    assert "Your appeal waits for its answer." in (await buyer.see(here)).text
    assert "我只问了一次。" in await inspector.look()
    assert "The appeal is decided." in await inspector.act("appeal", do="lift", reason="属误判。")
    assert "You may not write until" not in (await buyer.see(here)).text


async def test_the_record_is_replayed_on_its_clock(seats: dict[str, Seat]) -> None:
    host = seats["the-host"]
    await host.room.selling()
    await host.room.do("explaining", {"lot_id": LOTS[0]})
    await host.room.do("end")
    page = (await host.house.client.get(f"/en/broadcasts/{host.room.id}/replay")).text
    assert page.index("The room opens") < page.index("Region segment begins") < page.index("Market segment begins")
    assert "Now explaining" in page
    assert "then ¥29.90" in page
    told = (await host.house.client.get(f"/en/broadcasts/{host.room.id}/moderation")).text
    assert "Nothing was removed and nobody was silenced." in told
