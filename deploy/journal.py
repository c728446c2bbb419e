"""One readable log for the terminal, and every process's own lines as JSON in a file that never grows for ever."""

import json
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from logging import getLevelNamesMapping
from pathlib import Path
from typing import Any

LARGEST_FILE = 10 * 1024 * 1024
KEPT_FILES = 3

LEVELS = getLevelNamesMapping()
WARNING = LEVELS["WARNING"]
# What PostgreSQL and NATS write before a message, and what it is worth.
POSTGRES_WORDS = {"LOG": "INFO", "HINT": "INFO", "DETAIL": "INFO", "STATEMENT": "INFO", "NOTICE": "INFO"}
# An ERROR is one statement's, a refused double entry most often; the service that sent it has the answer.
POSTGRES_WORDS |= {"ERROR": "INFO", "WARNING": "WARNING", "FATAL": "WARNING", "PANIC": "CRITICAL"}
NATS_WORDS = {"[INF]": "INFO", "[DBG]": "DEBUG", "[WRN]": "INFO", "[ERR]": "WARNING", "[FTL]": "CRITICAL"}


def to_terminal(line: str) -> None:
    """Print one line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Journal:
    """Takes lines from many processes: all go to `<folder>/<name>.log`, those worth reading to the terminal."""

    def __init__(self, folder: Path, show: Callable[[str], None] = to_terminal) -> None:
        self.folder = folder
        self.show = show
        self.lock = threading.Lock()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def write(self, name: str, line: str) -> None:
        """Take one line as a process wrote it.

        Never raises for want of room: whoever reads a process's lines must go on reading, or the process stops at its
        next line, and stays so when there is room again.
        """
        entry = understood(name, line)
        with self.lock:
            with suppress(OSError):
                self.keep(name, entry)
            if is_worth_reading(name, entry):
                with suppress(OSError):
                    self.show(readable(entry))

    def note(self, message: str, level: str = "INFO") -> None:
        """The launcher's own word."""
        self.write("launcher", json.dumps(made_entry("launcher", level, message), ensure_ascii=False))

    def keep(self, name: str, entry: dict[str, Any]) -> None:
        """Append to the process's file; a full one is numbered and the oldest forgotten."""
        path = self.folder / f"{name}.log"
        if path.exists() and path.stat().st_size > LARGEST_FILE:
            for number in range(KEPT_FILES - 1, 0, -1):
                older = self.folder / f"{name}.log.{number}"
                if older.exists():
                    older.replace(self.folder / f"{name}.log.{number + 1}")
            path.replace(self.folder / f"{name}.log.1")
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry, ensure_ascii=False) + "\n")


def understood(name: str, line: str) -> dict[str, Any]:
    """A line as an entry: JSON as it is, other forms with the level their program means."""
    if line.startswith("{"):
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if isinstance(entry, dict) and "message" in entry:
            return {**made_entry(name, "INFO", ""), **entry}
    if name == "postgres":
        word, _, rest = line.partition(":  ")
        return made_entry(name, POSTGRES_WORDS.get(word, "INFO"), rest or line)
    if name == "nats":
        found = next((word for word in NATS_WORDS if word in line), None)
        return made_entry(name, NATS_WORDS.get(found or "", "INFO"), line.partition(f"{found} ")[2] or line)
    # A service speaks JSON: anything else is Python's last word before it ended.
    return made_entry(name, "INFO" if name == "seed" else "WARNING", line)


def made_entry(name: str, level: str, message: str) -> dict[str, Any]:
    """An entry of this moment."""
    return {
        "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "level": level,
        "service": name,
        "message": message,
    }


def is_worth_reading(name: str, entry: dict[str, Any]) -> bool:
    """Whether the terminal shows it: the servers and uvicorn only when something is wrong."""
    level = LEVELS.get(str(entry["level"]).upper(), WARNING)
    quiet = name in ("postgres", "nats") or str(entry.get("logger", "")).startswith("uvicorn")
    return level >= (WARNING if quiet else LEVELS["INFO"])


def readable(entry: dict[str, Any]) -> str:
    """Time of day, service, level when it matters, message; an error's trace below it."""
    clock = datetime.fromisoformat(str(entry["time"])).astimezone().strftime("%H:%M:%S")
    level = str(entry["level"]).lower()
    mark = "" if level == "info" else f"{level}: "
    trace = f"\n{entry['error']}" if entry.get("error") else ""
    return f"{clock}  {entry['service']:<10}  {mark}{entry['message']}{trace}"
