"""A monitor for which the nth call of a function of `os` goes wrong: CALL NTH ENOSPC|EIO|KILL ARGUMENTS…"""

from __future__ import annotations

import errno
import os
import signal
import sys

from monitor.cli.door import run

call, nth, what, *arguments = sys.argv[1:]
real = getattr(os, call)
calls = 0


def faulty(*given: object, **named: object) -> object:
    global calls
    calls += 1
    if calls != int(nth):
        return real(*given, **named)
    if what == "KILL":
        os.kill(os.getpid(), signal.SIGKILL)
    raise OSError(getattr(errno, what), os.strerror(getattr(errno, what)))


setattr(os, call, faulty)
sys.exit(run(arguments))
