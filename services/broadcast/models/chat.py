"""Tables of the chat: what was said, what viewers flagged, and who may not speak for a time."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field

from services.broadcast.models.base import Base, id_column, instant_column, text_column

KINDS = "'plain','complaint','praise'"


class ChatMessage(Base, table=True):
    """One message as it was said; it is never changed or deleted, only no longer shown.

    `account_key` and `device_key` are tokens of their kinds, for limits and silences alone; `user_token` and
    `session_token` hold for this broadcast only and are what others hear of. `told`: viewers and the record have it.
    `folded_into` names the message that stands for this one in a chorus of praise, `times` how many it stands for.
    """

    __tablename__ = "chat_message"
    __table_args__ = (
        sa.CheckConstraint(f"kind IN ({KINDS})", name="kind"),
        sa.CheckConstraint("(removed_at IS NULL) = (removed_rule IS NULL)", name="removed"),
        sa.UniqueConstraint("broadcast_id", "account_key", "client_id"),
        sa.Index("ix_chat_message_waiting", "id", postgresql_where=sa.text("NOT told")),
        sa.Index("ix_chat_message_unrecorded", "broadcast_id", "id", postgresql_where=sa.text("NOT recorded")),
        sa.Index(None, "broadcast_id", "id"),
        sa.Index(None, "broadcast_id", "account_key", "said_at"),
        sa.Index(None, "broadcast_id", "device_key", "said_at"),
        sa.Index("ix_chat_message_praise", "broadcast_id", "wording", postgresql_where=sa.text("kind = 'praise'")),
    )

    id: str = id_column()
    broadcast_id: str = text_column()
    client_id: str | None = text_column(null=True)
    account_key: str | None = text_column(null=True)
    device_key: str | None = text_column(null=True)
    user_token: str = text_column()
    session_token: str = text_column()
    network_token: str = Field(default="0", sa_type=sa.Text, sa_column_kwargs={"server_default": sa.text("'0'")})
    account_age_days: int = Field(default=-1, sa_column_kwargs={"server_default": sa.text("'-1'")})
    message_token: str = text_column()
    role: str = text_column()
    text: str = text_column()
    kind: str = text_column()
    wording: str = text_column()
    said_at: datetime = instant_column()
    told: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    recorded: bool = Field(default=False, sa_column_kwargs={"server_default": sa.false()})
    folded_into: str | None = text_column(null=True)
    times: int = Field(default=1, sa_column_kwargs={"server_default": sa.text("1")})
    removed_at: datetime | None = instant_column(null=True)
    removed_rule: str | None = text_column(null=True)
    removed_reason: str | None = text_column(null=True)
    removed_by: str | None = text_column(null=True)
    removed_as: str | None = text_column(null=True)
    removal_salt: str | None = text_column(null=True)


class ChatFlag(Base, table=True):
    """What a viewer said of a message; once each."""

    __tablename__ = "chat_flag"
    __table_args__ = (sa.CheckConstraint("reason IN ('complaint','abuse','spam','other')", name="reason"),)

    message_id: str = Field(sa_type=sa.Text, primary_key=True, foreign_key="broadcast.chat_message.id")
    account_key: str = Field(sa_type=sa.Text, primary_key=True)
    reason: str = text_column()
    flagged_at: datetime = instant_column()


class Silence(Base, table=True):
    """Somebody may not speak in the rooms of a region until a time, or for ever; by account and by device.

    A new name, or a new account on the same device, changes nothing. Who decides the appeal is not who made it.
    """

    __tablename__ = "silence"
    __table_args__ = (
        sa.Index(None, "region_code", "account_key"),
        sa.Index(None, "region_code", "device_key"),
        sa.Index(None, "broadcast_id"),
        sa.CheckConstraint("(decided_at IS NULL) = (upheld IS NULL)", name="decided"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> made_by", name="another_decides"),
    )

    id: str = id_column()
    broadcast_id: str = text_column()
    region_code: str = text_column()
    message_id: str | None = Field(
        default=None, sa_type=sa.Text, foreign_key="broadcast.chat_message.id", nullable=True
    )
    user_token: str = text_column()
    account_key: str = text_column()
    device_key: str | None = text_column(null=True)
    rule: str = text_column()
    reason: str = text_column()
    until: datetime | None = instant_column(null=True)
    made_by: str = text_column()
    made_as: str = text_column()
    made_at: datetime = instant_column()
    appeal: str | None = text_column(null=True)
    appealed_at: datetime | None = instant_column(null=True)
    decided_by: str | None = text_column(null=True)
    decided_at: datetime | None = instant_column(null=True)
    decision_reason: str | None = text_column(null=True)
    upheld: bool | None = None
