"""Documents that have gone quiet, as where a capture is broken, and those that change at nearly every look."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import NamedTuple

FEWEST_CHANGES = 5  # from which on a document has a usual interval
LATEST = 20  # changes that it is made of
FEWEST_LOOKS = 20  # before a document can be noisy


class DocumentTimes(NamedTuple):
    """A present document with the times of its newest changes, oldest first, and the number of its latest looks that
    found it changed."""

    id: str
    path: str
    times: tuple[datetime, ...]
    changed: int = 0


class Quiet(NamedTuple):
    """A document that has not changed since `last`, though it used to change each `usual`."""

    id: str
    path: str
    last: datetime
    usual: timedelta


class Noisy(NamedTuple):
    """A document that changed at so many of the latest looks."""

    id: str
    path: str
    changed: int
    looks: int


def quiet_documents(documents: Iterable[DocumentTimes], now: datetime, times: float) -> list[Quiet]:
    """The documents without a change for `times` their usual interval, by path.

    The usual interval is the median of the latest ones. A pause that is not twice as long as the longest of these, such
    as a weekend, is none.
    """
    found = []
    for one in documents:
        latest = one.times[-LATEST:]
        intervals = [later - earlier for earlier, later in pairwise(latest)]
        if len(intervals) < FEWEST_CHANGES:
            continue
        usual = timedelta(seconds=median(one.total_seconds() for one in intervals))
        pause = now - latest[-1]
        if usual and pause > times * usual and pause > 2 * max(intervals):
            found.append(Quiet(one.id, one.path, latest[-1], usual))
    return sorted(found, key=lambda one: one.path)


def noisy_documents(documents: Iterable[DocumentTimes], looks: int, share: float) -> list[Noisy]:
    """The documents that changed at this share of the latest looks, by path."""
    if looks < FEWEST_LOOKS:
        return []
    found = [Noisy(one.id, one.path, one.changed, looks) for one in documents if one.changed >= share * looks]
    return sorted(found, key=lambda one: one.path)
