"""The form that checks kept files in a browser: its code agrees with ours, on what holds and on what does not."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import rfc8785

from gateway.pages.frame import STATIC
from gateway.views.ledger import SCRIPT, STYLE, one_file
from services.disclosure.domain.leaves import decision_leaf, new_leaf
from services.disclosure.ledger.cosignatures import cosign
from services.disclosure.ledger.merkle import prove_consistency
from services.disclosure.ledger.notes import COSIGNATURE_V1, SignerKey, encoded, parse_note
from services.disclosure.ledger.receipts import make_receipts
from tests.disclosure.announcing import AT
from tests.disclosure.ledger import naive
from tests.disclosure.ledger.published import PublishedLog
from tests.disclosure.shown import announced, as_bytes, shown_decision

NODE = shutil.which("node")
LIBRARY = STATIC / "js" / "ledger.js"
ASK = """
import * as ledger from %s;
const cases = JSON.parse(await new Promise((done) => {
  let text = ""; process.stdin.on("data", (part) => (text += part)); process.stdin.on("end", () => done(text));
}));
const bytes = (text) => new TextEncoder().encode(text);
const trust = async (given) => ({
  log: await ledger.parseKey(given.key), witnesses: await Promise.all(given.witnesses.map(ledger.parseKey)),
  quorum: given.witnesses.length });
