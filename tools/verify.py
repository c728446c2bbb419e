"""Check the public log from outside. It trusts the public key that it is given, and nothing that the market says.

    verify decision ID --from URL      a decision, from its facts to a signed head
    verify disclosure ID --from URL    the record of a broadcast: every release, none changed and none left out
    verify tickets ID --from URL       who came first in a broadcast: the tickets are those whose heads were logged
    verify recording ID --from URL     the record of a room: as it was when the broadcast ended
    verify viewers ID --from URL       who watched: as counted and as verified, in each release as it was logged
    verify edits KIND ID --from URL    what was changed of a listing, producer, specialty or mark, as it was logged
    verify acts TRAIL --from URL       what offices did: accounts, orders, cases or filings, as it was logged
    verify entity KIND ID --from URL   anything else in the log: a price, a published value, an override
    verify proof FILE                  a proof file that somebody kept, offline; --document FILE: and what it is about
    verify growth OLD [NEW]            that a later head only added to an earlier one; --from URL or a folder
    verify receipt FILE --from URL     a buyer's receipt: what the logged release made of the order; offline with
                                       --release FILE --proof FILE, or under a root that was printed: --root ROOT
    verify release FILE                that a kept release has the published form, offline; needs no key
    verify --fsck --from URL           rebuild the whole log from its files; --keep FOLDER: and keep them

Every other check needs --key (from somewhere else than the market itself) and may ask for witnesses (--witness KEY,
--quorum).

Ends with 0: it holds. 1: it does not hold. 2: the question cannot be understood. 3: it cannot be found or reached.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from services.disclosure.ledger.canonical import NotCanonical, sha256_hex
from services.disclosure.ledger.checkpoint import Policy, open_checkpoint
from services.disclosure.ledger.merkle import BeyondTree, ProofRefused
from services.disclosure.ledger.notes import NoteRefused, VerifierKey, decoded
from services.disclosure.ledger.reader import LogBroken, check_growth, rebuild
from services.disclosure.ledger.receipts import Receipt, read_receipt, verify_receipt
from services.disclosure.ledger.verify import (
    Logged,
    NotAsLogged,
    check_decision,
    check_document,
    check_edits,
    check_leaf,
    check_receipt,
    check_recording,
    check_releases,
    check_tickets,
    check_viewers,
)
from services.disclosure.schemas.release import faults
from tools.verify_acts import TRAILS, check_trail
from tools.verify_source import Misunderstood, NotFoundAnywhere, Source, documents, from_log, keep_file, pages, places

HOLDS, BROKEN, MISUNDERSTOOD, NOT_FOUND = 0, 1, 2, 3
PATIENCE_SECONDS = 5


def decision(asked: argparse.Namespace, policy: Policy) -> None:
    """A decision, from its facts to a signed head."""
    if Path(asked.id).is_file():
        shown = Path(asked.id).read_bytes()
        logged, document = check_leaf(_file(asked.proof, "--proof"), policy), _file(asked.document, "--document")
    else:
        source = _source(asked)
        shown = source.ask(f"api/v1/decisions/{quote(asked.id, safe='')}") or b""
        if not shown:
            raise NotFoundAnywhere(f"{source.place} shows no decision {asked.id}.")
        logged, document = from_log(source, "decision", asked.id, policy, asked.keep)
        keep_file(asked.keep, "decision.json", shown)
    members = check_decision(shown, logged.record, document)
    _say(f"decision {members['decision_id']}: {members['outcome']}, decided at {members['decided_at']}")
    _say_where(logged)


def disclosure(asked: argparse.Namespace, policy: Policy) -> None:
    """The record of a broadcast: every release that was ever published, unaltered, and none left out."""
    source, path = _source(asked), f"api/v1/disclosures/{quote(asked.id, safe='')}"
    shown, files = _releases(source, path), _proofs(source, asked.id)
    # A release is shown a moment before the next checkpoint holds its leaf.
    waited = 0
    while len(shown) != len(files) and waited < PATIENCE_SECONDS:
        time.sleep(1)
        waited += 1
        shown, files = _releases(source, path), _proofs(source, asked.id)
    for number, body in enumerate(shown, 1):
        keep_file(asked.keep, f"release-{number}.json", body)
    for place, file in files.items():
        keep_file(asked.keep, f"leaf-{place}.tlog-proof", file)
    logged = [check_leaf(file, policy) for file in files.values()]
    for each in check_releases(asked.id, shown, [one.record for one in logged]):
        _say(f"release {each['number']}: {each.get('stage')}")
    if source.ask(path) != shown[-1]:
        raise NotAsLogged("The disclosure that is shown is not the last of its releases.")
    _say_where(logged[-1])


def _releases(source: Source, path: str) -> list[bytes]:
    """Every release of a disclosure that is shown, oldest first."""
    shown: list[bytes] = []
    while (release := source.ask(f"{path}/releases/{len(shown) + 1}")) is not None:
        shown.append(release)
    return shown


def _proofs(source: Source, broadcast_id: str) -> dict[int, bytes]:
    """Place in the log → proof file, of every published leaf about a disclosure."""
    return {place: source.get(f"leaves/{place}/proof") for place in places(source, "disclosure", broadcast_id)}


def tickets(asked: argparse.Namespace, policy: Policy) -> None:
    """The order of arrival in a broadcast: every head of its chains that was logged is the one its tickets have now."""
    source = _source(asked)
    logged = documents(source, "tickets", asked.id, policy)
    for lot_id in sorted({chain["lot_id"] for _, told in logged for chain in told["chains"]}):
        path = f"api/v1/sales/{quote(asked.id, safe='')}/tickets?lot_id={quote(lot_id, safe='')}&limit=1000"
        heads = {c["tickets"]: c["head"] for _, told in logged for c in told["chains"] if c["lot_id"] == lot_id}
        count = check_tickets(heads, (str(line["leaf"]) for line in pages(source, path)))
        _say(f"lot {lot_id}: {count} tickets, and {len(heads)} logged heads of their chain are theirs")
    _say_where(logged[-1][0])


def recording(asked: argparse.Namespace, policy: Policy) -> None:
    """The record of a room: what is replayed is what was written, up to the head that was logged at its end."""
    source = _source(asked)
    logged = documents(source, "recording", asked.id, policy)
    entries = list(pages(source, f"api/v1/broadcasts/{quote(asked.id, safe='')}/room/record?limit=100"))
    for _, told in logged:
        check_recording(told, entries)
    _say(f"{logged[-1][1]['entries']} of {len(entries)} entries are as they were at the end of the broadcast")
    _say_where(logged[-1][0])


def viewers(asked: argparse.Namespace, policy: Policy) -> None:
    """Who watched: the figures of each release, as counted and as verified, are those that were logged."""
    source = _source(asked)
    logged = documents(source, "viewers", asked.id, policy)
    shown = _releases(source, f"api/v1/disclosures/{quote(asked.id, safe='')}")
    for told in check_viewers([document for _, document in logged], shown):
        figures = told["viewers"]
        many = (
            f"{figures['counted']} as counted, {figures['verified']} verified" if figures["told"] else "too few to tell"
        )
        _say(f"release {told['release']}: {many} ({told['definition']['name']})")
    for name, meaning in logged[-1][1]["definition"].items():
        _say(f"{name}: {meaning}")
    _say_where(logged[-1][0])


def edits(asked: argparse.Namespace, policy: Policy) -> None:
    """The edits of a record: each that is shown has its hash in the public log, and is what was hashed."""
    source = _source(asked)
    path = f"api/v1/edits/{quote(asked.kind, safe='')}/{quote(asked.id, safe='')}?limit=100"
    shown = list(pages(source, path))
    if not shown:
        raise NotFoundAnywhere(f"{source.place} shows no edit of {asked.kind} {asked.id}.")
    logged: list[tuple[Logged, dict[str, Any]]] = []
    for region in sorted({str(edit.get("region", {}).get("code")) for edit in shown}):
        logged += documents(source, "edits", region, policy)
    count, by_hash = check_edits({digest for _, told in logged for digest in told["sha256"]}, shown)
    _say(f"{count} edits of {asked.kind} {asked.id} are as they were logged")
    if by_hash:
        _say(f"of {by_hash} of them, made before all of it was public, the hash alone")
    _say_where(logged[-1][0])


def acts(asked: argparse.Namespace, policy: Policy) -> None:
    """What offices did: each act that is shown has its hash in the public log, and is what was hashed."""
    count, too_new, logged = check_trail(_source(asked), asked.trail, policy)
    _say(f"{count} acts of {asked.trail} are as they were logged")
    if too_new:
        _say(f"{too_new} more were done in the last minutes and are not in the log yet")
    _say_where(logged)


def entity(asked: argparse.Namespace, policy: Policy) -> None:
    """Anything in the log, by its kind and id."""
    logged, document = from_log(_source(asked), asked.kind, asked.id, policy, asked.keep)
    check_document(logged.record, document)
    _say(f"{logged.record.kind} {logged.record.id}, as of {logged.record.at}")
    _say(document.decode())
    _say_where(logged)


def proof(asked: argparse.Namespace, policy: Policy) -> None:
    """A proof file that somebody kept, without any network."""
    record = Path(asked.record).read_bytes() if asked.record else None
    logged = check_leaf(Path(asked.file).read_bytes(), policy, record)
    _say(f"{logged.record.kind} {logged.record.id}, as of {logged.record.at}")
    if asked.document:
        check_document(logged.record, Path(asked.document).read_bytes())
        _say("the document is the one that the leaf names")
    _say_where(logged)


def growth(asked: argparse.Namespace, policy: Policy) -> None:
    """That a later head only added to an earlier one. The earlier file is replaced when --remember is given."""
    source = _source(asked)
    raw = Path(asked.new).read_bytes() if asked.new else source.get("checkpoint")
    new = open_checkpoint(raw, policy)
    kept = Path(asked.old)
    if asked.remember and not kept.exists():
        kept.write_bytes(raw)
        _say(f"remembered {new.head.size} leaves; the next time their growth is checked")
        return
    old = open_checkpoint(kept.read_bytes(), policy)
    check_growth(source.fetch, old, new)
    _say(f"the log of {new.head.size} leaves begins with all of the {old.head.size} leaves that were signed before")
    if asked.remember:
        kept.write_bytes(raw)


def receipt(asked: argparse.Namespace, policy: Policy) -> None:
    """A buyer's receipt: that the order was counted in a logged release, or removed and why."""
    kept = read_receipt(Path(asked.file).read_bytes())
    if asked.root:
        status = verify_receipt(kept, decoded(asked.root))
    else:
        body, logged = _release_of(asked, policy, kept)
        status = check_receipt(kept, logged.record, body)
        _say_where(logged)
    for name in ("reason_zh", "reason_en"):
        if name in status:
            _say(str(status[name]))
    _say(f"the order was published as: {json.dumps(status, ensure_ascii=False)}")


