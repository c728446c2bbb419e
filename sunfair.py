#!/usr/bin/env python3
"""The task runner of Sunfair: sets up what a task needs, then runs it. `python3 sunfair.py` lists the tasks.

Standard library only, and readable by Python 3.9, so that an old Python gets a sentence and not a stack trace.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STATE = Path(os.environ.get("SUNFAIR_STATE") or ROOT / ".sunfair")
LOCALES = ROOT / "gateway" / "locales"
OLDEST_PYTHON = (3, 11)
BASE, DEV, BROWSER = "requirements.lock", "requirements-dev.lock", "requirements-browser.lock"
KUBERNETES = "1.33"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


class Stop(Exception):
    """The task cannot go on; the message says why and what to do."""


def run(*command: str | Path, env: dict[str, str] | None = None) -> int:
    """Run a command from the root of the project; its exit code."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, env=env, check=False).returncode


def overheard(command: list[str], env: dict[str, str] | None) -> tuple[int, str]:
    """Run a command from the root of the project; its exit code and what it said."""
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False
    )
    return done.returncode, done.stdout


def tool(name: str) -> str:
    """A program that the lock file installed."""
    return str(VENV / "bin" / name)


def hand_over(*command: str | Path) -> int:
    """Become that command: Ctrl-C then reaches it alone, and it has the time it needs to stop what it started."""
    os.chdir(ROOT)
    os.execv(str(command[0]), [str(part) for part in command])  # noqa: S606  No shell is wanted.


# Setting up


