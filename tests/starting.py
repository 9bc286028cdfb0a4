"""Starts the program as a user does, in a process of its own.

Most of what `python -m monitor` takes is the loading of modules, the same every time. So a command line is handed to a
server (forkserver.py) that has loaded them and forks: one server a test process, started when it is first asked for.
A forked process has what a started one has: its number, folder, environment, standard streams, signals, exit status.
Where something differs that an interpreter or a module heeds as it is loaded (see `ALIKE`), the program is started by
its entry point, and so is every command under MONITOR_TEST_START=real: `make test-all` does that.
"""

from __future__ import annotations

import atexit
import os
import pickle
import pkgutil
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import IO, Self, TypeAlias

import monitor
from tests.forkserver import LENGTH, TOLD, Order

Word: TypeAlias = "str | bytes | os.PathLike[str]"
Environment: TypeAlias = "Mapping[str, str | bytes]"
Stream: TypeAlias = "int | IO[bytes]"

ENTRY_POINT = (sys.executable, "-m", "monitor")
SERVER = Path(__file__).with_name("forkserver.py")
REAL = os.environ.get("MONITOR_TEST_START") == "real"

ALIKE = {"LANG": "C.UTF-8"} | {name: os.environ[name] for name in ("PATH", "PYTHONPATH") if name in os.environ}
"""The server's environment. A command with another is forked only where the difference is in FREE."""
FREE = {"HOME", "TZ", "TERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR"}
"""Variables that are read when a command is run and not when a module is loaded; so are the monitor's own."""

# What the commands load when they need it, beside the monitor's own modules.
HEAVY = (
    *("git.cmd", "jinja2", "markdown_it", "rich.console", "selectolax.lexbor", "sqlalchemy.dialects.sqlite.pysqlite"),
    *("sqlite3", "unidiff"),
)


class Forked:
    """What `subprocess.Popen` is for a process of its own, for one that the server forked."""

    def __init__(self, args: Sequence[Word], told: int, stdout: IO[bytes] | None, stderr: IO[bytes] | None) -> None:
        self.args = args
        self.stdout, self.stderr = stdout, stderr
        self.returncode: int | None = None
        self._told = told
        self.pid = self._number()

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while the process goes on."""
        if self.returncode is None and select.select([self._told], [], [], 0)[0]:
            self._end()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self._select([self._told], timeout)
            self._end()
        assert self.returncode is not None
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[bytes, bytes]:
        """What is written until standard output and error are closed; then the process has ended."""
        streams = [one for one in (self.stdout, self.stderr) if one is not None and not one.closed]
        said = {one.fileno(): b"" for one in streams}
        out, err = (one.fileno() if one in streams else -1 for one in (self.stdout, self.stderr))
        going_on = set(said)
        while going_on:
            for one in self._select(going_on, timeout):
                piece = os.read(one, 65_536)
                said[one] += piece
                if not piece:
                    going_on.remove(one)
        self.wait(timeout)
        self._close()
        return said.get(out, b""), said.get(err, b"")

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._close()
        self.wait()

    def _select(self, descriptors: Iterable[int], timeout: float | None) -> list[int]:
        ready = select.select([*descriptors], [], [], timeout)[0]
        if not ready:
            raise subprocess.TimeoutExpired([os.fspath(one) for one in self.args], timeout or 0)
        return ready

    def _number(self) -> int:
        found: int = TOLD.unpack(os.read(self._told, TOLD.size))[0]
        return found

    def _end(self) -> None:
        self.returncode = self._number()
        os.close(self._told)

    def _close(self) -> None:
        for one in (self.stdout, self.stderr):
            if one is not None:
                one.close()


class Server:
    """The process that forks, from this side; `status` is its own once it is closed."""

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair()
        own = [
            name for _, name, _ in pkgutil.walk_packages(monitor.__path__, "monitor.") if not name.endswith("__main__")
        ]
        with theirs:
            self.status: int | None = None
            self._process = subprocess.Popen([sys.executable, SERVER, *HEAVY, *own], stdin=theirs, env=ALIKE)

    def start(self, order: Order, descriptors: Sequence[int]) -> None:
        written = pickle.dumps(order)
        socket.send_fds(self._orders, [LENGTH.pack(len(written))], descriptors)
        self._orders.sendall(written)

    def close(self) -> None:
        self._orders.close()
        self.status = self._process.wait()


@cache
def server() -> Server:
    """The one of this test process."""
    made = Server()
    atexit.register(made.close)
    return made


Process: TypeAlias = "Forked | subprocess.Popen[bytes]"


def start(
    args: Sequence[Word],
    *,
    cwd: Path,
    env: Environment,
    prefix: Sequence[str] = (),
    real: bool = REAL,
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream = subprocess.PIPE,
    stderr: Stream = subprocess.PIPE,
) -> Process:
    """`monitor ARGS` in `cwd`, with `env` as its whole environment; the streams are as `subprocess.Popen` takes them.

    `prefix` is a program that starts ours, with fewer rights for instance; `real` asks for the entry point.
    """
    if real or prefix or not forkable(env):
        return subprocess.Popen(
            [*prefix, *ENTRY_POINT, *args], cwd=cwd, env=env, stdin=stdin, stdout=stdout, stderr=stderr
        )
    return fork(args, cwd, env, (stdin, stdout, stderr))


def forkable(env: Environment) -> bool:
    """Whether a started process would have loaded what the server has: see `ALIKE`."""
    plain = {os.fsdecode(name): os.fsdecode(value) for name, value in env.items()}
    heeded = {name for name in plain if name not in FREE and not name.startswith("MONITOR_")}
    return {name: plain[name] for name in heeded} == ALIKE


def fork(args: Sequence[Word], cwd: Path, env: Environment, streams: Sequence[Stream]) -> Forked:
    with ExitStack() as theirs:
        given, kept = [], []
        for stream in streams:
            number, read = _descriptor(stream, theirs)
            given.append(number)
            kept.append(read)
        told, tell = os.pipe()
        theirs.callback(os.close, tell)
        server().start(Order([os.fspath(one) for one in args], str(cwd), dict(env)), [*given, tell])
    return Forked(args, told, *kept[1:])


def _descriptor(stream: Stream, theirs: ExitStack) -> tuple[int, IO[bytes] | None]:
    """What the process is given for a stream, until `theirs` is closed, and where what it writes to a pipe is read."""
    if stream == subprocess.PIPE:
        read, write = os.pipe()
        theirs.callback(os.close, write)
        return write, os.fdopen(read, "rb")
    if stream == subprocess.DEVNULL:
        null = os.open(os.devnull, os.O_RDWR)
        theirs.callback(os.close, null)
        return null, None
    return (stream if isinstance(stream, int) else stream.fileno()), None
