"""Runs `monitor` command lines: in this process unless a process is the subject, and then as a user does.

`invoke` runs a command line in this process, with a working directory, an environment, a time zone and standard streams
of its own; all of them are put back afterwards. `start` starts a process, for tests about signals, pipes, terminals,
file rights, the locale and whatever else an interpreter reads when it starts. With MONITOR_TEST_START=real every
command line is run as a process.
"""

from __future__ import annotations

import contextlib
import csv
import fcntl
import io
import json
import logging
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, TypeAlias

from monitor.cli.main import run

Word: TypeAlias = "str | bytes | os.PathLike[str]"
Environment: TypeAlias = "Mapping[str, str | bytes] | Mapping[bytes, bytes]"
Stream: TypeAlias = "int | IO[bytes]"
Process: TypeAlias = "subprocess.Popen[bytes]"
Record: TypeAlias = "dict[str, Any]"
Monitor: TypeAlias = "Callable[..., Result]"

ENTRY_POINT = (sys.executable, "-m", "monitor")
TIMEOUT = 600  # seconds; a bound against hanging, not a claim about speed
ALWAYS_REAL = os.environ.get("MONITOR_TEST_START") == "real"

# What an interpreter, a library or git reads when it starts: a command whose environment differs in any other variable
# than these is run as a process.
READ_BY_COMMANDS = {"HOME", "TZ", "TERM", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "XDG_CACHE_HOME"}
SAME = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
SAME |= {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}


@dataclass(frozen=True)
class Result:
    """What a command line wrote, and its exit status."""

    status: int
    out: bytes
    err: bytes

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")

    @property
    def message(self) -> str:
        return self.err.decode("utf-8")

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    def json(self) -> Any:
        return json.loads(self.text)

    def jsonl(self) -> list[Record]:
        # Not splitlines(): a text may hold U+2028, which ends no line of JSON lines.
        return [json.loads(line) for line in self.text.split("\n") if line]

    def csv(self) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.text, newline="")))


def monitor(
    *args: Word,
    status: int | Sequence[int] = 0,
    cwd: Path | None = None,
    env: Environment | None = None,
    stdin: bytes = b"",
    prefix: Sequence[str] = (),
) -> Result:
    """Run `monitor ARGS`; fail the test where the exit status is not (one of) `status`, or a traceback is shown.

    `env` is the whole environment; without it, and without `cwd`, the command has those of the test. A `prefix` is a
    program that starts ours, with fewer rights for instance.
    """
    if ALWAYS_REAL or prefix or not runs_inside(env):
        result = spawn(args, cwd=cwd, env=env, stdin=stdin, prefix=prefix)
    else:
        result = invoke(args, cwd=cwd, env=env, stdin=stdin)
    expected = (status,) if isinstance(status, int) else tuple(status)
    shown = f"{args}\nstdout: {result.out[-3000:]!r}\nstderr: {result.err.decode(errors='replace')[-3000:]}"
    assert b"Traceback" not in result.err, shown
    assert result.status in expected, f"exit {result.status}, expected {expected}: {shown}"
    return result


def runs_inside(env: Environment | None) -> bool:
    """Whether a command with this environment does in this process what it does in one of its own."""
    if env is None:
        return True
    plain = {os.fsdecode(name): os.fsdecode(value) for name, value in env.items()}
    other = {name for name in plain if name not in READ_BY_COMMANDS and not name.startswith("MONITOR_")}
    return {name: plain[name] for name in other} == SAME


# --- as a process ---------------------------------------------------------------------------------


def start(
    args: Sequence[Word],
    *,
    cwd: Path | None = None,
    env: Environment | None = None,
    prefix: Sequence[str] = (),
    stdin: Stream = subprocess.DEVNULL,
    stdout: Stream = subprocess.PIPE,
    stderr: Stream = subprocess.PIPE,
) -> Process:
    """`monitor ARGS` as a process; the streams are as `subprocess.Popen` takes them."""
    command: list[Any] = [*prefix, *ENTRY_POINT, *args]
    return subprocess.Popen(command, cwd=cwd, env=env, stdin=stdin, stdout=stdout, stderr=stderr)


