"""A stranger's report: what is taken, what is found in it, how it is followed, and what is never kept."""

import io
import logging
import re
from typing import Any

import pytest
import sqlalchemy as sa

from services.compliance.actions.report_contents import take_files
from services.compliance.models import Base
from services.kit.plumbing import plumbing
from tests import papers
from tests.apps import ServiceUnderTest, Tokens, statements
from tests.compliance.tip import LONG_KEY, REGION, Tips
from tests.papers import NOTICE


@pytest.fixture
def tips(service: ServiceUnderTest, tokens: Tokens) -> Tips:
    return Tips(service, tokens)


async def everything_stored(service: ServiceUnderTest) -> str:
    """Every table of the service and every kept file, as text."""
    tables = [*Base.metadata.sorted_tables, *plumbing("compliance").metadata.sorted_tables]
    rows: list[str] = []
    async with service.database.sessions() as db:
        for table in tables:
            rows += [f"{table.name} {list(row)!r}" for row in await db.execute(sa.select(table))]
    files = service.app.state.surroundings.report_files
    async for digest in files.digests():
        rows.append(repr(await files.get(digest)))
    return "\n".join(rows)


async def test_a_notice_in_a_text_file_is_found_at_once_with_the_words_that_say_so(tips: Tips) -> None:
    told = await tips.tip(("通知.txt", NOTICE.encode("gb18030")))
    assert (told["state"], told["finding"]["result"]) == ("received", "fail")
    assert "每人不少于50元" in " ".join(each["quote"] for each in told["finding"]["quotes"])
    assert [step["action"] for step in told["steps"]] == ["received", "read"]


@pytest.mark.parametrize("name", ["notice.docx", "whatever.bin"])
async def test_the_words_of_a_word_file_are_read_whatever_its_name(tips: Tips, name: str) -> None:
    assert (await tips.tip((name, papers.word(NOTICE))))["finding"]["result"] == "fail"


async def test_the_words_of_a_pdf_are_read(tips: Tips) -> None:
    told = await tips.tip(("notice.pdf", papers.pdf("every clerk buys two boxes")))
    assert told["files"][0]["readable"] is True


async def test_a_picture_waits_for_a_person_and_typed_words_are_read_by_the_rule(tips: Tips) -> None:
    told = await tips.tip(("IMG_0001.jpg", papers.jpeg()))
    assert (told["finding"]["result"], told["files"][0]["readable"]) == ("review", False)
    case = await tips.do(told["id"], "files/1/text", {"text": NOTICE})
    assert case["decision"]["results"][0]["result"] == "fail"
    assert case["texts"][0]["file"] == 1
    assert any(hit and "50元" in piece for piece, hit in case["texts"][0]["pieces"])


async def test_a_report_in_words_alone_is_enough_and_harmless_words_find_nothing(tips: Tips) -> None:
    told = await tips.tip(kind="fake_goods", words="收到的梨不是砀山产的。")
    assert (told["kind"], told["finding"]["result"]) == ("fake_goods", "pass")


async def test_the_answer_of_the_rule_is_stored_and_nobody_reads_it_by_its_number(tips: Tips) -> None:
    told = await tips.tip(("notice.txt", NOTICE.encode()))
    case = await tips.case(told["id"])
    decision = case["decision"]
    assert (decision["binding"], decision["stage"], decision["subject"]["kind"]) == (False, "filing", "document")
    path = f"/decisions/{decision['decision_id']}"
    assert (await tips.service.client.get(path)).status_code == 404
    assert (await tips.service.client.get(path, headers=tips.inspector())).status_code == 404
    assert await tips.service.said("compliance.decision.made") == []


async def test_the_code_is_long_grouped_and_shown_once(tips: Tips) -> None:
    told = await tips.tip()
    assert re.fullmatch(r"\d{4}( \d{4}){7}", told["code"])
    followed = await tips.follow(told["code"])
    assert "code" not in followed
    assert followed["id"] == told["id"]


@pytest.mark.parametrize("written", ["{}", "{} ", "０{}"])
async def test_a_code_is_recognised_however_it_was_written_down(tips: Tips, written: str) -> None:
    code = (await tips.tip())["code"]
    typed = {"{}": code.replace(" ", ""), "{} ": f" {code.replace(' ', '-')}\n"}.get(
        written, "".join(chr(ord(sign) + 0xFEE0) if sign.isdigit() else "　" for sign in code)
    )
    assert (await tips.follow(typed))["state"] == "received"


