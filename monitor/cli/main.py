"""The command line: the table of commands, the global options, and how errors become messages and exit codes.

The table holds each command's short help and its module, which is imported when the command is called: `--help` and
idle runs must start fast.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from typing import NamedTuple

import click

from monitor import __version__
from monitor.app.monitor import end_privacy
from monitor.cli.context import Session, change_folder
from monitor.cli.logs import log_format_option, verbose_log
from monitor.core.text.normalize import visible
from monitor.errors import ExitStatus, MonitorError, UsageError

INTERRUPTED = 130  # 128 + SIGINT, as shells count
PIPE_CLOSED = 141  # 128 + SIGPIPE: the reader had enough


class CommandLineError(UsageError):
    """A command line that was not understood."""


class Listed(NamedTuple):
    """A command: the module below `monitor.cli` that defines it as `<name>_command`, and its short help."""

    module: str
    help: str


COMMANDS = {
    "init": Listed("maintain", "Write a commented monitor.toml and make the folders."),
    "run": Listed("run", "Take a snapshot, record what changed, and print it."),
    "watch": Listed("watch", "Keep running by the schedule, in the foreground."),
    "status": Listed("status", "Show the last run, the next one, and the state of the store."),
    "files": Listed("settings", "List the files that are watched now, or with --excluded those that are not and why."),
    "runs": Listed(
        "status", "List the runs of the journal, newest first: when each began, how it ended, and what it said."
    ),
    "config": Listed("settings", "Print every setting with its value and where it comes from."),
    "snapshots": Listed("status", "List the snapshots, newest first."),
    "log": Listed("log", "List what changed, newest first."),
    "show": Listed("show", "Show one change, or the history of one statement."),
    "blame": Listed("show", "Show when each statement was introduced and last revised."),
    "diff": Listed("diff", "Compare two snapshots or dates."),
    "cat": Listed("show", "Print a document's exact bytes at a time."),
    "compare": Listed("diff", "Compare two files, without a store."),
    "preview": Listed("preview", "Show what a patch would change, and record nothing."),
    "search": Listed("log", "Find statements, present or past, by their words."),
    "report": Listed("report", "Write a report over a period."),
    "import": Listed("import_", "Import a git history or dated folders as snapshots."),
    "rebuild": Listed("maintain", "Rebuild the ledger from the snapshots."),
    "verify": Listed("maintain", "Check the snapshots, the ledger against them, and verdicts against their branch."),
    "evidence": Listed("report", "Write an archive that proves a change: both versions and the chain of hashes."),
    "recover": Listed("maintain", "Go back to the last good snapshot if the newest is damaged."),
    "forget": Listed(
        "forget",
        "Take a document, or its versions of a time, out of every snapshot, the ledger and all that was written.",
    ),
    "backup": Listed("backup", "Make or renew a checked copy of the whole store."),
    "restore": Listed("backup", "Bring a store back from a backup, and rebuild its ledger."),
    "export": Listed("report", "Write changes, revisions, statements or verdicts as csv, jsonl, parquet or xlsx."),
    "schema": Listed("report", "Print the JSON Schema of a record."),
    "review": Listed("review", "List, show and review changes."),
    "serve": Listed("serve", "Serve the review queue as a local web page."),
    "rules": Listed("rules", "Show the ignore rules, and what one would hide."),
    "feed": Listed("report", "Print an Atom feed of substantive changes."),
    "demo": Listed("demo", "Run a sample history and show its log and report."),
}


class LazyGroup(click.Group):
    """A group over `COMMANDS`, which imports a command when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"monitor.cli.{COMMANDS[cmd_name].module}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            near = get_close_matches(name, COMMANDS, n=1)
            hint = f"did you mean `{near[0]}`?" if near else "`monitor --help` lists them"
            raise click.UsageError(f"there is no command `{name}`; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        with formatter.section("Commands"):
            formatter.write_dl([(name, listed.help) for name, listed in COMMANDS.items()])


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
    help="The configuration file (default: monitor.toml here or in a folder above).",
)
@click.option("-v", "--verbose", is_flag=True, help="Log to standard error what is decided, and why.")
@log_format_option(envvar="MONITOR_LOG_FORMAT")
@click.option("--debug", is_flag=True, help="Show a traceback when a command fails.")
@click.version_option(__version__, message="%(prog)s %(version)s", help="Print the version.")
@click.pass_context
def group(
    ctx: click.Context,
    *,
    directories: tuple[Path, ...],
    config: Path | None,
    verbose: bool,
    debug: bool,
) -> None:
    """Record which statements of a folder of documents changed, when, and how."""
    change_folder(directories)
    ctx.obj = Session(config, debug, verbose)
    if verbose:
        ctx.with_resource(verbose_log(dated=ctx.invoked_subcommand == "watch"))
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(ExitStatus.USAGE)


