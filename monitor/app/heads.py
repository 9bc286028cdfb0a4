"""The file of heads: a line for each newest snapshot, which its owner publishes where nobody can alter it any more.

With a key, a signature over the whole file lies beside it as `<file>.sig`. It is made before the line is written and
put in its place after: `<file>.sig.new` says that somebody was stopped between, and the next run signs again.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from monitor.errors import StoreError

_LINE = 200  # bytes; a line has fewer


def append_head(path: Path, head: str, when: datetime, key: Path | None = None) -> None:
    """Append `time commit` unless the last line names this commit already, so that a run that could not is made good.

    StoreError where it cannot be written or signed: the snapshot is recorded then, and the next run tries again.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - _LINE))
            end = file.read()
            named = end.endswith(f" {head}\n".encode("ascii"))
            if named and (key is None or _is_signed(path)):
                return
            torn = b"\n" if end and not end.endswith(b"\n") else b""
            line = b"" if named else torn + f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ} {head}\n".encode("ascii")
            if key is not None:
                file.seek(0)
                _sign(path, key, file.read() + line)
            file.write(line)
            file.flush()
            os.fsync(file.fileno())
        if key is not None:
            _unfinished(path).replace(signature_of(path))
    except OSError as error:
        raise StoreError(f"the head cannot be appended to {path}: {error.strerror or error}") from error


def signature_of(path: Path) -> Path:
    """Where the signature of a file of heads lies."""
    return path.with_name(path.name + ".sig")


def flaw_of_heads(path: Path, key: Path) -> str | None:
    """What is wrong with the signature of a file of heads; None where nothing is, or nothing was published yet."""
    from monitor.app.signing import check

    try:
        if not path.exists():
            return None
        return check(key, path.read_bytes(), signature_of(path).read_bytes())
    except OSError as error:
        return f"{error.filename or path} cannot be read: {error.strerror or error}"


def _unfinished(path: Path) -> Path:
    return path.with_name(path.name + ".sig.new")


def _is_signed(path: Path) -> bool:
    """As far as the names of the files say."""
    return signature_of(path).exists() and not _unfinished(path).exists()


def _sign(path: Path, key: Path, data: bytes) -> None:
    from monitor.app.signing import sign

    signature = sign(key, data)
    with _unfinished(path).open("wb") as file:
        file.write(signature)
        file.flush()
        os.fsync(file.fileno())
