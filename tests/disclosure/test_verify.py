"""The command with which a stranger checks the log: what holds, what does not, and what it says of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from services.disclosure.domain.leaves import new_leaf
from services.disclosure.ledger.canonical import canonical
from services.disclosure.ledger.notes import COSIGNATURE_V1, SignerKey, encoded
from services.disclosure.ledger.receipts import make_receipts
from services.disclosure.ledger.tiles import all_bundles, all_tiles
from services.disclosure.store import leaves
from tests.conftest import ServiceOf
from tests.disclosure.announcing import AT, Log, decision, parameter
from tests.disclosure.shown import announced, as_bytes, shown_decision
from tests.serving import listening
from tools.verify import BROKEN, HOLDS, MISUNDERSTOOD, NOT_FOUND, main


class Stranger:
    """Somebody with the log's public key and this command."""

    def __init__(
        self, url: str, key: str, log: Log, shown: dict[str, dict[str, Any]], releases: dict[str, list[bytes]]
    ) -> None:
        self.url = url
        self.key = key
        self.log = log
        self.shown = shown
        self.releases = releases

    async def asks(self, *words: str, key: str = "") -> int:
        """The exit code; the address and the key are given along."""
        arguments = [*words, "--from", self.url, "--key", key or self.key]
        return await asyncio.to_thread(main, arguments)


@pytest.fixture
async def stranger(committing_service_app: ServiceOf) -> AsyncIterator[Stranger]:
    """A market with one decision, one value and eight other decisions in its log."""
    log = Log(await committing_service_app("disclosure"))
    shown = {"decision-1": shown_decision()}
    await log.hear(announced(shown["decision-1"]), parameter(), *(decision(number) for number in range(2, 10)))

    async def show(request: Any) -> Response:
        document = shown.get(request.path_params["name"])
        return Response(status_code=404) if document is None else Response(as_bytes(document))

    records: dict[str, list[bytes]] = {}

    async def release(request: Any) -> Response:
        told = records.get(request.path_params["name"], [])
        number = int(request.path_params.get("number", len(told)))
        return Response(told[number - 1]) if 0 < number <= len(told) else Response(status_code=404)

    market = Starlette(
        routes=[
            Route("/api/v1/decisions/{name}", show),
            Route("/api/v1/disclosures/{name}", release),
            Route("/api/v1/disclosures/{name}/releases/{number}", release),
            Mount("/api/v1", log.service.app),
        ]
    )
    async with listening(market) as url:
        yield Stranger(url, (await log.client.get("/ledger")).json()["key"], log, shown, records)


