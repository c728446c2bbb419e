"""Rules that change in public, on the pages: proposed by one organ, weighed, published by another, told to everyone."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests.apps import Tokens
from tests.compliance.present import ADMINISTRATOR, REVIEWER, Present, proposal, today
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house

ORGANS = {"reviewer-1": REVIEWER.name, "reviewer-2": REVIEWER.name, "administrator": ADMINISTRATOR.name}
DAY = (today() + timedelta(days=10)).isoformat()
FORM = {"from_on": DAY, "basis": "platform", "reason_zh": "首季运行后调整。", "reason_en": "After the first season."}


class People:
    """Accounts as a program of its own: a session's name is that of its account."""

    def __init__(self, signer: Tokens) -> None:
        self.signer = signer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        response: Response = JSONResponse({"keys": [self.signer.key.public_jwk]})
        if request.url.path == "/token/exchange":
            account = (await request.json())["session_id"]
            role = "administrator" if account == "administrator" else account.partition("-")[0]
            claims = {"account_id": account, "person": f"p-{account}", "organ": ORGANS.get(account)}
            response = JSONResponse({"access_token": self.signer.token(role, **claims)})
        await response(scope, receive, send)


@dataclass
class Street:
    """The pages before compliance with a lot that passes, and whoever knocks."""

    house: House
    case: Present

    async def page(self, path: str, who: str | None = None, status: int = 200) -> str:
        """A page, for somebody who is signed in or for anybody."""
        headers = {"cookie": f"sunfair_session={who}"} if who else {}
        answer = await self.house.client.get(path, headers=headers)
        assert answer.status_code == status, answer.text
        return answer.text

    async def send(self, form_at: str, path: str, who: str, form: dict[str, str]) -> httpx.Response:
        """Fill in the form that is drawn at `form_at`."""
        token = re.search(r'name="csrf_token" value="([0-9a-f]+)"', await self.page(form_at, who))
        assert token is not None
        headers = {"cookie": f"sunfair_session={who}", "origin": "http://sunfair.test"}
        return await self.house.client.post(path, headers=headers, data={"csrf_token": token[1], **form})

    async def propose(self, who: str = "reviewer-1", name: str = "adm.suppliers.enough", **form: str) -> httpx.Response:
        """Propose a value on the desk."""
        path = f"/en/desk/rules/{name}"
        return await self.send(path, path, who, {"value": "5", "key": "k", **FORM, **form})


@pytest.fixture
async def street(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Street]:
    """Real compliance and broadcast, with accounts that know three people."""
    services = {name: await committing_service_app(name) for name in ("compliance", "broadcast")}
    case = Present(services["compliance"], tokens)
    await case.prepare()
    await case.list_now()
    apps = {name: service.app for name, service in services.items()}
    async with open_house({**apps, "accounts": People(tokens)}, tmp_path, cache_seconds=0) as house:
        yield Street(house, case)


async def test_a_value_goes_its_whole_way_on_the_pages(street: Street) -> None:
    made = await street.propose()
    assert made.status_code == 303, made.text
    here = made.headers["location"]
    assert "1 of 1" not in await street.page(here)
    await street.case.weigh()
    page = await street.page(here, "administrator")
    assert "1 of 1 would be decided otherwise" in page
    assert "After the first season." in page
    done = await street.send(here, f"/en/desk{here.removeprefix('/en')}", "administrator", {"do": "publish"})
    assert (done.status_code, done.headers["location"]) == (303, here)
    for language, announced in (("zh", "已公布"), ("en", "Announced")):
        for path in ("/rules", "/rules/changes", "/rules/adm.suppliers", here.removeprefix("/en")):
            assert announced in await street.page(f"/{language}{path}"), path
    rule = await street.page("/en/rules/adm.suppliers")
    assert f'href="{here}"' in rule
    assert "Value published" in rule


async def test_the_proposers_own_organ_sees_why_it_cannot_publish(street: Street) -> None:
    here = (await street.propose()).headers["location"]
    await street.case.weigh()
    for who in ("reviewer-1", "reviewer-2"):
        page = await street.page(here, who)
        assert "somebody of another organ must publish it" in page
        assert "Publish this value" not in page
    forced = await street.send(here, f"/en/desk{here.removeprefix('/en')}", "reviewer-2", {"do": "publish"})
    assert REVIEWER.name in unquote(forced.headers["set-cookie"])
    assert (await street.case.get("/parameter-changes"))["items"][0]["state"] == "proposed"


