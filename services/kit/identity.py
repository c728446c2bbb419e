"""Identifying values become opaque tokens in the service that first receives them; only tokens travel."""

import hmac
import unicodedata
from functools import lru_cache

from services.kit.tokens import kind_key


def identity_token(kind: str, value: str, token_secret: str) -> str:
    """HMAC-SHA256 of the normalised value under the key of its kind, hex. Equal values give equal tokens.

    `kind` is one of phone, account, id, controller, legal_rep, address, device …; NFKC, no white space, upper case.
    """
    normalised = "".join(unicodedata.normalize("NFKC", value).split()).upper()
    keyed = _keyed(token_secret, kind).copy()
    keyed.update(normalised.encode())
    return keyed.hexdigest()


@lru_cache(maxsize=256)
def _keyed(token_secret: str, kind: str) -> hmac.HMAC:
    """The HMAC of a kind with its key taken in already, to be copied: a question to the gate asks for dozens."""
    return hmac.new(kind_key(token_secret, f"kind:{kind}"), digestmod="sha256")


def broadcast_token(broadcast_id: str, value: str, token_secret: str) -> str:
    """The first 63 bits of HMAC-SHA256(key of the broadcast, value), in decimal; "0" for an empty value.

    The same value has another token in every broadcast, so that nobody can be followed from one to the next. A string,
    because a program that reads JSON numbers as doubles would lose its last digits.
    """
    if not value:
        return "0"
    digest = hmac.digest(kind_key(token_secret, f"broadcast:{broadcast_id}"), value.encode(), "sha256")
    # 0 is reserved for nobody.
    return str(int.from_bytes(digest[:8], "big") >> 1 or 1)


def gateway_proof(gateway_secret: str) -> str:
    """What the gateway shows a service to be known as itself, for calls that nobody else may make."""
    return kind_key(gateway_secret, "kind:gateway-proof").hex()
