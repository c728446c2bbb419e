"""Signed notes, checkpoints and cosignatures: the published examples, and everything that must be refused."""

from datetime import UTC, datetime

import pytest

from services.disclosure.ledger.checkpoint import (
    Checkpoint,
    CheckpointRefused,
    Head,
    Policy,
    open_checkpoint,
    parse_head,
    sign_checkpoint,
)
from services.disclosure.ledger.cosignatures import cosign, cosigned_at, cosigned_message
from services.disclosure.ledger.merkle import Tree, leaf_hash
from services.disclosure.ledger.notes import (
    COSIGNATURE_V1,
    ED25519,
    NoteRefused,
    Signature,
    SignerKey,
    VerifierKey,
    decoded,
    parse_note,
    sign_note,
    trusted_signatures,
    verify_plain,
)

ORIGIN = "sunfair.example/ledger"
AT = datetime(2026, 11, 28, 3, 0, tzinfo=UTC)

# The example of golang.org/x/mod/sumdb/note, whose format signed-note is.
PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
PETERS_SEED = "AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
PETERS_NOTE = (
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)
# The example of c2sp.org/tlog-cosignature; its keys are not published.
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+"
    "zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0"
    "xUe+mbIUBkBIfZ+qnA==\n"
)


@pytest.fixture(scope="module")
def log() -> SignerKey:
    """The key of a log."""
    return SignerKey.new(ORIGIN)


@pytest.fixture(scope="module")
def witnesses() -> tuple[SignerKey, ...]:
    """The keys of three witnesses."""
    return tuple(SignerKey.new(f"witness.example/{name}", COSIGNATURE_V1) for name in ("paper", "school", "court"))


@pytest.fixture(scope="module")
def head() -> Head:
    """A head of seven leaves."""
    return Head(ORIGIN, 7, Tree(leaf_hash(bytes([number])) for number in range(7)).root())


def policy(log: SignerKey, *witnesses: SignerKey, quorum: int = 0) -> Policy:
    """Trust in these keys."""
    return Policy(log.verifier, tuple(key.verifier for key in witnesses), quorum)


def test_the_published_note_is_read_and_written_byte_for_byte() -> None:
    key = VerifierKey.parse(PETER)
    note = parse_note(PETERS_NOTE)
    assert trusted_signatures(note, [key], verify_plain) == [key]
    assert str(key) == PETER
    assert str(note) == PETERS_NOTE
    signer = SignerKey("PeterNeumann", ED25519, decoded(PETERS_SEED)[1:])
    assert sign_note(note.text, signer) == note.signatures[0]


def test_the_published_cosigned_checkpoint_is_read_as_it_is_described() -> None:
    note = parse_note(SOFA.encode())
    assert parse_head(note.text).size == 20852163
    assert str(note) == SOFA
    assert int(cosigned_at(note.signatures[1]).timestamp()) == 1679315147
    expected = "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
    assert cosigned_message(note.text, 1679315147).decode().startswith(expected)


@pytest.mark.parametrize(
    "note",
    [
        "",
        "a text\n",
        "a text\n\n",
        "a text\n\nno signature\n",
        "a text\n\n— name\n",
        "a text\n\n— na+me AAAAAAA=\n",
        "a text\n\n— name not-base64\n",
        "a text\n\n— name AAAA\n",
        "a text\n\n— name AAAAAAB=\n",
        "a text\n\n— name AAAAAAA=",
        "a\ttext\n\n— name AAAAAAA=\n",
        b"\xff\n\n",
        "x" * 1_000_001,
        "a text\n\n" + "— name AAAAAAA=\n" * 101,
    ],
)
def test_what_is_no_note_is_refused(note: str | bytes) -> None:
    with pytest.raises(NoteRefused):
        parse_note(note)


@pytest.mark.parametrize(
    "key",
    ["", "name", "name+12345678", PETER.replace("c74f20a3", "c74f20a4"), PETER[:-4], "na me+c74f20a3+AAAA", "+a+b"],
)
def test_a_damaged_public_key_is_refused(key: str) -> None:
    with pytest.raises(ValueError):
        VerifierKey.parse(key)


def test_a_checkpoint_with_any_byte_changed_is_refused(log: SignerKey, head: Head) -> None:
    good = str(sign_checkpoint(head, log)).encode()
    trust = policy(log)
    assert open_checkpoint(good, trust).head == head
    for place in range(len(good)):
        for bit in (1, 32):
            turned = bytearray(good)
            turned[place] ^= bit
            with pytest.raises(NoteRefused):
                open_checkpoint(bytes(turned), trust)


@pytest.mark.parametrize(
    "text",
    [
        "origin\n7\n",
        "origin\n07\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n-7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n9999999999999999999\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n7\nAAAA\n",
        "origin\n7\n!!!\n",
        "\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n",
        "origin\n7\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\nmore\n",
    ],
)
def test_what_is_no_head_is_refused(text: str) -> None:
    with pytest.raises(CheckpointRefused):
        parse_head(text)


