"""Files by their hash, kept in a folder and in an S3-compatible store alike."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import boto3
import obstore
import pytest
from moto.server import ThreadedMotoServer

from services.kit.blobs import BlobStore
from services.kit.problem import Unavailable

BUCKET = "sunfair"
PEARS = "砀山酥梨的检测报告".encode()
NAME = hashlib.sha256(PEARS).hexdigest()


@pytest.fixture(scope="module")
def s3_endpoint() -> Iterator[str]:
    """A server that speaks S3, with an empty bucket."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "stand-in", "aws_secret_access_key": "stand-in", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=endpoint, **keys).create_bucket(Bucket=BUCKET)
    yield endpoint
    server.stop()


@pytest.fixture(params=["folder", "s3"])
def url(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The value of SUNFAIR_BLOBS; a bucket is reached by the variables that the settings page names."""
    if request.param == "folder":
        return f"file://{tmp_path / 'blobs'}"
    monkeypatch.setenv("AWS_ENDPOINT", request.getfixturevalue("s3_endpoint"))
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "stand-in")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "stand-in")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    return f"s3://{BUCKET}/{tmp_path.name}"


async def test_what_is_kept_is_found_under_its_hash_by_another_process(url: str) -> None:
    assert await BlobStore(url).put(PEARS) == NAME
    assert await BlobStore(url).get(NAME) == PEARS


async def test_the_same_bytes_twice_are_one_file(url: str) -> None:
    store = BlobStore(url)
    await store.put(PEARS)
    await store.put(PEARS)
    assert [name async for name in store.digests()] == [NAME]


async def test_a_file_that_is_not_there_is_none(url: str) -> None:
    assert await BlobStore(url).get(NAME) is None


async def test_bytes_that_no_longer_match_their_name_are_not_given_out(url: str) -> None:
    store = BlobStore(url)
    await store.put(PEARS)
    await obstore.put_async(store.store, f"{NAME[:2]}/{NAME}", b"exchanged")
    assert await store.get(NAME) is None


async def test_a_file_belongs_to_whoever_brought_it(url: str) -> None:
    store = BlobStore(url)
    await store.put(PEARS, ["341321"])
    assert await store.is_owned(NAME, ["610630", "341321"])
    assert not await store.is_owned(NAME, ["610630"])


async def test_a_deleted_file_is_gone_and_may_be_deleted_again(url: str) -> None:
    store = BlobStore(url)
    await store.put(PEARS)
    await store.delete(NAME)
    await store.delete(NAME)
    assert await store.get(NAME) is None


async def test_a_part_of_the_store_keeps_to_itself(url: str) -> None:
    whole, part = BlobStore(url), BlobStore(f"{url}/reports")
    await part.put(PEARS)
    assert await whole.get(NAME) is None
    assert [name async for name in whole.digests()] == []
    assert [name async for name in part.digests()] == [NAME]


async def test_more_files_than_one_page_of_an_answer_holds_are_all_listed(url: str) -> None:
    store = BlobStore(url)
    kept = {await store.put(str(number).encode()) for number in range(60)}
    assert {name async for name in store.digests()} == kept


async def test_a_folder_without_room_is_told_as_a_store_that_is_away(tmp_path: Path) -> None:
    store = BlobStore(f"file://{tmp_path / 'blobs'}")
    (tmp_path / "blobs" / NAME[:2]).write_text("in the way")
    with pytest.raises(Unavailable):
        await store.put(PEARS)


async def test_a_bucket_that_is_not_there_is_told_as_a_store_that_is_away(
    s3_endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT", s3_endpoint)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    keys = {"access_key_id": "stand-in", "secret_access_key": "stand-in", "region": "us-east-1"}
    with pytest.raises(Unavailable):
        await BlobStore("s3://elsewhere", **keys).put(PEARS)
