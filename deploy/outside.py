"""The stand-ins for others outside as the launcher runs them: their ports, their secrets, what services are told."""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping
from pathlib import Path

from deploy.journal import Journal
from deploy.process import CannotStart, remembered_port
from deploy.supervisor import Service
from services.disclosure.ledger.notes import COSIGNATURE_V1, ED25519, SignerKey, VerifierKey

COMPANIES = ("payments", "courier")
STAND_INS = (*COMPANIES, "witness")
LEDGER_ORIGIN = "sunfair.example/ledger"
WITNESS_NAME = "witness.example/demonstration"


def stand_ins(state: Path, secret: str, journal: Journal, env: Mapping[str, str]) -> dict[str, Service]:
    """A payment provider, a courier and a witness, each on a port of its own, none of them started yet."""
    made = {}
    for name in STAND_INS:
        port = port_of(name, state)
        own = told_to_witness(state, secret) if name == "witness" else told_to_company(name, port, state, secret)
        made[name] = Service(name, port, {**own, **env}, state=state, journal=journal, program=("deploy.sandbox", name))
    return made


def told_to_company(name: str, port: int, state: Path, secret: str) -> dict[str, str]:
    """What the payment provider or the courier is told."""
    return {
        "SUNFAIR_DEMO": "1",
        "SUNFAIR_SANDBOX_KEY": merchant_key(name, secret),
        "SUNFAIR_SANDBOX_WEBHOOK_SECRET": webhook_secret(name, secret),
        "SUNFAIR_SANDBOX_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SUNFAIR_SANDBOX_STATE": str(state / "sandbox"),
    }


def told_to_witness(state: Path, secret: str) -> dict[str, str]:
    """What the witness is told: its own key, and the public key of the log, which it has from the launcher."""
    return {
        "SUNFAIR_WITNESS_NAME": WITNESS_NAME,
        "SUNFAIR_WITNESS_KEY": _seed("witness-key", secret).hex(),
        "SUNFAIR_WITNESS_LOGS": str(ledger_key(secret)),
        "SUNFAIR_WITNESS_STATE": str(state / "witness"),
    }


def told_to_disclosure(witness_address: str, secret: str) -> dict[str, str]:
    """The key of the log and its one witness. On one machine it shows how witnessing works; it protects nobody."""
    witness = SignerKey(WITNESS_NAME, COSIGNATURE_V1, _seed("witness-key", secret)).verifier
    return {
        "SUNFAIR_LEDGER_ORIGIN": LEDGER_ORIGIN,
        "SUNFAIR_LEDGER_KEY": _seed("ledger-key", secret).hex(),
        "SUNFAIR_LEDGER_WITNESSES": f"{witness}={witness_address}",
        "SUNFAIR_LEDGER_QUORUM": "1",
    }


def ledger_key(secret: str) -> VerifierKey:
    """The public key of the log that the launcher runs."""
    return SignerKey(LEDGER_ORIGIN, ED25519, _seed("ledger-key", secret)).verifier


def _seed(purpose: str, secret: str) -> bytes:
    return hmac.digest(secret.encode(), purpose.encode(), "sha256")


def port_of(name: str, state: Path) -> int:
    """SUNFAIR_PAYMENTS_PORT and the like, else the one it had last time, else a free one."""
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
