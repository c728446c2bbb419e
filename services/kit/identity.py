"""Identifying values become opaque tokens in the service that first receives them; only tokens travel."""

import hmac
import unicodedata

from services.kit.tokens import kind_key


def identity_token(kind: str, value: str, token_secret: str) -> str:
    """HMAC-SHA256 of the normalised value under the key of its kind, hex. Equal values give equal tokens.

    `kind` is one of phone, account, id, controller, legal_rep, address, device …; NFKC, no white space, upper case.
    """
    normalised = "".join(unicodedata.normalize("NFKC", value).split()).upper()
    return hmac.digest(kind_key(token_secret, f"kind:{kind}"), normalised.encode(), "sha256").hex()
