"""Keys, tokens and sealed secrets: what is believed and what is refused, without a database."""

import base64
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some
from jose import jwt

from services.kit import clock, tokens
from services.kit.identity import identity_token
from services.kit.tokens import (
    ACCESS_AUDIENCE,
    ACCESS_TYPE,
    CLEARANCE_AUDIENCE,
    CLEARANCE_TYPE,
    SigningKey,
    TokenRefused,
    new_signing_key,
    seal,
    sign,
    unseal,
)

KEY = new_signing_key()
ISSUER = "sunfair:accounts"


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a good access token; None takes one away."""
    now = int(clock.now().timestamp())
    good = {"iss": ISSUER, "aud": ACCESS_AUDIENCE, "sub": "someone", "iat": now, "exp": now + 300}
    return {name: value for name, value in (good | changes).items() if value is not None}


def read(token: str, jwk: dict[str, str] | None = None) -> dict[str, Any]:
    """Read a token as an access token of ours."""
    return tokens.read(token, jwk or KEY.public_jwk, typ=ACCESS_TYPE, audience=ACCESS_AUDIENCE, issuer=ISSUER)


def by_hand(header: dict[str, Any], said: dict[str, Any], secret: bytes | None = None) -> str:
    """A token put together without any library: unsigned, or with HMAC under `secret`."""
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=") for part in (header, said)]
    body = b".".join(parts)
    signature = b"" if secret is None else hmac.new(secret, body, hashlib.sha256).digest()
    return (body + b"." + base64.urlsafe_b64encode(signature).rstrip(b"=")).decode()


def test_what_was_signed_is_read_again() -> None:
    assert read(sign(claims(person="p"), KEY, ACCESS_TYPE))["person"] == "p"


def test_a_key_is_named_by_its_thumbprint_and_shows_no_private_part() -> None:
    jwk = KEY.public_jwk
    canonical = json.dumps({name: jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":"))
    assert jwk["kid"] == base64.urlsafe_b64encode(hashlib.sha256(canonical.encode()).digest()).rstrip(b"=").decode()
    assert "d" not in jwk
    assert new_signing_key().kid != KEY.kid


def test_the_signature_is_the_raw_one_of_rfc_7518() -> None:
    signature = sign(claims(), KEY, ACCESS_TYPE).split(".")[2]
    assert len(base64.urlsafe_b64decode(signature + "==")) == 64


@pytest.mark.parametrize(
    "wrong",
    [
        {"exp": 1_600_000_000},
        {"exp": None},
        {"aud": CLEARANCE_AUDIENCE},
        {"aud": None},
        {"iss": "sunfair:compliance"},
        {"iss": None},
        {"sub": None},
        {"nbf": 4_000_000_000},
    ],
)
def test_a_token_with_a_wrong_or_missing_claim_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        read(sign(claims(**wrong), KEY, ACCESS_TYPE))


def test_a_token_of_another_type_is_refused() -> None:
    with pytest.raises(TokenRefused, match="type"):
        read(sign(claims(), KEY, CLEARANCE_TYPE))


def test_a_token_signed_by_another_key_is_refused() -> None:
    with pytest.raises(TokenRefused):
        read(sign(claims(), SigningKey(KEY.kid, new_signing_key().pem), ACCESS_TYPE))


@pytest.mark.parametrize("algorithm", ["none", "None", "nOnE", "", None, "ES384", "RS256"])
def test_an_unsigned_token_is_refused(algorithm: str | None) -> None:
    with pytest.raises(TokenRefused):
        read(by_hand({"alg": algorithm, "typ": ACCESS_TYPE, "kid": KEY.kid}, claims()))


def test_the_public_key_is_no_shared_secret() -> None:
    public = KEY.public_jwk
    pem = KEY.pem.encode()
    for secret in (json.dumps(public).encode(), public["x"].encode(), base64.urlsafe_b64decode(public["x"] + "="), pem):
        with pytest.raises(TokenRefused, match="ES256"):
            read(by_hand({"alg": "HS256", "typ": ACCESS_TYPE, "kid": KEY.kid}, claims(), secret))


def test_a_changed_claim_breaks_the_signature() -> None:
    header, _, signature = sign(claims(roles=["buyer"]), KEY, ACCESS_TYPE).split(".")
    forged = base64.urlsafe_b64encode(json.dumps(claims(roles=["administrator"])).encode()).rstrip(b"=").decode()
    with pytest.raises(TokenRefused):
        read(f"{header}.{forged}.{signature}")


@given(some.text(max_size=80))
def test_rubbish_is_refused_and_never_crashes(rubbish: str) -> None:
    with pytest.raises(TokenRefused):
        read(rubbish)


def test_a_token_that_names_no_key_is_refused() -> None:
    token = jwt.encode(claims(), KEY.pem, "ES256", headers={"typ": ACCESS_TYPE})
    with pytest.raises(TokenRefused, match="names no key"):
        read(token)


def test_a_sealed_key_opens_with_its_own_secret_only() -> None:
    sealed = seal(KEY.pem, "one secret")
    assert "PRIVATE" not in sealed
    assert unseal(sealed, "one secret") == KEY.pem
    with pytest.raises(TokenRefused, match="SUNFAIR_TOKEN_SECRET"):
        unseal(sealed, "another secret")


def test_identity_tokens_are_equal_for_equal_values_of_one_kind_only() -> None:
    token = identity_token("id", "34222119800101123x", "secret")
    assert token == identity_token("id", " ３４２２２１ 19800101 123Ｘ", "secret")
    assert token != identity_token("phone", "34222119800101123x", "secret")
    assert token != identity_token("id", "34222119800101123x", "another secret")
    assert len(token) == 64
