"""The tree: published vectors, every size to 260 against the recursive definition, and proofs that are no proofs."""

import itertools

import pytest

from services.disclosure.ledger.merkle import (
    BeyondTree,
    ProofRefused,
    Tree,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    verify_consistency,
    verify_inclusion,
)
from tests.disclosure.ledger import naive

LARGEST = 260

# The reference leaves, roots and proofs of certificate-transparency (merkletree tests).
REFERENCE_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
REFERENCE_ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
REFERENCE_INCLUSION = {
    (0, 1): (),
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
    (1, 5): (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
REFERENCE_CONSISTENCY = {
    (1, 1): (),
    (1, 8): REFERENCE_INCLUSION[0, 8],
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
    (6, 7): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "b08693ec2e721597130641e8211e7eedccb4c26413963eee6c1e2ed16ffb1a5f",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
}


@pytest.fixture(scope="module")
def tree() -> Tree:
    """A tree of 260 leaves."""
    return Tree(map(leaf_hash, naive.records(LARGEST)))


@pytest.fixture(scope="module")
def reference() -> Tree:
    """The tree of the reference leaves."""
    return Tree(leaf_hash(bytes.fromhex(leaf)) for leaf in REFERENCE_LEAVES)


@pytest.mark.parametrize("size", range(9))
def test_the_roots_are_those_of_the_reference(reference: Tree, size: int) -> None:
    assert reference.root(size).hex() == REFERENCE_ROOTS[size]


@pytest.mark.parametrize(("asked", "expected"), REFERENCE_INCLUSION.items())
def test_inclusion_proofs_are_those_of_the_reference(
    reference: Tree, asked: tuple[int, int], expected: tuple[str, ...]
) -> None:
    assert tuple(step.hex() for step in prove_inclusion(reference.node, *asked)) == expected


@pytest.mark.parametrize(("asked", "expected"), REFERENCE_CONSISTENCY.items())
def test_consistency_proofs_are_those_of_the_reference(
    reference: Tree, asked: tuple[int, int], expected: tuple[str, ...]
) -> None:
    assert tuple(step.hex() for step in prove_consistency(reference.node, *asked)) == expected


def test_every_leaf_of_every_size_to_260_is_proven_as_the_definition_says(tree: Tree) -> None:
    for size in range(LARGEST + 1):
        root = naive.tree_hash(0, size)
        assert tree.root(size) == root
        for index in range(size):
            proof = prove_inclusion(tree.node, index, size)
            assert proof == naive.path(index, 0, size)
            verify_inclusion(tree.node(0, index), index, size, proof, root)


def test_every_growth_between_two_sizes_to_260_is_proven_as_the_definition_says(tree: Tree) -> None:
    for new in range(LARGEST + 1):
        for old in range(new + 1):
            proof = prove_consistency(tree.node, old, new)
            assert proof == naive.proof(old, new)
            verify_consistency(old, naive.tree_hash(0, old), new, naive.tree_hash(0, new), proof)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 8, 255, 256, 257])
def test_a_proof_with_any_byte_changed_proves_nothing(tree: Tree, size: int) -> None:
    for index in {0, size // 2, size - 1}:
        proof = prove_inclusion(tree.node, index, size)
        for changed in every_change(proof):
            with pytest.raises(ProofRefused):
                verify_inclusion(tree.node(0, index), index, size, changed, tree.root(size))
        for root in every_change([tree.root(size)]):
            with pytest.raises(ProofRefused):
                verify_inclusion(tree.node(0, index), index, size, proof, root[0])
        for leaf in every_change([tree.node(0, index)]):
            with pytest.raises(ProofRefused):
                verify_inclusion(leaf[0], index, size, proof, tree.root(size))


@pytest.mark.parametrize(("old", "new"), [(1, 2), (3, 7), (4, 8), (6, 8), (128, 256), (200, 257), (256, 260)])
def test_a_growth_with_any_byte_changed_proves_nothing(tree: Tree, old: int, new: int) -> None:
    proof = prove_consistency(tree.node, old, new)
    for changed in every_change(proof):
        with pytest.raises(ProofRefused):
            verify_consistency(old, tree.root(old), new, tree.root(new), changed)
    for roots in every_change([tree.root(old), tree.root(new)]):
        with pytest.raises(ProofRefused):
            verify_consistency(old, roots[0], new, roots[1], proof)


def every_change(hashes: list[bytes]) -> list[list[bytes]]:
    """These hashes with one bit of one byte turned, each byte in turn."""
    changed = []
    for step, place in itertools.product(range(len(hashes)), range(32)):
        turned = bytearray(hashes[step])
        turned[place] ^= 1 << (place % 8)
        changed.append([*hashes[:step], bytes(turned), *hashes[step + 1 :]])
    return changed


def test_a_proof_of_another_length_or_place_proves_nothing(tree: Tree) -> None:
    proof = prove_inclusion(tree.node, 5, 100)
    leaf, root = tree.node(0, 5), tree.root(100)
    for wrong in ([*proof, proof[0]], proof[:-1], [], [*proof[:-1], b"short"]):
        with pytest.raises(ProofRefused):
            verify_inclusion(leaf, 5, 100, wrong, root)
    # A size that gives the path the same shape is no difference to a proof: sizes are bound by the signed checkpoint.
    for index, size in ((4, 100), (6, 100), (5, 64), (5, 129)):
        with pytest.raises(ProofRefused):
            verify_inclusion(leaf, index, size, proof, root)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5), (10**30, 5), (0, -1)])
def test_a_proof_beyond_the_tree_is_refused_and_not_made(tree: Tree, index: int, size: int) -> None:
    with pytest.raises(BeyondTree):
        prove_inclusion(tree.node, index, size)
    with pytest.raises(ProofRefused):
        verify_inclusion(tree.node(0, 0), index, size, [], tree.root(5))


def test_a_log_that_shrank_is_refused(tree: Tree) -> None:
    with pytest.raises(BeyondTree):
        prove_consistency(tree.node, 8, 7)
    with pytest.raises(ProofRefused, match="did not grow"):
        verify_consistency(8, tree.root(8), 7, tree.root(7), [])


def test_two_trees_of_one_size_are_one_only_with_one_root(tree: Tree) -> None:
    verify_consistency(8, tree.root(8), 8, tree.root(8), [])
    with pytest.raises(ProofRefused):
        verify_consistency(8, tree.root(7), 8, tree.root(8), [])


def test_a_forked_log_has_no_proof_of_growth(tree: Tree) -> None:
    entries = naive.records(100)
    forked = Tree(leaf_hash(entry) for entry in [*entries[:40], b"another", *entries[41:]])
    for old in (41, 64, 99):
        proof = prove_consistency(forked.node, old, 100)
        with pytest.raises(ProofRefused):
            verify_consistency(old, tree.root(old), 100, forked.root(), proof)


def test_a_node_is_no_leaf_and_a_leaf_no_node(tree: Tree) -> None:
    with pytest.raises(ProofRefused):
        verify_inclusion(leaf_hash(tree.node(0, 0) + tree.node(0, 1)), 0, 1, [], tree.root(2))
