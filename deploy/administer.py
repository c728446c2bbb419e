"""An administrator on the command line, through the gateway like everybody: dead letters, telling state again."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from deploy.stack import SERVICES, administrator_password, kept_secret
from deploy.supervisor import ROOT

ADMINISTRATOR = "admin"


class Refused(Exception):
    """The gateway said no, or nothing; the message says which."""


def main() -> int:
    """Run one operation; 1 when it was refused."""
    arguments = parser().parse_args()
    try:
        with signed_in(arguments.gateway, Path(arguments.state)) as client:
            if arguments.operation == "republish":
                republish(client, arguments.service, arguments.entity, arguments.since)
            elif arguments.replay:
                replay(client, *arguments.replay)
            else:
                list_letters(client)
    except Refused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """What may be asked."""
    asked = argparse.ArgumentParser(prog="python3 sunfair.py", description="Operations of an administrator.")
    asked.add_argument("--gateway", default=f"http://127.0.0.1:{os.environ.get('SUNFAIR_PORT') or 8000}")
    asked.add_argument("--state", default=os.environ.get("SUNFAIR_STATE") or str(ROOT / ".sunfair"))
    operations = asked.add_subparsers(dest="operation", required=True)
    telling = operations.add_parser("republish", help="tell the present state of an entity again")
    telling.add_argument("service", choices=SERVICES)
    telling.add_argument("entity", help="as the service names it: listing, filing, decision …")
    telling.add_argument("since", help="all that changed since this instant: 2026-11-01T00:00:00+08:00")
    letters = operations.add_parser("dead-letters", help="messages that were given up on")
    letters.add_argument("--replay", nargs=2, metavar=("SERVICE", "ID"), help="handle one of them again now")
    return asked


@contextmanager
def signed_in(gateway: str, state: Path) -> Iterator[httpx.Client]:
    """A client with the administrator's token. SUNFAIR_ADMINISTRATOR_PASSWORD, else this machine's own."""
    password = os.environ.get("SUNFAIR_ADMINISTRATOR_PASSWORD")
    if password is None:
        if not (state / "secret").exists():
            raise Refused(f"There is no Sunfair in {state}. Set SUNFAIR_ADMINISTRATOR_PASSWORD to reach another.")
        password = administrator_password(kept_secret(state / "secret"))
    with httpx.Client(base_url=f"{gateway}/api/v1", timeout=60) as client:
        body = {"username": ADMINISTRATOR, "password": password, "kind": "api"}
        client.headers["Authorization"] = f"Bearer {ask(client, 'POST', '/sign-in', body)['access_token']}"
        yield client


def ask(client: httpx.Client, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """The answer as data. Raises Refused with the problem's own words."""
    try:
        answer = client.request(method, path, json=body)
    except httpx.TransportError as error:
        raise Refused(f"No Sunfair answers at {client.base_url} ({error}). Start it: python3 sunfair.py up") from error
    if answer.is_error:
        problem = answer.json() if "json" in answer.headers.get("content-type", "") else {}
        raise Refused(f"{problem.get('title', answer.status_code)}: {problem.get('detail', answer.text)}")
    return answer.json()


def republish(client: httpx.Client, service: str, entity: str, since: str) -> None:
    """Have a service tell again what is so; those who know it already ignore it."""
    told = ask(client, "POST", f"/admin/{service}/republish", {"entity": entity, "since": since})
    print(f"{service} tells {told['count']} events again.")


def replay(client: httpx.Client, service: str, letter: str) -> None:
    """Have a service handle a dead letter again."""
    done = ask(client, "POST", f"/admin/{service}/dead-letters/{letter}/replay")
    print(f"{service} handled {done['subject']} ({letter}).")


def list_letters(client: httpx.Client) -> None:
    """Show what waits, service by service."""
    count = 0
    for service in SERVICES:
        for letter in ask(client, "GET", f"/admin/{service}/dead-letters")["items"]:
            count += 1
            cause = letter["error"].strip().splitlines()[-1]
            print(f"{service}  {letter['id']}  {letter['failed_at']}  {letter['subject']}\n    {cause}")
    print(f"{count} dead letters." if count else "There are no dead letters.")
    if count:
        print("To handle one again: python3 sunfair.py dead-letters --replay SERVICE ID")


if __name__ == "__main__":
    sys.exit(main())
