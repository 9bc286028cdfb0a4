"""One interpreter that has loaded the monitor, and forks a process for every command line that it is handed.

`python forkserver.py NAME...` imports the modules named; its standard input is a socket. An order on it is a length,
that many bytes (a pickled `Order`) and four descriptors: standard input, output and error of the process, and the end
of a pipe which is told the number of the process and, when it has ended, its exit status. The server ends when the
socket is closed.

A forked process goes the way of `python -m monitor`: the module is run as `__main__`; at the end threads are joined,
exit handlers called, streams flushed. Only that its objects are not taken apart, which would cost more than the rest.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import importlib
import os
import pickle
import runpy
import select
import signal
import socket
import struct
import sys
import threading
import time
from typing import NamedTuple, NoReturn, TextIO

LENGTH = struct.Struct("!I")
TOLD = struct.Struct("!i")  # the number of the process, then its status as `os.waitstatus_to_exitcode` gives it
DESCRIPTORS = 4
INTERRUPTIONS = (signal.SIGINT, signal.SIGTERM)


class Order(NamedTuple):
    """A command line and where it is run; text or bytes as `os` functions take them."""

    arguments: list[str | bytes]
    folder: str
    environment: dict[str | bytes, str | bytes]


def main() -> None:
    for name in sys.argv[1:]:
        importlib.import_module(name)
    gc.collect()
    gc.freeze()  # a child need not look through what it will never change
    order = serve(socket.socket(fileno=os.dup(0)))
    if order is not None:
        become(order)
        try:
            runpy.run_module("monitor", run_name="__main__", alter_sys=True)
        except SystemExit as left:
            if not isinstance(left.code, int):
                raise
            leave(left.code)


def serve(orders: socket.socket) -> Order | None:
    """In the server None at the end, in each child its order as soon as it is forked."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # from a terminal it reaches the tests too, and they end the server
    signal.signal(signal.SIGCHLD, lambda *_: None)
    woken, waker = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(waker, False)
    signal.set_wakeup_fd(waker)
    waiting: dict[int, int] = {}  # process -> the pipe that is told its end
    while True:
        ready, _, _ = select.select([orders, woken], [], [])
        if woken in ready:
            os.read(woken, 4096)
            bury(waiting)
        if orders in ready:
            head, descriptors, _, _ = socket.recv_fds(orders, LENGTH.size, DESCRIPTORS)
            if not head:
                return None
            order: Order = pickle.loads(read(orders, LENGTH.unpack(head)[0]))
            pid = fork(descriptors)
            if not pid:
                return order
            waiting[pid] = descriptors.pop()
            for one in descriptors:
                os.close(one)
            tell(waiting[pid], pid)


def read(orders: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        found += orders.recv(length - len(found))
    return found


def bury(waiting: dict[int, int]) -> None:
    """Tell the end of every child that has ended."""
    for pid in list(waiting):
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            pipe = waiting.pop(pid)
            tell(pipe, os.waitstatus_to_exitcode(status))
            os.close(pipe)


def tell(pipe: int, number: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # the test that asked is gone
        os.write(pipe, TOLD.pack(number))


def fork(descriptors: list[int]) -> int:
    """Fork; the child has the descriptors for its standard ones and no other, and the signals of a new process."""
    signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTIONS)
    pid = os.fork()
    if not pid:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        for standard, given in enumerate(descriptors[:3]):
            os.dup2(given, standard)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
    signal.pthread_sigmask(signal.SIG_UNBLOCK, INTERRUPTIONS)
    return pid


def become(order: Order) -> None:
    """What an interpreter takes from outside when it starts: folder, environment, arguments, standard streams."""
    os.chdir(order.folder)
    os.environ.clear()
    for name, value in order.environment.items():
        os.environb[os.fsencode(name)] = os.fsencode(value)
    time.tzset()
    arguments = [os.fsdecode(one) for one in order.arguments]
    sys.argv = ["-m", *arguments]
    sys.orig_argv = [sys.executable, "-m", "monitor", *arguments]
    sys.path[0] = os.getcwd()
    sys.stdin = sys.__stdin__ = stream(0, sys.stdin)
    sys.stdout = sys.__stdout__ = stream(1, sys.stdout)
    sys.stderr = sys.__stderr__ = stream(2, sys.stderr)
    sys.stderr.reconfigure(line_buffering=True)


def stream(descriptor: int, like: TextIO) -> TextIO:
    mode = "w" if descriptor else "r"
    return open(descriptor, mode, encoding=like.encoding, errors=like.errors, newline="\n", closefd=False)


def leave(status: int) -> NoReturn:
    """End as an interpreter does that was left with a status."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
    except OSError:
        status = 120
    sys.stderr.flush()
    os._exit(status & 0xFF)


if __name__ == "__main__":
    main()
