"""What a filing says and attaches reaches the gate as texts; what nobody can read is said to be unreadable."""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.broadcast.county import NOW, County

CHENGGU = "要求全县帮扶干部通过线上下单或线下认购的方式，购买直播带货农产品每人不少于50元。"


async def _upload(county: County, data: bytes) -> str:
    return str(await county.app.app.state.blobs.put(data, [county.region]))


async def _notice(county: County, data: bytes, media_type: str = "text/plain", **fields: Any) -> dict[str, Any]:
    return {"sha256": await _upload(county, data), "name": "通知", "media_type": media_type} | fields


async def _texts(county: County) -> list[dict[str, Any]]:
    texts: list[dict[str, Any]] = (await county.app.said("broadcast.filing.submitted"))[-1]["facts"]["texts"]
    return texts


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
async def test_a_notice_is_read_in_either_encoding(county: County, encoding: str) -> None:
    await county.submitted(notices=[await _notice(county, CHENGGU.encode(encoding))])
    notices = [text for text in await _texts(county) if text["kind"] == "notice"]
    assert [text["text"] for text in notices] == [CHENGGU]


async def test_title_and_script_are_texts_in_their_language(county: County) -> None:
    await county.submitted(script_en="Pears.")
    assert [(text["kind"], text["language"]) for text in await _texts(county)] == [
        ("title", "zh"),
        ("title", "en"),
        ("script", "zh"),
        ("script", "en"),
    ]


async def test_scanned_rubbish_is_for_a_person_to_read(county: County) -> None:
    filing = await county.submitted(notices=[await _notice(county, b"%PDF-1.7 \x00\xff rubbish", "application/pdf")])
    (notice,) = [text for text in await _texts(county) if text["kind"] == "notice"]
    assert notice["unreadable"] is True
    assert "text" not in notice
    assert filing["content"]["notices"][0]["unreadable"] is True


async def test_what_somebody_typed_is_judged_and_the_scan_still_waits_for_a_person(county: County) -> None:
    notice = await _notice(county, b"\x89PNG", "image/png", typed_text=CHENGGU)
    await county.submitted(notices=[notice])
    typed, scan = [text for text in await _texts(county) if text["kind"] == "notice"]
    assert typed["text"] == CHENGGU
    assert "unreadable" not in typed
    assert scan["unreadable"] is True


async def test_typing_something_nicer_does_not_replace_a_readable_notice(county: County) -> None:
    await county.submitted(notices=[await _notice(county, CHENGGU.encode(), typed_text="自愿购买。")])
    assert [text["text"] for text in await _texts(county) if text["kind"] == "notice"] == [CHENGGU]


async def test_five_megabytes_of_text_are_too_much_for_a_machine(county: County) -> None:
    filing = await county.submitted(notices=[await _notice(county, "长".encode() * 1_700_000)])
    assert filing["content"]["notices"][0]["unreadable_because"] == "too_much_text"


async def test_long_texts_travel_by_their_hash(county: County) -> None:
    long_text = "各村可自愿参加。" * 6_000
    await county.submitted(notices=[await _notice(county, long_text.encode())], script_zh="梨" * 20_000)
    texts = await _texts(county)
    assert sum(len(text.get("text", "").encode()) for text in texts) <= 64_000
    (notice,) = [text for text in texts if text["kind"] == "notice"]
    assert "text" not in notice
    assert "unreadable" not in notice
    stored = await county.app.app.state.blobs.get(notice["sha256"])
    assert stored.decode() == long_text


async def test_a_long_script_is_in_the_store_too(county: County) -> None:
    await county.submitted(script_zh="梨" * 20_000, script_en="pear " * 4_000)
    (by_hash,) = [text for text in await _texts(county) if "text" not in text]
    stored = await county.app.app.state.blobs.get(by_hash["sha256"])
    assert hashlib.sha256(stored).hexdigest() == by_hash["sha256"]


async def test_a_changed_notice_needs_a_new_approval(county: County) -> None:
    filing = await county.scheduled()
    changed = await county.revise(filing, notices=[await _notice(county, CHENGGU.encode())])
    assert changed.json()["state"] == "submitted"


async def test_trying_it_shows_the_facts_that_would_be_asked(county: County) -> None:
    filing = await county.draft(notices=[await _notice(county, CHENGGU.encode() * 2000)])
    answer = await county.app.client.get(f"/filings/{filing['id']}/facts", headers=county.operator())
    facts = answer.json()["facts"]
    assert set(facts) == {"official", "filing", "texts", "media"}
    assert "approvals" not in facts["filing"]
    assert facts["filing"]["submitted_at"] == "2020-03-02T01:00:00Z"
    assert facts["texts"][-1]["text"] == CHENGGU * 2000


