"""`monitor init`, `rebuild`, `verify` and `recover`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from monitor.app.histories import Parallelism
from monitor.app.maintenance import Finding, rebuild, recover, verify
from monitor.app.monitor import HISTORY, SCAN_CACHE, usual_rights
from monitor.app.watched import list_files
from monitor.cli.console import Page, Record, open_page, short, write_earlier_changes, write_json, write_records
from monitor.cli.context import Session, command, format_option, parallel_options, pass_session, progress, seconds
from monitor.config import DEFAULT_TOML, FILE_NAME, Store, Watch
from monitor.core.text.normalize import visible
from monitor.errors import ExitStatus
from monitor.reports.json import snapshot_json
from monitor.reports.phrases import plural
from monitor.snapshots.selection import ScanRules


@command("monitor init")
@pass_session
def init_command(session: Session) -> None:
    """Write a commented monitor.toml and make the folders.

    In a folder that has documents, that folder is watched. Existing files are not changed.
    """
    file = session.config or Path(FILE_NAME)
    here = _has_documents(file.absolute().parent)
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(DEFAULT_TOML.replace('folder = "seeds"', 'folder = "."', 1) if here else DEFAULT_TOML)
        _report("wrote", file)
    except FileExistsError:
        _report("kept", file)
    settings = Session(file).settings()
    folders = [(watch.folder, 0o777) for watch in settings.watched]
    for folder, mode in (*folders, (settings.store.snapshots, 0o700)):
        made = not folder.is_dir()
        with usual_rights():
            folder.mkdir(mode, parents=True, exist_ok=True)
        _report("made" if made else "kept", folder)
    count = sum(one.why is None for one in list_files(settings))
    if count:
        click.echo(f"{plural(count, 'document')} will be watched (`monitor files` lists them): type `monitor run`.")
    else:
        click.echo("Put documents into the first folder, then type `monitor run`.")


def _has_documents(folder: Path) -> bool:
    """Whether there are documents in the folder that are to be watched: it has no `seeds` for them."""
    store = Store().snapshots
    if (folder / Watch().folder).exists() or not folder.is_dir():
        return False
    selection = ScanRules(apart=[folder / FILE_NAME, folder / store], ignore_defaults=True).selection(folder)
    names = [path.relative_to(folder).as_posix() for path in folder.glob("*") if path.is_file()]
    below = [path.relative_to(folder).as_posix() for path in folder.glob("*/*") if path.is_file()]
    return any(not selection.ignored(name) for name in (*names, *below))


def _report(what: str, path: Path) -> None:
    here, there = Path.cwd(), path.absolute()
    name = there.relative_to(here) if there.is_relative_to(here) else there
    click.echo(f"{what}  {visible(str(name))}")


@command("monitor rebuild")
@click.option("--wait", metavar="SECONDS", type=seconds, default=0, help="Wait up to SECONDS for another run to end.")
@click.option("--accept-history", is_flag=True, help="Go on although the history lacks snapshots that were recorded.")
@parallel_options
@pass_session
def rebuild_command(session: Session, *, wait: float, accept_history: bool, jobs: int, cluster: str | None) -> None:
    """Rebuild the ledger from the snapshots.

    The new ledger equals the old one in every row, unless that one was damaged. Verdicts and comments are kept. Exits
    with 6 if the history lacks snapshots that were recorded.
    """
    settings = session.recorded()
    with progress() as report_progress:
        fan = Parallelism(jobs, cluster)
        rebuilt = rebuild(settings, report_progress, wait, fan, accept_history=accept_history)
    counts = rebuilt.counts
    what = ", ".join(
        [plural(counts.snapshots, "snapshot"), plural(counts.documents, "document"), plural(counts.changes, "change")]
    )
    page = open_page(settings.zone)
    page.line(f"rebuilt the ledger: {what}")
    if rebuilt.aside:
        page.line(f"  the ledger as it was is kept in {rebuilt.aside}")
    write_earlier_changes(page, rebuilt.earlier_changes)
    if rebuilt.message:
        page.line(f"  {rebuilt.message}")


@command("monitor verify")
@format_option("text", "json", "jsonl")
@pass_session
def verify_command(session: Session, *, form: str) -> int:
    """Check the snapshots, the ledger against them, and verdicts against their branch.

    Every object of every snapshot is read. The ledger is compared with one that is made again from the snapshots, and
    verdicts and comments with their copy on a branch. Exits with 4 if something is damaged, or if the ledger is
    missing, lacks snapshots or holds others.
    """
    settings = session.recorded()
    with progress() as report_progress:
        findings = verify(settings, report_progress)
    if form == "text":
        page = open_page(settings.zone)
        _write(page, findings)
        if (settings.store.snapshots / HISTORY).exists() and not (settings.store.snapshots / SCAN_CACHE).exists():
            page.line("there is no scan cache, as in a copy: the next `monitor run` reads every document again")
    else:
        write_records(map(_shape, findings), form)
    return ExitStatus.STORE if findings else ExitStatus.DONE


def _write(page: Page, findings: Sequence[Finding]) -> None:
    for finding in findings:
        page.line(f"{finding.what}: {finding.message}", lead=[("failed", "! ")])
        for document in finding.documents:
            page.line(document, indent=4)
    if not findings:
        page.line("every snapshot is intact, the ledger matches them, and verdicts match their branch")


def _shape(finding: Finding) -> Record:
    return {"what": finding.what, "message": finding.message, "documents": list(finding.documents)}


@command("monitor recover")
@click.option("--wait", metavar="SECONDS", type=seconds, default=0, help="Wait up to SECONDS for another run to end.")
@format_option("text", "json")
@pass_session
def recover_command(session: Session, *, wait: float, form: str) -> None:
    """Go back to the last good snapshot if the newest is damaged.

    The damaged head is kept as the ref refs/monitor/aside/<time>, and no object is deleted. The ledger follows, and as
    it was is kept aside. The next run records the folder as it is then. An intact head is not changed.

    A database of reviews that is damaged, or of another store, is kept aside, and a new one is filled from the branch.
    So is a journal of another store. Exits with 6 if snapshots are missing that no command can bring back.
    """
    settings = session.recorded()
    done = recover(settings, wait)
    if form == "json":
        write_json(
            {
                "recovered": done is not None,
                "damage": done.damage if done else None,
                "snapshot": snapshot_json(done.snapshot) if done and done.snapshot else None,
                "aside": done.aside if done else None,
                "left": list(done.left) if done else [],
                "mended": list(done.mended) if done else [],
            }
        )
        return
    page = open_page(settings.zone)
    if done is None:
        page.line("the last snapshot is intact: there is nothing to recover")
        return
    for line in done.mended:
        page.line(line)
    if done.damage is None or done.snapshot is None:
        return
    page.line(done.damage, lead=[("failed", "! ")])
    page.line(f"went back to snapshot {short(done.snapshot.id)} of {page.time(done.snapshot.taken_at)}")
    if done.aside:
        page.line(f"the damaged head is kept as {done.aside}")
    for one in done.left:
        page.line(f"snapshot {one} is no longer in the history")
    page.line(f"{plural(len(done.left), 'snapshot')} left out; `monitor run` continues from here")
