"""Every verb explains itself, and the table of verbs says what the verbs say."""

from __future__ import annotations

import shlex

import click
import pytest

from monitor.cli.main import COMMANDS, group
from tests.support.driver import Monitor


def command(verb: str) -> click.Command:
    found = group.get_command(click.Context(group), verb)
    assert found is not None
    return found


@pytest.mark.parametrize("verb", COMMANDS)
def test_help_begins_with_the_line_of_the_table(verb: str) -> None:
    assert (command(verb).help or "").split("\n\n")[0] == COMMANDS[verb].help


@pytest.mark.parametrize("verb", COMMANDS)
def test_help_ends_with_an_example(monitor: Monitor, verb: str) -> None:
    *_, heading, example = monitor(verb, "--help").text.rstrip().splitlines()
    assert heading.strip() == "Example:"
    assert example.strip().startswith(f"monitor {verb}")


@pytest.mark.parametrize("verb", COMMANDS)
def test_example_of_the_help_is_valid(here: object, monkeypatch: pytest.MonkeyPatch, verb: str) -> None:
    example = (command(verb).epilog or "").splitlines()[-1].partition(">")[0]
    args = shlex.split(example)[2:]
    monkeypatch.setattr(click.Path, "convert", lambda _self, value, *_: value)  # the files need not be there
    command(verb).make_context(verb, args)


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_option_has_a_help_text(verb: str) -> None:
    options = [param for param in command(verb).params if isinstance(param, click.Option)]
    assert [option.name for option in options if not option.help] == []


def test_every_global_option_has_a_help_text() -> None:
    assert [param.name for param in group.params if isinstance(param, click.Option) and not param.help] == []


def test_help_lists_commands_in_the_order_of_the_table(monitor: Monitor) -> None:
    lines = monitor("--help").text.partition("Commands:")[2].splitlines()
    first_words = [line.split()[0] for line in lines if line.startswith("  ")]
    assert [word for word in first_words if word in COMMANDS] == list(COMMANDS)


def test_help_without_a_command_goes_to_standard_error(monitor: Monitor) -> None:
    answer = monitor(status=2)
    assert answer.out == b""
    assert "Commands:" in answer.message


def test_version_is_printed(monitor: Monitor) -> None:
    assert monitor("--version").text.startswith("monitor ")
