"""The port through which a code reaches a phone, and its two sides: the log of a demonstration, and a sender of texts.

A sender of text messages is whoever answers a signed POST (Standard Webhooks) of `{"type", "data": {"phone", "code",
"language", "expires_at"}}` with 2xx; an adapter for a carrier's own interface stands behind that address.
"""

import json
import logging
from datetime import datetime
from typing import Protocol

from services.accounts.settings import AccountsSettings
from services.kit import clock
from services.kit.ids import new_id
from services.kit.webhooks import Sender, signed_headers

log = logging.getLogger(__name__)


class CodeSender(Protocol):
    """Brings a code to a phone."""

    async def send(self, phone: str, code: str, language: str, expires_at: datetime) -> bool:
        """True when the code is on its way. `phone` has eleven digits; nothing of it may be kept."""
        ...


class LogSender:
    """Demo mode: the code stands in the log, for whoever started the demonstration."""

    async def send(self, phone: str, code: str, language: str, expires_at: datetime) -> bool:
        """Write it down; only the last four digits of the number."""
        log.info("Demonstration: the code for the phone ending in %s is %s.", phone[-4:], code)
        return True


class PostSender:
    """Posts the code to the address in the settings, signed."""

    def __init__(self, url: str, secret: str) -> None:
        self.url = url
        self.secret = secret

    async def send(self, phone: str, code: str, language: str, expires_at: datetime) -> bool:
        """One attempt: a person is waiting, and will ask again."""
        data = {"phone": phone, "code": code, "language": language, "expires_at": expires_at.isoformat()}
        body = json.dumps({"type": "phone.code", "timestamp": clock.now().isoformat(), "data": data}).encode()
        # The address comes from whoever runs this deployment, and often lies inside its own network.
        async with Sender(private=True) as sender:
            attempt = await sender.send(self.url, signed_headers([self.secret], new_id(), clock.now(), body), body)
        if not attempt.delivered:
            log.warning("A code was not taken by the sender: %s", attempt.error or attempt.status)
        return attempt.delivered


def code_sender(settings: AccountsSettings) -> CodeSender | None:
    """The sender that the settings name; None where codes cannot be sent."""
    if settings.code_sender_url and settings.code_sender_secret:
        return PostSender(settings.code_sender_url, settings.code_sender_secret.get_secret_value())
    return LogSender() if settings.demo else None
