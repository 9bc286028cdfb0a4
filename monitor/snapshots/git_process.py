"""Start git without the user's configuration or environment, and talk to it through pipes; objects are checked.

It gets its own environment (by `env -i`, since GitPython passes on all of `os.environ`), an absolute path, a working
directory that is never the watched folder, and settings that override every configuration file.
"""

from __future__ import annotations

import contextlib
import io
import logging
import os
import select
import shutil
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from threading import Thread
from types import MappingProxyType
from typing import IO, TYPE_CHECKING, NamedTuple, Protocol, cast

from monitor.errors import StoreError
from monitor.snapshots.git_objects import GitObject, is_id, object_id

if TYPE_CHECKING:
    from git.cmd import Git


log = logging.getLogger(__name__)

_CHUNK = 1 << 16
_LONGEST_LOGGED = 150  # characters of a command line
_NO_MEMORY = (b"ut of memory", b"Cannot allocate memory")  # as git says it, and as the system does


class LimitExceeded(StoreError):
    """A git command took more time or memory than it may; what it read is not said to be damaged by it."""


class NoProgress(LimitExceeded):
    """A git command did nothing for longer than it may."""


@contextlib.contextmanager
def store_errors(doing: str) -> Iterator[None]:
    """What the system refuses (a full or read-only disk, a failed sync) as a StoreError that says what was tried."""
    try:
        yield
    except OSError as error:
        why = f"{error.filename}: {error.strerror}" if error.filename and error.strerror else error
        raise StoreError(f"{doing} failed: {why}") from error


class Child(Protocol):
    """What is needed of a process object: pipes and an end."""

    stdin: IO[bytes]
    stdout: IO[bytes]
    stderr: IO[bytes]

    def poll(self) -> int | None: ...
    def kill(self) -> None: ...
    def wait(self) -> int: ...


class Pipe:
    """One git command: write to it, read from it, then `finish` or `kill`. A StoreError carries git's own words."""

    def __init__(
        self, command: Sequence[str], child: Child, owner: object = None, patience: float | None = None
    ) -> None:
        """`owner` is whatever must live as long as the child does; one that neither reads nor writes for `patience`
        seconds is ended, with BoundPassed."""
        self._command, self._child, self._owner = command, child, owner
        self._stdin, self.stdout, self._stderr = child.stdin, child.stdout, child.stderr
        if patience is not None:
            os.set_blocking(child.stdin.fileno(), False)
            late = self._late
            self._stdin = cast("IO[bytes]", io.BufferedWriter(_Watched(child.stdin, patience, late)))
            self.stdout = cast("IO[bytes]", io.BufferedReader(_Watched(child.stdout, patience, late)))
            self._stderr = cast("IO[bytes]", io.BufferedReader(_Watched(child.stderr, patience, late)))

    def write(self, pieces: Iterable[bytes]) -> None:
        """Hand over all pieces; StoreError where git has ended meanwhile."""
        try:
            self._stdin.writelines(pieces)
        except OSError:
            raise self._failed() from None

    def flush(self) -> None:
        """See to it that git gets what was written."""
        try:
            self._stdin.flush()
        except OSError:
            raise self._failed() from None

    def end_input(self) -> None:
        """Say that nothing more comes, while its output is still to be read."""
        self._close_input()

    def finish(self) -> bytes:
        """End the input, take the rest of the output, and see that git says it went well."""
        self._close_input()
        rest, output = self.stdout.read(), self._stderr.read()
        if self._end() != 0:
            raise self._failure(output)
        return rest

    def output(self) -> bytes:
        """All that it prints, however it ends; what it complains of meanwhile is passed over."""
        self._close_input()
        aside = Thread(target=self._stderr.read)  # or it would wait for us to read it, and we for its output
        aside.start()
        printed = self.stdout.read()
        aside.join()
        self._end()
        return printed

    def kill(self) -> None:
        """End it now, whatever it is at."""
        if self._child.poll() is None:
            self._child.kill()
        self._close_input()
        self._end()

    def error_output(self) -> str:
        """What git said on standard error, after its end."""
        self._close_input()
        output = self._stderr.read()
        self._end()
        return _last_line(output)

    def _failed(self) -> StoreError:
        self._close_input()
        output = self._stderr.read()
        self._end()
        return self._failure(output)

    def _late(self, seconds: float) -> NoProgress:
        self._child.kill()
        return NoProgress(f"git {self._command[0]} was stopped: no progress for {seconds:g} seconds")

    def _failure(self, output: bytes) -> StoreError:
        if any(words in output for words in _NO_MEMORY):
            return LimitExceeded(f"git {self._command[0]} was stopped: it needs more memory than its limit")
        return StoreError(f"git {self._command[0]} failed: {_last_line(output) or 'it was killed'}")

    def _close_input(self) -> None:
        with contextlib.suppress(BrokenPipeError):  # what it did not take, it will not miss
            self._stdin.close()

    def _end(self) -> int:
        self.stdout.close()
        self._stderr.close()
        return self._child.wait()


