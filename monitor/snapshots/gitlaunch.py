"""How git is started: without anything of the user's configuration or environment.

It gets an environment of its own (`env -i`, since GitPython's command layer hands on the whole of `os.environ`), an
absolute path, a working directory that is never the watched folder, and settings that go before every configuration
file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple, cast

from monitor.errors import StoreError
from monitor.snapshots.git_process import Child, Pipe, store_errors

if TYPE_CHECKING:
    from git.cmd import Git

_SETTINGS = {
    "core.autocrlf": "false",
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.attributesFile": "/dev/null",
    "core.protectNTFS": "false",
    "core.protectHFS": "false",
    "core.fsync": "all",
    "core.fsyncMethod": "fsync",
    "core.logAllRefUpdates": "false",
    "core.bigFileThreshold": "512m",
    "core.commitGraph": "false",  # history is read from the commits: nothing beside them can say otherwise
    "core.multiPackIndex": "false",
    "fastimport.unpackLimit": "0",  # one pack a snapshot is synced at once; loose objects one by one
    "pack.compression": "1",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "log.showRoot": "true",
    "log.showSignature": "false",
    "i18n.logOutputEncoding": "utf-8",
}
_LAUNCHER = Path(__file__).with_name("git_limits.py")
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LC_ALL": "C",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_CONFIG_COUNT": str(len(_SETTINGS)),
}


class Bounds(NamedTuple):
    """What a git command that reads what others wrote may take: bytes of memory, seconds without progress.

    With `dies` it ends with this process, however that ends. One that writes must not: it would leave half of a file.
    """

    memory: int
    patience: float
    dies: bool


def launch(
    repository: Path,
    pass_fds: Sequence[int],
    command: Sequence[str],
    more: Mapping[str, str] = MappingProxyType({}),
    bounds: Bounds | None = None,
) -> Pipe:
    """Start a git command on `repository`; it inherits `pass_fds`, and `more` variables beside the settled ones."""
    git, program = _git()
    # A group of its own: an interrupt from the terminal is for us, and we let git finish.
    with store_errors("starting git"):
        child = git.execute(
            ["/usr/bin/env", "-i", *_variables(more), *_bounded(bounds), program, f"--git-dir={repository}", *command],
            istream=subprocess.PIPE,
            as_process=True,
            shell=False,
            pass_fds=pass_fds,
            process_group=0,
        )
    return Pipe(command, cast("Child", child.proc), owner=child, patience=bounds and bounds.patience)


def _bounded(bounds: Bounds | None) -> Sequence[str]:
    """What goes before the command so that it starts with these bounds. Between a fork and an exec no code of ours may
    run where there are threads, so a program of its own sets them."""
    if bounds is None:
        return ()
    parent = os.getpid() if bounds.dies else 0
    return (sys.executable, "-I", "-S", str(_LAUNCHER), str(parent), str(bounds.memory))


def _variables(more: Mapping[str, str]) -> Iterator[str]:
    yield from (f"{key}={value}" for key, value in (*_ENVIRONMENT.items(), *more.items()))
    for at, (key, value) in enumerate(_SETTINGS.items()):
        yield f"GIT_CONFIG_KEY_{at}={key}"
        yield f"GIT_CONFIG_VALUE_{at}={value}"


@cache
def _git() -> tuple[Git, str]:
    """GitPython's command layer with `/` to work in, and the absolute path of git."""
    program = shutil.which("git")
    if program is None:
        raise StoreError("git is not found: install it, or set PATH so that it is")
    # The package starts git as it is imported, and fails where there is none: an idle run needs neither. These
    # variables name a program to start instead, or print every command: they must have no part in a snapshot.
    for name in [name for name in os.environ if name.startswith("GIT_PYTHON_")]:
        del os.environ[name]
    from git.cmd import Git

    return Git("/"), str(Path(program).absolute())
