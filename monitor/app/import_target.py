"""Where an import goes: its name, what it chooses, how it goes with what is there already."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from monitor.app.selecting import Choice, Oddities, choice, remembered
from monitor.app.wiring import Monitor
from monitor.errors import UsageError
from monitor.model import Snapshot
from monitor.snapshots.git_objects import EARLIER, is_earlier

_NAME = re.compile(r"\w[\w.+-]{0,99}")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What of the source is wanted. `path` and `include`: see `selecting`; None or empty is as before, or all."""

    name: str | None = None
    ref: str | None = None
    path: str | None = None
    include: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    continues: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    """The source in our store. `last` is its newest snapshot so far; `end` is what it must stay before."""

    name: str
    chosen: Choice
    continues: bool
    last: Snapshot | None
    end: datetime | None
    started: datetime
    oddities: Oddities = field(default_factory=Oddities)
    failed: set[str] = field(default_factory=set)  # documents of which a version cannot be had

    def trailers(self) -> list[str]:
        """What each snapshot's message says beside its origin."""
        return [*self.chosen.trailers(), *([EARLIER] if self.continues else [])]

    def failure(self, path: str, reason: str) -> None:
        """Tell of a document that stands as it was before, since its new version cannot be had."""
        self.failed.add(path)
        self.oddities.add(f"{reason} (it stands as it was before)", path)

    def check_time(self, when: datetime, what: str) -> None:
        """UsageError where what is dated like this cannot be the earlier history of the watched folder."""
        if self.end is not None and when >= self.end:
            raise UsageError(
                f"{what}, {when.isoformat()}, is not before the first snapshot of the watched folder "
                f"({self.end.isoformat()}), which the import was to continue into: it was left out with all that "
                "follows; --until ends an import earlier"
            )


def target_of(monitor: Monitor, source: Path, options: ImportOptions, started: datetime) -> Target:
    """UsageError where name or choice do not go with what is there."""
    name = options.name or _name_of(source)
    if not _NAME.fullmatch(name) or ".." in name or name.endswith((".lock", ".")):
        raise UsageError(f"--name {name}: letters, digits and .+-_ within, such as policies")
    head = monitor.snapshots.head(name)
    if head is None:
        continues, chosen = options.continues, _first_choice(monitor, options)
        _check_new(monitor, name, continues=continues)
    else:
        message = monitor.snapshots.message(head)
        continues, chosen = is_earlier(message), remembered(message)
        _check_again(name, options, chosen, continues=continues)
    last = None if head is None else list(monitor.snapshots.of_ref(name))[-1]
    end = next(monitor.snapshots.of_ref(""), None) if continues else None
    return Target(name, chosen, continues, last, None if end is None else end.taken_at, started)


def _name_of(source: Path) -> str:
    name = source.resolve().name
    for ending in (".git", ".bundle"):
        name = name.removesuffix(ending)
    return name or source.resolve().parent.name


def _first_choice(monitor: Monitor, options: ImportOptions) -> Choice:
    """The watched folder's earlier history is chosen by the rules of the folder."""
    if not options.continues:
        return choice(options.path, options.include)
    watch = monitor.settings.watch
    return choice(options.path, options.include or watch.include, watch.exclude)


def _check_new(monitor: Monitor, name: str, *, continues: bool) -> None:
    earlier = monitor.snapshots.earlier()
    if continues and earlier is not None:
        raise UsageError(f"{earlier} is the earlier history of the watched folder already, and there is but one")
    if not continues and any(path.startswith(f"{name}/") for path in _own_paths(monitor)):
        raise UsageError(f"the watched folder has documents below {name}/: give the import another --name")


def _own_paths(monitor: Monitor) -> Iterator[str]:
    head = monitor.snapshots.head()
    if head is not None:
        yield from monitor.snapshots.manifest(head)
    yield from (document.path for document in monitor.ledger.documents())


def _check_again(name: str, options: ImportOptions, chosen: Choice, *, continues: bool) -> None:
    if options.continues and not continues:
        raise UsageError(f"{name} was imported as a source of its own: import it under another --name to continue it")
    asked = choice(options.path, options.include, chosen.exclude)
    if (options.path is not None and asked.path != chosen.path) or (
        options.include and asked.include != chosen.include
    ):
        raise UsageError(f"{name} was imported with {chosen}: leave that out, or import under another --name")