class _Watched(io.RawIOBase):
    """One end of a pipe, on which nobody waits longer than so many seconds for the other end."""

    def __init__(self, stream: IO[bytes], seconds: float, late: Callable[[float], LimitExceeded]) -> None:
        self._stream, self._seconds, self._late = stream, seconds, late
        self._poll = select.poll()
        self._poll.register(stream.fileno(), select.POLLOUT if stream.writable() else select.POLLIN)

    def readable(self) -> bool:
        return self._stream.readable()

    def writable(self) -> bool:
        return self._stream.writable()

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._wait()
        return os.readv(self._stream.fileno(), [buffer])

    def write(self, data: bytes) -> int:  # type: ignore[override]
        while True:
            self._wait()
            with contextlib.suppress(BlockingIOError):
                return os.write(self._stream.fileno(), data)

    def close(self) -> None:
        super().close()
        self._stream.close()

    def _wait(self) -> None:
        if not self._poll.poll(self._seconds * 1000):
            raise self._late(self._seconds)


Start = Callable[[Sequence[str]], Pipe]


def run(start: Start, command: Sequence[str], given: bytes = b"") -> bytes:
    """What a git command prints; `given` is its (small) input."""
    pipe = start(command)
    try:
        pipe.write([given])
        return pipe.finish()
    except BaseException:
        pipe.kill()
        raise


def tokens(pipe: Pipe) -> Generator[bytes, None, None]:
    """The output of a `-z` command, a piece at a time, streamed; the command is ended with the iteration."""
    try:
        parts: list[bytes] = []  # of the piece that is not complete: joined once, however long it is
        while chunk := pipe.stdout.read1(_CHUNK):  # type: ignore[attr-defined]
            first, *others = chunk.split(b"\0")
            parts.append(first)
            for other in others:
                yield b"".join(parts)
                parts = [other]
        if any(parts):
            yield b"".join(parts)
    except BaseException:
        pipe.kill()
        raise
    pipe.finish()


# So many questions may wait for their answers: 128 lines of 41 bytes fit any pipe, so asking never blocks.
_AHEAD = 128


class ObjectReader:
    """One process and who may use it: answers come in the order of the questions, so one user at a time."""

    def __init__(self, start: Start) -> None:
        self._pipe: Pipe = start(["cat-file", "--batch"])
        self._process = os.getpid()

    @property
    def usable(self) -> bool:
        """False after a fork: parent and child would mix up the answers."""
        return self._process == os.getpid()

    def close(self) -> None:
        """End the process."""
        self._pipe.kill()

    def read_many(self, ids: Iterable[str]) -> Iterator[GitObject]:
        """The objects in the order of the ids; StoreError names the first that is missing or damaged."""
        wanted, asked = iter(ids), deque[str]()
        while True:
            more = list(islice(wanted, _AHEAD - len(asked))) if len(asked) <= _AHEAD // 2 else []
            self._ask(more)
            asked.extend(more)
            if not asked:
                return
            yield self._answer(asked.popleft())

    def _ask(self, ids: list[str]) -> None:
        for one in ids:
            if not is_id(one):
                raise StoreError(f"{one!r} is not the id of an object")
        if ids:
            self._pipe.write([f"{one}\n".encode() for one in ids])
            self._pipe.flush()

    def _answer(self, wanted: str) -> GitObject:
        header = self._pipe.stdout.readline().split()
        if len(header) == 2 and header[1] == b"missing":
            raise StoreError(f"object {wanted} is missing from the snapshot repository")
        if len(header) != 3 or header[0] != wanted.encode() or not header[2].isdigit():
            raise _damaged(wanted, self._pipe.error_output())
        size = int(header[2])
        data = self._pipe.stdout.read(size)
        if len(data) != size or self._pipe.stdout.read(1) != b"\n":
            raise _damaged(wanted, self._pipe.error_output())
        kind = header[1].decode("ascii", "replace")
        if object_id(kind, data) != wanted:
            raise _damaged(wanted, "its content does not match its id")
        return GitObject(wanted, kind, data)


