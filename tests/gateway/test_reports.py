"""Reporting through the door: no session, no trace, no JavaScript, and a desk where everything stands on one page."""

import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from tests import papers
from tests.apps import ServiceUnderTest, Tokens
from tests.compliance.test_reports import everything_stored
from tests.compliance.tip import PROVINCE
from tests.conftest import ServiceOf
from tests.gateway.house import House, open_house
from tests.papers import NOTICE

HERE = {"origin": "http://sunfair.test", "sec-fetch-site": "same-origin"}
FORM = "/zh/reports/new?region=341321"
EMPTY = ("files", ("", b"", "application/octet-stream"))


class Accounts:
    """Accounts' side of a session, as a program of its own."""

    def __init__(self, signer: Tokens) -> None:
        self.signer = signer

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        request = Request(scope, receive)
        response: Response = JSONResponse({"keys": [self.signer.key.public_jwk]})
        if request.url.path == "/token/exchange":
            token = self.signer.token(
                "inspector",
                account_id="inspector-of-the-session",
                person="p-inspector",
                scopes=("340000",),
                organ=PROVINCE["name"],
            )
            response = JSONResponse({"access_token": token})
        await response(scope, receive, send)


@pytest.fixture
async def service(committing_service_app: ServiceOf) -> ServiceUnderTest:
    """With a pool: some pages ask two things of it at once."""
    return await committing_service_app("compliance")


@pytest.fixture
async def house(service: ServiceUnderTest, tokens: Tokens, tmp_path: Path) -> AsyncIterator[House]:
    apps: dict[str, Any] = {"compliance": service.app, "accounts": Accounts(tokens)}
    async with open_house(apps, tmp_path, report_limit=8) as opened:
        yield opened


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, f"no {name}"
    return found[1]


