"""The log grows in three separate steps: leaves get places, placed leaves enter the tree, the tree's head is signed.

Whoever adds a leaf waits for none of them. Each step is one transaction of one replica at a time and can be broken off
anywhere: the next round goes on from what was committed.
"""

from sqlmodel.ext.asyncio.session import AsyncSession

from services.disclosure.actions.surroundings import Surroundings
from services.disclosure.domain.growth import edge_of, grow
from services.disclosure.ledger.checkpoint import Head, sign_checkpoint
from services.disclosure.ledger.notes import ED25519, SignerKey, parse_note, sign_note
from services.disclosure.models import Checkpoint, LedgerKey
from services.disclosure.store import leaves, tree
from services.kit import clock, tokens

MOST_AT_ONCE = 10_000


async def ensure_key(db: AsyncSession, around: Surroundings) -> SignerKey:
    """The key that signs checkpoints: the given one, else the last that was kept, else a new one.

    Every key that ever signs is kept, sealed, and its public half stays published. Replicas make one together.
    """
    secret = around.settings.token_secret.get_secret_value()
    origin, given = around.settings.ledger_origin, around.settings.ledger_key.get_secret_value()
    await tree.lock(db, "start")
    known = await tree.list_keys(db)
    if given:
        key = SignerKey(origin, ED25519, bytes.fromhex(given))
    elif known:
        return SignerKey(origin, ED25519, bytes.fromhex(tokens.unseal(known[-1].sealed_seed, secret)))
    else:
        key = SignerKey.new(origin)
    public = str(key.verifier)
    if public not in {row.public for row in known}:
        sealed = tokens.seal(key.seed.hex(), secret)
        await tree.add_key(db, LedgerKey(public=public, sealed_seed=sealed, created_at=clock.now()))
    return key


async def sequence_leaves(db: AsyncSession) -> int:
    """Give waiting leaves their places; how many. None while another replica does it."""
    if not await tree.try_lock(db, "sequence"):
        return 0
    return await leaves.sequence(db, MOST_AT_ONCE)


async def integrate_leaves(db: AsyncSession) -> int:
    """Let placed leaves enter the tree; how many."""
    if not await tree.try_lock(db, "integrate"):
        return 0
    size = await tree.get_size(db)
    arriving = await leaves.list_hashes(db, size, MOST_AT_ONCE)
    if arriving:
        edge = await tree.find_tiles(db, edge_of(size))
        await tree.save_growth(db, grow(size, edge, arriving))
    return len(arriving)


async def sign_head(db: AsyncSession, around: Surroundings) -> Checkpoint | None:
    """The checkpoint of the tree as it is now, signed if it was not yet; None while another replica is at it."""
    if not await tree.try_lock(db, "sign"):
        return None
    now = await tree.get_head(db)
    known = await tree.find_checkpoint(db, now.size)
    if known is None:
        head = Head(around.settings.ledger_origin, now.size, now.root)
        return await tree.add_checkpoint(db, head, str(sign_checkpoint(head, around.signer())))
    note, key = parse_note(known.note), around.signer()
    if not any(line.is_by(key.verifier) for line in note.signatures):
        # The key was changed since: the same head is signed with the new one too.
        known.note = str(note.with_signatures([sign_note(note.text, key)]))
    return known
