"""The pages of the right of reply: what the region sees and answers, what a reviewer decides, what everybody reads."""

import hashlib
import re
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.sessions import COOKIE, Visitor
from gateway.views import record_parts
from services.contracts.compliance import ReportUpheld
from services.disclosure.actions.preparing import prepare_next
from tests.apps import ServiceUnderTest, Tokens
from tests.conftest import ServiceOf
from tests.disclosure.broadcasts import (
    BROADCAST,
    EVIDENCE,
    ended,
    filing,
    listing,
    notes,
    order,
    sample,
    slow_sales,
    some_time_ago,
    viewers,
)
from tests.gateway.house import House, open_house

DUE = "UPDATE disclosure.course SET due_at = now() - interval '1 second' WHERE due_at IS NOT NULL"
PUBLIC, DESK = f"/disclosures/{BROADCAST}", f"/desk/records/{BROADCAST}"


class Record:
    """The door before disclosure, with one record that tells a finding."""

    def __init__(self, house: House, service: ServiceUnderTest, tokens: Tokens) -> None:
        self.house = house
        self.service = service
        self.tokens = tokens

    async def begin(self) -> None:
        """A broadcast whose goods were sold below their declared cost, and its record."""
        at = some_time_ago(days=1)
        upheld = sample(ReportUpheld, about_kind="filing", about_id=filing().entity_id)
        whole = filing(slow_sales_ids=[EVIDENCE])
        await self.service.hear(listing(farm_gate_fen=4_000), whole, slow_sales(), *notes(at), viewers(at, 120), upheld)
        await self.service.hear(*(order(number, at) for number in range(60)), ended(at))
        await self.look()

    async def look(self) -> None:
        """Another look at the record."""
        async with self.service.database.sessions.begin() as db:
            await (await db.connection()).exec_driver_sql(DUE)
        await prepare_next(self.service.database, self.service.app.state.surroundings)

    def come_as(self, who: str, *roles: str, scopes: tuple[str, ...], organ: str) -> str:
        """From now on the browser is theirs; its cookie."""
        token = self.tokens.token(*roles, scopes=scopes, account_id=who, person=f"p-{who}", organ=organ)
        visitor = Visitor(who, who, frozenset(roles), scopes, organ, token, f"session-of-{who}")
        digest = hashlib.sha256(f"session_id:session-of-{who}".encode()).hexdigest()
        self.house.door.sessions.cached[digest] = (visitor, time.monotonic() + 60)
        self.house.client.cookies.set(COOKIE, f"session-of-{who}")
        return f"session-of-{who}"

    def clerk(self) -> str:
        """The county's operator."""
        return self.come_as("clerk", "operator", scopes=("341321",), organ="砀山县商务局")

    def reviewer(self, organ: str = "安徽省市场监督管理局") -> str:
        """A reviewer of the province."""
        return self.come_as("reviewer", "reviewer", scopes=("340000",), organ=organ)

    async def open(self, path: str, status: int = 200) -> str:
        """A page."""
        answer = await self.house.client.get(path)
        assert answer.status_code == status, answer.text[:400]
        return answer.text

    async def send(self, page: str, action: str, status: int = 303, **fields: Any) -> str:
        """Fill in the form of a page that goes to this address, and send it; the page that follows."""
        form = next(found for found in re.findall(r"<form.*?</form>", page, re.DOTALL) if f'action="{action}"' in found)
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form))
        headers = {"origin": "http://sunfair.test"}
        answer = await self.house.client.post(action, data={**hidden, **fields}, headers=headers)
        assert answer.status_code == status, answer.text[:400]
        return answer.text if status != 303 else await self.open(answer.headers["location"])


@pytest.fixture
async def record(committing_service_app: ServiceOf, tokens: Tokens, tmp_path: Path) -> AsyncIterator[Record]:
    """The record and its door."""
    service = await committing_service_app("disclosure")
    async with open_house({"disclosure": service.app}, tmp_path, cache_seconds=0) as house:
        made = Record(house, service, tokens)
        await made.begin()
        yield made