def spawn(
    args: Sequence[Word],
    *,
    cwd: Path | None = None,
    env: Environment | None = None,
    stdin: bytes = b"",
    prefix: Sequence[str] = (),
) -> Result:
    """The result of `monitor ARGS` as a process."""
    with start(args, cwd=cwd, env=env, prefix=prefix, stdin=subprocess.PIPE) as process:
        try:
            out, err = process.communicate(stdin, timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
    return Result(process.wait(), out, err)


def stop(process: Process) -> Result:
    """SIGTERM, then what the process wrote until it ended."""
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=TIMEOUT)
    return Result(process.wait(), out, err)


def on_a_terminal(
    args: Sequence[Word], *, cwd: Path | None = None, env: Environment | None = None, columns: int = 80
) -> tuple[int, bytes]:
    """The exit status of `monitor ARGS` at a terminal, and what the terminal is sent."""
    master, slave = os.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    sent = b""
    with start(args, cwd=cwd, env=env, stdin=slave, stdout=slave, stderr=slave) as process:
        os.close(slave)
        while select.select([master], [], [], TIMEOUT)[0]:
            try:
                piece = os.read(master, 65_536)
            except OSError:  # Linux says so when the other side is closed
                break
            if not piece:
                break
            sent += piece
        process.wait(TIMEOUT)
    os.close(master)
    return process.returncode, sent


# --- in this process ------------------------------------------------------------------------------


def invoke(
    args: Sequence[Word], *, cwd: Path | None = None, env: Environment | None = None, stdin: bytes = b""
) -> Result:
    """The result of `monitor ARGS` in this process; what `--debug` lets through is raised."""
    with surroundings(cwd, env), standard_streams(stdin) as (out, err):
        try:
            status = run([os.fsdecode(word) for word in args])
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else 0 if left.code is None else 1
        sys.stdout.flush()
        sys.stderr.flush()
    return Result(status, out.getvalue(), err.getvalue())


@contextlib.contextmanager
def surroundings(cwd: Path | None, env: Environment | None) -> Iterator[None]:
    """A working directory, an environment and its time zone; afterwards also signals and logging are as before."""
    here, variables = os.open(".", os.O_RDONLY), dict(os.environb)
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    levels = {name: logging.getLogger(name).level for name in ("monitor.watch", "apscheduler", "apprise")}
    log_handlers = logging.root.handlers[:]
    try:
        if cwd is not None:
            os.chdir(cwd)
        if env is not None:
            os.environ.clear()
            os.environb.update({os.fsencode(name): os.fsencode(value) for name, value in env.items()})
        time.tzset()
        yield
    finally:
        os.fchdir(here)
        os.close(here)
        if dict(os.environb) != variables:
            os.environ.clear()
            os.environb.update(variables)
        time.tzset()
        for number, handler in handlers.items():
            if signal.getsignal(number) is not handler:
                signal.signal(number, handler)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
        logging.root.handlers[:] = log_handlers


@contextlib.contextmanager
def standard_streams(stdin: bytes) -> Iterator[tuple[io.BytesIO, io.BytesIO]]:
    """Standard input, output and error that are no terminals; gives what is written to the last two."""
    out, err = io.BytesIO(), io.BytesIO()
    before = sys.stdin, sys.stdout, sys.stderr
    sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8", errors="surrogateescape")
    sys.stdout = io.TextIOWrapper(out, encoding="utf-8", newline="\n", write_through=True)
    sys.stderr = io.TextIOWrapper(err, encoding="utf-8", newline="\n", errors="backslashreplace", write_through=True)
    written = sys.stdout, sys.stderr
    try:
        yield out, err
    finally:
        sys.stdin, sys.stdout, sys.stderr = before
        for stream in written:  # else the wrapper closes the buffer when it is collected
            with contextlib.suppress(ValueError):
                stream.detach()
