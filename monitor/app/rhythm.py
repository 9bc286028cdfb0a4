"""The documents of a store that have gone quiet, or change at nearly every run, as `[review]` asks for them."""

from __future__ import annotations

from datetime import datetime, tzinfo
from itertools import islice
from typing import NamedTuple

from monitor.app.monitor import Monitor
from monitor.app.status import looks_backwards
from monitor.core.review.rhythm import FEWEST_CHANGES, Noisy, Quiet, noisy_documents, quiet_documents
from monitor.reports.phrases import duration, time_view

LOOKS = 50  # runs by which a document is noisy


class Rhythm(NamedTuple):
    """Documents that have gone quiet, and those that change at nearly every run."""

    quiet: tuple[Quiet, ...] = ()
    noisy: tuple[Noisy, ...] = ()


def rhythm(monitor: Monitor, now: datetime) -> Rhythm:
    """What is unusual now; both are looked for in the ledger and the newest lines of the journal."""
    review = monitor.settings.review
    looks = list(islice(looks_backwards(monitor.settings.journal), LOOKS))
    recorded = [one.snapshot for one in looks if one.outcome == "recorded" and one.snapshot is not None]
    documents = monitor.pages.times_of_changes(FEWEST_CHANGES, recorded)
    return Rhythm(
        tuple(quiet_documents(documents, now, review.quiet_after)),
        tuple(noisy_documents(documents, len(looks), review.noisy_from)),
    )


def quiet_text(one: Quiet, now: datetime, zone: tzinfo) -> str:
    """`no change for 12 days, since 2 Jan 2026, 04:04 CET; usually each 2 days`."""
    since = time_view(one.last, zone).text
    return f"no change for {duration(now - one.last)}, since {since}; usually each {duration(one.usual)}"


def noisy_text(one: Noisy) -> str:
    """`changed at 45 of the last 50 runs`."""
    return f"changed at {one.changed} of the last {one.looks} runs; an ignore rule may help"