def set_up(locks: list[str]) -> None:
    """Make .venv if need be, and install each lock file whose contents changed since it was last installed."""
    import fcntl

    (ROOT / ".sunfair").mkdir(mode=0o700, exist_ok=True)
    with (ROOT / ".sunfair" / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another sunfair.py is setting up; waiting for it …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        if not PYTHON.exists():
            make_environment()
        for name in locks:
            install(name)
        compile_locales()


def make_environment() -> None:
    """A virtual environment; without pip where Debian has split the part that brings it into a package of its own."""
    print("Making .venv …", flush=True)
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        command = [sys.executable, "-m", "venv", "--clear", "--without-pip", str(VENV)]
        made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode != 0:
        last = (made.stderr or made.stdout).strip().splitlines()[-1:]
        raise Stop(f"Python could not make .venv: {''.join(last)} On Debian or Ubuntu: apt install python3-venv")


def install(name: str) -> None:
    """Install one lock file. The mark is written last: an interrupted installation is simply done again."""
    wanted = hashlib.sha256((ROOT / name).read_bytes()).hexdigest()
    mark = VENV / f"installed-{name}.sha256"
    if mark.exists() and mark.read_text() == wanted:
        return
    count = (ROOT / name).read_text().count("==")
    print(f"Installing {count} packages of {name}; the first time this takes a minute or two …", flush=True)
    if not (install_with_uv(name) or install_with_pip(name)):
        raise Stop(f"{name} could not be installed; the lines above say why. Run the same command again to go on.")
    mark.write_text(wanted)


def install_with_uv(name: str) -> bool:
    """The fast way, where uv is at hand. It does not read pip's configuration: with an index set there, pip does it."""
    uv = shutil.which("uv")
    if uv is None or has_own_index():
        return False
    arguments = ["pip", "install", "--quiet", "--python", str(PYTHON), "--require-hashes", "-r", name]
    done = subprocess.run([uv, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or [f"code {done.returncode}"]
        print(f"uv did not manage ({said[0].strip()}); pip takes over.", flush=True)
    return done.returncode == 0


def has_own_index() -> bool:
    """Whether pip was told to use another index than its default."""
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    return any(line.partition("=")[0].endswith(".index-url") for line in listed.stdout.splitlines())


def install_with_pip(name: str) -> bool:
    """The way that is always there: the environment's own pip, else the system's working on the environment."""
    arguments = ["install", "--disable-pip-version-check", "--progress-bar", "off", "--require-hashes", "-r", name]
    own = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*own, "--version"], capture_output=True, check=False).returncode != 0:
        own = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    return run(*own, *arguments) == 0


def compile_locales(force: bool = False) -> int:
    """Make the .mo files from the .po files that are newer; they are not kept in the repository."""
    for source in sorted(LOCALES.glob("*/LC_MESSAGES/*.po")):
        made = source.with_suffix(".mo")
        if force or not made.exists() or made.stat().st_mtime < source.stat().st_mtime:
            language, domain = source.parent.parent.name, source.stem
            command = [tool("pybabel"), "--quiet", "compile", "-i", source, "-o", made, "-l", language, "-D", domain]
            if run(*map(str, command)) != 0:
                raise Stop(f"{source.relative_to(ROOT)} could not be compiled.")
    return 0


# Tasks


def up(arguments: list[str]) -> int:
    """start everything and say what to open; Ctrl-C stops it (SUNFAIR_PORT, SUNFAIR_STATE)"""
    return hand_over(PYTHON, "-m", "deploy.local", *arguments)


def test(arguments: list[str]) -> int:
    """all tests; or a path and options of pytest; --browser: those in Chromium"""
    options = [argument for argument in arguments if argument != "--browser"]
    if "--browser" in arguments:
        if not any(shutil.which(name) for name in CHROMIUM):
            raise Stop(
                "The tests in a browser need Chromium. On Debian: apt-get install chromium fonts-noto-cjk; "
                "on macOS: brew install chromium."
            )
        return hand_over(tool("pytest"), *(options if has_path(options) else ["tests/browser", *options]))
    if has_path(options):
        return hand_over(tool("pytest"), *options)
    return hand_over(tool("pytest"), "-n", "2", "--dist", "loadgroup", "tests", "--ignore", "tests/browser", *options)


def has_path(options: list[str]) -> bool:
    """Whether one of pytest's options names a file or folder of tests."""
    return any((ROOT / option.partition("::")[0]).exists() for option in options if not option.startswith("-"))


def check(_arguments: list[str]) -> int:
    """style, strict types, who imports whom, and the deployment files, without an engine"""
    typed = [
        name
        for name in ("services", "gateway", "deploy", "tests", "bench", "tools", "sunfair.py")
        if (ROOT / name).exists()
    ]
    # Compose refuses to start without its secrets; a check needs any value in their place.
    names = (
        "SUNFAIR_SECRET",
        "SUNFAIR_TOKEN_SECRET",
        "SUNFAIR_GATEWAY_SECRET",
        "SUNFAIR_SANDBOX_SECRET",
        "SUNFAIR_FIRST_ADMINISTRATOR_PASSWORD",
    )
    secrets = {**os.environ, **dict.fromkeys(names, "only-for-checking")}
    steps: list[tuple[str, list[str], dict[str, str] | None]] = [
        ("types", [tool("mypy"), "--strict", *typed], None),
        ("style", [tool("ruff"), "check", "."], None),
        ("format", [tool("ruff"), "format", "--check", "."], None),
        ("imports", [tool("lint-imports")], None),
        ("TypeScript", [str(PYTHON), "-m", "tools.check_typescript"], None),
        ("compose", [tool("docker-compose"), "-f", "docker-compose.yml", "config", "-q"], secrets),
        (
            "compose keys",
            [tool("check-jsonschema"), "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
            None,
        ),
        ("Dockerfile", [tool("hadolint"), "deploy/Dockerfile"], None),
        ("Kubernetes", [tool("kubernetes-validate"), "--strict", "--quiet", "-k", KUBERNETES, *manifests()], None),
        ("Kubernetes forms", [str(PYTHON), "-m", "tools.build_kubernetes", "--check"], None),
    ]
    failed = []
    # Two at a time, for none needs another; the longest is listed first. What they say comes in the order of the list.
    with ThreadPoolExecutor(2) as pool:
        asked = [(name, pool.submit(overheard, command, env)) for name, command, env in steps]
        for name, answer in asked:
            print(f"── {name}", flush=True)
            code, said = answer.result()
            print(said, end="", flush=True)
            if code != 0:
                failed.append(name)
    print(f"Not in order: {', '.join(failed)}." if failed else "All in order.")
    return 1 if failed else 0


def manifests() -> list[str]:
    """The resources that Kubernetes itself describes; those of its operators it does not know."""
    others = ("kustomization.yaml", "postgres.yaml")
    found = sorted((ROOT / "deploy" / "kubernetes" / "base").glob("*.yaml"))
    return [str(path.relative_to(ROOT)) for path in found if path.name not in others]


def fix(_arguments: list[str]) -> int:
    """put style and format in order where a machine can"""
    return run(tool("ruff"), "check", "--fix", ".") + run(tool("ruff"), "format", ".")


def seed(arguments: list[str]) -> int:
    """load or top up the demo data of the Sunfair that runs here"""
    port = os.environ.get("SUNFAIR_PORT") or "8000"
    return hand_over(PYTHON, "-m", "deploy.seed", "--gateway", f"http://127.0.0.1:{port}", "--state", STATE, *arguments)


def migrate(_arguments: list[str]) -> int:
    """bring the database behind SUNFAIR_DATABASE_URL up to date (SUNFAIR_SECRET)"""
    return hand_over(PYTHON, "-m", "deploy.migrate")


def backup(arguments: list[str]) -> int:
    """make, check or restore FOLDER: the database and all files, while the market runs"""
    # The folder is named as seen from where the caller stands.
    named = [str(Path(word).resolve()) if number == 1 else word for number, word in enumerate(arguments)]
    return hand_over(PYTHON, "-m", "deploy.backup", *named)


def republish(arguments: list[str]) -> int:
    """tell the present state of an entity again: SERVICE ENTITY SINCE"""
    return hand_over(PYTHON, "-m", "deploy.administer", "republish", *arguments)


def dead_letters(arguments: list[str]) -> int:
    """list the messages that were given up on; --replay SERVICE ID: handle one again"""
    return hand_over(PYTHON, "-m", "deploy.administer", "dead-letters", *arguments)


def parameters(arguments: list[str]) -> int:
    """stale [--days N]: unchecked ones; write: published values into the files; compare NAME VALUE: cases"""
    return hand_over(PYTHON, "-m", "tools.parameters", *arguments)


def verify(arguments: list[str]) -> int:
    """check the public log with its key: decision, disclosure, release, entity, proof, growth, receipt, --fsck"""
    # Stays in the caller's folder, where the files are that are named; -P: and takes no module from there.
    os.environ["PYTHONPATH"] = str(ROOT)
    os.execv(PYTHON, [str(PYTHON), "-P", "-m", "tools.verify", *arguments])  # noqa: S606  No shell is wanted.


def bench(arguments: list[str]) -> int:
    """run one measurement by its name, or list them"""
    single, several = (ROOT / "bench").glob("[a-z]*.py"), (ROOT / "bench").glob("*/__main__.py")
    known = {path.stem: path for path in single} | {path.parent.name: path for path in several}
    known = dict(sorted(known.items()))
    if arguments and arguments[0] in known:
        return hand_over(PYTHON, "-m", f"bench.{arguments[0]}", *arguments[1:])
    print("Measurements:" if known else "There are no measurements yet.")
    for name, path in known.items():
        print(f"  {name:<14} {path.read_text(encoding='utf-8').partition(chr(10))[0].strip(chr(34))}")
    if arguments:
        raise Stop(f"There is no measurement “{arguments[0]}”.")
    return 0


def integrity(arguments: list[str]) -> int:
    """what of a broadcast was real: EVENTS OUT, the folder of its events and one for flags and findings"""
    return hand_over(PYTHON, "-m", "services.disclosure.integrity", *arguments)


def locales(arguments: list[str]) -> int:
    """extract, update or compile the translations of the pages"""
    template = LOCALES / "messages.pot"
    # Neither file keeps the moment of its making: only a changed text is a change.
    extract = ["extract", "-F", str(LOCALES / "babel.cfg"), "--omit-header", "--no-location", "--sort-output"]
    update = ["update", "--no-fuzzy-matching", "--ignore-pot-creation-date", "-i", str(template), "-d", str(LOCALES)]
    steps = {"extract": [*extract, "-o", str(template), "gateway"], "update": update, "compile": []}
    for step in arguments or steps:
        if step not in steps:
            raise Stop(f"locales knows {', '.join(steps)}; not “{step}”.")
        if step == "compile":
            compile_locales(force=True)
        elif run(tool("pybabel"), "--quiet", *steps[step]) != 0:
            return 1
    return 0


def lock(_arguments: list[str]) -> int:
    """choose package versions anew and write the lock files (needs uv)"""
    uv = shutil.which("uv")
    if uv is None:
        raise Stop("Writing lock files needs uv: python3 -m pip install uv")
    # No address of an index is written: the locks work behind any mirror.
    common = [uv, "pip", "compile", "pyproject.toml", "--upgrade", "--generate-hashes", "--no-header", "--no-annotate"]
    common += ["--no-emit-index-url", "--quiet", "--python-version", "3.11"]
    groups = {BASE: [], DEV: ["--group", "dev"], BROWSER: ["--group", "browser"]}
    return max(run(*common, *group, "-o", name) for name, group in groups.items())


TASKS = {
    "up": (up, [BASE]),
    "test": (test, [DEV]),
    "check": (check, [DEV, BROWSER]),
    "fix": (fix, [DEV]),
    "seed": (seed, [BASE]),
    "migrate": (migrate, [BASE]),
    "backup": (backup, [BASE]),
    "republish": (republish, [BASE]),
    "dead-letters": (dead_letters, [BASE]),
    "parameters": (parameters, [BASE]),
    "verify": (verify, [BASE]),
    "bench": (bench, [DEV]),
    "integrity": (integrity, [BASE]),
    "locales": (locales, [BASE]),
    "lock": (lock, []),
}


def help_text() -> str:
    """The tasks, one a line."""
    lines = ["Sunfair 阳光集市. Usage: python3 sunfair.py TASK [arguments]", ""]
    lines += [f"  {name:<14} {(task.__doc__ or '').strip()}" for name, (task, _) in TASKS.items()]
    return "\n".join(lines)


def refusal_of_this_python() -> str | None:
    """Why this Python cannot run Sunfair; None when it can."""
    if os.name != "posix":
        return "Sunfair runs on Linux and macOS; on Windows, inside WSL."
    if sys.version_info[:2] < OLDEST_PYTHON:
        wanted = ".".join(str(part) for part in OLDEST_PYTHON)
        present = ".".join(str(part) for part in sys.version_info[:3])
        return f"Sunfair needs Python {wanted} or newer; this is {present}. Try: python{wanted} sunfair.py"
    return None


def main(arguments: list[str]) -> int:
    """Run one task; its exit code."""
    if refusal := refusal_of_this_python():
        print(refusal, file=sys.stderr)
        return 1
    if not arguments or arguments[0] in ("help", "-h", "--help"):
        print(help_text())
        return 0
    if arguments[0] not in TASKS:
        print(f"There is no task “{arguments[0]}”.\n\n{help_text()}", file=sys.stderr)
        return 2
    task, locks = TASKS[arguments[0]]
    wanted = [*locks, BROWSER] if "--browser" in arguments else locks
    try:
        if wanted:
            set_up(wanted)
        return task(arguments[1:])
    except Stop as stop:
        print(stop, file=sys.stderr)
        return 1


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        sys.exit(main(sys.argv[1:]))
    print("\nInterrupted.", file=sys.stderr)
    sys.exit(130)