def _damaged(wanted: str, why: str) -> StoreError:
    return StoreError(f"object {wanted} of the snapshot repository is damaged: {why or 'it ends early'}")


def _last_line(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    telling = [line for line in lines if line.startswith(("fatal:", "error:"))]
    return (telling or lines or [""])[-1]


_SETTINGS = {
    "core.autocrlf": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.attributesFile": "/dev/null",
    "core.protectNTFS": "false",
    "core.protectHFS": "false",
    "core.fsync": "all",
    "core.fsyncMethod": "fsync",
    "core.logAllRefUpdates": "false",
    "core.bigFileThreshold": "512m",
    "core.commitGraph": "false",  # history is read from the commits: nothing beside them can say otherwise
    "core.multiPackIndex": "false",
    "fastimport.unpackLimit": "0",  # one pack a snapshot is synced at once; loose objects one by one
    "pack.compression": "1",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "log.showRoot": "true",
    "log.showSignature": "false",
    "i18n.logOutputEncoding": "utf-8",
}
_LAUNCHER = Path(__file__).with_name("git_limits.py")
_NO_CONFIGURATION = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null"}
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    **_NO_CONFIGURATION,
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_CONFIG_COUNT": str(len(_SETTINGS)),
}


class ProcessLimits(NamedTuple):
    """What a git command that reads what others wrote may take: bytes of memory, seconds without progress.

    With `dies` it ends with this process, however that ends. One that writes must not: it would leave half of a file.
    """

    memory: int
    patience: float
    dies: bool


def launch(
    repository: Path,
    pass_fds: Sequence[int],
    command: Sequence[str],
    more: Mapping[str, str] = MappingProxyType({}),
    bounds: ProcessLimits | None = None,
) -> Pipe:
    """Start a git command on `repository`; it inherits `pass_fds`, and `more` variables beside the settled ones."""
    git, program = _git()
    if log.isEnabledFor(logging.INFO):
        log.info("git %s started", " ".join(command)[:_LONGEST_LOGGED])
    # A group of its own: an interrupt from the terminal is for us, and we let git finish.
    with store_errors("starting git"):
        child = git.execute(
            ["/usr/bin/env", "-i", *_variables(more), *_bounded(bounds), program, f"--git-dir={repository}", *command],
            istream=subprocess.PIPE,
            as_process=True,
            shell=False,
            pass_fds=pass_fds,
            process_group=0,
        )
    return Pipe(command, cast("Child", child.proc), owner=child, patience=bounds and bounds.patience)


def _bounded(bounds: ProcessLimits | None) -> Sequence[str]:
    """What goes before the command so that it starts with these bounds. Between a fork and an exec no code of ours may
    run where there are threads, so a program of its own sets them."""
    if bounds is None:
        return ()
    parent = os.getpid() if bounds.dies else 0
    return (sys.executable, "-I", "-S", str(_LAUNCHER), str(parent), str(bounds.memory))


def _variables(more: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{key}={value}" for key, value in (*_ENVIRONMENT.items(), *more.items()))
    for at, (key, value) in enumerate(_SETTINGS.items()):
        yield f"GIT_CONFIG_KEY_{at}={key}"
        yield f"GIT_CONFIG_VALUE_{at}={value}"


@cache
def _git() -> tuple[Git, str]:
    """GitPython's command layer with `/` to work in, and the absolute path of git."""
    program = shutil.which("git")
    if program is None:
        raise StoreError("git is not found: install it, or set PATH so that it is")
    return _command_class()("/"), str(Path(program).absolute())


def _command_class() -> type[Git]:
    """GitPython's command layer, imported when git is first needed.

    The package starts `git version` as it is imported. No variable or configuration of the user's may have a part in
    that: one names a program to start instead, others have git write files. Only variables of git are taken away
    meanwhile, since other threads may read the environment.
    """
    users = {name: value for name, value in os.environ.items() if name.startswith("GIT_")}
    for name in users:
        del os.environ[name]
    os.environ |= _NO_CONFIGURATION
    try:
        from git.cmd import Git
    finally:
        for name in _NO_CONFIGURATION:
            os.environ.pop(name, None)
        os.environ |= users
    return Git
