"""Who is asking: a browser's session cookie, an API key or an access token, and the proof that a form is ours."""

import hashlib
import hmac
import logging
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from starlette.requests import cookie_parser

from services.kit import clock, tokens
from services.kit.keys import ACCESS_ISSUER
from services.kit.problem import NotAllowed, NotSignedIn

log = logging.getLogger(__name__)

COOKIE = "sunfair_session"
KEY_PREFIX = "sf_"
CACHED_SECONDS = 60.0
MOST_CACHED = 20_000
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

Exchange = Callable[[dict[str, str]], Awaitable[dict[str, Any] | None]]
FetchKeys = Callable[[], Awaitable[dict[str, dict[str, str]]]]


@dataclass(frozen=True)
class Visitor:
    """Whoever asks. `token` is the access token sent to the services; anonymous visitors have none."""

    account_id: str | None = None
    name: str = ""
    roles: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ()
    organ: str | None = None
    token: str | None = None
    session_id: str | None = None
    is_key: bool = False

    @property
    def signed_in(self) -> bool:
        """True for anyone but an anonymous visitor."""
        return self.account_id is not None

    @property
    def has_desk(self) -> bool:
        """True for whoever works here; a buyer only buys."""
        return bool(self.roles - {"buyer"})

    @property
    def csrf_token(self) -> str:
        """Bound to the session: only a page that we rendered for this browser knows it."""
        return (
            hmac.new((self.session_id or "").encode(), b"csrf", hashlib.sha256).hexdigest() if self.session_id else ""
        )


ANONYMOUS = Visitor()


@dataclass
class Sessions:
    """Turns credentials into visitors; exchanges at accounts are remembered for a minute at most."""

    exchange: Exchange
    fetch_keys: FetchKeys
    cached: OrderedDict[str, tuple[Visitor, float]] = field(default_factory=OrderedDict)
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    verified: OrderedDict[bytes, dict[str, Any]] = field(default_factory=OrderedDict)

    async def visitor(self, headers: dict[bytes, bytes]) -> Visitor:
        """Who is asking. Raises NotSignedIn for credentials that are no good; a stale cookie is just anonymous."""
        authorization = headers.get(b"authorization", b"").decode("latin-1")
        if authorization:
            return await self._from_authorization(authorization)
        session_id = session_cookie(headers)
        if session_id is None:
            return ANONYMOUS
        return await self._exchanged("session_id", session_id) or ANONYMOUS

    async def _from_authorization(self, authorization: str) -> Visitor:
        scheme, _, credential = authorization.partition(" ")
        if scheme.lower() != "bearer" or not credential:
            raise NotSignedIn(
                "Send `Authorization: Bearer` with an access token or an API key.",
                "请使用 `Authorization: Bearer` 提交访问令牌或 API 密钥。",
            )
        if credential.startswith(KEY_PREFIX):
            visitor = await self._exchanged("api_key", credential)
            if visitor is None:
                raise NotSignedIn(
                    "This API key is unknown or was revoked. Make a new one.", "该 API 密钥无效或已撤销，请重新创建。"
                )
            return visitor
        return await self._from_token(credential)

    async def _from_token(self, token: str) -> Visitor:
        try:
            claims = await self._claims(token)
        except tokens.TokenRefused as refused:
            raise NotSignedIn(
                f"The access token was refused: {refused} Sign in again.",
                "访问令牌无效或已过期，请重新登录。",
                headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
            ) from refused
        return _visitor_of(claims, token, None, is_key=False)

    async def _claims(self, token: str) -> dict[str, Any]:
        # Verifying costs 300 µs; whoever comes again with the same token has been looked at. Services look for
        # themselves, and at revocations too.
        digest = hashlib.sha256(token.encode("utf-8", "replace")).digest()
        claims = self.verified.get(digest)
        if claims is None:
            claims = self.verified[digest] = await self._verify(token)
            if len(self.verified) > MOST_CACHED:
                self.verified.popitem(last=False)
        if claims["exp"] <= clock.now().timestamp():
            raise tokens.TokenRefused("The token has expired.")
        return claims

    async def _verify(self, token: str) -> dict[str, Any]:
        kid = tokens.key_id(token, tokens.ACCESS_TYPE)
        if kid not in self.keys:
            self.keys = await self.fetch_keys()
        if kid not in self.keys:
            raise tokens.TokenRefused("The token was signed by a key that is not ours.")
        return tokens.read(
            token, self.keys[kid], typ=tokens.ACCESS_TYPE, audience=tokens.ACCESS_AUDIENCE, issuer=ACCESS_ISSUER
        )

    async def _exchanged(self, kind: str, credential: str) -> Visitor | None:
        digest = hashlib.sha256(f"{kind}:{credential}".encode()).hexdigest()
        known = self.cached.get(digest)
        if known is not None and known[1] > time.monotonic():
            return known[0]
        answer = await self.exchange({kind: credential})
        if answer is None:
            self.cached.pop(digest, None)
            return None
        claims = tokens.unverified_claims(answer["access_token"])
        session_id = credential if kind == "session_id" else None
        visitor = _visitor_of(claims, answer["access_token"], session_id, is_key=kind == "api_key")
        lasting = min(CACHED_SECONDS, claims["exp"] - clock.now().timestamp() - 5)
        self.cached[digest] = (visitor, time.monotonic() + lasting)
        if len(self.cached) > MOST_CACHED:
            self.cached.popitem(last=False)
        return visitor

    def forget(self, session_id: str) -> None:
        """After signing out: the next request asks accounts again."""
        self.cached.pop(hashlib.sha256(f"session_id:{session_id}".encode()).hexdigest(), None)

    def forget_account(self, account_id: str) -> None:
        """After a revocation: every credential of the account is asked for anew."""
        stale = [digest for digest, (visitor, _) in self.cached.items() if visitor.account_id == account_id]
        for digest in stale:
            del self.cached[digest]


