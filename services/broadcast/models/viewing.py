"""Tables of those who watch: stays without names, and what an account watched lately."""

from datetime import date

import sqlalchemy as sa
from sqlmodel import Field

from services.broadcast.models.base import Base, id_column, text_column


class ViewerSession(Base, table=True):
    """One stay in a room. Everything that could name somebody is a token that holds for this broadcast only.

    `viewer` is the random name in the token that the gateway gave out for this room; one stay of it runs at a time.
    `gone`: its page said good-bye; it may still come back. `ended`: it was announced and never changes again.
    """

    __tablename__ = "viewer_session"
    __table_args__ = (
        sa.Index(
            "uq_viewer_session_running",
            "broadcast_id",
            "viewer",
            unique=True,
            postgresql_where=sa.text("NOT ended"),
        ),
        sa.Index("ix_viewer_session_silent", "last_ms", postgresql_where=sa.text("NOT ended")),
        sa.Index(None, "broadcast_id"),
    )

    id: str = id_column()
    broadcast_id: str = text_column()
    session_token: str = text_column()
    viewer: str = text_column()
    user_token: str = text_column()
    watch_30d: int
    device_token: str = text_column()
    device_model: str = text_column()
    client: str = text_column()
    app_version: str = text_column()
    ip_token: str = text_column()
    ip_prefix: str = text_column()
    join_ms: int = Field(sa_type=sa.BigInteger)
    last_ms: int = Field(sa_type=sa.BigInteger)
    heartbeats: int
    interactions: int
    foreground_ms: int = Field(sa_type=sa.BigInteger)
    referrer: str = text_column()
    gone: bool
    ended: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})


class Watched(Base, table=True):
    """Which broadcasts an account watched in the last thirty days; the key is a token of its own kind."""

    account_key: str = Field(sa_type=sa.Text, primary_key=True)
    broadcast_id: str = Field(sa_type=sa.Text, primary_key=True)
    watched_on: date
