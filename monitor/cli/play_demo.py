"""The demo's made history: briefs and their dated versions, laid into a folder one after the other.

`demo_history/first/` holds the briefs as they stood on the first day, `edits.toml` what was edited since.
The last version is what lies in the project's `seeds/`.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

from monitor.errors import UsageError

Version = tuple[datetime, Mapping[str, bytes]]


def versions() -> Iterator[Version]:
    """Each version's date (UTC) and its whole content by file name, oldest first."""
    history = files("monitor.cli") / "demo_history"
    script = tomllib.loads((history / "edits.toml").read_text("utf-8"))
    texts = {file.name: file.read_text("utf-8") for file in (history / "first").iterdir()}
    yield _version(script["first"], texts)
    for step in script["version"]:
        for old, new in step.get("rename", {}).items():
            texts[new] = texts.pop(old)
        for name in step.get("delete", ()):
            del texts[name]
        for edit in step.get("edit", ()):
            texts[edit["file"]] = _edited(texts[edit["file"]], edit)
        yield _version(step["at"], texts)


def play(folder: Path, run: Callable[[datetime], object]) -> None:
    """Lay each version into `folder`, which is made and must be empty, and call `run` with its date.

    The files carry their version's date as modification time. Raises UsageError where something lies
    in the folder.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise UsageError(f"{folder} is not empty; name a new or an empty folder")
    laid: Mapping[str, bytes] = {}
    for at, content in versions():
        for name in laid.keys() - content.keys():
            (folder / name).unlink()
        for name, data in content.items():
            if laid.get(name) != data:
                (folder / name).write_bytes(data)
                os.utime(folder / name, (at.timestamp(), at.timestamp()))
        laid = content
        run(at)


def _version(at: datetime, texts: Mapping[str, str]) -> Version:
    return at.astimezone(UTC), {name: text.encode() for name, text in sorted(texts.items())}


def _edited(text: str, edit: Mapping[str, Any]) -> str:
    if text.count(edit["before"]) != 1:
        raise ValueError(f"demo_history/edits.toml: {edit['before']!r} must stand once in {edit['file']}")
    return text.replace(edit["before"], edit["after"])
