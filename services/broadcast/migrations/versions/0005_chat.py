"""The chat: messages, flags, silences."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(sa.text(statement))


TABLES = """
CREATE TABLE broadcast.chat_message (
  id text NOT NULL,
  broadcast_id text NOT NULL,
  client_id text,
  account_key text,
  device_key text,
  user_token text NOT NULL,
  session_token text NOT NULL,
  message_token text NOT NULL,
  role text NOT NULL,
  text text NOT NULL,
  kind text NOT NULL,
  wording text NOT NULL,
  said_at timestamptz NOT NULL,
  told boolean NOT NULL DEFAULT false,
  recorded boolean NOT NULL DEFAULT false,
  folded_into text,
  times integer NOT NULL DEFAULT 1,
  removed_at timestamptz,
  removed_rule text,
  removed_reason text,
  removed_by text,
  removed_as text,
  removal_salt text,
  CONSTRAINT pk_chat_message PRIMARY KEY (id),
  CONSTRAINT uq_chat_message_broadcast_id_account_key_client_id UNIQUE (broadcast_id, account_key, client_id),
  CONSTRAINT ck_chat_message_kind CHECK (kind IN ('plain','complaint','praise')),
  CONSTRAINT ck_chat_message_removed CHECK ((removed_at IS NULL) = (removed_rule IS NULL))
);
CREATE INDEX ix_chat_message_waiting ON broadcast.chat_message (id) WHERE NOT told;
CREATE INDEX ix_chat_message_unrecorded ON broadcast.chat_message (broadcast_id, id) WHERE NOT recorded;
CREATE INDEX ix_chat_message_broadcast_id_id ON broadcast.chat_message (broadcast_id, id);
CREATE INDEX ix_chat_message_broadcast_id_account_key_said_at
  ON broadcast.chat_message (broadcast_id, account_key, said_at);
CREATE INDEX ix_chat_message_broadcast_id_device_key_said_at
  ON broadcast.chat_message (broadcast_id, device_key, said_at);
CREATE INDEX ix_chat_message_praise ON broadcast.chat_message (broadcast_id, wording) WHERE kind = 'praise';
CREATE TABLE broadcast.chat_flag (
  message_id text NOT NULL,
  account_key text NOT NULL,
  reason text NOT NULL,
  flagged_at timestamptz NOT NULL,
  CONSTRAINT pk_chat_flag PRIMARY KEY (message_id, account_key),
  CONSTRAINT fk_chat_flag_message_id_chat_message FOREIGN KEY (message_id) REFERENCES broadcast.chat_message (id),
  CONSTRAINT ck_chat_flag_reason CHECK (reason IN ('complaint','abuse','spam','other'))
);
CREATE TABLE broadcast.silence (
  id text NOT NULL,
  broadcast_id text NOT NULL,
  region_code text NOT NULL,
  message_id text,
  user_token text NOT NULL,
  account_key text NOT NULL,
  device_key text,
  rule text NOT NULL,
  reason text NOT NULL,
  until timestamptz,
  made_by text NOT NULL,
  made_as text NOT NULL,
  made_at timestamptz NOT NULL,
  appeal text,
  appealed_at timestamptz,
  decided_by text,
  decided_at timestamptz,
  decision_reason text,
  upheld boolean,
  CONSTRAINT pk_silence PRIMARY KEY (id),
  CONSTRAINT fk_silence_message_id_chat_message FOREIGN KEY (message_id) REFERENCES broadcast.chat_message (id),
  CONSTRAINT ck_silence_decided CHECK ((decided_at IS NULL) = (upheld IS NULL)),
  CONSTRAINT ck_silence_another_decides CHECK (decided_by IS NULL OR decided_by <> made_by)
);
CREATE INDEX ix_silence_region_code_account_key ON broadcast.silence (region_code, account_key);
CREATE INDEX ix_silence_region_code_device_key ON broadcast.silence (region_code, device_key);
CREATE INDEX ix_silence_broadcast_id ON broadcast.silence (broadcast_id)
"""
