"""Accounts: who people and machines are, what they may do, and the keys that sign who they are.

Owns accounts, roles and region scopes, browser sessions, refresh tokens, API keys, invitations and the
token-signing keys. Publishes `accounts.account.changed`, `accounts.key.published`, `accounts.token.revoked`
and the hashes of what offices do to accounts.
Listens to nothing but its own keys and revocations. It will never keep a raw identity number, a readable password
or a readable key, and it never decides what somebody may do with produce: each service checks role and region itself.
"""