def _release_of(asked: argparse.Namespace, policy: Policy, kept: Receipt) -> tuple[bytes, Logged]:
    """The release that a receipt names, and its proven leaf. Raises NotFoundAnywhere."""
    if asked.release:
        return _file(asked.release, "--release"), check_leaf(_file(asked.proof, "--proof"), policy)
    source, name = _source(asked), str(kept.status.get("broadcast_id"))
    body = source.ask(f"api/v1/disclosures/{quote(name, safe='')}/releases/{kept.status.get('release')}")
    if body is None:
        raise NotFoundAnywhere(f"{source.place} does not show the release that the receipt names.")
    keep_file(asked.keep, "release.json", body)
    for file in _proofs(source, name).values():
        logged = check_leaf(file, policy)
        if logged.record.sha256 == sha256_hex(body):
            keep_file(asked.keep, "release.tlog-proof", file)
            return body, logged
    raise NotAsLogged("The release that is shown was never logged: it was changed, or never published.")


def release(asked: argparse.Namespace, _policy: Policy | None) -> None:
    """That a kept release has the form that is published for all of them, offline."""
    document = Path(asked.file).read_bytes()
    if found := faults(document):
        raise NotAsLogged("This is no release of sunfair-disclosure/1:\n  " + "\n  ".join(found))
    members = json.loads(document)
    _say(f"release {members['number']} of {members['broadcast']['broadcast_id']}: {members['stage']}")
    _say(f"SHA-256 {sha256_hex(document)}, as its leaf in the public log must say")


