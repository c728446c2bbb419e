"""Compiles the served client in TypeScript in strict mode, and three mistakes in using it that must not compile.

`python3 -m tools.check_typescript`. npm fetches the compiler by the hashes of `tools/typescript/package-lock.json`.
Ends with 0 where both are as they should be.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from importlib import import_module
from pathlib import Path

from deploy.stack import SERVICES
from gateway.openapi import merged
from gateway.typescript import typescript
from tests.apps import settings_of

PINNED = Path(__file__).parent / "typescript"
FETCH = ("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
STRICT = (
    *("--noEmit", "--strict", "--noUncheckedIndexedAccess", "--pretty", "false"),
    *("--target", "es2022", "--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2022,dom,dom.iterable"),
)
# Of each mistake in `refused.ts`, the constant it stands at and what the compiler has to say of it.
REFUSED = [("wrongValue", "TS2322"), ("missingPart", "TS2345"), ("wrongAnswer", "TS2551")]
FAULT = re.compile(r"^refused\.ts\((\d+),\d+\): error (TS\d+)", re.MULTILINE)


def main() -> int:
    """Say what is wrong, if anything is."""
    npm = shutil.which("npm")
    if npm is None:
        print("npm is missing; it fetches the TypeScript compiler. On Debian: apt-get install npm.")
        return 1
    with tempfile.TemporaryDirectory(prefix="sunfair-typescript-") as made:
        folder = shutil.copytree(PINNED, Path(made) / "client")
        (folder / "sunfair.ts").write_text(_client(Path(made)), encoding="utf-8")
        wrong = _run(folder, npm, *FETCH) or _compiled(folder) or _mistakes(folder)
    print(wrong, end="")
    return 1 if wrong else 0


def _client(blobs: Path) -> str:
    """The client as a gateway serves it."""
    documents = {
        name: import_module(f"services.{name}.app")
        .create_app(settings=settings_of(name, blobs=f"file://{blobs}"))
        .openapi()
        for name in SERVICES
    }
    return typescript(merged(documents, "1"))


def _compiled(folder: Path) -> str:
    return _run(folder, _compiler(folder), *STRICT, "works.ts")


def _mistakes(folder: Path) -> str:
    said = _run(folder, _compiler(folder), *STRICT, "refused.ts")
    lines = (folder / "refused.ts").read_text(encoding="utf-8").splitlines()
    found = [(re.findall(r"const (\w+)", lines[int(line) - 1])[0], code) for line, code in FAULT.findall(said)]
    return "" if found == REFUSED else f"These mistakes are refused: {found}; they should be {REFUSED}.\n{said}"


def _compiler(folder: Path) -> str:
    return str(folder / "node_modules" / ".bin" / "tsc")


def _run(folder: Path, *command: str) -> str:
    """What a command that failed said; nothing where it was content."""
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)  # noqa: S603  Our own words.
    return f"{command[0]} ended with {done.returncode}.\n{done.stdout}{done.stderr}" if done.returncode else ""


if __name__ == "__main__":
    sys.exit(main())
