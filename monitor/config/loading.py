"""Find, read and check the configuration: flags override `MONITOR_*` variables, which override `monitor.toml`.

Every error is one line with the place of the value and what it should be.
"""

from __future__ import annotations

import os.path
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from monitor.config.keys import KEYS, FromOutside, nearest
from monitor.config.settings import (
    Channel,
    Evidence,
    Extract,
    Feeds,
    Hold,
    Limits,
    Notify,
    Report,
    Review,
    Schedule,
    Settings,
    Store,
    Watch,
)
from monitor.errors import ConfigError

FILE_NAME = "monitor.toml"
_VARIABLE = "MONITOR_"


class _Entry(NamedTuple):
    """One value that was set, as it was written, and where: `base` is what a path is relative to."""

    section: str
    key: str
    raw: Any
    place: str
    base: Path


def load(start: Path, file: Path | None, flags: Mapping[str, object], environ: Mapping[str, str]) -> Settings:
    """The settings of a program that is started in `start`.

    `file` names the configuration (relative to `start`); without it `monitor.toml` is looked for in
    `start` and above, and where there is none, the defaults lie below `start`. `flags` are keyed
    `watch.folder` or `watch_folder`, texts or ready values; in flags and in variables such as
    `MONITOR_WATCH_FOLDER` a list is separated by commas and a path is relative to `start`. Raises ConfigError.
    """
    start = _absolute(Path.cwd(), start)
    found = _absolute(start, file) if file is not None else _find(start)
    root = found.parent if found is not None else start
    values: dict[str, dict[str, Any]] = {section: {} for section in KEYS}
    if found is not None:
        _lay(_from_file(found), values)
    _lay(_from_variables(environ, start), values)
    _lay(_from_flags(flags, start), values)
    return Settings(
        root=root,
        file=found,
        watch=Watch(**_paths(root, Watch._field_defaults | values["watch"])),
        store=Store(**_paths(root, Store._field_defaults | values["store"])),
        schedule=Schedule(**values["schedule"]),
        hold=Hold(**values["hold"]),
        limits=Limits(**values["limits"]),
        report=Report(**_paths(root, Report._field_defaults | values["report"])),
        review=Review(**values["review"]),
        rules=tuple(rule._replace(name=name) for name, rule in values["rules"].items()),
        notify=_notify(root, values["notify"]),
        feeds=Feeds(**_paths(root, values["feeds"])),
        extract=Extract(**values["extract"]),
        evidence=Evidence(**_paths(root, values["evidence"])),
    )


# --- the layers, lowest first -------------------------------------------------------------------


def _find(start: Path) -> Path | None:
    return next((path for folder in (start, *start.parents) if (path := folder / FILE_NAME).is_file()), None)


def _from_file(path: Path) -> Iterator[_Entry]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
        document = tomllib.loads(text)
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such file; `monitor init` writes one") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: is not UTF-8 text") from None
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from None
    for section, table in document.items():
        place = f"{path}{_line(text, section, None)}"
        if section not in KEYS:
            what = f"section [{section}]" if isinstance(table, dict) else f"key {section!r} outside a section"
            raise ConfigError(f"{place}: unknown {what}{nearest(section, KEYS, '[{}]')}")
        if not isinstance(table, dict):
            raise ConfigError(f"{place}: {section} is a section: write [{section}] on a line of its own")
        for key, raw in table.items():
            yield _Entry(section, key, raw, f"{path}{_line(text, section, key)}", path.parent)


def _from_variables(environ: Mapping[str, str], start: Path) -> Iterator[_Entry]:
    """Variables of `MONITOR_SECTION_KEY`; any other `MONITOR_…` belongs to somebody else."""
    for name in sorted(environ):
        section, _, key = name.removeprefix(_VARIABLE).lower().partition("_")
        if name.startswith(_VARIABLE) and section in KEYS and key:
            yield _Entry(section, key, FromOutside(environ[name]), name, start)


def _from_flags(flags: Mapping[str, object], start: Path) -> Iterator[_Entry]:
    for name, value in flags.items():
        section, _, key = name.replace(".", "_").partition("_")
        place = f"flag for {section}.{key}"
        if section not in KEYS:
            raise ConfigError(f"{place}: unknown section [{section}]{nearest(section, KEYS, '[{}]')}")
        yield _Entry(section, key, FromOutside(value) if isinstance(value, str) else value, place, start)


def _line(text: str, section: str, key: str | None) -> str:
    """`, line N` of a section or of a key in it; empty where TOML was written in a rarer way."""
    wanted = (section, key) if key else ("", section)
    inside = ""
    for number, line in enumerate(text.splitlines(), 1):
        code = line.strip()
        if code.startswith("["):
            inside = code.partition("]")[0].strip("[ \"'")
            if key is None and inside == section:
                return f", line {number}"
        elif (inside, code.partition("=")[0].strip(" \t\"'")) == wanted:
            return f", line {number}"
    return ""


# --- values -------------------------------------------------------------------------------------


def _lay(layer: Iterator[_Entry], values: dict[str, dict[str, Any]]) -> None:
    """Read one layer's entries and put them on top of the values of the lower ones."""
    alternatives: set[str] = set()
    for section, key, raw, place, base in layer:
        if key not in KEYS[section]:
            raise ConfigError(f"{place}: unknown key {key!r} in [{section}]{nearest(key, KEYS[section], '{!r}')}")
        try:
            value = KEYS[section][key](raw)
        except ValueError as error:
            raise ConfigError(f"{place}: [{section}] {key}: {error}") from None
        values[section][key] = _absolute(base, value) if isinstance(value, Path) else value
        if key in ("cron", "every"):
            alternatives.add(key)
            values[section]["every" if key == "cron" else "cron"] = None
        if len(alternatives) > 1:
            raise ConfigError(f"{place}: [schedule] cron and every are given together; keep one of the two")


def _notify(root: Path, values: Mapping[str, Any]) -> Notify:
    """The channels by their names, and what is no channel."""
    own = {key: value for key, value in values.items() if not isinstance(value, Channel)}
    channels = (
        Channel(**_paths(root, channel._replace(name=name)._asdict()))
        for name, channel in values.items()
        if name not in own
    )
    return Notify(channels=tuple(channels), **own)


def _paths(root: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same, with what is still relative (a default) below `root`."""
    return {key: root / value if isinstance(value, Path) else value for key, value in values.items()}


def _absolute(base: Path, path: Path) -> Path:
    # Not resolved: a symbolic link on the way may point somewhere else tomorrow.
    return Path(os.path.normpath(base / path.expanduser()))
