"""One child process: started apart from the terminal, read line by line, recognised again by its birth."""

import os
import signal
import socket
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

Sink = Callable[[str, str], None]

KEPT_LINES = 40


class CannotStart(Exception):
    """Something outside us stands in the way; the message says what, and what the reader can do."""


def birth(pid: int) -> str | None:
    """What tells this process from a later one with the same number; None when there is no such process."""
    stat = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        listed = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return listed.stdout.strip() or None
    try:
        # The name in parentheses may hold spaces, so the fields are counted from the last parenthesis.
        state, *fields = stat.read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if state in "ZX":
        return None
    return f"{boot_id()}:{fields[18]}"


def boot_id() -> str:
    """Start times count from boot, so only boot and start time together are one process."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip() if path.exists() else ""


def command_of(pid: int) -> str:
    """The command line of a process, or an empty string when it is gone or not ours to read."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
    except OSError:
        listed = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return listed.stdout.strip()


def end_process(pid: int, born: str, stop_signal: signal.Signals, patience: float) -> None:
    """Ask a process that is not our child to stop, then insist; one born at another time is never touched."""
    for number, wait in ((stop_signal, patience), (signal.SIGKILL, 5.0)):
        if birth(pid) != born:
            return
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + wait
        while birth(pid) == born and time.monotonic() < deadline:
            time.sleep(0.02)


def port_is_free(port: int) -> bool:
    """Whether this machine would let us listen on 127.0.0.1 at that port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def port_answers(port: int) -> bool:
    """Whether something accepts connections on 127.0.0.1 at that port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def remembered_port(path: Path) -> int:
    """The port kept in that file while it is free; otherwise a free one, kept there from now on."""
    try:
        port = int(path.read_text())
    except (FileNotFoundError, ValueError):
        port = 0
    if 0 < port < 65536 and port_is_free(port):
        return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    path.write_text(f"{port}\n")
    return port


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, whole or not at all."""
    fresh = path.with_name(path.name + ".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)


class Process:
    """A child with a pid file, so that the next launcher finds and stops what a killed one left behind."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        pid_file: Path,
        sink: Sink,
        env: Mapping[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        account: tuple[int, int] | None = None,
        folder: Path = Path("/"),
    ) -> None:
        """`sink` is given (name, line); `account` is the user and group to run as, when not our own.

        `folder` is where the child works.
        """
        self.name = name
        self.command = list(command)
        self.pid_file = pid_file
        self.sink = sink
        self.env = None if env is None else dict(env)
        self.stop_signal = stop_signal
        self.account = account
        self.folder = folder
        self.last_lines: deque[str] = deque(maxlen=KEPT_LINES)
        self.child: subprocess.Popen[str] | None = None
        self.reader: threading.Thread | None = None

    def start(self) -> None:
        """Stop what is left from last time, then start afresh."""
        self.stop_leftover()
        user, group = self.account or (None, None)
        self.last_lines.clear()
        # A session of its own keeps Ctrl-C in the terminal from reaching the child before the launcher decides.
        self.child = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            env=self.env,
            user=user,
            group=group,
            extra_groups=[] if self.account else None,
            cwd=self.folder,
            start_new_session=True,
        )
        write_private(self.pid_file, f"{self.child.pid} {birth(self.child.pid)}\n")
        self.reader = threading.Thread(target=self.read, args=(self.child,), name=f"read {self.name}", daemon=True)
        self.reader.start()

    def read(self, child: "subprocess.Popen[str]") -> None:
        """Hand every line on until the child closes its output."""
        if child.stdout is None:
            return
        for line in child.stdout:
            text = line.rstrip("\n")
            self.last_lines.append(text)
            self.sink(self.name, text)
        child.stdout.close()

    def stop_leftover(self) -> bool:
        """End the process that a killed launcher left, if the pid file still names the very same one."""
        try:
            number, _, born = self.pid_file.read_text().strip().partition(" ")
            pid = int(number)
        except (FileNotFoundError, ValueError):
            return False
        still_there = birth(pid) == born
        end_process(pid, born, self.stop_signal, patience=8.0)
        self.pid_file.unlink(missing_ok=True)
        return still_there

    @property
    def pid(self) -> int | None:
        """The running child's number, or None."""
        return self.child.pid if self.child and self.child.poll() is None else None

    @property
    def alive(self) -> bool:
        """Whether the child runs."""
        return self.pid is not None

    @property
    def exit_code(self) -> int | None:
        """How the child ended; None while it runs or was never started."""
        return self.child.poll() if self.child else None

    def ask_to_stop(self) -> None:
        """Send the stop signal and return at once, so that several can stop side by side."""
        if self.child and self.child.poll() is None:
            self.child.send_signal(self.stop_signal)

    def stop(self, patience: float = 5.0) -> None:
        """Stop the child, by force when it has not ended after that many seconds."""
        if self.child is None:
            return
        self.ask_to_stop()
        try:
            self.child.wait(patience)
        except subprocess.TimeoutExpired:
            self.kill()
        if self.reader:
            self.reader.join(2.0)
        self.child = None
        self.pid_file.unlink(missing_ok=True)

    def kill(self) -> None:
        """End the child now."""
        if self.child and self.child.poll() is None:
            self.child.kill()
            self.child.wait(5.0)

    def told(self) -> str:
        """Its last lines, for a message about why it would not start."""
        return "\n".join(f"    {line}" for line in self.last_lines)
