"""The HTTP operations of accounts, by errand."""

from services.accounts.routes import accounts, acts, api_keys, organs, outside, phones, sessions, signing_keys

ROUTERS = (
    sessions.router,
    phones.router,
    outside.router,
    accounts.router,
    organs.router,
    api_keys.router,
    acts.router,
    signing_keys.router,
)