async def test_a_decision_is_verified_and_kept_for_an_offline_check(
    stranger: Stranger, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await stranger.asks("decision", "decision-1", "--keep", str(tmp_path)) == HOLDS
    told = capsys.readouterr().out
    assert "decision decision-1: fail" in told
    assert "leaf 0 of 10 in sunfair.example/ledger" in told
    offline = ["--proof", str(tmp_path / "leaf.tlog-proof"), "--document", str(tmp_path / "document.json")]
    assert main(["decision", str(tmp_path / "decision.json"), *offline, "--key", stranger.key]) == HOLDS
    proof = ["proof", str(tmp_path / "leaf.tlog-proof"), "--document", str(tmp_path / "document.json")]
    assert main([*proof, "--key", stranger.key]) == HOLDS


@pytest.mark.parametrize(
    "change",
    [
        {"outcome": "pass"},
        {"facts": {"filing": {"id": "F-1", "notice": "自愿参加"}}},
        {"results": []},
        {"subject": {"kind": "filing", "id": "F-2", "version": 2}},
        {"decided_at": "2026-11-27T03:00:00Z"},
        {"at": "2026-11-28T11:00:01+08:00"},
        {"valid_until": "2027-01-01T00:00:00Z"},
        {"ruleset": "another"},
        {"binding": False},
        {"decision_id": "decision-2"},
    ],
    ids=lambda change: next(iter(change)),
)
@pytest.mark.parametrize("with_new_hashes", [False, True])
async def test_a_decision_that_was_changed_afterwards_does_not_hold(
    stranger: Stranger, change: dict[str, Any], with_new_hashes: bool
) -> None:
    stranger.shown["decision-1"] = (
        shown_decision(**({"name": change["decision_id"]} if "decision_id" in change else change))
        if with_new_hashes
        else stranger.shown["decision-1"] | change
    )
    assert await stranger.asks("decision", "decision-1") == BROKEN


def releases(count: int) -> list[bytes]:
    """The releases of a disclosure as they were published."""
    return [canonical({"number": number, "stage": "full", "what": "pears"}) for number in range(1, count + 1)]


def kept_releases(folder: Path) -> list[bytes]:
    """What was kept of them."""
    return [path.read_bytes() for path in sorted(folder.glob("release-*.json"))]


async def test_a_disclosure_is_verified_with_all_its_releases(
    stranger: Stranger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.verify.PATIENCE_SECONDS", 0)
    published = releases(2)
    async with stranger.log.service.database.sessions.begin() as db:
        for body in published:
            await leaves.add_leaves(db, [new_leaf("disclosure", "broadcast-1", AT, json.loads(body))])
    await stranger.log.grow()
    stranger.releases["broadcast-1"] = list(published)
    assert await stranger.asks("disclosure", "broadcast-1", "--keep", str(tmp_path)) == HOLDS
    assert kept_releases(tmp_path) == published
    forged = published[0].replace(b"pears", b"peers")
    for shown in ([forged, published[1]], published[:1], published[::-1], [*published, forged]):
        stranger.releases["broadcast-1"] = shown
        assert await stranger.asks("disclosure", "broadcast-1") == BROKEN
    assert await stranger.asks("disclosure", "broadcast-2") == NOT_FOUND


async def test_a_release_that_was_shown_a_moment_before_the_log_has_it_is_waited_for(stranger: Stranger) -> None:
    published = releases(2)
    stranger.releases["broadcast-1"] = list(published)
    for grown in range(2):
        async with stranger.log.service.database.sessions.begin() as db:
            await leaves.add_leaves(db, [new_leaf("disclosure", "broadcast-1", AT, json.loads(published[grown]))])
        if grown == 0:
            await stranger.log.grow()
    asked = asyncio.create_task(stranger.asks("disclosure", "broadcast-1"))
    await asyncio.sleep(0.3)
    assert not asked.done()
    await stranger.log.grow()
    assert await asked == HOLDS


async def test_another_key_than_the_logs_shows_nothing(stranger: Stranger) -> None:
    impostor = str(SignerKey.new("sunfair.example/ledger").verifier)
    assert await stranger.asks("decision", "decision-1", key=impostor) == BROKEN
    assert await stranger.asks("fsck", key=impostor) == BROKEN


async def test_witnesses_that_did_not_sign_are_missed(stranger: Stranger) -> None:
    witness = str(SignerKey.new("witness.example/paper", COSIGNATURE_V1).verifier)
    assert await stranger.asks("decision", "decision-1", "--witness", witness) == BROKEN
    assert await stranger.asks("decision", "decision-1", "--witness", witness, "--quorum", "0") == HOLDS
    assert await stranger.asks("decision", "decision-1", "--quorum", "1") == MISUNDERSTOOD


async def test_anything_in_the_log_is_verified_by_its_kind(stranger: Stranger) -> None:
    assert await stranger.asks("entity", "parameter", "change-1") == HOLDS
    assert await stranger.asks("entity", "price", "change-1") == NOT_FOUND
    assert await stranger.asks("decision", "decision-77") == NOT_FOUND


async def test_the_whole_log_is_rebuilt_and_kept_and_every_change_to_it_is_found(
    stranger: Stranger, tmp_path: Path
) -> None:
    assert await stranger.asks("--fsck", "--keep", str(tmp_path)) == HOLDS
    every_change_is_found(tmp_path, ["--fsck", "--from", str(tmp_path), "--key", stranger.key])


def every_change_is_found(folder: Path, asked: list[str]) -> None:
    """The log in a folder holds; with any file of it changed or missing it does not."""
    assert main(asked) == HOLDS
    names = [tile.path() for tile in (*all_tiles(10), *all_bundles(10))]
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == {*names, "checkpoint"}
    for name in names:
        file = folder / name
        good = file.read_bytes()
        file.write_bytes(good[:-1] + bytes([good[-1] ^ 1]))
        assert main(asked) == BROKEN
        file.unlink()
        assert main(asked) == BROKEN
        file.write_bytes(good)
    (folder / "checkpoint").unlink()
    assert main(asked) == NOT_FOUND


async def test_growth_is_remembered_from_visit_to_visit(stranger: Stranger, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    assert await stranger.asks("growth", str(seen), "--remember") == HOLDS
    first = seen.read_bytes()
    await stranger.log.hear(*(decision(number) for number in range(20, 300)))
    assert await stranger.asks("growth", str(seen), "--remember") == HOLDS
    assert b"\n290\n" in seen.read_bytes()
    older = tmp_path / "older"
    older.write_bytes(first)
    assert await stranger.asks("growth", str(older), str(seen)) == HOLDS
    assert await stranger.asks("growth", str(seen), str(older)) == BROKEN
    assert await stranger.asks("growth", str(tmp_path / "nothing")) == NOT_FOUND


async def test_a_buyer_verifies_a_receipt_offline(stranger: Stranger, tmp_path: Path) -> None:
    made = make_receipts([{"order_id": "1", "counted": True}, {"order_id": "2", "removed_for": "false_order"}])
    kept = tmp_path / "receipt.json"
    kept.write_bytes(made.receipts[1].dump())
    asked = ["receipt", str(kept), "--key", stranger.key, "--root", encoded(made.root)]
    assert main(asked) == HOLDS
    kept.write_text(json.dumps(json.loads(kept.read_bytes()) | {"status": {"order_id": "2", "counted": True}}))
    assert main(asked) == BROKEN


async def test_a_receipt_is_verified_against_the_release_that_the_log_has(stranger: Stranger, tmp_path: Path) -> None:
    status: dict[str, Any] = {
        "broadcast_id": "broadcast-1",
        "release": 1,
        "order_id": "7",
        "result": "counted",
        "reason_en": "Counted.",
    }
    made = make_receipts([status])
    published = [
        canonical({"number": number, "broadcast": {"broadcast_id": "broadcast-1"}, "receipts": {"root": encoded(root)}})
        for number, root in ((1, made.root), (2, bytes(32)))
    ]
    async with stranger.log.service.database.sessions.begin() as db:
        for body in published:
            await leaves.add_leaves(db, [new_leaf("disclosure", "broadcast-1", AT, json.loads(body))])
    await stranger.log.grow()
    stranger.releases["broadcast-1"] = list(published)
    file, kept = tmp_path / "receipt.json", tmp_path / "kept"
    file.write_bytes(made.receipts[0].dump())
    assert await stranger.asks("receipt", str(file), "--keep", str(kept)) == HOLDS
    release, proof = str(kept / "release.json"), str(kept / "release.tlog-proof")
    offline = ["receipt", str(file), "--key", stranger.key, "--release", release, "--proof", proof]
    assert main(offline) == HOLDS
    assert main(offline[:-2]) == MISUNDERSTOOD
    others: list[dict[str, Any]] = [{"result": "removed"}, {"release": 2}, {"broadcast_id": "broadcast-2"}]
    for number, changed in enumerate(others):
        forged = tmp_path / f"forged-{number}.json"
        forged.write_text(json.dumps(json.loads(file.read_bytes()) | {"status": status | changed}))
        assert main(["receipt", str(forged), *offline[2:]]) == BROKEN
        assert await stranger.asks("receipt", str(forged)) in (BROKEN, NOT_FOUND)
    # A release that the log does not have shows nothing, and nor does one without a root.
    stranger.releases["broadcast-1"] = [published[0].replace(b"broadcast-1", b"broadcast-9"), published[1]]
    assert await stranger.asks("receipt", str(file)) == BROKEN


async def test_questions_that_cannot_be_asked_end_with_two(stranger: Stranger, tmp_path: Path) -> None:
    assert main([]) == MISUNDERSTOOD
    assert main(["decision", "x"]) == MISUNDERSTOOD
    assert main(["decision", "x", "--key", stranger.key]) == MISUNDERSTOOD
    assert main(["fsck", "--from", stranger.url, "--key", "nonsense"]) == MISUNDERSTOOD
    assert main(["proof", str(tmp_path / "none"), "--key", stranger.key]) == NOT_FOUND
    assert main(["fsck", "--from", "http://127.0.0.1:9", "--key", stranger.key]) == NOT_FOUND


async def test_a_market_that_answers_nonsense_shows_nothing(stranger: Stranger) -> None:
    async def nonsense(_request: Any) -> Response:
        return Response(b'{"items": [{"published": true}]}')

    async with listening(Starlette(routes=[Route("/{path:path}", nonsense)])) as url:
        for words in (["decision", "x"], ["entity", "price", "x"]):
            assert await asyncio.to_thread(main, [*words, "--from", url, "--key", stranger.key]) == NOT_FOUND
        assert await asyncio.to_thread(main, ["fsck", "--from", url, "--key", stranger.key]) == BROKEN
