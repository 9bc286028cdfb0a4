"""The worker process that reads documents within limits of time and memory, and both ends of its protocol.

A request is a path and the document's bytes; the answer is its statements or an error. A frame is a length of eight
bytes and a MessagePack value, which is decoded into the expected types only.
"""

from __future__ import annotations

import os
import resource
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import IO, Final, NamedTuple, cast

import msgspec

from monitor.core.tracking.versions import VersionBlocks, VersionTable
from monitor.errors import ExtractError, MonitorError
from monitor.model import CutBlock, Statement, left_out
from monitor.readers import source_pieces, temporary_prefix, why_not_read

NO_TEXT: Final = "not read, no text was found in it"
_MOST_NOTES, _LONGEST_NOTE = 20, 300  # characters


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What one version's bytes say: blocks, or None where no reader knows them, or why it failed.

    `notes` are the reader's, see `Extraction`; where there is no statement, one of them says why.
    """

    blocks: tuple[CutBlock, ...] | None = None
    failure: str | None = None
    language: str | None = None
    notes: tuple[str, ...] = ()

    @property
    def statements(self) -> tuple[Statement, ...] | None:
        """The statements of all blocks, in order."""
        return None if self.blocks is None else tuple(chain.from_iterable(one.statements for one in self.blocks))


class Unread(NamedTuple):
    """No reader knows the bytes; `notes` say why there are no statements."""

    notes: tuple[str, ...] = ()


def read_into(
    table: VersionTable, path: str, data: bytes, *, article: bool = False, comments: bool = False
) -> VersionBlocks | Unread | str:
    """Extract and segment; where the bytes cannot be read, why not, in words.

    MemoryError alone is raised: what it means depends on who set the bound.
    """
    try:
        found = source_pieces(path, data, article=article, comments=comments)
        if found is None:
            return Unread((why_not_read(path, data),) if data else ())
        version = table.cut(found.reader, found.pieces, found.blocks)
        notes = found.notes
        if not version.statements and not left_out(notes) and data.strip():
            notes = (*notes, NO_TEXT)
        return version._replace(notes=tuple(note[:_LONGEST_NOTE] for note in notes[:_MOST_NOTES]))
    except ExtractError as error:
        return str(error)
    except RecursionError:
        return "refused: it is nested too deep"
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a defect of a reader is a failure of this document, not of the run
        return f"could not be read: {type(error).__name__}: {' '.join(str(error).split())[:200]}"


def read_in_this_process(path: str, data: bytes, *, article: bool = False, comments: bool = False) -> ReadResult:
    """The same without a table that versions share."""
    table = VersionTable()
    found = read_into(table, path, data, article=article, comments=comments)
    if isinstance(found, str):
        return ReadResult(failure=found)
    if isinstance(found, Unread):
        return ReadResult(notes=found.notes)
    return ReadResult(tuple(table.cut_blocks(found)), None, found.language, found.notes)


_LENGTH: Final = struct.Struct(">Q")
_MOST_ANSWER: Final = 512 << 20  # bytes
_START: Final = 60.0  # seconds that a process may take to begin
_WALL: Final = 4  # times the processor's time: a machine that is busy must not turn a document into a failure
_GRACE: Final = 5  # seconds after which it ends itself, should nobody be left to end it


class _Request(msgspec.Struct):
    path: bytes  # paths may hold bytes that are not UTF-8
    article: bool
    comments: bool


# --- this side ------------------------------------------------------------------------------------


class Worker:
    """A process that reads one document after the other; `seconds` and `memory` (bytes) are the bounds of each.

    The seconds are the processor's, so that what is read does not depend on what else the machine does; on the clock on
    the wall it may take four times as long.
    """

    def __init__(self, seconds: float, memory: int) -> None:
        self._seconds = seconds
        self._memory = memory
        self._held = 0  # bytes, by the process when it began
        self._process: subprocess.Popen[bytes] | None = None

    def read(self, path: str, data: bytes, *, article: bool = False, comments: bool = False) -> ReadResult:
        """What the bytes say; a document that passes a bound is a failure, and the next one gets a new process."""
        process = self._process or self._start()
        request = msgspec.msgpack.encode(_Request(os.fsencode(path), article, comments))
        answer, late = _exchange(process, [request, data], _WALL * self._seconds)
        if answer is None:
            self._process = None
            failure = self._failure_reason(*_end(process), late=late)
            for folder in Path(tempfile.gettempdir()).glob(f"{temporary_prefix(process.pid)}*"):
                shutil.rmtree(folder, ignore_errors=True)
            return ReadResult(failure=failure)
        found = msgspec.msgpack.decode(answer, type=ReadResult)
        if found.failure == _OUT_OF_MEMORY:  # what the process holds after that is not known
            self.close()
            return ReadResult(failure=self._memory_message())
        return found

    def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is not None:
            _end(process)

    def _start(self) -> subprocess.Popen[bytes]:
        home = str(Path(__file__).parents[2])
        path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
        # -P: the folder that we are started in may hold anything, also a module with a familiar name
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", __name__, str(self._seconds), str(self._memory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": path},
            # an interrupt from the terminal is ours to handle; and LibreOffice, which it may start, ends with it
            start_new_session=True,
        )
        ready, _ = _exchange(self._process, [], _START)
        if ready is None:
            self.close()
            raise MonitorError("the process that reads documents cannot be started")
        self._held = msgspec.msgpack.decode(ready, type=int)
        return self._process

    def _failure_reason(self, status: int, held: int, *, late: bool) -> str:
        if late or status == -signal.SIGPROF:
            return f"refused: to read it takes more than {self._seconds:g} seconds; raise [limits] time"
        # Buffers grow by doubling, and libraries that are refused memory abort.
        if status < 0 and held > max(self._held, self._memory // 2):
            return self._memory_message()
        if status < 0:
            return f"the process that read it crashed ({signal.Signals(-status).name})"
        return "the process that read it ended"

    def _memory_message(self) -> str:
        return f"refused: to read it takes more than {self._memory / 1e6:,.0f} MB; raise [limits] memory"


def _exchange(process: subprocess.Popen[bytes], frames: list[bytes], seconds: float) -> tuple[bytes | None, bool]:
    """Send frames and wait for one; None where the process ended instead, and whether because its time was over."""
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(process)

    clock = threading.Timer(seconds, end)
    clock.start()
    try:
        with suppress(BrokenPipeError):  # it ended while we spoke: the answer tells
            for frame in frames:
                _write(cast("IO[bytes]", process.stdin), frame)
        answer = _read(cast("IO[bytes]", process.stdout), _MOST_ANSWER)
    finally:
        clock.cancel()
        clock.join()  # after this nobody ends the process, whose number may then be another's
    return answer, late.is_set()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with its children. `process.kill` would see that it has ended, and throw away what it took."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _end(process: subprocess.Popen[bytes]) -> tuple[int, int]:
    """End a process; its status, and the most memory in bytes that it has held for its last document."""
    _kill(process)
    for stream in (process.stdin, process.stdout):
        with suppress(BrokenPipeError):
            cast("IO[bytes]", stream).close()
    _, status, taken = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, _peak_memory(taken)


def _peak_memory(taken: resource.struct_rusage) -> int:
    """The most memory in bytes that a process has held; what its parent held when it was started counts as its own."""
    return taken.ru_maxrss * (1 if sys.platform == "darwin" else 1_024)


# --- frames ---------------------------------------------------------------------------------------


def _write(stream: IO[bytes], frame: bytes) -> None:
    stream.write(_LENGTH.pack(len(frame)))
    stream.write(frame)
    stream.flush()


def _read(stream: IO[bytes], most: int) -> bytes | None:
    """The next frame; None at the end of the stream, or where it is longer than `most`."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    length = _LENGTH.unpack(head)[0]
    if length > most:
        return None
    frame = stream.read(length)
    return frame if len(frame) == length else None


