"""The stand-ins for companies outside as the launcher runs them: their ports, their secrets, what orders is told."""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from pathlib import Path

from deploy.journal import Journal
from deploy.process import CannotStart, remembered_port
from deploy.supervisor import Service

STAND_INS = ("payments", "courier")


def stand_ins(state: Path, secret: str, journal: Journal, env: Mapping[str, str]) -> dict[str, Service]:
    """A payment provider and a courier, each on a port of its own, none of them started yet."""
    made = {}
    for name in STAND_INS:
        port = port_of(name, state)
        own = {
            "SUNFAIR_DEMO": "1",
            "SUNFAIR_SANDBOX_KEY": merchant_key(name, secret),
            "SUNFAIR_SANDBOX_WEBHOOK_SECRET": webhook_secret(name, secret),
            "SUNFAIR_SANDBOX_PUBLIC_URL": f"http://127.0.0.1:{port}",
            "SUNFAIR_SANDBOX_STATE": str(state / "sandbox"),
        }
        made[name] = Service(name, port, {**own, **env}, state=state, journal=journal, program=("deploy.sandbox", name))
    return made


def port_of(name: str, state: Path) -> int:
    """SUNFAIR_PAYMENTS_PORT or SUNFAIR_COURIER_PORT, else the one it had last time, else a free one."""
    variable = f"SUNFAIR_{name.upper()}_PORT"
    given = os.environ.get(variable, "")
    if not given:
        return remembered_port(state / f"{name}.port")
    if not given.isdecimal() or not 1 <= int(given) <= 65535:
        raise CannotStart(f"{variable} is “{given}”; it must be a port number between 1 and 65535.")
    return int(given)


def told_to_orders(addresses: Mapping[str, str], secret: str) -> dict[str, str]:
    """Where orders finds the provider and the courier, and the secrets that they share with it."""
    told: dict[str, str] = {}
    for name, address in addresses.items():
        told |= {
            f"SUNFAIR_{name.upper()}_URL": address,
            f"SUNFAIR_{name.upper()}_KEY": merchant_key(name, secret),
            f"SUNFAIR_{name.upper()}_WEBHOOK_SECRET": webhook_secret(name, secret),
        }
    return told


def merchant_key(name: str, secret: str) -> str:
    """What the stand-in knows its merchant by."""
    return hmac.new(secret.encode(), f"{name}-key".encode(), hashlib.sha256).hexdigest()


def webhook_secret(name: str, secret: str) -> str:
    """What the stand-in signs its callbacks with."""
    key = hmac.digest(secret.encode(), f"{name}-webhooks".encode(), "sha256")
    return "whsec_" + base64.b64encode(key).decode()