@pytest.mark.parametrize(
    ("name", "form", "said"),
    [
        ("adm.suppliers.enough", {"value": ""}, "Give the new value."),
        ("adm.suppliers.enough", {"value": "four"}, "Write a whole number."),
        ("adm.suppliers.enough", {"value": "3"}, "This is the present value"),
        ("adm.suppliers.enough", {"from_on": today().isoformat()}, "at least 7 days ahead"),
        ("adm.suppliers.enough", {"basis": "law"}, "Name the law."),
        ("adm.suppliers.share_bp", {"value": "100.01"}, "between 0 and 10,000"),
        ("fm.authority.response_norm", {"value": "{"}, "This is no JSON"),
        ("fm.authority.response_norm", {"value": '{"1": "moon"}'}, "kind and shape"),
    ],
)
async def test_a_refused_proposal_keeps_what_was_typed_and_says_why(
    street: Street, name: str, form: dict[str, str], said: str
) -> None:
    answer = await street.propose(name=name, **form)
    assert answer.status_code == 422
    assert said in answer.text
    assert FORM["reason_zh"] in answer.text


async def test_each_kind_of_value_is_asked_for_as_what_it_is(street: Street) -> None:
    shares = await street.propose(name="adm.suppliers.share_bp", value="45.5")
    words = await street.propose(name="official.organ.endorsing_words", value="监制\n监销\n推荐", key="k2")
    flag = await street.propose(
        name="quality.docs.certificate_mandatory", value="no", key="k3", from_on=DAY, basis="platform"
    )
    assert [each.status_code for each in (shares, words, flag)] == [303, 303, 303]
    found = (await street.case.get("/parameter-changes"))["items"]
    assert [each["value"] for each in reversed(found)] == [4550, ["监制", "监销", "推荐"], False]
    table = await street.page("/zh/desk/rules/fm.authority.response_norm", "reviewer-1")
    assert "&#34;prefecture&#34;" in table


async def test_it_is_withdrawn_with_a_reason_for_everyone(street: Street) -> None:
    change = await street.case.published()
    here = f"/en/rules/changes/{change['id']}"
    form = {"do": "withdraw", "reason_zh": "再议。", "reason_en": "To be thought about again."}
    await street.send(here, f"/en/desk/rules/changes/{change['id']}", "reviewer-2", form)
    page = await street.page(here)
    assert "To be thought about again." in page
    assert REVIEWER.name in page
    assert "Value withdrawn" in await street.page("/en/rules/changes")
    announced = (await street.page("/en/rules")).partition("Announced values")[2].partition("</section>")[0]
    assert "/en/rules/adm.suppliers" not in announced


async def test_the_desk_of_the_rules_is_for_those_who_keep_them(street: Street) -> None:
    desk = await street.page("/zh/desk/rules", "administrator")
    assert "/zh/desk/rules/adm.suppliers.enough" in desk
    await street.page("/zh/desk/rules", "operator-1", 403)
    await street.page("/zh/desk/rules/adm.suppliers.enough", "operator-1", 403)
    await street.page("/zh/desk/rules/adm.suppliers.gone", "reviewer-1", 404)
    await street.page("/zh/desk/rules/nonsense", "reviewer-1", 404)
    await street.page("/zh/rules/changes/none", status=404)
    unasked = await street.house.client.post("/en/desk/rules/adm.suppliers.enough", data={"value": "5", **FORM})
    assert unasked.status_code in (303, 403)


async def test_the_values_are_folded_by_theme_and_found_by_their_words(street: Street) -> None:
    desk = await street.page("/en/desk/rules", "administrator")
    assert "What may be promoted · " in desk
    assert '<details class="more" open>' not in desk
    found = await street.page("/en/desk/rules?q=SUPPLIERS.enough", "administrator")
    assert found.count('<details class="more" open>') == found.count('<details class="more"') == 1
    assert re.findall(r'href="/en/desk/rules/([a-z._]+)"', found) == ["adm.suppliers.enough"]
    nothing = await street.page("/en/desk/rules?q=no+such+words", "administrator")
    assert "No value has these words." in nothing


async def test_a_reader_walks_through_the_book(street: Street) -> None:
    book = await street.page("/en/rules")
    assert 'href="#adm"' in book
    assert 'id="adm"' in book
    assert "/en/rules/changes" in book
    first = await street.page("/en/rules/adm.subject?at=2020-05-09")
    for heading in ("What must be true", "Why: the articles of law", "What it can say", "What changed in it"):
        assert heading in first
    assert 'rel="next"' in first
    assert 'rel="prev"' not in first
    assert "/en/rules/adm.suppliers?at=2020-05-09" in first
    assert "First published." in first
    await street.page("/zh/rules/changes")


async def test_a_long_impact_is_read_page_by_page(street: Street) -> None:
    for number in range(32):
        await street.case.list_now(f"LOT-{number:02}")
    made = await street.case.post("/parameter-changes", proposal(), street.case.keeper(key="long"))
    await street.case.weigh()
    here = f"/en/rules/changes/{made['id']}"
    first = await street.page(here)
    assert "33 of 33 would be decided otherwise" in first
    following = re.search(rf'href="({re.escape(here)}\?cursor=[^"]+)"', first)
    assert following is not None
    assert first.count("Dangshan pears") == 30
    assert (await street.page(following[1])).count("Dangshan pears") == 3