@pytest.mark.parametrize("guess", ["0" * 32, "1", "x" * 32, "0" * 31 + "x", "'; DROP TABLE report; --"])
async def test_a_wrong_code_tells_nothing(tips: Tips, guess: str) -> None:
    await tips.tip()
    problem = await tips.follow(guess, 404)
    assert problem["type"].endswith("/report-unknown")


async def test_two_reports_have_different_codes(tips: Tips) -> None:
    assert (await tips.tip())["code"] != (await tips.tip())["code"]


async def test_the_same_report_twice_with_one_key_is_one_report_with_one_code(tips: Tips) -> None:
    first = (await tips.send(("a.txt", NOTICE.encode()), key=LONG_KEY)).json()
    again = await tips.send(("b.txt", NOTICE.encode()), key=LONG_KEY)
    assert (again.status_code, again.headers["idempotency-replayed"]) == (201, "true")
    assert (again.json()["id"], again.json()["code"]) == (first["id"], first["code"])
    assert len(await tips.queue()) == 1


async def test_a_short_key_that_others_might_choose_does_not_give_the_code_away(tips: Tips) -> None:
    first = (await tips.send(key="1")).json()
    again = (await tips.send(key="1")).json()
    assert (again["id"], again["code"]) == (first["id"], None)
    assert (await tips.send(key="1", words="other")).status_code == 422


async def test_more_words_and_files_are_added_and_everything_is_read_again(tips: Tips) -> None:
    told = await tips.tip(words="我们单位在摊派。")
    added = await tips.add(told["code"], ("n.txt", NOTICE.encode()), words="这是通知。", key=LONG_KEY)
    again = await tips.add(told["code"], ("n.txt", NOTICE.encode()), words="这是通知。", key=LONG_KEY)
    assert added["finding"]["result"] == "fail"
    assert [step["action"] for step in again["steps"]] == ["received", "read", "added", "read"]
    assert again["steps"][2]["words"] == ["这是通知。"]


async def test_a_report_about_a_broadcast_takes_its_region_and_title(case: Any, tips: Tips) -> None:
    await case.prepare()
    await case.list_lots()
    await case.approve()
    told = await tips.tip(about_kind="broadcast", about_id="B-DANGSHAN", region_code="110101")
    assert (told["region_code"], told["about"]["title_zh"]) == (REGION, "砀山酥梨直播")
    listed = await tips.tip(about_kind="listing", about_id="LS-DANGSHAN-2019")
    assert listed["about"]["title_en"] == "Dangshan pears"


async def test_a_longer_list_of_reports_asks_the_database_no_oftener(case: Any, tips: Tips) -> None:
    await case.prepare()
    await case.list_lots()
    await case.approve()
    subjects = [("broadcast", "B-DANGSHAN"), ("listing", "LS-DANGSHAN-2019")]
    asked = []
    for wanted in (2, 6):
        while (received := len(await tips.queue())) < wanted:
            kind, subject_id = subjects[received % 2]
            await tips.tip(about_kind=kind, about_id=subject_id)
        with statements() as seen:
            assert len(await tips.queue()) == wanted
        asked.append(len(seen))
    few, many = asked
    assert few == many, "One statement for the titles of all, not one a row."


# What strangers do by mistake or on purpose.


@pytest.mark.parametrize(
    ("fields", "kind", "status"),
    [
        ({"words": ""}, "report-empty", 422),
        ({"kind": "gossip"}, "body-invalid", 422),
        ({"region_code": "999999"}, "region-unknown", 422),
        ({"region_code": ""}, "region-unknown", 422),
        ({"about_kind": "broadcast", "about_id": "nobody"}, "report-subject-unknown", 422),
        ({"about_kind": "broadcast"}, "report-subject-unknown", 422),
        ({"words": "x" * 10_001}, "body-invalid", 422),
        ({"words": "a\0b"}, "body-invalid", 422),
        ({"reporter": "Zhang San"}, "body-invalid", 422),
    ],
)
async def test_a_report_that_cannot_be_kept_says_what_to_mend(
    tips: Tips, fields: dict[str, Any], kind: str, status: int
) -> None:
    answer = await tips.send(**fields)
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (status, kind)
    assert answer.json()["errors"][0]["detail"]


