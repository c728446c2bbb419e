"""Leaf records, proof files and receipts: one spelling, small, nameless, and worthless once anything is changed."""

import json
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from services.disclosure.ledger.canonical import (
    NotCanonical,
    Record,
    canonical,
    commitment,
    instant_text,
    read_record,
    sha256_hex,
)
from services.disclosure.ledger.merkle import ProofRefused
from services.disclosure.ledger.proofs import parse_proof, verify_proof
from services.disclosure.ledger.receipts import Receipt, make_receipts, read_receipt, verify_receipt
from tests.disclosure.ledger import naive
from tests.disclosure.ledger.published import PublishedLog

RECORD = Record("decision", "0192f0c1-0000-7000-8000-000000000001", "2026-11-28T03:00:00Z", sha256_hex(b"answer"))


def test_the_canonical_form_is_that_of_rfc_8785() -> None:
    # The second half of the example in RFC 8785 §3.2.2; its numbers are floats, which no document here has.
    value = {"string": '€$\x0f\nA\'B"\\\\"/', "literals": [None, True, False], "\ufb33": 1, "\U0001f600": 2, "1": 3}
    expected = '{"1":3,"literals":[null,true,false],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/","😀":2,"\ufb33":1}'
    assert canonical(value).decode() == expected


@pytest.mark.parametrize(
    "value",
    [1.5, float("nan"), 2**53, -(2**53), "\ud800", {"a": ["\udfff"]}, {"\ud800": 1}, {1: 2}, b"bytes", {"a": {1.0}}],
)
def test_what_two_programs_may_read_differently_has_no_canonical_form(value: Any) -> None:
    with pytest.raises(NotCanonical):
        canonical(value)


def test_a_record_is_read_back_and_is_small() -> None:
    encoded = RECORD.encode()
    assert read_record(encoded) == RECORD
    assert json.loads(encoded).keys() == {"kind", "id", "at", "sha256", "commitment"}
    assert len(encoded) < 300


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "Decision"},
        {"kind": ""},
        {"id": ""},
        {"id": "x" * 4096},
        {"id": "x" * 10_000_000},
        {"at": "2026-11-28"},
        {"at": "2026-11-28T03:00:00+08:00"},
        {"sha256": "ABC"},
        {"sha256": "A" * 64},
        {"commitment": "secret"},
    ],
)
def test_a_record_that_is_none_or_too_large_is_refused(change: dict[str, str]) -> None:
    with pytest.raises(NotCanonical):
        Record(**({"kind": "price", "id": "a", "at": RECORD.at, "sha256": RECORD.sha256} | change)).encode()


@pytest.mark.parametrize(
    "encoded",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff",
        RECORD.encode() + b" ",
        RECORD.encode().replace(b":null", b": null"),
        RECORD.encode().replace(b"{", b'{"more":1,', 1),
        b"[" * 4000,
        b"{" + b" " * 10_000_000 + b"}",
    ],
)
def test_bytes_that_are_not_exactly_a_record_are_refused(encoded: bytes) -> None:
    with pytest.raises(NotCanonical):
        read_record(encoded)


def test_instants_have_one_spelling() -> None:
    china = timezone(timedelta(hours=8))
    assert instant_text(datetime(2026, 11, 28, 11, 0, tzinfo=china)) == "2026-11-28T03:00:00Z"
    assert instant_text(datetime(2026, 11, 28, 11, 0, 0, 5, tzinfo=china)) == "2026-11-28T03:00:00.000005Z"
    with pytest.raises(NotCanonical):
        instant_text(datetime(2026, 11, 28))  # noqa: DTZ001  That is what is refused.


def test_a_commitment_binds_the_value_and_hides_it_without_its_salt() -> None:
    salt, other = bytes(32), bytes([1] * 32)
    assert commitment(salt, b"name") == commitment(salt, b"name")
    assert len({commitment(salt, b"name"), commitment(salt, b"Name"), commitment(other, b"name")}) == 3
    with pytest.raises(ValueError):
        commitment(b"short", b"name")


@pytest.fixture(scope="module")
def log() -> PublishedLog:
    """A log of seven entries."""
    return PublishedLog([*naive.records(6), RECORD.encode()])