async def send(house: House, *files: Any, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
    """Fill in the form as a browser would, and send it."""
    page = (await house.client.get(FORM)).text
    data = {
        "key": hidden(page, "key"),
        "region_code": hidden(page, "region_code"),
        "about_kind": "",
        "about_id": "",
        "organ": "",
        "website": "",
        "kind": "apportionment",
        **fields,
    }
    return await house.client.post(
        "/zh/reports/new", data=data, files=list(files) or [EMPTY], headers=HERE if headers is None else headers
    )


def code_on(page: httpx.Response) -> str:
    assert page.status_code == 201, page.text
    groups = re.findall(r"<span>(\d{4})</span>", page.text)
    assert len(groups) == 8
    return " ".join(groups)


async def test_a_stranger_reports_with_a_file_and_follows_the_case_by_its_code(house: House) -> None:
    received = await send(house, ("files", ("通知.txt", NOTICE.encode(), "text/plain")), words="我们单位发的。")
    assert "疑似摊派" in received.text
    assert "每人不少于50元" in received.text
    case = await house.client.post("/zh/reports/case", data={"code": code_on(received)}, headers=HERE)
    assert "我们单位发的。" in case.text
    assert "收到举报" in case.text
    added = await house.client.post(
        "/zh/reports/case/add",
        data={"code": code_on(received), "words": "补充一句", "key": hidden(case.text, "key")},
        files=[EMPTY],
        headers=HERE,
    )
    assert (added.status_code, "补充一句" in added.text) == (200, True)


async def test_no_answer_that_shows_a_code_is_kept_and_no_address_holds_one(house: House) -> None:
    received = await send(house, words="x")
    case = await house.client.post("/zh/reports/case", data={"code": code_on(received)}, headers=HERE)
    asked = await house.client.post("/api/v1/reports:follow", json={"code": code_on(received)})
    for answer in (received, case, asked, await house.client.get(FORM)):
        assert "no-store" in answer.headers["cache-control"]
        assert not {"location", "set-cookie", "etag"} & set(answer.headers)
    assert 'action="/zh/reports/case" autocomplete="off"' in (await house.client.get("/zh/reports/case")).text


async def test_every_form_has_a_key_of_its_own_and_the_same_form_twice_is_one_report(
    house: House, service: ServiceUnderTest, tokens: Tokens
) -> None:
    pages = [(await house.client.get(FORM)).text for _ in range(2)]
    keys = {hidden(page, "key") for page in pages}
    assert len(keys) == 2
    sent = [await send(house, key="the-key-of-one-form-sent-twice", words="x") for _ in range(2)]
    assert code_on(sent[0]) == code_on(sent[1])


@pytest.mark.parametrize(
    "headers",
    [{}, {"origin": "http://evil.example"}, {"origin": "http://sunfair.test", "sec-fetch-site": "cross-site"}],
)
async def test_a_form_that_another_site_sends_is_refused(
    house: House, service: ServiceUnderTest, headers: dict[str, str]
) -> None:
    refused = await send(house, words="x", headers=headers)
    assert refused.status_code == 403
    assert "report " not in await everything_stored(service)


async def test_a_program_that_fills_in_every_field_is_refused_and_people_are_told_which(house: House) -> None:
    refused = await send(house, words="x", website="http://spam.example")
    assert (refused.status_code, "网站" in refused.text) == (403, True)


async def test_markup_in_words_stays_words(house: House) -> None:
    words = "<script>alert(1)</script><img src=x onerror=alert(2)>"
    received = await send(house, words=words, organ="<b>x</b>")
    case = await house.client.post("/en/reports/case", data={"code": code_on(received)}, headers=HERE)
    assert "&lt;script&gt;alert(1)" in case.text
    assert "<script>alert" not in case.text
    assert "<img src=x" not in case.text


async def test_a_field_that_is_missing_is_named_at_the_top_and_marked_below(house: House) -> None:
    refused = await send(house, kind="", words="x")
    assert refused.status_code == 422
    assert re.search(r'href="#f-kind"><strong>举报哪一类问题？</strong> 此项必填。</a>', refused.text)
    assert re.search(r'id="e-kind">.*此项必填。', refused.text)


@pytest.mark.parametrize(
    ("files", "status"),
    [
        ([("files", ("big.txt", b"x" * (11 * 1024 * 1024), "text/plain"))], 413),
        ([("files", (f"{number}.txt", b"x", "text/plain")) for number in range(200)], 422),
        ([("files", ("film.mp4", b"\0\0\0\x18ftypmp42" + bytes(range(256)), "video/mp4"))], 422),
        ([("files", ("bomb.docx", papers.word_bomb(), "application/zip"))], 422),
        ([EMPTY], 422),
    ],
)
async def test_what_cannot_be_taken_brings_the_form_back_with_the_words(house: House, files: Any, status: int) -> None:
    words = "这些字不能丢" if files != [EMPTY] else ""
    refused = await send(house, *files, words=words)
    assert refused.status_code == status
    assert words in refused.text
    assert 'class="notice notice--fail"' in refused.text


async def test_nobody_fills_the_disk_without_an_account(house: House) -> None:
    refused = await send(house, ("files", ("a", b"x" * (40 * 1024 * 1024), "text/plain")), words="x")
    assert refused.status_code == 413
    huge = await house.client.post("/api/v1/reports", content=b"x" * (40 * 1024 * 1024), headers=multipart())
    assert huge.status_code == 413


def multipart() -> dict[str, str]:
    return {"content-type": "multipart/form-data; boundary=x"}


async def test_floods_and_guessed_codes_are_limited_and_the_limit_remembers_no_address(house: House) -> None:
    answers = [await house.client.post("/api/v1/reports:follow", json={"code": f"{n:032d}"}) for n in range(9)]
    assert [answer.status_code for answer in answers] == [404] * 8 + [429]
    assert answers[-1].headers["retry-after"]
    assert (await send(house, words="x")).status_code == 429
    counted = [key for key in house.door.limiter.buckets if key.startswith("report")]
    assert len(counted) == 2
    assert not any("203.0.113.7" in key for key in counted)
    assert (await house.client.get("/zh/reports/case")).status_code == 200


async def test_neither_tables_nor_logs_of_service_and_door_tell_who_reported(
    house: House, service: ServiceUnderTest, tokens: Tokens, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    told = {
        **HERE,
        "user-agent": "TelltaleBrowser/7",
        "cookie": "sunfair_session=session-of-wang-wu",
        "x-forwarded-for": "198.51.100.23",
        "referer": "http://sunfair.test/zh/desk/of-wang-wu",
    }
    file = ("files", ("王五.jpg", papers.jpeg(), "image/jpeg"))
    page = await send(house, file, words="words-on-the-page", headers=told)
    signed = tokens.headers("operator", account_id="account-of-wang-wu")
    api = await house.client.post(
        "/api/v1/reports",
        data={"kind": "other", "region_code": "341321", "words": "words-over-the-interface"},
        headers={**told, **signed, "idempotency-key": "a-key-that-a-program-made-up"},
    )
    assert api.status_code == 201, api.text
    code = code_on(page)
    await house.client.post("/zh/reports/case", data={"code": code}, headers=told)
    await house.client.post("/api/v1/reports:follow", json={"code": api.json()["code"]}, headers={**told, **signed})
    secrets = [
        *("203.0.113.7", "198.51.100.23", "TelltaleBrowser", "wang-wu", "inspector-of-the-session", "王五"),
        *(papers.OWNER, papers.PLACE, code, code.replace(" ", ""), api.json()["code"].replace(" ", "")),
    ]
    stored = await everything_stored(service)
    assert "words-on-the-page" in stored
    assert [secret for secret in secrets if secret in stored] == []
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert [secret for secret in [*secrets, "words-on-the-page"] if secret in logged] == []


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_figures_and_upheld_reports_are_public(house: House, language: str) -> None:
    page = await house.client.get(f"/{language}/reports/figures")
    assert (page.status_code, page.headers["cache-control"]) == (200, "public, max-age=5")
    assert f'href="/{language}/reports"' in page.text


async def test_the_way_to_a_report_stands_on_every_page(house: House) -> None:
    assert "举报摊派" in (await house.client.get("/zh/about")).text
    start = await house.client.get("/en/reports")
    assert "24 hours" in start.text
    assert "180 days" in start.text
    assert (await house.client.get("/zh/reports/new?region=nowhere")).headers["location"] == "/zh/reports"


async def test_the_desk_shows_everything_on_one_page_and_writes_every_step_down(house: House) -> None:
    received = await send(
        house,
        ("files", ("n.txt", NOTICE.encode(), "text/plain")),
        ("files", ("p.png", papers.png(), "image/png")),
        words="<b>只给承办人看</b>",
    )
    code = code_on(received)
    cookie = {"cookie": "sunfair_session=session-of-an-inspector"}
    queue = await house.client.get("/zh/desk/reports", headers=cookie)
    (path,) = set(re.findall(r"/zh/desk/reports/R\w+", queue.text))
    case = (await house.client.get(path, headers=cookie)).text
    assert "<mark>" in case
    assert "&lt;b&gt;只给承办人看" in case
    picture = re.findall(r'<img src="(/api/v1/reports/[^"]+)"', case)[0]
    shown = await house.client.get(picture, headers=cookie)
    assert (shown.status_code, shown.headers["content-type"]) == (200, "image/png")

    async def step(move: str, **fields: str) -> httpx.Response:
        body = {"csrf_token": hidden(case, "csrf_token"), **fields}
        return await house.client.post(f"{path}/{move}", data=body, headers={**cookie, **HERE})

    assert (await house.client.post(f"{path}/acknowledge", data={}, headers={**cookie, **HERE})).status_code == 403
    assert (await step("files/2", text=NOTICE)).status_code == 303
    assert (await step("ask", question="哪一天？")).status_code == 303
    refused = await step("uphold", reason_zh="属实。")
    assert (refused.status_code, "属实。" in refused.text) == (422, True)
    assert (await step("uphold", reason_zh="经查属实。", published_text=NOTICE)).status_code == 303
    assert (await step("unknown-step")).status_code == 404
    outcome = await house.client.post("/zh/reports/case", data={"code": code}, headers=HERE)
    assert "经查属实。" in outcome.text
    assert PROVINCE["name"] in outcome.text
    assert "登记通知已撤回并更正" in (await house.client.get(path, headers=cookie)).text
    public = await house.client.get("/zh/reports/figures")
    assert "经查属实。" in public.text
    assert "只给承办人看" not in public.text
