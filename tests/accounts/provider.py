"""A small provider of identity that speaks OpenID Connect over real HTTP and signs with a real RSA key."""

import base64
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jose import jwk, jwt
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from services.kit import clock
from tests.serving import listening

CLIENT, SECRET = "sunfair", "a secret: of the tests"


class Provider:
    """Who signs in, and how the provider lies: `claims` are laid over those of the token, `document` over discovery."""

    def __init__(self) -> None:
        private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.pem = private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        public = jwk.construct(self.pem, "RS256").public_key().to_dict()
        self.key = {name: value if isinstance(value, str) else value.decode() for name, value in public.items()}
        self.key |= {"kid": "k1", "use": "sig", "alg": "RS256"}
        self.url = ""
        self.subject = "Citizen-1"
        self.claims: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.header: dict[str, Any] = {"kid": "k1"}
        self.algorithm = "RS256"
        self.codes: dict[str, dict[str, str]] = {}

    def consents(self, authorize_url: str) -> tuple[str, str]:
        """What the person does there: the code and the state with which the browser comes back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(authorize_url).query).items()}
        assert (asked["response_type"], asked["scope"], asked["client_id"]) == ("code", "openid", CLIENT)
        assert asked["code_challenge_method"] == "S256"
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return code, asked["state"]

    async def discovery(self, _: Request) -> JSONResponse:
        """What Discovery 1.0 asks for."""
        told = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }
        return JSONResponse(told | self.document)

    async def keys(self, _: Request) -> JSONResponse:
        """Its public keys."""
        return JSONResponse({"keys": [self.key]})

    async def token(self, request: Request) -> JSONResponse:
        """A code is good once, for whoever knows the secret, the address and the verifier."""
        form = await request.form()
        asked = self.codes.pop(str(form["code"]), None)
        digest = hashlib.sha256(str(form["code_verifier"]).encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        basic = base64.b64encode(b"sunfair:a%20secret%3A%20of%20the%20tests").decode()
        good = (
            asked is not None
            and asked["code_challenge"] == challenge
            and asked["redirect_uri"] == form["redirect_uri"]
            and request.headers.get("authorization") == f"Basic {basic}"
        )
        if not good or asked is None:
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(clock.now().timestamp())
        claims = {"iss": self.url, "aud": CLIENT, "sub": self.subject, "iat": now, "exp": now + 300}
        claims |= {"nonce": asked["nonce"], "at_hash": "unused"} | self.claims
        told = {name: value for name, value in claims.items() if value is not None}
        secret = self.pem if self.algorithm == "RS256" else self.key["n"]
        return JSONResponse({"id_token": jwt.encode(told, secret, algorithm=self.algorithm, headers=self.header)})


@asynccontextmanager
async def providing() -> AsyncIterator[Provider]:
    """The provider on a port of this machine."""
    made = Provider()
    routes = [
        Route("/.well-known/openid-configuration", made.discovery),
        Route("/keys", made.keys),
        Route("/token", made.token, methods=["POST"]),
    ]
    async with listening(Starlette(routes=routes)) as made.url:
        yield made
