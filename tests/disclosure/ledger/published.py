"""A log in memory that publishes its files: what the tests tamper with, roll back, fork and withhold from."""

from dataclasses import dataclass, field

from services.disclosure.ledger.checkpoint import Checkpoint, Head, Policy, open_checkpoint, sign_checkpoint
from services.disclosure.ledger.merkle import Tree, leaf_hash, prove_inclusion
from services.disclosure.ledger.notes import SignerKey
from services.disclosure.ledger.proofs import Proof
from services.disclosure.ledger.tiles import all_bundles, all_tiles, encode_bundle

ORIGIN = "sunfair.example/ledger"


@dataclass
class PublishedLog:
    """Entries, and the files that a log of them publishes."""

    entries: list[bytes]
    key: SignerKey = field(default_factory=lambda: SignerKey.new(ORIGIN))

    @property
    def tree(self) -> Tree:
        """The tree over all entries."""
        return Tree(map(leaf_hash, self.entries))

    @property
    def policy(self) -> Policy:
        """Trust in the log's key alone."""
        return Policy(self.key.verifier)

    def signed(self, size: int | None = None) -> str:
        """A checkpoint."""
        tree = self.tree
        count = tree.size if size is None else size
        return str(sign_checkpoint(Head(self.key.name, count, tree.root(count)), self.key))

    def checkpoint(self, size: int | None = None) -> Checkpoint:
        """A checkpoint that was believed."""
        return open_checkpoint(self.signed(size), self.policy)

    def files(self, *sizes: int) -> dict[str, bytes]:
        """The files at these sizes, and at the whole size."""
        tree = self.tree
        files = {}
        for size in (*sizes, tree.size):
            for tile in all_tiles(size):
                hashes = [
                    tree.node(8 * (tile.level or 0), place) for place in range(tile.start, tile.start + tile.width)
                ]
                files[tile.path()] = b"".join(hashes)
            for bundle in all_bundles(size):
                files[bundle.path()] = encode_bundle(self.entries[bundle.start : bundle.start + bundle.width])
        return files

    def proof(self, index: int) -> Proof:
        """The proof file of one entry."""
        tree = self.tree
        return Proof(index, tuple(prove_inclusion(tree.node, index, tree.size)), self.signed(), self.entries[index])
