"""`monitor init`: a commented configuration, and the folders that it names."""

from __future__ import annotations

from pathlib import Path

import click

from monitor.cli.options import pass_session, verb
from monitor.cli.session import Session


@verb("monitor init")
@pass_session
def command(session: Session) -> None:
    """Write a commented monitor.toml and make the folders.

    What is there already is left as it is.
    """
    from monitor.config import DEFAULT_TOML, FILE_NAME

    file = session.config or Path(FILE_NAME)
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(DEFAULT_TOML)
        _tell("wrote", file)
    except FileExistsError:
        _tell("kept", file)
    settings = Session(file).settings()
    for folder in (settings.watch.folder, settings.store.snapshots):
        made = not folder.is_dir()
        folder.mkdir(parents=True, exist_ok=True)
        _tell("made" if made else "kept", folder)
    click.echo("Put documents into the first folder, then type `monitor run`.")


def _tell(what: str, path: Path) -> None:
    from monitor.core.text.normalize import visible

    here, there = Path.cwd(), path.absolute()
    name = there.relative_to(here) if there.is_relative_to(here) else there
    click.echo(f"{what}  {visible(str(name))}")
