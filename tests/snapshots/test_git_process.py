"""What git writes, cut into the pieces of a `-z` command."""

from __future__ import annotations

import io
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
