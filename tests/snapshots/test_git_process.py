"""What git writes, cut into the pieces of a `-z` command."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from monitor.snapshots.git_process import tokens


def pipe(data: bytes, size: int) -> SimpleNamespace:
    """A pipe that gives so many bytes at a time."""
    source = io.BytesIO(data)
    return SimpleNamespace(
        stdout=SimpleNamespace(read1=lambda _: source.read(size)), finish=lambda: None, kill=lambda: None
    )


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    ("data", "pieces"),
    [
        (b"", []),
        (b"one", [b"one"]),
        (b"one\0", [b"one"]),
        (b"one\0\0two\0three", [b"one", b"", b"two", b"three"]),
        (b"\0" * 3, [b"", b"", b""]),
        (b"x" * 500 + b"\0y\0", [b"x" * 500, b"y"]),
    ],
)
def test_pieces_do_not_depend_on_how_they_arrive(data: bytes, pieces: list[bytes], size: int) -> None:
    assert list(tokens(pipe(data, size))) == pieces  # type: ignore[arg-type]


LOADING = """
import os, threading
from monitor.snapshots import git_process

wanted = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
missing, ended = set(), threading.Event()

def look():
    while not ended.is_set():
        missing.update(name for name, value in wanted.items() if os.environ.get(name) != value)

thread = threading.Thread(target=look)
thread.start()
git_process._git()
ended.set()
thread.join()
print(sorted(missing), os.environ.get("GIT_TRACE"))
"""


def test_environment_stays_while_the_command_layer_is_loaded(tmp_path: Path) -> None:
    environment = {**os.environ, "GIT_TRACE": str(tmp_path / "trace"), "MINE": "mine"}
    done = subprocess.run([sys.executable, "-c", LOADING], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout == f"[] {tmp_path / 'trace'}\n"
    assert not (tmp_path / "trace").exists()
