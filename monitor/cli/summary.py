"""What a run found, in words and as JSON: failures first, then what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from monitor.cli.page import Page, Part, many, short
from monitor.cli.prose import write_counts, write_documents
from monitor.model import Change, ChangeKind, Failure, Level, Run, Significance

if TYPE_CHECKING:
    from monitor.cli.output import Record
    from monitor.model import BaselineCount

MOST = 100  # changes, or documents, that a run tells one by one; the log has them all


def write_run(page: Page, run: Run, changes: Sequence[Change]) -> None:
    """A run for people."""
    news, baseline = news_of(changes), baseline_of(changes)
    _write_failures(page, run)
    page.line(*_headline(page, run, news, baseline))
    for count in baseline[:MOST]:
        page.line(count.document, lead=[f"{count.statements:>9,}  "])
    if len(baseline) > MOST:
        page.line(f"and {many(len(baseline) - MOST, 'document')} more", indent=2)
    if len(news) <= MOST:
        write_documents(page, news, fold=True)
    else:
        write_counts(page, news, MOST)
        page.line(f"`monitor log --snapshot {short(run.snapshot or '')}` lists them all")


def write_told_first(page: Page, changes: int) -> None:
    """That a command first told what a run before it had found and not told any more; nothing where there was none."""
    if changes:
        page.line(f"  first told {many(changes, 'change')} of a run that was cut short")


def write_run_as(form: str, run: Run, changes: Sequence[Change]) -> None:
    """A run for programs: `json` the run with what it found, `jsonl` the changes alone."""
    from monitor.cli.output import write_json, write_records
    from monitor.reports.json import change_json, run_json

    news = [change_json(change) for change in news_of(changes)]
    if form == "jsonl":
        write_records(news, form)
        return
    counts: list[Record] = [
        {"document": count.document, "statements": count.statements} for count in baseline_of(changes)
    ]
    write_json({"run": run_json(run), "changes": news, "baseline": counts})


def news_of(changes: Iterable[Change]) -> list[Change]:
    """What is new; what the first snapshot held is counted, and what new rules found is no change of a document."""
    return [change for change in changes if not (change.baseline or change.technical_upgrade)]


def baseline_of(changes: Iterable[Change]) -> list[BaselineCount]:
    """How many statements each document of the first snapshot held."""
    counts: dict[str, int] = {}
    for change in changes:
        if change.baseline and change.kind is not ChangeKind.FAILED:
            counts[change.document] = counts.get(change.document, 0) + (change.level is Level.STATEMENT)
    if not counts:  # as in nearly every run: what a count is need not be loaded
        return []
    from monitor.model import BaselineCount

    return [BaselineCount(document, statements) for document, statements in sorted(counts.items())]


def _headline(page: Page, run: Run, news: Sequence[Change], baseline: Sequence[BaselineCount]) -> list[Part]:
    if run.snapshot is None:
        return ["; ".join(filter(None, ("nothing changed", run.message)))]
    when = page.time(run.taken_at) if run.taken_at else ""
    head: list[Part] = ["snapshot ", ("id", short(run.snapshot)), f"  {when}  "]
    if baseline:
        statements = many(sum(count.statements for count in baseline), "statement")
        return [*head, ("label", f"the first: {many(len(baseline), 'document')} with {statements}")]
    return [*head, ("label", _counted(news))]


def _counted(news: Sequence[Change]) -> str:
    if not news:
        return "no statement changed"
    documents = len({change.document for change in news})
    editorial = sum(change.significance is Significance.EDITORIAL for change in news)
    apart = f", {editorial} of them editorial" if editorial else ""
    return f"{many(len(news), 'change')} in {many(documents, 'document')}{apart}"


def _write_failures(page: Page, run: Run) -> None:
    for failure in run.failures:
        page.line(_because(failure), lead=[("failed", "! ")])
    for skipped in run.skipped:
        page.line(("muted", _because(skipped)), lead=["skipped "])


def _because(failure: Failure) -> str:
    return f"{failure.path}: {failure.reason}"
