"""docs/monitor.1, which the wheel installs, is made from the commands' help: `python -m tests.docs.test_man_page`."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest

from monitor import __version__
from monitor.cli.main import group as monitor
from tests.support.paths import PROJECT

PAGE = PROJECT / "docs/monitor.1"


def escaped(text: str) -> str:
    """Text as roff takes it: no line of it is a request."""
    text = " ".join(text.replace("\b", "").split()).replace("\\", "\\e").replace("-", "\\-")
    return f"\\&{text}" if text.startswith((".", "'")) else text


def options(command: click.Command, context: click.Context) -> Iterator[str]:
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            yield f".TP\n\\fB{escaped(record[0])}\\fR\n{escaped(record[1])}"


def commands(group: click.Group, context: click.Context) -> Iterator[tuple[str, click.Command, click.Context]]:
    """Each command below a group, with its whole name."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        below = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from commands(command, below)
        else:
            yield below.command_path, command, below


def page() -> str:
    """The manual in roff, section 1."""
    context = click.Context(monitor, info_name="monitor", **monitor.context_settings)
    lines = [
        f'.TH MONITOR 1 "" "monitor {__version__}" "User Commands"',
        ".SH NAME\nmonitor \\- which statements of documents were added, revised, removed, moved or restored",
        ".SH SYNOPSIS\n.B monitor\n[\\fIOPTIONS\\fR] \\fICOMMAND\\fR [\\fIARGUMENTS\\fR]",
        ".SH OPTIONS",
        *options(monitor, context),
        ".SH COMMANDS",
    ]
    for path, command, below in commands(monitor, context):
        usage = " ".join(command.collect_usage_pieces(below))
        lines += [f".SS {escaped(path)} {escaped(usage)}"]
        for paragraph in (command.help or "").split("\n\n"):
            lines += [".PP", escaped(paragraph)]
        lines += options(command, below)
    return "\n".join(lines) + "\n"


def test_the_manual_has_every_command_as_it_is_now() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), __doc__


@pytest.mark.parametrize("what", ["run", "review accept", "serve", "\\-\\-root\\-path", "\\-\\-taken\\-at"])
def test_commands_and_options_are_in_the_manual(what: str) -> None:
    assert what in PAGE.read_text(encoding="utf-8")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
