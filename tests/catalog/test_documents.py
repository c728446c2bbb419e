"""Evidence documents over HTTP: what is taken, and who may read it."""

import hashlib
import io

from PIL import Image

from tests import papers
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


async def test_the_documents_of_a_region_are_listed_for_its_offices_and_nobody_else(market: Market) -> None:
    first = await market.upload(b"first", "first.txt", "proof")
    second = await market.upload(b"second", "second.txt", "test_report")
    colleague = market.headers("certifier", account_id="colleague")
    files = {"file": ("copy.txt", b"second")}
    await market.client.post("/documents", files=files, data={"kind": "other"}, headers=colleague)

    async def listed(headers: dict[str, str], query: str = "") -> list[str]:
        answer = await market.client.get(f"/documents{query}", headers=headers)
        assert answer.status_code == 200, answer.text
        return [item["name"] for item in answer.json()["items"]]

    assert await listed(market.headers()) == ["second.txt", "first.txt"]
    assert await listed(colleague, "?kind=proof&kind=other") == ["copy.txt", "first.txt"]
    assert await listed(market.headers("operator", scopes=("610722",), account_id="another")) == []
    page = (await market.client.get("/documents?limit=1", headers=market.headers())).json()
    after = (await market.client.get(f"/documents?limit=1&cursor={page['next']}", headers=market.headers())).json()
    assert ([each["sha256"] for each in page["items"] + after["items"]], after["next"]) == ([second, first], None)
    assert (await market.client.get("/documents")).status_code == 401
    assert (await market.client.get("/documents", headers=market.headers("buyer"))).status_code == 403
    assert (await market.client.get("/documents?kind=diary", headers=market.headers())).status_code == 422


async def test_a_proof_that_nobody_uploaded_for_the_region_is_refused_by_its_id(market: Market) -> None:
    foreign = market.headers("operator", scopes=("610722",), account_id="another")
    files = {"file": ("figures.txt", b"figures of Chenggu")}
    taken = await market.client.post("/documents", files=files, data={"kind": "proof"}, headers=foreign)
    own = await market.upload(b"figures of Dangshan", "figures.txt", "proof")
    form = form_of(await market.listing(lots=1))
    text = {"kind": "description", "text": "2019年全县产量第一"}
    for unknown in ("EV-1", str(taken.json()["sha256"])):
        form["lots"][0]["texts"] = [text | {"evidence_id": unknown}]
        refused = await market.post("/listings", form, status=422)
        assert [each["field"] for each in refused["errors"]] == ["lots.0.texts.0.evidence_id"]
        assert unknown in refused["errors"][0]["detail"]
    form["lots"][0]["texts"] = [text | {"evidence_id": own}]
    assert (await market.post("/listings", form))["draft"]["lots"][0]["texts"][0]["evidence_id"] == own


async def test_a_picture_of_goods_is_shown_in_place_small_and_without_its_story(market: Market) -> None:
    out, exif = io.BytesIO(), Image.Exif()
    exif[0x013B] = papers.OWNER
    Image.new("RGB", (2600, 1300), "green").save(out, "JPEG", exif=exif)
    sha256 = await market.upload(out.getvalue(), "梨.jpg", "picture")
    assert sha256 != hashlib.sha256(out.getvalue()).hexdigest()
    answer = await market.client.get(f"/documents/{sha256}", headers=market.headers())
    assert answer.headers["content-type"] == "image/jpeg"
    assert answer.headers["content-disposition"].startswith("inline")
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert papers.OWNER.encode() not in answer.content
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (2000, 1000)


async def test_evidence_is_kept_byte_for_byte_whatever_it_tells_of_its_maker(market: Market) -> None:
    photo = papers.jpeg()
    sha256 = await market.upload(photo, "label.jpg", "label_photo")
    assert sha256 == hashlib.sha256(photo).hexdigest()
    assert (await market.client.get(f"/documents/{sha256}", headers=market.headers())).content == photo


async def test_evidence_that_nobody_could_look_at_is_refused(market: Market) -> None:
    async def refused(data: bytes, name: str) -> tuple[int, str]:
        files, headers = {"file": (name, data)}, market.headers()
        answer = await market.client.post("/documents", files=files, data={"kind": "certificate"}, headers=headers)
        return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]

    assert await refused(papers.png(30_000, 30_000), "scan.png") == (422, "picture-unreadable")
    assert await refused(papers.png()[:40], "scan.png") == (422, "picture-unreadable")
    assert await refused(b"<svg><script>alert(1)</script></svg>", "scan.txt") == (415, "document-type-refused")


async def test_what_pretends_to_be_a_picture_of_goods_is_refused(market: Market) -> None:
    async def refused(data: bytes, name: str) -> tuple[int, str]:
        files, headers = {"file": (name, data)}, market.headers()
        answer = await market.client.post("/documents", files=files, data={"kind": "picture"}, headers=headers)
        assert answer.json()["detail"]
        return answer.status_code, answer.json()["type"].rsplit("/", 1)[-1]

    script = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>alert(1)</script></svg>'
    assert await refused(script, "pear.svg") == (415, "document-type-refused")
    assert await refused(b"MZ\x90\x00\x03\x00\x00\x00\x04", "pear.jpg") == (415, "document-type-refused")
    assert await refused(papers.png(30_000, 30_000), "pear.png") == (422, "picture-unreadable")
    assert await refused(papers.jpeg()[:200], "pear.jpg") == (422, "picture-unreadable")
    assert await refused(b"%PDF-1.7 and nothing", "pear.pdf") == (415, "document-type-refused")
