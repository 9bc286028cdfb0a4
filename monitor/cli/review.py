"""`monitor review`: the queue of changes, and verdicts on them."""

from __future__ import annotations

import click

from monitor.cli import reviewdeeds, reviewlooks


@click.group(epilog="\b\nExample:\n  monitor review accept 41ae716255 --comment 'as agreed'")
def command() -> None:
    """List, show and decide on the changes that wait for a verdict.

    The heaviest come first: substantive before editorial, and `next` says why. Identical edits are one line with one
    verdict; so is a text that comes and goes, and a document that came or went as a whole.
    """


for name, deed in {
    "list": reviewlooks.list_,
    "next": reviewlooks.next_,
    "accept": reviewdeeds.accept,
    "flag": reviewdeeds.flag,
    "dismiss": reviewdeeds.dismiss,
    "comment": reviewdeeds.comment,
    "assign": reviewdeeds.assign,
    "undo": reviewdeeds.undo,
    "history": reviewlooks.history,
    "orphans": reviewlooks.orphans,
}.items():
    command.add_command(deed, name)
