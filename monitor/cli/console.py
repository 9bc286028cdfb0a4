"""Text for people: wrapped and coloured on a terminal, a line a line everywhere else.

Every piece passes through `visible` here, so that no verb can forget it. What a pipe gets can be worked on with
`grep`: no colour, and no line broken for a width that nobody has.

Standard output for programs: one JSON value, or one object a line; UTF-8, nothing else.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, BinaryIO

from monitor.core.text.normalize import cells, visible
from monitor.reports.json import dumps
from monitor.reports.text import Piece, wrap

Record = Mapping[str, Any]


def write_json(value: object) -> None:
    """One JSON value, indented, on standard output."""
    sys.stdout.write(dumps(value, indent=2) + "\n")


def write_records(records: Iterable[Record], form: str) -> None:
    """`records` as `json` (one list, written as they come) or `jsonl` (one a line)."""
    if form == "jsonl":
        for record in records:
            sys.stdout.write(dumps(record) + "\n")
        return
    separator = "[\n"
    for record in records:
        sys.stdout.write(separator + dumps(record))
        separator = ",\n"
    sys.stdout.write("[]\n" if separator == "[\n" else "\n]\n")


def write_bytes(data: bytes) -> None:
    """Exact bytes, whatever they are."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


@contextmanager
def written(path: Path) -> Iterator[BinaryIO]:
    """A file to write, which is there as a whole or not at all."""
    new = path.with_name(f".{path.name}.new")
    try:
        with new.open("wb") as stream:
            yield stream
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """A file of `text`, as UTF-8."""
    with written(path) as stream:
        stream.write(text.encode("utf-8", "backslashreplace"))


def tell_written(path: Path) -> None:
    """Say so to a person at the terminal; standard output stays for what was asked for."""
    if sys.stderr.isatty():
        sys.stderr.write(f"wrote {visible(str(path))}\n")


Part = str | Piece
"""A text, or its role and a text: `("muted", "since yesterday")`."""

ANSI = {
    "label": "1",
    "title": "1",
    "heading": "1",
    "group": "4",
    "muted": "2",
    "id": "36",
    "delete": "31;9",  # struck through and underlined as well: red and green look alike to many
    "insert": "32;4",
    "added": "32",
    "removed": "31",
    "revised": "33",
    "moved": "34",
    "restored": "35",
    "failed": "1;31",
}
LONG = 2_000  # characters of a statement that a list shows


@dataclass(frozen=True)
class Page:
    """Where a verb writes its lines. `width` in columns, None: as wide as the text is."""

    zone: tzinfo
    width: int | None = None
    colour: bool = False

    def line(self, *parts: Part, indent: int = 0, lead: Sequence[Part] = ()) -> None:
        """One line, `lead` first; what does not fit goes on below the first part, indented alike."""
        first, rest = _pieces(lead), _pieces(parts)
        margin = indent + sum(cells(text) for _, text in first)
        lines = list(wrap(rest, self.width or sys.maxsize, self.style, " " * margin)) or [""]
        if first:
            start = " " * indent + "".join(self.style(role, text) for role, text in first)
            lines[0] = (start + lines[0][margin:]).rstrip()
        sys.stdout.write("\n".join(lines) + "\n")

    def style(self, role: str, text: str) -> str:
        """`text` as this page shows what has the role."""
        return _ansi(role, text) if self.colour else text

    def time(self, moment: datetime) -> str:
        """A time as a person reads it, and may type it back as a WHEN."""
        return moment.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")


def open_page(zone: tzinfo) -> Page:
    """The page for this process: by what standard output is, `NO_COLOR` before `FORCE_COLOR`."""
    terminal = sys.stdout.isatty()
    wanted = (terminal and os.environ.get("TERM") != "dumb") or bool(os.environ.get("FORCE_COLOR"))
    width = max(20, shutil.get_terminal_size().columns) if terminal else None
    return Page(zone, width, colour=wanted and not os.environ.get("NO_COLOR"))


def short(name: str) -> str:
    """The first characters of an id: enough for a person to type."""
    return name[:10]


def shortened(text: str) -> str:
    """`text`, or its beginning where a person would not read all of it."""
    return text if len(text) <= LONG else f"{text[:LONG]} … ({len(text) - LONG:,} characters more)"


def many(number: int, noun: str) -> str:
    """`1 change`, `2 changes`."""
    return f"{number:,} {noun}" + ("" if number == 1 else "s")


def _pieces(parts: Sequence[Part]) -> list[Piece]:
    pairs = (("plain", part) if isinstance(part, str) else part for part in parts)
    return [(role, visible(text)) for role, text in pairs]


def _ansi(role: str, text: str) -> str:
    code = ANSI.get(role)
    return f"\x1b[{code}m{text}\x1b[0m" if code and text else text
