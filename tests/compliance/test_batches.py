"""Batches: counted first, answered line by line, resumed with the same key."""

import json
from typing import Any

from httpx import Response

from services.compliance.models import BatchLine
from tests.apps import ServiceUnderTest, Tokens
from tests.compliance.test_checks import notice_check, platform


async def send(service: ServiceUnderTest, checks: Any, headers: dict[str, str]) -> Response:
    return await service.client.post("/checks:batch", json={"checks": checks}, headers=headers)


def lines(answer: Response) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.content.splitlines()]


async def count(service: ServiceUnderTest) -> int:
    rows = await service.database.fetch_rows("SELECT count(*) FROM compliance.decision")
    return int(rows[0][0])


async def test_every_check_has_its_line_in_order(service: ServiceUnderTest, tokens: Tokens) -> None:
    checks = [notice_check(), notice_check(stage="lunch"), {"nonsense": True}, 7, notice_check("今天开会。")]
    answer = await send(service, checks, platform(tokens))
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    said = lines(answer)
    assert [line["index"] for line in said] == [0, 1, 2, 3, 4]
    assert ["decision" if "decision" in line else line["problem"]["status"] for line in said] == [
        "decision",
        422,
        422,
        422,
        "decision",
    ]
    assert said[0]["decision"]["outcome"] == "fail"
    again = await service.client.get(f"/decisions/{said[0]['decision']['decision_id']}", headers=platform(tokens))
    assert again.json() == said[0]["decision"]


async def test_a_thousand_and_one_are_refused_before_anything_is_decided(
    service: ServiceUnderTest, tokens: Tokens
) -> None:
    answer = await send(service, [notice_check()] * 1001, platform(tokens))
    assert (answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]) == (422, "batch-too-large")
    assert await count(service) == 0


async def test_the_same_key_gives_the_same_lines_and_no_new_decision(service: ServiceUnderTest, tokens: Tokens) -> None:
    checks = [notice_check(f"第{number}份通知") for number in range(60)] + [{"bad": 1}]
    headers = platform(tokens) | {"Idempotency-Key": "batch-1"}
    first = await send(service, checks, headers)
    made = await count(service)
    second = await send(service, checks, headers)
    assert (first.content, await count(service), made) == (second.content, 60, 60)


async def test_a_stream_cut_after_its_first_chunk_is_resumed(service: ServiceUnderTest, tokens: Tokens) -> None:
    checks = [notice_check(f"第{number}份通知") for number in range(60)]
    headers = platform(tokens) | {"Idempotency-Key": "batch-2"}
    whole = lines(await send(service, checks, headers))
    async with service.database.sessions.begin() as db:
        for position in range(50, 60):
            row = await db.get(BatchLine, ("account-of-the-test", "batch-2", position))
            await db.delete(row)
    resumed = lines(await send(service, checks, headers))
    assert resumed[:50] == whole[:50]
    assert [line["decision"]["answer_sha256"] for line in resumed] == [
        line["decision"]["answer_sha256"] for line in whole
    ]


async def test_the_same_key_with_another_batch_is_refused(service: ServiceUnderTest, tokens: Tokens) -> None:
    headers = platform(tokens) | {"Idempotency-Key": "batch-3"}
    await send(service, [notice_check()], headers)
    other = await send(service, [notice_check("另一份")], headers)
    assert (other.status_code, other.json()["type"].rsplit("/", 1)[-1]) == (422, "idempotency-key-reused")


async def test_an_empty_batch_has_no_lines(service: ServiceUnderTest, tokens: Tokens) -> None:
    answer = await send(service, [], platform(tokens))
    assert (answer.status_code, answer.content) == (200, b"")


async def test_a_line_that_is_no_utf8_stops_no_other(service: ServiceUnderTest, tokens: Tokens) -> None:
    bad = json.dumps({"checks": [{"stage": "filing", "facts": {"\ud800": 1}}, notice_check()]})
    headers = platform(tokens) | {"content-type": "application/json", "Idempotency-Key": "batch-4"}
    answer = await service.client.post("/checks:batch", content=bad, headers=headers)
    assert [line.keys() - {"index"} for line in lines(answer)] == [{"problem"}, {"decision"}]
