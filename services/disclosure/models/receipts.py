"""Receipts: what makes the proof of one order, for its buyer alone and until they are erased."""

from datetime import datetime

import sqlalchemy as sa

from services.disclosure.models.base import (
    Base,
    bytes_column,
    instant_column,
    key_column,
    number_column,
    number_key_column,
    text_column,
)


class ReceiptTree(Base, table=True):
    """The tree of one release: hashes alone, level after level, leaves first. It says nothing without a salt."""

    __tablename__ = "receipt_tree"

    broadcast_id: str = key_column()
    release: int = number_key_column()
    size: int = number_column()
    nodes: bytes = bytes_column()


class Receipt(Base, table=True):
    """How one order stands behind one release, and the salt that proves it. `buyer`: a token of the broadcast."""

    __table_args__ = (sa.Index("ix_receipt_broadcast_id_buyer", "broadcast_id", "buyer"),)

    broadcast_id: str = key_column()
    order_id: str = key_column()
    release: int = number_key_column()
    buyer: str = text_column()
    place: int = number_column()
    salt: bytes = bytes_column()
    status: bytes = bytes_column()


class ErasedAccount(Base, table=True):
    """An account that was erased: later releases keep no salt for its orders. Its id names nobody any more."""

    __tablename__ = "erased_account"

    account_id: str = key_column()
    erased_at: datetime = instant_column()
