"""ES256 tokens: making keys, signing and reading. The only user of python-jose.

Every reader pins the algorithm, the type, the audience and the issuer, so a token of another kind, an unsigned
one or one signed with our public key as a shared secret is refused before its claims are looked at.
"""

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jose import jwk, jwt
from jose.exceptions import JOSEError

ALGORITHM = "ES256"
ACCESS_TYPE = "at+jwt"
ACCESS_AUDIENCE = "sunfair"
CLEARANCE_TYPE = "sunfair-clearance+jwt"
CLEARANCE_AUDIENCE = "sunfair:clearance"


class TokenRefused(Exception):
    """The token is not one of ours for this purpose; the message says why."""


@dataclass(frozen=True)
class SigningKey:
    """A private ES256 key: `kid` is its RFC 7638 thumbprint."""

    kid: str
    pem: str

    @property
    def public_jwk(self) -> dict[str, str]:
        """The public half as a JWK with kid, alg and use."""
        return _public_jwk(self.pem) | {"kid": self.kid, "alg": ALGORITHM, "use": "sig"}


def new_signing_key() -> SigningKey:
    """A fresh P-256 key."""
    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return SigningKey(_thumbprint(_public_jwk(pem)), pem)


def sign(claims: Mapping[str, Any], key: SigningKey, typ: str) -> str:
    """A compact JWS (RFC 7515) over `claims`, with `typ` and `kid` in its header."""
    token: str = jwt.encode(dict(claims), key.pem, algorithm=ALGORITHM, headers={"typ": typ, "kid": key.kid})
    return token


def key_id(token: str, typ: str) -> str:
    """The `kid` of a token whose header is in order. Raises TokenRefused."""
    try:
        header = jwt.get_unverified_header(token)
    except JOSEError as error:
        raise TokenRefused("The token is not a signed JWT.") from error
    if header.get("alg") != ALGORITHM:
        raise TokenRefused(f"The token must be signed with {ALGORITHM}.")
    if header.get("typ") != typ:
        raise TokenRefused(f"The token is not of type {typ}.")
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise TokenRefused("The token names no key.")
    return kid


def read(token: str, public_jwk: Mapping[str, str], *, typ: str, audience: str, issuer: str) -> dict[str, Any]:
    """The verified claims (`exp` is required and checked against the machine's clock). Raises TokenRefused."""
    key_id(token, typ)
    try:
        claims: dict[str, Any] = jwt.decode(
            token,
            dict(public_jwk),
            algorithms=[ALGORITHM],
            audience=audience,
            issuer=issuer,
            options={"require_exp": True, "require_aud": True, "require_iss": True, "require_sub": True},
        )
    except JOSEError as error:
        raise TokenRefused(str(error)) from error
    return claims


# What providers of identity sign with (OpenID Connect Core §3.1.3.7), by the kind of key.
_OUTSIDE = {"RSA": "RS256", "EC": "ES256"}


def read_id_token(token: str, keys: Sequence[Mapping[str, Any]], *, audience: str, issuer: str) -> dict[str, Any]:
    """The verified claims of an ID token of a provider outside, whose public keys are given. Raises TokenRefused."""
    try:
        header = jwt.get_unverified_header(token)
        key = next(each for each in keys if each.get("kid") == header.get("kid"))
        claims: dict[str, Any] = jwt.decode(
            token,
            dict(key),
            algorithms=[_OUTSIDE[key["kty"]]],
            audience=audience,
            issuer=issuer,
            # The access token, to which at_hash would bind, is not used.
            options={
                "verify_at_hash": False,
                "require_exp": True,
                "require_iat": True,
                "require_sub": True,
                "leeway": 60,
            },
        )
    except StopIteration:
        raise TokenRefused("The provider publishes no key of that name.") from None
    except (JOSEError, KeyError, TypeError, ValueError) as error:
        raise TokenRefused(str(error)) from error
    if isinstance(claims.get("aud"), list) and len(claims["aud"]) > 1 and claims.get("azp") != audience:
        raise TokenRefused("The token was made for somebody else too.")
    return claims


@lru_cache(maxsize=256)
def kind_key(token_secret: str, info: str) -> bytes:
    """32 bytes derived from the deployment's one token secret for one purpose (HKDF-SHA256, RFC 5869)."""
    return HKDF(hashes.SHA256(), 32, salt=None, info=info.encode()).derive(token_secret.encode())


def seal(secret_text: str, token_secret: str, purpose: str = "stored-signing-key") -> str:
    """Encrypt a text for one purpose (Fernet under a key derived from the token secret)."""
    return _fernet(token_secret, purpose).encrypt(secret_text.encode()).decode()


def unseal(sealed: str, token_secret: str, purpose: str = "stored-signing-key") -> str:
    """The text that was sealed. Raises TokenRefused for anything else, or when the token secret is another one."""
    try:
        return _fernet(token_secret, purpose).decrypt(sealed.encode()).decode()
    except (InvalidToken, ValueError) as error:
        raise TokenRefused("It was not sealed here, or with another SUNFAIR_TOKEN_SECRET.") from error


def _fernet(token_secret: str, purpose: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(kind_key(token_secret, f"kind:{purpose}")))


def _public_jwk(pem: str) -> dict[str, str]:
    numbers = jwk.construct(pem, ALGORITHM).public_key().to_dict()
    return {name: value if isinstance(value, str) else value.decode() for name, value in numbers.items()}


def _thumbprint(public: Mapping[str, str]) -> str:
    canonical = '{{"crv":"{crv}","kty":"{kty}","x":"{x}","y":"{y}"}}'.format(**public)
    return base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).rstrip(b"=").decode()


def unverified_claims(token: str) -> dict[str, Any]:
    """The claims of a token that came straight from its issuer over our own connection; never of any other."""
    claims: dict[str, Any] = jwt.get_unverified_claims(token)
    return claims