# --- the other side ---------------------------------------------------------------------------------

_OUT_OF_MEMORY: Final = "memory"


def serve(seconds: float, memory: int) -> None:
    """Answer questions on standard input until it ends; the first answer is how much memory the process holds."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # a library that prints must not speak into the answers
    _set_limit("RLIMIT_CORE", 0)
    _write(answers, msgspec.msgpack.encode(_peak_memory(resource.getrusage(resource.RUSAGE_SELF))))
    while (request := _read(requests, 1 << 20)) is not None and (data := _read(requests, 1 << 40)) is not None:
        wanted = msgspec.msgpack.decode(request, type=_Request)
        # what earlier documents took or left behind must not count against this one
        _set_limit("RLIMIT_AS", _used() + memory)
        _reset_peak_memory()
        # either signal ends the process
        signal.setitimer(signal.ITIMER_PROF, seconds)
        signal.setitimer(signal.ITIMER_REAL, _WALL * seconds + _GRACE)
        answer = _answer(data, wanted)
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        _write(answers, answer)


def _answer(data: bytes, wanted: _Request) -> bytes:
    try:
        path = os.fsdecode(wanted.path)
        found = read_in_this_process(path, data, article=wanted.article, comments=wanted.comments)
    except MemoryError:
        found = ReadResult(failure=_OUT_OF_MEMORY)
    try:
        return msgspec.msgpack.encode(found)
    except MemoryError:
        return msgspec.msgpack.encode(ReadResult(failure=_OUT_OF_MEMORY))


def _used() -> int:
    """The bytes of address space that the process has; 0 where the system does not tell."""
    pages = Path("/proc/self/statm")
    return int(pages.read_text().split()[0]) * resource.getpagesize() if pages.exists() else 0


def _reset_peak_memory() -> None:
    """Let the system measure again how much memory the process has held at most, where it can."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _set_limit(what: str, most: int) -> None:
    """Bound what the process takes from now on."""
    kind = getattr(resource, what)
    with suppress(ValueError, OSError):  # where the system knows no such bound, time is the one that holds
        resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))


if __name__ == "__main__":
    serve(float(sys.argv[1]), int(sys.argv[2]))
