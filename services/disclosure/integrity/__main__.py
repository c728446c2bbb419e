"""The command: EVENTS_DIR OUT_DIR. Reads the events of one broadcast and writes what was found."""

import sys
import time
from pathlib import Path

from services.disclosure.integrity.engine import examine, write
from services.disclosure.integrity.tables import Unreadable, read_broadcast


def main(arguments: list[str]) -> int:
    """0: done. 1: the events cannot be read. 2: called wrongly."""
    if len(arguments) != 2:
        sys.stderr.write("integrity EVENTS_DIR OUT_DIR: the events of one broadcast, and where to write findings.\n")
        return 2
    began = time.perf_counter()
    try:
        broadcast = read_broadcast(Path(arguments[0]))
    except Unreadable as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    outcome = examine(broadcast)
    seconds = time.perf_counter() - began
    write(outcome, Path(arguments[1]), seconds)
    for finding in outcome.document["findings"]:
        sys.stdout.write(f"{finding['abuse']:<18} {finding['grade']:<14} {finding['n']:>8}\n")
    figures = outcome.document["verified"]
    sys.stdout.write(f"viewers {figures['viewers']}, orders {figures['orders']}, ")
    sys.stdout.write(f"net sales {figures['net_sales_fen'] / 100:.2f} yuan, in {seconds:.1f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
