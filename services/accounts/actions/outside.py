"""The port to a provider of identity outside, and the adapter for OpenID Connect (authorization code with PKCE).

`IdentityProvider` is all that an adapter must be: where a person goes to sign in, and who came back. A person outside
is kept as a token; which account is theirs, they say themselves, once, while they are signed in here.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote, urlencode

from services.accounts.errors import OutsideRefused, OutsideUnreachable
from services.accounts.settings import AccountsSettings
from services.kit.fetching import Fetcher, FetchFailed
from services.kit.tokens import TokenRefused, read_id_token
from services.kit.webhooks import AddressRefused, require_callable


@dataclass(frozen=True, slots=True)
class Attempt:
    """What only this attempt knows: `state` comes back in the address, `nonce` in the token, `verifier` proves both."""

    state: str
    nonce: str
    verifier: str
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Identified:
    """Somebody, as a provider knows them: its name for them, good at this issuer alone."""

    issuer: str
    subject: str


class IdentityProvider(Protocol):
    """Whoever can say who somebody is."""

    async def address(self, attempt: Attempt) -> str:
        """Where the person signs in. Raises OutsideUnreachable."""
        ...

    async def identify(self, attempt: Attempt, code: str) -> Identified:
        """Who came back with the code. Raises OutsideRefused and OutsideUnreachable."""
        ...


def new_attempt(redirect_uri: str) -> Attempt:
    """Three secrets that nobody can guess."""
    return Attempt(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(32), redirect_uri)


class OpenIdConnect:
    """Any provider that follows OpenID Connect Core 1.0 and Discovery 1.0; its keys sign with RS256 or ES256."""

    def __init__(self, issuer: str, client_id: str, secret: str | None, *, private: bool) -> None:
        self.issuer = issuer
        self.client_id = client_id
        self.secret = secret
        self.private = private

    async def address(self, attempt: Attempt) -> str:
        """Its authorization endpoint, with the challenge (RFC 7636, S256). Raises OutsideUnreachable."""
        async with Fetcher(private=self.private) as outside:
            endpoint = (await self._discovered(outside))["authorization_endpoint"]
        try:
            require_callable(endpoint, private=self.private)
        except AddressRefused as error:
            raise _unreachable() from error
        challenge = base64.urlsafe_b64encode(hashlib.sha256(attempt.verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": attempt.redirect_uri,
            "scope": "openid",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{endpoint}{'&' if '?' in endpoint else '?'}{urlencode(asked)}"

    async def identify(self, attempt: Attempt, code: str) -> Identified:
        """Exchange the code and read the ID token. Raises OutsideRefused and OutsideUnreachable."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": attempt.redirect_uri,
            "client_id": self.client_id,
            "code_verifier": attempt.verifier,
        }
        async with Fetcher(private=self.private) as outside:
            found = await self._discovered(outside)
            try:
                told = await outside.ask(found["token_endpoint"], form, self._credentials())
            except FetchFailed as error:
                raise refused() from error
            keys = await _asked(outside, found["jwks_uri"])
        return self._identified(told, keys, attempt)

    def _identified(self, told: dict[str, Any], keys: dict[str, Any], attempt: Attempt) -> Identified:
        known = [key for key in keys.get("keys", ()) if isinstance(key, dict)]
        try:
            claims = read_id_token(str(told.get("id_token")), known, audience=self.client_id, issuer=self.issuer)
        except TokenRefused as error:
            raise refused() from error
        subject = claims["sub"]
        if claims.get("nonce") != attempt.nonce or not isinstance(subject, str) or not 0 < len(subject) <= 255:
            raise refused()
        return Identified(self.issuer, subject)

    async def _discovered(self, outside: Fetcher) -> dict[str, str]:
        found = await _asked(outside, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        wanted = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        # Another issuer's document would let it speak for this one (Discovery §4.3).
        if found.get("issuer") != self.issuer or not all(isinstance(found.get(name), str) for name in wanted):
            raise _unreachable()
        return found

    def _credentials(self) -> dict[str, str]:
        if self.secret is None:
            return {}
        pair = f"{quote(self.client_id, safe='')}:{quote(self.secret, safe='')}"
        return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


async def _asked(outside: Fetcher, url: str) -> dict[str, Any]:
    try:
        return await outside.ask(url)
    except FetchFailed as error:
        raise _unreachable() from error


def refused() -> OutsideRefused:
    """One sentence for every way in which a return does not hold: which one is nobody's business."""
    return OutsideRefused(
        "It took longer than ten minutes, was begun in another window, or was refused there. Begin again.",
        "登录已超过十分钟、在其他窗口发起，或被对方拒绝。请重新登录。",
    )


def _unreachable() -> OutsideUnreachable:
    return OutsideUnreachable(
        "It does not answer as it should. Sign in with your password, or try again later.",
        "对方系统暂时无法正常应答。请使用密码登录，或稍后再试。",
    )


def provider_of(settings: AccountsSettings) -> IdentityProvider | None:
    """The provider that the settings name, if any."""
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        return None
    secret = settings.oidc_client_secret
    return OpenIdConnect(
        settings.oidc_issuer,
        settings.oidc_client_id,
        None if secret is None else secret.get_secret_value(),
        private=settings.oidc_private,
    )
