"""Who watches: a token for one room and one for the device, signed by us, in cookies of ours.

A viewer's token is good for one room and one day. It names nobody: it says that we gave it out, so that limits can
count viewers and not addresses, which thousands of honest phones share. The device's goes to every page, because
whoever orders is to be told from a farm of accounts by the same device as in the room.
"""

import base64
import hmac
from dataclasses import dataclass
from typing import NoReturn

from starlette.requests import cookie_parser

from gateway.api import PREFIX
from gateway.errors import ViewerTokenRefused
from services.kit import clock
from services.kit.ids import new_id
from services.kit.tokens import kind_key

ROOM_COOKIE = "sunfair_viewer"
DEVICE_COOKIE = "sunfair_device"
ROOM_SECONDS = 24 * 3600
DEVICE_SECONDS = 400 * 24 * 3600
ROOMS = f"{PREFIX}/broadcasts"


@dataclass(frozen=True)
class Viewer:
    """One browser in one room. `newcomer`: it came without a token and has just been given one."""

    token: str
    device: str
    newcomer: bool
    headers: tuple[tuple[bytes, bytes], ...] = ()


class Signer:
    """Gives out tokens and knows its own again; every replica with the same secret knows them."""

    def __init__(self, secret: str, *, secure: bool) -> None:
        self.key = kind_key(secret, "kind:viewer")
        self.secure = secure

    def give(self, purpose: str) -> str:
        """A fresh token for `purpose`: a time-ordered id and our signature over both."""
        name = new_id().replace("-", "")
        return f"{name}.{self._signature(purpose, name)}"

    def read(self, purpose: str, token: str, lasting: int) -> str | None:
        """The id in a token of ours for `purpose` that is at most `lasting` seconds old, else None."""
        name, _, signature = token.partition(".")
        if not hmac.compare_digest(signature.encode(), self._signature(purpose, name).encode()):
            return None
        age = clock.now().timestamp() - int(name[:12], 16) / 1000
        return name if age < lasting else None

    def _signature(self, purpose: str, name: str) -> str:
        digest = hmac.digest(self.key, f"{purpose}\n{name}".encode(), "sha256")[:16]
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def viewer(self, broadcast_id: str, headers: dict[bytes, bytes]) -> Viewer:
        """Who is watching, with the cookies to set. Raises ViewerTokenRefused for a token that is not ours."""
        cookies = cookie_parser(headers.get(b"cookie", b"").decode("latin-1"))
        to_set: list[tuple[bytes, bytes]] = []
        given = cookies.get(ROOM_COOKIE)
        if given is None:
            given = self.give(broadcast_id)
            to_set.append(self._cookie(ROOM_COOKIE, given, room_path(broadcast_id), ROOM_SECONDS))
        token = self.read(broadcast_id, given, ROOM_SECONDS)
        if token is None:
            self._refuse(ROOM_COOKIE, room_path(broadcast_id))
        given = cookies.get(DEVICE_COOKIE)
        if given is None:
            given = self.give("device")
            to_set.append(self._cookie(DEVICE_COOKIE, given, "/", DEVICE_SECONDS))
        device = self.read("device", given, DEVICE_SECONDS)
        if device is None:
            self._refuse(DEVICE_COOKIE, "/")
        return Viewer(token, device, ROOM_COOKIE not in cookies, tuple(to_set))

    def told(self, broadcast_id: str, headers: dict[bytes, bytes]) -> dict[str, str]:
        """What broadcast is told of a speaker: the viewer and the device, as far as the tokens are ours."""
        cookies = cookie_parser(headers.get(b"cookie", b"").decode("latin-1"))
        viewer = self.read(broadcast_id, cookies.get(ROOM_COOKIE, ""), ROOM_SECONDS)
        known = {"x-viewer": viewer, "x-viewer-device": self.device(headers)}
        return {name: value for name, value in known.items() if value}

    def device(self, headers: dict[bytes, bytes]) -> str | None:
        """The device's id, when the request carries a token of ours for it."""
        given = cookie_parser(headers.get(b"cookie", b"").decode("latin-1")).get(DEVICE_COOKIE)
        return self.read("device", given, DEVICE_SECONDS) if given else None

    def _refuse(self, cookie: str, path: str) -> NoReturn:
        # The cookie goes, so that the next attempt starts anew: a browser could not get rid of it by itself.
        raise ViewerTokenRefused(
            "It was not given out for this room, or it is too old. Connect again without it.",
            "该凭证不是为本直播间签发的，或已过期。请去掉凭证后重新连接。",
            headers={"Set-Cookie": self._cookie(cookie, "", path, 0)[1].decode()},
        )

    def _cookie(self, name: str, value: str, path: str, seconds: int) -> tuple[bytes, bytes]:
        secure = "; Secure" if self.secure else ""
        text = f"{name}={value}; Path={path}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
        return b"set-cookie", text.encode()


def room_path(broadcast_id: str) -> str:
    """The path below which a room's cookie is sent."""
    return f"{ROOMS}/{broadcast_id}"
