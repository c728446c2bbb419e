"""Evidence of unsold goods through the door, the desk's overview, and the page on the accuracy of the text rules."""

import json
import re
from typing import Any

import pytest
from markupsafe import escape

from services.compliance.rules import RULEBOOK
from tests.apps import ServiceUnderTest
from tests.compliance.rules.corpus_report import ACCURACY
from tests.gateway.house import House
from tests.gateway.offices import Office
from tests.gateway.test_registry import gate, house, register, registrar

__all__ = ["gate", "house", "registrar"]

ROOT = "/zh/desk/slow-sales"
EVIDENCE = {
    "region_code": "341321",
    "category_code": "fruit.pear.su",
    "season": "2019",
    "progress_gap_bp": "28",
    "price_gap_bp": "-12.5",
    "unsold_grams": "800.5",
    "season_grams": "5000",
    "days_to_spoil": "10",
    "sold_grams_per_day": "10",
    "mechanism": "transport",
    "sources.0.org": "砀山县农业农村局",
    "sources.0.as_of_on": "2020-02-20",
    "sources.0.independent_of_applicant": "no",
    "sources.0.indicators": "unsold",
    "sources.1.org": "宿州市价格监测中心",
    "sources.1.independent_of_applicant": "yes",
}


def papers() -> dict[str, Any]:
    return {
        "sources.0.document_sha256": ("来源.txt", "滞销统计".encode(), "text/plain"),
        "disruption_documents.0": ("中断.txt", "道路中断".encode(), "text/plain"),
    }


async def submit(office: Office, **changes: str) -> str:
    answer = await office.send(f"{ROOT}/new", ROOT, papers(), **EVIDENCE | changes)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


@pytest.fixture
def operator(house: House) -> Office:
    return Office(house, "operator")


async def test_evidence_is_submitted_with_its_sources_and_papers(operator: Office, gate: ServiceUnderTest) -> None:
    page = await submit(operator)
    kept = (await gate.client.get(f"/slow-sales/{page.rsplit('/', 1)[-1]}")).json()["document"]
    assert (kept["progress_gap_bp"], kept["price_gap_bp"], kept["unsold_grams"]) == (2800, -1250, 800_500_000)
    assert kept["sources"][0]["indicators"] == ["unsold"]
    assert len(kept["sources"][0]["document_sha256"]) == 64
    assert len(kept["disruption_documents"]) == 1
    shown = (await operator.see(page)).text
    assert "800.5 吨" in shown
    assert "-12.5 %" in shown
    assert "该证明材料由您提交" in shown
    assert f'action="{page}/certify"' not in shown


async def test_a_certifier_finds_it_opens_the_papers_and_certifies(house: House, operator: Office) -> None:
    page = await submit(operator)
    certifier = Office(house, "certifier")
    assert f'href="{page}"' in (await certifier.see("/zh/desk")).text
    assert f'href="{page}"' in (await certifier.see(f"{ROOT}?waiting=yes")).text
    shown = (await certifier.see(page)).text
    assert "fm.slow_sales" in shown
    for address in re.findall(r'href="(/api/v1/documents/[0-9a-f]{64})"', shown):
        assert (await house.client.get(address, headers=certifier.cookie)).status_code == 200
    unread = await certifier.send(page, f"{page}/certify")
    assert (unread.status_code, 'id="e-compared"' in unread.text) == (422, True)
    done = await certifier.follow(await certifier.send(page, f"{page}/certify", compared="yes"))
    assert "安徽省统计局" in done.text
    assert f'href="{page}"' not in (await certifier.see(f"{ROOT}?waiting=yes")).text


async def test_what_cannot_be_kept_comes_back_with_its_papers(operator: Office) -> None:
    refused = await operator.send(f"{ROOT}/new", ROOT, papers(), **EVIDENCE | {"season": "", "unsold_grams": "viel"})
    assert (refused.status_code, 'id="e-unsold_grams"' in refused.text) == (422, True)
    assert 'name="disruption_documents.0__held"' in refused.text
    assert 'value="viel"' in refused.text
    elsewhere = await operator.send(f"{ROOT}/new", ROOT, **EVIDENCE | {"region_code": "610722"})
    assert (elsewhere.status_code, "城固县" in elsewhere.text) == (422, True)


async def test_the_desk_tells_a_registrar_what_others_still_have_to_look_at(house: House, registrar: Office) -> None:
    empty = (await registrar.see("/en/desk")).text
    assert "Every event of your regions is verified" in empty
    page = await register(registrar)
    assert f'href="{page.replace("/zh/", "/en/")}"' in (await registrar.see("/en/desk")).text


async def test_an_inspector_sees_how_many_reports_are_open(house: House, gate: ServiceUnderTest) -> None:
    inspector = Office(house, "inspector")
    assert "没有等待您处理的举报" in (await inspector.see("/zh/desk")).text
    form = {"kind": "other", "region_code": "341321", "words": "x"}
    sent = await gate.client.post("/reports", data=form, files=[("files", ("a.txt", b"x"))])
    assert sent.status_code == 201, sent.text
    shown = (await inspector.see("/zh/desk")).text
    assert re.search(r"<dt>待处理</dt><dd>1</dd>", shown)
    assert 'href="/zh/desk/reports"' in shown


@pytest.mark.parametrize("language", ["zh", "en"])
async def test_everybody_reads_how_accurate_the_text_rules_are(house: House, language: str) -> None:
    page = await house.client.get(f"/{language}/rules/accuracy")
    assert (page.status_code, page.headers["cache-control"]) == (200, "public, max-age=5")
    titles = {rule.id: rule.title[0] if language == "zh" else rule.title[1] for rule in RULEBOOK}
    for rule in json.loads(ACCURACY.read_text(encoding="utf-8"))["rules"]:
        assert titles[rule["rule"]] in page.text
        for part in rule["parts"]:
            assert f"({part['guilty_failed']} / {part['guilty']})" in page.text
            for confusion in part["confusions"]:
                assert str(escape(confusion["text"])) in page.text
    assert f'href="/{language}/rules/accuracy"' in (await house.client.get(f"/{language}/rules")).text
    data = await house.client.get("/api/v1/rules/accuracy")
    assert (data.status_code, data.json()["rules"][0]["rule"]) == (200, "notice.apportion")


async def test_the_page_of_a_rule_is_still_its_own(house: House) -> None:
    assert (await house.client.get("/zh/rules/fm.event")).status_code == 200
