"""Tokens that were verified are remembered, and never longer than they are good for."""

from typing import Any

import pytest

from gateway.sessions import Sessions
from services.kit import clock
from services.kit.problem import NotSignedIn
from tests.apps import Tokens


@pytest.fixture
def sessions(tokens: Tokens) -> Sessions:
    """Sessions that know the test's key."""

    async def exchange(_credential: dict[str, str]) -> dict[str, Any] | None:
        return None

    async def fetch_keys() -> dict[str, dict[str, str]]:
        return {tokens.key.kid: tokens.key.public_jwk}

    return Sessions(exchange, fetch_keys)


def headers(token: str) -> dict[bytes, bytes]:
    return {b"authorization": f"Bearer {token}".encode()}


async def test_a_token_that_comes_again_is_the_same_visitor(sessions: Sessions, tokens: Tokens) -> None:
    came = [await sessions.visitor(headers(tokens.token("buyer", account_id="account-9"))) for _ in range(2)]
    assert {visitor.account_id for visitor in came} == {"account-9"}


async def test_a_remembered_token_is_refused_once_it_has_expired(sessions: Sessions, tokens: Tokens) -> None:
    token = tokens.token("buyer")
    await sessions.visitor(headers(token))
    for claims in sessions.verified.values():
        claims["exp"] = int(clock.now().timestamp()) - 1
    with pytest.raises(NotSignedIn):
        await sessions.visitor(headers(token))


async def test_a_token_that_was_tampered_with_is_not_taken_for_the_good_one(sessions: Sessions, tokens: Tokens) -> None:
    token = tokens.token("buyer")
    await sessions.visitor(headers(token))
    with pytest.raises(NotSignedIn):
        await sessions.visitor(headers(token[:-6] + "AAAAAA"))
