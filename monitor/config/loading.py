"""Find, read and check the configuration: flags override `MONITOR_*` variables, which override `monitor.toml`.

Every error is one line with the place of the value and what it should be.
"""

from __future__ import annotations

import json
import os.path
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from shlex import quote
from typing import Any, NamedTuple, TypeVar

from monitor.config.keys import KEYS, FromOutside, nearest, source_name, watched
from monitor.config.settings import (
    Channel,
    Evidence,
    Extract,
    Feeds,
    Hold,
    IgnoreRule,
    Limits,
    Notify,
    Report,
    Review,
    Schedule,
    Settings,
    Store,
    Watch,
    Web,
)
from monitor.errors import ConfigError

FILE_NAME = "monitor.toml"
Wanting = TypeVar("Wanting", Channel, Feeds)
_VARIABLE = "MONITOR_"


class _Entry(NamedTuple):
    """One value that was set, as it was written, and where: `base` is what a path is relative to."""

    section: str
    key: str
    raw: Any
    place: str
    base: Path


Origins = dict[tuple[str, str], str]
"""Where a value was set, by section and key: the file with its line, a variable or a flag."""


def load(
    start: Path,
    file: Path | None,
    flags: Mapping[str, object],
    environ: Mapping[str, str],
    origins: Origins | None = None,
) -> Settings:
    """The settings of a program that is started in `start`.

    `file` names the configuration (relative to `start`); without it `monitor.toml` is looked for in
    `start` and above, and where there is none, the defaults lie below `start`. `flags` are keyed
    `watch.folder` or `watch_folder`, texts or ready values; in flags and in variables such as
    `MONITOR_WATCH_FOLDER` a list is separated by commas and a path is relative to `start`. Raises ConfigError.
    `origins` is filled with where each value was set.
    """
    start = _absolute(Path.cwd(), start)
    found = _absolute(start, file) if file is not None else _find(start)
    root = found.parent if found is not None else start
    values: dict[str, dict[str, Any]] = {section: {} for section in KEYS}
    layers = [] if found is None else [_from_file(found)]
    for layer in (*layers, _from_variables(environ, start), _from_flags(flags, start)):
        _lay(layer, values, {} if origins is None else origins)
    watch, sources = _watched(root, found, values["watch"])
    if "schema" in values["store"] and values["store"].get("ledger", "sqlite") == "sqlite":
        raise ConfigError(f"{found or start}: [store] schema is of a PostgreSQL database; name that in [store] ledger")
    if values["store"].get("role") == "reader" and values["store"].get("ledger", "sqlite") == "sqlite":
        raise ConfigError("[store] role = 'reader' needs the database of another host: name it in [store] ledger")
    web = Web(**values["web"])
    if web.user_header is None and (web.roles or web.group_header):
        raise ConfigError("[web] roles and group_header need the user_header of a proxy that signs people in")
    return Settings(
        root=root,
        file=found,
        watch=watch,
        sources=sources,
        web=web,
        store=Store(**_paths(root, Store._field_defaults | values["store"])),
        schedule=Schedule(**values["schedule"]),
        hold=Hold(**values["hold"]),
        limits=Limits(**values["limits"]),
        report=Report(**_paths(root, Report._field_defaults | values["report"])),
        review=Review(**values["review"]),
        rules=tuple(rule._replace(name=name) for name, rule in values["rules"].items()),
        notify=_notify(root, values["notify"], sources),
        feeds=_with_known_sources("[feeds]", Feeds(**_paths(root, values["feeds"])), sources),
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
        raise ConfigError(f"{path}: no such file; `monitor --config {quote(str(path))} init` writes it") from None
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


def _lay(layer: Iterator[_Entry], values: dict[str, dict[str, Any]], origins: Origins) -> None:
    """Read one layer's entries and put them on top of the values of the lower ones."""
    alternatives: set[str] = set()
    for section, key, raw, place, base in layer:
        named = section == "watch" and key not in KEYS[section] and isinstance(raw, dict)
        if key not in KEYS[section] and not named:
            raise ConfigError(f"{place}: unknown key {key!r} in [{section}]{nearest(key, KEYS[section], '{!r}')}")
        try:
            value: Any = watched(raw) if named and source_name(key) else KEYS[section][key](raw)
        except ValueError as error:
            raise ConfigError(f"{place}: [{section}] {key}: {error}") from None
        origins[section, key] = place
        # a channel may be its URL alone
        origins |= {(section, f"{key}.{one}"): place for one in (raw if isinstance(raw, dict) else ("url",))}
        if named:
            value |= {name: _absolute_in(base, one) for name, one in value.items()}
        values[section][key] = _absolute_in(base, value)
        if key in ("cron", "every"):
            alternatives.add(key)
            values[section]["every" if key == "cron" else "cron"] = None
        if len(alternatives) > 1:
            raise ConfigError(f"{place}: [schedule] cron and every are given together; keep one of the two")


def _watched(root: Path, file: Path | None, values: dict[str, Any]) -> tuple[Watch, tuple[Watch, ...]]:
    """`[watch]`, and each `[watch.NAME]` with what it does not say taken from there."""
    tables = {name: values.pop(name) for name in list(values) if isinstance(values[name], dict)}
    if tables and "folder" in values:
        raise ConfigError(f"{file}: [watch] has a folder, and so has [watch.{min(tables)}]: give the first a name, too")
    base = Watch._field_defaults | values
    sources = (Watch(**_paths(root, base | table | {"name": name})) for name, table in sorted(tables.items()))
    return Watch(**_paths(root, base)), tuple(sources)


def _notify(root: Path, values: Mapping[str, Any], sources: Sequence[Watch]) -> Notify:
    """The channels by their names, and what is no channel."""
    own = {key: value for key, value in values.items() if not isinstance(value, Channel)}
    channels = (
        _with_known_sources(f"[notify.{name}]", Channel(**_paths(root, channel._replace(name=name)._asdict())), sources)
        for name, channel in values.items()
        if name not in own
    )
    return Notify(channels=tuple(channels), **own)


def _with_known_sources(place: str, wanted: Wanting, sources: Sequence[Watch]) -> Wanting:
    """The same; ConfigError where it names a folder that is not watched."""
    names = [watch.name for watch in sources]
    if unknown := [one for one in wanted.sources if one not in names]:
        known = nearest(unknown[0], names, "{!r}") if names else ""
        raise ConfigError(f"{place} sources: there is no [watch.{unknown[0]}]{known}")
    return wanted


def _paths(root: Path, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same, with what is still relative (a default) below `root`."""
    return {key: root / value if isinstance(value, Path) else value for key, value in values.items()}


def _absolute_in(base: Path, value: Any) -> Any:
    """A value, whose paths are absolute."""
    if type(value) is tuple:  # and no named one
        return tuple(_absolute_in(base, one) for one in value)
    return _absolute(base, value) if isinstance(value, Path) else value


def _absolute(base: Path, path: Path) -> Path:
    # Not resolved: a symbolic link on the way may point somewhere else tomorrow.
    return Path(os.path.normpath(base / path.expanduser()))


# --- to show them -------------------------------------------------------------------------------


def effective(settings: Settings, origins: Origins) -> Iterator[tuple[str, str, str]]:
    """Every key with its value as text and where it was set; secrets are left out of the values."""
    for section, keys in KEYS.items():
        values = getattr(settings, section)
        for key in keys:
            value, name = getattr(values, key), f"{section}.{key}"
            if name == "watch.folder" and settings.sources:
                continue  # each of several folders has its own
            shown = str(settings.store).partition("ledger=")[2][1:-2] if name == "store.ledger" else _shown(value)
            yield name, "…" if name == "notify.ping" and value else shown, origins.get((section, key), "default")
    tables: list[tuple[str, str, Watch | IgnoreRule | Channel]] = [
        ("watch", watch.name, watch) for watch in settings.sources
    ]
    tables += [("rules", rule.name, rule) for rule in settings.rules]
    tables += [("notify", channel.name, channel) for channel in settings.notify.channels]
    for section, name, values in tables:
        for key, value in values._asdict().items():
            if key != "name":
                shown = "…" if key == "url" and value else _shown(value)
                inherited = origins.get((section, key), "default") if section == "watch" else "default"
                yield f"{section}.{name}.{key}", shown, origins.get((section, f"{name}.{key}"), inherited)


def _shown(value: object) -> str:
    """A value as it would be written in the file, numbers in bytes and seconds."""
    if value is None:
        return "not set"
    if isinstance(value, Path):
        value = str(value)
    if isinstance(value, tuple):
        value = [list(one) if isinstance(one, tuple) else str(one) if isinstance(one, Path) else one for one in value]
    return json.dumps(value, ensure_ascii=False)
