"""Start git with limits: `python -I -S git_limits.py PARENT MEMORY COMMAND...`, without modules of the monitor.

The process becomes the command. With a PARENT other than 0 it is killed when that process ends, however it ends: a
process that blocks on a named pipe would otherwise live forever. MEMORY limits its own data in bytes. It is
RLIMIT_DATA, not RLIMIT_AS, since packs and their indexes are mapped and as large as the repository.
"""

from __future__ import annotations

import os
import resource
import signal
import sys
from contextlib import suppress

_PR_SET_PDEATHSIG = 1


def die_with(parent: int) -> None:
    """Be killed when the parent ends; where that has happened already, end now."""
    if sys.platform == "linux":
        import ctypes  # nothing else here needs it, and it takes half of the time

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # it ended before it was asked for
        os._exit(1)


def main(parent: int, memory: int, command: list[str]) -> None:
    """Set the bounds and become the command."""
    if parent:
        die_with(parent)
    for kind, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CORE, 0)):
        with suppress(ValueError, OSError):  # a lower bound holds already
            resource.setrlimit(kind, (most, most))
    os.execv(command[0], command)  # noqa: S606 - no shell is wanted


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