const checks = {
  proof: async (given) => {
    const found = await ledger.checkProof(given.proof, await trust(given));
    const logged = await ledger.checkDocument(bytes(given.document), found.record);
    await ledger.checkDecision(JSON.parse(given.decision), found.record, logged);
  },
  head: async (given) => { await ledger.openCheckpoint(given.checkpoint, await trust(given)); },
  growth: async (given) => ledger.checkGrowth(BigInt(given.old), ledger.decode64(given.oldRoot), BigInt(given.size),
    ledger.decode64(given.root), given.hashes.map(ledger.decode64)),
  receipt: async (given) => { await ledger.checkReceipt(JSON.parse(given.receipt), ledger.decode64(given.root)); },
  release: async (given) => {
    const found = await ledger.checkProof(given.proof, await trust(given));
    const release = await ledger.checkDocument(bytes(given.document), found.record);
    const receipt = JSON.parse(given.receipt);
    await ledger.checkReceipt(receipt, ledger.rootForReceipt(receipt, found.record, release));
  },
  canonical: async (given) => {
    if (ledger.canonical(given.value) !== given.text) throw new ledger.Refused("canonical");
  },
};
const answers = [];
for (const each of cases) {
  try { await checks[each.check](each); answers.push("holds"); }
  catch (error) { if (!(error instanceof ledger.Refused)) throw error; answers.push(error.message); }
}
console.log(JSON.stringify(answers));
"""

pytestmark = pytest.mark.skipif(NODE is None, reason="The form's code is run by Node here; test --browser runs it too.")


def answers(cases: list[dict[str, Any]]) -> list[str]:
    """What the form's code says of each case: `holds`, or why not."""
    program = ASK % json.dumps(LIBRARY.as_uri())
    command = [str(NODE), "--experimental-global-webcrypto", "--input-type=module", "-e", program]
    done = subprocess.run(command, input=json.dumps(cases), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told: list[str] = json.loads(done.stdout)
    return told


@pytest.fixture(scope="module")
def log() -> PublishedLog:
    """A log with one decision among thirty entries."""
    leaf = decision_leaf(announced(shown_decision()))
    assert leaf is not None
    return PublishedLog([*naive.records(29), leaf.record])


@pytest.fixture(scope="module")
def logged(log: PublishedLog) -> dict[str, Any]:
    """A decision, its document and its proof, as somebody kept them."""
    leaf = decision_leaf(announced(shown_decision()))
    assert leaf is not None
    return {
        "check": "proof",
        "key": str(log.key.verifier),
        "witnesses": [],
        "proof": str(log.proof(29)),
        "document": leaf.document.decode(),
        "decision": as_bytes(shown_decision()).decode(),
    }


def test_a_decision_holds_and_one_that_was_changed_does_not(logged: dict[str, Any]) -> None:
    changes: list[tuple[str, dict[str, Any]]] = [
        ("facts", shown_decision() | {"facts": {}}),
        ("answer", shown_decision() | {"results": []}),
        ("answer", shown_decision(outcome="pass")),
        ("answer", shown_decision(decided_at="2026-11-27T03:00:00Z")),
        ("answer", shown_decision(subject={"kind": "filing", "id": "F-2"})),
        ("otherdecision", shown_decision("decision-2")),
    ]
    cases = [logged, *(logged | {"decision": as_bytes(changed).decode()} for _, changed in changes)]
    assert answers(cases) == ["holds", *(why for why, _ in changes)]


def test_a_proof_with_a_changed_byte_does_not_hold(logged: dict[str, Any], log: PublishedLog) -> None:
    good = logged["proof"]
    places = range(good.index("index "), len(good) - 1, 7)
    turned = [good[:place] + ("B" if good[place] != "B" else "C") + good[place + 1 :] for place in places]
    cases = [logged | {"proof": proof} for proof in turned]
    cases.append(logged | {"document": logged["document"] + " "})
    cases.append(logged | {"key": str(SignerKey.new(log.key.name).verifier)})
    assert "holds" not in answers(cases)


def test_witnesses_are_counted(log: PublishedLog) -> None:
    witness = SignerKey.new("witness.example/paper", COSIGNATURE_V1)
    note = parse_note(log.signed())
    signed = str(note.with_signatures([cosign(note.text, witness, AT)]))
    case = {"check": "head", "key": str(log.key.verifier), "witnesses": [str(witness.verifier)], "checkpoint": signed}
    other = str(SignerKey.new("witness.example/other", COSIGNATURE_V1).verifier)
    changed = signed.replace("\n30\n", "\n31\n")
    cases = [case, case | {"checkpoint": log.signed()}, case | {"witnesses": [other]}, case | {"checkpoint": changed}]
    assert answers(cases) == ["holds", "quorum", "quorum", "unsigned"]


def test_growth_is_judged_as_we_judge_it_at_every_size_to_40() -> None:
    tree = PublishedLog(naive.records(40)).tree
    cases = []
    for size in range(41):
        for old in range(size + 1):
            case = {
                "check": "growth",
                "old": str(old),
                "size": str(size),
                "oldRoot": encoded(tree.root(old)),
                "root": encoded(tree.root(size)),
                "hashes": [encoded(step) for step in prove_consistency(tree.node, old, size)],
            }
            cases.append(case)
    assert set(answers(cases)) == {"holds"}
    forged = [case | {"oldRoot": encoded(bytes(32))} for case in cases if case["old"] != "0"]
    assert set(answers(forged)) == {"changed"}
    assert answers([cases[-1] | {"old": "41"}]) == ["shrank"]


def test_receipts_hold_under_their_root_alone() -> None:
    made = make_receipts([{"order_id": str(number), "counted": True, "说明": "梨"} for number in range(5)])
    case = {"check": "receipt", "receipt": made.receipts[3].dump().decode(), "root": encoded(made.root)}
    changed = case | {"receipt": str(case["receipt"]).replace('"3"', '"4"')}
    assert answers([case, changed, case | {"root": encoded(bytes(32))}]) == ["holds", "notin", "notin"]


def test_a_receipt_holds_under_the_logged_release_that_it_names_and_under_no_other() -> None:
    status = {"broadcast_id": "B", "release": 2, "order_id": "1", "result": "counted"}
    made = make_receipts([status])
    document = {"number": 2, "broadcast": {"broadcast_id": "B"}, "receipts": {"root": encoded(made.root)}}
    leaves = [new_leaf("disclosure", "B", AT, document), new_leaf("disclosure", "B", AT, document | {"number": 1})]
    logged = PublishedLog([*naive.records(5), *(leaf.record for leaf in leaves)])
    case = {
        "check": "release",
        "key": str(logged.key.verifier),
        "witnesses": [],
        "proof": str(logged.proof(5)),
        "document": leaves[0].document.decode(),
        "receipt": made.receipts[0].dump().decode(),
    }
    other = case | {"proof": str(logged.proof(6)), "document": leaves[1].document.decode()}
    removed = case | {"receipt": str(case["receipt"]).replace("counted", "removed")}
    unlogged = case | {"document": leaves[0].document.decode().replace('"number":2', '"number":3')}
    assert answers([case, other, removed, unlogged]) == ["holds", "otherrelease", "notin", "document"]


def test_the_canonical_form_is_ours() -> None:
    values: list[Any] = [
        {"b": 1, "a": [True, None, '€\n"\\'], "\u20ac": 0.25, "é": {}, "\U0001f600": [], "\ufb33": 1e21},
        {"n": [0, -1, 1.5, 1e-7, 123456789012, 0.1]},
    ]
    cases = [{"check": "canonical", "value": value, "text": rfc8785.dumps(value).decode()} for value in values]
    assert answers(cases) == ["holds"] * len(values)


def test_the_file_for_later_is_one_file_that_asks_nobody(tmp_path: Path) -> None:
    texts = [(STATIC / name).read_text(encoding="utf-8") for name in ("offline.css", "js/ledger.js", "js/verify.js")]
    page = one_file(f"<head>{STYLE}</head><body>{SCRIPT}</body>", *texts)
    for asking in ("import ", "export ", "src=", "href=", "http://", "https://", "fetch(", "XMLHttpRequest"):
        assert asking not in page, asking
    with pytest.raises(ValueError):
        one_file(SCRIPT, "", "</script>", "")
    script = tmp_path / "whole.mjs"
    script.write_text(page.partition('<script type="module">')[2].partition("</script>")[0], encoding="utf-8")
    checked = subprocess.run([str(NODE), "--check", str(script)], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