async def test_the_facts_speak_the_language_of_the_gate(county: County) -> None:
    """The names are checked against the schema that the gate publishes, read as a file as another platform would."""
    import json

    schema_file = Path(__file__).parents[2] / "services" / "compliance" / "rules" / "facts.schema.json"
    if not schema_file.exists():
        pytest.fail("The schema of the facts is committed beside the rules.")
    schema = json.loads(schema_file.read_text(encoding="utf-8"))
    people: dict[str, Any] = {"payments": [{"item": "travel", "payer_kind": "government", "payer": "somebody"}]}
    rest: dict[str, Any] = {
        "media": [{"kind": "cover", "official_shown": False}],
        "promotions": [{"platform": "某平台", "ordered_at": NOW.isoformat()}],
        "influencers": [{"person": "somebody", "fee_fen": 0}],
        "sponsors": [],
        "initiator": "somebody",
        "official_ai_generated": False,
        "notices": [await _notice(county, b"\x89PNG", "image/png", typed_text="x", ends_on="2020-04-01")],
    }
    paper = await county.upload()
    declaration = {"declared_on": "2020-02-01", "relations": [{"relation": "spouse", "identity": "so", "name": "甲乙"}],
                   "former_posts": [{"organ": "某局", "left_on": "2019-01-01"}], "signed_document_sha256": paper,
                   "grants": [{"supplier_uscc": "x", "approved_on": "2019-05-01", "amount_fen": 1}]}  # fmt: skip
    await county.post(f"/officials/{county.official}/declarations", declaration, county.operator(), 201)
    await county.approve((await county.previewed(**people, **rest))["id"])
    _assert_known((await county.app.said())[-1]["facts"], schema, schema, "facts")


def _assert_known(document: Any, schema: dict[str, Any], root: dict[str, Any], path: str) -> None:
    schema = _resolved(schema, root)
    if isinstance(document, dict):
        for name, value in document.items():
            assert name in schema["properties"], f"{path}.{name}"
            _assert_known(value, schema["properties"][name], root, f"{path}.{name}")
    elif isinstance(document, list):
        for value in document:
            _assert_known(value, schema["items"], root, f"{path}[]")


def _resolved(schema: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    if "anyOf" in schema:
        schema = next(option for option in schema["anyOf"] if option.get("type") != "null")
    if "$ref" in schema:
        schema = root["$defs"][schema["$ref"].rsplit("/", 1)[-1]]
    return schema


async def test_the_document_of_another_region_cannot_be_read_by_naming_its_hash(county: County) -> None:
    foreign = str(await county.app.app.state.blobs.put("别县的内部材料".encode(), ["440825"]))
    notice = {"sha256": foreign, "name": "通知", "media_type": "text/plain"}
    headers = county.operator() | {"Idempotency-Key": "another-region"}
    response = await county.app.client.post("/filings", json=county.body(notices=[notice]), headers=headers)
    assert (response.status_code, response.json()["type"].rsplit("/", 1)[-1]) == (422, "document-missing")
    assert "别县" not in response.text
    assert [each["field"] for each in response.json()["errors"]] == ["notices.0.sha256"]
    assert foreign in response.json()["errors"][0]["detail"]


async def test_a_picture_is_one_that_was_uploaded_for_the_region(county: County) -> None:
    foreign = str(await county.app.app.state.blobs.put(b"another county", ["440825"]))
    media = [{"kind": "cover"}, {"kind": "poster", "sha256": foreign}]
    refused = (await county.ask("/filings", county.body(media=media), county.operator())).json()
    assert refused["type"].endswith("/document-missing")
    assert [each["field"] for each in refused["errors"]] == ["media.1.sha256"]
    media[1]["sha256"] = await county.upload(b"the poster")
    assert (await county.draft(media=media))["content"]["media"][1]["sha256"] == media[1]["sha256"]


async def test_what_stands_behind_a_title_travels_with_it(county: County) -> None:
    title = "2019年全县产量第一的酥梨"
    declared = {"kind": "title", "text": title, "exemption": "time_and_place"}
    declared["evidence_id"] = await county.upload("全县产量统计公报".encode())
    caption = {"kind": "caption", "text": "孤儿院的孩子也来看花", "case_id": "CASE-1"}
    await county.submitted(title_zh=title, texts=[declared, caption])
    said = [text for text in await _texts(county) if text["kind"] in ("title", "caption")]
    texts = [text for text in said if text.get("language") != "en"]
    assert [{name: text[name] for name in text if name != "sha256"} for text in texts] == [declared, caption]
    assert texts[0]["sha256"] == hashlib.sha256(title.encode()).hexdigest()


async def test_a_proof_that_nobody_uploaded_is_refused_by_its_id(county: County) -> None:
    text = {"kind": "caption", "text": "全县产量第一", "evidence_id": "EV-1"}
    foreign = str(await county.app.app.state.blobs.put("别县的统计公报".encode(), ["440825"]))
    for unknown in ("EV-1", "0" * 64, foreign):
        refused = await county.ask("/filings", county.body(texts=[text | {"evidence_id": unknown}]), county.operator())
        problem = refused.json()
        assert (refused.status_code, problem["type"].rsplit("/", 1)[-1]) == (422, "document-missing")
        assert unknown in problem["detail"]
        assert [each["field"] for each in problem["errors"]] == ["texts.0.evidence_id"]
    chinese = await county.ask("/filings", county.body(texts=[text]), county.operator() | {"Accept-Language": "zh"})
    assert chinese.json()["detail"] == "您的地区没有编号为 EV-1 的文件，请先上传，或选择已上传的文件。"


async def test_a_proof_accepted_before_stays_when_somebody_from_another_office_revises(county: County) -> None:
    proof = await county.upload("全县产量统计公报".encode())
    filing = await county.draft(texts=[{"kind": "caption", "text": "全县产量第一", "evidence_id": proof}])
    headers = county.operator(scopes=(county.above,)) | {"If-Match": f'"{filing["version"]}"'}
    answer = await county.app.client.put(f"/filings/{filing['id']}", json=filing["content"], headers=headers)
    assert answer.status_code == 200, answer.text
