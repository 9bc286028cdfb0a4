"""The table of verbs, and the group that imports one only when it is called.

`monitor --help` must answer at once, so the names and the short help stand here; a test holds them against the
verbs' own words. The file of a verb has its name and holds its command as `command`.
"""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword

import click

VERBS = {
    "init": "Write a commented monitor.toml and make the folders.",
    "run": "Take a snapshot, record what changed, and print it.",
    "watch": "Keep running by the schedule, in the foreground.",
    "status": "Show the last run, the next one, and what there is.",
    "snapshots": "List the snapshots, newest first.",
    "log": "List what changed, newest first.",
    "show": "Show one change, or one statement's whole life.",
    "blame": "Show when each statement came and was last revised.",
    "diff": "Compare two snapshots or dates.",
    "cat": "Print a document's exact bytes as they were.",
    "compare": "Compare two files, without any store.",
    "search": "Find statements, present or past, by their words.",
    "report": "Write a report over a period.",
    "import": "Take over a git history or dated folders as snapshots.",
    "rebuild": "Make the ledger again from the snapshots.",
    "verify": "Check the snapshots, the ledger against them, and verdicts against their branch.",
    "evidence": "Write what proves a change to others: both versions and the chain of hashes.",
    "recover": "Go back to the last good snapshot where the newest is damaged.",
    "export": "Write changes or revisions as csv, jsonl or parquet.",
    "review": "List, show and decide on the changes that wait for a verdict.",
    "serve": "Serve the review queue as a local web page.",
    "rules": "Show the ignore rules, and what one would fold.",
    "feed": "Print an Atom feed of substantive changes.",
    "demo": "Play a made history and show its log and report.",
}


class LazyGroup(click.Group):
    """A group over `VERBS`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  (click's signature)
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in VERBS:
            return None
        module = f"{cmd_name}_" if iskeyword(cmd_name) else cmd_name
        command: click.Command = import_module(f"monitor.cli.{module}").command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in VERBS and not name.startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(name, VERBS, n=1)
            hint = f"did you mean `{near[0]}`?" if near else "`monitor --help` lists them"
            raise click.UsageError(f"there is no command `{name}`; {hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl(list(VERBS.items()))
