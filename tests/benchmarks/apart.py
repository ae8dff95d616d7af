"""`python -m tests.benchmarks.apart COMMAND …`: the most memory that a command took, in kilobytes.

The figure that the system keeps of a process begins with that of the one that started it, and the
benchmark itself holds all rows of the book: so a process that holds nothing starts the command.
"""

from __future__ import annotations

import os
import subprocess
import sys


def main() -> int:
    running = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(running.pid, 0)
    print(used.ru_maxrss)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    sys.exit(main())