def invoke(args: Sequence[str]) -> int:
    """Run one command line; the exit status. CommandLineError where it is not understood."""
    if "_MONITOR_COMPLETE" in os.environ:  # a shell asks
        import_module("monitor.cli.completion")  # how each is answered
        with suppress(Exception):  # nothing is said to a person who is typing
            group.main(list(args), prog_name="monitor")
        return 0
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
    """One line of click's errors, with the way to the help of the command that was meant."""
    message = " ".join(error.format_message().split()).rstrip(".")
    if isinstance(error, click.UsageError) and error.ctx is not None and error.ctx.parent is not None:
        message += f" (see `{error.ctx.command_path} --help`)"
    return message[:1].lower() + message[1:]


def main() -> None:
    """The console script: run the command line that the process was started with, and exit with its status."""
    open_standard_streams()
    if sys.getfilesystemencoding() != "utf-8" and not sys.flags.utf8_mode:
        # Names of documents are part of ids: they must read alike under every locale.
        os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - this very command line
    status = run(sys.argv[1:])
    gc.freeze()  # what is left need not be searched once more
    sys.exit(status)


def open_standard_streams() -> None:
    """Open what is closed of standard input, output and error on nothing: no file of a store may take their places, and
    what is printed goes nowhere."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003 - the lowest number that is free
    for name, number, mode in (("stdin", 0, "r"), ("stdout", 1, "w"), ("stderr", 2, "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def run(args: Sequence[str]) -> int:
    """Run one command line; the exit status."""
    try:
        return _run(args)
    finally:
        end_privacy()


def _run(args: Sequence[str]) -> int:
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A path's bytes that are not UTF-8 come as lone surrogates, and are shown as \udcff.
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        status = invoke(list(args))
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        _silence_stdout()
        return PIPE_CLOSED
    except (Exception, KeyboardInterrupt) as error:
        if "--debug" in args and not isinstance(error, CommandLineError | KeyboardInterrupt):
            raise
        return _fail(*_error_message(error))


def _error_message(error: BaseException) -> tuple[str, int]:
    """One line for a person, and the exit status."""
    match error:
        case KeyboardInterrupt():
            return "interrupted", INTERRUPTED
        case MonitorError():
            return str(error), error.exit_status
        case OSError():
            where = f"{error.filename}: " if error.filename is not None else ""
            return f"{where}{error.strerror or error}", ExitStatus.STORE
        case _:
            what = f"internal error: {error!r}; `monitor --debug …` shows a traceback"
            return what, ExitStatus.STORE


def _fail(message: str, status: int) -> int:
    try:
        sys.stderr.write(f"monitor: {visible(message)}\n")
        sys.stderr.flush()
    except OSError:  # closed, or on a full disk: the exit status says it
        pass
    _silence_stdout()
    return status


def _silence_stdout() -> None:
    """Point standard output at nothing, so that the interpreter's last flush does not complain of a closed pipe."""
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
