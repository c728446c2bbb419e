"""Evidence documents over HTTP: what is taken, and who may read it."""

import hashlib

from tests.catalog.market import Market, form_of, producer_body


async def test_a_document_is_known_by_the_hash_of_its_bytes(market: Market) -> None:
    sha256 = await market.upload("检测报告".encode(), "报告.txt", "test_report")
    assert sha256 == hashlib.sha256("检测报告".encode()).hexdigest()
    assert await market.upload("检测报告".encode(), "again.txt", "other") == sha256
    answer = await market.client.get(f"/documents/{sha256}", headers=market.headers())
    assert answer.content == "检测报告".encode()
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-disposition"] == "attachment; filename*=UTF-8''%E6%8A%A5%E5%91%8A.txt"
    assert answer.headers["content-type"].startswith("text/plain")


async def test_a_document_is_for_those_concerned_until_its_listing_is_decided(market: Market) -> None:
    sha256 = await market.upload(b"certificate of lot DS-0")
    path = f"/documents/{sha256}"
    foreign = market.headers("operator", scopes=("610722",), account_id="another")
    above = market.headers("approver", scopes=("341300",), account_id="above")
    assert (await market.client.get(path)).status_code == 404
    assert (await market.client.get(path, headers=foreign)).status_code == 404
    assert (await market.client.get(path, headers=above)).status_code == 200

    draft = await market.listing(lots=1)
    form = form_of(draft)
    form["lots"][0]["certificates"] = [{"kind": "conformity", "lot_number": "DS-0", "document_sha256": sha256}]
    await market.put(f"/listings/{draft['id']}", form)
    submitted = await market.post(f"/listings/{draft['id']}/submit", {})
    assert (await market.client.get(path)).status_code == 404
    await market.decide(submitted)
    assert (await market.client.get(path)).content == b"certificate of lot DS-0"


async def test_nobody_publishes_a_document_of_another_region_by_naming_it(market: Market) -> None:
    """Registers print the hashes of evidence; a listing that names one would carry the file into the open."""
    foreign = market.headers("operator", scopes=("610722",), account_id="another")
    files = {"file": ("stock.txt", b"what Chenggu has in its cold stores")}
    taken = await market.client.post("/documents", files=files, data={"kind": "slow_sales_evidence"}, headers=foreign)
    sha256 = taken.json()["sha256"]

    form = form_of(await market.listing(lots=1))
    form["open_call"]["document_sha256"] = sha256
    refused = await market.post("/listings", form, status=422)
    assert refused["errors"][0]["field"] == "open_call.document_sha256"
    proof = producer_body(2) | {"village_proof_sha256": sha256}
    assert (await market.post("/producers", proof, status=422))["errors"][0]["field"] == "village_proof_sha256"
    assert (await market.client.get(f"/documents/{sha256}")).status_code == 404


async def test_refused_types_empty_files_and_too_large_ones_are_told_apart(market: Market) -> None:
    async def status(data: bytes) -> tuple[int, str]:
        answer = await market.client.post(
            "/documents", files={"file": ("x", data)}, data={"kind": "other"}, headers=market.headers()
        )
        return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]

    assert await status(b"MZ\x90\x00\x03\x00\x00\x00\x04") == (415, "document-type-refused")
    assert await status(b"") == (422, "document-empty")
    assert await status(b"a" * (10 * 1024 * 1024 + 1)) == (413, "body-too-large")
    assert await status(b"a" * (11 * 1024 * 1024)) == (413, "body-too-large")


async def test_strangers_and_buyers_upload_nothing(market: Market) -> None:
    files = {"file": ("x.txt", b"x")}
    assert (await market.client.post("/documents", files=files, data={"kind": "other"})).status_code == 401
    buyer = market.headers("buyer")
    answer = await market.client.post("/documents", files=files, data={"kind": "other"}, headers=buyer)
    assert answer.status_code == 403


async def test_an_unknown_kind_is_refused(market: Market) -> None:
    answer = await market.client.post(
        "/documents", files={"file": ("x.txt", b"x")}, data={"kind": "diary"}, headers=market.headers()
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "kind"
