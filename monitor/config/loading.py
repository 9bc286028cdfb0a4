"""Find, read and check the configuration: flags before `MONITOR_*` variables, these before `monitor.toml`.

Every error is one line that says where the value stands and what it should be. No error repeats the
ledger's database URL.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from monitor.config.settings import DEFAULT_CRON, REPORT_FORMATS, SECTIONS, Settings, Store, named_zone
from monitor.config.units import Bytes, Seconds, Share
from monitor.core.cron import parse_cron
from monitor.errors import ConfigError

FILE_NAME = "monitor.toml"
_VARIABLE = "MONITOR_"
_LISTS = {("watch", "include"), ("watch", "exclude"), ("report", "formats")}
_PATHS = {("watch", "folder"), ("store", "snapshots"), ("report", "folder")}
_ABOVE_ZERO = {("watch", "max_size"), ("schedule", "every"), ("limits", "time"), ("limits", "memory")}
_DATABASES = ("sqlite", "postgresql")

Key = tuple[str, str]  # section, key


@dataclass(slots=True)
class _Values:
    """What was set and where each value stands, for errors: the higher layer has replaced the lower."""

    raw: dict[Key, Any] = field(default_factory=dict)
    places: dict[Key, str] = field(default_factory=dict)

    def lay(self, layer: Mapping[Key, tuple[Any, str]], base: Path) -> None:
        """Put one layer on top; its paths are relative to `base`."""
        if ("schedule", "cron") in layer and ("schedule", "every") in layer:
            place = layer["schedule", "every"][1]
            raise ConfigError(f"{place}: [schedule] cron and every are given together; keep one of the two")
        for alternative, other in (("cron", "every"), ("every", "cron")):
            if ("schedule", alternative) in layer:
                self.raw.pop(("schedule", other), None)
        for key, (value, place) in layer.items():
            self.raw[key] = _absolute(base, value) if key in _PATHS else value
            self.places[key] = place


def load(start: Path, file: Path | None, flags: Mapping[str, str], environ: Mapping[str, str]) -> Settings:
    """The settings of a program that is started in `start`.

    `file` names the configuration (relative to `start`); without it `monitor.toml` is looked for in
    `start` and above, and where there is none, the defaults lie below `start`. `flags` are keyed
    `watch.folder` or `watch_folder`; in flags and in variables such as `MONITOR_WATCH_FOLDER` a list is
    separated by commas and a path is relative to `start`. Raises ConfigError.
    """
    start = _absolute(Path.cwd(), start)
    found = _absolute(start, file) if file is not None else _find(start)
    root = found.parent if found is not None else start
    values = _Values()
    if found is not None:
        values.lay(dict(_from_file(found)), root)
    values.lay(dict(_from_variables(environ)), start)
    values.lay(dict(_from_flags(flags)), start)
    if not {("schedule", "cron"), ("schedule", "every")} & values.raw.keys():
        values.raw["schedule", "cron"] = DEFAULT_CRON
    sections = {name: _section(name, values, root) for name in SECTIONS}
    settings = Settings(root=root, file=found, **sections)  # type: ignore[arg-type]  # by name, checked in _section
    _check(settings, values.places)
    return settings


# --- the layers ---------------------------------------------------------------------------------


def _find(start: Path) -> Path | None:
    return next((path for folder in (start, *start.parents) if (path := folder / FILE_NAME).is_file()), None)


def _from_file(path: Path) -> Iterator[tuple[Key, tuple[Any, str]]]:
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
        if section not in SECTIONS:
            what = f"section [{section}]" if isinstance(table, dict) else f"key {section!r} outside a section"
            raise ConfigError(f"{place}: unknown {what}{_nearest(section, SECTIONS, '[{}]')}")
        if not isinstance(table, dict):
            raise ConfigError(f"{place}: {section} is a section: write [{section}] on a line of its own")
        for key, value in table.items():
            place = f"{path}{_line(text, section, key)}"
            _known(section, key, place)
            yield (section, key), (value, place)


def _from_variables(environ: Mapping[str, str]) -> Iterator[tuple[Key, tuple[Any, str]]]:
    """Variables of `MONITOR_SECTION_KEY`; any other `MONITOR_…` belongs to somebody else."""
    for name in sorted(environ):
        section, _, key = name.removeprefix(_VARIABLE).lower().partition("_")
        if name.startswith(_VARIABLE) and section in SECTIONS and key:
            _known(section, key, name)
            yield (section, key), (_from_words(section, key, environ[name]), name)


def _from_flags(flags: Mapping[str, str]) -> Iterator[tuple[Key, tuple[Any, str]]]:
    for name, value in flags.items():
        section, _, key = name.replace(".", "_").partition("_")
        if section not in SECTIONS:
            raise ConfigError(f"flag for {name}: unknown section [{section}]{_nearest(section, SECTIONS, '[{}]')}")
        _known(section, key, f"flag for {name}")
        yield (section, key), (_from_words(section, key, value), f"flag for {section}.{key}")


def _from_words(section: str, key: str, text: str) -> Any:
    if (section, key) in _LISTS:
        return [word.strip() for word in text.split(",") if word.strip()]
    return text


def _known(section: str, key: str, place: str) -> None:
    keys = SECTIONS[section].__struct_fields__
    if key not in keys:
        raise ConfigError(f"{place}: unknown key {key!r} in [{section}]{_nearest(key, keys, '{!r}')}")


def _nearest(word: str, known: Iterable[str], form: str) -> str:
    from difflib import get_close_matches

    names = list(known)
    near = get_close_matches(word, names, n=1, cutoff=0.5)
    if near:
        return f"; did you mean {form.format(near[0])}?"
    return "; known are " + ", ".join(form.format(name) for name in names)


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


def _absolute(base: Path, path: Any) -> Any:
    # Not resolved: a symbolic link on the way may point somewhere else tomorrow.
    import os.path

    if not isinstance(path, str | Path) or not str(path):
        return path
    return Path(os.path.normpath(base / Path(path).expanduser()))


def _hook(kind: type, raw: object) -> object:
    """How a value is read whose type TOML does not know."""
    if kind in (Bytes, Seconds, Share):
        return kind.parse(raw)
    if isinstance(raw, Path):
        return raw
    raise ValueError(f"expected a path, got {raw!r}")


def _section(name: str, values: _Values, root: Path) -> msgspec.Struct:
    kind = SECTIONS[name]
    raw = {key: value for (section, key), value in values.raw.items() if section == name}
    for section, key in _PATHS:
        if section == name:
            raw.setdefault(key, root / getattr(kind(), key))
    if name == "schedule":
        raw.setdefault("cron", None)  # `every` alone replaces the default
    try:
        return msgspec.convert(raw, kind, dec_hook=_hook)
    except msgspec.ValidationError as error:
        message, _, path = str(error).rpartition(" - at `$.")
        key = path.strip("`").partition("[")[0]
        raise _wrong(values.places, name, key, message[:1].lower() + message[1:]) from None


def _check(settings: Settings, places: Mapping[Key, str]) -> None:
    """What types alone cannot say."""
    schedule = settings.schedule
    checks: list[tuple[Key, Callable[[Any], object], object]] = [
        (("schedule", "cron"), parse_cron, schedule.cron),
        (("schedule", "timezone"), named_zone, schedule.timezone),
        (("store", "ledger"), _database, settings.store),
        (("report", "formats"), _formats, settings.report.formats),
    ]
    checks += [((section, key), _above_zero, getattr(getattr(settings, section), key)) for section, key in _ABOVE_ZERO]
    for (section, key), check, value in checks:
        try:
            if value is not None:
                check(value)
        except ValueError as error:
            raise _wrong(places, section, key, str(error)) from None


def _wrong(places: Mapping[Key, str], section: str, key: str, message: str) -> ConfigError:
    return ConfigError(f"{places.get((section, key), 'default')}: [{section}] {key}: {message}")


def _above_zero(value: float) -> None:
    if value <= 0:
        raise ValueError("must be above zero")


def _formats(formats: Iterable[str]) -> None:
    for name in formats:
        if name not in REPORT_FORMATS:
            raise ValueError(f"unknown format {name!r}{_nearest(name, REPORT_FORMATS, '{!r}')}")


def _database(store: Store) -> None:
    scheme, separator, _ = store.ledger.partition("://")
    if store.ledger != "sqlite" and not (separator and scheme.partition("+")[0] in _DATABASES):
        raise ValueError("expected `sqlite` or a URL such as postgresql+psycopg://user@host/database")
