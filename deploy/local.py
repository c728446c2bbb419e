"""`python3 sunfair.py up`: start everything on this machine, say what to open, and stop cleanly on Ctrl-C."""

import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from deploy.process import CannotStart
from deploy.stack import AlreadyRunning, Stack
from deploy.supervisor import ROOT

DEFAULT_PORT = 8000


def main() -> int:
    """0 after a clean stop or when it already runs, 2 when something stands in the way."""
    try:
        refuse_words(sys.argv[1:])
        # SUNFAIR_SEED=0 starts without demo data.
        stack = Stack(state_folder(), chosen_port(), seed=os.environ.get("SUNFAIR_SEED") != "0")
    except CannotStart as refusal:
        return refuse(refusal)
    for ending in (signal.SIGINT, signal.SIGTERM):
        # Set even for Ctrl-C: a shell that starts us in the background has it ignored.
        signal.signal(ending, interrupt)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        # Unless nohup asked that we outlive the terminal.
        signal.signal(signal.SIGHUP, interrupt)
    try:
        stack.start()
        print(welcome(stack), flush=True)
        threading.Event().wait()
    except AlreadyRunning as running:
        print(f"Sunfair already runs: open {running} 阳光集市已在运行。")
        return 0
    except (CannotStart, OSError) as refusal:
        return refuse(refusal)
    except KeyboardInterrupt:
        print("\nStopping … (Ctrl-C once more ends everything at once)", flush=True)
    finally:
        stop(stack)
    print("Stopped. The data stays in", shown(stack.state))
    return 0


def interrupt(_number: int, _frame: FrameType | None) -> None:
    """Take a polite signal as Ctrl-C."""
    raise KeyboardInterrupt


def stop(stack: Stack) -> None:
    """Stop in order; a further signal ends everything at once."""

    def end_now(_number: int, _frame: FrameType | None) -> None:
        stack.kill()
        os._exit(130)

    for ending in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ending, end_now)
    stack.stop()


def refuse_words(words: list[str]) -> None:
    """Raise CannotStart for what would be passed over: everything that can be chosen is in the environment."""
    if words:
        raise CannotStart(f"`up` takes no {words[0]}; what can be chosen stands in docs/settings.md.")


def refuse(refusal: CannotStart | OSError) -> int:
    """Say what stands in the way."""
    if isinstance(refusal, OSError):
        refusal = CannotStart(f"{refusal}. Look whether the disk is full, and who owns the state folder.")
    print(f"\nSunfair cannot start. {refusal}", file=sys.stderr, flush=True)
    return 2


def state_folder() -> Path:
    """SUNFAIR_STATE, else `.sunfair` beside the code."""
    return Path(os.environ.get("SUNFAIR_STATE") or ROOT / ".sunfair")


def chosen_port() -> int:
    """SUNFAIR_PORT, else 8000."""
    given = os.environ.get("SUNFAIR_PORT") or str(DEFAULT_PORT)
    if not given.isdecimal() or not 1 <= int(given) <= 65535:
        raise CannotStart(f"SUNFAIR_PORT is “{given}”; it must be a port number between 1 and 65535.")
    return int(given)


def shown(path: Path) -> str:
    """A path as short as it can be said."""
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else str(path)


def welcome(stack: Stack) -> str:
    """The closing lines of a start: what to open, and who may sign in."""
    lines = ["", "Sunfair is ready. 阳光集市已就绪。", f"  Open  {stack.url}", *who_may_sign_in(stack)]
    return "\n".join([*lines, "  Ctrl-C stops it; the data stays.", ""])


def who_may_sign_in(stack: Stack) -> list[str]:
    """One demo account of each kind, and where the others stand; nothing before there are any."""
    demo = stack.demo()
    one_of_each = {tuple(account["roles"]): account for account in reversed(demo.get("accounts", []))}
    if not one_of_each:
        return []
    where = shown(stack.state / "demo.json")
    lines = [f"  Demo accounts, all with the password {demo['password']} (and {len(demo['accounts'])} in {where}):"]
    for roles, account in reversed(one_of_each.items()):
        lines.append(f"    {account['username']:<26} {', '.join(roles)} · {account['name']}")
    return [*lines, f"  Demo API key  {demo['api_key']}"]


if __name__ == "__main__":
    sys.exit(main())