async def test_a_reply_goes_from_the_region_to_the_reviewer_to_everybody(record: Record) -> None:
    record.clerk()
    assert "1 finding can be answered" in await record.open("/en/desk/records")
    page = await record.open(f"/en{DESK}")
    assert "Publish these files too" in page
    assert "Goods sold below their cost" in page
    assert "Still lacking" in page
    kept = await record.send(page, f"/en{DESK}", text_zh="多写了一位。", text_en="A digit too many.")
    assert "A digit too many." in kept
    assert "Reply under review" in kept
    await record.look()
    public = await record.open(f"/en{PUBLIC}")
    assert "What the region answers" in public
    assert "The region has replied, or a reviewer has decided." in public
    record.reviewer()
    (href,) = set(re.findall(r'href="(/en/desk/replies/[^"?]+)"', await record.open("/en/desk/replies")))
    page = await record.open(href)
    assert "Upheld, the finding is taken back with an apology." in page
    done = await record.send(page, f"{href}/decide", outcome="upheld", reason_zh="属实。", reason_en="It is so.")
    assert "Reply upheld: the finding is taken back" in done
    await record.look()
    english, chinese = await record.open(f"/en{PUBLIC}"), await record.open(f"/zh{PUBLIC}")
    assert "Nothing was found that speaks against the figures." in english
    assert "with an apology for having published it" in english
    assert "并就此前的公开致歉" in chinese
    assert "答复成立，核查发现已撤回" in chinese


async def test_everybody_gets_the_files_that_the_region_published_and_the_names_of_the_others(record: Record) -> None:
    contents = {"收购发票.txt": "每斤 0.9 元。".encode(), "内部说明.txt": "仅供复核。".encode()}
    blobs, files = record.service.app.state.surroundings.blobs, []
    for name, content in contents.items():
        digest = await blobs.put(content, owners=["341321"])
        files.append({"sha256": digest, "name": name, "public": name.startswith("收购")})
    clerk = record.tokens.headers("operator", scopes=("341321",), account_id="clerk", organ="砀山县商务局")
    body = {"broadcast_id": BROADCAST, "abuse": "below_cost", "text_zh": "多写了一位。", "files": files}
    answer = await record.service.client.post(
        "/replies", json=body, headers=clerk | {"Idempotency-Key": "one-of-a-kind"}
    )
    assert answer.status_code == 201, answer.text
    await record.look()
    page = await record.open(f"/en{PUBLIC}")
    (href,) = re.findall(r'href="([^"]+)" download>收购发票.txt<', page)
    assert "内部说明.txt <span" in page
    assert page.count("not published") == 1
    assert (await record.house.client.get(href)).content == contents["收购发票.txt"]
    assert (await record.house.client.get(href.replace(files[0]["sha256"], files[1]["sha256"]))).status_code == 404
    record.clerk()
    assert 'name="publish_files"' not in await record.open(f"/zh{DESK}"), "it was answered"


async def test_who_has_a_part_in_it_sees_why_somebody_else_decides(record: Record) -> None:
    record.clerk()
    await record.send(await record.open(f"/zh{DESK}"), f"/zh{DESK}", text_zh="多写了一位。")
    record.reviewer("砀山县商务局")
    (href,) = set(re.findall(r'href="(/zh/desk/replies/[^"?]+)"', await record.open("/zh/desk/replies")))
    page = await record.open(href)
    assert "须由其他单位的人员处理" in page
    assert f'action="{href}/decide"' not in page


async def test_a_reply_that_names_a_telephone_is_shown_again_with_what_was_typed(record: Record) -> None:
    record.clerk()
    page = await record.open(f"/en{DESK}")
    again = await record.send(page, f"/en{DESK}", 422, text_zh="请致电13800138000。")
    assert "请致电13800138000。" in again
    assert "telephone or identity number" in again


async def test_the_record_tells_viewers_unsold_goods_and_upheld_reports(record: Record) -> None:
    english, chinese = await record.open(f"/en{PUBLIC}"), await record.open(f"/zh{PUBLIC}")
    assert english.count('class="hour__line') == 2
    assert 'aria-labelledby="watch-title"' in english
    assert "Viewers over the broadcast" in english
    assert "Unsold goods before and after" in english
    assert "Reports that were found right" in english
    assert "各股室：每人不少于50元。" in english
    assert "直播前后的滞销情况" in chinese


async def test_nobody_else_sees_the_desk_of_records(record: Record) -> None:
    record.reviewer()
    await record.open("/en/desk/records", 403)
    await record.open("/en/desk/replies/nothing", 404)


def test_a_figure_that_moved_is_named_with_both_values() -> None:
    class English:
        language = "en"

        @staticmethod
        def _(text: str, **_said: Any) -> str:
            return text

    figures = [
        {"name": "verified.net_fen", "before": 179_400, "now": None},
        {"name": "decided", "before": 0, "now": 1_030},
    ]
    document = {"changes": [{"zh": "销售数据", "en": "The figures of sales", "figures": figures, "why": []}]}
    (told,) = record_parts.changes(English(), document)  # type: ignore[arg-type]  # A page speaks more.
    assert told["figures"] == [["Sales after refunds (verified)", "¥1,794", "–"], ["Complaints decided", "0", "1,030"]]