def test_a_changed_key_is_not_believed_however_it_is_named(log: SignerKey, head: Head) -> None:
    other = SignerKey.new(ORIGIN)
    with pytest.raises(CheckpointRefused, match="not signed by the log's key"):
        open_checkpoint(str(sign_checkpoint(head, other)), policy(log))


def test_a_new_key_beside_the_old_one_is_passed_over_by_those_who_know_the_old_one(log: SignerKey, head: Head) -> None:
    other = SignerKey.new(ORIGIN)
    note = sign_checkpoint(head, log).with_signatures([sign_note(head.text(), other)])
    assert open_checkpoint(str(note), policy(log)).head == head
    assert open_checkpoint(str(note), policy(other)).head == head


def test_a_checkpoint_of_another_log_is_refused(log: SignerKey, head: Head) -> None:
    other = Head("other.example/ledger", head.size, head.root)
    with pytest.raises(CheckpointRefused, match=r"other\.example"):
        open_checkpoint(str(sign_checkpoint(other, log)), policy(log))


def witnessed(log: SignerKey, head: Head, *witnesses: SignerKey) -> str:
    """A checkpoint that these witnesses signed."""
    return str(sign_checkpoint(head, log).with_signatures(cosign(head.text(), key, AT) for key in witnesses))


def test_a_quorum_is_counted_in_different_witnesses(
    log: SignerKey, witnesses: tuple[SignerKey, ...], head: Head
) -> None:
    two = witnessed(log, head, witnesses[0], witnesses[0], witnesses[1])
    opened: Checkpoint = open_checkpoint(two, policy(log, *witnesses, quorum=2))
    assert [(key.name, at) for key, at in opened.witnessed] == [(key.name, AT) for key in witnesses[:2]]
    with pytest.raises(CheckpointRefused, match="2 of 3 witnesses"):
        open_checkpoint(two, policy(log, *witnesses, quorum=3))


def test_unknown_witnesses_count_for_nothing(log: SignerKey, witnesses: tuple[SignerKey, ...], head: Head) -> None:
    stranger = SignerKey.new("witness.example/paper", COSIGNATURE_V1)
    with pytest.raises(CheckpointRefused, match="0 of 1 witnesses"):
        open_checkpoint(witnessed(log, head, stranger), policy(log, *witnesses, quorum=1))


def test_a_cosignature_of_another_head_condemns_the_note(
    log: SignerKey, witnesses: tuple[SignerKey, ...], head: Head
) -> None:
    other = cosign(Head(ORIGIN, 6, head.root).text(), witnesses[0], AT)
    note = sign_checkpoint(head, log).with_signatures([other])
    with pytest.raises(NoteRefused, match="does not fit the text"):
        open_checkpoint(str(note), policy(log, *witnesses))


def test_a_cosignature_whose_time_was_changed_condemns_the_note(
    log: SignerKey, witnesses: tuple[SignerKey, ...], head: Head
) -> None:
    good = cosign(head.text(), witnesses[0], AT)
    for blob in (b"\x00" * 7 + b"\x01" + good.blob[8:], b"\xff" * 8 + good.blob[8:], good.blob[:-1]):
        note = sign_checkpoint(head, log).with_signatures([Signature(good.name, good.key_id, blob)])
        with pytest.raises(NoteRefused):
            open_checkpoint(str(note), policy(log, *witnesses))


@pytest.mark.parametrize("seconds", [253_402_300_800, 2**63 - 1, 2**64 - 1])
def test_a_cosignature_from_beyond_the_calendar_is_refused(
    log: SignerKey, witnesses: tuple[SignerKey, ...], head: Head, seconds: int
) -> None:
    key = witnesses[0]
    blob = seconds.to_bytes(8, "big") + key.sign(cosigned_message(head.text(), seconds))
    note = sign_checkpoint(head, log).with_signatures([Signature(key.name, key.verifier.id, blob)])
    with pytest.raises(NoteRefused):
        open_checkpoint(str(note), policy(log, *witnesses))


def test_a_plain_signature_of_a_witness_is_no_cosignature(log: SignerKey, head: Head) -> None:
    plain = SignerKey.new("witness.example/paper", ED25519)
    with pytest.raises(ValueError, match="kind 04"):
        policy(log, plain)


def test_a_policy_that_cannot_be_met_or_counts_a_key_twice_is_refused(
    log: SignerKey, witnesses: tuple[SignerKey, ...]
) -> None:
    with pytest.raises(ValueError, match="quorum"):
        policy(log, *witnesses, quorum=4)
    twin = SignerKey("witness.example/twin", COSIGNATURE_V1, witnesses[0].seed)
    with pytest.raises(ValueError, match="share one key"):
        policy(log, *witnesses, twin)