def test_a_proof_file_stands_alone(log: PublishedLog) -> None:
    proof = parse_proof(str(log.proof(6)))
    assert proof == log.proof(6)
    assert proof.extra is not None
    assert verify_proof(proof, proof.extra, log.policy).head.size == 7


def test_the_published_shape_of_a_proof_is_read() -> None:
    text = (
        "c2sp.org/tlog-proof@v1\nindex 73894\n"
        "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\nB95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n\n"
        "example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n"
        "— example.com/fancylog hI2DJw==\n"
    )
    proof = parse_proof(text)
    assert (proof.index, len(proof.hashes), proof.extra) == (73894, 2, None)
    assert str(proof) == text


def test_a_proof_file_with_any_byte_changed_is_refused(log: PublishedLog) -> None:
    good = str(log.proof(6)).encode()
    record = log.entries[6]
    extra = range(good.index(b"extra "), good.index(b"index "))
    for place in range(len(good)):
        turned = bytearray(good)
        turned[place] ^= 1
        if place in extra:
            continue  # Nobody vouches for it: the record is compared, as the next test shows.
        with pytest.raises(ProofRefused):
            verify_proof(parse_proof(bytes(turned)), record, log.policy)


def test_a_proof_does_not_fit_a_record_with_any_byte_changed(log: PublishedLog) -> None:
    proof, record = log.proof(6), log.entries[6]
    for place in range(len(record)):
        turned = bytearray(record)
        turned[place] ^= 1
        with pytest.raises(ProofRefused):
            verify_proof(proof, bytes(turned), log.policy)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "c2sp.org/tlog-proof@v2\nindex 0\n\n",
        "c2sp.org/tlog-proof@v1\n\n",
        "c2sp.org/tlog-proof@v1\nindex 00\n\nx",
        "c2sp.org/tlog-proof@v1\nindex -1\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\nAAAA\n\nx",
        "c2sp.org/tlog-proof@v1\nindex 0\n????\n\nx",
        "c2sp.org/tlog-proof@v1\nextra ???\nindex 0\n\nx",
        b"\xff",
        "x" * 10_000_000,
    ],
)
def test_what_is_no_proof_is_refused(text: str | bytes) -> None:
    with pytest.raises(ProofRefused):
        parse_proof(text)


def statuses(count: int) -> list[dict[str, Any]]:
    """Order statuses, some removed."""
    return [
        {"order_id": str(number), "counted": number % 3 != 0, "removed_for": "false_order" if number % 3 == 0 else None}
        for number in range(count)
    ]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 255, 256, 257])
def test_every_buyer_can_show_what_became_of_the_order(count: int) -> None:
    made = make_receipts(statuses(count))
    assert made.size >= max(count, 2)
    assert made.size & (made.size - 1) == 0
    for status, receipt in zip(statuses(count), made.receipts, strict=True):
        assert verify_receipt(read_receipt(receipt.dump()), made.root) == status


def test_a_receipt_with_another_status_salt_or_place_proves_nothing() -> None:
    made = make_receipts(statuses(9))
    good = made.receipts[0]
    for bad in (
        Receipt(good.status | {"counted": True}, good.salt, good.index, good.size, good.path),
        Receipt(good.status, bytes(32), good.index, good.size, good.path),
        Receipt(good.status, good.salt, good.index ^ 1, good.size, good.path),
        Receipt(good.status, good.salt, good.index, good.size * 2, good.path),
        Receipt(good.status, good.salt, good.size, good.size, good.path),
        Receipt(good.status | {"price": 1.5}, good.salt, good.index, good.size, good.path),
    ):
        with pytest.raises(ProofRefused):
            verify_receipt(bad, made.root)


def test_the_published_root_tells_nothing_about_an_order_that_was_guessed_right() -> None:
    assert make_receipts(statuses(3)).root != make_receipts(statuses(3)).root


def test_the_place_of_a_receipt_does_not_tell_the_order_of_buying() -> None:
    places = [receipt.index for receipt in make_receipts(statuses(64)).receipts]
    assert sorted(places) == list(range(64))
    assert places != sorted(places)


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"[" * 50_000, b'{"format":"sunfair-receipt/1"}', b"x" * 100_001])
def test_what_is_no_receipt_is_refused(raw: bytes) -> None:
    with pytest.raises(ProofRefused):
        read_receipt(raw)
