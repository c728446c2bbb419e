"""Every operation of the interface asked well and badly, in every role: no server error, no undocumented answer.

`python3 sunfair.py bench fuzz [SECONDS] [ROLE …]` (30 seconds a role). A market of its own with the
demonstration data; Schemathesis reads the merged OpenAPI document and asks as nobody and as one account of each role.
"""

import asyncio
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx

from deploy.postgres import FORGETFUL
from deploy.process import remembered_port
from deploy.stack import Stack

SECONDS = 30
# What Schemathesis may hold against an answer. That wrong data is refused and right data taken is left to our own
# tests: whether an office may act for a region, or a day has passed, no document of shapes can say.
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
LIMITS = {f"SUNFAIR_{who}_LIMIT": "1000000" for who in ("ADDRESS", "VISITOR", "KEY")}
# Signing out, or changing the password, would end the run for the account that asks.
LEFT_OUT = ("sign_out", "sign_out_everywhere", "change_password")


def accounts(stack: Stack) -> dict[str, str]:
    """Role → user name of one demo account that has it."""
    found: dict[str, str] = {}
    for account in stack.demo()["accounts"]:
        for role in account["roles"]:
            found.setdefault(role, account["username"])
    return found


async def token(stack: Stack, username: str) -> str:
    """An access token of the account."""
    body = {"username": username, "password": stack.demo()["password"], "kind": "api"}
    async with httpx.AsyncClient(base_url=f"{stack.url}/api/v1") as http:
        answer = await http.post("/sign-in", json=body)
        answer.raise_for_status()
        return str(answer.json()["access_token"])


def fuzz(stack: Stack, folder: Path, role: str, bearer: str | None, seconds: int) -> bool:
    """Ask in one role; whether nothing was found. What was found is printed with a command that repeats it."""
    command = [
        *(str(Path(sys.executable).with_name("st")), "run", str(folder / "openapi.json"), "--url", stack.url),
        *("--max-time", str(seconds), "--checks", ",".join(CHECKS), "--workers", "2", "--no-color"),
        *("--suppress-health-check", "all", "--warnings", "off", "--phases", "examples,coverage,fuzzing"),
    ]
    command += [argument for name in LEFT_OUT for argument in ("--exclude-operation-id", name)]
    if bearer is not None:
        command += ["--header", f"Authorization: Bearer {bearer}"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    said = done.stdout.splitlines()
    cases = next((line.strip() for line in reversed(said) if "generated" in line or "Test cases" in line), "")
    print(f"{role:<14} {'nothing found' if done.returncode == 0 else 'FOUND'}   {cases}", flush=True)
    if done.returncode != 0:
        print("\n".join(said[-200:]), done.stderr)
    return done.returncode == 0


def main() -> int:
    """All roles, in a market that is gone afterwards; 1 when anything was found."""
    given = sys.argv[1:]
    seconds = int(given[0]) if given else SECONDS
    good = True
    with tempfile.TemporaryDirectory(prefix="sunfair-fuzz-") as name:
        folder = Path(name)
        stack = Stack(
            folder, remembered_port(folder / "port"), say=lambda _: None, settings=LIMITS, postgres_settings=FORGETFUL
        )
        try:
            stack.start()
            document = httpx.get(f"{stack.url}/api/v1/openapi.json", timeout=60).json()
            (folder / "openapi.json").write_text(json.dumps(document))
            everyone = {"nobody": None, **accounts(stack)}
            for role in given[1:] or everyone:
                who = everyone[role]
                bearer = asyncio.run(token(stack, who)) if who else None
                good = fuzz(stack, folder, role, bearer, seconds) and good
        finally:
            stack.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