def _visitor_of(claims: dict[str, Any], token: str, session_id: str | None, *, is_key: bool) -> Visitor:
    return Visitor(
        account_id=claims["sub"],
        name=claims.get("name", ""),
        roles=frozenset(claims.get("roles", ())),
        scopes=tuple(claims.get("scopes", ())),
        organ=claims.get("organ"),
        token=token,
        session_id=session_id,
        is_key=is_key,
    )


def session_cookie(headers: dict[bytes, bytes]) -> str | None:
    """The opaque session id a browser carries."""
    # Not the standard library's parser: one odd cookie of somebody else's would make it give up on all of them.
    return cookie_parser(headers.get(b"cookie", b"").decode("latin-1")).get(COOKIE) or None


def refuse_foreign_origin(method: str, headers: dict[bytes, bytes], public_url: str) -> None:
    """Refuse an unsafe request that another site made the browser send. Raises NotAllowed (403)."""
    if method in SAFE_METHODS:
        return
    site = headers.get(b"sec-fetch-site", b"").decode("latin-1")
    origin = headers.get(b"origin", b"").decode("latin-1")
    hosts = {urlsplit(public_url).netloc, headers.get(b"host", b"").decode("latin-1")}
    foreign_site = site not in ("", "same-origin", "none")
    foreign_origin = origin != "" and urlsplit(origin).netloc not in hosts
    if foreign_site or foreign_origin or (not site and not origin):
        raise NotAllowed(
            "This request came from another site. Open the page on Sunfair and try again.",
            "该请求来自其他网站，请在阳光集市页面上重新操作。",
        )


def csrf_matches(visitor: Visitor, given: str) -> bool:
    """True when a form carries the token that we rendered for this session."""
    return bool(visitor.csrf_token) and hmac.compare_digest(visitor.csrf_token, given)