def fsck(asked: argparse.Namespace, policy: Policy) -> None:
    """The whole log, rebuilt from its published files alone."""
    source = _source(asked)
    raw = source.get("checkpoint")
    checkpoint = open_checkpoint(raw, policy)

    def fetch(path: str) -> bytes | None:
        found = source.fetch(path)
        if found is not None:
            keep_file(asked.keep, path, found)
        return found

    count = sum(1 for _ in rebuild(fetch, checkpoint.head))
    keep_file(asked.keep, "checkpoint", raw)
    _say(f"{count} entries have the root that was signed")


def _source(asked: argparse.Namespace) -> Source:
    if not asked.source:
        raise Misunderstood("Say where the log is: --from https://… or --from FOLDER")
    return Source(asked.source)


def _file(path: str | None, option: str) -> bytes:
    if path is None:
        raise Misunderstood(f"Offline, the check needs {option} FILE too.")
    return Path(path).read_bytes()


def _say(line: str) -> None:
    print(f"  {line}")


def _say_where(logged: Logged) -> None:
    head = logged.checkpoint.head
    _say(f"leaf {logged.proof.index} of {head.size} in {head.origin}, signed by its key")
    for key, at in logged.checkpoint.witnessed:
        _say(f"witnessed by {key.name} at {at.isoformat()}")