REFUSED = {
    "empty": b"",
    "program": b"MZ" + bytes(500),
    "video": b"\0\0\0\x18ftypmp42" + bytes(range(256)) * 4,
    "web picture": b"RIFF\x24\0\0\0WEBPVP8 " + bytes(40),
    "archive": b"PK\3\4" + bytes(200),
    "scanned pdf": papers.pdf(),
    "bomb": papers.word_bomb(),
    "cut photo": papers.jpeg()[:60],
    "page": b"<!doctype html><p>hello",
}


@pytest.mark.parametrize("name", REFUSED)
async def test_a_file_that_cannot_be_kept_without_its_makers_traces_is_refused_with_a_way_out(
    tips: Tips, name: str
) -> None:
    answer = await tips.send(("file", REFUSED[name]))
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (422, "report-file-refused")
    assert "JPEG or PNG" in answer.json()["detail"]
    assert await tips.queue() == []


async def test_eleven_megabytes_are_too_many(tips: Tips) -> None:
    answer = await tips.send(("big.txt", b"x" * (11 * 1024 * 1024)))
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (413, "body-too-large")
    assert (await tips.send(*[("big.txt", b"x" * (11 * 1024 * 1024))] * 3)).status_code == 413


async def test_two_hundred_files_are_too_many(tips: Tips) -> None:
    answer = await tips.send(*[(f"{number}.txt", NOTICE.encode()) for number in range(200)])
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[1]) == (422, "report-files-too-many")
    told = await tips.tip()
    for _ in range(3):
        await tips.add(told["code"], *[("n.txt", NOTICE.encode())] * 3)
    full = await tips.add(told["code"], ("n.txt", NOTICE.encode()), status=422)
    assert full["type"].endswith("/report-files-too-many")


# What is never kept.


async def test_no_table_no_file_and_no_log_tells_who_reported(
    tips: Tips, service: ServiceUnderTest, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    signed_in = tips.tokens.headers("operator", account_id="account-of-li-si", person="person-of-li-si")
    headers = {**signed_in, "User-Agent": "TelltaleBrowser/7", "X-Client-Address": "203.0.113.77"}
    files = [
        ("张三的照片.jpg", papers.jpeg()),
        ("张三.docx", papers.word(NOTICE)),
        ("张三.pdf", papers.pdf("every clerk buys two boxes")),
    ]
    told = (await tips.send(*files, key=LONG_KEY, headers=headers, words="words-of-the-reporter")).json()
    await tips.add(told["code"], ("张三.png", papers.png()), words="another-word")
    await tips.follow(told["code"])
    code = told["code"]
    secrets = [
        *("account-of-li-si", "person-of-li-si", "TelltaleBrowser", "203.0.113.77", "张三", papers.OWNER, papers.PLACE),
        *(code, code.replace(" ", "")),
    ]
    stored = await everything_stored(service)
    assert "words-of-the-reporter" in stored
    assert [secret for secret in secrets if secret in stored] == []
    logged = "\n".join(record.getMessage() for record in caplog.records)
    assert [secret for secret in [*secrets, "words-of-the-reporter"] if secret in logged] == []


async def test_only_the_hour_of_a_report_is_kept_and_only_the_day_is_told(
    tips: Tips, service: ServiceUnderTest
) -> None:
    told = await tips.tip()
    followed = await tips.follow(told["code"])
    assert not re.search(r"\d\d:\d\d", str(followed))
    stored = await everything_stored(service)
    rows = [line for line in stored.splitlines() if line.startswith(("report", "decision"))]
    times = re.findall(r"datetime\.datetime\((\d+(?:, \d+)+)", "\n".join(rows))
    assert times
    assert {tuple(time.split(", ")[4:]) for time in times} == {("0",)}


async def test_files_of_one_report_differ_from_the_originals_only_by_what_told_of_the_maker(tips: Tips) -> None:
    (word, photo) = await take_files([papers.word(NOTICE), papers.jpeg()])
    assert (word.media_type, word.data.decode()) == ("text/plain", NOTICE)
    assert photo.media_type == "image/jpeg"
    told = await tips.tip(("p.jpg", papers.jpeg()))
    shown = await tips.service.client.get(f"/reports/{told['id']}/files/1", headers=tips.inspector())
    assert (shown.headers["content-type"], shown.content) == ("image/jpeg", photo.data)
    assert "sandbox" in shown.headers["content-security-policy"]
    assert io.BytesIO(shown.content).read(2) == b"\xff\xd8"
