"""What a shell completes: documents, and ids of changes, statements and snapshots, beside click's commands and options.

Names of documents come from outside, and a shell would act on some of them (`$(…)`, `*`, spaces). They are quoted for
bash; zsh and fish quote what they insert. A name that does not fit on a line of the protocol is left out.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from click.shell_completion import BashComplete, CompletionItem, FishComplete, add_completion_class, split_arg_string

from monitor.app.monitor import Monitor, open_monitor, store_is_there
from monitor.config import load
from monitor.core.text.normalize import visible

_MOST_DOCUMENTS = 5_000  # more are not offered: the beginning that some of them share may not be that of all
_MOST_IDS = 50  # the newest

Completer = Callable[[click.Context, click.Parameter, str], list["CompletionItem[str]"]]
Found = Iterator["CompletionItem[str]"]


def _completer(find: Callable[[Monitor, str], Found]) -> Completer:
    """A function for click's `shell_complete`: whatever fails, nothing is offered, made or said."""

    def complete(context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem[str]]:
        try:
            with _opened(context.find_root().params) as monitor:
                return list(find(monitor, begun))
        except Exception:  # noqa: BLE001 - a person is typing
            return []

    return complete


@contextmanager
def _opened(options: dict[str, Any]) -> Iterator[Monitor]:
    """The stores that the options before the command name; LookupError where there are none."""
    start = Path.cwd().joinpath(*(Path(folder).expanduser() for folder in options.get("directories") or ()))
    settings = load(start, options.get("config"), {}, os.environ)
    if not store_is_there(settings):
        raise LookupError
    with open_monitor(settings) as monitor:
        yield monitor


def _documents(monitor: Monitor, begun: str) -> Found:
    paths = monitor.pages.paths(_MOST_DOCUMENTS + 1, begun, present=False)
    for path in paths if len(paths) <= _MOST_DOCUMENTS else ():
        if visible(path) == path and "\t" not in path:
            yield CompletionItem(path)


def _changes(monitor: Monitor, begun: str) -> Found:
    for identity, kind, path in monitor.pages.change_ids(begun, _MOST_IDS):
        yield CompletionItem(identity, help=visible(f"{kind} {path}").replace("\t", " "))


def _statements(monitor: Monitor, begun: str) -> Found:
    for identity, path in monitor.pages.statement_ids(begun, _MOST_IDS):
        yield CompletionItem(identity, help=visible(f"statement of {path}").replace("\t", " "))


def _changes_and_statements(monitor: Monitor, begun: str) -> Found:
    yield from _changes(monitor, begun)
    if begun:
        yield from _statements(monitor, begun)


def _snapshots(monitor: Monitor, begun: str) -> Found:
    found = [one for one in reversed(monitor.ledger.snapshots()) if one.id.startswith(begun)]
    for one in found[:_MOST_IDS]:
        yield CompletionItem(one.id, help=visible(f"{one.taken_at:%Y-%m-%d %H.%M} {one.source}").strip())


documents, changes, statements = _completer(_documents), _completer(_changes), _completer(_statements)
changes_and_statements, snapshots = _completer(_changes_and_statements), _completer(_snapshots)


class _Bash(BashComplete):
    """bash, which ends a word at `:` and `=`, and inserts what it is given as it is."""

    source_template = r"""
%(complete_func)s() {
    local line value
    COMPREPLY=()
    while IFS= read -r line; do
        value=${line#*,}
        case ${line%%%%,*} in
            dir) compopt -o dirnames ;;
            file) compopt -o default ;;
            plain) COMPREPLY+=("$value") ;;
        esac
    done < <(
        COMP_LINE=${COMP_LINE:0:COMP_POINT} COMP_WORD=${COMP_WORDS[COMP_CWORD]} \
            %(complete_var)s=bash_complete "$1" 2>/dev/null
    )
}
complete -o nosort -F %(complete_func)s %(prog_name)s
"""

    def get_completion_args(self) -> tuple[list[str], str]:
        words = split_arg_string(os.environ["COMP_LINE"] + "_")  # a mark at the cursor
        return words[1:-1], words[-1][:-1]

    def format_completion(self, item: CompletionItem[Any]) -> str:
        """What replaces the word at the cursor, quoted as the word is."""
        word, (_, begun) = os.environ["COMP_WORD"], self.get_completion_args()
        before = begun.removesuffix("" if word in (":", "=") else "".join(split_arg_string(word)[:1]))
        value = str(item.value).removeprefix(before)
        if word.startswith("'"):
            value = value.replace("'", r"'\''")
        else:
            value = re.sub(r'(["$`\\])' if word.startswith('"') else r"([^\w@%+=:,./-])", r"\\\1", value)
        return f"{item.type},{value}"


class _Fish(FishComplete):
    """fish, with commas in a value."""

    source_template = FishComplete.source_template.replace('string split ","', 'string split -m 1 ","')


add_completion_class(_Bash)
add_completion_class(_Fish)
