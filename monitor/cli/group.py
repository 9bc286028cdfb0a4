"""The options before the verb, and the verbs, as click reads them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

import click

from monitor import __version__
from monitor.cli.door import CommandLineError
from monitor.cli.session import Session, enter
from monitor.cli.verbs import LazyGroup
from monitor.errors import UsageError


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="`monitor COMMAND --help` explains one command.",
)
@click.option(
    "-C",
    "directories",
    metavar="DIR",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Run as if started in DIR; a second one is relative to the first.",
)
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The configuration; without it, monitor.toml here or above.",
)
@click.option("--debug", is_flag=True, help="Show a traceback where something fails.")
@click.version_option(__version__, message="%(prog)s %(version)s", help="Print the version.")
@click.pass_context
def group(ctx: click.Context, directories: tuple[Path, ...], config: Path | None, debug: bool) -> None:  # noqa: FBT001
    """Record which statements of a folder of documents changed, when, and how."""
    enter(directories)
    ctx.obj = Session(config, debug)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(UsageError.exit_status)


def invoke(args: Sequence[str]) -> int:
    """Run one command line; the exit status. CommandLineError where it is not understood."""
    if "_MONITOR_COMPLETE" in os.environ:  # the shell asks click for completions
        group.main(list(args), prog_name="monitor")
    try:
        with group.make_context("monitor", list(args)) as ctx:
            status = group.invoke(ctx)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        raise CommandLineError(_words_of(error)) from None
    return status if isinstance(status, int) else 0


def _words_of(error: click.ClickException) -> str:
    """One line of click's errors, with the way to the help of the verb that was meant."""
    message = " ".join(error.format_message().split()).rstrip(".")
    if isinstance(error, click.UsageError) and error.ctx is not None and error.ctx.parent is not None:
        message += f" (see `{error.ctx.command_path} --help`)"
    return message[:1].lower() + message[1:]