def _policy(asked: argparse.Namespace) -> Policy:
    """Whom the reader trusts. Raises Misunderstood."""
    try:
        witnesses = tuple(VerifierKey.parse(_given(text)) for text in asked.witness)
        quorum = len(witnesses) if asked.quorum is None else asked.quorum
        return Policy(VerifierKey.parse(_given(asked.key)), witnesses, quorum)
    except ValueError as error:
        raise Misunderstood(str(error)) from error


def _given(text: str) -> str:
    """A key, or what a file of that name holds."""
    return Path(text).read_text(encoding="utf-8") if "+" not in text and Path(text).is_file() else text


def parser() -> argparse.ArgumentParser:
    """The questions that can be asked."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--key", required=True, help="public key of the log, or a file that holds it")
    common.add_argument("--witness", action="append", default=[], help="public key of a witness; may be repeated")
    common.add_argument("--quorum", type=int, help="how many of the witnesses must have signed; all, if not given")
    common.add_argument("--from", dest="source", help="address of the market, or a folder with the log's files")
    common.add_argument("--keep", help="keep what was checked in this folder")
    form = argparse.RawDescriptionHelpFormatter
    top = argparse.ArgumentParser(prog="sunfair.py verify", description=__doc__, formatter_class=form)
    questions = top.add_subparsers(dest="question", required=True)

    def question(name: str, answer: Callable[..., None], *, keyed: bool = True) -> argparse.ArgumentParser:
        parents = [common] if keyed else []
        added = questions.add_parser(name, parents=parents, help=(answer.__doc__ or "").partition("\n")[0])
        added.set_defaults(answer=answer)
        return added

    asked = question("decision", decision)
    asked.add_argument("id", help="id of the decision, or a file that holds it")
    asked.add_argument("--proof", help="its proof file, offline")
    asked.add_argument("--document", help="the document that the leaf names, offline")
    asked = question("disclosure", disclosure)
    asked.add_argument("id", help="id of the broadcast")
    asked = question("entity", entity)
    asked.add_argument("kind")
    asked.add_argument("id")
    question("acts", acts).add_argument("trail", choices=tuple(TRAILS))
    asked = question("edits", edits)
    asked.add_argument("kind", choices=("listing", "producer", "specialty", "mark"))
    asked.add_argument("id", help="id of the record")
    for name, answer in (("tickets", tickets), ("recording", recording), ("viewers", viewers)):
        question(name, answer).add_argument("id", help="id of the broadcast")
    asked = question("proof", proof)
    asked.add_argument("file")
    asked.add_argument("--record", help="the record itself; by default the one in the proof file")
    asked.add_argument("--document", help="the document that it names")
    asked = question("growth", growth)
    asked.add_argument("old", help="file of the earlier checkpoint")
    asked.add_argument("new", nargs="?", help="file of the later one; by default the published one")
    asked.add_argument("--remember", action="store_true", help="keep the later one in place of the earlier")
    asked = question("receipt", receipt)
    asked.add_argument("file")
    asked.add_argument("--root", help="root of the receipts in a release, base64, from somewhere you trust")
    asked.add_argument("--release", help="the release that the receipt names, offline")
    asked.add_argument("--proof", help="the proof file of that release, offline")
    asked = question("release", release, keyed=False)
    asked.add_argument("file")
    question("fsck", fsck)
    return top


def main(arguments: Sequence[str]) -> int:
    """Ask one question; the exit code."""
    words: list[Any] = ["fsck" if word == "--fsck" else word for word in arguments]
    try:
        asked = parser().parse_args(words)
    except SystemExit as ending:
        return int(ending.code or 0)
    try:
        asked.answer(asked, _policy(asked) if hasattr(asked, "key") else None)
    except (ProofRefused, NoteRefused, LogBroken, NotAsLogged, NotCanonical, BeyondTree) as error:
        print(f"不成立 DOES NOT HOLD: {error}", file=sys.stderr)
        return BROKEN
    except (Misunderstood, UnicodeDecodeError, ValueError) as error:
        print(f"无法理解 NOT UNDERSTOOD: {error}", file=sys.stderr)
        return MISUNDERSTOOD
    except (NotFoundAnywhere, OSError) as error:
        print(f"未找到 NOT FOUND: {error}", file=sys.stderr)
        return NOT_FOUND
    print("成立 HOLDS")
    return HOLDS


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
