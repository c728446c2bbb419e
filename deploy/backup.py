"""Back a market up, look whether a backup is whole, and put one back: database and files, never the secret.

`make FOLDER`, `check FOLDER`, `restore FOLDER`. With SUNFAIR_DATABASE_URL (the administrator's address) and
SUNFAIR_BLOBS it works on that place; otherwise on this machine's own market, running or not.
"""

import argparse
import asyncio
import fcntl
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from deploy.migrate import migrate
from deploy.postgres import Postgres
from deploy.process import CannotStart
from deploy.snapshot import Place, Unusable, check, make, restore
from deploy.supervisor import ROOT
from services.kit import clock


def main() -> int:
    """1 when it cannot be done, in words."""
    asked = parser().parse_args()
    folder = Path(asked.folder).resolve()
    try:
        if asked.operation == "check":
            say("Whole", folder, asyncio.run(check(folder)))
            return 0
        with place_of(Path(asked.state).resolve(), restoring=asked.operation == "restore") as place:
            if asked.operation == "make":
                say("Backed up", folder, asyncio.run(make(place, folder, clock.now().isoformat(timespec="seconds"))))
            else:
                say("Restored and compared", folder, asyncio.run(put_back(place, folder)))
    except (Unusable, CannotStart, OSError) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """What may be asked."""
    asked = argparse.ArgumentParser(prog="python3 sunfair.py backup", description=__doc__)
    asked.add_argument("operation", choices=("make", "check", "restore"))
    asked.add_argument("folder", help="the folder of the backup")
    asked.add_argument("--state", default=os.environ.get("SUNFAIR_STATE") or str(ROOT / ".sunfair"))
    return asked


async def put_back(place: Place, folder: Path) -> dict[str, Any]:
    """Restore, then bring an older backup to the present version and give the roles their passwords."""
    manifest = await restore(place, folder)
    if place.secret is None:
        print("Now run python3 sunfair.py migrate with SUNFAIR_SECRET: the roles have no passwords yet.")
    else:
        await migrate(place.database, place.secret)
    return manifest


def say(done: str, folder: Path, manifest: dict[str, Any]) -> None:
    """One line of what a backup holds, and where the one thing is that it does not hold."""
    rows = sum(table["rows"] for table in manifest["tables"].values())
    held = f"{rows} rows in {len(manifest['tables'])} tables, {len(manifest['files'])} files"
    print(f"{done}: {folder} of {manifest['made_at']}, {held}.")
    if done == "Backed up":
        print("The secret is not in it: without the secret, signing keys stay closed. Keep it somewhere else.")


@contextmanager
def place_of(state: Path, *, restoring: bool) -> Iterator[Place]:
    """The place that the environment names, else this machine's own with its database running."""
    url, blobs = os.environ.get("SUNFAIR_DATABASE_URL"), os.environ.get("SUNFAIR_BLOBS")
    if url:
        if not blobs:
            raise Unusable("Set SUNFAIR_BLOBS too: a database without the files that it names is no backup.")
        yield Place(url, blobs, os.environ.get("SUNFAIR_SECRET"))
        return
    secret = state / "secret"
    if not secret.exists():
        what = (
            "Put the secret that the backup was made under there first" if restoring else "Name it with SUNFAIR_STATE"
        )
        raise Unusable(f"There is no {secret}. {what}.")
    with running_postgres(state, secret.read_text().strip(), restoring=restoring) as postgres:
        yield Place(postgres.admin_url, f"file://{state / 'blobs'}", postgres.secret)


@contextmanager
def running_postgres(state: Path, secret: str, *, restoring: bool) -> Iterator[Postgres]:
    """The database of a state folder: the one that runs, else started for as long as this takes."""
    postgres = Postgres(state, secret, sink=lambda _name, _line: None)
    with (state / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if restoring:
                raise Unusable(
                    f"A Sunfair runs in {state}. Stop it first; a backup goes into an empty place."
                ) from None
            postgres.port = int((state / "postgres.port").read_text())
            yield postgres
            return
        postgres.start()
        try:
            yield postgres
        finally:
            postgres.stop()


if __name__ == "__main__":
    sys.exit(main())
