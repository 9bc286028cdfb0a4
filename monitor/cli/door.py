"""From a command line to an exit status: the options before the verb, and what every error turns into."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from pathlib import Path

import click

from monitor import __version__
from monitor.cli.session import Session
from monitor.cli.verbs import LazyGroup
from monitor.errors import MonitorError, StoreError, UsageError

INTERRUPTED = 130  # 128 + SIGINT, as shells count
PIPE_CLOSED = 141  # 128 + SIGPIPE: the reader had enough


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
    for directory in directories:
        try:
            os.chdir(directory)  # as git does: every path on the command line is then relative to it
        except OSError as error:
            raise UsageError(f"-C {directory}: {error.strerror}") from error
    ctx.obj = Session(config, debug)
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(UsageError.exit_status)


def run(args: Sequence[str]) -> int:
    """Run one command line; the exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A path's bytes that are not UTF-8 come as lone surrogates, and are shown as \udcff.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    if "_MONITOR_COMPLETE" in os.environ:  # the shell asks click for completions
        group.main(list(args), prog_name="monitor")
    try:
        status = _invoke(args)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        _silence_stdout()
        return PIPE_CLOSED
    except (Exception, KeyboardInterrupt) as error:
        if "--debug" in args and not isinstance(error, click.ClickException | KeyboardInterrupt):
            raise
        return _fail(*_explained(error))


def _invoke(args: Sequence[str]) -> int:
    try:
        with group.make_context("monitor", list(args)) as ctx:
            status = group.invoke(ctx)
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.Abort:
        raise KeyboardInterrupt from None
    return status if isinstance(status, int) else 0


def _explained(error: BaseException) -> tuple[str, int]:
    """One line for a person, and the exit status."""
    match error:
        case KeyboardInterrupt():
            return "interrupted", INTERRUPTED
        case click.ClickException():
            return _words_of(error), UsageError.exit_status
        case MonitorError():
            return str(error), error.exit_status
        case OSError():
            where = f"{error.filename}: " if error.filename is not None else ""
            return f"{where}{error.strerror or error}", StoreError.exit_status
        case _:
            what = f"a fault of the monitor itself: {error!r}; `monitor --debug …` shows where"
            return what, StoreError.exit_status


def _words_of(error: click.ClickException) -> str:
    """One line of click's errors, with the way to the help of the verb that was meant."""
    message = " ".join(error.format_message().split()).rstrip(".")
    if isinstance(error, click.UsageError) and error.ctx is not None and error.ctx.parent is not None:
        message += f" (see `{error.ctx.command_path} --help`)"
    return message[:1].lower() + message[1:]


def _fail(message: str, status: int) -> int:
    from monitor.core.visible import visible

    try:
        sys.stderr.write(f"monitor: {visible(message)}\n")
        sys.stderr.flush()
    except BrokenPipeError:
        pass
    _silence_stdout()
    return status


def _silence_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's last flush does not complain of a closed pipe."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
